/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Statistics: part of db/db.h, which includes it and says what holds for all of them.
 */
#ifndef STUDYD_DB_STATS_H
#define STUDYD_DB_STATS_H

#include "db/db.h"

/* A statistic parts what the filter lets through by up to two dimensions. */
enum db_dimension { DB_BY_CALL_YEAR, DB_BY_MECHANISM, DB_BY_CATEGORY, DB_BY_INSTITUTION, DB_BY_REGION, DB_BY_STATUS, DB_DIMENSIONS };
#define DB_BY_MAX 2

/* What is counted, and so what a dimension is of. */
enum db_grain {
    DB_GRAIN_STUDY,  /* a study, with all its awards and its own patients; REGION is its institution's */
    DB_GRAIN_AWARD,  /* an award: CALL_YEAR and MECHANISM are its own, and award_call_year and award_mechanism pick awards */
    DB_GRAIN_REGION, /* the patients of a study in one region: REGION is where they were included. Studies that show totals only
                        count, but give no regional numbers */
};

struct db_stats_query {
    struct db_study_filter filter;
    enum db_grain grain;
    enum db_dimension by[DB_BY_MAX]; /* different ones */
    size_t by_len;
    bool whole;       /* by category: each gets the whole amount, not its share */
    bool leaders;     /* count them too */
    int64_t known_at; /* 0 = now; else what the register knew then: DB_GRAIN_REGION by region, with no filter but programme */
};

/* Where a cell stands on a dimension. */
struct db_stats_key {
    bool known;        /* false: what is not known of this dimension */
    int64_t year;      /* of CALL_YEAR, else 0 */
    struct db_ref ref; /* of the others; the label is empty for mechanism and status; an institution's name is label.nb */
};

/* −1 = nobody knows it; sums are over those that know it. A study counts once in a cell. What is not additive over the dimensions
 * (see handlers/statistics.h) is counted anew in the total. */
struct db_stats_cell {
    struct db_stats_key key[DB_BY_MAX];
    int64_t study_count, awards, amount_ore; /* amounts in øre: a category's share, the remainder to the category printed first */
    int64_t leaders;                         /* different ones; −1 when not asked for */
    int64_t planned, included;
    int64_t remaining, exceeded_by, permille;       /* over the studies (regions) that know both; exceeded_by −1 when none is over */
    int64_t with_planned, with_included, with_both; /* how many studies know it (anywhere) */
    const char *oldest, *newest;                    /* as_of of the counts in included, may be NULL */
};

struct db_stats {
    const struct db_stats_cell
        *cells; /* in the order of the dimensions; every value has its cell, also where nothing is in it. A value
                   that a filter of the dimension's own shuts out has none. Category and region end with the unknown */
    size_t cells_len;
    struct db_stats_cell total; /* of everything that the filter lets through; no keys */
};
/* each is called once. What is found is kept for the data version, for all readers: nothing is computed twice while it fits
 * (STATS_KEPT_MAX of db/stats_store.c). */
enum db_status db_stats(struct db_reader *reader, const struct db_stats_query *query, bool (*each)(void *cls, const struct db_stats *stats),
                        void *cls);
/* How many statistics were computed from the records since the database was opened: neither found kept nor read from kept sums. */
int64_t db_stats_computed(const struct db *db);

#endif
