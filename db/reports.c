/* SPDX-License-Identifier: GPL-3.0-or-later
 * One study's patients: in all, by region, and every report.
 */
#include "db/internal.h"

#include <stdio.h>
#include <string.h>

#define LAST_DAY "9999-12-31" /* of all that are written with four digits */

static const struct field total_fields[] = {
    {":study", FIELD_TEXT, offsetof(struct db_study_recruitment, study)},
    {":planned", FIELD_KNOWN, offsetof(struct db_study_recruitment, total.planned)},
    {":included", FIELD_KNOWN, offsetof(struct db_study_recruitment, total.included)},
    {":remaining", FIELD_KNOWN, offsetof(struct db_study_recruitment, total.remaining)},
    {":exceeded_by", FIELD_KNOWN, offsetof(struct db_study_recruitment, total.exceeded_by)},
    {":permille", FIELD_KNOWN, offsetof(struct db_study_recruitment, total.permille)},
    {":included_as_of", FIELD_TEXT, offsetof(struct db_study_recruitment, total.as_of)},
    {":totals_only", FIELD_BOOL, offsetof(struct db_study_recruitment, totals_only)},
    {0},
};
static const struct field region_count_fields[] = {
    {":region", FIELD_TEXT, offsetof(struct db_region_count, region)},
    {":planned", FIELD_KNOWN, offsetof(struct db_region_count, planned)},
    {":included", FIELD_KNOWN, offsetof(struct db_region_count, included)},
    {":included_as_of", FIELD_TEXT, offsetof(struct db_region_count, as_of)},
    {":takes_part", FIELD_BOOL, offsetof(struct db_region_count, takes_part)},
    {0},
};
static const struct field report_row_fields[] = {
    {":region", FIELD_TEXT, offsetof(struct db_report_row, region)},
    {":as_of", FIELD_TEXT, offsetof(struct db_report_row, as_of)},
    {":included", FIELD_INT64, offsetof(struct db_report_row, included)},
    {":document", FIELD_TEXT, offsetof(struct db_report_row, document)},
    {":lines", FIELD_TEXT, offsetof(struct db_report_row, lines)},
    {0},
};

/* What is asked about, as it stands or stood. */
struct asked {
    int64_t instant;       /* 0 = now */
    const char *from, *to; /* days of reports, may be NULL */
    bool sums_only;        /* no reports */
    int64_t id, version, since;
};
static const struct {
    enum db_statement total, regions, reports;
} now = {STMT_recruitment_total, STMT_recruitment_regions, STMT_recruitment_reports},
  known = {STMT_recruitment_total_known, STMT_recruitment_regions_known, STMT_recruitment_reports_known};

static enum db_status read_total(struct db_reader *reader, struct arena *arena, const char *code, struct asked *asked,
                                 struct db_study_recruitment *study)
{
    bool is_past = asked->instant != 0;
    struct query query CLEANUP(query_end) = query_begin(reader->st, is_past ? known.total : now.total, ARGS(ARG_T(":code", code)));
    if (is_past)
        query_bind(&query, ARGS(ARG_I(":instant", asked->instant)));
    if (!query_row(&query))
        return query_status(&query) == DB_OK ? DB_NOT_FOUND : query_status(&query);
    asked->id = query_int(&query, 0);
    asked->version = query_int(&query, 1);
    query.column = 2;
    query_fields(&query, total_fields, study, arena);
    if (is_past)
        asked->since = query_int(&query, query.column);
    return query_status(&query);
}

/* The sums over the regions, where they are sums of something. */
static void sum_regions(struct db_study_recruitment *study)
{
    size_t take_part = 0, have_plan = 0;
    int64_t planned = 0;
    study->planned_by_regions = study->included_at_least = -1;
    for (size_t i = 0; i < study->regions_len; i++) {
        const struct db_region_count *region = &study->regions[i];
        bool is_planned = region->takes_part && region->planned >= 0;
        take_part += region->takes_part;
        have_plan += is_planned;
        planned += is_planned ? region->planned : 0;
        if (region->included >= 0)
            study->included_at_least = (study->included_at_least < 0 ? 0 : study->included_at_least) + region->included;
    }
    if (take_part > 0 && have_plan == take_part)
        study->planned_by_regions = planned;
}

static enum db_status read_regions(struct db_reader *reader, struct arena *arena, const struct asked *asked,
                                   struct db_study_recruitment *study)
{
    bool is_past = asked->instant != 0;
    struct list regions = {.size = sizeof(struct db_region_count)};
    struct query query CLEANUP(query_end) =
        query_begin(reader->st, is_past ? known.regions : now.regions, ARGS(ARG_I(":study", asked->id)));
    if (is_past)
        query_bind(&query, ARGS(ARG_I(":version", asked->version), ARG_I(":instant", asked->instant)));
    while (query_row(&query)) {
        struct db_region_count *region = list_add(&regions, arena);
        if (region == NULL)
            return DB_NO_MEMORY;
        query_fields(&query, region_count_fields, region, arena);
    }
    study->regions = regions.items;
    study->regions_len = regions.len;
    sum_regions(study);
    return query_status(&query);
}

static bool is_same_day_and_region(const struct db_report_row *a, const struct db_report_row *b)
{
    bool is_same_region = a->region == NULL || b->region == NULL ? a->region == b->region : strcmp(a->region, b->region) == 0;
    return is_same_region && strcmp(a->as_of, b->as_of) == 0;
}

static enum db_status read_reports(struct db_reader *reader, struct arena *arena, const struct asked *asked,
                                   struct db_study_recruitment *study)
{
    bool is_past = asked->instant != 0;
    struct list reports = {.size = sizeof(struct db_report_row)};
    struct query query CLEANUP(query_end) =
        query_begin(reader->st, is_past ? known.reports : now.reports,
                    ARGS(ARG_I(":study", asked->id), ARG_T(":from", asked->from), ARG_T(":to", asked->to)));
    if (is_past)
        query_bind(&query, ARGS(ARG_I(":instant", asked->instant)));
    while (query_row(&query)) {
        struct db_report_row *report = list_add(&reports, arena);
        if (report == NULL)
            return DB_NO_MEMORY;
        query_fields(&query, report_row_fields, report, arena);
        if (query_status(&query) == DB_OK && reports.len > 1 && is_same_day_and_region(report - 1, report))
            reports.len--; /* the one that stands came first */
    }
    study->reports = reports.items;
    study->reports_len = reports.len;
    return query_status(&query);
}

typedef bool (*each_fn)(void *cls, const struct db_study_recruitment *recruitment);

/* Inside the reader's transaction. DB_NOT_FOUND: it does not, or did not, stand. */
static enum db_status tell(struct db_reader *reader, const char *code, struct asked *asked, each_fn each, void *cls)
{
    struct arena arena CLEANUP(arena_free) = {0};
    struct db_study_recruitment study = {0};
    enum db_status status = read_total(reader, &arena, code, asked, &study);
    if (status == DB_OK)
        status = read_regions(reader, &arena, asked, &study);
    if (status == DB_OK && !asked->sums_only)
        status = read_reports(reader, &arena, asked, &study);
    if (status == DB_OK)
        each(cls, &study);
    return status;
}

static enum db_status tell_of_now(struct db_reader *reader, const char *code, struct asked *asked, each_fn each, void *cls)
{
    enum db_status status = reader_enter(reader);
    if (status != DB_OK)
        return status;
    status = tell(reader, code, asked, each, cls);
    reader_leave(reader);
    return status;
}

enum db_status db_recruitment_get(struct db_reader *reader, const char *code, const char *from, const char *to,
                                  bool (*each)(void *cls, const struct db_study_recruitment *recruitment), void *cls)
{
    return tell_of_now(reader, code, &(struct asked){.from = from, .to = to}, each, cls);
}

enum db_status db_recruitment_sums(struct db_reader *reader, const char *code,
                                   bool (*each)(void *cls, const struct db_study_recruitment *recruitment), void *cls)
{
    return tell_of_now(reader, code, &(struct asked){.sums_only = true}, each, cls);
}

enum db_status db_recruitment_get_known(struct db_reader *reader, const char *code, int64_t instant, const char *from, const char *to,
                                        bool (*each)(void *cls, const struct db_study_recruitment *recruitment), void *cls,
                                        int64_t *ret_since)
{
    struct asked asked = {.instant = instant, .from = from, .to = to};
    *ret_since = -1;
    enum db_status status = reader_enter(reader);
    if (status != DB_OK)
        return status;
    status = tell(reader, code, &asked, each, cls);
    *ret_since = asked.since;
    if (status == DB_NOT_FOUND)
        status = study_kept_since(reader, code, ret_since);
    reader_leave(reader);
    return status;
}

/* ── what a count stands among ──────────────────────────────────────────────────────────────────────────────── */

static void put_count(struct db_count *count, const char *day, int64_t included)
{
    snprintf(count->as_of, sizeof count->as_of, "%s", day);
    count->included = included;
}

/* From the newest day back, so that of equals the latest comes first. */
static void weigh(struct db_counts_beside *beside, const char *as_of, const char *day, int64_t included)
{
    int order = strcmp(day, as_of);
    if (order == 0)
        put_count(&beside->same, day, included);
    else if (order < 0 && included > beside->highest_before.included)
        put_count(&beside->highest_before, day, included);
    else if (order > 0 && (beside->lowest_after.included < 0 || included <= beside->lowest_after.included))
        put_count(&beside->lowest_after, day, included);
}

static enum db_status read_beside(struct db_reader *reader, int64_t study, const char *region, const char *as_of,
                                  struct db_counts_beside *beside)
{
    char last[sizeof beside->same.as_of] = "";
    struct query query CLEANUP(query_end) =
        query_begin(reader->st, STMT_region_reports_back, ARGS(ARG_I(":study", study), ARG_T(":region", region)));
    while (query_row(&query)) {
        const char *day = query_text(&query, 0);
        if (day == NULL || strcmp(day, last) == 0)
            continue; /* another one stands for that day */
        snprintf(last, sizeof last, "%s", day);
        weigh(beside, as_of, day, query_int(&query, 1));
    }
    return query_status(&query);
}

enum db_status db_counts_beside(struct db_reader *reader, const char *code, const char *region, const char *as_of,
                                struct db_counts_beside *ret_beside)
{
    struct db_reader *scope CLEANUP(reader_leave_at) = NULL;
    static const struct db_count none = {.included = -1};
    *ret_beside = (struct db_counts_beside){none, none, none};
    enum db_status status = reader_enter(reader);
    if (status != DB_OK)
        return status;
    scope = reader;
    struct query query CLEANUP(query_end) = query_begin(reader->st, STMT_recruitment_total, ARGS(ARG_T(":code", code)));
    if (!query_row(&query))
        return query_status(&query) == DB_OK ? DB_NOT_FOUND : query_status(&query);
    return read_beside(reader, query_int(&query, 0), region, as_of, ret_beside);
}

/* ── what is planned ────────────────────────────────────────────────────────────────────────────────────────── */

enum db_status db_planned(struct db_reader *reader, const char *code, const char *as_of, struct db_planned *ret_planned)
{
    struct db_reader *scope CLEANUP(reader_leave_at) = NULL;
    *ret_planned = (struct db_planned){.study = -1};
    enum db_status status = reader_enter(reader);
    if (status != DB_OK)
        return status;
    scope = reader;
    struct query query CLEANUP(query_end) =
        query_begin(reader->st, STMT_planned_until, ARGS(ARG_T(":code", code), ARG_T(":day", as_of == NULL ? LAST_DAY : as_of)));
    if (!query_row(&query))
        return query_status(&query) == DB_OK ? DB_NOT_FOUND : query_status(&query);
    const char *end = query_text(&query, 2);
    *ret_planned = (struct db_planned){.study = query_known(&query, 0), .regions = query_int(&query, 1)};
    snprintf(ret_planned->planned_end, sizeof ret_planned->planned_end, "%s", end == NULL ? "" : end);
    return query_status(&query);
}
