/* SPDX-License-Identifier: GPL-3.0-or-later
 * studyd import: a data set into the database, or every fault of it on stderr. A database that is being served is written by the daemon
 * that serves it.
 */
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handlers/study_json.h"
#include "ingest/ingest.h"
#include "server/command.h"
#include "server/import_told.h"
#include "server/local.h"
#include "server/progress.h"

/* file:line: field: message, as compilers write it. */
static void fault_print(void *cls, const struct ingest_fault *fault)
{
    progress_clear(cls);
    if (fault->file)
        fprintf(stderr, "%s:", fault->file);
    if (fault->file && fault->line > 0)
        fprintf(stderr, "%d:", fault->line);
    fprintf(stderr, "%s%s%s%s\n", fault->file ? " " : "", fault->field ? fault->field : "", fault->field ? ": " : "", fault->message);
}

static void step_print(void *cls, const char *what, int64_t done, int64_t of)
{
    progress_step(cls, what, done, of);
}

static void stored_print(const struct ingest_outcome *outcome, bool check)
{
    const struct db_import_result *result = &outcome->result;
    if (!check && !result->changed) {
        printf("nothing changed: %s %s was stored before, data version %lld\n", outcome->programme, outcome->edition,
               (long long)result->data_version);
        return;
    }
    printf("%s %s %s: %lld studies added, %lld updated, %lld unchanged, %lld conflicts", check ? "checked" : "imported", outcome->programme,
           outcome->edition, (long long)result->studies_added, (long long)result->studies_updated, (long long)result->studies_unchanged,
           (long long)result->conflicts);
    if (check)
        printf("; nothing was stored\n");
    else
        printf(", data version %lld\n", (long long)result->data_version);
}

static int outcome_print(enum ingest_status status, const struct ingest_outcome *outcome, const struct config *config)
{
    switch (status) {
    case INGEST_OK: stored_print(outcome, config->check); return 0;
    case INGEST_FAULTS:
        fprintf(stderr, "studyd import: %s: %zu fault%s; nothing was stored\n", config->operand, outcome->faults,
                outcome->faults == 1 ? "" : "s");
        return 1;
    case INGEST_STORAGE:
        fprintf(stderr, "studyd import: %s: %s\n", config->db, outcome->detail ? outcome->detail : db_status_text(outcome->db_status));
        return 1;
    case INGEST_UNREADABLE:
        fprintf(stderr, "studyd import: %s: %s\n", config->operand, outcome->detail ? outcome->detail : "cannot be read");
        return 1;
    }
    return 1;
}

/* What the daemon that serves the database says. false: there is none that answers, and why says who holds the database. */
static bool import_there(const struct config *config, struct progress *progress, enum ingest_status *ret_status,
                         struct ingest_outcome *ret_outcome)
{
    char here[PATH_MAX] = "", folder[2 * PATH_MAX];
    struct local_answer answer;
    bool relative = *config->operand != '/';
    if (relative && !getcwd(here, sizeof here))
        return false;
    snprintf(folder, sizeof folder, "%s%s%s", here, relative ? "/" : "", config->operand);
    json_auto_t *question = json_pack("{s:s, s:b}", "folder", folder, "check", config->check);
    char *body = question ? json_dumps(question, JSON_COMPACT) : NULL;
    if (!body)
        return false;
    const struct local_question asked = {"POST", "/import", "application/json", .body = body, .body_len = strlen(body)};
    bool answered = local_ask(config->db, &asked, &answer) == LOCAL_ANSWERED;
    free(body);
    json_auto_t *told = answered && answer.status == 200 ? json_loadb(answer.body, answer.len, 0, NULL) : NULL;
    free(answer.body);
    return told && import_told_read(told, fault_print, progress, ret_status, ret_outcome);
}

static enum ingest_status import_here(struct db *db, const struct config *config, struct progress *progress,
                                      struct ingest_outcome *ret_outcome)
{
    return ingest_dataset_steps(db, config->operand, config->check, fault_print, step_print, progress, ret_outcome);
}

/* A check writes nothing, not even an empty file; where there is none yet it needs a database of its own. */
static enum db_status open_for(const struct config *config, struct db **ret_db, char **ret_why)
{
    bool own = config->check && (!config->db || access(config->db, F_OK) != 0);
    const struct db_options options = {.path = own ? ":memory:" : config->db, .create = own || !config->check, .renderer = &study_renderer};
    return db_open(&options, ret_db, ret_why);
}

int import_command(const struct config *config)
{
    if (!config->db && !config->check)
        return config_misuse(stderr, "import", "--db is missing");
    if (config->db && strcmp(config->db, ":memory:") == 0)
        return config_misuse(stderr, "import", "--db: a file was expected");
    struct db *db = NULL;
    char *why = NULL;
    struct progress progress = progress_begin(true);
    struct ingest_outcome outcome;
    enum ingest_status status;
    enum db_status opened = open_for(config, &db, &why);
    if (opened == DB_OK) {
        status = import_here(db, config, &progress, &outcome);
    } else if (opened != DB_HELD || !import_there(config, &progress, &status, &outcome)) {
        fprintf(stderr, "studyd import: %s\n", why ? why : db_status_text(opened)); /* why names the file */
        free(why);
        return 1;
    }
    free(why);
    progress_clear(&progress);
    int exit_status = outcome_print(status, &outcome, config);
    free(outcome.detail);
    db_close(db);
    return exit_status;
}
