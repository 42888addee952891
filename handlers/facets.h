/* SPDX-License-Identifier: GPL-3.0-or-later
 * meta.facets of the list of studies.
 */
#ifndef STUDYD_HANDLERS_FACETS_H
#define STUDYD_HANDLERS_FACETS_H

#include "base/buffer.h"
#include "handlers/api.h"

/* By enum db_facet, which are filters of these names; ends with NULL. */
extern const char *const facet_names[];

/* What the request (studies_list_params) names of them, as a JSON object; it names at least one. In the list's own transaction. */
enum api_error facets_put(struct request *rq, struct buffer *out);

#endif
