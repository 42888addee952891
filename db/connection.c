/* SPDX-License-Identifier: GPL-3.0-or-later
 * How the engine is opened: the settings of a careful engineer, by table.
 */
#define _GNU_SOURCE /* asprintf, strerrordesc_np */
#include "db/search_index.h"

#include "base/folder.h"

#include <fcntl.h>
#include <stdio.h>

static void complain(void *cls, int code, const char *message)
{
    const struct db_listener *listener = cls;
    char line[400];
    if (code == SQLITE_WARNING_AUTOINDEX) /* how it finds its way, no fault */
        return;
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_SCHEMA:
    case SQLITE_INTERRUPT:      /* a question went on in a slow lane, or its time was over */
    case SQLITE_NOTICE: return; /* everyday */
    default: break;
    }
    snprintf(line, sizeof line, "%s (%d): %s", sqlite3_errstr(code), code, message);
    listener->say(listener->cls, line);
}

void db_complain_to(const struct db_listener *listener)
{
    sqlite3_config(SQLITE_CONFIG_LOG, complain, (void *)listener);
}

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_MS 2000

static const struct {
    int op, value;
} switches[] = {
    {SQLITE_DBCONFIG_DEFENSIVE, 1},
    {SQLITE_DBCONFIG_DQS_DML, 0}, /* a misspelt column is an error, not a text */
    {SQLITE_DBCONFIG_DQS_DDL, 0},
    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
    {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
    {SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0},
    {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
    {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
};

/* A URI of 4 KB holds at most 2048 values; each list of them is padded to a power of two. */
static const struct {
    int id, value;
} limits[] = {
    {SQLITE_LIMIT_LENGTH, 16 * 1024 * 1024}, {SQLITE_LIMIT_SQL_LENGTH, 100000}, {SQLITE_LIMIT_EXPR_DEPTH, 100},
    {SQLITE_LIMIT_COMPOUND_SELECT, 10},      {SQLITE_LIMIT_ATTACHED, 0},        {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200},
    {SQLITE_LIMIT_VARIABLE_NUMBER, 5000},    {SQLITE_LIMIT_WORKER_THREADS, 0},
};

#define READS "PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY;"
static const char settings_of_all[] = "PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON;";

/* WAL's own checkpoint is the writer's; a reader that checkpoints would write. Every 32 MiB: filings write the same pages again and again,
 * and a checkpoint writes each once. */
static const char *const settings[] = {
    [CONNECTION_WRITER] = "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536;",
    [CONNECTION_READER] = READS,
    [CONNECTION_LOOKER] = READS,
    [CONNECTION_STILL] = READS,
};

/* Nobody asks the engine how much memory it has: counting costs a lock with each piece. Before its first connection; later it has no
 * effect. */
static void count_no_memory(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static enum db_status configure(sqlite3 *sql, enum connection_role role)
{
    sqlite3_extended_result_codes(sql, 1);
    sqlite3_busy_timeout(sql, BUSY_MS);
    for (size_t i = 0; i < COUNT_OF(switches); i++) {
        int code = sqlite3_db_config(sql, switches[i].op, switches[i].value, NULL);
        if (code != SQLITE_OK)
            return status_of(code);
    }
    for (size_t i = 0; i < COUNT_OF(limits); i++)
        sqlite3_limit(sql, limits[i].id, limits[i].value);
    int code = sqlite3_exec(sql, settings_of_all, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(sql, settings[role], NULL, NULL, NULL);
    return code == SQLITE_OK ? search_register(sql) : status_of(code);
}

/* Bytes; −1 = there is none. By its name: opening it would be closing it, and drop the engine's locks. */
static int64_t log_size(sqlite3 *sql)
{
    struct stat st;
    return stat(sqlite3_filename_wal(sqlite3_db_filename(sql, "main")), &st) == 0 ? st.st_size : -1;
}

static bool may_write_beside(const char *path)
{
    char *folder = folder_of(path);
    bool may = folder == NULL || faccessat(AT_FDCWD, folder, W_OK, AT_EACCESS) == 0;
    free(folder);
    return may;
}

bool connection_is_still(sqlite3 *sql)
{
    bool may_write = sqlite3_db_readonly(sql, "main") == 0 && may_write_beside(sqlite3_db_filename(sql, "main"));
    return !may_write && log_size(sql) < 0;
}

/* Who reads makes a log and its index where there are none, and the last one out takes them away, if he was let in to write. Then he
 * folds the log in as well: not what a crash has left in it, for looking changes nothing. */
static enum db_status leave_log(sqlite3 *sql)
{
    return status_of(sqlite3_db_config(sql, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, log_size(sql) > 0, NULL));
}

char *connection_name(const char *path)
{
    char *plain = NULL;
    const char *lead = path[0] == '/' || strcmp(path, ":memory:") == 0 ? "" : "./";
    return asprintf(&plain, "%s%s", lead, path) < 0 ? NULL : plain;
}

/* The engine's way to be told that nobody changes the file. */
static char *still_name(const char *path)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/";
    char *name = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&name, &len);
    if (out == NULL)
        return NULL;
    fputs("file:", out);
    for (const char *at = path; *at != '\0'; at++)
        fprintf(out, strchr(plain, *at) != NULL ? "%c" : "%%%02X", (unsigned char)*at);
    fputs("?immutable=1", out);
    if (fclose(out) == 0)
        return name;
    free(name);
    return NULL;
}

enum db_status connection_open(const char *path, enum connection_role role, bool create, sqlite3 **ret_sql)
{
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    flags |= role == CONNECTION_READER || role == CONNECTION_STILL ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    flags |= (create ? SQLITE_OPEN_CREATE : 0) | (role == CONNECTION_STILL ? SQLITE_OPEN_URI : 0);
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, count_no_memory);
    char *name = role == CONNECTION_STILL ? still_name(path) : connection_name(path);
    *ret_sql = NULL;
    if (name == NULL)
        return DB_NO_MEMORY;
    enum db_status status = status_of(sqlite3_open_v2(name, ret_sql, flags, NULL));
    free(name);
    if (status == DB_OK)
        status = configure(*ret_sql, role);
    /* Without permission to write, the engine falls back to reading. */
    if (status == DB_OK && role == CONNECTION_WRITER && sqlite3_db_readonly(*ret_sql, "main") == 1)
        status = DB_READ_ONLY;
    if (status == DB_OK && role == CONNECTION_LOOKER)
        status = leave_log(*ret_sql);
    if (status != DB_OK) {
        sqlite3_close(*ret_sql);
        *ret_sql = NULL;
    }
    return status;
}

static int is_log_or_memory(void *cls, int columns, char **values, char **names)
{
    (void)columns, (void)names;
    *(bool *)cls = values[0] != NULL && (strcmp(values[0], "wal") == 0 || strcmp(values[0], "memory") == 0);
    return 0;
}

enum db_status connection_keep_log(sqlite3 *sql)
{
    bool kept = false;
    int code = sqlite3_exec(sql, "PRAGMA journal_mode = WAL;", is_log_or_memory, &kept, NULL);
    if (code == SQLITE_OK && !kept)
        return DB_READ_ONLY; /* the file system cannot hold a write-ahead log */
    if (code == SQLITE_OK)
        code = sqlite3_exec(sql, "PRAGMA wal_autocheckpoint = 8000; PRAGMA journal_size_limit = 67108864;", NULL, NULL, NULL);
    return status_of(code);
}
