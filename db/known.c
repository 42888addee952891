/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the register knew at an instant. What was recorded stays, so an answer about the past is the same for ever.
 */
#include "db/internal.h"

enum db_status study_kept_since(struct db_reader *reader, const char *code, int64_t *ret_since)
{
    struct query query CLEANUP(query_end) = query_begin(reader->st, STMT_study_kept_since, ARGS(ARG_T(":code", code)));
    *ret_since = query_row(&query) ? query_int(&query, 0) : -1;
    return query_status(&query) == DB_OK ? DB_NOT_FOUND : query_status(&query);
}

static enum db_status not_known(struct db_reader *reader, const char *code, int64_t *ret_since, char **ret_moved)
{
    enum db_status status = study_kept_since(reader, code, ret_since);
    return status == DB_NOT_FOUND && *ret_since < 0 ? study_look_moved(reader, code, ret_moved) : status;
}

enum db_status db_studies_get_known(struct db_reader *reader, const char *code, int64_t instant, db_study_bytes_fn each, void *cls,
                                    int64_t *ret_since, char **ret_moved)
{
    struct query query CLEANUP(query_end) =
        query_begin(reader->st, STMT_studies_get_known, ARGS(ARG_T(":code", code), ARG_I(":instant", instant)));
    *ret_moved = NULL;
    *ret_since = -1;
    if (query_row(&query)) {
        const void *bytes = sqlite3_column_blob(query.stmt, 0);
        *ret_since = query_int(&query, 1);
        each(cls, bytes, (size_t)sqlite3_column_bytes(query.stmt, 0));
        return DB_OK;
    }
    return query_status(&query) == DB_OK ? not_known(reader, code, ret_since, ret_moved) : query_status(&query);
}

/* *ret_from: from when on there is something that is known whole; INT64_MAX: there is nothing yet. */
static enum db_status look_up_beginning(struct db_reader *reader, int64_t *ret_from)
{
    struct query query CLEANUP(query_end) = query_begin(reader->st, STMT_known_from, NO_ARGS);
    *ret_from = INT64_MAX;
    if (query_row(&query) && query_known(&query, 1) >= 0) {
        int64_t whole = query_int(&query, 0), first = query_int(&query, 1);
        *ret_from = whole > first ? whole : first;
    }
    return query_status(&query);
}

enum db_status db_data_version_known(struct db_reader *reader, int64_t instant, int64_t *ret_version, int64_t *ret_updated)
{
    *ret_version = 0;
    enum db_status status = look_up_beginning(reader, ret_updated);
    if (status != DB_OK || instant < *ret_updated)
        return status;
    struct query query CLEANUP(query_end) = query_begin(reader->st, STMT_data_version_known, ARGS(ARG_I(":instant", instant)));
    if (query_row(&query)) {
        *ret_version = query_int(&query, 0);
        *ret_updated = query_int(&query, 1);
    }
    return query_status(&query);
}

enum db_status db_editions_known(struct db_reader *reader, int64_t instant, bool (*each)(void *cls, const struct db_edition *edition),
                                 void *cls)
{
    struct query query CLEANUP(query_end) = query_begin(reader->st, STMT_editions_newest_known, ARGS(ARG_I(":instant", instant)));
    while (query_row(&query)) {
        const struct db_edition edition = {
            .programme = query_text(&query, 0), .licence = query_text(&query, 1), .attribution = query_text(&query, 2)};
        if (query_status(&query) == DB_OK && !each(cls, &edition))
            return DB_OK;
    }
    return query_status(&query);
}
