/* SPDX-License-Identifier: GPL-3.0-or-later
 * A cursor: a place in a list, together with the query it belongs to, in letters that need no encoding.
 */
#ifndef STUDYD_HANDLERS_CURSOR_H
#define STUDYD_HANDLERS_CURSOR_H

#include "base/arena.h"
#include "handlers/api.h"

struct cursor {
    bool backwards;
    struct db_position position;
};

/* query: the canonical query without cursor, limit and fields. NULL = no memory. */
const char *cursor_write(struct arena *arena, const char *query, const struct cursor *cursor);

/* false: not one of ours, or of another query. */
bool cursor_read(const char *text, const char *query, struct cursor *ret_cursor);

/* API_BAD_PARAMETER, with the fault. */
enum api_error bad_cursor(struct request *rq);

#endif
