/* SPDX-License-Identifier: GPL-3.0-or-later
 * What a programme printed, to stand beside what is computed. A printed figure speaks of one programme and of exactly the studies of
 * its own filter: it stands beside a cell whose filter is the same, and nowhere else.
 */
#ifndef STUDYD_HANDLERS_PUBLISHED_H
#define STUDYD_HANDLERS_PUBLISHED_H

#include "handlers/cell_link.h"
#include "handlers/json.h"

/* The printed figures that may stand in an answer; drop with published_free. */
struct published {
    json_t *by_filter; /* owned: canonical query of /studies, without the programme → what is shown */
    json_t *groups;    /* owned: the groups of people that leaders were printed by, in order */
};

/* has: the measures of the statistic. The figures are there only when the filter leaves one programme. */
enum db_status published_load(struct request *rq, const struct db_codes *programme, unsigned has, struct published *ret_published);
void published_free(struct published *published);

/* New; null where nothing was printed of what a row of that grain counts. by_region: the row is a region's. */
json_t *published_beside(const struct published *published, const struct link *link, enum db_grain grain, bool by_region);
json_t *published_of_group(const struct published *published, const struct link *filters, const char *group);

/* The filter of a figure, without the programme; NULL = no memory. A group of people is no filter of studies: "group=…" */
const char *figure_filter(struct arena *arena, const struct db_figure *figure);

#endif
