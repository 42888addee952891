/* SPDX-License-Identifier: GPL-3.0-or-later
 * The published figures of one edition beside what they can be computed from: the register's records, and one another.
 */
#ifndef STUDYD_HANDLERS_RECONCILE_H
#define STUDYD_HANDLERS_RECONCILE_H

#include "base/arena.h"
#include "handlers/api.h"
#include "handlers/exact.h"

#define FIGURES_MAX 512

struct figures {
    struct db_figure list[FIGURES_MAX]; /* texts in the arena */
    size_t len;
    struct arena *arena;
    bool failed; /* no memory, or too many */
};
bool figures_keep(void *cls, const struct db_figure *figure); /* for db_figures, cls is struct figures * */

/* What a figure may be: its own number, or what rounds to it. */
struct range figure_allows(const struct db_figure *figure);
struct fraction figure_exactly(const struct db_figure *figure);
bool figure_is_rounded(const struct db_figure *figure);
/* The figure of another measure with the same dimensions (group included when same_group); NULL = none. */
const struct db_figure *figure_like(const struct figures *figures, const struct db_figure *figure, const char *measure, bool same_group);

/* What one comparison found. */
enum why_not { COMPUTED, NOT_COVERED, NOT_KEPT, NO_WAY };
struct finding {
    enum why_not why_not;
    struct fraction computed; /* when COMPUTED */
    struct range range;       /* computed, as wide as the rounding of what it is made from */
    bool is_range;
    int64_t at_least;  /* a lower bound when NOT_COVERED; −1 = none */
    int64_t known, of; /* studies that know the number; of −1 = coverage plays no part */
};

/* From the records. query: a URL of this API that shows the number; in the arena, may be NULL. */
enum db_status reconcile_records(struct request *rq, const struct db_figure *figure, struct finding *ret_finding, const char **ret_query);

/* From other figures: check i of the table, for this figure. false = the check does not concern it. against gets the figures it is made
 * from. */
extern const size_t reconcile_checks_len;
bool reconcile_printed(const struct figures *figures, size_t check, const struct db_figure *figure, struct finding *ret_finding,
                       const struct db_figure **ret_against, size_t *ret_against_len);
const char *reconcile_check_name(size_t check);

#endif
