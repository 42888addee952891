/* SPDX-License-Identifier: GPL-3.0-or-later
 * studyd check: whether a database holds what it should; beside a serving daemon too. Findings to stdout, one a line.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "handlers/study_json.h"
#include "server/command.h"

#define STUDIES "studies"

struct progress {
    bool shown;    /* a line of it stands on the terminal */
    bool terminal; /* stderr is one; a log would only be filled by it */
    time_t last;
    int64_t studies; /* gone through */
};

static void progress_clear(struct progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
    progress->shown = false;
}

/* At most one line a second, each in the place of the one before. */
static void step(void *cls, const char *what, int64_t done, int64_t of)
{
    struct progress *progress = cls;
    struct timespec now;
    if (strstr(what, STUDIES) && of > progress->studies)
        progress->studies = of;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (!progress->terminal || now.tv_sec == progress->last)
        return;
    progress_clear(progress);
    fprintf(stderr, "%s: %" PRId64 " of %" PRId64, what, done, of);
    fflush(stderr);
    progress->shown = true;
    progress->last = now.tv_sec;
}

static void finding(void *cls, const char *what)
{
    progress_clear(cls);
    printf("%s\n", what);
}

int check_command(const struct config *config)
{
    if (!config->db)
        return config_misuse(stderr, "check", "--db is missing");
    if (strcmp(config->db, ":memory:") == 0)
        return config_misuse(stderr, "check", "--db: a file was expected");
    struct progress progress = {.terminal = isatty(STDERR_FILENO) == 1};
    const struct db_check_listener listener = {.step = step, .finding = finding, .cls = &progress};
    int64_t findings = 0;
    char *why = NULL;
    enum db_status status = db_check(config->db, &study_renderer, &listener, &findings, &why);
    progress_clear(&progress);
    if (status != DB_OK)
        fprintf(stderr, "studyd check: %s\n", why ? why : db_status_text(status)); /* why names the file */
    else if (findings > 0)
        printf("%" PRId64 " finding%s\n", findings, findings == 1 ? "" : "s");
    else
        printf("nothing wrong: %" PRId64 " " STUDIES " checked\n", progress.studies);
    free(why);
    return status == DB_OK && findings == 0 ? 0 : 1;
}
