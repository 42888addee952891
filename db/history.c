/* SPDX-License-Identifier: GPL-3.0-or-later
 * Every version that a study has had. The log has one row for each, in order; what is kept of them is in study_past, and the present one
 * is the study itself.
 */
#include "db/internal.h"

struct asked {
    struct statements *st;
    struct arena *arena;
    int64_t study;
    bool is_small;
};

static const struct field version_fields[] = {
    {":at", FIELD_INT64, offsetof(struct db_study_version, at)},
    {":data_version", FIELD_INT64, offsetof(struct db_study_version, data_version)},
    {":role", FIELD_TEXT, offsetof(struct db_study_version, role)},
    {":edition", FIELD_TEXT, offsetof(struct db_study_version, edition)},
    {0},
};
static const struct field recorded_fields[] = {
    {":is_plan", FIELD_BOOL, offsetof(struct db_recorded_count, is_plan)},
    {":correction", FIELD_BOOL, offsetof(struct db_recorded_count, correction)},
    {":region", FIELD_TEXT, offsetof(struct db_recorded_count, region)},
    {":as_of", FIELD_TEXT, offsetof(struct db_recorded_count, as_of)},
    {":number", FIELD_INT64, offsetof(struct db_recorded_count, number)},
    {":planned_end", FIELD_TEXT, offsetof(struct db_recorded_count, planned_end)},
    {0},
};

static enum db_status read_head(struct asked *asked, const char *code, struct db_history *history)
{
    struct query query CLEANUP(query_end) = query_begin(asked->st, STMT_history_head, ARGS(ARG_T(":code", code)));
    if (!query_row(&query))
        return query_status(&query) == DB_OK ? DB_NOT_FOUND : query_status(&query);
    history->study = code;
    asked->study = query_int(&query, 0);
    history->versions = query_int(&query, 1);
    history->totals_only = asked->is_small = query_int(&query, 2) != 0;
    return query_status(&query);
}

/* first: the newest one that is wanted. The one after it is looked at too: *ret_next_at, 0 = there is none. */
static enum db_status read_versions(const struct asked *asked, int64_t first, int limit, struct db_history *history, int64_t *ret_next_at)
{
    int64_t newer = first < history->versions;
    struct list versions = {.size = sizeof(struct db_study_version)};
    struct query query CLEANUP(query_end) =
        query_begin(asked->st, STMT_history_versions,
                    ARGS(ARG_I(":study", asked->study), ARG_I(":skip", history->versions - first - newer),
                         ARG_I(":limit", (int64_t)limit + 1 + newer)));
    *ret_next_at = newer && query_row(&query) ? query_int(&query, 0) : 0;
    while (query_row(&query)) {
        struct db_study_version *version = list_add(&versions, asked->arena);
        if (version == NULL)
            return DB_NO_MEMORY;
        query_fields(&query, version_fields, version, asked->arena);
        version->version = first - (int64_t)versions.len + 1;
    }
    history->items = versions.items;
    history->items_len = versions.len;
    return query_status(&query);
}

/* *ret_was_small: what is not kept is not known to have been small. */
static enum db_status read_bytes(const struct asked *asked, struct db_study_version *version, bool *ret_was_small)
{
    struct query query CLEANUP(query_end) =
        query_begin(asked->st, STMT_history_bytes, ARGS(ARG_I(":study", asked->study), ARG_I(":version", version->version)));
    *ret_was_small = false;
    if (!query_row(&query))
        return query_status(&query);
    const void *bytes = sqlite3_column_blob(query.stmt, 0);
    version->len = (size_t)sqlite3_column_bytes(query.stmt, 0);
    *ret_was_small = query_int(&query, 1) != 0;
    version->bytes = bytes == NULL ? NULL : arena_strndup(asked->arena, bytes, version->len);
    return version->bytes == NULL ? DB_NO_MEMORY : query_status(&query);
}

static enum db_status read_counts(const struct asked *asked, bool is_small, struct db_study_version *version)
{
    struct list counts = {.size = sizeof(struct db_recorded_count)};
    struct query query CLEANUP(query_end) = query_begin(
        asked->st, STMT_history_counts, ARGS(ARG_I(":study", asked->study), ARG_I(":at", version->at), ARG_I(":small", is_small)));
    while (query_row(&query)) {
        struct db_recorded_count *count = list_add(&counts, asked->arena);
        if (count == NULL)
            return DB_NO_MEMORY;
        query_fields(&query, recorded_fields, count, asked->arena);
    }
    version->counts = counts.items;
    version->counts_len = counts.len;
    return query_status(&query);
}

/* Of versions of one instant the newest has what came with it: the others stood for no time. */
static enum db_status fill_in(const struct asked *asked, struct db_study_version *version, int64_t next_at)
{
    bool was_small = false;
    enum db_status status = read_bytes(asked, version, &was_small);
    version->stood = version->at != next_at;
    return status == DB_OK && version->stood ? read_counts(asked, asked->is_small || was_small, version) : status;
}

static enum db_status read_history(struct db_reader *reader, struct arena *arena, const char *code, int64_t before, int limit,
                                   struct db_history *history)
{
    struct asked asked = {.st = reader->st, .arena = arena};
    int64_t next_at = 0;
    enum db_status status = read_head(&asked, code, history);
    int64_t first = before > 0 && before <= history->versions ? before - 1 : history->versions;
    if (status == DB_OK && first > 0)
        status = read_versions(&asked, first, limit, history, &next_at);
    struct db_study_version *versions = (struct db_study_version *)history->items;
    for (size_t i = 0; i < history->items_len && status == DB_OK; i++) {
        status = fill_in(&asked, &versions[i], next_at);
        next_at = versions[i].at;
    }
    return status;
}

enum db_status db_history_get(struct db_reader *reader, const char *code, int64_t before, int limit,
                              bool (*each)(void *cls, const struct db_history *history), void *cls, char **ret_moved)
{
    struct arena arena CLEANUP(arena_free) = {0};
    struct db_reader *scope CLEANUP(reader_leave_at) = NULL;
    struct db_history history = {0};
    *ret_moved = NULL;
    enum db_status status = reader_enter(reader);
    if (status != DB_OK)
        return status;
    scope = reader;
    status = read_history(reader, &arena, code, before, limit, &history);
    if (status == DB_OK)
        each(cls, &history);
    return status == DB_NOT_FOUND ? study_look_moved(reader, code, ret_moved) : status;
}
