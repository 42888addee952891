/* SPDX-License-Identifier: GPL-3.0-or-later
 * All studies of a question, one by one. Where an index has just these studies in just this order, the walk follows it; else their ids
 * come first, so that the time between two studies depends on neither filter nor sort.
 */
#include "db/internal.h"

#include <assert.h>
#include <stdlib.h>

struct db_studies_walk {
    struct db_reader *reader;
    struct arena arena;
    enum db_statement get;
    struct query ids;    /* while the index is followed */
    bool follows, at_id; /* at_id: ids stands at one that is not handed out yet */
    int64_t *id;         /* else */
    size_t len, room, next;
    struct query bytes; /* of the study handed out last */
};

static bool add_id(struct db_studies_walk *walk, int64_t id)
{
    if (walk->len == walk->room) {
        size_t room = walk->room == 0 ? 1024 : walk->room * 2;
        int64_t *ids = realloc(walk->id, room * sizeof *ids);
        if (ids == NULL)
            return false;
        walk->id = ids;
        walk->room = room;
    }
    walk->id[walk->len++] = id;
    return true;
}

/* Ends the query; at most so many, and whether there are more. */
static enum db_status collect(struct db_studies_walk *walk, int64_t most, bool *ret_has_more)
{
    *ret_has_more = false;
    for (; walk->at_id && !*ret_has_more; walk->at_id = query_row(&walk->ids)) {
        *ret_has_more = walk->len >= (uint64_t)most;
        if (!*ret_has_more && !add_id(walk, query_int(&walk->ids, 0)))
            return DB_NO_MEMORY;
    }
    enum db_status status = query_status(&walk->ids);
    query_end(&walk->ids);
    return status;
}

/* Nothing is left out, and the first row came without sorting all of them. */
static bool follows_index(const struct db_studies_walk *walk, const struct db_study_filter *filter)
{
    return filter_is_empty(filter) && sqlite3_stmt_status(walk->ids.stmt, SQLITE_STMTSTATUS_SORT, 0) == 0;
}

static enum db_status begin(struct db_studies_walk *walk, const struct db_studies_query *query, int64_t most, int64_t *ret_total)
{
    struct walk all = {.query = query, .ordering = ordering_of(query), .limit = -1};
    bool has_more = false;
    enum db_status status = walk_settle(walk->reader, &walk->arena, &all);
    if (status == DB_OK)
        status = walk_begin(walk->reader, &walk->arena, &all, &walk->ids);
    if (status != DB_OK)
        return status;
    sqlite3_stmt_status(walk->ids.stmt, SQLITE_STMTSTATUS_SORT, 1); /* counts from here */
    walk->at_id = query_row(&walk->ids);
    walk->follows = follows_index(walk, &query->filter);
    status = walk->follows ? query_status(&walk->ids) : collect(walk, most, &has_more);
    *ret_total = (int64_t)walk->len;
    if (status == DB_OK && (walk->follows || has_more))
        status = studies_count(walk->reader, &walk->arena, &query->filter, ret_total);
    return status;
}

enum db_status db_studies_walk_begin(struct db_reader *reader, const struct db_studies_query *query, int64_t most,
                                     struct db_studies_walk **ret_walk, int64_t *ret_total)
{
    assert(reader->depth > 0 && most >= 0);
    struct db_studies_walk *walk = calloc(1, sizeof *walk);
    *ret_walk = NULL;
    *ret_total = 0;
    if (walk == NULL)
        return DB_NO_MEMORY;
    walk->reader = reader;
    walk->get = rendered_get(query->form);
    enum db_status status = begin(walk, query, most, ret_total);
    if (status == DB_OK && *ret_total <= most)
        *ret_walk = walk;
    else
        db_studies_walk_end(walk);
    return status;
}

/* false: there is none, or the question failed. */
static bool next_id(struct db_studies_walk *walk, int64_t *ret_id)
{
    if (!walk->follows) {
        bool has_one = walk->next < walk->len;
        *ret_id = has_one ? walk->id[walk->next++] : 0;
        return has_one;
    }
    if (!walk->at_id)
        walk->at_id = query_row(&walk->ids);
    *ret_id = walk->at_id ? query_int(&walk->ids, 0) : 0;
    bool has_one = walk->at_id;
    walk->at_id = false;
    return has_one;
}

enum db_status db_studies_walk_next(struct db_studies_walk *walk, const char **ret_bytes, size_t *ret_len)
{
    int64_t id;
    query_end(&walk->bytes);
    *ret_bytes = NULL;
    *ret_len = 0;
    if (!next_id(walk, &id)) {
        enum db_status status = walk->follows ? query_status(&walk->ids) : DB_OK;
        return status == DB_OK ? DB_NOT_FOUND : status;
    }
    walk->bytes = query_begin(walk->reader->st, walk->get, ARGS(ARG_I(":study", id)));
    if (!query_row(&walk->bytes))
        return query_status(&walk->bytes) == DB_OK ? DB_DAMAGED : query_status(&walk->bytes);
    const char *bytes = sqlite3_column_blob(walk->bytes.stmt, 0);
    *ret_len = (size_t)sqlite3_column_bytes(walk->bytes.stmt, 0);
    *ret_bytes = *ret_len == 0 ? "" : bytes;
    return *ret_bytes == NULL ? DB_NO_MEMORY : DB_OK;
}

void db_studies_walk_end(struct db_studies_walk *walk)
{
    if (walk == NULL)
        return;
    query_end(&walk->bytes);
    query_end(&walk->ids);
    arena_free(&walk->arena);
    free(walk->id);
    free(walk);
}
