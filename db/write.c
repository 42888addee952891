/* SPDX-License-Identifier: GPL-3.0-or-later
 * The frame of what is filed: one transaction, its parts, and what is made anew of the studies that they touch. Many clients share a
 * transaction, so that a part must cost little and leave no trace when it is undone, neither in the file nor in memory.
 */
#include "db/rendering.h"
#include "db/search_index.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ── the transaction ────────────────────────────────────────────────────────────────────────────────────────── */

static void end(struct db_write *write)
{
    if (!sqlite3_get_autocommit(write->st->sql))
        sqlite3_exec(write->st->sql, "ROLLBACK", NULL, NULL, NULL);
    revision_end(&write->revision);
    makings_end(write->makings);
    free(write->makings);
    write->db->is_writing = false;
    free(write);
}

static struct db_write *write_new(struct db *db)
{
    struct db_write *write = calloc(1, sizeof *write);
    struct makings *makings = calloc(1, sizeof *makings);
    if (write == NULL || makings == NULL) {
        free(write);
        free(makings);
        return NULL;
    }
    *makings = makings_begin(db, false);
    *write = (struct db_write){.db = db, .st = &db->statements, .makings = makings, .touched = {.size = sizeof(struct write_study)}};
    return write;
}

/* The instant comes after the lock: who waits for it must not hold back what is asked about the past. */
enum db_status db_write_begin(struct db *db, struct db_write **ret_write)
{
    assert(!db->is_writing && !db->only_reads);
    struct db_write *write = reader_own(db) == DB_OK ? write_new(db) : NULL;
    *ret_write = NULL;
    if (write == NULL)
        return DB_NO_MEMORY;
    enum db_status status = statement_run(write->st, STMT_write_begin, NO_ARGS);
    db->is_writing = true;
    write->revision = revision_begin(db, NULL);
    write->now = write->revision.now;
    if (status == DB_OK)
        *ret_write = write;
    else
        end(write);
    return status;
}

/* After some errors (a full disk, say) the engine has undone all of it by itself. */
static enum db_status still_there(struct db_write *write)
{
    if (write->failed == DB_OK && sqlite3_get_autocommit(write->st->sql))
        write->failed = DB_FULL;
    return write->failed;
}

static enum db_status store(struct db_write *write)
{
    struct revision *revision = &write->revision;
    if (revision->new_versions.len == 0)
        return DB_OK;
    enum db_status status = revision_store_sums(revision);
    return status == DB_OK ? revision_settle(revision) : status;
}

enum db_status db_write_commit(struct db_write *write)
{
    db_write_part_undo(write);
    enum db_status status = still_there(write);
    if (status == DB_OK)
        status = store(write);
    if (status == DB_OK)
        status = statement_run(write->st, STMT_write_commit, NO_ARGS);
    if (status == DB_OK && write->revision.new_versions.len > 0)
        revision_publish(&write->revision);
    end(write);
    return status;
}

void db_write_abandon(struct db_write *write)
{
    if (write != NULL)
        end(write);
}

int64_t db_write_now(const struct db_write *write)
{
    return write->now;
}

/* ── parts ──────────────────────────────────────────────────────────────────────────────────────────────────── */

enum db_status db_write_part_begin(struct db_write *write, const struct db_author *author)
{
    assert(!write->has_part);
    enum db_status status = still_there(write);
    if (status == DB_OK)
        status = statement_run(write->st, STMT_part_begin, NO_ARGS);
    if (status != DB_OK)
        return status;
    write->has_part = true;
    write->author = *author;
    write->revision.role = db_role_names[author->role];
    write->kept_versions = write->revision.new_versions.len;
    stats_changes_mark(&write->revision.sums);
    return DB_OK;
}

enum db_status db_write_part_keep(struct db_write *write)
{
    assert(write->has_part && write->touched.len == 0);
    enum db_status status = still_there(write);
    if (status == DB_OK)
        status = statement_run(write->st, STMT_part_keep, NO_ARGS);
    if (status == DB_OK)
        write->has_part = false;
    else
        db_write_part_undo(write);
    return status;
}

void db_write_part_undo(struct db_write *write)
{
    if (!write->has_part)
        return;
    write->has_part = false;
    write->touched.len = 0;
    write->revision.new_versions.len = write->kept_versions;
    stats_changes_undo(&write->revision.sums);
    enum db_status status = still_there(write);
    if (status == DB_OK)
        status = statement_run(write->st, STMT_part_undo, NO_ARGS);
    if (status == DB_OK)
        status = statement_run(write->st, STMT_part_keep, NO_ARGS);
    write->failed = status;
}

/* ── asking ─────────────────────────────────────────────────────────────────────────────────────────────────── */

struct db_reader *db_write_reader(struct db_write *write)
{
    return write->db->own;
}

static enum db_status look_up(struct db_write *write, const char *code, int64_t *ret_id, int64_t *ret_version)
{
    struct query query CLEANUP(query_end) = query_begin(write->st, STMT_study_version, ARGS(ARG_T(":code", code)));
    *ret_id = *ret_version = 0;
    if (query_row(&query)) {
        *ret_id = query_int(&query, 0);
        *ret_version = query_int(&query, 1);
    }
    return query_status(&query);
}

enum db_status db_write_version(struct db_write *write, const char *study, int64_t *ret_version)
{
    int64_t id = 0;
    return look_up(write, study, &id, ret_version);
}

enum db_status write_find(struct db_write *write, const char *code, int64_t *ret_id)
{
    int64_t version = 0;
    enum db_status status = look_up(write, code, ret_id, &version);
    return status == DB_OK && *ret_id == 0 ? DB_NOT_FOUND : status;
}

/* ── what is touched, and made anew ─────────────────────────────────────────────────────────────────────────── */

static struct write_study *touched_find(struct db_write *write, const char *code)
{
    struct write_study *items = write->touched.items;
    for (size_t i = 0; i < write->touched.len; i++)
        if (strcmp(items[i].code, code) == 0)
            return &items[i];
    return NULL;
}

enum db_status write_touch(struct db_write *write, const char *code, struct write_study **ret_study)
{
    assert(write->has_part);
    int64_t id = 0;
    *ret_study = touched_find(write, code);
    if (*ret_study != NULL)
        return DB_OK;
    enum db_status status = write_find(write, code, &id);
    if (status != DB_OK)
        return status;
    const char *kept = arena_strdup(&write->revision.arena, code);
    struct write_study *study = kept == NULL ? NULL : list_add(&write->touched, &write->revision.arena);
    if (study == NULL)
        return DB_NO_MEMORY;
    *study = (struct write_study){.id = id, .code = kept, .reports = {.size = sizeof(struct report_place)}};
    *ret_study = study;
    return DB_OK;
}

/* What sums are made of is written by the remaking alone: until then a study is in them as it was. */
static enum db_status settle(struct db_write *write, const struct write_study *study, struct db_settled *ret_settled)
{
    const bool has_reports = study->reports.len > 0, has_more = study->is_planned || study->is_edited;
    const struct remaking what = {
        .study = study->id,
        .has_changed = has_reports || has_more,
        .from.reports = has_reports && !has_more ? &study->reports : NULL,
    };
    struct remade made = {0};
    enum db_status status = what.from.reports == NULL ? revision_depart(&write->revision, study->id) : DB_OK;
    if (status == DB_OK)
        status = revision_remake(&write->revision, &what, write->makings, &made);
    if (status == DB_OK && study->is_edited)
        status = search_refresh(write->st, study->id);
    *ret_settled = (struct db_settled){study->code, made.state.version, made.state.updated, made.has_changed};
    return status;
}

enum db_status db_write_settle(struct db_write *write, void (*each)(void *cls, const struct db_settled *settled), void *cls)
{
    const struct write_study *items = write->touched.items;
    enum db_status status = DB_OK;
    for (size_t i = 0; i < write->touched.len && status == DB_OK; i++) {
        struct db_settled settled;
        status = settle(write, &items[i], &settled);
        if (status == DB_OK && each != NULL)
            each(cls, &settled);
    }
    write->touched.len = 0;
    return status;
}
