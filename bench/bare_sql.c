/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/bare_sql.h"

#include "bench/ask.h"
#include "db/search_index.h"

#include <stdlib.h>
#include <string.h>

static char read_into[1 << 20]; /* so that what is read is touched, as an answer would */

static sqlite3_stmt *prepare(struct bare *bare, const char *statement)
{
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v2(bare->sql, statement, -1, &stmt, NULL) != SQLITE_OK)
        give_up("%s: %s", sqlite3_errmsg(bare->sql), statement);
    return stmt;
}

void bare_open(struct bare *bare, const char *database)
{
    static const char settings[] = "PRAGMA query_only = ON; PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;";
    if (sqlite3_open_v2(database, &bare->sql, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
        search_register(bare->sql) != DB_OK || sqlite3_exec(bare->sql, settings, NULL, NULL, NULL) != SQLITE_OK)
        give_up("%s: %s", database, sqlite3_errmsg(bare->sql));
    bare->rendered = prepare(bare, "SELECT json FROM rendered WHERE study = ?");
}

void bare_close(struct bare *bare)
{
    sqlite3_finalize(bare->rendered);
    sqlite3_close(bare->sql);
}

static void read_row(sqlite3_stmt *stmt)
{
    for (int i = 0; i < sqlite3_column_count(stmt); i++) {
        const void *bytes = sqlite3_column_blob(stmt, i);
        int len = sqlite3_column_bytes(stmt, i);
        if (bytes != NULL)
            memcpy(read_into, bytes, (size_t)len < sizeof read_into ? (size_t)len : sizeof read_into);
    }
}

int64_t bare_run(struct bare *bare, const char *statement, int64_t *ret_number)
{
    int64_t number = 0;
    int code;
    sqlite3_stmt *stmt = prepare(bare, statement);
    int64_t from = now_us();
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
        number = sqlite3_column_type(stmt, 0) == SQLITE_INTEGER ? sqlite3_column_int64(stmt, 0) : 0;
        read_row(stmt);
    }
    int64_t took = now_us() - from;
    if (code != SQLITE_DONE)
        give_up("%s: %s", sqlite3_errmsg(bare->sql), statement);
    sqlite3_finalize(stmt);
    if (ret_number != NULL)
        *ret_number = number;
    return took;
}

char *bare_text(struct bare *bare, const char *statement)
{
    sqlite3_stmt *stmt = prepare(bare, statement);
    const char *text = sqlite3_step(stmt) == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
    char *copy = text == NULL ? NULL : strdup(text);
    sqlite3_finalize(stmt);
    return copy;
}

/* ── a page ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Both are freed by sqlite3_free. */
static char *count_text(const struct bare_page *page)
{
    return sqlite3_mprintf("SELECT count(*) FROM %s WHERE %s", page->from, page->condition);
}

static char *rows_text(const struct bare_page *page)
{
    const char *way = page->descending ? "<" : ">", *word = page->descending ? "DESC" : "ASC";
    bool is_id = strcmp(page->key, "s.code") == 0;
    char *beyond = page->value == NULL ? sqlite3_mprintf("1")
                   : is_id             ? sqlite3_mprintf("s.code %s %s", way, page->value)
                           : sqlite3_mprintf("%s %s= %s AND (%s %s %s OR s.code > %s)", page->key, way, page->value, page->key, way,
                                             page->value, page->code);
    char *text = sqlite3_mprintf("SELECT s.id, s.code FROM %s WHERE %s AND %s ORDER BY %s %s%s LIMIT %d", page->from, page->condition,
                                 beyond, page->key, word, is_id ? "" : ", s.code", page->limit);
    sqlite3_free(beyond);
    return text;
}

static void read_rendered(struct bare *bare, int64_t id)
{
    sqlite3_bind_int64(bare->rendered, 1, id);
    if (sqlite3_step(bare->rendered) == SQLITE_ROW)
        read_row(bare->rendered);
    sqlite3_reset(bare->rendered);
}

int64_t bare_ask_page(struct bare *bare, const struct bare_page *page, int64_t *ret_total, char ret_first[80])
{
    int64_t ids[512];
    size_t len = 0;
    char *counting = count_text(page), *listing = rows_text(page);
    sqlite3_stmt *count = prepare(bare, counting), *rows = prepare(bare, listing);
    ret_first[0] = '\0';
    int64_t from = now_us();
    *ret_total = sqlite3_step(count) == SQLITE_ROW ? sqlite3_column_int64(count, 0) : -1;
    while (len < 512 && sqlite3_step(rows) == SQLITE_ROW) {
        if (len == 0)
            snprintf(ret_first, 80, "%s", (const char *)sqlite3_column_text(rows, 1));
        ids[len++] = sqlite3_column_int64(rows, 0);
    }
    for (size_t i = 0; i < len; i++)
        read_rendered(bare, ids[i]);
    int64_t took = now_us() - from;
    sqlite3_finalize(count);
    sqlite3_finalize(rows);
    sqlite3_free(counting);
    sqlite3_free(listing);
    return took;
}
