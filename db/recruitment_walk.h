/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the files behind db/recruitment.h share. No other folder includes it.
 */
#ifndef STUDYD_DB_RECRUITMENT_WALK_H
#define STUDYD_DB_RECRUITMENT_WALK_H

#include "db/internal.h"

/* ── recruitment_count.c: which rows of shown_report, and how many ──────────────────────────────────────────── */

/* " AND …" over shown_report r; day is the column that is held against from and to. */
void recruitment_add_chosen(struct sql *sql, const char *day, const struct db_recruitment_query *query);
/* Where regions alone are asked for: before, and which, so that nobody walks through what has no report from there. */
#define REPORTING_STUDIES " AND EXISTS (SELECT 1 FROM study_region x WHERE x.study = s.id AND x.included IS NOT NULL AND x.region"
#define REPORTING_DAYS    " AND EXISTS (SELECT 1 FROM shown_count c WHERE c.as_of = d.as_of AND c.region"
void recruitment_add_reporting(struct sql *sql, const char *before, const struct db_recruitment_query *query);
/* Exact; between begin and end of the reader. */
enum db_status recruitment_count(struct db_reader *reader, const struct db_recruitment_query *query, int64_t *ret_count);

/* ── recruitment_walk.c: a walk over shown_report ───────────────────────────────────────────────────────────── */

enum row_way {
    WAY_STUDIES, /* studies by id, of each its rows */
    WAY_DAYS,    /* days, of each its rows, of each its study: for most of the studies */
    WAY_SORTED,  /* the rows of the studies chosen, sorted by day: for few of them */
};
struct row_place {
    struct sql_value study, day, place, region;
};
/* From a place on there are two parts: the rest of its study or day, and the further ones. Each is a range of its index. */
enum row_part { PART_REST, PART_FURTHER, ROW_PARTS };

struct row_walk { /* the caller fills in what comes before rows */
    struct db_reader *reader;
    struct arena *arena; /* of its questions */
    const struct db_recruitment_query *query;
    const struct row_place *from; /* NULL = from the beginning, which PART_FURTHER is */
    bool backwards;
    int64_t limit; /* −1 = all */
    enum row_part part;
    enum row_way way;  /* by row_walk_choose_way */
    struct query rows; /* of the part */
    bool is_open;
};
enum db_status row_walk_choose_way(struct row_walk *walk);             /* none that holds more than a little in memory */
enum db_status row_walk_begin(struct row_walk *walk);                  /* its part; next does it too */
bool row_walk_next(struct row_walk *walk, enum db_status *ret_status); /* false: no further row, or *ret_status says why not */
/* The row it is at; its texts are borrowed where arena is NULL. Errors stick to walk->rows. */
void row_walk_read(struct row_walk *walk, struct arena *arena, struct db_recruitment_row *ret_row);
int64_t row_walk_place(struct row_walk *walk);
void row_walk_end(struct row_walk *walk);
void row_place_write(enum db_recruitment_order order, const struct db_recruitment_row *row, int64_t place,
                     struct db_position *ret_position);
/* The values lie in the position. false = no position of this order. */
bool row_place_read(enum db_recruitment_order order, const struct db_position *position, struct row_place *ret_place);

#endif
