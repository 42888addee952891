/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The reports of all studies as one flat table. Included by db.h; everything that db.h says of threads, times, strings and callbacks holds
 * here.
 *
 * What may not be shown is not in the table: of a study with a small population there are no regions, and of each calendar year the last
 * total alone. Of one study, region and day there is the report that stands. So whatever is asked, in any order, for any days, every row
 * and every number of rows is of what may be shown.
 */
#ifndef STUDYD_DB_RECRUITMENT_H
#define STUDYD_DB_RECRUITMENT_H

#include "db/db.h"

/* Within a day of a study the whole study comes first, then the regions in their order. */
enum db_recruitment_order {
    DB_RECRUITMENT_BY_STUDY,    /* by id, then the oldest day first */
    DB_RECRUITMENT_BY_DAY,      /* the oldest day first, then by study */
    DB_RECRUITMENT_BY_DAY_DOWN, /* the newest day first, then by study */
};

/* Stands for the whole study where regions of reports are asked for. */
#define DB_WHOLE_STUDY "total"

struct db_recruitment_query {
    struct db_study_filter filter; /* chooses studies */
    const char *from, *to;         /* YYYY-MM-DD, ends included; may be NULL */
    struct db_codes region;        /* of the reports: codes, DB_WHOLE_STUDY */
    enum db_recruitment_order order;
    int limit;                          /* of a page */
    const struct db_position *position; /* NULL = the first page; else the rows after it (before it when backwards) */
    bool backwards;                     /* rows still come in order */
};

struct db_recruitment_row {
    const char *study, *programme;
    const char *region; /* NULL = the whole study */
    const char *as_of;
    int64_t included;             /* cumulative */
    int64_t planned;              /* there, as it is planned now; −1 = not known */
    bool filed;                   /* in the register itself, else said by an edition */
    const char *document, *lines; /* may be NULL: filed */
    bool totals_only;             /* a small population: what is not shown is not said to be not there */
};

/* The rows of a page, in order; false from each stops. DB_CONFLICT: position is none of this order. */
enum db_status db_recruitment_list(struct db_reader *reader, const struct db_recruitment_query *query,
                                   bool (*each)(void *cls, const struct db_recruitment_row *row), void *cls,
                                   struct db_studies_page *ret_page);

/* All rows, in order, handed out one by one. The reader sees one state (begin … end) and is used for nothing else while the walk is on;
 * both may go from thread to thread. Memory does not grow with the result. query may be forgotten; its limit, position and backwards are
 * not read. Where more than most are asked for, *ret_walk is NULL. *ret_total is exact either way. */
struct db_recruitment_walk;
enum db_status db_recruitment_walk_begin(struct db_reader *reader, const struct db_recruitment_query *query, int64_t most,
                                         struct db_recruitment_walk **ret_walk, int64_t *ret_total);
/* The next one, its texts borrowed until the next call; DB_NOT_FOUND: that was all. */
enum db_status db_recruitment_walk_next(struct db_recruitment_walk *walk, struct db_recruitment_row *ret_row);
void db_recruitment_walk_end(struct db_recruitment_walk *walk); /* before the reader's end; NULL is fine */

#endif
