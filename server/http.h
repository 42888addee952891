/* SPDX-License-Identifier: GPL-3.0-or-later
 * Between libmicrohttpd's callbacks and our own terms: connections with their deadlines, and the calls of one request. The first
 * call lints and routes, the last one answers; one place ends a request.
 */
#ifndef STUDYD_SERVER_HTTP_H
#define STUDYD_SERVER_HTTP_H

#include <microhttpd.h>
#include <stdbool.h>

#include "server/address.h"
#include "server/deadline.h"
#include "server/exchange.h"
#include "server/worker.h"

struct connection {
    struct deadline deadline; /* first, so that a deadline leads to its connection */
    int fd;                   /* libmicrohttpd's */
    struct address address;
    bool trusted;              /* a proxy of ours */
    bool counted;              /* among those of its address */
    bool local;                /* over the socket beside the database */
    struct exchange *exchange; /* the request that has begun and is not over; NULL = none */
};

/* For MHD_start_daemon; cls is the worker throughout. */
enum MHD_Result http_admit(void *cls, const struct sockaddr *address, socklen_t len);
void http_connection(void *cls, struct MHD_Connection *connection, void **socket_context, enum MHD_ConnectionNotificationCode code);
/* The same for the daemon on the socket beside the database. */
enum MHD_Result http_admit_local(void *cls, const struct sockaddr *address, socklen_t len);
void http_connection_local(void *cls, struct MHD_Connection *connection, void **socket_context, enum MHD_ConnectionNotificationCode code);
void *http_begin(void *cls, const char *target, struct MHD_Connection *connection);
enum MHD_Result http_call(void *cls, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
                          const char *upload, size_t *upload_size, void **context);
void http_end(void *cls, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode code);
/* Targets are decoded by ourselves, after routing. */
size_t http_unescape(void *cls, struct MHD_Connection *connection, char *text);

#endif
