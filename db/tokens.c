/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "db/internal.h"

#include <string.h>

const char *const db_role_names[DB_ROLES] = {
    [DB_ROLE_NONE] = "none",
    [DB_ROLE_REPORTER] = "reporter",
    [DB_ROLE_EDITOR] = "editor",
    [DB_ROLE_OPERATOR] = "operator",
};
const char *const db_scope_names[DB_SCOPES] = {
    [DB_SCOPE_STUDY] = "study",
    [DB_SCOPE_INSTITUTION] = "institution",
    [DB_SCOPE_PROGRAMME] = "programme",
    [DB_SCOPE_ALL] = "all",
};

/* −1 = none of them. */
static int index_of(const char *const *names, int len, const char *name)
{
    for (int i = 0; i < len; i++)
        if (name != NULL && strcmp(names[i], name) == 0)
            return i;
    return -1;
}

/* Columns in the order of STMT_token_get. DB_DAMAGED: what the table's own conditions forbid. */
static enum db_status read_token(struct query *query, struct db_token *ret_token)
{
    int role = index_of(db_role_names, DB_ROLES, query_text(query, 2));
    int scope = index_of(db_scope_names, DB_SCOPES, query_text(query, 3));
    const void *hash = sqlite3_column_blob(query->stmt, 5);
    *ret_token = (struct db_token){
        .id = query_int(query, 0),
        .name = query_text(query, 1),
        .code = query_text(query, 4),
        .created = query_int(query, 6),
        .expires = query_known(query, 7),
        .revoked = query_known(query, 8),
    };
    if (query_status(query) != DB_OK)
        return query_status(query);
    if (role < 0 || scope < 0 || hash == NULL || sqlite3_column_bytes(query->stmt, 5) != DB_HASH_BYTES)
        return DB_DAMAGED;
    ret_token->role = (enum db_role)role;
    ret_token->scope = (enum db_scope)scope;
    memcpy(ret_token->hash, hash, DB_HASH_BYTES);
    return DB_OK;
}

enum db_status db_token_get(struct db_reader *reader, int64_t id, void (*each)(void *cls, const struct db_token *token), void *cls)
{
    struct db_token token;
    struct query query CLEANUP(query_end) = query_begin(reader->st, STMT_token_get, ARGS(ARG_I(":id", id)));
    if (!query_row(&query))
        return query_status(&query) == DB_OK ? DB_NOT_FOUND : query_status(&query);
    enum db_status status = read_token(&query, &token);
    if (status == DB_OK)
        each(cls, &token);
    return status;
}

enum db_status db_tokens(struct db_reader *reader, bool (*each)(void *cls, const struct db_token *token), void *cls)
{
    struct query query CLEANUP(query_end) = query_begin(reader->st, STMT_tokens, NO_ARGS);
    enum db_status status = DB_OK;
    for (bool more = true; status == DB_OK && more && query_row(&query);) {
        struct db_token token;
        status = read_token(&query, &token);
        more = status == DB_OK && each(cls, &token);
    }
    return status == DB_OK ? query_status(&query) : status;
}

enum db_status db_token_covers(struct db_reader *reader, const struct db_token *token, const char *study, bool *ret_covers)
{
    struct query query CLEANUP(query_end) =
        query_begin(reader->st, STMT_token_covers,
                    ARGS(ARG_T(":study", study), ARG_T(":scope", db_scope_names[token->scope]), ARG_T(":code", token->code)));
    *ret_covers = false;
    if (!query_row(&query))
        return query_status(&query) == DB_OK ? DB_NOT_FOUND : query_status(&query);
    *ret_covers = token->scope == DB_SCOPE_ALL || query_int(&query, 0) != 0;
    return query_status(&query);
}
