/* SPDX-License-Identifier: GPL-3.0-or-later
 * The body of a request, as it comes in pieces: kept where its route takes one of that length, and dropped otherwise. Its memory grows
 * with what has come, not with what was announced.
 */
#ifndef STUDYD_SERVER_UPLOAD_H
#define STUDYD_SERVER_UPLOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "handlers/api.h"

struct arena;
struct head;
struct route;

struct upload {
    char *bytes; /* malloc'd, followed by a NUL; NULL = none has come */
    size_t len, room;
    size_t dropped; /* bytes that nobody reads */
};

/* What is wrong with a body that follows, as far as the head tells: API_OK, API_PAYLOAD_TOO_LARGE, or API_BAD_REQUEST where the route
 * takes none; with a sentence. */
enum api_error upload_announced(struct arena *arena, const struct route *route, const struct head *head, const char **ret_detail);

/* A sentence that says how much it may be; NULL = no memory. */
const char *upload_limit(struct arena *arena, const struct route *route);

/* One piece more. API_OK; API_PAYLOAD_TOO_LARGE or API_UNAVAILABLE: what was kept is gone, and the rest is to be dropped. */
enum api_error upload_add(struct upload *upload, const char *bytes, size_t len, size_t max);
/* false: it has gone on for so long that the connection has to be cut. */
bool upload_drop(struct upload *upload, size_t len);
void upload_free(struct upload *upload);

/* Which of the route's types it has. API_UNSUPPORTED_MEDIA_TYPE: none, or it is coded or not in UTF-8; with a sentence. */
enum api_error upload_media(struct arena *arena, const struct route *route, const struct head *head, enum body_media *ret_media,
                            const char **ret_detail);

#endif
