/* SPDX-License-Identifier: GPL-3.0-or-later
 * Kept sums against the records they are made of: everything is summed anew, and each difference is a sentence.
 */
#include "db/internal.h"

#include <string.h>

struct recount {
    struct statements *statements;
    struct stats_changes fresh; /* as if all had come to an empty register */
    struct arena arena;         /* of one sentence */
    bool *cells_seen, *values_seen;
    void (*each)(void *cls, const char *difference);
    void *cls;
};

static void recount_free(struct recount *recount)
{
    stats_changes_free(&recount->fresh);
    arena_free(&recount->arena);
}

static const char *name_of(struct recount *recount, const char *scope, const char *panel, const char *key)
{
    return arena_printf(&recount->arena, "The kept sum “%s”%s%s %s%s", panel, key[0] == '\0' ? "" : " of ", key,
                        scope[0] == '\0' ? "in the whole register" : "in programme ", scope);
}

static bool say(struct recount *recount, const char *sentence)
{
    if (sentence != NULL)
        recount->each(recount->cls, sentence);
    return sentence != NULL;
}

/* Leaders are counted from what is kept of them. */
static void count_leaders(struct stats_changes *fresh)
{
    struct stats_kept_cell *cells = fresh->cell_items.items;
    const struct stats_kept_value *values = fresh->value_items.items;
    for (size_t i = 0; i < fresh->value_items.len; i++)
        cells[values[i].cell].leaders += strcmp(values[i].kind, "leader") == 0;
}

static bool compare_number(struct recount *recount, const char *cell, const char *what, int64_t kept, int64_t fresh)
{
    return kept == fresh || say(recount, arena_printf(&recount->arena, "%s: %s is %lld, the records say %lld.", cell, what, (long long)kept,
                                                      (long long)fresh));
}

static bool compare_cell(struct recount *recount, struct query *row)
{
    const char *scope = query_text(row, 0), *panel = query_text(row, 1), *key = query_text(row, 2);
    arena_reset(&recount->arena);
    const char *at = stats_cell_key(&recount->arena, scope, panel, key), *name = name_of(recount, scope, panel, key);
    if (at == NULL || name == NULL)
        return false;
    const struct map_entry *entry = map_find(&recount->fresh.cells, at);
    if (entry == NULL)
        return say(recount, arena_printf(&recount->arena, "%s is there, but no study is in it.", name));
    const struct stats_kept_cell *cell = (const struct stats_kept_cell *)recount->fresh.cell_items.items + entry->index;
    recount->cells_seen[entry->index] = true;
    bool is_done = true;
    for (int i = 0; i < STATS_NUMBERS && is_done; i++)
        is_done = compare_number(recount, name, stats_number_names[i] + 1, query_int(row, 3 + i), cell->number[i]);
    return is_done && compare_number(recount, name, "leaders", query_int(row, 3 + STATS_NUMBERS), cell->leaders);
}

static enum db_status compare_cells(struct recount *recount)
{
    const struct stats_kept_cell *cells = recount->fresh.cell_items.items;
    bool is_done = true;
    struct query rows CLEANUP(query_end) = query_begin(recount->statements, STMT_sums_all, NO_ARGS);
    while (is_done && query_row(&rows))
        is_done = compare_cell(recount, &rows);
    for (size_t i = 0; i < recount->fresh.cell_items.len && is_done; i++) {
        if (recount->cells_seen[i])
            continue;
        arena_reset(&recount->arena);
        const char *name = name_of(recount, cells[i].scope, cells[i].panel, cells[i].key);
        is_done = name != NULL && say(recount, arena_printf(&recount->arena, "%s is missing.", name));
    }
    return is_done ? query_status(&rows) : DB_NO_MEMORY;
}

static bool differ_value(struct recount *recount, const char *cell, const char *kind, const char *value, int64_t kept, int64_t fresh)
{
    return kept == fresh ||
           (cell != NULL && say(recount, arena_printf(&recount->arena, "%s has the %s %s %lld times, the records %lld times.", cell, kind,
                                                      value, (long long)kept, (long long)fresh)));
}

static bool compare_value(struct recount *recount, struct query *row)
{
    const char *scope = query_text(row, 0), *panel = query_text(row, 1), *key = query_text(row, 2);
    const char *kind = query_text(row, 3), *value = query_text(row, 4);
    arena_reset(&recount->arena);
    const char *at = stats_cell_key(&recount->arena, scope, panel, key), *name = name_of(recount, scope, panel, key);
    const struct map_entry *cell = at == NULL ? NULL : map_find(&recount->fresh.cells, at), *entry = NULL;
    if (cell != NULL) {
        at = stats_value_key(&recount->arena, cell->index, kind, value);
        entry = at == NULL ? NULL : map_find(&recount->fresh.values, at);
    }
    if (at == NULL)
        return false;
    const struct stats_kept_value *items = recount->fresh.value_items.items;
    if (entry != NULL)
        recount->values_seen[entry->index] = true;
    return differ_value(recount, name, kind, value, query_int(row, 5), entry == NULL ? 0 : items[entry->index].times);
}

static enum db_status compare_values(struct recount *recount)
{
    const struct stats_kept_cell *cells = recount->fresh.cell_items.items;
    const struct stats_kept_value *values = recount->fresh.value_items.items;
    bool is_done = true;
    struct query rows CLEANUP(query_end) = query_begin(recount->statements, STMT_values_all, NO_ARGS);
    while (is_done && query_row(&rows))
        is_done = compare_value(recount, &rows);
    for (size_t i = 0; i < recount->fresh.value_items.len && is_done; i++) {
        const struct stats_kept_cell *cell = &cells[values[i].cell];
        arena_reset(&recount->arena);
        is_done = recount->values_seen[i] || differ_value(recount, name_of(recount, cell->scope, cell->panel, cell->key), values[i].kind,
                                                          values[i].value, 0, values[i].times);
    }
    return is_done ? query_status(&rows) : DB_NO_MEMORY;
}

enum db_status stats_recount(struct statements *statements, void (*each)(void *cls, const char *difference), void *cls)
{
    struct recount recount CLEANUP(recount_free) = {.statements = statements, .each = each, .cls = cls};
    struct stats_changes *fresh = &recount.fresh;
    enum db_status status = stats_changes_of(statements, 0, 1, fresh);
    if (status != DB_OK)
        return status;
    count_leaders(fresh);
    recount.cells_seen = arena_array(&fresh->arena, fresh->cell_items.len, sizeof(bool));
    recount.values_seen = arena_array(&fresh->arena, fresh->value_items.len, sizeof(bool));
    if (recount.cells_seen == NULL || recount.values_seen == NULL)
        return DB_NO_MEMORY;
    status = compare_cells(&recount);
    return status == DB_OK ? compare_values(&recount) : status;
}
