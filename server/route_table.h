/* SPDX-License-Identifier: GPL-3.0-or-later
 * What route.h offers, over any table. Apart so that tests can bring tables that break the rules.
 */
#ifndef STUDYD_SERVER_ROUTE_TABLE_H
#define STUDYD_SERVER_ROUTE_TABLE_H

#include <jansson.h>

#include "server/route.h"

/* Most rows one route's params may have: as many as bits that say which were given. */
#define ROUTE_PARAMS_MAX 64

/* Whether path is of the shape of template; only then does ret_match hold its arguments. */
bool route_path_matches(const char *template, const char *path, size_t path_len, struct route_match *ret_match);
void route_table_find(const struct route *table, size_t len, enum route_place place, const char *method, const char *path, size_t path_len,
                      struct route_match *ret_match);
/* Ends the process, naming the row and the promise it breaks, when one does. */
void route_table_verify(const struct route *table, size_t len);
json_t *route_table_json(const struct route *table, size_t len); /* new; NULL = no memory */

#endif
