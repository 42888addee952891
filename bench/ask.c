/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem */
#include "bench/ask.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pid_t started; /* ended when the program gives up */

void give_up(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("bench: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    if (started > 0)
        kill(started, SIGTERM);
    exit(EXIT_FAILURE);
}

int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ── the daemon ─────────────────────────────────────────────────────────────────────────────────────────────── */

static void run_daemon(const char *program, const char *database, int out)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    dup2(out, STDERR_FILENO);
    FILE *nowhere = freopen("/dev/null", "w", stdout);
    if (nowhere != NULL)
        execl(program, program, "serve", "--db", database, "--listen", "127.0.0.1:0", "--workers", "1", "--cache-bytes", "0",
              "--header-timeout", "60m", "--max-rows", "100000000", (char *)NULL); /* it rests while bare SQL is asked */
    _exit(127);
}

/* Reads log lines up to one that has this message. */
static const char *log_line(struct daemon *daemon, const char *message)
{
    static char *line, last[400];
    static size_t room;
    while (getline(&line, &room, daemon->log) > 0) {
        if (strstr(line, message) != NULL)
            return line;
        snprintf(last, sizeof last, "%s", line);
    }
    give_up("the daemon has ended; the last it said: %s", last);
}

static void connect_to(struct daemon *daemon)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((in_port_t)daemon->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    daemon->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (daemon->socket < 0 || connect(daemon->socket, (struct sockaddr *)&address, sizeof address) != 0)
        give_up("cannot connect to port %d", daemon->port);
    setsockopt(daemon->socket, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
}

int64_t daemon_start(struct daemon *daemon, const char *program, const char *database)
{
    int ends[2];
    int64_t from = now_us();
    *daemon = (struct daemon){.room = 1 << 20, .body = malloc(1 << 20)};
    if (daemon->body == NULL || pipe(ends) != 0)
        give_up("no pipe");
    fflush(NULL);
    daemon->pid = started = fork();
    if (daemon->pid == 0)
        run_daemon(program, database, ends[1]);
    close(ends[1]);
    daemon->log = fdopen(ends[0], "r");
    const char *port = strrchr(strstr(log_line(daemon, "\"listening\""), "\"detail\""), ':');
    daemon->port = (int)strtol(port + 1, NULL, 10);
    connect_to(daemon);
    daemon_ask(daemon, "/studies?limit=1");
    return now_us() - from;
}

void daemon_stop(struct daemon *daemon)
{
    char buffer[4096];
    close(daemon->socket);
    kill(daemon->pid, SIGTERM);
    while (fread(buffer, 1, sizeof buffer, daemon->log) > 0)
        ;
    waitpid(daemon->pid, NULL, 0);
    started = 0;
    fclose(daemon->log);
    free(daemon->body);
}

int64_t daemon_memory(const struct daemon *daemon, const char *what)
{
    char path[64], line[256];
    int64_t kilobytes = -1;
    snprintf(path, sizeof path, "/proc/%d/status", (int)daemon->pid);
    FILE *in = fopen(path, "r");
    while (in != NULL && fgets(line, sizeof line, in) != NULL)
        if (strncmp(line, what, strlen(what)) == 0 && line[strlen(what)] == ':')
            kilobytes = strtoll(line + strlen(what) + 1, NULL, 10);
    if (in == NULL || kilobytes < 0)
        give_up("%s does not say %s", path, what);
    fclose(in);
    return kilobytes * 1024;
}

/* ── one request ────────────────────────────────────────────────────────────────────────────────────────────── */

static void send_request(struct daemon *daemon, const char *target)
{
    char request[16384] = "GET ";
    size_t len = strlen(request);
    for (const unsigned char *at = (const unsigned char *)target; *at != '\0' && len < sizeof request - 64; at++)
        len += (size_t)(*at > 0x20 && *at < 0x7f && *at != '"' ? snprintf(request + len, 2, "%c", *at)
                                                               : snprintf(request + len, 4, "%%%02X", *at));
    len += (size_t)snprintf(request + len, sizeof request - len, " HTTP/1.1\r\nHost: bench\r\n\r\n");
    if (send(daemon->socket, request, len, MSG_NOSIGNAL) != (ssize_t)len)
        give_up("%s could not be sent", target);
}

static size_t receive(struct daemon *daemon, char *to, size_t room)
{
    ssize_t got = recv(daemon->socket, to, room, 0);
    if (got <= 0)
        give_up("the connection has ended within an answer");
    return (size_t)got;
}

struct head {
    char bytes[16384];
    size_t len, rest; /* of the head with its end; bytes of the body that came with it */
    int64_t body_len; /* −1 = in chunks */
};

static void read_head(struct daemon *daemon, const char *target, struct head *head)
{
    size_t len = 0;
    char *end = NULL;
    while (end == NULL && len < sizeof head->bytes - 1) {
        len += receive(daemon, head->bytes + len, sizeof head->bytes - 1 - len);
        head->bytes[len] = '\0';
        end = strstr(head->bytes, "\r\n\r\n");
    }
    const char *length = end == NULL ? NULL : strcasestr(head->bytes, "\r\nContent-Length:");
    if (end == NULL || strncmp(head->bytes, "HTTP/1.1 200 ", 13) != 0)
        give_up("%s is answered with: %.300s", target, head->bytes);
    head->len = (size_t)(end + 4 - head->bytes);
    head->rest = len - head->len;
    head->body_len = length == NULL || length > end ? -1 : strtoll(length + 17, NULL, 10);
}

static void read_body(struct daemon *daemon, const struct head *head)
{
    size_t len = (size_t)head->body_len;
    if (len + 1 > daemon->room) {
        daemon->room = len * 2;
        daemon->body = realloc(daemon->body, daemon->room);
        if (daemon->body == NULL)
            give_up("no memory for %zu bytes", len);
    }
    memcpy(daemon->body, head->bytes + head->len, head->rest);
    for (daemon->len = head->rest; daemon->len < len;)
        daemon->len += receive(daemon, daemon->body + daemon->len, len - daemon->len);
    daemon->body[len] = '\0';
}

/* A number in the log's line of the last request. */
static int64_t logged(struct daemon *daemon, const char *name)
{
    const char *line = log_line(daemon, "\"message\":\"request\""), *at = strstr(line, name);
    if (at == NULL || strstr(line, "\"hit\":true") != NULL || strstr(line, "\"cut_off\"") != NULL)
        give_up("not what was to be measured: %s", line);
    return strtoll(at + strlen(name), NULL, 10);
}

int64_t daemon_ask(struct daemon *daemon, const char *target)
{
    struct head head;
    send_request(daemon, target);
    read_head(daemon, target, &head);
    if (head.body_len < 0)
        give_up("%s came in chunks", target);
    read_body(daemon, &head);
    return logged(daemon, "\"us\":");
}

char *body_text(const struct daemon *daemon, const char *before, char end)
{
    const char *at = strstr(daemon->body, before);
    const char *to = at == NULL ? NULL : strchr(at + strlen(before), end);
    return to == NULL ? NULL : strndup(at + strlen(before), (size_t)(to - at) - strlen(before));
}

int64_t body_total(const struct daemon *daemon)
{
    const char *at = memmem(daemon->body, daemon->len, "\"meta\":{\"total\":", 16);
    if (at == NULL)
        give_up("no total in: %.300s", daemon->body);
    return strtoll(at + 16, NULL, 10);
}

/* ── everything, in chunks ──────────────────────────────────────────────────────────────────────────────────── */

static void sample(struct daemon *daemon, struct export *export)
{
    int64_t bytes = daemon_memory(daemon, "RssAnon");
    if (export->anon_least == 0 || bytes < export->anon_least)
        export->anon_least = bytes;
    if (bytes > export->anon_most)
        export->anon_most = bytes;
}

struct export daemon_export(struct daemon *daemon, const char *target)
{
    struct export export = {.anon_before = daemon_memory(daemon, "RssAnon")};
    struct head head;
    char tail[8] = "";
    int64_t from = now_us();
    send_request(daemon, target);
    read_head(daemon, target, &head);
    if (head.body_len >= 0)
        give_up("%s did not come in chunks", target);
    memcpy(daemon->body, head.bytes + head.len, head.rest);
    for (size_t len = head.rest, reads = 0;; len = receive(daemon, daemon->body, daemon->room), reads++) {
        export.bytes += (int64_t)len;
        size_t kept = len < 7 ? len : 7; /* the end may come in parts */
        memmove(tail, tail + kept, 7 - kept);
        memcpy(tail + 7 - kept, daemon->body + len - kept, kept);
        if (memcmp(tail, "\r\n0\r\n\r\n", 7) == 0)
            break;
        if (reads % 64 == 0)
            sample(daemon, &export);
    }
    export.us = now_us() - from;
    sample(daemon, &export);
    export.rows = logged(daemon, "\"rows\":");
    return export;
}
