/* SPDX-License-Identifier: GPL-3.0-or-later
 * What a statistic is made of, as one statement: one row for each study in each cell. So a study counts once in a cell, whatever it was
 * reached through. The same rows are summed for an answer, kept as sums with every change, and recounted.
 */
#include "db/internal.h"

#include <string.h>

struct dimension {
    const char *key, *join;
    const char *several; /* how the rows of one study are told apart, where it may be in several cells; else NULL */
};

static const struct dimension dimensions[] = {
    [DB_BY_CALL_YEAR] = {"s.call_year", "", NULL},
    [DB_BY_MECHANISM] = {"s.mechanism", "", NULL},
    [DB_BY_CATEGORY] = {"c.category", " LEFT JOIN study_category c ON c.study = s.id", ", c.category"},
    [DB_BY_INSTITUTION] = {"s.institution", "", NULL},
    [DB_BY_REGION] = {"i.region", " JOIN institution i ON i.code = s.institution", NULL},
    [DB_BY_STATUS] = {"s.status", "", NULL},
};

static struct dimension dimension_of(const struct db_stats_query *query, size_t which)
{
    if (query->grain == DB_GRAIN_AWARD && query->by[which] == DB_BY_CALL_YEAR)
        return (struct dimension){"a.call_year", "", ", a.call_year"};
    if (query->grain == DB_GRAIN_AWARD && query->by[which] == DB_BY_MECHANISM)
        return (struct dimension){"a.mechanism", "", ", a.mechanism"};
    if (query->grain == DB_GRAIN_REGION && query->by[which] == DB_BY_REGION)
        return (struct dimension){"x.region", "", ", x.region"};
    return dimensions[query->by[which]];
}

/* A study's numbers of its own: planned, included, remaining, exceeded_by, planned and included where both are known, days. */
#define OWN_PATIENTS                                                                                                                       \
    "s.planned, s.included, s.remaining, s.exceeded_by, iif(s.remaining IS NULL, NULL, s.planned),"                                        \
    " iif(s.remaining IS NULL, NULL, s.included), s.included_as_of, s.included_as_of"

#define SHOWN "s.totals_only = 0"
#define BOTH  SHOWN " AND x.planned IS NOT NULL AND x.included IS NOT NULL"

/* The same of one region. */
#define ONE_REGION                                                                                                                         \
    "iif(" SHOWN ", x.planned, NULL), iif(" SHOWN ", x.included, NULL), iif(" BOTH ", max(x.planned - x.included, 0), NULL),"              \
    " iif(" BOTH ", nullif(max(x.included - x.planned, 0), 0), NULL), iif(" BOTH ", x.planned, NULL),"                                     \
    " iif(" BOTH ", x.included, NULL), iif(" SHOWN ", x.included_as_of, NULL), iif(" SHOWN ", x.included_as_of, NULL)"

/* The same of all regions it includes in. */
#define OF(condition) " FILTER (WHERE " condition "), "
#define ALL_REGIONS                                                                                                                        \
    "sum(x.planned)" OF(SHOWN) "sum(x.included)" OF(SHOWN) "sum(max(x.planned - x.included, 0))" OF(                                       \
        BOTH) " nullif(sum(max(x.included - x.planned, 0)) FILTER (WHERE " BOTH                                                            \
              "), 0), sum(x.planned)" OF(BOTH) "sum(x.included)" OF(BOTH) "min(x.included_as_of)" OF(                                      \
                  SHOWN) "max(x.included_as_of) FILTER (WHERE " SHOWN ")"

static const struct {
    const char *awards, *amount, *patients, *from, *study;
} grains[] = {
    [DB_GRAIN_STUDY] = {"s.awards, ", "s.amount_nok * 100", OWN_PATIENTS, " FROM study s", "s.id"},
    [DB_GRAIN_AWARD] = {"count(*), ", "a.amount_nok * 100", OWN_PATIENTS, " FROM award a JOIN study s ON s.id = a.study", "a.study"},
    [DB_GRAIN_REGION] = {"0, ", NULL, ALL_REGIONS, " FROM study s LEFT JOIN study_region x ON x.study = s.id AND x.takes_part = 1", "s.id"},
};

static bool is_by(const struct db_stats_query *query, enum db_dimension dimension)
{
    for (size_t i = 0; i < query->by_len; i++)
        if (query->by[i] == dimension)
            return true;
    return false;
}

bool stats_is_several(const struct db_stats_query *query)
{
    for (size_t i = 0; i < query->by_len; i++)
        if (dimension_of(query, i).several != NULL)
            return true;
    return false;
}

/* The study is the outer side of every join, and nothing is sorted. */
bool stats_is_in_turn(const struct db_stats_query *query)
{
    return query->grain == DB_GRAIN_STUDY ||
           (query->grain == DB_GRAIN_REGION && is_by(query, DB_BY_REGION) && !is_by(query, DB_BY_CATEGORY));
}

/* Equal shares to the øre, the remainder to the category printed first. */
static void add_amount(struct sql *sql, const struct db_stats_query *query)
{
    const char *amount = grains[query->grain].amount;
    if (amount == NULL) {
        sql_add(sql, "0, ");
        return;
    }
    sql_add(sql, query->grain == DB_GRAIN_AWARD ? "sum(" : "(");
    if (query->whole || !is_by(query, DB_BY_CATEGORY)) {
        sql_add(sql, amount);
    } else {
        sql_add(sql, "iif(s.categories < 2, ");
        sql_add(sql, amount);
        sql_add(sql, ", ");
        sql_add(sql, amount);
        sql_add(sql, " / s.categories + iif(c.position = 0, ");
        sql_add(sql, amount);
        sql_add(sql, " % s.categories, 0))");
    }
    sql_add(sql, "), ");
}

static void add_selection(struct sql *sql, const struct db_stats_query *query, int64_t study)
{
    struct db_study_filter filter = query->filter;
    if (query->grain == DB_GRAIN_AWARD) {
        filter.award_call_year = (struct db_ranges){0};
        filter.award_mechanism = (struct db_codes){0};
    }
    sql_filter(sql, &filter);
    if (query->grain == DB_GRAIN_AWARD)
        sql_award_filter(sql, &query->filter);
    if (study != 0) {
        sql_add(sql, " AND s.id = ?");
        sql_int(sql, study);
    }
}

/* Several awards or regions of a study become one row; what it is in every cell alike need not be told apart. */
static void add_grouping(struct sql *sql, const struct db_stats_query *query)
{
    sql_add(sql, " GROUP BY ");
    sql_add(sql, grains[query->grain].study);
    for (size_t i = 0; i < query->by_len; i++)
        if (dimension_of(query, i).several != NULL)
            sql_add(sql, dimension_of(query, i).several);
}

/* The regions of the studies as they stood: first those that stand so still, then the versions that others took the place of
 * (study_past_by_time). The programme is all that may be filtered by: it never changes. */
#define STILL " FROM study s LEFT JOIN study_region x ON x.study = s.id AND x.takes_part = 1"
#define SINCE                                                                                                                              \
    " FROM (SELECT o.id, o.programme, o.leader, p.version, p.totals_only FROM study_past p JOIN study o ON o.id = p.study"                 \
    " WHERE p.until > ? AND p.since <= ?) s"                                                                                               \
    " LEFT JOIN study_region_past x ON x.study = s.id AND x.version = s.version AND x.takes_part = 1"

static void known_question(struct sql *sql, const struct db_stats_query *query)
{
    struct db_study_filter filter = {.programme = query->filter.programme};
    sql_add(sql, "SELECT x.region, 0, 0, " ONE_REGION ", s.leader, s.programme, s.id" STILL);
    sql_filter(sql, &filter);
    sql_add(sql, " AND s.updated <= ?");
    sql_int(sql, query->known_at);
    sql_add(sql, " UNION ALL SELECT x.region, 0, 0, " ONE_REGION ", s.leader, s.programme, s.id" SINCE);
    sql_int(sql, query->known_at);
    sql_int(sql, query->known_at);
    sql_filter(sql, &filter);
}

void stats_question(struct sql *sql, const struct db_stats_query *query, int64_t study)
{
    if (query->known_at != 0) {
        known_question(sql, query);
        return;
    }
    bool is_one_region = query->grain == DB_GRAIN_REGION && is_by(query, DB_BY_REGION);
    sql_add(sql, "SELECT ");
    for (size_t i = 0; i < query->by_len; i++) {
        sql_add(sql, dimension_of(query, i).key);
        sql_add(sql, ", ");
    }
    sql_add(sql, grains[query->grain].awards);
    add_amount(sql, query);
    sql_add(sql, is_one_region ? ONE_REGION : grains[query->grain].patients);
    sql_add(sql, ", s.leader, s.programme, s.id");
    sql_add(sql, grains[query->grain].from);
    for (size_t i = 0; i < query->by_len; i++)
        sql_add(sql, dimension_of(query, i).join);
    add_selection(sql, query, study);
    if (query->grain != DB_GRAIN_STUDY && !is_one_region)
        add_grouping(sql, query);
}

struct stats_member stats_member_read(struct query *row, size_t by_len)
{
    struct stats_member member = {.number = {[STATS_STUDIES] = 1}};
    static const enum stats_number columns[] = {STATS_AWARDS,    STATS_AMOUNT,      STATS_PLANNED,      STATS_INCLUDED,
                                                STATS_REMAINING, STATS_EXCEEDED_BY, STATS_BOTH_PLANNED, STATS_BOTH_INCLUDED};
    int column = (int)by_len;
    for (size_t i = 0; i < COUNT_OF(columns); i++, column++) {
        int64_t number = query_known(row, column);
        member.number[columns[i]] = number < 0 ? 0 : number;
        member.number[STATS_WITH_PLANNED] += columns[i] == STATS_PLANNED && number >= 0;
        member.number[STATS_WITH_INCLUDED] += columns[i] == STATS_INCLUDED && number >= 0;
        member.number[STATS_WITH_BOTH] += columns[i] == STATS_REMAINING && number >= 0;
    }
    member.oldest = query_text(row, column++);
    member.newest = query_text(row, column++);
    member.leader = query_text(row, column++);
    member.programme = query_text(row, column++);
    member.study = query_int(row, column);
    return member;
}
