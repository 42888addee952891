/* SPDX-License-Identifier: GPL-3.0-or-later
 * studyd check: whether a database holds what it should; beside a serving daemon too. Findings to stdout, one a line.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/study_json.h"
#include "server/command.h"
#include "server/progress.h"

#define STUDIES "studies"

struct looking {
    struct progress progress;
    int64_t studies; /* gone through */
};

static void step(void *cls, const char *what, int64_t done, int64_t of)
{
    struct looking *looking = cls;
    if (strstr(what, STUDIES) && of > looking->studies)
        looking->studies = of;
    progress_step(&looking->progress, what, done, of);
}

static void finding(void *cls, const char *what)
{
    struct looking *looking = cls;
    progress_clear(&looking->progress);
    printf("%s\n", what);
}

int check_command(const struct config *config)
{
    if (!config->db)
        return config_misuse(stderr, "check", "--db is missing");
    if (strcmp(config->db, ":memory:") == 0)
        return config_misuse(stderr, "check", "--db: a file was expected");
    struct looking looking = {.progress = progress_begin(false)};
    const struct db_check_listener listener = {.step = step, .finding = finding, .cls = &looking};
    int64_t findings = 0;
    char *why = NULL;
    enum db_status status = db_check(config->db, &study_renderer, &listener, &findings, &why);
    progress_clear(&looking.progress);
    if (status != DB_OK)
        fprintf(stderr, "studyd check: %s\n", why ? why : db_status_text(status)); /* why names the file */
    else if (findings > 0)
        printf("%" PRId64 " finding%s\n", findings, findings == 1 ? "" : "s");
    else
        printf("nothing wrong: %" PRId64 " " STUDIES " checked\n", looking.studies);
    free(why);
    return status == DB_OK && findings == 0 ? 0 : 1;
}
