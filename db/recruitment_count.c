/* SPDX-License-Identifier: GPL-3.0-or-later
 * Which rows of the table of reports are asked for, and how many there are. A number is found out once a data version for all readers:
 * whoever walks from page to page meets it again with each.
 */
#include "db/recruitment_walk.h"

#include <string.h>

/* ── a number for all readers ───────────────────────────────────────────────────────────────────────────────── */

static enum db_status ask(struct db_reader *reader, struct arena *arena, const void *asked, const void **ret_found)
{
    struct sql sql = *(const struct sql *)asked;
    struct query query CLEANUP(query_end) = {0};
    int64_t *number = arena_alloc(arena, sizeof *number);
    enum db_status status = number == NULL ? DB_NO_MEMORY : sql_query(&sql, reader->st, &query);
    if (status == DB_OK && query_row(&query))
        *number = query_int(&query, 0);
    *ret_found = number;
    return status == DB_OK ? query_status(&query) : status;
}

static void take_number(void *cls, const void *found)
{
    *(int64_t *)cls = *(const int64_t *)found;
}

/* ── rows that are asked for ────────────────────────────────────────────────────────────────────────────────── */

static void add_text(struct sql *sql, const char *fragment, const char *text)
{
    sql_add(sql, fragment);
    sql_value(sql, (struct sql_value){.kind = ARG_TEXT, .bytes = text, .number = (int64_t)strlen(text)});
}

static const char *stored_region(const char *region)
{
    return strcmp(region, DB_WHOLE_STUDY) == 0 ? "" : region;
}

static void add_regions(struct sql *sql, const struct db_codes *region)
{
    sql_add(sql, region->negate ? " NOT IN (" : " IN (");
    for (size_t i = 0; i < region->len; i++)
        add_text(sql, i == 0 ? "?" : ",?", stored_region(region->values[i]));
    sql_add(sql, ")");
}

static void add_days(struct sql *sql, const char *column, const struct db_recruitment_query *query)
{
    const struct {
        const char *comparison, *day;
    } ends[] = {{" >= ?", query->from}, {" <= ?", query->to}};
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        if (ends[i].day != NULL) {
            sql_add(sql, " AND ");
            sql_add(sql, column);
            add_text(sql, ends[i].comparison, ends[i].day);
        }
}

/* Every row has a region, '' being the whole study: those that are among them and those that are not are all. */
void recruitment_add_chosen(struct sql *sql, const char *day, const struct db_recruitment_query *query)
{
    add_days(sql, day, query);
    if (query->region.len == 0)
        return;
    sql_add(sql, " AND r.region");
    add_regions(sql, &query->region);
}

void recruitment_add_reporting(struct sql *sql, const char *before, const struct db_recruitment_query *query)
{
    bool has_total = query->region.len == 0 || query->region.negate;
    for (size_t i = 0; i < query->region.len; i++)
        has_total = has_total || *stored_region(query->region.values[i]) == '\0';
    if (has_total)
        return;
    sql_add(sql, before);
    add_regions(sql, &query->region);
    sql_add(sql, ")");
}

/* ── how many ───────────────────────────────────────────────────────────────────────────────────────────────── */

/* What is kept by day and region. '*' is every region's. */
static void question_of_all(struct sql *sql, const struct db_recruitment_query *query)
{
    sql_add(sql, "SELECT COALESCE(sum(report_rows), 0) FROM shown_count WHERE region");
    if (query->region.len == 0) {
        sql_add(sql, " = '*'");
    } else {
        add_regions(sql, &query->region);
        sql_add(sql, " AND region <> '*'");
    }
    add_days(sql, "as_of", query);
}

/* All rows of the studies that the filter lets through. */
static void question_of_studies(struct sql *sql, const struct db_recruitment_query *query)
{
    sql_add(sql, "SELECT COALESCE(sum(s.report_rows), 0) FROM study s");
    sql_filter(sql, &query->filter);
}

static void question_of_rows(struct sql *sql, const struct db_recruitment_query *query)
{
    sql_add(sql, "SELECT count(*) FROM study s CROSS JOIN shown_report r");
    sql_filter(sql, &query->filter);
    recruitment_add_reporting(sql, REPORTING_STUDIES, query);
    sql_add(sql, " AND s.report_rows > 0 AND r.code = s.code");
    recruitment_add_chosen(sql, "r.as_of", query);
}

enum db_status recruitment_count(struct db_reader *reader, const struct db_recruitment_query *query, int64_t *ret_count)
{
    struct arena arena CLEANUP(arena_free) = {0};
    struct sql sql = sql_begin(&arena);
    bool chooses_rows = query->from != NULL || query->to != NULL || query->region.len > 0;
    *ret_count = 0;
    if (filter_is_empty(&query->filter))
        question_of_all(&sql, query);
    else if (!chooses_rows)
        question_of_studies(&sql, query);
    else
        question_of_rows(&sql, query);
    const struct shared_question question = {&sql, &sql, ask};
    enum db_status status = reader_enter(reader);
    if (status != DB_OK)
        return status;
    status = answer_shared(reader, &question, take_number, ret_count);
    reader_leave(reader);
    return status;
}
