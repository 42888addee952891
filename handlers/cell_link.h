/* SPDX-License-Identifier: GPL-3.0-or-later
 * The list of studies behind a cell: the question's own filters and the cell's conditions. Texts live in the request's arena.
 */
#ifndef STUDYD_HANDLERS_CELL_LINK_H
#define STUDYD_HANDLERS_CELL_LINK_H

#include "handlers/api.h"

#define LINK_PAIRS_MAX 48

/* A query of /studies. Copy it to begin another from the same filters. */
struct link {
    struct request *rq;
    struct link_pair {
        const char *name, *value; /* value is encoded */
    } pairs[LINK_PAIRS_MAX];
    size_t len;
    bool failed; /* no memory */
};

/* The filters of the question. grain AWARD: a negated filter of awards, which picks the others there, in words that mean it here. */
struct link link_of_filters(struct request *rq, const struct db_study_filter *filter, enum db_grain grain);
/* Whether the years that a negated filter of awards leaves are no more ranges than a filter may have. */
bool link_holds_years(struct arena *arena, const struct db_ranges *negated);
/* And the cell's value of one dimension. */
void link_cell(struct link *link, enum db_grain grain, enum db_dimension dimension, const struct db_stats_key *key);
bool link_names(const struct link *link, const char *name);
void link_set(struct link *link, const char *name, const char *value); /* value is encoded */
void link_unset(struct link *link, const char *name);
/* A value as storage has it; NULL: all that have none of the vocabulary's. */
void link_value(struct link *link, const char *name, const char *code, enum db_vocabulary vocabulary);
/* "a=1&b=2" by name, without the programme when that is not wanted; "" for everything. NULL = no memory. */
const char *link_query(const struct link *link, bool programme);
const char *link_url(const struct link *link); /* /studies?… */
/* The URL of each value of one filter: what stands before the encoded value, and after it. false = no memory. */
bool link_around(const struct link *link, const char *name, const char **ret_before, const char **ret_after);

#endif
