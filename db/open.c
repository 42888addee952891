/* SPDX-License-Identifier: GPL-3.0-or-later
 * Opening, in steps: for writing, for reading, for looking at it whole. Until the file is known to be ours nothing is written to it.
 */
#define _GNU_SOURCE /* asprintf, strerrordesc_np */
#include "db/image.h"
#include "db/search_index.h"
#include "gen/db_migrations.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define APPLICATION_ID 1400141156 /* "Stud", as in 0001 */
#define NOT_A_DATABASE "%s is not a database, or it is damaged"

struct opening {
    const struct db_options *options;
    struct db *db;
    bool is_blank; /* a new file, or one that a crash left before its first commit */
    int64_t version;
    char **ret_detail;
};

static enum db_status look_for_file(struct opening *o)
{
    const char *path = o->options->path;
    struct stat st;
    if (o->db->path == NULL)
        return DB_OK;
    bool is_there = stat(path, &st) == 0;
    if (!is_there && errno != ENOENT) {
        detail_set(o->ret_detail, "%s: %s", path, strerrordesc_np(errno));
        return status_of_errno(errno);
    }
    if (!is_there && !o->options->create) {
        detail_set(o->ret_detail, "%s: there is no such file", path);
        return DB_NOT_FOUND;
    }
    if (is_there && !S_ISREG(st.st_mode)) {
        detail_set(o->ret_detail, "%s is not a file", path);
        return DB_DAMAGED;
    }
    if (is_there && st.st_size == 0 && !o->options->create) {
        detail_set(o->ret_detail, "%s is empty: it holds no register", path);
        return DB_DAMAGED;
    }
    return DB_OK;
}

/* Before anything is asked of the file: until then the one that stands there is the one before. */
static enum db_status finish_restore(struct opening *o)
{
    bool is_pending = false;
    enum db_status status = o->db->path == NULL ? DB_OK : restore_is_pending(o->db->path, &is_pending);
    if (status == DB_OK && is_pending)
        status = lock_take(o->db->path, &o->db->lock, o->ret_detail);
    return status == DB_OK && is_pending ? restore_finish(o->db->path, o->ret_detail) : status;
}

static enum db_status take_lock(struct opening *o)
{
    return o->db->path == NULL || o->db->lock.fd >= 0 ? DB_OK : lock_take(o->db->path, &o->db->lock, o->ret_detail);
}

/* A file of several names has a log of each: who opens it by another one neither sees nor locks what the first has there. To be read, it
 * may have them. */
static enum db_status refuse_other_names(struct opening *o)
{
    struct stat st;
    if (o->db->path == NULL || stat(o->db->path, &st) != 0 || st.st_nlink < 2)
        return DB_OK;
    detail_set(o->ret_detail,
               "%s has other names (hard links), and a log beside one is not seen by another: remove all but the one that it was served by",
               o->options->path);
    return DB_CONFLICT;
}

/* The engine would let everybody read it: it holds what offices wrote for each other. Its log and the image take its mode. */
static enum db_status make_file(struct opening *o)
{
    if (o->db->path == NULL || !o->options->create)
        return DB_OK;
    int fd = open(o->db->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
    if (fd >= 0 || errno == EEXIST)
        return DB_OK;
    detail_set(o->ret_detail, "%s: %s", o->options->path, strerrordesc_np(errno));
    return status_of_errno(errno);
}

static enum db_status connect_as(struct opening *o, enum connection_role role)
{
    bool create = role == CONNECTION_WRITER && (o->options->create || o->db->path == NULL);
    enum db_status status = connection_open(o->options->path, role, create, &o->db->sql);
    o->db->statements.sql = o->db->sql;
    if (status == DB_DAMAGED)
        detail_set(o->ret_detail, NOT_A_DATABASE, o->options->path);
    return status;
}

static enum db_status connect_writer(struct opening *o)
{
    return connect_as(o, CONNECTION_WRITER);
}

static enum db_status connect_looker(struct opening *o)
{
    return connect_as(o, CONNECTION_LOOKER);
}

static enum db_status connect_reader(struct opening *o)
{
    enum db_status status = connect_looker(o);
    if (status != DB_OK || !connection_is_still(o->db->sql))
        return status;
    sqlite3_close(o->db->sql);
    return connect_as(o, CONNECTION_STILL);
}

static enum db_status ask_number(sqlite3 *sql, const char *question, int64_t *ret_number)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(sql, question, -1, &stmt, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(stmt);
    *ret_number = code == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
    sqlite3_finalize(stmt);
    return status_of(code);
}

static enum db_status identify(struct opening *o)
{
    int64_t application = 0, objects = 0;
    enum db_status status = ask_number(o->db->sql, "PRAGMA application_id", &application);
    if (status == DB_OK)
        status = ask_number(o->db->sql, "PRAGMA user_version", &o->version);
    if (status == DB_OK)
        status = ask_number(o->db->sql, "SELECT count(*) FROM sqlite_schema", &objects);
    if (status != DB_OK) {
        if (status == DB_DAMAGED)
            detail_set(o->ret_detail, NOT_A_DATABASE, o->options->path);
        return status;
    }
    o->is_blank = application == 0 && o->version == 0 && objects == 0;
    if (o->is_blank ? !o->options->create && o->db->path != NULL : application != APPLICATION_ID || o->version <= 0 || objects == 0) {
        detail_set(o->ret_detail, "%s is a database, but it holds no register", o->options->path);
        return DB_DAMAGED;
    }
    if (o->version > (int64_t)COUNT_OF(db_migrations)) {
        detail_set(o->ret_detail, "%s was written by a later version of studyd (format %lld, this one knows up to %zu)", o->options->path,
                   (long long)o->version, COUNT_OF(db_migrations));
        return DB_TOO_NEW;
    }
    return DB_OK;
}

static enum db_status refuse_half_restored(struct opening *o)
{
    bool is_pending = false;
    enum db_status status = restore_is_pending(o->options->path, &is_pending);
    if (status != DB_OK || !is_pending)
        return status;
    detail_set(o->ret_detail,
               "%s: putting back a copy was broken off when it was all but done: serving it or importing into it finishes that",
               o->options->path);
    return DB_CONFLICT;
}

static enum db_status refuse_earlier(struct opening *o)
{
    if (o->version == (int64_t)COUNT_OF(db_migrations))
        return DB_OK;
    detail_set(o->ret_detail, "%s was written by an earlier version of studyd: serving it or importing into it brings it up to date",
               o->options->path);
    return DB_CONFLICT;
}

static enum db_status keep_log(struct opening *o)
{
    return connection_keep_log(o->db->sql);
}

/* Each in one transaction, which its own PRAGMA user_version is part of: a crash leaves the old or the new. */
static enum db_status migrate(struct opening *o)
{
    sqlite3 *sql = o->db->sql;
    for (; o->version < (int64_t)COUNT_OF(db_migrations); o->version++) {
        int code = sqlite3_exec(sql, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        if (code == SQLITE_OK)
            code = sqlite3_exec(sql, db_migrations[o->version].sql, NULL, NULL, NULL);
        if (code == SQLITE_OK)
            code = sqlite3_exec(sql, "COMMIT", NULL, NULL, NULL);
        if (code != SQLITE_OK) {
            detail_set(o->ret_detail, "%s could not be brought up to date (%s)", o->options->path, db_migrations[o->version].name);
            if (!sqlite3_get_autocommit(sql))
                sqlite3_exec(sql, "ROLLBACK", NULL, NULL, NULL);
            return status_of(code);
        }
    }
    int64_t version = 0;
    enum db_status status = ask_number(sql, "PRAGMA user_version", &version);
    assert(status != DB_OK || version == (int64_t)COUNT_OF(db_migrations));
    return status;
}

static enum db_status prepare_statements(struct opening *o)
{
    enum db_status status = statements_prepare_all(&o->db->statements);
    if (status == DB_DAMAGED)
        detail_set(o->ret_detail, "%s is damaged: parts of the register are missing", o->options->path);
    return status;
}

static enum db_status read_register(struct opening *o)
{
    enum db_status status = versions_begin(o->db);
    if (status == DB_DAMAGED)
        detail_set(o->ret_detail, "%s is damaged", o->options->path);
    return status;
}

static enum db_status load_versions(struct opening *o)
{
    return versions_load(o->db);
}

static enum db_status render_anew(struct opening *o)
{
    return render_all(o->db);
}

static enum db_status sum_anew(struct opening *o)
{
    return stats_keep_all(o->db);
}

static enum db_status draw_image(struct opening *o)
{
    image_make(o->db);
    return DB_OK;
}

static enum db_status index_anew(struct opening *o)
{
    return search_keep_all(o->db);
}

static enum db_status use_image(struct opening *o)
{
    image_use(o->db);
    return DB_OK;
}

typedef enum db_status (*step_fn)(struct opening *);
static const step_fn to_write[] = {
    finish_restore, look_for_file,      refuse_other_names, take_lock,   make_file, connect_writer, identify,   keep_log,
    migrate,        prepare_statements, read_register,      render_anew, sum_anew,  index_anew,     draw_image, load_versions,
};
static const step_fn to_read[] = {
    refuse_half_restored, look_for_file, connect_reader, identify,      refuse_earlier,
    prepare_statements,   read_register, use_image,      load_versions,
};
static const step_fn to_copy[] = {refuse_half_restored, look_for_file, connect_looker, identify};

static enum db_status take_steps(struct opening *o, const step_fn *steps, size_t len)
{
    enum db_status status = DB_OK;
    for (size_t i = 0; i < len && status == DB_OK; i++)
        status = steps[i](o);
    return status;
}

/* ── for looking at it whole ────────────────────────────────────────────────────────────────────────────────── */

static enum db_status look(const char *path, bool at_any_format, sqlite3 **ret_sql, int64_t *ret_format, char **ret_detail)
{
    struct db_options options = {.path = path};
    struct db looked_at = {.path = (char *)path};
    struct opening o = {.options = &options, .db = &looked_at, .ret_detail = ret_detail};
    enum db_status status = take_steps(&o, to_copy, COUNT_OF(to_copy));
    if (status == DB_OK && !at_any_format)
        status = refuse_earlier(&o);
    *ret_sql = looked_at.sql;
    *ret_format = o.version;
    return status;
}

enum db_status open_to_copy(const char *path, sqlite3 **ret_sql, int64_t *ret_format, char **ret_detail)
{
    return look(path, true, ret_sql, ret_format, ret_detail);
}

enum db_status open_to_look(const char *path, sqlite3 **ret_sql, char **ret_detail)
{
    int64_t format;
    return look(path, false, ret_sql, &format, ret_detail);
}

/* ── for working with it ────────────────────────────────────────────────────────────────────────────────────── */

static struct db *db_new(const struct db_options *options)
{
    struct db *db = calloc(1, sizeof *db);
    if (db == NULL)
        return NULL;
    db->lock.fd = -1;
    db->renderer = options->renderer;
    db->only_reads = options->only_reads;
    if (pthread_rwlock_init(&db->versions.lock, NULL) != 0) {
        free(db);
        return NULL;
    }
    pthread_mutex_init(&db->images.lock, NULL);
    pthread_mutex_init(&db->images.making, NULL);
    pthread_mutex_init(&db->clock.lock, NULL);
    if (!stats_store_begin(&db->answers)) {
        pthread_mutex_destroy(&db->images.lock);
        pthread_mutex_destroy(&db->images.making);
        pthread_mutex_destroy(&db->clock.lock);
        pthread_rwlock_destroy(&db->versions.lock);
        free(db);
        return NULL;
    }
    if (strcmp(options->path, ":memory:") != 0 && (db->path = strdup(options->path)) == NULL) {
        db_close(db);
        return NULL;
    }
    return db;
}

static void close_after(struct db *db, bool in_vain)
{
    if (db == NULL)
        return;
    assert(db->readers == 0 && !db->is_writing);
    db_reader_close(db->own);
    statements_close(&db->statements);
    if (db->sql != NULL && db->path != NULL && !db->only_reads)
        sqlite3_wal_checkpoint_v2(db->sql, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    int code = sqlite3_close(db->sql);
    assert(code == SQLITE_OK);
    lock_release(db->path, &db->lock, in_vain);
    image_let_go(db, db->versions.base);
    map_free(&db->versions.map);
    arena_free(&db->versions.keys);
    pthread_rwlock_destroy(&db->versions.lock);
    stats_store_end(&db->answers);
    images_end(db);
    pthread_mutex_destroy(&db->clock.lock);
    free(db->path);
    free(db);
}

enum db_status db_open(const struct db_options *options, struct db **ret_db, char **ret_detail)
{
    assert(!options->only_reads || (!options->create && strcmp(options->path, ":memory:") != 0));
    assert(options->path != NULL && options->renderer != NULL && options->renderer->version != NULL);
    struct opening o = {.options = options, .db = db_new(options), .ret_detail = ret_detail};
    enum db_status status = o.db == NULL ? DB_NO_MEMORY : DB_OK;
    *ret_db = NULL;
    if (ret_detail != NULL)
        *ret_detail = NULL;
    if (status == DB_OK)
        status = options->only_reads ? take_steps(&o, to_read, COUNT_OF(to_read)) : take_steps(&o, to_write, COUNT_OF(to_write));
    if (status != DB_OK) {
        detail_set(ret_detail, "%s: %s", options->path, db_status_text(status));
        close_after(o.db, true);
        return status;
    }
    *ret_db = o.db;
    return DB_OK;
}

void db_close(struct db *db)
{
    close_after(db, false);
}
