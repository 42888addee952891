/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is searched of a study: kept beside it in the transaction of the change, and made anew when the rules changed.
 */
#include "db/search_index.h"

#include <string.h>

/* Grows when words are made otherwise (base/fold.h) or other texts are searched: everything is then made anew at open. */
#define RULES 1

/* Both statements give the texts in the order of search_columns. */
static enum db_status compare(struct query *made, struct query *kept, bool *ret_differs)
{
    *ret_differs = true;
    if (!query_row(kept))
        return query_status(kept);
    *ret_differs = false;
    for (int i = 0; i < SEARCH_COLUMNS; i++) {
        const char *one = query_text(made, i), *other = query_text(kept, i);
        *ret_differs = *ret_differs || one == NULL || other == NULL || strcmp(one, other) != 0;
    }
    return query_status(made) == DB_OK ? query_status(kept) : query_status(made);
}

static enum db_status put(struct statements *statements, int64_t study, struct query *made)
{
    struct query put CLEANUP(query_end) = query_begin(statements, STMT_search_put, NO_ARGS);
    if (put.code == SQLITE_OK)
        put.code = sqlite3_bind_int64(put.stmt, 1, study);
    for (int i = 0; i < SEARCH_COLUMNS && put.code == SQLITE_OK; i++)
        put.code = sqlite3_bind_value(put.stmt, i + 2, sqlite3_column_value(made->stmt, i));
    return query_run(&put);
}

enum db_status search_refresh(struct statements *statements, int64_t study)
{
    bool differs = false;
    struct query made CLEANUP(query_end) = query_begin(statements, STMT_search_make, ARGS(ARG_I(":study", study)));
    if (!query_row(&made))
        return query_status(&made) == DB_OK ? DB_BUG : query_status(&made);
    {
        struct query kept CLEANUP(query_end) = query_begin(statements, STMT_search_get, ARGS(ARG_I(":study", study)));
        enum db_status status = compare(&made, &kept, &differs);
        if (status != DB_OK)
            return status;
    }
    return differs ? put(statements, study, &made) : DB_OK;
}

enum db_status search_add(struct statements *statements, int64_t study)
{
    struct query made CLEANUP(query_end) = query_begin(statements, STMT_search_make, ARGS(ARG_I(":study", study)));
    if (!query_row(&made))
        return query_status(&made) == DB_OK ? DB_BUG : query_status(&made);
    return put(statements, study, &made);
}

enum db_status search_differs(struct statements *statements, int64_t study, bool *ret_differs)
{
    struct query made CLEANUP(query_end) = query_begin(statements, STMT_search_make, ARGS(ARG_I(":study", study)));
    struct query kept CLEANUP(query_end) = query_begin(statements, STMT_search_get, ARGS(ARG_I(":study", study)));
    *ret_differs = false;
    return query_row(&made) ? compare(&made, &kept, ret_differs) : query_status(&made); /* whose records are missing is said elsewhere */
}

/* ── at open ────────────────────────────────────────────────────────────────────────────────────────────────── */

enum db_status search_is_current(struct statements *statements, bool *ret_is)
{
    struct query query CLEANUP(query_end) = query_begin(statements, STMT_search_rules, NO_ARGS);
    *ret_is = query_row(&query) && query_int(&query, 0) == RULES;
    return query_status(&query);
}

/* First the words, of what is kept now: what is then replaced has to be found by them. */
static enum db_status make_anew(struct db *db)
{
    int64_t id = 0;
    enum db_status status = statement_run(&db->statements, STMT_search_remake, NO_ARGS);
    while (status == DB_OK && study_next(&db->statements, &id, &status))
        status = search_refresh(&db->statements, id);
    return status == DB_OK ? statement_run(&db->statements, STMT_search_set_rules, ARGS(ARG_I(":search", RULES))) : status;
}

enum db_status search_keep_all(struct db *db)
{
    bool is_current = false;
    enum db_status status = search_is_current(&db->statements, &is_current);
    return status != DB_OK || is_current ? status : write_at_open(db, make_anew);
}
