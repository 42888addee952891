/* SPDX-License-Identifier: GPL-3.0-or-later
 * Questions about what the register knew: the parameter known_at of a route that has it. Their answers never change again.
 */
#ifndef STUDYD_SERVER_KNOWN_AT_H
#define STUDYD_SERVER_KNOWN_AT_H

#include "server/route.h"

/* The instant that is asked about; 0 = now: the route has no such parameter, or it was not given. */
int64_t known_at_of(const struct route *route, const void *params);

/* Whether the instant can be asked about yet. API_BAD_PARAMETER with a fault: it lies in the future. API_UNAVAILABLE: what is being
 * written now may belong to it. From API_OK on the register records nothing at or before it any more. */
enum api_error known_at_check(struct db *db, int64_t instant, struct faults *faults);

#endif
