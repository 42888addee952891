/* SPDX-License-Identifier: GPL-3.0-or-later
 * studyd backup and studyd restore: the register into one file, and back.
 */
#define _GNU_SOURCE /* asprintf */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "handlers/study_json.h"
#include "server/command.h"
#include "server/progress.h"

#define BACKUP  "backup"
#define RESTORE "restore"

static void step(void *cls, const char *what, int64_t done, int64_t of)
{
    progress_step(cls, what, done, of);
}

static int misused(const char *command, const struct config *config)
{
    if (!config->db)
        return config_misuse(stderr, command, "--db is missing");
    if (strcmp(config->db, ":memory:") == 0)
        return config_misuse(stderr, command, "--db: a file was expected");
    return 0;
}

static int64_t size_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? st.st_size : 0;
}

/* why names the file; freed. */
static int refused(const char *command, enum db_status status, char *why)
{
    fprintf(stderr, "studyd %s: %s\n", command, why ? why : db_status_text(status));
    free(why);
    return 1;
}

int backup_command(const struct config *config)
{
    int exit_status = misused(BACKUP, config);
    if (exit_status != 0)
        return exit_status;
    struct progress progress = progress_begin(true);
    const struct db_check_listener listener = {.step = step, .cls = &progress};
    char *why = NULL;
    enum db_status status = db_backup(config->db, config->operand, &listener, &why);
    progress_clear(&progress);
    if (status != DB_OK)
        return refused(BACKUP, status, why);
    printf("%s: %" PRId64 " bytes\n", config->operand, size_of(config->operand));
    return 0;
}

/* What a copy does not hold. */
static void warn_of_key(const char *db)
{
    char *key = NULL;
    if (asprintf(&key, "%s.key", db) < 0)
        return;
    if (access(key, F_OK) != 0)
        fprintf(stderr, "studyd " RESTORE ": %s is not there: without the key that was kept none of the tokens in the copy is valid\n",
                key);
    free(key);
}

int restore_command(const struct config *config)
{
    int exit_status = misused(RESTORE, config);
    if (exit_status != 0)
        return exit_status;
    struct progress progress = progress_begin(true);
    const struct db_check_listener listener = {.step = step, .cls = &progress};
    char *why = NULL;
    enum db_status status = db_restore(config->db, config->operand, &study_renderer, &listener, &why);
    progress_clear(&progress);
    if (status != DB_OK)
        return refused(RESTORE, status, why);
    printf("%s is what %s holds\n", config->db, config->operand);
    warn_of_key(config->db);
    return 0;
}
