/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is looked for, as sets of rows and as numbers for them. The index of words is the engine's; it is asked once a data version.
 */
#include <stdlib.h>
#include <string.h>

#include "db/image.h"
#include "db/search_index.h"

struct asked {
    const struct image *image;
    const struct db_search *search;
    bool in_titles;
};

/* Rows of ids that ascend: they lie side by side where nothing was ever left out, else a little further. */
static uint32_t row_after(const struct image *image, uint32_t row, int64_t id)
{
    const int64_t *ids = image_numbers(image, COLUMN_ID);
    int64_t guess = id - ids[0];
    if (guess >= 0 && guess < (int64_t)image->len && ids[guess] == id)
        return (uint32_t)guess;
    while (row < image->len && ids[row] < id)
        row++;
    return row < image->len && ids[row] == id ? row : NO_VALUE;
}

/* ── who fits ───────────────────────────────────────────────────────────────────────────────────────────────── */

struct matching {
    const struct image *image;
    struct image_rows *rows;
    uint64_t *set;
    uint32_t row; /* of the last one */
};

static void take_match(void *cls, int64_t id)
{
    struct matching *matching = cls;
    uint32_t row = row_after(matching->image, matching->row, id);
    if (row == NO_VALUE)
        return;
    matching->row = row;
    matching->set[row / 64] |= UINT64_C(1) << row % 64;
    matching->rows->count++;
}

static enum db_status find_matching(struct db_reader *reader, struct arena *arena, const void *question, const void **ret_found)
{
    const struct asked *asked = question;
    struct arena work CLEANUP(arena_free) = {0};
    struct query query CLEANUP(query_end) = {0};
    struct sql sql = sql_begin(&work);
    struct matching matching = {.image = asked->image, .rows = arena_alloc(arena, sizeof *matching.rows)};
    const struct search_each each = {take_match, &matching};
    matching.set = arena_array(arena, asked->image->words + 1, sizeof *matching.set);
    if (matching.rows == NULL || matching.set == NULL)
        return DB_NO_MEMORY;
    matching.rows->set = matching.set;
    *ret_found = matching.rows;
    if (asked->image->len == 0)
        return DB_OK;
    sql_search_each(&sql, asked->search, asked->in_titles, &each);
    enum db_status status = sql_query(&sql, reader->st, &query);
    return status == DB_OK ? query_run(&query) : status;
}

enum db_status image_matching(struct db_reader *reader, const struct image *image, const struct db_search *search, bool in_titles,
                              image_use_fn use, void *cls)
{
    struct arena arena CLEANUP(arena_free) = {0};
    const struct asked asked = {image, search, in_titles};
    struct sql key = sql_begin(&arena);
    sql_search_ids(&key, search, in_titles);
    return image_shared(reader, &(struct shared_question){&key, &asked, find_matching}, use, cls);
}

static void take_count(void *cls, const struct image_rows *rows)
{
    *(int64_t *)cls = rows->count;
}

enum db_status image_fitting(struct db_reader *reader, const struct image *image, const struct db_search *search, int64_t *ret_count)
{
    return image_matching(reader, image, search, false, take_count, ret_count);
}

/* ── how well ───────────────────────────────────────────────────────────────────────────────────────────────── */

struct scored {
    struct list rows; /* struct scored_row */
};
struct scored_row {
    uint32_t row, score;
};

static enum db_status find_scores(struct db_reader *reader, struct arena *arena, const void *question, const void **ret_found)
{
    const struct asked *asked = question;
    struct arena work CLEANUP(arena_free) = {0};
    struct query query CLEANUP(query_end) = {0};
    struct sql sql = sql_begin(&work);
    struct scored *scored = arena_alloc(arena, sizeof *scored);
    uint32_t row = 0;
    if (scored == NULL)
        return DB_NO_MEMORY;
    scored->rows.size = sizeof(struct scored_row);
    *ret_found = scored;
    sql_search_scores(&sql, asked->search);
    enum db_status status = sql_query(&sql, reader->st, &query);
    while (status == DB_OK && query_row(&query)) {
        uint32_t found = row_after(asked->image, row, query_int(&query, 0));
        struct scored_row *item = found == NO_VALUE ? NULL : list_add(&scored->rows, arena);
        if (item == NULL)
            return DB_NO_MEMORY;
        row = found;
        *item = (struct scored_row){row, (uint32_t)query_int(&query, 1)};
    }
    return status == DB_OK ? query_status(&query) : status;
}

static void spread_scores(void *cls, const void *found)
{
    uint32_t *relevance = cls;
    const struct scored *scored = found;
    const struct scored_row *rows = scored->rows.items;
    for (size_t i = 0; i < scored->rows.len; i++)
        relevance[rows[i].row] = rows[i].score;
}

static void spread_titles(void *cls, const struct image_rows *rows)
{
    uint32_t *relevance = cls;
    for (size_t word = 0, of = 0; of < (size_t)rows->count; word++)
        for (uint64_t bits = rows->set[word]; bits != 0; bits &= bits - 1, of++)
            relevance[word * 64 + (size_t)__builtin_ctzll(bits)] = 1;
}

enum db_status image_relevance(struct db_reader *reader, const struct image *image, const struct db_search *search, bool is_bounded,
                               uint32_t **ret_relevance)
{
    struct arena arena CLEANUP(arena_free) = {0};
    const struct asked asked = {image, search, false};
    struct sql key = sql_begin(&arena);
    uint32_t *relevance = calloc(image->len + 1, sizeof *relevance); /* only what is written costs memory */
    *ret_relevance = relevance;
    if (relevance == NULL)
        return DB_NO_MEMORY;
    if (is_bounded)
        return image_matching(reader, image, search, true, spread_titles, relevance);
    sql_search_scores(&key, search);
    return answer_shared(reader, &(struct shared_question){&key, &asked, find_scores}, spread_scores, relevance);
}
