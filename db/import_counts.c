/* SPDX-License-Identifier: GPL-3.0-or-later
 * What an edition says of patients, and what it published: plans, reports, figures and notes. A plan or report that was filed in the
 * register for the same study, region and day stands; the edition's own is kept beside it, and study_notes_load_beside tells where they
 * differ.
 */
#include "db/internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A plan or a report, and the statements that store it. */
struct count {
    const char *what, *study, *region, *as_of, *lines;
    int64_t number;
    const char *end; /* plans only */
    bool has_end;
    const char *parameter;
    enum db_statement find, add, change, withdraw, confirm, filed;
};

static struct count count_of_plan(const struct db_plan *plan)
{
    return (struct count){
        "plan",     plan->study,          plan->region,  plan->as_of,      plan->lines,        plan->planned,     plan->planned_end, true,
        ":planned", STMT_plan_of_edition, STMT_plan_add, STMT_plan_change, STMT_plan_withdraw, STMT_plan_confirm, STMT_plan_filed};
}

static struct count count_of_report(const struct db_report *report)
{
    return (struct count){"report",
                          report->study,
                          report->region,
                          report->as_of,
                          report->lines,
                          report->included,
                          NULL,
                          false,
                          ":included",
                          STMT_report_of_edition,
                          STMT_report_add,
                          STMT_report_change,
                          STMT_report_withdraw,
                          STMT_report_confirm,
                          STMT_report_filed};
}

static bool texts_equal(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* ── storing ────────────────────────────────────────────────────────────────────────────────────────────────── */

struct said {
    int64_t id;
    bool is_equal, is_twice;
};

static enum db_status look_up(struct db_import *import, const struct count *count, int64_t study, struct said *ret_said)
{
    struct query query CLEANUP(query_end) = query_begin(import->st, count->find,
                                                        ARGS(ARG_I(":study", study), ARG_T(":region", count->region),
                                                             ARG_T(":as_of", count->as_of), ARG_I(":edition", import->revision.edition)));
    *ret_said = (struct said){0};
    if (query_row(&query))
        *ret_said = (struct said){
            .id = query_int(&query, 0),
            .is_equal = query_int(&query, 1) == count->number && texts_equal(query_text(&query, 2), count->end) &&
                        texts_equal(query_text(&query, 3), count->lines) && texts_equal(query_text(&query, 4), import->as_of),
            .is_twice = query_int(&query, 5) == import->revision.data_version,
        };
    return query_status(&query);
}

static enum db_status refuse_twice(struct db_import *import, const struct count *count)
{
    return import_fail(import, DB_CONFLICT, "%s of study %s for %s on %s comes twice", count->what, count->study,
                       count->region == NULL ? "the whole study" : count->region, count->as_of);
}

static enum db_status write(struct db_import *import, const struct count *count, int64_t study, int64_t id)
{
    struct query query CLEANUP(query_end) =
        query_begin(import->st, id == 0 ? count->add : count->change,
                    ARGS(ARG_I(count->parameter, count->number), ARG_T(":lines", count->lines), ARG_I(":recorded", import->revision.now),
                         ARG_T(":standing", import->as_of), ARG_I(":stated", import->revision.data_version)));
    if (count->has_end)
        query_bind(&query, ARGS(ARG_T(":planned_end", count->end)));
    if (id == 0)
        query_bind(&query, ARGS(ARG_I(":study", study), ARG_T(":region", count->region), ARG_T(":as_of", count->as_of),
                                ARG_I(":edition", import->revision.edition)));
    else
        query_bind(&query, ARGS(ARG_I(":id", id)));
    return query_run(&query);
}

/* *ret_is_news: it says other than before. */
static enum db_status store(struct db_import *import, const struct count *count, int64_t study, bool *ret_is_news)
{
    struct said said;
    enum db_status status = look_up(import, count, study, &said);
    if (status != DB_OK)
        return status;
    if (said.is_twice)
        return refuse_twice(import, count);
    *ret_is_news = *ret_is_news || !said.is_equal;
    if (said.is_equal)
        return statement_run(import->st, count->confirm, ARGS(ARG_I(":id", said.id), ARG_I(":stated", import->revision.data_version)));
    if (said.id != 0)
        status = statement_run(import->st, count->withdraw, ARGS(ARG_I(":id", said.id), ARG_I(":withdrawn", import->revision.now)));
    return status == DB_OK ? write(import, count, study, said.id) : status;
}

/* ── against what was filed ─────────────────────────────────────────────────────────────────────────────────── */

/* *ret_differs: the study shows so, from both numbers; they are not written down a second time. */
static enum db_status compare_filed(struct db_import *import, const struct count *count, int64_t study, bool *ret_differs)
{
    struct query query CLEANUP(query_end) =
        query_begin(import->st, count->filed, ARGS(ARG_I(":study", study), ARG_T(":region", count->region), ARG_T(":as_of", count->as_of)));
    if (!query_row(&query))
        return query_status(&query);
    bool differs = query_int(&query, 0) != count->number;
    *ret_differs = *ret_differs || differs;
    import->result.conflicts += differs;
    return statement_run(
        import->st, STMT_filed_beside_add,
        ARGS(ARG_I(":study", study), ARG_T(":kind", count->what), ARG_T(":region", count->region), ARG_T(":as_of", count->as_of)));
}

/* ── putting ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Plans or reports of one study. */
struct counts {
    struct count (*at)(const void *items, size_t i);
    const void *items;
    size_t len;
};

static struct count plan_at(const void *items, size_t i)
{
    return count_of_plan((const struct db_plan *)items + i);
}

static struct count report_at(const void *items, size_t i)
{
    return count_of_report((const struct db_report *)items + i);
}

static enum db_status fail(struct db_import *import, enum db_status status, const struct count *count)
{
    return import_fail(import, status, "%s of study %s: %s", count->what, count->study, db_status_text(status));
}

static enum db_status put_each(struct db_import *import, const struct counts *counts, int64_t study)
{
    bool is_news = false, differs = false;
    enum db_status status = DB_OK;
    for (size_t i = 0; i < counts->len && status == DB_OK; i++) {
        struct count count = counts->at(counts->items, i);
        status = store(import, &count, study, &is_news);
        if (status == DB_OK)
            status = compare_filed(import, &count, study, &differs);
        if (status != DB_OK)
            return fail(import, status, &count);
    }
    return is_news || differs ? import_touch(import, study, (struct touch){.reported = is_news}) : status;
}

static int compare_places(const void *left, const void *right)
{
    const struct count *a = left, *b = right;
    int order = strcmp(a->region == NULL ? "" : a->region, b->region == NULL ? "" : b->region);
    return order != 0 ? order : strcmp(a->as_of, b->as_of);
}

static enum db_status refuse_doubles(struct db_import *import, const struct counts *counts)
{
    struct count *sorted = arena_array(&import->scratch, counts->len, sizeof *sorted);
    if (sorted == NULL)
        return DB_NO_MEMORY;
    for (size_t i = 0; i < counts->len; i++)
        sorted[i] = counts->at(counts->items, i);
    qsort(sorted, counts->len, sizeof *sorted, compare_places);
    for (size_t i = 1; i < counts->len; i++)
        if (compare_places(&sorted[i - 1], &sorted[i]) == 0)
            return refuse_twice(import, &sorted[i]);
    return DB_OK;
}

/* Of a study that this import added and of which nothing was said yet there is nothing to compare with, and it is touched already. */
static enum db_status put_fresh(struct db_import *import, const struct counts *counts, struct import_study *study)
{
    arena_reset(&import->scratch);
    enum db_status status = refuse_doubles(import, counts);
    for (size_t i = 0; i < counts->len && status == DB_OK; i++) {
        struct count count = counts->at(counts->items, i);
        study->by_region |= !count.has_end && count.region != NULL;
        status = write(import, &count, study->id, 0);
        if (status != DB_OK)
            return fail(import, status, &count);
    }
    return status;
}

static enum db_status find_study(struct db_import *import, const struct count *count, struct import_study **ret_study)
{
    enum db_status status = import_study_find(import, count->study, ret_study);
    if (status == DB_CONFLICT)
        return import_fail(import, status, "%s: study %s belongs to another programme", count->what, count->study);
    if (status == DB_OK && *ret_study == NULL)
        return import_fail(import, DB_CONFLICT, "%s: there is no study %s", count->what, count->study);
    return status == DB_OK ? DB_OK : fail(import, status, count);
}

static enum db_status put(struct db_import *import, const struct counts *counts, size_t has_counts)
{
    if (import->failed != DB_OK || counts->len == 0)
        return import->failed;
    struct count first = counts->at(counts->items, 0);
    struct import_study *study = NULL;
    enum db_status status = find_study(import, &first, &study);
    if (status != DB_OK)
        return status;
    bool *has = (bool *)((char *)study + has_counts), is_fresh = study->is_new && !*has;
    *has = true;
    study->by_region |= !is_fresh; /* not looked at then */
    return is_fresh ? put_fresh(import, counts, study) : put_each(import, counts, study->id);
}

enum db_status db_import_counts(struct db_import *import, const char *study, const struct db_plan *plans, size_t plans_len,
                                const struct db_report *reports, size_t reports_len)
{
    for (size_t i = 0; i < plans_len; i++)
        assert(strcmp(plans[i].study, study) == 0);
    for (size_t i = 0; i < reports_len; i++)
        assert(strcmp(reports[i].study, study) == 0);
    enum db_status status = put(import, &(struct counts){plan_at, plans, plans_len}, offsetof(struct import_study, has_plans));
    return status == DB_OK ? put(import, &(struct counts){report_at, reports, reports_len}, offsetof(struct import_study, has_reports))
                           : status;
}

enum db_status db_import_plan(struct db_import *import, const struct db_plan *plan)
{
    return db_import_counts(import, plan->study, plan, 1, NULL, 0);
}

enum db_status db_import_report(struct db_import *import, const struct db_report *report)
{
    return db_import_counts(import, report->study, NULL, 0, report, 1);
}

enum db_status db_import_figure(struct db_import *import, const struct db_figure *figure)
{
    if (import->failed != DB_OK)
        return import->failed;
    struct query query CLEANUP(query_end) =
        query_begin(import->st, STMT_figure_add, ARGS(ARG_I(":edition", import->revision.edition), ARG_I(":position", import->position++)));
    query_bind_fields(&query, figure_fields, figure);
    enum db_status status = query_run(&query);
    return status == DB_OK ? DB_OK : import_fail(import, status, "figure %s: %s", figure->code, db_status_text(status));
}

/* A note on a study shows on it, so the study is made anew. */
static enum db_status touch_noted(struct db_import *import, const struct db_note *note)
{
    if (strcmp(note->record, "study") != 0 || note->id == NULL)
        return DB_OK;
    struct query query CLEANUP(query_end) = query_begin(import->st, STMT_study_known, ARGS(ARG_T(":code", note->id)));
    if (!query_row(&query))
        return query_status(&query) != DB_OK ? query_status(&query)
                                             : import_fail(import, DB_CONFLICT, "note: there is no study %s", note->id);
    return import_touch(import, query_int(&query, 0), (struct touch){0});
}

enum db_status db_import_note(struct db_import *import, const struct db_note *note)
{
    if (import->failed != DB_OK)
        return import->failed;
    enum db_status status =
        statement_run(import->st, STMT_note_add,
                      ARGS(ARG_I(":edition", import->revision.edition), ARG_T(":record", note->record), ARG_T(":id", note->id),
                           ARG_T(":field", note->field), ARG_T(":kind", note->kind), ARG_T(":text_nb", note->text.nb),
                           ARG_T(":text_en", note->text.en), ARG_T(":lines", note->lines)));
    if (status == DB_OK)
        status = touch_noted(import, note);
    return status == DB_OK ? DB_OK : import_fail(import, status, "note on %s: %s", note->record, db_status_text(status));
}
