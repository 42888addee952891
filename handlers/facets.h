/* SPDX-License-Identifier: GPL-3.0-or-later
 * meta.facets of the list of studies.
 */
#ifndef STUDYD_HANDLERS_FACETS_H
#define STUDYD_HANDLERS_FACETS_H

#include "handlers/json.h"

/* By enum db_facet, which are filters of these names; ends with NULL. */
extern const char *const facet_names[];

/* Adds "facets" to the meta of a list, where the request (studies_list_params) names any. In the list's own transaction. */
enum api_error facets_add(struct request *rq, json_t *meta);

#endif
