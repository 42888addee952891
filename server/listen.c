/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/address.h"

#define BACKLOG 4096

static bool port_read(const char *text, in_port_t *ret_port)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 5 || text[digits] != '\0')
        return false;
    long port = strtol(text, NULL, 10);
    *ret_port = htons((uint16_t)port);
    return port <= UINT16_MAX;
}

bool endpoint_read(const char *text, struct endpoint *ret_endpoint)
{
    char host[ADDRESS_TEXT_SIZE];
    const char *colon = strrchr(text, ':');
    bool brackets = *text == '[' && colon > text + 1 && colon[-1] == ']';
    size_t len = colon ? (size_t)(colon - text) - (brackets ? 2 : 0) : 0;
    if (len == 0 || len >= sizeof host)
        return false;
    memcpy(host, text + brackets, len);
    host[len] = '\0';
    *ret_endpoint = (struct endpoint){0};
    struct sockaddr_in *four = (struct sockaddr_in *)&ret_endpoint->address;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&ret_endpoint->address;
    if (brackets) {
        ret_endpoint->len = sizeof *six;
        six->sin6_family = AF_INET6;
        return port_read(colon + 1, &six->sin6_port) && inet_pton(AF_INET6, host, &six->sin6_addr) == 1;
    }
    ret_endpoint->len = sizeof *four;
    four->sin_family = AF_INET;
    return port_read(colon + 1, &four->sin_port) && inet_pton(AF_INET, host, &four->sin_addr) == 1;
}

void endpoint_url(const struct endpoint *endpoint, char ret_url[ENDPOINT_URL_SIZE])
{
    bool six = endpoint->address.ss_family == AF_INET6;
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&endpoint->address;
    const struct sockaddr_in *in4 = (const struct sockaddr_in *)&endpoint->address;
    char host[INET6_ADDRSTRLEN] = "";
    inet_ntop(endpoint->address.ss_family, six ? (const void *)&in6->sin6_addr : (const void *)&in4->sin_addr, host, sizeof host);
    snprintf(ret_url, ENDPOINT_URL_SIZE, "http://%s%s%s:%u", six ? "[" : "", host, six ? "]" : "",
             (unsigned)ntohs(six ? in6->sin6_port : in4->sin_port));
}

static int bound_socket(const struct endpoint *endpoint, bool shared)
{
    int fd = socket(endpoint->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), yes = 1;
    if (fd < 0)
        return -1;
    bool good = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0;
    good = good && (!shared || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes) == 0);
    if (good && bind(fd, (const struct sockaddr *)&endpoint->address, endpoint->len) == 0)
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

/* SO_REUSEPORT would let a second daemon of the same user join in silence; a socket without it is refused then. */
static bool port_is_free(const struct endpoint *endpoint)
{
    int fd = bound_socket(endpoint, false);
    if (fd < 0)
        return false;
    bool alone = listen(fd, 1) == 0;
    int why = errno;
    close(fd);
    errno = why;
    return alone;
}

static int listening_socket(struct endpoint *endpoint)
{
    int fd = bound_socket(endpoint, true);
    if (fd < 0)
        return -1;
    endpoint->len = sizeof endpoint->address;
    if (getsockname(fd, (struct sockaddr *)&endpoint->address, &endpoint->len) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

bool endpoint_listen(struct endpoint *endpoint, size_t count, int *ret_fds)
{
    if (!port_is_free(endpoint))
        return false;
    for (size_t i = 0; i < count; i++) {
        ret_fds[i] = listening_socket(endpoint);
        if (ret_fds[i] >= 0)
            continue;
        int why = errno;
        while (i > 0)
            close(ret_fds[--i]);
        errno = why;
        return false;
    }
    return true;
}
