/* SPDX-License-Identifier: GPL-3.0-or-later
 * Whole results: sent row by row while they are made, from one state of the register, in memory that does not grow with the result.
 *
 * A handler opens one, asks the reader of it how many rows there are and how to come by them, and hands it to its reply:
 *     struct rows *rows;
 *     enum api_error error = rows_open(rq, &rows);
 *     … rows_reader(rows) … rows_admit(rq, total) …
 *     rows_reply(rows, &source, total, reply);     or, after a failure, rows_close(rows)
 */
#ifndef STUDYD_HANDLERS_ROWS_H
#define STUDYD_HANDLERS_ROWS_H

#include <stdatomic.h>

#include "base/buffer.h"
#include "handlers/api.h"

/* What bounds them, shared by all threads. */
struct exports {
    int64_t rows_max; /* rows of one; 0 = no limit */
    int most;         /* at a time */
    atomic_int running;
};

struct rows;

/* Where the rows come from. Called by one thread at a time, not always the same. */
struct row_source {
    /* Appends the next row with what ends it. DB_NOT_FOUND: there is none left; anything else but DB_OK breaks the result off. */
    enum db_status (*next)(void *cls, struct buffer *out);
    void (*free)(void *cls); /* once, before the reader is closed */
    void *cls;
};

/* Takes one of the places there are and a reader of its own, which sees one state from here on. API_TOO_MANY_EXPORTS: no place is left. */
enum api_error rows_open(struct request *rq, struct rows **ret_rows);
void rows_close(struct rows *rows); /* NULL is fine */
struct db_reader *rows_reader(struct rows *rows);
struct buffer *rows_head(struct rows *rows); /* for what stands before the first row */

/* The most rows that one result may have; INT64_MAX = any number. */
int64_t rows_most(const struct request *rq);
/* API_BAD_PARAMETER, with a fault of limit that says how many there are and what to do, where total is more than that. */
enum api_error rows_admit(struct request *rq, int64_t total);

/* A whole result from its beginning: a place is taken, begin hands a source over by rows_reply, and the reply links to itself. */
typedef enum api_error rows_begin(struct request *rq, struct rows *rows, const void *query, struct reply *ret_reply);
enum api_error rows_all(struct request *rq, rows_begin *begin, const void *query, struct reply *ret_reply);

/* Hands rows and source to the reply, which has exactly so many rows: one more or less, and the client sees it cut. Tag and counts of
 * the reply are set. */
void rows_reply(struct rows *rows, const struct row_source *source, int64_t total, struct reply *ret_reply);

#endif
