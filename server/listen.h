/* SPDX-License-Identifier: GPL-3.0-or-later
 * ADDR:PORT and the sockets behind it.
 */
#ifndef STUDYD_SERVER_LISTEN_H
#define STUDYD_SERVER_LISTEN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

struct endpoint {
    struct sockaddr_storage address;
    socklen_t len;
};

/* 192.0.2.1:8080, [2001:db8::1]:8080; no names, so that nothing depends on a resolver. */
bool endpoint_read(const char *text, struct endpoint *ret_endpoint);

/* http://ADDR:PORT */
#define ENDPOINT_URL_SIZE 72
void endpoint_url(const struct endpoint *endpoint, char ret_url[ENDPOINT_URL_SIZE]);

/* Opens count listening sockets on one and the same port (SO_REUSEPORT: the kernel spreads connections over them), non-blocking.
 * A port 0 is replaced by the one chosen. false: none is open, errno says why; EADDRINUSE also when another process of the same
 * user shares its port out. */
bool endpoint_listen(struct endpoint *endpoint, size_t count, int *ret_fds);

#endif
