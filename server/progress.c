/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int64_t now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

struct progress progress_begin(bool lines)
{
    int64_t begun = now();
    return (struct progress){.terminal = isatty(STDERR_FILENO) == 1, .lines = lines, .begun = begun, .last = begun};
}

void progress_line(char ret_line[PROGRESS_LINE], const char *what, int64_t done, int64_t of, int64_t elapsed)
{
    int len = snprintf(ret_line, PROGRESS_LINE, "%.60s: %" PRId64 " of %" PRId64, what, done, of);
    if (len < 0 || len >= PROGRESS_LINE || elapsed <= 0 || done <= 0 || done > of)
        return;
    int64_t rate = (int64_t)((__int128)done * 1000 / elapsed), left = (int64_t)((__int128)(of - done) * elapsed / done / 1000);
    char *rest = ret_line + len;
    size_t room = PROGRESS_LINE - (size_t)len;
    if (left < 60)
        (void)snprintf(rest, room, ", %" PRId64 " a second, %" PRId64 " s left", rate, left);
    else
        (void)snprintf(rest, room, ", %" PRId64 " a second, %" PRId64 " min %" PRId64 " s left", rate, left / 60, left % 60);
}

void progress_clear(struct progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
    progress->shown = false;
}

void progress_step(struct progress *progress, const char *what, int64_t done, int64_t of)
{
    char line[PROGRESS_LINE];
    int64_t at = now();
    if (strncmp(progress->what, what, sizeof progress->what - 1) != 0) {
        (void)snprintf(progress->what, sizeof progress->what, "%s", what);
        progress->begun = at;
    }
    if (!(progress->terminal || progress->lines) || at - progress->last < (progress->terminal ? 1000 : 10000))
        return;
    progress_line(line, what, done, of, at - progress->begun);
    progress_clear(progress);
    fprintf(stderr, "%s%s", line, progress->terminal ? "" : "\n");
    fflush(stderr);
    progress->shown = progress->terminal;
    progress->last = at;
}
