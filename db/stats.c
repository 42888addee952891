/* SPDX-License-Identifier: GPL-3.0-or-later
 * Statistics: the rows that hold something are put into a table that has a cell for every value of its dimensions. remaining and
 * exceeded_by are sums over studies: what one has too many does not fill another.
 */
#include "db/internal.h"

#include <string.h>

struct table {
    struct stats_axis axis[DB_BY_MAX];
    struct db_stats_cell *cells;
    size_t cells_len;
};

static void table_free(struct table *table)
{
    for (size_t i = 0; i < DB_BY_MAX; i++)
        stats_axis_free(&table->axis[i]);
}

static struct db_stats_cell empty_cell(const struct db_stats_query *query)
{
    int64_t nothing = query->grain == DB_GRAIN_REGION ? -1 : 0;
    return (struct db_stats_cell){.awards = nothing,
                                  .amount_ore = nothing,
                                  .leaders = query->leaders ? 0 : -1,
                                  .planned = -1,
                                  .included = -1,
                                  .remaining = -1,
                                  .exceeded_by = -1,
                                  .permille = -1};
}

static enum db_status table_rule(struct db_reader *reader, struct arena *arena, const struct db_stats_query *query, struct table *table)
{
    enum db_status status = DB_OK;
    table->cells_len = 1;
    for (size_t i = 0; i < query->by_len && status == DB_OK; i++) {
        status = stats_axis_read(reader, arena, query, i, &table->axis[i]);
        table->cells_len *= table->axis[i].keys.len;
    }
    if (status != DB_OK || table->cells_len == 0)
        return status;
    table->cells = arena_alloc(arena, table->cells_len * sizeof *table->cells);
    if (table->cells == NULL)
        return DB_NO_MEMORY;
    for (size_t i = 0; i < table->cells_len; i++) {
        size_t place = i;
        table->cells[i] = empty_cell(query);
        for (size_t k = query->by_len; k-- > 0;) {
            const struct db_stats_key *keys = table->axis[k].keys.items;
            table->cells[i].key[k] = keys[place % table->axis[k].keys.len];
            place /= table->axis[k].keys.len;
        }
    }
    return DB_OK;
}

/* The place of a row's key on its axis; keys.len when the axis has no such value. */
static size_t place_of(const struct stats_axis *axis, struct query *row, int column)
{
    const struct db_stats_key *keys = axis->keys.items;
    if (axis->has_years) {
        for (size_t i = 0; i < axis->keys.len; i++)
            if (keys[i].year == query_int(row, column))
                return i;
        return axis->keys.len;
    }
    const char *code = query_text(row, column);
    if (code == NULL)
        return axis->has_unknown ? axis->keys.len - 1 : axis->keys.len;
    const struct map_entry *entry = map_find(&axis->index, code);
    return entry != NULL ? entry->index : axis->keys.len;
}

static struct db_stats_cell *cell_of(const struct table *table, size_t by_len, struct query *row)
{
    size_t place = 0;
    for (size_t i = 0; i < by_len; i++) {
        size_t on_axis = place_of(&table->axis[i], row, (int)i);
        if (on_axis == table->axis[i].keys.len)
            return NULL;
        place = place * table->axis[i].keys.len + on_axis;
    }
    return &table->cells[place];
}

static enum db_status table_fill(struct db_reader *reader, struct arena *arena, const struct db_stats_query *query, struct table *table)
{
    struct query rows CLEANUP(query_end) = {0};
    struct sql sql = sql_begin(arena);
    stats_question(&sql, query);
    enum db_status status = sql_query(&sql, reader, &rows);
    if (status != DB_OK)
        return status;
    while (query_row(&rows)) {
        struct db_stats_cell *cell = cell_of(table, query->by_len, &rows);
        if (cell == NULL) /* an axis that does not know a value that the records have */
            return DB_BUG;
        stats_row_read(&rows, query->by_len, query->leaders, arena, cell);
    }
    return query_status(&rows);
}

static enum db_status compute(struct db_reader *reader, struct arena *arena, const struct db_stats_query *query, struct db_stats *ret_stats)
{
    struct table table CLEANUP(table_free) = {0}, whole CLEANUP(table_free) = {0};
    struct db_stats_query total = *query;
    total.by_len = 0;
    enum db_status status = table_rule(reader, arena, &total, &whole);
    if (status == DB_OK)
        status = table_fill(reader, arena, &total, &whole);
    if (status == DB_OK)
        status = table_rule(reader, arena, query, &table);
    if (status == DB_OK)
        status = table_fill(reader, arena, query, &table);
    if (status == DB_OK)
        *ret_stats = (struct db_stats){.cells = table.cells, .cells_len = table.cells_len, .total = whole.cells[0]};
    return status;
}

enum db_status db_stats(struct db_reader *reader, const struct db_stats_query *query, bool (*each)(void *cls, const struct db_stats *stats),
                        void *cls)
{
    struct arena arena CLEANUP(arena_free) = {0};
    struct db_reader *scope CLEANUP(reader_leave_at) = NULL;
    struct db_stats stats;
    enum db_status status = reader_enter(reader);
    if (status != DB_OK)
        return status;
    scope = reader;
    status = compute(reader, &arena, query, &stats);
    if (status == DB_OK)
        each(cls, &stats);
    return status;
}

int64_t db_stats_computed(const struct db *db)
{
    (void)db;
    return 0;
}
