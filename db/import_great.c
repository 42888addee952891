/* SPDX-License-Identifier: GPL-3.0-or-later
 * An import of very many studies into a register that holds few beside them. Entering each study into two dozen indexes by itself costs
 * more than all else, the more so the less of them fits into memory; sorted at the end they cost a tenth. So do the kept sums.
 */
#include "db/internal.h"

#include <string.h>

/* From here on it pays, where the register holds no more than twice as many. */
#define GREAT_LOAD 1000

/* Memory for pages, in KiB: while records come, they come in order, and the caller holds the data set; then the table that each index is
 * made of is walked again and again. */
#define CACHE_RECORDS  "PRAGMA cache_size = -262144"
#define CACHE_INDEXES  "PRAGMA cache_size = -786432"
#define CACHE_ORDINARY "PRAGMA cache_size = -65536"

/* The tables whose indexes no statement between the first study and the end needs. */
static const char *const tables[] = {"study", "award", "study_identifier"};

enum db_status db_import_expect(struct db_import *import, size_t studies)
{
    struct query query CLEANUP(query_end) = query_begin(import->st, STMT_check_studies, NO_ARGS);
    int64_t stored = query_row(&query) ? query_int(&query, 0) : 0;
    enum db_status status = query_status(&query);
    import->is_great = status == DB_OK && studies >= GREAT_LOAD && studies >= (uint64_t)stored / 2;
    return import->is_great ? status_of(sqlite3_exec(import->st->sql, CACHE_RECORDS, NULL, NULL, NULL)) : status;
}

void import_end_great(struct db_import *import)
{
    if (import->is_great)
        sqlite3_exec(import->st->sql, CACHE_ORDINARY, NULL, NULL, NULL);
}

/* ── indexes ────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum db_status run(struct db_import *import, const char *text)
{
    return text == NULL ? DB_NO_MEMORY : status_of(sqlite3_exec(import->st->sql, text, NULL, NULL, NULL));
}

/* The definitions go to set_aside, the names to names. */
static enum db_status look_up_indexes(struct db_import *import, const char *table, struct list *names)
{
    struct query query CLEANUP(query_end) = query_begin(import->st, STMT_indexes_of_table, ARGS(ARG_T(":table", table)));
    while (query_row(&query)) {
        const char *name = query_text(&query, 0), *definition = query_text(&query, 1);
        const char **names_item = list_add(names, &import->arena), **aside_item = list_add(&import->set_aside, &import->arena);
        if (name == NULL || definition == NULL || names_item == NULL || aside_item == NULL)
            return DB_NO_MEMORY;
        *names_item = arena_strdup(&import->arena, name);
        *aside_item = arena_strdup(&import->arena, definition);
        if (*names_item == NULL || *aside_item == NULL)
            return DB_NO_MEMORY;
    }
    return query_status(&query);
}

static enum db_status drop(struct db_import *import, const char *name)
{
    char *text = sqlite3_mprintf("DROP INDEX \"%w\"", name);
    enum db_status status = run(import, text);
    sqlite3_free(text);
    return status;
}

enum db_status import_set_aside(struct db_import *import)
{
    struct list names = {.size = sizeof(const char *)};
    enum db_status status = DB_OK;
    if (!import->is_great || import->set_aside.len > 0)
        return DB_OK;
    import->set_aside.size = sizeof(const char *);
    for (size_t i = 0; i < COUNT_OF(tables) && status == DB_OK; i++)
        status = look_up_indexes(import, tables[i], &names);
    const char *const *items = names.items;
    for (size_t i = 0; i < names.len && status == DB_OK; i++)
        status = drop(import, items[i]);
    return status;
}

enum db_status import_put_back(struct db_import *import)
{
    const char *const *items = import->set_aside.items;
    enum db_status status = import->set_aside.len > 0 ? run(import, CACHE_INDEXES) : DB_OK;
    for (size_t i = 0; i < import->set_aside.len && status == DB_OK; i++)
        status = run(import, items[i]);
    return status;
}

/* ── kept sums ──────────────────────────────────────────────────────────────────────────────────────────────── */

enum db_status import_store_sums(struct db_import *import)
{
    return import->is_great ? stats_make_anew(import->st) : stats_changes_store(import->st, &import->sums);
}
