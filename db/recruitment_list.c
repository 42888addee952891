/* SPDX-License-Identifier: GPL-3.0-or-later
 * The reports of all studies as one table: a page of it, found by its keys, or all of it.
 */
#include "db/recruitment_walk.h"

#include <assert.h>
#include <stdlib.h>

/* ── a page ─────────────────────────────────────────────────────────────────────────────────────────────────── */

struct rows {
    struct list list;             /* struct db_recruitment_row, in the order of the walk */
    struct db_position near, far; /* of the first and the last row of the walk */
    bool has_more;
};

static enum db_status read_rows(struct row_walk *walk, struct rows *rows)
{
    enum db_status status = DB_OK;
    while (row_walk_next(walk, &status)) {
        if (rows->list.len == (size_t)walk->query->limit) {
            rows->has_more = true;
            break;
        }
        struct db_recruitment_row *row = list_add(&rows->list, walk->arena);
        if (row == NULL)
            status = DB_NO_MEMORY;
        else
            row_walk_read(walk, walk->arena, row);
        if (status == DB_OK)
            status = query_status(&walk->rows);
        if (status != DB_OK)
            break;
        row_place_write(walk->query->order, row, row_walk_place(walk), &rows->far);
        if (rows->list.len == 1)
            rows->near = rows->far;
    }
    row_walk_end(walk);
    return status;
}

/* Whether anything lies before the first row of the walk. */
static enum db_status look_back(const struct row_walk *walk, const struct rows *rows, bool *ret_has)
{
    struct row_place from;
    struct row_walk back = *walk;
    enum db_status status = DB_OK;
    bool fits = row_place_read(walk->query->order, &rows->near, &from);
    assert(fits);
    back.from = &from;
    back.backwards = !walk->backwards;
    back.limit = 1;
    back.part = PART_REST;
    *ret_has = row_walk_next(&back, &status);
    row_walk_end(&back);
    return status;
}

static enum db_status read_page(struct row_walk *walk, struct rows *rows, struct db_studies_page *ret_page)
{
    bool has_before = false;
    enum db_status status = recruitment_count(walk->reader, walk->query, &ret_page->total);
    if (status != DB_OK || ret_page->total == 0)
        return status;
    status = row_walk_choose_way(walk);
    if (status == DB_OK)
        status = read_rows(walk, rows);
    /* Nothing beyond the place: whatever there is lies before it. */
    if (status == DB_OK && rows->list.len == 0)
        has_before = true;
    else if (status == DB_OK && walk->from != NULL)
        status = look_back(walk, rows, &has_before);
    ret_page->returned = (int)rows->list.len;
    ret_page->more_before = walk->backwards ? rows->has_more : has_before;
    ret_page->more_after = walk->backwards ? has_before : rows->has_more;
    ret_page->first = walk->backwards ? rows->far : rows->near;
    ret_page->last = walk->backwards ? rows->near : rows->far;
    return status;
}

enum db_status db_recruitment_list(struct db_reader *reader, const struct db_recruitment_query *query,
                                   bool (*each)(void *cls, const struct db_recruitment_row *row), void *cls,
                                   struct db_studies_page *ret_page)
{
    struct arena arena CLEANUP(arena_free) = {0};
    struct db_reader *scope CLEANUP(reader_leave_at) = NULL;
    struct rows rows = {.list = {.size = sizeof(struct db_recruitment_row)}};
    struct row_place from;
    assert(query->limit > 0);
    *ret_page = (struct db_studies_page){0};
    if (query->position != NULL && !row_place_read(query->order, query->position, &from))
        return DB_CONFLICT;
    enum db_status status = reader_enter(reader);
    if (status != DB_OK)
        return status;
    scope = reader;
    struct row_walk walk = {.reader = reader,
                            .arena = &arena,
                            .query = query,
                            .from = query->position == NULL ? NULL : &from,
                            .backwards = query->backwards,
                            .limit = (int64_t)query->limit + 1, /* one row more says whether there are more */
                            .part = query->position == NULL ? PART_FURTHER : PART_REST};
    status = read_page(&walk, &rows, ret_page);
    const struct db_recruitment_row *row = rows.list.items;
    for (size_t i = 0; i < rows.list.len && status == DB_OK; i++)
        if (!each(cls, &row[query->backwards ? rows.list.len - 1 - i : i]))
            break;
    return status;
}

/* ── all rows ───────────────────────────────────────────────────────────────────────────────────────────────── */

struct db_recruitment_walk {
    struct row_walk rows;
    struct arena arena;
};

static enum db_status begin(struct row_walk *rows, int64_t most, int64_t *ret_total)
{
    enum db_status status = recruitment_count(rows->reader, rows->query, ret_total);
    if (status == DB_OK && *ret_total <= most)
        status = row_walk_choose_way(rows);
    if (status == DB_OK && *ret_total <= most)
        status = row_walk_begin(rows);
    return status;
}

enum db_status db_recruitment_walk_begin(struct db_reader *reader, const struct db_recruitment_query *query, int64_t most,
                                         struct db_recruitment_walk **ret_walk, int64_t *ret_total)
{
    assert(reader->depth > 0 && most >= 0);
    struct db_recruitment_walk *walk = calloc(1, sizeof *walk);
    *ret_walk = NULL;
    *ret_total = 0;
    if (walk == NULL)
        return DB_NO_MEMORY;
    walk->rows = (struct row_walk){.reader = reader, .arena = &walk->arena, .query = query, .limit = -1, .part = PART_FURTHER};
    enum db_status status = begin(&walk->rows, most, ret_total);
    walk->rows.query = NULL; /* one part, which has begun */
    if (status == DB_OK && *ret_total <= most)
        *ret_walk = walk;
    else
        db_recruitment_walk_end(walk);
    return status;
}

enum db_status db_recruitment_walk_next(struct db_recruitment_walk *walk, struct db_recruitment_row *ret_row)
{
    enum db_status status = DB_OK;
    if (!row_walk_next(&walk->rows, &status))
        return status == DB_OK ? DB_NOT_FOUND : status;
    row_walk_read(&walk->rows, NULL, ret_row);
    return query_status(&walk->rows.rows);
}

void db_recruitment_walk_end(struct db_recruitment_walk *walk)
{
    if (walk == NULL)
        return;
    row_walk_end(&walk->rows);
    arena_free(&walk->arena);
    free(walk);
}
