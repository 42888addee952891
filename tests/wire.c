/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct wire {
    int fd;
    bool over;   /* the daemon has closed */
    char *bytes; /* read and not yet used; malloc'd, of the wire */
    size_t len;
};

/* −1 = refused */
static int connected(const struct daemon *daemon)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)daemon_port(daemon)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    ck_assert_int_ge(fd, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* a test that sends byte by byte means it */
        return fd;
    }
    ck_assert_msg(errno == ECONNREFUSED || errno == ECONNRESET, "connect: %s", strerror(errno));
    close(fd);
    return -1;
}

struct wire *wire_open(const struct daemon *daemon)
{
    struct wire *wire = keep(sizeof *wire);
    wire->fd = connected(daemon);
    ck_assert_msg(wire->fd >= 0, "the daemon takes no connections");
    return wire;
}

bool wire_refused(const struct daemon *daemon)
{
    int fd = connected(daemon);
    if (fd >= 0)
        close(fd);
    return fd < 0;
}

void wire_send(struct wire *wire, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(wire->fd, bytes, len, MSG_NOSIGNAL);
        if (sent <= 0)
            return; /* refused before all was read: the answer tells */
        bytes += sent;
        len -= (size_t)sent;
    }
}

void wire_text(struct wire *wire, const char *text)
{
    wire_send(wire, text, strlen(text));
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reads what there is, waiting until the deadline. false = closed, or nothing came in time. */
static bool wire_more(struct wire *wire, int64_t deadline)
{
    struct pollfd ready = {.fd = wire->fd, .events = POLLIN};
    int64_t left = deadline - now_ms();
    if (wire->over || left <= 0 || poll(&ready, 1, (int)left) != 1)
        return false;
    char block[16384];
    ssize_t len = recv(wire->fd, block, sizeof block, 0);
    wire->over = len <= 0;
    if (wire->over)
        return false;
    char *more = realloc(wire->bytes, wire->len + (size_t)len + 1);
    ck_assert_ptr_nonnull(more);
    memcpy(more + wire->len, block, (size_t)len);
    wire->bytes = more;
    wire->len += (size_t)len;
    wire->bytes[wire->len] = '\0';
    return true;
}

static struct answer *wire_head(struct wire *wire, const char *target, const char *end)
{
    struct answer *answer = keep(sizeof *answer);
    answer->target = target;
    answer->headers = keep_json(json_array());
    ck_assert_msg(sscanf(wire->bytes, "HTTP/1.%*d %d", &answer->status) == 1, "%s: no status line: %.200s", target, wire->bytes);
    for (const char *line = wire->bytes; line < end;) {
        const char *next = strstr(line, "\r\n") + 2;
        header_add(answer->headers, line, (size_t)(next - line));
        line = next;
    }
    return answer;
}

static void wire_drop(struct wire *wire, size_t len)
{
    memmove(wire->bytes, wire->bytes + len, wire->len - len + 1);
    wire->len -= len;
}

struct answer *wire_answer(struct wire *wire, const char *method, const char *target, bool malformed)
{
    int64_t deadline = now_ms() + PATIENCE_MS;
    const char *end;
    while (!wire->bytes || !(end = strstr(wire->bytes, "\r\n\r\n")))
        if (!wire_more(wire, deadline)) {
            ck_assert_msg(wire->over, "%s: neither an answer nor an end", target);
            return NULL;
        }
    struct answer *answer = wire_head(wire, target, end + 2);
    wire_drop(wire, (size_t)(end + 4 - wire->bytes));
    const char *length = answer_header(answer, "Content-Length");
    bool none = strcmp(method, "HEAD") == 0 || answer->status == 204 || answer->status == 304 || answer->status < 200;
    size_t wanted = none ? 0 : length ? strtoul(length, NULL, 10) : SIZE_MAX;
    while (wire->len < wanted && wire_more(wire, deadline))
        ;
    ck_assert_msg(wire->len >= wanted || !length, "%s: the body was cut after %zu of %zu", target, wire->len, wanted);
    size_t len = wanted < wire->len ? wanted : wire->len;
    answer_finish(answer, wire->bytes, len);
    wire_drop(wire, len);
    answer_record(answer, method, keep_json(json_array()), malformed);
    return answer;
}

bool wire_closed_within(struct wire *wire, int ms)
{
    int64_t deadline = now_ms() + ms;
    while (wire_more(wire, deadline))
        ;
    return wire->over && wire->len == 0;
}

bool wire_closed(struct wire *wire, int seconds)
{
    return wire_closed_within(wire, seconds * 1000);
}

bool wire_is_silent(const struct wire *wire)
{
    struct pollfd socket = {.fd = wire->fd, .events = POLLIN};
    return wire->len == 0 && poll(&socket, 1, 0) == 0;
}

void wire_close(struct wire *wire)
{
    close(wire->fd);
    free(wire->bytes);
    wire->bytes = NULL;
    wire->len = 0;
}
