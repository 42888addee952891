/* SPDX-License-Identifier: GPL-3.0-or-later
 * A copy of the register, made by the engine from one read transaction: it may be written to meanwhile. The copy is made under another
 * name in the same folder, and gets its own when it is whole and on disk.
 */
#define _GNU_SOURCE /* asprintf, mkostemp, strerrordesc_np */
#include "db/internal.h"

#include "base/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Instructions of the engine between two looks at how long the copy is: some milliseconds. */
#define LOOK_EVERY 200000

struct copying {
    const char *to;
    const struct db_check_listener *listener;
    int64_t of; /* bytes */
};

static void tell(const struct copying *copying, int64_t done)
{
    if (copying->listener != NULL && copying->listener->step != NULL)
        copying->listener->step(copying->listener->cls, "bytes copied", done, copying->of);
}

static int look(void *cls)
{
    const struct copying *copying = cls;
    struct stat st;
    if (stat(copying->to, &st) == 0)
        tell(copying, st.st_size < copying->of ? st.st_size : copying->of);
    return 0;
}

static int64_t bytes_used(struct statements *statements)
{
    struct query query CLEANUP(query_end) = query_begin(statements, STMT_backup_size, NO_ARGS);
    return query_row(&query) ? query_int(&query, 0) : 0;
}

/* The copy is attached while it is made, and written; of what is copied the engine but reads. */
enum db_status copy_whole(sqlite3 *from, const char *to, const struct db_check_listener *listener)
{
    struct statements statements CLEANUP(statements_close) = {.sql = from};
    struct copying copying = {to, listener, bytes_used(&statements)};
    char *name = connection_name(to);
    if (name == NULL)
        return DB_NO_MEMORY;
    int attached = sqlite3_limit(from, SQLITE_LIMIT_ATTACHED, 1);
    enum db_status status = status_of(sqlite3_exec(from, "PRAGMA query_only = OFF", NULL, NULL, NULL));
    tell(&copying, 0);
    sqlite3_progress_handler(from, LOOK_EVERY, look, &copying);
    if (status == DB_OK)
        status = statement_run(&statements, STMT_backup_copy, ARGS(ARG_T(":name", name)));
    sqlite3_progress_handler(from, 0, NULL, NULL);
    sqlite3_exec(from, "PRAGMA query_only = ON", NULL, NULL, NULL);
    sqlite3_limit(from, SQLITE_LIMIT_ATTACHED, attached);
    free(name);
    if (status == DB_OK)
        tell(&copying, copying.of);
    return status;
}

enum db_status file_sync(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    enum db_status status = fd < 0 || fsync(fd) != 0 ? status_of_errno(errno) : DB_OK;
    if (fd >= 0)
        close(fd);
    return status;
}

/* ── the file ───────────────────────────────────────────────────────────────────────────────────────────────── */

static enum db_status fail(const char *path, int error, char **ret_detail)
{
    detail_set(ret_detail, "%s: %s", path, strerrordesc_np(error));
    return status_of_errno(error);
}

/* A journal of that name would be taken for the copy's own by whoever opens it. */
static enum db_status look_whether_free(const char *to, char **ret_detail)
{
    static const char *const ends[] = {"", "-wal", "-journal"};
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        char *name = NULL;
        struct stat st;
        if (asprintf(&name, "%s%s", to, ends[i]) < 0)
            return DB_NO_MEMORY;
        bool is_free = lstat(name, &st) != 0 && errno == ENOENT;
        if (!is_free)
            detail_set(ret_detail, "%s is there already, and a backup writes over nothing: name a file that is not", name);
        free(name);
        if (!is_free)
            return DB_CONFLICT;
    }
    return DB_OK;
}

static enum db_status put_in_place(const char *fresh, const char *to, char **ret_detail)
{
    enum db_status status = file_sync(fresh);
    if (status != DB_OK)
        return fail(fresh, errno, ret_detail);
    if (!folder_rename_new(fresh, to))
        return fail(to, errno, ret_detail);
    return folder_sync(to) ? DB_OK : fail(to, errno, ret_detail);
}

/* fresh exists and is empty. */
static enum db_status back_up(const char *path, const char *fresh, const char *to, const struct db_check_listener *listener,
                              char **ret_detail)
{
    sqlite3 *sql = NULL;
    int64_t format = 0;
    enum db_status status = open_to_copy(path, &sql, &format, ret_detail);
    if (status == DB_OK) {
        status = copy_whole(sql, fresh, listener);
        if (status != DB_OK)
            detail_set(ret_detail, "%s could not be copied to %s: %s", path, to, db_status_text(status));
    }
    sqlite3_close(sql);
    return status == DB_OK ? put_in_place(fresh, to, ret_detail) : status;
}

enum db_status db_backup(const char *path, const char *to, const struct db_check_listener *listener, char **ret_detail)
{
    char *fresh = NULL;
    if (ret_detail != NULL)
        *ret_detail = NULL;
    enum db_status status = look_whether_free(to, ret_detail);
    if (status == DB_OK && asprintf(&fresh, "%s.XXXXXX", to) < 0)
        status = DB_NO_MEMORY;
    int fd = status == DB_OK ? mkostemp(fresh, O_CLOEXEC) : -1; /* mode 0600: it holds what is for the office alone */
    if (status == DB_OK && fd < 0)
        status = fail(to, errno, ret_detail);
    if (fd >= 0) {
        close(fd);
        status = back_up(path, fresh, to, listener, ret_detail);
        if (status != DB_OK)
            unlink(fresh);
    }
    free(fresh);
    if (status != DB_OK)
        detail_set(ret_detail, "%s: %s", path, db_status_text(status));
    return status;
}
