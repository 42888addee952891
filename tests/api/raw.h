/* SPDX-License-Identifier: GPL-3.0-or-later
 * A client that takes an answer at its own pace, or not at all, and sees how it ends. Nothing is recorded for the contract check: these
 * answers are cut, or too large for it.
 */
#ifndef STUDYD_TESTS_API_RAW_H
#define STUDYD_TESTS_API_RAW_H

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "support.h"

struct raw {
    int fd;
    char *bytes; /* all that came; malloc'd */
    size_t len, room;
    bool closed; /* by the daemon */
};

/* Sends a request; little of the answer fits into the sockets between. */
static inline struct raw raw_ask(const struct daemon *daemon, const char *target, const char *version)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)daemon_port(daemon)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct raw raw = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    int little = 4096;
    const char *request = text_format("GET %s HTTP/%s\r\nHost: localhost\r\n\r\n", target, version);
    ck_assert_int_ge(raw.fd, 0);
    ck_assert_int_eq(setsockopt(raw.fd, SOL_SOCKET, SO_RCVBUF, &little, sizeof little), 0);
    ck_assert_int_eq(connect(raw.fd, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(send(raw.fd, request, strlen(request), MSG_NOSIGNAL), (ssize_t)strlen(request));
    return raw;
}

/* Takes at most so many bytes more, waiting at most so long. false = nothing came. */
static inline bool raw_take(struct raw *raw, size_t most, int ms)
{
    struct pollfd ready = {.fd = raw->fd, .events = POLLIN};
    if (raw->closed || poll(&ready, 1, ms) != 1)
        return false;
    if (raw->room < raw->len + most + 1) {
        raw->room = 2 * (raw->len + most + 1);
        raw->bytes = realloc(raw->bytes, raw->room);
        ck_assert_ptr_nonnull(raw->bytes);
    }
    ssize_t len = recv(raw->fd, raw->bytes + raw->len, most, 0);
    raw->closed = len <= 0;
    raw->len += len > 0 ? (size_t)len : 0;
    raw->bytes[raw->len] = '\0';
    return len > 0;
}

static inline void raw_take_all(struct raw *raw)
{
    while (raw_take(raw, 1 << 16, PATIENCE_MS))
        ;
}

/* Until the head is there. */
static inline void raw_take_head(struct raw *raw)
{
    while (!raw->bytes || !strstr(raw->bytes, "\r\n\r\n"))
        ck_assert_msg(raw_take(raw, 512, PATIENCE_MS), "no answer began");
}

static inline bool raw_has(const struct raw *raw, const char *text)
{
    return raw->bytes && memmem(raw->bytes, raw->len, text, strlen(text)) != NULL;
}

/* The body with its chunks joined, NUL-terminated, malloc'd; whether the last chunk came. */
static inline char *raw_body(const struct raw *raw, size_t *ret_len, bool *ret_whole)
{
    const char *at = (const char *)memmem(raw->bytes, raw->len, "\r\n\r\n", 4) + 4, *end = raw->bytes + raw->len;
    char *body = malloc(raw->len + 1);
    *ret_len = 0;
    *ret_whole = false;
    ck_assert_ptr_nonnull(body);
    for (;;) {
        char *line;
        const char *newline = memmem(at, (size_t)(end - at), "\r\n", 2);
        size_t size = newline ? strtoul(at, &line, 16) : 0;
        *ret_whole = newline && size == 0;
        if (!newline || size == 0 || size > (size_t)(end - newline - 2))
            break;
        memcpy(body + *ret_len, newline + 2, size);
        *ret_len += size;
        at = newline + 2 + size + 2;
        if (at > end)
            break;
    }
    body[*ret_len] = '\0';
    return body;
}

static inline void raw_close(struct raw *raw)
{
    close(raw->fd);
    free(raw->bytes);
    *raw = (struct raw){.fd = -1};
}

#endif
