/* SPDX-License-Identifier: GPL-3.0-or-later
 * A daemon of one worker without a cache of answers, and one client of it on one connection. What a request took is what the daemon's
 * own log says: from the request received to the answer made. Whatever fails ends the program with a line that says what.
 */
#ifndef STUDYD_BENCH_ASK_H
#define STUDYD_BENCH_ASK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

struct daemon {
    pid_t pid;
    FILE *log;
    int port, socket;
    char *body; /* of the last answer, terminated */
    size_t len, room;
};

_Noreturn void give_up(const char *format, ...) __attribute__((format(printf, 1, 2)));
int64_t now_us(void);

/* Returns the microseconds from before the program is started to the first answer. */
int64_t daemon_start(struct daemon *daemon, const char *program, const char *database);
void daemon_stop(struct daemon *daemon); /* waits for it */

/* The microseconds of one request, which must be answered with 200. Bytes beyond ASCII in the target are percent-encoded. */
int64_t daemon_ask(struct daemon *daemon, const char *target);

struct export
{
    int64_t rows, bytes, us;                    /* us: as the client sees it */
    int64_t anon_before, anon_least, anon_most; /* bytes of anonymous memory: before, and from the first byte to the last */
};
struct export daemon_export(struct daemon *daemon, const char *target);

int64_t daemon_memory(const struct daemon *daemon, const char *what); /* bytes; what: "RssAnon", "RssFile", … */

/* The text between before and end in the last body, as a new string; NULL = it is not there. */
char *body_text(const struct daemon *daemon, const char *before, char end);
int64_t body_total(const struct daemon *daemon);

#endif
