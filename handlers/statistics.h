/* SPDX-License-Identifier: GPL-3.0-or-later
 * THE table of statistics: what each counts, by what, and which of its measures add up. The handlers, GET /stats and the links of the
 * cells are made from it.
 */
#ifndef STUDYD_HANDLERS_STATISTICS_H
#define STUDYD_HANDLERS_STATISTICS_H

#include "handlers/api.h"

/* Groups of measures. */
enum {
    HAS_AMOUNT = 1,    /* amount_nok, amount_ore */
    HAS_AWARDS = 2,    /* awards */
    HAS_STUDIES = 4,   /* study_count */
    HAS_LEADERS = 8,   /* leaders: how many different ones */
    HAS_PATIENTS = 16, /* planned, included, remaining, exceeded_by, percent, coverage, as_of */
    HAS_COVERAGE = 32, /* of the patients coverage alone: they belong to studies, not to what is summed */
};

struct statistic {
    const char *name, *path;
    struct db_text title, about;
    enum db_grain grain;
    enum db_dimension by[DB_BY_MAX]; /* unless group_by says otherwise */
    size_t by_len;
    unsigned has;
    bool in_parts; /* unless group_by is given: rows of several kinds, a study among each; no measure adds up over them */
};
extern const struct statistic statistics[];
extern const size_t statistics_len;
const struct statistic *statistic_at(const char *path); /* NULL = none */
bool query_is_by(const struct db_stats_query *query, enum db_dimension dimension);

/* A measure: its name, its unit, the group it belongs to. */
struct measure {
    const char *name, *unit;
    unsigned group;
};
extern const struct measure measures[];
extern const size_t measures_len;

/* By enum db_dimension; ends with NULL. */
extern const char *const dimension_names[];
bool dimension_has_label(enum db_dimension dimension);
/* The filter of /studies that a cell's value of the dimension is a value of. */
const char *dimension_parameter(enum db_grain grain, enum db_dimension dimension);
/* A study can have several values of it: the filter chooses studies, and a second condition chooses the cell's. NULL: it has one; else
 * the name of the second condition. */
const char *dimension_second(enum db_grain grain, enum db_dimension dimension);

/* Whether the measure's sum over the cells is its total. */
bool measure_adds_up(const struct db_stats_query *query, const struct measure *measure);

/* What the request asks of storage. */
struct stats_params;
struct db_stats_query statistic_query(const struct statistic *statistic, const struct stats_params *params);

#endif
