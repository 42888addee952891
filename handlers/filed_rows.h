/* SPDX-License-Identifier: GPL-3.0-or-later
 * Rows of counts as they come in bulk: CSV or NDJSON in, rows out, each fault named by its row.
 */
#ifndef STUDYD_HANDLERS_FILED_ROWS_H
#define STUDYD_HANDLERS_FILED_ROWS_H

#include "handlers/filing.h"

#define FILED_ROWS_MAX 10000

struct filed_row {
    int line; /* from 1; of CSV the row, as a spreadsheet numbers it, which may be many lines */
    const char *study, *region, *as_of;
    int64_t included;
    bool correction;
    const char *comment;
    bool of_many;   /* of the member regions of a line */
    bool good;      /* all of it was there and right */
    bool unchanged; /* stands already, filed */
};

/* What is to be filed: task of the request. */
struct filed_rows {
    struct filed_row *list; /* by study, day and region once they are ordered */
    size_t len, room;
    int lines; /* that had rows */
};

/* What faults about a member of the row are called (NULL = the row itself); NULL = no memory. */
const char *row_name(struct arena *arena, int line, const char *member);
const char *row_count_name(struct arena *arena, const struct filed_row *row); /* of the number */

/* Reads rq->body of rq->media. API_MALFORMED_BODY, API_UNPROCESSABLE: there were faults; the rows that could be read are there all the
 * same. */
enum api_error filed_rows_read(struct request *rq, struct filed_rows *ret_rows);

/* The faults of rows, in the order of their lines. */
void row_faults_order(struct faults *faults);

#endif
