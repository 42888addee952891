/* SPDX-License-Identifier: GPL-3.0-or-later
 * Sums over the studies of a filter. Studies that show totals only count, but give no regional numbers. remaining and exceeded_by
 * are sums over studies: what one study has too many does not fill another, and so cells add up.
 */
#include "db/internal.h"

#include <string.h>

#define SHOWN " FILTER (WHERE s.totals_only = 0)"
#define BOTH  " FILTER (WHERE s.totals_only = 0 AND x.planned IS NOT NULL AND x.included IS NOT NULL)"

static const char question[] =
    "SELECT x.region, count(*), sum(x.planned)" SHOWN ", sum(x.included)" SHOWN ", count(x.planned)" SHOWN ", count(x.included)" SHOWN
    ", count(*)" BOTH ", sum(max(x.planned - x.included, 0))" BOTH ", sum(max(x.included - x.planned, 0))" BOTH ", sum(x.planned)" BOTH
    ", sum(x.included)" BOTH ", min(x.included_as_of)" SHOWN ", max(x.included_as_of)" SHOWN
    " FROM study s JOIN study_region x ON x.study = s.id AND x.takes_part = 1";

static const struct field label_fields[] = {
    {":code", FIELD_TEXT, offsetof(struct db_region_cell, region.code)},
    {":label_nb", FIELD_TEXT, offsetof(struct db_region_cell, region.label.nb)},
    {":label_en", FIELD_TEXT, offsetof(struct db_region_cell, region.label.en)},
    {0},
};

static const struct db_region_cell empty_cell = {
    .planned = -1,
    .included = -1,
    .remaining = -1,
    .exceeded_by = -1,
    .permille = -1,
};

/* Every region, so that one without studies has its cell too. */
static enum db_status read_regions(struct db_reader *reader, struct arena *arena, struct list *cells)
{
    struct query query CLEANUP(query_end) = query_begin(reader->st, STMT_regions, NO_ARGS);
    while (query_row(&query)) {
        struct db_region_cell *cell = list_add(cells, arena);
        if (cell == NULL)
            return DB_NO_MEMORY;
        *cell = empty_cell;
        query_fields(&query, label_fields, cell, arena);
    }
    return query_status(&query);
}

static struct db_region_cell *cell_of(const struct list *cells, const char *region)
{
    struct db_region_cell *items = cells->items;
    for (size_t i = 0; i < cells->len; i++)
        if (strcmp(items[i].region.code, region) == 0)
            return &items[i];
    return NULL;
}

static void read_cell(struct query *query, struct arena *arena, struct db_region_cell *cell)
{
    const char *days[] = {query_text(query, 11), query_text(query, 12)};
    cell->study_count = query_int(query, 1);
    cell->planned = query_known(query, 2);
    cell->included = query_known(query, 3);
    cell->with_planned = query_int(query, 4);
    cell->with_included = query_int(query, 5);
    cell->with_both = query_int(query, 6);
    cell->remaining = query_known(query, 7);
    cell->exceeded_by = query_int(query, 8) > 0 ? query_int(query, 8) : -1;
    cell->permille = cell->with_both > 0 ? permille_of(query_int(query, 10), query_int(query, 9)) : -1;
    for (size_t i = 0; i < COUNT_OF(days); i++)
        if (days[i] != NULL && (days[i] = arena_strndup(arena, days[i], strlen(days[i]))) == NULL)
            query->code = SQLITE_NOMEM;
    cell->oldest = days[0];
    cell->newest = days[1];
}

static enum db_status read_cells(struct db_reader *reader, struct arena *arena, const struct db_study_filter *filter, struct list *cells)
{
    struct query query CLEANUP(query_end) = {0};
    struct sql sql = sql_begin(arena);
    sql_add(&sql, question);
    sql_filter(&sql, filter);
    sql_add(&sql, " GROUP BY x.region");
    enum db_status status = sql_query(&sql, reader, &query);
    if (status != DB_OK)
        return status;
    while (query_row(&query)) {
        const char *region = query_text(&query, 0);
        struct db_region_cell *cell = region == NULL ? NULL : cell_of(cells, region);
        if (cell != NULL)
            read_cell(&query, arena, cell);
    }
    return query_status(&query);
}

enum db_status db_stats_regions(struct db_reader *reader, const struct db_study_filter *filter,
                                bool (*each)(void *cls, const struct db_region_cell *cell), void *cls)
{
    struct arena arena CLEANUP(arena_free) = {0};
    struct db_reader *scope CLEANUP(reader_leave_at) = NULL;
    struct list cells = {.size = sizeof(struct db_region_cell)};
    enum db_status status = reader_enter(reader);
    if (status != DB_OK)
        return status;
    scope = reader;
    status = read_regions(reader, &arena, &cells);
    if (status == DB_OK)
        status = read_cells(reader, &arena, filter, &cells);
    const struct db_region_cell *items = cells.items;
    for (size_t i = 0; i < cells.len && status == DB_OK; i++)
        if (!each(cls, &items[i]))
            break;
    return status;
}
