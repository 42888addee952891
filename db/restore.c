/* SPDX-License-Identifier: GPL-3.0-or-later
 * A copy in the place of the register. What lies beside a register belongs to it alone: a write-ahead log of the old one beside the new
 * file would be played into it. No rename can change both at once, so that a name says which one counts:
 *
 *   1. FILE.restoring  the copy in the making: copied, opened, its epoch renewed, on disk      FILE counts, with all that lies beside it
 *   2. FILE.restored   the same, renamed                                                       FILE.restored counts: the moment of change
 *   3. FILE-wal, FILE-shm, FILE-journal, FILE-image of the old one are removed
 *   4. FILE            renamed once more                                                       FILE counts, with nothing beside it
 *
 * Each step is on disk (its folder is synced) before the next begins. Broken off before 2 there is the old register, whole; after it,
 * whoever opens FILE for writing finds FILE.restored and goes on with 3 (restore_finish), and whoever only looks is told so. All of it
 * happens under the lock of FILE, so that nobody writes to the old one meanwhile. A process that still reads the old one keeps its
 * files, which have no names any more. The epoch is another one, so that no FILE-image and no tag of the old register fits the new.
 */
#define _GNU_SOURCE /* asprintf, strerrordesc_np */
#include "db/internal.h"

#include "base/folder.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define APPLICATION_ID_AT 68 /* in the file's first page, the most significant byte first */

struct restore {
    const char *path, *from;
    const struct db_renderer *renderer;
    const struct db_check_listener *listener;
    char *restoring, *restored; /* names */
    struct lock lock;
    sqlite3 *copy;      /* from, for looking */
    int64_t last_token; /* number that the old one gave; 0 = none, or it cannot be read */
    char **ret_detail;
};

static enum db_status fail(const char *path, int error, char **ret_detail)
{
    detail_set(ret_detail, "%s: %s", path, strerrordesc_np(error));
    return status_of_errno(error);
}

static char *name_of(const char *path, const char *end)
{
    char *name = NULL;
    return asprintf(&name, "%s%s", path, end) < 0 ? NULL : name;
}

static enum db_status remove_beside(const char *path, const char *const *ends, size_t len, char **ret_detail)
{
    enum db_status status = DB_OK;
    for (size_t i = 0; i < len && status == DB_OK; i++) {
        char *name = name_of(path, ends[i]);
        if (name == NULL)
            status = DB_NO_MEMORY;
        else if (unlink(name) != 0 && errno != ENOENT)
            status = fail(name, errno, ret_detail);
        free(name);
    }
    return status;
}

static enum db_status rename_synced(const char *from, const char *to, char **ret_detail)
{
    return rename(from, to) == 0 && folder_sync(to) ? DB_OK : fail(to, errno, ret_detail);
}

/* ── the end of it, also after a crash ──────────────────────────────────────────────────────────────────────── */

enum db_status restore_is_pending(const char *path, bool *ret_is)
{
    char *restored = name_of(path, ".restored");
    if (restored == NULL)
        return DB_NO_MEMORY;
    *ret_is = access(restored, F_OK) == 0;
    free(restored);
    return DB_OK;
}

enum db_status restore_finish(const char *path, char **ret_detail)
{
    static const char *const olds[] = {"-wal", "-shm", "-journal", "-image"};
    char *restored = name_of(path, ".restored");
    if (restored == NULL)
        return DB_NO_MEMORY;
    enum db_status status = remove_beside(path, olds, COUNT_OF(olds), ret_detail);
    if (status == DB_OK && !folder_sync(path)) /* a log that came back after a loss of power would meet the new file */
        status = fail(path, errno, ret_detail);
    if (status == DB_OK)
        status = rename_synced(restored, path, ret_detail);
    free(restored);
    return status;
}

/* ── what is there ──────────────────────────────────────────────────────────────────────────────────────────── */

/* A register may be damaged, which is why there are copies; but a file that never was one is somebody else's. */
static bool looks_ours(int fd)
{
    static const unsigned char ours[] = {0x53, 0x74, 0x75, 0x64};
    unsigned char head[APPLICATION_ID_AT + sizeof ours];
    ssize_t len = pread(fd, head, sizeof head, 0);
    return len == 0 || (len == (ssize_t)sizeof head && memcmp(head + APPLICATION_ID_AT, ours, sizeof ours) == 0);
}

static enum db_status look_at_old(struct restore *r)
{
    struct stat old, from;
    int fd = open(r->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT ? DB_OK : fail(r->path, errno, r->ret_detail);
    bool is_file = fstat(fd, &old) == 0 && S_ISREG(old.st_mode);
    bool is_ours = is_file && looks_ours(fd);
    bool is_itself = is_file && stat(r->from, &from) == 0 && from.st_dev == old.st_dev && from.st_ino == old.st_ino;
    close(fd);
    if (!is_ours)
        detail_set(r->ret_detail, "%s is there and is no register: move it away before a copy is put there", r->path);
    else if (is_itself)
        detail_set(r->ret_detail, "%s and %s are the same file", r->from, r->path);
    return is_ours && !is_itself ? DB_OK : DB_CONFLICT;
}

static int each_fault(void *cls, int columns, char **values, char **names)
{
    (void)columns, (void)names;
    if (values[0] != NULL && strcmp(values[0], "ok") != 0)
        *(bool *)cls = true;
    return 0;
}

static void step(const struct restore *r, const char *what, int64_t done, int64_t of)
{
    if (r->listener != NULL && r->listener->step != NULL)
        r->listener->step(r->listener->cls, what, done, of);
}

static enum db_status look_at_copy(struct restore *r)
{
    int64_t format = 0;
    bool is_broken = false;
    enum db_status status = open_to_copy(r->from, &r->copy, &format, r->ret_detail);
    if (status != DB_OK)
        return status;
    step(r, "looking the copy over", 0, 1);
    status = status_of(sqlite3_exec(r->copy, "PRAGMA quick_check(1)", each_fault, &is_broken, NULL));
    step(r, "looking the copy over", 1, 1);
    if (status == DB_OK && is_broken)
        status = DB_DAMAGED;
    if (status == DB_DAMAGED)
        detail_set(r->ret_detail, "%s is damaged: it was not put back", r->from);
    return status;
}

static enum db_status take_lock(struct restore *r)
{
    return lock_take(r->path, &r->lock, r->ret_detail);
}

/* ── the new one ────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *const beside[] = {"", "-wal", "-shm", "-journal", "-image", "-image.new", ".lock"};

static enum db_status copy(struct restore *r)
{
    enum db_status status = remove_beside(r->restoring, beside, COUNT_OF(beside), r->ret_detail);
    int fd = status == DB_OK ? open(r->restoring, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
    if (status == DB_OK && fd < 0)
        return fail(r->restoring, errno, r->ret_detail);
    if (fd >= 0) {
        close(fd);
        status = copy_whole(r->copy, r->restoring, r->listener);
    }
    if (status != DB_OK)
        detail_set(r->ret_detail, "%s could not be copied to %s: %s", r->from, r->restoring, db_status_text(status));
    return status;
}

/* Tokens are known by number, in logs and by those who have them: what one was is no other, though the copy has not heard of it. Of what
 * is damaged, or of a format without tokens, there is no number. Where a restore was broken off, its file has gone on already. */
static enum db_status look_at_numbers(struct restore *r)
{
    sqlite3 *old = NULL;
    bool is_pending = false;
    enum db_status status = restore_is_pending(r->path, &is_pending);
    if (status == DB_OK && connection_open(is_pending ? r->restored : r->path, CONNECTION_LOOKER, false, &old) == DB_OK) {
        struct statements statements CLEANUP(statements_close) = {.sql = old};
        struct query query CLEANUP(query_end) = query_begin(&statements, STMT_restore_last_token, NO_ARGS);
        r->last_token = query_row(&query) ? query_int(&query, 0) : 0;
    }
    sqlite3_close(old);
    return status;
}

static enum db_status go_on_numbering(struct db *db, int64_t last_token)
{
    enum db_status status = statement_run(&db->statements, STMT_restore_count_tokens, NO_ARGS);
    return status == DB_OK ? statement_run(&db->statements, STMT_restore_go_on, ARGS(ARG_I(":last", last_token))) : status;
}

static enum db_status renew_epoch(struct db *db)
{
    return statement_run(&db->statements, STMT_restore_renew_epoch, NO_ARGS);
}

/* That it can be opened as a register is seen here, and not when the old one is gone. */
static enum db_status renew(struct restore *r)
{
    struct db *db = NULL;
    const struct db_options options = {.path = r->restoring, .renderer = r->renderer};
    enum db_status status = db_open(&options, &db, r->ret_detail);
    if (status == DB_OK)
        status = write_at_open(db, renew_epoch);
    if (status == DB_OK)
        status = go_on_numbering(db, r->last_token);
    db_close(db);
    return status;
}

/* Its owner and mode are those of the old one; of a first one, the folder's owner, and its alone: who serves is not always who restores. */
static bool make_alike(const struct restore *r, int fd)
{
    struct stat like;
    bool is_known = stat(r->path, &like) == 0;
    mode_t mode = is_known ? like.st_mode & 0777 : 0600;
    char *folder = is_known ? NULL : folder_of(r->path);
    is_known = is_known || (folder != NULL && stat(folder, &like) == 0);
    free(folder);
    return is_known && (geteuid() != 0 || fchown(fd, like.st_uid, like.st_gid) == 0) && fchmod(fd, mode) == 0;
}

/* The engine has folded its log in and removed it when the last connection was closed, or there is something left in it. */
static enum db_status settle(struct restore *r)
{
    struct stat st;
    char *wal = name_of(r->restoring, "-wal");
    bool is_folded = wal != NULL && (stat(wal, &st) != 0 || st.st_size == 0);
    free(wal);
    if (!is_folded)
        return wal == NULL ? DB_NO_MEMORY : DB_FULL;
    int fd = open(r->restoring, O_RDONLY | O_CLOEXEC);
    bool is_done = fd >= 0 && make_alike(r, fd) && fsync(fd) == 0;
    int error = errno;
    if (fd >= 0)
        close(fd);
    if (!is_done)
        return fail(r->restoring, error, r->ret_detail);
    return remove_beside(r->restoring, beside + 1, COUNT_OF(beside) - 1, r->ret_detail);
}

static enum db_status change_over(struct restore *r)
{
    enum db_status status = rename_synced(r->restoring, r->restored, r->ret_detail);
    return status == DB_OK ? restore_finish(r->path, r->ret_detail) : status;
}

static enum db_status (*const steps[])(struct restore *r) = {
    take_lock, look_at_old, look_at_copy, look_at_numbers, copy, renew, settle, change_over,
};

enum db_status db_restore(const char *path, const char *from, const struct db_renderer *renderer, const struct db_check_listener *listener,
                          char **ret_detail)
{
    assert(renderer != NULL && strcmp(path, ":memory:") != 0);
    struct restore r = {path,       from, renderer, listener,  name_of(path, ".restoring"), name_of(path, ".restored"),
                        {.fd = -1}, NULL, 0,        ret_detail};
    enum db_status status = r.restoring == NULL || r.restored == NULL ? DB_NO_MEMORY : DB_OK;
    if (ret_detail != NULL)
        *ret_detail = NULL;
    for (size_t i = 0; i < COUNT_OF(steps) && status == DB_OK; i++)
        status = steps[i](&r);
    sqlite3_close(r.copy);
    if (status != DB_OK && r.lock.fd >= 0)
        remove_beside(r.restoring, beside, COUNT_OF(beside), NULL);
    if (status != DB_OK)
        detail_set(ret_detail, "%s: %s", path, db_status_text(status));
    lock_release(path, &r.lock, status != DB_OK);
    free(r.restoring);
    free(r.restored);
    return status;
}
