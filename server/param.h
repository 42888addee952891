/* SPDX-License-Identifier: GPL-3.0-or-later
 * A request's path and query → the route's typed struct, by table. Every fault is named at once; nothing is ignored.
 */
#ifndef STUDYD_SERVER_PARAM_H
#define STUDYD_SERVER_PARAM_H

#include "server/route.h"

/* Fills params (zeroed, route->params_size bytes) from the raw, still encoded path arguments and query (may be NULL). Texts go
 * to the arena. Faults are added to request_faults; unknown values come with the nearest known one. ret_query gets the
 * canonical query (in table order, defaults left out, lists as given but without doubles, encoded, "" when empty).
 * API_OK, API_BAD_PARAMETER, API_NOT_FOUND (a path argument that no record can have), API_UNAVAILABLE (no memory). */
enum api_error param_fill(const struct route_match *match, const char *query, struct db_reader *db, struct arena *arena, void *params,
                          struct faults *request_faults, const char **ret_query);

#endif
