/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "db/internal.h"

#include <string.h>

#define DAY_MS INT64_C(86400000)
/* More than one, so that old ones become fewer with each that is added. */
#define PRUNED_AT_ONCE 16

enum db_status db_kept_answer_get(struct db_reader *reader, int64_t token, const char *key,
                                  void (*each)(void *cls, const struct db_kept_answer *answer), void *cls)
{
    struct query query CLEANUP(query_end) = query_begin(reader->st, STMT_kept_answer_get, ARGS(ARG_I(":token", token), ARG_T(":key", key)));
    if (!query_row(&query))
        return query_status(&query) == DB_OK ? DB_NOT_FOUND : query_status(&query);
    const void *digest = sqlite3_column_blob(query.stmt, 0);
    const void *body = sqlite3_column_blob(query.stmt, 4); /* NULL when it is empty */
    struct db_kept_answer answer = {
        .status = (int)query_int(&query, 1),
        .version = query_int(&query, 2),
        .location = query_text(&query, 3),
        .body = body == NULL ? "" : body,
        .body_len = (size_t)sqlite3_column_bytes(query.stmt, 4),
    };
    if (query_status(&query) != DB_OK)
        return query_status(&query);
    if (digest == NULL || sqlite3_column_bytes(query.stmt, 0) != DB_HASH_BYTES)
        return DB_DAMAGED;
    memcpy(answer.digest, digest, DB_HASH_BYTES);
    each(cls, &answer);
    return DB_OK;
}

enum db_status db_write_kept_answer(struct db_write *write, int64_t token, const char *key, const struct db_kept_answer *answer)
{
    int64_t before = write->now - DB_KEPT_ANSWER_DAYS * DAY_MS;
    enum db_status status =
        statement_run(write->st, STMT_kept_answers_prune, ARGS(ARG_I(":before", before), ARG_I(":limit", PRUNED_AT_ONCE)));
    if (status != DB_OK)
        return status;
    const char *body = answer->body == NULL ? "" : answer->body; /* empty, not NULL */
    return statement_run(write->st, STMT_kept_answer_add,
                         ARGS(ARG_I(":token", token), ARG_T(":key", key), ARG_B(":digest", answer->digest, DB_HASH_BYTES),
                              ARG_I(":at", write->now), ARG_I(":status", answer->status), ARG_I(":version", answer->version),
                              ARG_T(":location", answer->location), ARG_B(":body", body, answer->body_len)));
}
