/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the daemon answers with: bytes and headers become one response of libmicrohttpd, which may be sent any number of times.
 *
 * Threads: a response belongs to the worker that made it.
 */
#ifndef STUDYD_SERVER_REPLY_H
#define STUDYD_SERVER_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct MHD_Response;
struct stream;

/* Room for the headers of an answer in a connection's memory (CONNECTION_MEMORY of worker.h), LINK_MAX of it for Link. */
#define REPLY_HEAD_ROOM    4096
#define REPLY_FILENAME_MAX 120

/* The headers that differ. NULL or 0 = the header is not there. Borrowed for the call. */
struct reply_head {
    const char *content_type, *coding;          /* coding: NULL or "identity" = no Content-Encoding */
    const char *etag, *vary, *location, *link;  /* etag with its quotes */
    const char *allow, *request_id, *challenge; /* challenge: WWW-Authenticate */
    const char *filename;                       /* what a browser saves the body as; characters that need no quoting */
    int64_t modified;                           /* milliseconds since 1970 */
    bool counted;                               /* X-Total-Count and X-Row-Count */
    int64_t total, rows;
    int retry_after; /* seconds */
    bool store;      /* Cache-Control: public, no-cache; else no-store */
    bool immutable;  /* with store: it never changes; for a year */
    bool preflight;  /* an answer to OPTIONS: what CORS allows */
    bool close;      /* Connection: close */
};

/* Takes bytes over (malloc'd, may be NULL with len 0), also when it fails. NULL = no memory. */
struct MHD_Response *reply_make(const struct reply_head *head, char *bytes, size_t len);
/* bytes must live as long as the response. */
struct MHD_Response *reply_make_constant(const struct reply_head *head, const char *bytes, size_t len);
/* A body that is made while it is sent: chunked, for HTTP/1.0 up to the end of the connection. Takes stream over, also when it fails. */
struct MHD_Response *reply_make_stream(const struct reply_head *head, struct stream *stream);
void reply_drop(void *response); /* void, so that it can serve as a callback; NULL is fine */

#endif
