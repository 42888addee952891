/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the forms of the list of studies share: the question, its pages and their links. Texts live in the request's arena.
 */
#ifndef STUDYD_HANDLERS_STUDIES_LIST_H
#define STUDYD_HANDLERS_STUDIES_LIST_H

#include "handlers/api.h"
#include "handlers/cursor.h"
#include "handlers/links.h"

struct list_query {
    struct db_studies_query query;
    struct cursor from;
    const char *identity; /* what a cursor belongs to: the query without its place, page size and form */
    const char *page;     /* the query without its place */
    const char *beside;   /* and without facets, which are the same on each page */
};
/* API_BAD_PARAMETER, with a fault, for a cursor of another query. */
enum api_error list_query(struct request *rq, struct list_query *ret_list);

struct page_links page_links(struct request *rq, const struct list_query *list, const struct db_studies_page *page);

/* studies_rows.c: the list as CSV or NDJSON, a page where limit or cursor is given, else whole. */
enum api_error studies_rows(struct request *rq, struct reply *ret_reply);

#endif
