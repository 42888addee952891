/* SPDX-License-Identifier: GPL-3.0-or-later
 * A statistic as one statement: first its members, one row for each study in each cell, then the sums over them. So a study counts
 * once in a cell, whatever it was reached through.
 */
#include "db/internal.h"

#include <string.h>

#define CATEGORY_JOIN    " LEFT JOIN study_category c ON c.study = s.id"
#define INSTITUTION_JOIN " JOIN institution i ON i.code = s.institution"

/* What a dimension is of, in each grain, and what has to be joined for it. */
static const struct {
    const char *key, *join;
} dimensions[][DB_DIMENSIONS] = {
    [DB_GRAIN_STUDY] =
        {
            [DB_BY_CALL_YEAR] = {"s.call_year", ""},
            [DB_BY_MECHANISM] = {"s.mechanism", ""},
            [DB_BY_CATEGORY] = {"c.category", CATEGORY_JOIN},
            [DB_BY_INSTITUTION] = {"s.institution", ""},
            [DB_BY_REGION] = {"i.region", INSTITUTION_JOIN},
            [DB_BY_STATUS] = {"s.status", ""},
        },
    [DB_GRAIN_AWARD] =
        {
            [DB_BY_CALL_YEAR] = {"a.call_year", ""},
            [DB_BY_MECHANISM] = {"a.mechanism", ""},
            [DB_BY_CATEGORY] = {"c.category", CATEGORY_JOIN},
            [DB_BY_INSTITUTION] = {"s.institution", ""},
            [DB_BY_REGION] = {"i.region", INSTITUTION_JOIN},
            [DB_BY_STATUS] = {"s.status", ""},
        },
    [DB_GRAIN_REGION] =
        {
            [DB_BY_CALL_YEAR] = {"s.call_year", ""},
            [DB_BY_MECHANISM] = {"s.mechanism", ""},
            [DB_BY_CATEGORY] = {"c.category", CATEGORY_JOIN},
            [DB_BY_INSTITUTION] = {"s.institution", ""},
            [DB_BY_REGION] = {"x.region", ""},
            [DB_BY_STATUS] = {"s.status", ""},
        },
};

/* A study's numbers of its own. */
#define OWN_PATIENTS                                                                                                                       \
    "s.planned AS planned, s.included AS included, CASE WHEN s.remaining IS NOT NULL THEN s.planned END AS both_planned,"                  \
    " CASE WHEN s.remaining IS NOT NULL THEN s.included END AS both_included, s.remaining AS remaining, s.exceeded_by AS exceeded_by,"     \
    " s.included_as_of AS oldest, s.included_as_of AS newest"

#define SHOWN " FILTER (WHERE s.totals_only = 0)"
#define BOTH  " FILTER (WHERE s.totals_only = 0 AND x.planned IS NOT NULL AND x.included IS NOT NULL)"
/* What is known of it in the regions it includes in. */
#define REGIONAL_PATIENTS                                                                                                                  \
    "sum(x.planned)" SHOWN " AS planned, sum(x.included)" SHOWN " AS included, sum(x.planned)" BOTH                                        \
    " AS both_planned, sum(x.included)" BOTH " AS both_included, sum(max(x.planned - x.included, 0))" BOTH                                 \
    " AS remaining, nullif(sum(max(x.included - x.planned, 0))" BOTH ", 0) AS exceeded_by, min(x.included_as_of)" SHOWN                    \
    " AS oldest, max(x.included_as_of)" SHOWN " AS newest"

static const struct {
    const char *sum, *awards, *patients, *from;
    bool several; /* rows for one study in one cell */
} grains[] = {
    [DB_GRAIN_STUDY] = {"s.amount_nok * 100", "(SELECT count(*) FROM award w WHERE w.study = s.id)", OWN_PATIENTS, " FROM study s", false},
    [DB_GRAIN_AWARD] = {"a.amount_nok * 100", "count(*)", OWN_PATIENTS, " FROM award a JOIN study s ON s.id = a.study", true},
    [DB_GRAIN_REGION] = {"NULL", "NULL", REGIONAL_PATIENTS, " FROM study s LEFT JOIN study_region x ON x.study = s.id AND x.takes_part = 1",
                         true},
};

static bool is_by(const struct db_stats_query *query, enum db_dimension dimension)
{
    for (size_t i = 0; i < query->by_len; i++)
        if (query->by[i] == dimension)
            return true;
    return false;
}

/* Equal shares to the øre, the remainder to the category printed first. */
static void add_amount(struct sql *sql, const struct db_stats_query *query)
{
    static const char share_of[] = "(SELECT count(*) FROM study_category n WHERE n.study = s.id)";
    const char *sum = grains[query->grain].sum;
    if (query->grain == DB_GRAIN_AWARD)
        sql_add(sql, "sum(");
    if (query->grain == DB_GRAIN_REGION || query->whole || !is_by(query, DB_BY_CATEGORY)) {
        sql_add(sql, sum);
    } else {
        sql_add(sql, "CASE WHEN c.study IS NULL THEN ");
        sql_add(sql, sum);
        sql_add(sql, " ELSE ");
        sql_add(sql, sum);
        sql_add(sql, " / ");
        sql_add(sql, share_of);
        sql_add(sql, " + CASE WHEN c.position = (SELECT min(f.position) FROM study_category f WHERE f.study = s.id) THEN ");
        sql_add(sql, sum);
        sql_add(sql, " % ");
        sql_add(sql, share_of);
        sql_add(sql, " ELSE 0 END END");
    }
    sql_add(sql, query->grain == DB_GRAIN_AWARD ? ") AS amount, " : " AS amount, ");
}

static void add_members(struct sql *sql, const struct db_stats_query *query)
{
    struct db_study_filter filter = query->filter;
    sql_add(sql, "SELECT ");
    for (size_t i = 0; i < query->by_len; i++) {
        sql_add(sql, dimensions[query->grain][query->by[i]].key);
        sql_add(sql, i == 0 ? " AS k1, " : " AS k2, ");
    }
    add_amount(sql, query);
    sql_add(sql, grains[query->grain].awards);
    sql_add(sql, " AS awards, s.leader AS leader, ");
    sql_add(sql, grains[query->grain].patients);
    sql_add(sql, grains[query->grain].from);
    for (size_t i = 0; i < query->by_len; i++)
        sql_add(sql, dimensions[query->grain][query->by[i]].join);
    if (query->grain == DB_GRAIN_AWARD) {
        filter.award_call_year = (struct db_ranges){0};
        filter.award_mechanism = (struct db_codes){0};
    }
    sql_filter(sql, &filter);
    if (query->grain == DB_GRAIN_AWARD)
        sql_award_filter(sql, &query->filter);
    if (grains[query->grain].several) {
        static const char *const of_one_study[] = {" GROUP BY s.id", " GROUP BY k1, s.id", " GROUP BY k1, k2, s.id"};
        sql_add(sql, of_one_study[query->by_len]);
    }
}

void stats_question(struct sql *sql, const struct db_stats_query *query)
{
    static const char *const keys[] = {"", "k1, ", "k1, k2, "}, *const groups[] = {"", " GROUP BY k1", " GROUP BY k1, k2"};
    sql_add(sql, "SELECT ");
    sql_add(sql, keys[query->by_len]);
    sql_add(sql, "count(*), sum(awards), sum(amount), sum(planned), sum(included), sum(remaining), sum(exceeded_by), sum(both_planned),"
                 " sum(both_included), count(planned), count(included), count(remaining), min(oldest), max(newest)");
    sql_add(sql, query->leaders ? ", count(DISTINCT leader) FROM (" : " FROM (");
    add_members(sql, query);
    sql_add(sql, ")");
    sql_add(sql, groups[query->by_len]);
}

static const char *kept_text(struct query *row, int column, struct arena *arena)
{
    const char *text = query_text(row, column);
    const char *kept = text == NULL ? NULL : arena_strndup(arena, text, strlen(text));
    if (text != NULL && kept == NULL)
        row->code = SQLITE_NOMEM;
    return kept;
}

void stats_row_read(struct query *row, size_t by_len, bool leaders, struct arena *arena, struct db_stats_cell *ret_cell)
{
    int column = (int)by_len;
    ret_cell->study_count = query_int(row, column++);
    ret_cell->awards = query_known(row, column++);
    ret_cell->amount_ore = query_known(row, column++);
    ret_cell->planned = query_known(row, column++);
    ret_cell->included = query_known(row, column++);
    ret_cell->remaining = query_known(row, column++);
    ret_cell->exceeded_by = query_known(row, column++);
    int64_t both_planned = query_int(row, column++), both_included = query_int(row, column++);
    ret_cell->with_planned = query_int(row, column++);
    ret_cell->with_included = query_int(row, column++);
    ret_cell->with_both = query_int(row, column++);
    ret_cell->permille = ret_cell->with_both > 0 ? permille_of(both_included, both_planned) : -1;
    ret_cell->oldest = kept_text(row, column++, arena);
    ret_cell->newest = kept_text(row, column++, arena);
    ret_cell->leaders = leaders ? query_int(row, column) : -1;
    if (ret_cell->study_count == 0 && ret_cell->awards < 0) /* of nothing, amounts are known */
        ret_cell->awards = ret_cell->amount_ore = 0;
}
