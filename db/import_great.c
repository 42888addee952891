/* SPDX-License-Identifier: GPL-3.0-or-later
 * An import of very many studies into a register that holds few beside them. Entering each study into two dozen indexes by itself costs
 * more than all else, the more so the less of them fits into memory; sorted at the end they cost a tenth. So do the kept sums.
 */
#include "db/internal.h"

#include <stdio.h>
#include <string.h>

/* From here on it pays, where the register holds no more than twice as many. */
#define GREAT_LOAD 1000

/* Memory for pages, in KiB: while records come, they come in order, and the caller holds the data set; then all of them are read again,
 * and the table that each index is made of as often as it has indexes. */
#define CACHE_RECORDS  "PRAGMA cache_size = -262144"
#define CACHE_LAST     "PRAGMA cache_size = -786432"
#define CACHE_ORDINARY "PRAGMA cache_size = -65536"

/* The tables whose indexes and triggers no statement between the first study and the end needs; what the triggers keep is made anew. */
static const char *const tables[] = {"study", "award", "study_identifier", "shown_report", "change"};

enum db_status db_import_expect(struct db_import *import, size_t studies)
{
    struct query query CLEANUP(query_end) = query_begin(import->st, STMT_check_studies, NO_ARGS);
    int64_t stored = query_row(&query) ? query_int(&query, 0) : 0;
    enum db_status status = query_status(&query);
    import->revision.is_great = status == DB_OK && studies >= GREAT_LOAD && studies >= (uint64_t)stored / 2;
    return import->revision.is_great ? status_of(sqlite3_exec(import->st->sql, CACHE_RECORDS, NULL, NULL, NULL)) : status;
}

void import_end_great(struct db_import *import)
{
    if (import->revision.is_great)
        sqlite3_exec(import->st->sql, CACHE_ORDINARY, NULL, NULL, NULL);
}

/* ── indexes ────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum db_status run(struct db_import *import, const char *text)
{
    return text == NULL ? DB_NO_MEMORY : status_of(sqlite3_exec(import->st->sql, text, NULL, NULL, NULL));
}

struct attached {
    const char *name, *definition;
    bool is_trigger;
};

static enum db_status look_up_attached(struct db_import *import, const char *table)
{
    struct query query CLEANUP(query_end) = query_begin(import->st, STMT_attached_to_table, ARGS(ARG_T(":table", table)));
    while (query_row(&query)) {
        const char *name = query_text(&query, 0), *definition = query_text(&query, 1);
        struct attached *attached = list_add(&import->set_aside, &import->arena);
        if (name == NULL || definition == NULL || attached == NULL)
            return DB_NO_MEMORY;
        attached->name = arena_strdup(&import->arena, name);
        attached->definition = arena_strdup(&import->arena, definition);
        attached->is_trigger = query_int(&query, 2) != 0;
        if (attached->name == NULL || attached->definition == NULL)
            return DB_NO_MEMORY;
    }
    return query_status(&query);
}

static enum db_status drop(struct db_import *import, const struct attached *attached)
{
    char *text = sqlite3_mprintf(attached->is_trigger ? "DROP TRIGGER \"%w\"" : "DROP INDEX \"%w\"", attached->name);
    enum db_status status = run(import, text);
    sqlite3_free(text);
    return status;
}

enum db_status import_set_aside(struct db_import *import)
{
    enum db_status status = DB_OK;
    if (!import->revision.is_great || import->set_aside.len > 0)
        return DB_OK;
    import->set_aside.size = sizeof(struct attached);
    for (size_t i = 0; i < COUNT_OF(tables) && status == DB_OK; i++)
        status = look_up_attached(import, tables[i]);
    const struct attached *items = import->set_aside.items;
    for (size_t i = 0; i < import->set_aside.len && status == DB_OK; i++)
        status = drop(import, &items[i]);
    return status;
}

enum db_status import_take_room(struct db_import *import)
{
    return import->revision.is_great ? run(import, CACHE_LAST) : DB_OK;
}

enum db_status import_put_back(struct db_import *import)
{
    const struct attached *items = import->set_aside.items;
    enum db_status status = DB_OK;
    for (size_t i = 0; i < import->set_aside.len && status == DB_OK; i++) {
        import_step(import, "indexes", (int64_t)i, (int64_t)import->set_aside.len);
        status = run(import, items[i].definition);
    }
    return status;
}

/* ── rows shown of each day and region: what the triggers of shown_report keep ──────────────────────────────── */

struct counted {
    const char *region;
    int64_t rows;
};
struct day {
    struct list counted; /* of its regions; they stay from day to day */
    char as_of[DAY_BYTES];
};

static enum db_status add_count(struct db_import *import, const char *region, const char *as_of, int64_t rows)
{
    return rows == 0 ? DB_OK
                     : statement_run(import->st, STMT_shown_counts_add,
                                     ARGS(ARG_T(":region", region), ARG_T(":as_of", as_of), ARG_I(":rows", rows)));
}

static enum db_status day_end(struct db_import *import, struct day *day)
{
    struct counted *items = day->counted.items;
    enum db_status status = DB_OK;
    int64_t all = 0;
    for (size_t i = 0; i < day->counted.len && status == DB_OK; i++) {
        status = add_count(import, items[i].region, day->as_of, items[i].rows);
        all += items[i].rows;
        items[i].rows = 0;
    }
    return status == DB_OK ? add_count(import, "*", day->as_of, all) : status;
}

static struct counted *counted_of(struct db_import *import, struct day *day, const char *region)
{
    struct counted *items = day->counted.items;
    for (size_t i = 0; i < day->counted.len; i++)
        if (strcmp(items[i].region, region) == 0)
            return &items[i];
    struct counted *counted = list_add(&day->counted, &import->arena);
    if (counted != NULL)
        counted->region = arena_strdup(&import->arena, region);
    return counted == NULL || counted->region == NULL ? NULL : counted;
}

static enum db_status count_row(struct db_import *import, struct day *day, struct query *row)
{
    const char *as_of = query_text(row, 0), *region = query_text(row, 1);
    if (as_of == NULL || region == NULL)
        return DB_NO_MEMORY;
    enum db_status status = strcmp(day->as_of, as_of) == 0 ? DB_OK : day_end(import, day);
    snprintf(day->as_of, sizeof day->as_of, "%s", as_of);
    struct counted *counted = counted_of(import, day, region);
    if (counted == NULL)
        return DB_NO_MEMORY;
    counted->rows++;
    return status;
}

enum db_status import_count_shown(struct db_import *import)
{
    struct day day = {.counted = {.size = sizeof(struct counted)}};
    if (!import->revision.is_great)
        return DB_OK;
    import_step(import, "reports of each day", 0, 1);
    enum db_status status = statement_run(import->st, STMT_shown_counts_clear, NO_ARGS);
    struct query rows CLEANUP(query_end) = query_begin(import->st, STMT_shown_days, NO_ARGS);
    while (status == DB_OK && query_row(&rows))
        status = count_row(import, &day, &rows);
    if (status == DB_OK)
        status = query_status(&rows);
    return status == DB_OK ? day_end(import, &day) : status;
}

/* ── kept sums ──────────────────────────────────────────────────────────────────────────────────────────────── */

enum db_status import_store_sums(struct db_import *import)
{
    import_step(import, "kept sums", 0, 1);
    return revision_store_sums(&import->revision);
}
