/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the answers of all statistics share.
 */
#ifndef STUDYD_HANDLERS_STATS_H
#define STUDYD_HANDLERS_STATS_H

#include "handlers/cell_json.h"
#include "handlers/published.h"

/* An answer in the making. Its JSON is owned; stats_answer_free lets go of what was not sent. */
struct stats_answer {
    struct request *rq;
    struct link filters; /* of the question: every cell's link begins with it */
    struct published published;
    json_t *rows, *totals, *days;
    bool in_parts; /* no measure adds up over the rows */
};
enum db_status stats_answer_begin(struct request *rq, const struct db_stats_query *query, unsigned has, struct stats_answer *ret_answer);
void stats_answer_free(struct stats_answer *answer);

/* The cells of the question into rows, the total into totals and days. */
enum db_status stats_cells(struct stats_answer *answer, const struct db_stats_query *query, unsigned has);
bool stats_row_finish(json_t *row, unsigned shown, unsigned known, const struct db_stats_cell *cell, json_t *beside, const char *studies);

enum api_error stats_answer_send(struct stats_answer *answer, struct reply *ret_reply, const struct db_stats_query *query, unsigned has,
                                 const struct csv_column *columns);

/* A fault where cells by this dimension would find the filter of their link taken, and the second one too. */
void stats_check_links(struct request *rq, enum db_grain grain, enum db_dimension dimension);

/* stats_known.c: whether what was known at rq->known_at can be asked for, and when it came about. API_NOT_FOUND with a detail: it cannot.
 */
enum api_error stats_known(struct request *rq, struct reply *ret_reply);

/* Several questions of one answer see one state of the data. */
enum api_error stats_in_snapshot(struct request *rq, struct reply *ret_reply,
                                 enum api_error (*ask)(struct request *, struct reply *, const struct statistic *));

#endif
