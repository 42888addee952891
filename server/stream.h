/* SPDX-License-Identifier: GPL-3.0-or-later
 * A body on its way: asked for bytes whenever the client has taken the last ones, for as long as the options allow.
 *
 * Threads: made by any, read and freed by the worker that sends it.
 */
#ifndef STUDYD_SERVER_STREAM_H
#define STUDYD_SERVER_STREAM_H

#include "handlers/api.h"

struct stream;
struct exchange;

/* Takes body over, also when it fails. NULL = no memory. */
struct stream *stream_new(struct exchange *exchange, struct reply_stream *body);

/* As reply_stream.read. Renews the deadline of the connection, since the client has taken what there was, and breaks off at
 * --export-timeout. What was read is added up in exchange->answer. */
ssize_t stream_read(struct stream *stream, char *to, size_t max);

void stream_free(void *stream); /* the exchange may be over */

#endif
