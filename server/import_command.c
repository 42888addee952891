/* SPDX-License-Identifier: GPL-3.0-or-later
 * studyd import: a data set into the database, or every fault of it on stderr.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handlers/study_json.h"
#include "ingest/ingest.h"
#include "server/command.h"
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

int import_command(const struct config *config)
{
    if (!config->db && !config->check)
        return config_misuse(stderr, "import", "--db is missing");
    if (config->db && strcmp(config->db, ":memory:") == 0)
        return config_misuse(stderr, "import", "--db: a file was expected");
    /* A check writes nothing, not even an empty file; where there is none yet it needs a database of its own. */
    bool own = config->check && (!config->db || access(config->db, F_OK) != 0);
    const struct db_options options = {.path = own ? ":memory:" : config->db, .create = own || !config->check, .renderer = &study_renderer};
    struct db *db = NULL;
    char *why = NULL;
    enum db_status opened = db_open(&options, &db, &why);
    if (opened != DB_OK) {
        fprintf(stderr, "studyd import: %s\n", why ? why : db_status_text(opened)); /* why names the file */
        free(why);
        return 1;
    }
    struct ingest_outcome outcome;
    struct progress progress = progress_begin(true);
    enum ingest_status status = ingest_dataset_steps(db, config->operand, config->check, fault_print, step_print, &progress, &outcome);
    progress_clear(&progress);
    int exit_status = outcome_print(status, &outcome, config);
    free(outcome.detail);
    db_close(db);
    return exit_status;
}
