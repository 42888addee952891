/* SPDX-License-Identifier: GPL-3.0-or-later
 * The image from the records.
 */
#include "db/image.h"

#include <stdlib.h>
#include <string.h>

/* A value that one row of so many has is kept as a set too: then a set is no larger than the list. */
#define SET_FROM 32

/* ── columns that grow ──────────────────────────────────────────────────────────────────────────────────────── */

struct growing {
    char *items;
    size_t len, room; /* bytes */
};

struct build {
    struct statements *statements;
    struct growing column[COLUMN_COUNT];
    size_t len, words; /* rows */
    int64_t *ids;      /* = column[COLUMN_ID].items */
    enum db_status status;
};

static void fail(struct build *build, enum db_status status)
{
    if (build->status == DB_OK)
        build->status = status;
}

/* So many bytes more, zeroed; NULL after a failure. */
static void *extend(struct build *build, size_t column, size_t bytes)
{
    struct growing *growing = &build->column[column];
    if (growing->items == NULL || growing->room - growing->len < bytes) {
        size_t room = growing->room + growing->room / 2 + bytes + 4096;
        char *items = build->status == DB_OK ? realloc(growing->items, room) : NULL;
        if (items == NULL) {
            fail(build, DB_NO_MEMORY);
            return NULL;
        }
        growing->items = items;
        growing->room = room;
    }
    growing->len += bytes;
    return bytes > 0 ? memset(growing->items + growing->len - bytes, 0, bytes) : growing->items;
}

static void put_number(struct build *build, size_t column, int64_t number)
{
    int64_t *at = extend(build, column, sizeof number);
    if (at != NULL)
        *at = number;
}

static void put_index(struct build *build, size_t column, size_t index)
{
    uint32_t *at = extend(build, column, sizeof *at);
    if (index > UINT32_MAX)
        fail(build, DB_CONFLICT);
    else if (at != NULL)
        *at = (uint32_t)index;
}

static void put_text(struct build *build, size_t column, size_t column_at, const char *text)
{
    size_t len = strlen(text) + 1;
    put_index(build, column_at, build->column[column].len);
    char *at = extend(build, column, len);
    if (at != NULL)
        memcpy(at, text, len);
}

static size_t count_of(const struct build *build, size_t column, size_t size)
{
    return build->column[column].len / size;
}

/* ── dimensions ─────────────────────────────────────────────────────────────────────────────────────────────── */

/* Values by the number they were met with, until all are known. */
struct dictionary {
    struct map map;
    struct arena arena;
    const char **names; /* by number */
    size_t room;
};

static void dictionaries_free(struct dictionary *dictionaries, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        map_free(&dictionaries[i].map);
        arena_free(&dictionaries[i].arena);
        free(dictionaries[i].names);
    }
}

/* NO_VALUE for NULL and after a failure. */
static uint32_t number_of(struct build *build, struct dictionary *dictionary, const char *name)
{
    if (name == NULL)
        return NO_VALUE;
    const struct map_entry *known = map_find(&dictionary->map, name);
    if (known != NULL)
        return (uint32_t)known->index;
    size_t number = dictionary->map.len;
    if (number == dictionary->room) {
        size_t room = dictionary->room * 2 + 64;
        const char **names = realloc(dictionary->names, room * sizeof *names);
        if (names != NULL) {
            dictionary->names = names;
            dictionary->room = room;
        }
    }
    const char *copy = number < dictionary->room ? arena_strdup(&dictionary->arena, name) : NULL;
    if (copy == NULL || !map_reserve(&dictionary->map, 1)) {
        fail(build, DB_NO_MEMORY);
        return NO_VALUE;
    }
    map_put(&dictionary->map, copy)->index = number;
    dictionary->names[number] = copy;
    return (uint32_t)number;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Writes the names in order, and the values by their place in it. */
static void settle_values(struct build *build, enum image_dim dim, struct dictionary *dictionary)
{
    size_t len = dictionary->map.len, values = count_of(build, dim_column(dim, PART_VALUES), sizeof(uint32_t));
    uint32_t *place = malloc((len + 1) * sizeof *place), *value = (void *)build->column[dim_column(dim, PART_VALUES)].items;
    if (place == NULL) {
        fail(build, DB_NO_MEMORY);
        return;
    }
    if (len > 0)
        qsort(dictionary->names, len, sizeof *dictionary->names, by_name);
    for (size_t i = 0; i < len; i++) {
        put_text(build, dim_column(dim, PART_NAMES), dim_column(dim, PART_NAMES_AT), dictionary->names[i]);
        place[map_find(&dictionary->map, dictionary->names[i])->index] = (uint32_t)i;
    }
    for (size_t i = 0; i < values; i++)
        value[i] = value[i] == NO_VALUE ? NO_VALUE : place[value[i]];
    free(place);
}

/* Where the values of a row begin. */
static size_t start_of(const struct build *build, enum image_dim dim, size_t row)
{
    return dim < DIM_SINGLE ? row : ((const uint32_t *)(void *)build->column[dim_column(dim, PART_STARTS)].items)[row];
}

static bool is_repeated(const uint32_t *values, size_t start, size_t at)
{
    for (size_t i = start; i < at; i++)
        if (values[i] == values[at])
            return true;
    return false;
}

/* The rows of each value, by counting them first. */
static void settle_rows(struct build *build, enum image_dim dim)
{
    size_t len = count_of(build, dim_column(dim, PART_NAMES_AT), sizeof(uint32_t));
    uint32_t *at = extend(build, dim_column(dim, PART_ROWS_AT), (len + 1) * sizeof *at);
    uint32_t *next = calloc(len + 1, sizeof *next);
    const uint32_t *value = (void *)build->column[dim_column(dim, PART_VALUES)].items;
    if (next == NULL)
        fail(build, DB_NO_MEMORY);
    /* value is NULL where nobody has any: then there is nothing to walk over. */
    for (int pass = 0; pass < 2 && build->status == DB_OK && value != NULL; pass++) {
        uint32_t *rows = pass == 0 ? NULL : extend(build, dim_column(dim, PART_ROWS), at[len] * sizeof *rows);
        for (size_t row = 0; row < build->len && build->status == DB_OK; row++)
            for (size_t i = start_of(build, dim, row); i < start_of(build, dim, row + 1); i++) {
                if (value[i] == NO_VALUE || is_repeated(value, start_of(build, dim, row), i))
                    continue;
                if (pass == 0)
                    at[value[i] + 1]++;
                else
                    rows[next[value[i]]++] = (uint32_t)row;
            }
        for (size_t i = 0; i < len && pass == 0; i++) {
            at[i + 1] += at[i];
            next[i] = at[i];
        }
    }
    free(next);
}

static void settle_sets(struct build *build, enum image_dim dim)
{
    size_t len = count_of(build, dim_column(dim, PART_NAMES_AT), sizeof(uint32_t)), sets = 0;
    const uint32_t *at = (void *)build->column[dim_column(dim, PART_ROWS_AT)].items;
    const uint32_t *rows = (void *)build->column[dim_column(dim, PART_ROWS)].items;
    for (size_t value = 0; value < len && build->status == DB_OK; value++) {
        bool is_common = (size_t)(at[value + 1] - at[value]) * SET_FROM > build->len;
        put_index(build, dim_column(dim, PART_SETS_AT), is_common ? ++sets : 0);
        uint64_t *set = is_common ? extend(build, dim_column(dim, PART_SETS), build->words * sizeof *set) : NULL;
        for (size_t i = at[value]; set != NULL && i < at[value + 1]; i++)
            set[rows[i] / 64] |= UINT64_C(1) << rows[i] % 64;
    }
}

static void settle_dim(struct build *build, enum image_dim dim, struct dictionary *dictionary)
{
    if (build->status == DB_OK)
        settle_values(build, dim, dictionary);
    if (build->status == DB_OK)
        settle_rows(build, dim);
    if (build->status == DB_OK)
        settle_sets(build, dim);
}

/* ── studies ────────────────────────────────────────────────────────────────────────────────────────────────── */

static void read_studies(struct build *build)
{
    struct dictionary dictionaries[DIM_SINGLE] = {0};
    struct query rows CLEANUP(query_end) = query_begin(build->statements, STMT_image_studies, NO_ARGS);
    while (build->status == DB_OK && query_row(&rows)) {
        int column = 0;
        for (size_t i = COLUMN_ID; i <= COLUMN_TOTALS_ONLY; i++)
            put_number(build, i, query_known(&rows, column++));
        const char *code = query_text(&rows, column++);
        put_text(build, COLUMN_CODES, COLUMN_CODES_AT, code == NULL ? "" : code);
        for (enum image_dim dim = 0; dim < DIM_SINGLE; dim++)
            put_index(build, dim_column(dim, PART_VALUES), number_of(build, &dictionaries[dim], query_text(&rows, column++)));
    }
    fail(build, query_status(&rows));
    build->len = count_of(build, COLUMN_ID, sizeof(int64_t));
    build->words = (build->len + 63) / 64;
    build->ids = (void *)build->column[COLUMN_ID].items;
    for (enum image_dim dim = 0; dim < DIM_SINGLE; dim++)
        settle_dim(build, dim, &dictionaries[dim]);
    dictionaries_free(dictionaries, DIM_SINGLE);
}

/* ── lists of studies ───────────────────────────────────────────────────────────────────────────────────────── */

/* A statement whose first column is the study, then a value for each of up to two dimensions, then numbers. */
static const struct list_source {
    enum db_statement statement;
    enum image_dim dims[2];
    size_t dims_len;
    size_t numbers[3];
    size_t numbers_len;
} list_sources[] = {
    {STMT_image_categories, {DIM_CATEGORY}, 1, {0}, 0},
    {STMT_image_hospitals, {DIM_HOSPITAL}, 1, {0}, 0},
    {STMT_image_inclusion, {DIM_INCLUSION}, 1, {0}, 0},
    {STMT_image_awards, {DIM_AWARD_YEAR, DIM_AWARD_MECHANISM}, 2, {COLUMN_AWARD_AMOUNT}, 1},
    {STMT_image_parts, {DIM_PART}, 1, {COLUMN_PART_PLANNED, COLUMN_PART_INCLUDED, COLUMN_PART_DAY}, 3},
};

/* The lists of all rows up to this one begin no later than here. */
static void start_rows(struct build *build, const struct list_source *source, size_t *row, size_t end)
{
    for (; *row < end && build->status == DB_OK; ++*row)
        for (size_t i = 0; i < source->dims_len; i++) {
            enum image_dim dim = source->dims[i];
            put_index(build, dim_column(dim, PART_STARTS), count_of(build, dim_column(dim, PART_VALUES), sizeof(uint32_t)));
        }
}

static void read_list(struct build *build, const struct list_source *source)
{
    struct dictionary dictionaries[2] = {0};
    size_t row = 0; /* the next to be begun */
    struct query rows CLEANUP(query_end) = query_begin(build->statements, source->statement, NO_ARGS);
    while (build->status == DB_OK && query_row(&rows)) {
        int64_t study = query_int(&rows, 0);
        while (row < build->len && build->ids[row] <= study && build->status == DB_OK)
            start_rows(build, source, &row, row + 1);
        int column = 1;
        for (size_t i = 0; i < source->dims_len; i++)
            put_index(build, dim_column(source->dims[i], PART_VALUES), number_of(build, &dictionaries[i], query_text(&rows, column++)));
        for (size_t i = 0; i < source->numbers_len; i++)
            put_number(build, source->numbers[i], query_known(&rows, column++));
    }
    fail(build, query_status(&rows));
    start_rows(build, source, &row, build->len + 1);
    for (size_t i = 0; i < source->dims_len; i++)
        settle_dim(build, source->dims[i], &dictionaries[i]);
    dictionaries_free(dictionaries, 2);
}

/* ── orders ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static size_t row_of(const struct build *build, int64_t id)
{
    size_t low = 0, high = build->len;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (build->ids[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The key of the row before, to tell a new rank. */
struct last_key {
    int64_t number;
    unsigned char bytes[256];
    int len; /* −1 = there was none */
};

static bool is_new_key(struct build *build, struct last_key *last, struct query *rows, enum arg_kind kind)
{
    bool is_new = last->len < 0;
    if (kind == ARG_INT) {
        is_new = is_new || last->number != query_int(rows, 1);
        last->number = query_int(rows, 1);
        last->len = 0;
        return is_new;
    }
    const void *bytes = sqlite3_column_blob(rows->stmt, 1);
    int len = sqlite3_column_bytes(rows->stmt, 1);
    if (len > (int)sizeof last->bytes) { /* no key is: the file is damaged */
        fail(build, DB_DAMAGED);
        return true;
    }
    is_new = is_new || last->len != len || (len > 0 && memcmp(last->bytes, bytes, (size_t)len) != 0);
    last->len = len;
    if (len > 0)
        memcpy(last->bytes, bytes, (size_t)len);
    return is_new;
}

static void read_order(struct build *build, enum db_study_sort_key key)
{
    struct arena arena CLEANUP(arena_free) = {0};
    struct query rows CLEANUP(query_end) = {0};
    struct last_key last = {.len = -1};
    const size_t column = COLUMN_SORT + (size_t)key * SORT_PARTS;
    size_t groups = 0, place = 0;
    struct sql sql = sql_begin(&arena);
    const char *parts[] = {"SELECT s.id, ", sort_columns[key].up, " FROM study s ORDER BY ", sort_columns[key].up, ", s.code"};
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        sql_add(&sql, parts[i]);
    fail(build, sql_query(&sql, build->statements, &rows));
    uint32_t *rank = extend(build, column + SORT_RANK, build->len * sizeof *rank);
    while (build->status == DB_OK && query_row(&rows)) {
        size_t row = row_of(build, query_int(&rows, 0));
        if (row == build->len || build->ids[row] != query_int(&rows, 0)) { /* an index that knows a study which is not there */
            fail(build, DB_DAMAGED);
            break;
        }
        if (is_new_key(build, &last, &rows, sort_columns[key].kind)) {
            put_index(build, column + SORT_GROUPS, place);
            groups++;
        }
        put_index(build, column + SORT_ORDER, row);
        rank[row] = (uint32_t)(groups - 1);
        place++;
    }
    if (build->status == DB_OK)
        fail(build, query_status(&rows));
    if (place != build->len)
        fail(build, DB_DAMAGED);
    put_index(build, column + SORT_GROUPS, place);
    bool may_be_unknown = strcmp(sort_columns[key].up, sort_columns[key].down) != 0;
    put_index(build, COLUMN_UNKNOWN, may_be_unknown && place > 0 && last.number == INT64_MAX);
}

/* ── all of it ──────────────────────────────────────────────────────────────────────────────────────────────── */

enum db_status image_build(struct statements *statements, struct image *ret_image)
{
    struct build build = {.statements = statements};
    read_studies(&build);
    for (size_t i = 0; i < COUNT_OF(list_sources) && build.status == DB_OK; i++)
        read_list(&build, &list_sources[i]);
    for (enum db_study_sort_key key = 0; key < IMAGE_SORTS && build.status == DB_OK; key++)
        read_order(&build, key);
    *ret_image = (struct image){.len = build.len, .words = build.words};
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        ret_image->column[i] = (struct image_items){build.column[i].items, build.column[i].len};
    if (build.status != DB_OK)
        image_build_free(ret_image);
    return build.status;
}

void image_build_free(struct image *image)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        free((void *)(uintptr_t)image->column[i].items);
    *image = (struct image){0};
}
