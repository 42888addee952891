/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/local.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define BACKLOG     64
#define SUFFIX      ".sock"
#define HEAD_MAX    4096
#define ANSWER_MAX  ((size_t)64 * 1024 * 1024)
#define ANSWER_STEP ((size_t)64 * 1024)

static bool address_write(const char *db, struct sockaddr_un *ret_address)
{
    *ret_address = (struct sockaddr_un){.sun_family = AF_UNIX};
    int len = snprintf(ret_address->sun_path, sizeof ret_address->sun_path, "%s%s", db, SUFFIX);
    return len > 0 && (size_t)len < sizeof ret_address->sun_path;
}

/* The same file from here; NULL = it lies elsewhere. */
static const char *seen_from_here(const char *db)
{
    char here[PATH_MAX];
    size_t len = getcwd(here, sizeof here) ? strlen(here) : 0;
    return len > 0 && strncmp(db, here, len) == 0 && db[len] == '/' ? db + len + 1 : NULL;
}

/* A socket's path is short, and that of a database whole. */
bool local_address(const char *db, struct sockaddr_un *ret_address)
{
    const char *near = seen_from_here(db);
    return address_write(db, ret_address) || (near && address_write(near, ret_address));
}

/* ── the daemon's end ────────────────────────────────────────────────────────────────────────────────────────── */

/* Only what is a socket is taken away. */
static bool place_is_free(const char *path)
{
    struct stat file;
    if (lstat(path, &file) != 0)
        return errno == ENOENT;
    return S_ISSOCK(file.st_mode) && unlink(path) == 0;
}

int local_listen(const char *db, const char **ret_why)
{
    struct sockaddr_un address;
    *ret_why = "Its path is longer than a socket's may be.";
    if (!local_address(db, &address))
        return -1;
    *ret_why = "Something else has its name, or it cannot be made there.";
    if (!place_is_free(address.sun_path))
        return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    mode_t mask = umask(S_IXUSR | S_IRWXG | S_IRWXO);
    bool good = fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 && listen(fd, BACKLOG) == 0;
    umask(mask);
    if (good)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

void local_remove(const char *db)
{
    struct sockaddr_un address;
    if (local_address(db, &address))
        place_is_free(address.sun_path);
}

/* ── the client's ────────────────────────────────────────────────────────────────────────────────────────────── */

static int connected(const char *db)
{
    struct sockaddr_un address;
    if (!local_address(db, &address))
        return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* A daemon that refuses may stop reading before all is sent: its answer is there all the same. */
static void send_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return;
        bytes += sent;
        len -= (size_t)sent;
    }
}

static bool send_question(int fd, const struct local_question *question)
{
    const char *type = question->content_type, *more = question->headers ? question->headers : "";
    char head[HEAD_MAX];
    int len = snprintf(head, sizeof head, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s%s%s%sContent-Length: %zu\r\n\r\n",
                       question->method, question->target, more, type ? "Content-Type: " : "", type ? type : "", type ? "\r\n" : "",
                       type ? question->body_len : 0);
    if (len < 0 || (size_t)len >= sizeof head)
        return false;
    send_all(fd, head, (size_t)len);
    if (type)
        send_all(fd, question->body, question->body_len);
    return true;
}

/* Up to the end of the connection, followed by a NUL; NULL = no memory, or more than an answer may be. */
static char *receive_all(int fd, size_t *ret_len)
{
    char *bytes = NULL;
    size_t len = 0, room = 0;
    for (;;) {
        if (room - len < 2) {
            char *more = room < ANSWER_MAX ? realloc(bytes, room + (room ? room : ANSWER_STEP)) : NULL;
            if (!more)
                break;
            bytes = more;
            room += room ? room : ANSWER_STEP;
        }
        ssize_t got = recv(fd, bytes + len, room - len - 1, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got > 0) {
            len += (size_t)got;
            continue;
        }
        bytes[len] = '\0';
        *ret_len = len;
        return bytes;
    }
    free(bytes);
    return NULL;
}

/* −1 = it is not said. */
static long long content_length(const char *head, const char *end)
{
    static const char name[] = "\r\nContent-Length:";
    for (const char *at = head; at < end; at++) {
        if (strncasecmp(at, name, sizeof name - 1) == 0)
            return strtoll(at + sizeof name - 1, NULL, 10);
    }
    return -1;
}

static bool answer_read(char *bytes, size_t len, struct local_answer *ret_answer)
{
    const char *end = strstr(bytes, "\r\n\r\n");
    if (!end || strncmp(bytes, "HTTP/1.1 ", 9) != 0)
        return false;
    size_t head = (size_t)(end + 4 - bytes);
    ret_answer->status = (int)strtol(bytes + 9, NULL, 10);
    ret_answer->len = len - head;
    if (ret_answer->status < 200 || (content_length(bytes, end) >= 0 && (size_t)content_length(bytes, end) != ret_answer->len))
        return false;
    memmove(bytes, bytes + head, len - head + 1);
    ret_answer->body = bytes;
    return true;
}

enum local_result local_ask(const char *db, const struct local_question *question, struct local_answer *ret_answer)
{
    int fd = connected(db);
    size_t len = 0;
    *ret_answer = (struct local_answer){0};
    if (fd < 0)
        return LOCAL_NOBODY;
    char *bytes = send_question(fd, question) ? receive_all(fd, &len) : NULL;
    close(fd);
    if (bytes && answer_read(bytes, len, ret_answer))
        return LOCAL_ANSWERED;
    free(bytes);
    return LOCAL_BROKEN;
}
