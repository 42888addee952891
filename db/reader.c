/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "db/internal.h"

#include <assert.h>
#include <stdlib.h>
#include <time.h>

/* Instructions of the engine between two looks at the clock: some 20 microseconds. */
#define LOOK_EVERY 1000

bool bound_is_passed(const struct db_bound *bound)
{
    struct timespec now;
    if (bound->stop != NULL && atomic_load_explicit(bound->stop, memory_order_relaxed))
        return true;
    if (bound->until == 0)
        return false;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000 > bound->until;
}

static int look(void *cls)
{
    return bound_is_passed(&((struct db_reader *)cls)->bound);
}

bool db_reader_is_late(const struct db_reader *reader)
{
    return bound_is_passed(&reader->bound);
}

void db_reader_bound(struct db_reader *reader, struct db_bound bound)
{
    reader->bound = bound;
}

static struct db_reader *reader_new(struct db *db)
{
    struct db_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return NULL;
    reader->db = db;
    reader->newest.facts_version = -1;
    reader->st = &db->statements;
    for (size_t i = 0; i < COUNT_OF(reader->vocabularies); i++)
        reader->vocabularies[i].facts_version = -1;
    return reader;
}

enum db_status reader_own(struct db *db)
{
    if (db->own == NULL && (db->own = reader_new(db)) != NULL)
        db->own->is_writers = true;
    return db->own == NULL ? DB_NO_MEMORY : DB_OK;
}

enum db_status db_reader_open(struct db *db, struct db_reader **ret_reader)
{
    struct db_reader *reader = reader_new(db);
    *ret_reader = NULL;
    if (reader == NULL)
        return DB_NO_MEMORY;
    /* Another connection would see another database in memory, and leave behind what the one that only reads takes away. */
    if (db->path != NULL && !db->only_reads) {
        enum db_status status = connection_open(db->path, CONNECTION_READER, false, &reader->statements.sql);
        if (status != DB_OK) {
            free(reader);
            return status;
        }
        reader->st = &reader->statements;
        sqlite3_progress_handler(reader->statements.sql, LOOK_EVERY, look, reader);
    }
    db->readers++;
    *ret_reader = reader;
    return DB_OK;
}

void db_reader_close(struct db_reader *reader)
{
    if (reader == NULL)
        return;
    assert(reader->depth == 0);
    statements_close(&reader->statements);
    vocabularies_close(reader);
    arena_free(&reader->newest.arena);
    int code = sqlite3_close(reader->statements.sql);
    assert(code == SQLITE_OK);
    reader->db->readers -= !reader->is_writers;
    free(reader);
}

struct db *db_reader_db(struct db_reader *reader)
{
    return reader->db;
}

static enum db_status look_at_register(struct db_reader *reader)
{
    struct query query CLEANUP(query_end) = query_begin(reader->st, STMT_register_get, NO_ARGS);
    if (query_row(&query)) {
        reader->data_version = query_int(&query, 1);
        reader->data_updated = query_int(&query, 2);
        reader->facts_version = query_int(&query, 5);
    }
    return query_status(&query);
}

/* Whatever the time: the engine counts the instructions of all runs of a prepared statement, and would break off this one some day. */
static enum db_status roll_back(struct db_reader *reader)
{
    struct db_bound bound = reader->bound;
    reader->bound = (struct db_bound){0};
    enum db_status status = statement_run(reader->st, STMT_snapshot_end, NO_ARGS);
    reader->bound = bound;
    return status;
}

/* A transaction begins to see with its first statement: ask for something, so that it is now. */
static enum db_status begin(struct db_reader *reader)
{
    enum db_status status = statement_run(reader->st, STMT_snapshot_begin, NO_ARGS);
    if (status != DB_OK)
        return status;
    status = look_at_register(reader);
    if (status != DB_OK)
        roll_back(reader);
    reader->began = status == DB_OK;
    return status;
}

enum db_status reader_enter(struct db_reader *reader)
{
    /* In memory the writer's own transaction may be open. */
    if (reader->depth == 0 && sqlite3_get_autocommit(reader->st->sql)) {
        enum db_status status = begin(reader);
        if (status != DB_OK)
            return status;
    }
    reader->depth++;
    return DB_OK;
}

struct db_bound db_reader_bounds(const struct db_reader *reader)
{
    return reader->bound;
}

/* It may be older than the newest. */
enum db_status reader_version(struct db_reader *reader, int64_t *ret_version)
{
    *ret_version = reader->data_version;
    if (reader->began)
        return DB_OK;
    struct query query CLEANUP(query_end) = query_begin(reader->st, STMT_register_get, NO_ARGS);
    *ret_version = query_row(&query) ? query_int(&query, 1) : -1;
    return query_status(&query);
}

void reader_leave(struct db_reader *reader)
{
    assert(reader->depth > 0);
    if (--reader->depth > 0 || !reader->began)
        return;
    reader->began = false;
    if (!sqlite3_get_autocommit(reader->st->sql)) {
        enum db_status status = roll_back(reader); /* nothing was written; cannot be busy */
        assert(status == DB_OK);
    }
}

void reader_leave_at(struct db_reader **reader)
{
    if (*reader != NULL)
        reader_leave(*reader);
}

enum db_status db_reader_begin(struct db_reader *reader)
{
    assert(reader->depth == 0);
    return reader_enter(reader);
}

void db_reader_end(struct db_reader *reader)
{
    assert(reader->depth == 1);
    reader_leave(reader);
}

int64_t db_reader_version(const struct db_reader *reader, int64_t *ret_updated)
{
    *ret_updated = reader->began ? reader->data_updated : db_data_updated(reader->db);
    return reader->began ? reader->data_version : db_data_version(reader->db);
}
