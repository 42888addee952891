/* SPDX-License-Identifier: GPL-3.0-or-later
 * POST /recruitment: the reports of many studies, all or none of them.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/nearest.h"
#include "handlers/filed_rows.h"
#include "handlers/json.h"
#include "handlers/writing.h"

/* ── whose studies they are ─────────────────────────────────────────────────────────────────────────────────── */

static int compare_rows(const void *a, const void *b)
{
    const struct filed_row *left = a, *right = b;
    int order = strcmp(left->study, right->study);
    if (order == 0)
        order = strcmp(left->as_of, right->as_of);
    if (order == 0)
        order = strcmp(left->region ? left->region : "", right->region ? right->region : "");
    return order ? order : left->line < right->line ? -1 : left->line > right->line;
}

/* Rows of which something was wrong have said so, and go, but for their study, which they may not be about at all. */
static void rows_order(struct filed_rows *rows)
{
    size_t to = 0;
    for (size_t i = 0; i < rows->len; i++) {
        if (!rows->list[i].study)
            continue;
        if (!rows->list[i].as_of)
            rows->list[i].as_of = "";
        rows->list[to++] = rows->list[i];
    }
    rows->len = to;
    if (to)
        qsort(rows->list, to, sizeof *rows->list, compare_rows);
}

/* The end of the rows from first that are of one study. */
static size_t study_end(const struct filed_rows *rows, size_t first)
{
    size_t end = first + 1;
    while (end < rows->len && strcmp(rows->list[end].study, rows->list[first].study) == 0)
        end++;
    return end;
}

/* Each looks at every study there is. */
#define SUGGESTIONS_MAX 20

static bool offer(void *cls, const char *value)
{
    nearest_offer(cls, value);
    return true;
}

/* The study of today where the id is an old one; NULL = it is none. */
static const char *study_now(struct request *rq, const char *study)
{
    char *moved = NULL;
    (void)db_studies_get(rq->db, study, NULL, NULL, &moved);
    const char *now = moved ? arena_strdup(rq->arena, moved) : NULL;
    free(moved);
    return now;
}

/* The nearest; NULL = none. */
static const char *suggestion(struct request *rq, const char *study, int *left)
{
    struct nearest nearest;
    if ((*left)-- <= 0)
        return NULL;
    nearest_begin(&nearest, study);
    db_vocabulary_each(rq->db, DB_VOCAB_STUDY, offer, &nearest);
    return nearest_best(&nearest) ? arena_strdup(rq->arena, nearest_best(&nearest)) : NULL;
}

static void study_fault(struct request *rq, const struct filed_rows *rows, size_t first, size_t end, const char *reason, const char *near)
{
    for (size_t i = first; i < end; i++)
        if (i == first || rows->list[i].line != rows->list[i - 1].line)
            body_fault(rq, row_name(rq->arena, rows->list[i].line, "study"), reason, near);
}

static void unknown_fault(struct request *rq, const struct filed_rows *rows, size_t first, size_t end, int *suggestions)
{
    const char *study = rows->list[first].study, *now = study_now(rq, study);
    if (now)
        study_fault(rq, rows, first, end, arena_printf(rq->arena, "is now %s: use that id", now), now);
    else
        study_fault(rq, rows, first, end, "there is no such study", suggestion(rq, study, suggestions));
}

static void faults_forget(struct faults *faults)
{
    faults->len = faults->more_len = faults->dropped = 0;
}

/* A token that does not hold a study is told so, and nothing else. */
static enum api_error studies_check(struct request *rq, const struct filed_rows *rows)
{
    bool outside = false;
    int suggestions = SUGGESTIONS_MAX;
    for (size_t first = 0, end; first < rows->len; first = end) {
        const char *study = rows->list[first].study;
        bool covers = false;
        end = study_end(rows, first);
        enum db_status status = db_token_covers(rq->db, rq->author, study, &covers);
        if (status != DB_OK && status != DB_NOT_FOUND)
            return api_error_of_db(status);
        if (status == DB_OK && !covers) {
            if (!outside)
                faults_forget(rq->faults);
            outside = true;
            study_fault(rq, rows, first, end, "the token's scope does not hold this study", NULL);
        } else if (status == DB_NOT_FOUND && !outside) {
            unknown_fault(rq, rows, first, end, &suggestions);
        }
    }
    return outside ? API_FORBIDDEN : API_OK;
}

/* Which of the two is right cannot be told. */
static void twice_check(struct request *rq, const struct filed_rows *rows)
{
    for (size_t i = 1; i < rows->len; i++) {
        const struct filed_row *row = &rows->list[i], *before = &rows->list[i - 1];
        bool same = strcmp(row->study, before->study) == 0 && strcmp(row->as_of, before->as_of) == 0 &&
                    strcmp(row->region ? row->region : "", before->region ? before->region : "") == 0;
        if (same && row->good && before->good)
            body_fault(rq, row_name(rq->arena, row->line, NULL),
                       arena_printf(rq->arena, "is of the same study, day and region as row %d", before->line), NULL);
    }
}

/* ── the rules ──────────────────────────────────────────────────────────────────────────────────────────────── */

/* The rows of one study. */
struct group {
    struct filed_row *rows;
    size_t len, filed; /* filed: those that say something new */
    bool lifted;       /* one of those is a correction, or of one it is said that it falls: the total may fall too */
    struct db_recruitment before, after;
};

struct writing {
    struct request *rq;
    struct db_write *write;
    struct arena *scratch; /* of one study */
    struct day today;
    struct group *groups;
    size_t len;
    int64_t rows, filed;
};

static bool groups_make(struct writing *writing, const struct filed_rows *rows)
{
    writing->groups = arena_array(writing->rq->arena, rows->len, sizeof *writing->groups);
    for (size_t first = 0, end; writing->groups && first < rows->len; first = end) {
        end = study_end(rows, first);
        writing->groups[writing->len++] = (struct group){.rows = &rows->list[first], .len = end - first};
    }
    return writing->groups;
}

static struct stand stand_of(const struct filed_row *row)
{
    return (struct stand){row->region, row->as_of, row->included, true};
}

/* The end of the rows from first that make one report: of one day, and said in one way. */
static size_t report_end(const struct group *group, size_t first)
{
    const struct filed_row *one = &group->rows[first];
    size_t end = first + 1;
    for (; end < group->len; end++) {
        const struct filed_row *row = &group->rows[end];
        const char *comment = row->comment ? row->comment : "", *same = one->comment ? one->comment : "";
        if (strcmp(row->as_of, one->as_of) != 0 || row->correction != one->correction || strcmp(comment, same) != 0)
            break;
    }
    return end;
}

/* The regions of a day against the study's plan, where none of them is a correction. */
static void sums_check(struct writing *writing, const struct standing *standing, const struct group *group)
{
    for (size_t first = 0, end; first < group->len; first = end) {
        int64_t sum = 0, regions = 0;
        bool lifted = false, new = false;
        const struct filed_row *named = NULL;
        for (end = first; end < group->len && strcmp(group->rows[end].as_of, group->rows[first].as_of) == 0; end++) {
            const struct filed_row *row = &group->rows[end];
            lifted |= row->correction;
            new |= !row->unchanged;
            sum += row->region ? row->included : 0;
            regions += row->region != NULL;
            named = row->region ? row : named;
        }
        if (regions > 1 && !lifted && new)
            rules_check_sum(writing->rq, standing, sum, row_count_name(writing->rq->arena, named));
    }
}

static void rules_check(struct writing *writing, const struct standing *standing, struct group *group)
{
    struct arena *arena = writing->rq->arena;
    for (size_t i = 0; i < group->len; i++) {
        const struct filed_row *row = &group->rows[i];
        const struct stand count = stand_of(row);
        group->lifted |= !row->unchanged && row->correction;
        if (row->unchanged || row->correction)
            continue;
        group->lifted |= rules_check_count(writing->rq, standing, &count, row_count_name(arena, row));
        rules_check_day(writing->rq, row->as_of, writing->today.text, row_name(arena, row->line, "as_of"));
    }
    sums_check(writing, standing, group);
}

static void unchanged_find(struct group *group, const struct standing *standing)
{
    for (size_t i = 0; i < group->len; i++) {
        struct filed_row *row = &group->rows[i];
        const struct stand *stand = standing_find(standing, row->region, row->as_of);
        row->unchanged = stand && stand->filed && stand->included == row->included;
        group->filed += !row->unchanged;
    }
}

static enum db_status group_check(struct writing *writing, struct group *group)
{
    struct standing standing;
    enum db_status status = standing_get(writing->rq->db, writing->scratch, group->rows->study, &standing);
    struct stand *stands = arena_array(writing->scratch, group->len, sizeof *stands);
    if (status != DB_OK || !stands)
        return status != DB_OK ? status : DB_NO_MEMORY;
    for (size_t i = 0; i < group->len; i++)
        stands[i] = stand_of(&group->rows[i]);
    if (!standing_join(writing->scratch, &standing, stands, group->len))
        return DB_NO_MEMORY;
    group->before = standing.total;
    group->before.as_of = standing.total.as_of ? arena_strdup(writing->rq->arena, standing.total.as_of) : NULL;
    group->filed = 0;
    unchanged_find(group, &standing);
    rules_check(writing, &standing, group);
    writing->rows += (int64_t)group->len;
    writing->filed += (int64_t)group->filed;
    arena_reset(writing->scratch);
    return DB_OK;
}

static enum api_error all_check(struct writing *writing)
{
    for (size_t i = 0; i < writing->len; i++) {
        enum db_status status = group_check(writing, &writing->groups[i]);
        if (status != DB_OK && status != DB_NOT_FOUND)
            return api_error_of_db(status);
    }
    row_faults_order(writing->rq->faults);
    return body_faults(writing->rq) > 0 ? API_UNPROCESSABLE : API_OK;
}

/* Where something is wrong already, what the rules say of the other rows is said with it. */
static enum api_error rules_foresee(struct request *rq, const struct filed_rows *rows)
{
    struct filed_rows good = {.list = arena_array(rq->arena, rows->len + 1, sizeof *rows->list)};
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    for (size_t i = 0; good.list && i < rows->len; i++)
        if (rows->list[i].good)
            good.list[good.len++] = rows->list[i];
    struct writing writing = {.rq = rq, .today = day_in_norway((int64_t)now.tv_sec * 1000), .scratch = arena_new(0)};
    enum api_error error = good.list && writing.scratch && groups_make(&writing, &good) ? all_check(&writing) : API_UNAVAILABLE;
    arena_delete(writing.scratch);
    return error;
}

enum api_error recruitment_bulk_parse(struct request *rq)
{
    struct filed_rows *rows = arena_alloc(rq->arena, sizeof *rows);
    enum api_error error = rows ? filed_rows_read(rq, rows) : API_UNAVAILABLE;
    if (error != API_OK && error != API_UNPROCESSABLE)
        return error;
    rows_order(rows);
    twice_check(rq, rows);
    error = studies_check(rq, rows);
    rq->task = rows;
    if (error == API_OK && body_faults(rq) > 0)
        error = rules_foresee(rq, rows);
    row_faults_order(rq->faults);
    return rq->arena->failed ? API_UNAVAILABLE : error;
}

/* ── writing ────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum db_status report_write(struct writing *writing, const struct group *group, size_t first, size_t end)
{
    struct db_filed_count *counts = arena_array(writing->scratch, end - first, sizeof *counts);
    struct db_filed_report report = {.study = group->rows->study,
                                     .as_of = group->rows[first].as_of,
                                     .counts = counts,
                                     .correction = group->rows[first].correction,
                                     .comment = group->rows[first].comment};
    for (size_t i = first; counts && i < end; i++)
        if (!group->rows[i].unchanged)
            counts[report.counts_len++] = (struct db_filed_count){group->rows[i].region, group->rows[i].included};
    enum db_status status = !counts ? DB_NO_MEMORY : report.counts_len ? db_write_report(writing->write, &report) : DB_OK;
    arena_reset(writing->scratch);
    return status;
}

static enum db_status group_write(struct writing *writing, const struct group *group)
{
    enum db_status status = DB_OK;
    for (size_t first = 0, end; status == DB_OK && first < group->len; first = end) {
        end = report_end(group, first);
        status = report_write(writing, group, first, end);
    }
    return status;
}

static const struct filed_row *last_filed(const struct group *group)
{
    size_t i = group->len;
    while (i > 1 && group->rows[i - 1].unchanged)
        i--;
    return &group->rows[i - 1];
}

/* What a study's total is then, and that it has not fallen. */
static enum db_status group_settle(struct writing *writing, struct group *group)
{
    struct request *rq = writing->rq;
    enum db_status status = standing_total(rq->db, writing->scratch, group->rows->study, &group->after);
    group->after.as_of = group->after.as_of ? arena_strdup(rq->arena, group->after.as_of) : NULL;
    arena_reset(writing->scratch);
    if (status == DB_OK && !group->lifted)
        rules_check_total(rq, &group->before, &group->after, row_count_name(rq->arena, last_filed(group)));
    return status;
}

static enum db_status all_write(struct writing *writing)
{
    enum db_status status = DB_OK;
    for (size_t i = 0; status == DB_OK && i < writing->len; i++)
        status = group_write(writing, &writing->groups[i]);
    if (status == DB_OK)
        status = db_write_settle(writing->write, NULL, NULL);
    for (size_t i = 0; status == DB_OK && i < writing->len; i++)
        status = group_settle(writing, &writing->groups[i]);
    return status;
}

/* ── the answer ─────────────────────────────────────────────────────────────────────────────────────────────── */

static json_t *total_json(const struct db_recruitment *total)
{
    return json_pack("{s:o, s:o}", "included", json_known(total->included), "as_of", json_maybe(total->as_of));
}

static json_t *reports_json(const struct group *group)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < group->len; i++) {
        const struct filed_row *row = &group->rows[i];
        if (!row->unchanged && !json_push(list, json_pack("{s:s, s:o, s:I, s:b}", "as_of", row->as_of, "region", json_maybe(row->region),
                                                          "included", (json_int_t)row->included, "correction", row->correction)))
            return json_decref(list), NULL;
    }
    return list;
}

static enum db_status group_answer(struct writing *writing, const struct group *group, json_t *studies)
{
    int64_t version = 0;
    enum db_status status = db_write_version(writing->write, group->rows->study, &version);
    if (status != DB_OK)
        return status;
    bool good =
        json_push(studies, json_pack("{s:s, s:I, s:o, s:o, s:o}", "study", group->rows->study, "version", (json_int_t)version, "before",
                                     total_json(&group->before), "after", total_json(&group->after), "reports", reports_json(group)));
    return good ? DB_OK : DB_NO_MEMORY;
}

static enum api_error answer(struct writing *writing, bool dry_run, struct reply *ret_reply)
{
    json_auto_t *studies = json_array();
    enum db_status status = studies ? DB_OK : DB_NO_MEMORY;
    for (size_t i = 0; status == DB_OK && i < writing->len; i++)
        status = group_answer(writing, &writing->groups[i], studies);
    if (status != DB_OK)
        return api_error_of_db(status);
    ret_reply->undo = dry_run;
    ret_reply->status = dry_run ? 200 : 0;
    return reply_json(ret_reply,
                      json_pack("{s:b, s:I, s:I, s:I, s:O}", "dry_run", dry_run, "rows", (json_int_t)writing->rows, "filed",
                                (json_int_t)writing->filed, "unchanged", (json_int_t)(writing->rows - writing->filed), "studies", studies));
}

enum api_error recruitment_bulk(struct request *rq, struct db_write *write, struct reply *ret_reply)
{
    const struct recruitment_bulk_params *params = rq->params;
    struct writing writing = {.rq = rq, .write = write, .today = day_in_norway(db_write_now(write)), .scratch = arena_new(0)};
    enum api_error error = writing.scratch && groups_make(&writing, rq->task) ? all_check(&writing) : API_UNAVAILABLE;
    /* Also where something is refused already: what becomes of the totals is said with it, and undone. */
    if (error == API_OK || error == API_UNPROCESSABLE)
        error = api_error_of_db(all_write(&writing));
    row_faults_order(rq->faults);
    if (error == API_OK && body_faults(rq) > 0)
        error = API_UNPROCESSABLE;
    if (error == API_OK)
        error = answer(&writing, params->dry_run == DB_YES, ret_reply);
    arena_delete(writing.scratch);
    return error;
}
