/* SPDX-License-Identifier: GPL-3.0-or-later
 * GET /stats/leaders and GET /stats/summary: statistics with rows for what a programme printed of groups of people, which the register
 * cannot compute.
 */
#include "handlers/handlers.h"
#include "handlers/stats.h"

#include "base/arena.h"

#define GENDER "gender"

/* One part of the summary: everything, or a row for each value of one dimension. */
static const struct part {
    const char *by; /* the filter of /studies its values are values of; NULL = everything */
    enum db_grain grain;
    enum db_dimension dimension;
    unsigned known;
} parts[] = {
    {NULL, DB_GRAIN_STUDY, DB_DIMENSIONS, HAS_AMOUNT | HAS_AWARDS | HAS_STUDIES | HAS_LEADERS | HAS_PATIENTS},
    {"mechanism", DB_GRAIN_STUDY, DB_BY_MECHANISM, HAS_AMOUNT | HAS_AWARDS | HAS_STUDIES | HAS_PATIENTS},
    {"award_mechanism", DB_GRAIN_AWARD, DB_BY_MECHANISM, HAS_AMOUNT | HAS_AWARDS | HAS_STUDIES},
    {"inclusion_region", DB_GRAIN_REGION, DB_BY_REGION, HAS_STUDIES | HAS_PATIENTS},
};
#define PARTS (sizeof parts / sizeof *parts)

struct rows {
    struct stats_answer *answer;
    const struct part *part;
    unsigned shown;
    const struct db_study_filter *filter;
    bool failed;
};

static bool push_row(struct rows *rows, json_t *row, unsigned known, const struct db_stats_cell *cell, json_t *beside, const char *studies)
{
    bool good = stats_row_finish(row, rows->shown, known, cell, beside, studies) && json_array_append(rows->answer->rows, row) == 0;
    json_decref(row);
    return good;
}

/* ── people ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A row for each printed group of leaders, of whom the register knows nothing; then those whose group is not known: all. */
static bool push_groups(struct rows *rows, bool by, const struct db_stats_cell *everybody)
{
    struct stats_answer *answer = rows->answer;
    size_t i;
    json_t *group;
    bool good = true;
    const char *url = link_url(&answer->filters);
    json_array_foreach(answer->published.groups, i, group)
    {
        json_t *row = by ? json_pack("{s:s, s:O, s:n}", "by", GENDER, "value", group, "label") : json_pack("{s:O}", GENDER, group);
        good =
            good && push_row(rows, row, 0, NULL, published_of_group(&answer->published, &answer->filters, json_string_value(group)), NULL);
    }
    json_t *unknown = by ? json_pack("{s:s, s:n, s:n}", "by", GENDER, "value", "label") : json_pack("{s:n}", GENDER);
    return push_row(rows, unknown, HAS_STUDIES | HAS_LEADERS, everybody, json_null(), url) && good;
}

static bool keep_total(struct rows *rows, const struct db_stats_cell *total)
{
    struct stats_answer *answer = rows->answer;
    const char *url = link_url(&answer->filters);
    answer->totals = json_object();
    answer->days = cell_days(rows->shown & HAS_PATIENTS ? total : NULL);
    return url && stats_row_finish(answer->totals, rows->shown, rows->shown, total,
                                   published_beside(&answer->published, &answer->filters, DB_GRAIN_STUDY, false), url);
}

static bool keep_leaders(void *cls, const struct db_stats *stats)
{
    struct rows *rows = cls;
    rows->failed = !keep_total(rows, &stats->total) || !push_groups(rows, false, &stats->total);
    return !rows->failed;
}

static enum api_error leaders_answer(struct request *rq, struct reply *ret_reply, const struct statistic *statistic)
{
    struct db_stats_query query = statistic_query(statistic, rq->params);
    struct cell_columns columns = {.len = 0};
    struct stats_answer answer;
    enum db_status status = stats_answer_begin(rq, &query, statistic->has, &answer);
    struct rows rows = {&answer, NULL, statistic->has, &query.filter, false};
    if (status == DB_OK && query.by_len == 0)
        status = db_stats(rq->db, &query, keep_leaders, &rows);
    else if (status == DB_OK)
        status = stats_cells(&answer, &query, statistic->has);
    if (query.by_len == 0)
        columns_add(&columns, GENDER, NULL);
    columns_of_keys(&columns, &query);
    columns_of_measures(&columns, statistic->has);
    enum api_error error = rows.failed ? API_UNAVAILABLE : api_error_of_db(status);
    if (error == API_OK)
        error = stats_answer_send(&answer, ret_reply, &query, statistic->has, columns.column);
    stats_answer_free(&answer);
    return error;
}

enum api_error stats_leaders(struct request *rq, struct reply *ret_reply)
{
    return stats_in_snapshot(rq, ret_reply, leaders_answer);
}

/* ── the key figures on one page ────────────────────────────────────────────────────────────────────────────── */

static bool push_cell(struct rows *rows, const struct db_stats_cell *cell)
{
    const struct part *part = rows->part;
    const struct db_stats_key *key = &cell->key[0];
    struct link link = link_of_filters(rows->answer->rq, rows->filter, part->grain);
    if (part->by)
        link_cell(&link, part->grain, part->dimension, key);
    const char *url = link_url(&link);
    json_t *row =
        json_pack("{s:o, s:o, s:o}", "by", json_maybe(part->by), "value", json_maybe(part->by && key->known ? key->ref.code : NULL),
                  "label", part->by && key->known && dimension_has_label(part->dimension) ? json_text(&key->ref.label) : json_null());
    if (!url) {
        json_decref(row);
        return false;
    }
    return push_row(rows, row, part->known, cell,
                    published_beside(&rows->answer->published, &link, part->grain, part->by && part->dimension == DB_BY_REGION), url);
}

static bool keep_part(void *cls, const struct db_stats *stats)
{
    struct rows *rows = cls;
    if (!rows->part->by)
        rows->failed = !keep_total(rows, &stats->total) || !push_cell(rows, &stats->total);
    for (size_t i = 0; rows->part->by && i < stats->cells_len && !rows->failed; i++)
        rows->failed = !push_cell(rows, &stats->cells[i]);
    return !rows->failed;
}

static bool keep_groups(void *cls, const struct db_stats *stats)
{
    struct rows *rows = cls;
    rows->failed = !push_groups(rows, true, &stats->total);
    return !rows->failed;
}

void stats_summary_check(struct request *rq)
{
    const struct stats_params *params = rq->params;
    stats_check(rq);
    for (size_t i = 0; i < PARTS && params->group_by.len == 0; i++)
        if (parts[i].by)
            stats_check_links(rq, parts[i].grain, parts[i].dimension);
}

static enum db_status ask_parts(struct rows *rows, const struct db_stats_query *whole)
{
    enum db_status status = DB_OK;
    for (size_t i = 0; i < PARTS && status == DB_OK && !rows->failed; i++) {
        struct db_stats_query query = *whole;
        rows->part = &parts[i];
        query.grain = parts[i].grain;
        query.leaders = !parts[i].by;
        query.by_len = parts[i].by ? 1 : 0;
        query.by[0] = parts[i].by ? parts[i].dimension : DB_BY_CALL_YEAR;
        status = db_stats(rows->answer->rq->db, &query, keep_part, rows);
    }
    if (status == DB_OK && !rows->failed)
        status = db_stats(rows->answer->rq->db, whole, keep_groups, rows);
    return status;
}

static enum api_error summary_answer(struct request *rq, struct reply *ret_reply, const struct statistic *statistic)
{
    struct db_stats_query query = statistic_query(statistic, rq->params);
    struct cell_columns columns = {.len = 0};
    struct stats_answer answer;
    enum db_status status = stats_answer_begin(rq, &query, statistic->has, &answer);
    struct rows rows = {&answer, NULL, statistic->has, &query.filter, false};
    answer.in_parts = statistic->in_parts && query.by_len == 0;
    if (status == DB_OK)
        status = query.by_len == 0 ? ask_parts(&rows, &query) : stats_cells(&answer, &query, statistic->has);
    if (query.by_len == 0) {
        columns_add(&columns, "by", NULL);
        columns_add(&columns, "value", NULL);
        columns_add(&columns, "label_nb", "label.nb");
        columns_add(&columns, "label_en", "label.en");
    }
    columns_of_keys(&columns, &query);
    columns_of_measures(&columns, statistic->has);
    enum api_error error = rows.failed ? API_UNAVAILABLE : api_error_of_db(status);
    if (error == API_OK)
        error = stats_answer_send(&answer, ret_reply, &query, statistic->has, columns.column);
    stats_answer_free(&answer);
    return error;
}

enum api_error stats_summary(struct request *rq, struct reply *ret_reply)
{
    return stats_in_snapshot(rq, ret_reply, summary_answer);
}
