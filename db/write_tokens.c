/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "db/internal.h"

enum db_status db_write_token(struct db_write *write, const struct db_token *token, int64_t *ret_id)
{
    struct query query CLEANUP(query_end) =
        query_begin(write->st, STMT_token_add,
                    ARGS(ARG_T(":name", token->name), ARG_T(":role", db_role_names[token->role]),
                         ARG_T(":scope", db_scope_names[token->scope]), ARG_T(":code", token->code),
                         ARG_B(":hash", token->hash, DB_HASH_BYTES), ARG_I(":created", write->now), ARG_K(":expires", token->expires)));
    if (!query_row(&query))
        return query_status(&query) == DB_OK ? DB_NOT_FOUND : query_status(&query);
    *ret_id = query_int(&query, 0);
    return query_run(&query);
}

/* What changed by :id: DB_NOT_FOUND when nothing did. */
static enum db_status changed(const struct db_write *write, enum db_status status)
{
    return status == DB_OK && sqlite3_changes(write->st->sql) == 0 ? DB_NOT_FOUND : status;
}

enum db_status db_write_token_hash(struct db_write *write, int64_t id, const unsigned char hash[DB_HASH_BYTES])
{
    return changed(write, statement_run(write->st, STMT_token_set_hash, ARGS(ARG_I(":id", id), ARG_B(":hash", hash, DB_HASH_BYTES))));
}

enum db_status db_write_token_revoke(struct db_write *write, int64_t id, bool *ret_changed)
{
    enum db_status status = changed(write, statement_run(write->st, STMT_token_revoke, ARGS(ARG_I(":id", id), ARG_I(":now", write->now))));
    *ret_changed = status == DB_OK;
    if (status != DB_NOT_FOUND)
        return status;
    struct query query CLEANUP(query_end) = query_begin(write->st, STMT_token_get, ARGS(ARG_I(":id", id)));
    bool was_revoked = query_row(&query);
    return query_status(&query) != DB_OK ? query_status(&query) : was_revoked ? DB_OK : DB_NOT_FOUND;
}
