/* SPDX-License-Identifier: GPL-3.0-or-later
 * GET /stats and the statistics that are one table of cells each.
 */
#include "handlers/stats.h"

#include <string.h>

#include "base/arena.h"
#include "handlers/handlers.h"

/* ── cells ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The row's measures, what was printed beside them, and the list behind them. false = no memory. */
bool stats_row_finish(json_t *row, unsigned shown, unsigned known, const struct db_stats_cell *cell, json_t *beside, const char *studies)
{
    bool good = cell_measures(row, shown, known, cell);
    good = json_object_set_new(row, "published", beside) == 0 && good;
    return json_object_set_new(row, "studies", json_maybe(studies)) == 0 && good;
}

struct cells {
    struct stats_answer *answer;
    const struct db_stats_query *query;
    unsigned has, known;
    bool failed;
};

/* The list of studies is of now alone: NULL too where what was known is asked for. */
static const char *list_behind(const struct link *link, const struct cells *cells)
{
    return cells->query->known_at ? NULL : link_url(link);
}

static json_t *cell_row(struct cells *cells, const struct db_stats_cell *cell)
{
    struct link link = cells->answer->filters;
    json_t *row = cell_keys(cells->query, cell);
    for (size_t i = 0; i < cells->query->by_len; i++)
        link_cell(&link, cells->query->grain, cells->query->by[i], &cell->key[i]);
    const char *url = list_behind(&link, cells);
    if ((url || cells->query->known_at) &&
        stats_row_finish(row, cells->has, cells->known, cell,
                         published_beside(&cells->answer->published, &link, cells->query->grain, query_is_by(cells->query, DB_BY_REGION)),
                         url))
        return row;
    json_decref(row);
    return NULL;
}

static bool keep_cells(void *cls, const struct db_stats *stats)
{
    struct cells *cells = cls;
    struct stats_answer *answer = cells->answer;
    const char *url = list_behind(&answer->filters, cells);
    for (size_t i = 0; i < stats->cells_len && !cells->failed; i++)
        cells->failed = !json_push(answer->rows, cell_row(cells, &stats->cells[i]));
    answer->totals = json_object();
    cells->failed |= (!url && !cells->query->known_at) ||
                     !stats_row_finish(answer->totals, cells->has, cells->known, &stats->total,
                                       published_beside(&answer->published, &answer->filters, cells->query->grain, false), url);
    answer->days = cell_days(cells->known & HAS_PATIENTS ? &stats->total : NULL);
    return !cells->failed;
}

enum db_status stats_cells(struct stats_answer *answer, const struct db_stats_query *query, unsigned has)
{
    unsigned known = query->grain == DB_GRAIN_AWARD ? (has & ~(unsigned)HAS_PATIENTS) | HAS_COVERAGE : has;
    struct cells cells = {answer, query, has, known, false};
    enum db_status status = db_stats(answer->rq->db, query, keep_cells, &cells);
    return cells.failed ? DB_NO_MEMORY : status;
}

/* ── the answer ─────────────────────────────────────────────────────────────────────────────────────────────── */

static json_t *dimensions_json(const struct db_stats_query *query)
{
    json_t *names = json_array();
    for (size_t i = 0; i < query->by_len; i++)
        json_push(names, json_string(dimension_names[query->by[i]]));
    return names;
}

static json_t *meta_of(const struct stats_answer *answer, const struct db_stats_query *query, unsigned has)
{
    const char *weighting = query->whole ? "whole" : "equal";
    return json_pack("{s:o, s:o, s:O, s:o, s:O, s:o}", "group_by", dimensions_json(query), "unit", measure_units(has), "totals",
                     answer->totals, "additive", measure_sums(has, answer->in_parts ? NULL : query), "as_of", answer->days, "weighting",
                     has & HAS_AMOUNT ? json_string(weighting) : json_null());
}

void stats_answer_free(struct stats_answer *answer)
{
    json_decref(answer->rows);
    json_decref(answer->totals);
    json_decref(answer->days);
    published_free(&answer->published);
}

enum db_status stats_answer_begin(struct request *rq, const struct db_stats_query *query, unsigned has, struct stats_answer *ret_answer)
{
    *ret_answer = (struct stats_answer){.rq = rq, .rows = json_array(), .filters = link_of_filters(rq, &query->filter, query->grain)};
    return published_load(rq, &query->filter.programme, has, &ret_answer->published);
}

enum api_error stats_answer_send(struct stats_answer *answer, struct reply *ret_reply, const struct db_stats_query *query, unsigned has,
                                 const struct csv_column *columns)
{
    json_t *rows = answer->rows, *meta = meta_of(answer, query, has);
    answer->rows = NULL;
    if (!meta) {
        json_decref(rows);
        return API_UNAVAILABLE;
    }
    return reply_table(answer->rq, ret_reply, rows, meta, columns);
}

static enum api_error table_answer(struct request *rq, struct reply *ret_reply, const struct statistic *statistic)
{
    struct db_stats_query query = statistic_query(statistic, rq->params);
    struct cell_columns columns = {.len = 0};
    struct stats_answer answer;
    enum api_error error = query.known_at ? stats_known(rq, ret_reply) : API_OK;
    if (error != API_OK)
        return error;
    enum db_status status = stats_answer_begin(rq, &query, statistic->has, &answer);
    if (status == DB_OK)
        status = stats_cells(&answer, &query, statistic->has);
    columns_of_keys(&columns, &query);
    columns_of_measures(&columns, statistic->has);
    error = api_error_of_db(status);
    if (error == API_OK)
        error = stats_answer_send(&answer, ret_reply, &query, statistic->has, columns.column);
    stats_answer_free(&answer);
    return error;
}

enum api_error stats_in_snapshot(struct request *rq, struct reply *ret_reply,
                                 enum api_error (*ask)(struct request *, struct reply *, const struct statistic *))
{
    enum api_error error = api_error_of_db(db_reader_begin(rq->db));
    if (error != API_OK)
        return error;
    error = ask(rq, ret_reply, statistic_at(rq->path));
    db_reader_end(rq->db);
    return error;
}

enum api_error stats_table(struct request *rq, struct reply *ret_reply)
{
    return stats_in_snapshot(rq, ret_reply, table_answer);
}

/* ── what only the values together can get wrong ────────────────────────────────────────────────────────────── */

static void check_second(struct request *rq, const struct db_codes *first, const struct db_codes *second, const char *name)
{
    if (first->len > 0 && second->len > 0)
        faults_add(rq->faults, "query", name,
                   "is what the links of the cells need when both this and the filter without and_ are given: group by something else",
                   NULL);
}

/* Sixteen years that do not follow one another leave seventeen ranges of others. */
static void check_years(struct request *rq, const struct db_ranges *years)
{
    if (years->negate && !faults_name(rq->faults, "award_call_year") && !link_holds_years(rq->arena, years))
        faults_add(rq->faults, "query", "award_call_year",
                   "leaves more ranges of other years than the links of the cells can name: negate fewer, or say the years that are wanted",
                   NULL);
}

void stats_check_links(struct request *rq, enum db_grain grain, enum db_dimension dimension)
{
    const struct db_study_filter *filter = &((const struct stats_params *)rq->params)->filter;
    const char *second = dimension_second(grain, dimension);
    if (grain == DB_GRAIN_AWARD)
        check_years(rq, &filter->award_call_year);
    if (second && dimension == DB_BY_CATEGORY)
        check_second(rq, &filter->category, &filter->and_category, second);
    else if (second)
        check_second(rq, &filter->inclusion_region, &filter->and_inclusion_region, second);
}

void stats_check(struct request *rq)
{
    struct db_stats_query query = statistic_query(statistic_at(rq->path), rq->params);
    bool by_category = false;
    for (size_t i = 0; i < query.by_len; i++) {
        stats_check_links(rq, query.grain, query.by[i]);
        by_category = by_category || query.by[i] == DB_BY_CATEGORY;
    }
    if (query.whole && !by_category)
        faults_add(rq->faults, "query", "weighting", "says how categories share an amount: group_by=category goes with it", NULL);
}

/* ── the list of statistics ─────────────────────────────────────────────────────────────────────────────────── */

static json_t *measures_json(const struct statistic *statistic)
{
    static const struct stats_params none = {.weighting = WEIGHTING_EQUAL};
    struct db_stats_query query = statistic_query(statistic, &none);
    json_t *list = json_array();
    for (size_t i = 0; i < measures_len; i++)
        if (measures[i].group & statistic->has)
            json_push(list, json_pack("{s:s, s:s, s:b}", "name", measures[i].name, "unit", measures[i].unit, "additive",
                                      (int)(!statistic->in_parts && measure_adds_up(&query, &measures[i]))));
    return list;
}

static json_t *dimension_list(const struct statistic *statistic)
{
    json_t *list = json_array();
    for (int i = 0; i < DB_DIMENSIONS; i++)
        json_push(list, json_pack("{s:s, s:s}", "name", dimension_names[i], "parameter",
                                  dimension_parameter(statistic->grain, (enum db_dimension)i)));
    return list;
}

static json_t *statistic_json(const struct statistic *statistic)
{
    static const struct stats_params none = {.weighting = WEIGHTING_EQUAL};
    struct db_stats_query query = statistic_query(statistic, &none);
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "id", statistic->name, "url", statistic->path, "title",
                     json_text(&statistic->title), "about", json_text(&statistic->about), "group_by", dimensions_json(&query), "dimensions",
                     dimension_list(statistic), "measures", measures_json(statistic));
}

enum api_error stats_list(struct request *rq, struct reply *ret_reply)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < statistics_len; i++)
        if (!json_push(list, statistic_json(&statistics[i])))
            return json_decref(list), API_UNAVAILABLE;
    return reply_whole_list(rq, ret_reply, list, NULL);
}
