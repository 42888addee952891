/* SPDX-License-Identifier: GPL-3.0-or-later
 * URLs made from the canonical query. Texts live in the arena; NULL = no memory.
 */
#ifndef STUDYD_HANDLERS_LINKS_H
#define STUDYD_HANDLERS_LINKS_H

#include "base/arena.h"
#include "handlers/api.h"

/* The query without the named parameters (NULL-terminated). */
const char *query_without(struct arena *arena, const char *query, const char *const *names);

/* path, query and one more parameter (more may be NULL) joined by ? and &. */
const char *url_with(struct arena *arena, const char *path, const char *query, const char *more, const char *value);

#endif
