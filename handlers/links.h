/* SPDX-License-Identifier: GPL-3.0-or-later
 * URLs made from the canonical query, and the links of a list. Texts live in the arena; NULL = no memory.
 */
#ifndef STUDYD_HANDLERS_LINKS_H
#define STUDYD_HANDLERS_LINKS_H

#include "base/arena.h"
#include "handlers/api.h"

/* The query without the named parameters (NULL-terminated). */
const char *query_without(struct arena *arena, const char *query, const char *const *names);

/* path, query and one more parameter (more may be NULL) joined by ? and &. */
const char *url_with(struct arena *arena, const char *path, const char *query, const char *more, const char *value);

/* To the pages of a list. */
struct page_links {
    const char *self, *first, *next, *prev; /* NULL = there is none */
};
/* The same links for those who read headers (RFC 8288): malloc'd; NULL = no memory. Where they do not fit, those to the pages beside this
 * one, or the next alone; "" = not even that. */
char *link_header(const struct page_links *links);
/* Of a table, whose links stand nowhere else. API_BAD_PARAMETER, with a fault, where the way on does not fit. */
enum api_error table_links(struct request *rq, const struct page_links *links, struct reply *ret_reply);

#endif
