/* SPDX-License-Identifier: GPL-3.0-or-later
 * Which of a route's formats an answer comes in: chosen before the ETag, since that names it.
 */
#ifndef STUDYD_SERVER_FORMAT_H
#define STUDYD_SERVER_FORMAT_H

#include "base/arena.h"
#include "server/route.h"

struct format_choice {
    const char *content_type;
    enum reply_format format;
    enum csv_dialect dialect;
    const char *variant; /* what tells the bytes from others of the same type: the dialect, where it is not the default; else "" */
};

/* What format= says, else what accept (may be NULL) wants most, else the first. params have been filled. A dialect of what is no CSV is
 * added to faults. API_OK; API_NOT_ACCEPTABLE: the client takes none of what there is, and has not said format=. */
enum api_error format_choose(const struct route *route, const void *params, const char *accept, struct faults *faults,
                             struct format_choice *ret_choice);

/* The canonical query with the format that the header chose, where a dialect needs it beside it: links are made of it, and whoever follows
 * them sends other headers. NULL = no memory. */
const char *format_query(struct arena *arena, const struct route *route, const char *query, const struct format_choice *choice);

/* The media types there are, for people: "application/json, text/csv or application/x-ndjson". NULL = no memory. */
const char *format_offer(struct arena *arena, const struct route *route);

/* /stats/regions as CSV → stats-regions.csv; NULL = the format needs no name, or no memory. */
const char *format_filename(struct arena *arena, const char *path, enum reply_format format);

#endif
