/* SPDX-License-Identifier: GPL-3.0-or-later
 * Whether the index holds the words of the texts, each at its place: both are added up to one number. The engine has such a check of its
 * own, but calls it writing.
 */
#include "db/search_index.h"

#include <string.h>

static uint64_t stir(uint64_t sum, const char *bytes, size_t len) /* FNV-1a */
{
    for (size_t i = 0; i < len; i++)
        sum = (sum ^ (unsigned char)bytes[i]) * 1099511628211u;
    return sum;
}

static uint64_t sum_of(int64_t study, const char *column, int64_t place, const char *word, size_t len)
{
    uint64_t sum = stir(14695981039346656037u, word, len);
    sum = stir(sum, column, strlen(column));
    sum = stir(sum, (const char *)&study, sizeof study);
    sum = stir(sum, (const char *)&place, sizeof place);
    return sum ^ sum >> 32;
}

/* ── the texts ──────────────────────────────────────────────────────────────────────────────────────────────── */

struct place {
    int64_t study, next;
    const char *column;
    uint64_t sum;
};

static int add_word(void *cls, int flags, const char *word, int len, int start, int end)
{
    struct place *place = cls;
    (void)flags, (void)start, (void)end;
    place->sum += sum_of(place->study, place->column, place->next++, word, (size_t)len);
    return SQLITE_OK;
}

static void add_texts(struct query *row, uint64_t *sum)
{
    for (int i = 1; i < sqlite3_column_count(row->stmt); i++) {
        const char *text = query_text(row, i);
        struct place place = {.study = query_int(row, 0), .column = sqlite3_column_name(row->stmt, i)};
        if (text != NULL)
            search_words(text, (size_t)sqlite3_column_bytes(row->stmt, i), add_word, &place);
        *sum += place.sum;
    }
}

/* ── the index ──────────────────────────────────────────────────────────────────────────────────────────────── */

static void add_entry(struct query *row, uint64_t *sum)
{
    const char *word = query_text(row, 0), *column = query_text(row, 2);
    if (word != NULL && column != NULL)
        *sum += sum_of(query_int(row, 1), column, query_int(row, 3), word, (size_t)sqlite3_column_bytes(row->stmt, 0));
}

static enum db_status add_all(sqlite3 *sql, const char *question, void (*add)(struct query *row, uint64_t *sum), uint64_t *ret_sum)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(sql, question, -1, &stmt, NULL);
    if (code != SQLITE_OK)
        return status_of(code);
    struct query rows = query_on(stmt);
    *ret_sum = 0;
    while (query_row(&rows))
        add(&rows, ret_sum);
    enum db_status status = query_status(&rows);
    sqlite3_finalize(stmt);
    return status;
}

/* A view of the index, which the engine wants to be a table; it is the connection's own and in memory. The file was opened for reading. */
static enum db_status open_index(sqlite3 *sql)
{
    return status_of(sqlite3_exec(sql,
                                  "PRAGMA query_only = OFF;"
                                  "CREATE VIRTUAL TABLE temp.search_word USING fts5vocab('main', 'study_search', 'instance');"
                                  "PRAGMA query_only = ON;",
                                  NULL, NULL, NULL));
}

enum db_status search_index_differs(sqlite3 *sql, bool *ret_differs)
{
    uint64_t texts = 0, index = 0;
    enum db_status status = open_index(sql);
    if (status == DB_OK)
        status = add_all(sql, "SELECT rowid, * FROM study_search", add_texts, &texts);
    if (status == DB_OK)
        status = add_all(sql, "SELECT term, doc, col, \"offset\" FROM temp.search_word", add_entry, &index);
    *ret_differs = texts != index;
    return status;
}
