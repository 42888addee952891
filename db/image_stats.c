/* SPDX-License-Identifier: GPL-3.0-or-later
 * A statistic from the image: what db/stats_question.c asks of the engine row by row, in one pass over the columns.
 */
#include "db/image.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* One axis of the table. */
struct ruler {
    enum image_dim dim;
    uint32_t *place;  /* of each value on the axis; NO_VALUE = it has none */
    uint32_t unknown; /* of a study without a value */
    size_t len;       /* of the axis */
};

/* What one study, or one of its regions, gives to a cell. */
struct given {
    int64_t number[STATS_NUMBERS];
    int64_t oldest, newest; /* days as 20241231; −1 = none */
};

struct days {
    int64_t oldest, newest; /* 0 = none yet */
};

struct tally {
    const struct image *image;
    const struct db_stats_query *query;
    struct stats_table *table;
    struct ruler ruler[DB_BY_MAX];
    struct days *days; /* of each cell, and of the total */
    uint32_t *last;    /* of each cell: 1 + the study that counts in it already */
    struct stats_leaders leaders;
    const bool *awards;   /* of each award: whether it is picked; NULL = all */
    bool has_total;       /* what is given goes into the total too */
    bool failed, is_lost; /* no memory; a value that no axis has */
};

static bool is_by(const struct db_stats_query *query, enum db_dimension dimension)
{
    for (size_t i = 0; i < query->by_len; i++)
        if (query->by[i] == dimension)
            return true;
    return false;
}

/* ── axes ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum image_dim dim_of(const struct db_stats_query *query, size_t which)
{
    static const enum image_dim dims[] = {
        [DB_BY_CALL_YEAR] = DIM_CALL_YEAR,     [DB_BY_MECHANISM] = DIM_MECHANISM, [DB_BY_CATEGORY] = DIM_CATEGORY,
        [DB_BY_INSTITUTION] = DIM_INSTITUTION, [DB_BY_REGION] = DIM_REGION,       [DB_BY_STATUS] = DIM_STATUS,
    };
    enum db_dimension by = query->by[which];
    if (query->grain == DB_GRAIN_AWARD && by == DB_BY_CALL_YEAR)
        return DIM_AWARD_YEAR;
    if (query->grain == DB_GRAIN_AWARD && by == DB_BY_MECHANISM)
        return DIM_AWARD_MECHANISM;
    return query->grain == DB_GRAIN_REGION && by == DB_BY_REGION ? DIM_PART : dims[by];
}

static bool rule(struct tally *t, struct arena *arena, size_t which)
{
    struct ruler *ruler = &t->ruler[which];
    const struct stats_axis *axis = &t->table->axis[which];
    ruler->dim = dim_of(t->query, which);
    ruler->len = axis->keys.len;
    ruler->unknown = axis->has_unknown ? (uint32_t)(axis->keys.len - 1) : NO_VALUE;
    ruler->place = arena_array(arena, dim_values(t->image, ruler->dim) + 1, sizeof *ruler->place);
    for (size_t value = 0; ruler->place != NULL && value < dim_values(t->image, ruler->dim); value++) {
        size_t place = stats_axis_place(axis, dim_name(t->image, ruler->dim, value));
        ruler->place[value] = place < axis->keys.len ? (uint32_t)place : NO_VALUE;
    }
    return ruler->place != NULL;
}

static uint32_t place_on(const struct ruler *ruler, uint32_t value)
{
    return value == NO_VALUE ? ruler->unknown : ruler->place[value];
}

/* ── giving ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static void days_keep(struct days *days, const struct given *given)
{
    if (given->oldest > 0 && (days->oldest == 0 || given->oldest < days->oldest))
        days->oldest = given->oldest;
    if (given->newest > days->newest)
        days->newest = given->newest;
}

static void give(struct tally *t, size_t cell, size_t row, const struct given *given)
{
    struct stats_sums *sums = &t->table->sums[cell];
    for (size_t i = 0; i < STATS_NUMBERS; i++)
        sums->number[i] += given->number[i];
    days_keep(&t->days[cell], given);
    if (t->query->leaders && !stats_leaders_count(&t->leaders, cell, image_dim(t->image, DIM_LEADER, PART_VALUES)[row] + 1, sums))
        t->failed = true;
}

/* The number of patients planned and included, of a study or of one region. */
static void set_patients(struct given *given, int64_t planned, int64_t included, int64_t day)
{
    int64_t *n = given->number;
    bool both = planned >= 0 && included >= 0;
    n[STATS_PLANNED] += planned > 0 ? planned : 0;
    n[STATS_INCLUDED] += included > 0 ? included : 0;
    n[STATS_WITH_PLANNED] |= planned >= 0;
    n[STATS_WITH_INCLUDED] |= included >= 0;
    n[STATS_WITH_BOTH] |= both;
    if (both) {
        n[STATS_REMAINING] += planned > included ? planned - included : 0;
        n[STATS_EXCEEDED_BY] += included > planned ? included - planned : 0;
        n[STATS_BOTH_PLANNED] += planned;
        n[STATS_BOTH_INCLUDED] += included;
    }
    if (day > 0 && (given->oldest <= 0 || day < given->oldest))
        given->oldest = day;
    if (day > given->newest)
        given->newest = day;
}

static struct given study_given(const struct image *image, size_t row)
{
    struct given given = {.number = {[STATS_STUDIES] = 1}};
    set_patients(&given, image_numbers(image, COLUMN_PLANNED)[row], image_numbers(image, COLUMN_INCLUDED)[row],
                 image_numbers(image, COLUMN_DAY)[row]);
    return given;
}

static void add_part(const struct image *image, size_t row, size_t part, struct given *given)
{
    if (image_numbers(image, COLUMN_TOTALS_ONLY)[row] == 0)
        set_patients(given, image_numbers(image, COLUMN_PART_PLANNED)[part], image_numbers(image, COLUMN_PART_INCLUDED)[part],
                     image_numbers(image, COLUMN_PART_DAY)[part]);
}

/* Equal shares to the øre, the remainder to the category printed first. */
static int64_t share_of(int64_t amount, size_t of, size_t which)
{
    return of < 2 ? amount : amount / (int64_t)of + (which == 0 ? amount % (int64_t)of : 0);
}

/* ── one study ──────────────────────────────────────────────────────────────────────────────────────────────── */

/* Where the values of a row lie: a study without any has one, the unknown. */
struct run {
    const uint32_t *values;
    size_t len;
};
static const uint32_t nothing[] = {NO_VALUE};

static struct run run_of(const struct image *image, enum image_dim dim, size_t row)
{
    const uint32_t *values = image_dim(image, dim, PART_VALUES);
    if (dim < DIM_SINGLE)
        return (struct run){values + row, 1};
    const uint32_t *start = image_dim(image, dim, PART_STARTS);
    size_t len = start[row + 1] - start[row];
    return len == 0 ? (struct run){nothing, 1} : (struct run){values + start[row], len};
}

/* Amounts go to each cell; all else of the study once to each. */
static void give_amount(struct tally *t, size_t cell, size_t row, const struct given *study, int64_t awards, int64_t amount)
{
    if (t->last[cell] != row + 1)
        give(t, cell, row, study);
    t->last[cell] = (uint32_t)row + 1;
    t->table->sums[cell].number[STATS_AWARDS] += awards;
    t->table->sums[cell].number[STATS_AMOUNT] += amount;
}

/* The cell of one value on each axis: item[i] is which of the row's values, where the axis takes them one by one. */
static bool cell_of(struct tally *t, size_t row, enum image_dim turn, size_t turn_at, size_t category, size_t *ret_cell)
{
    size_t cell = 0;
    for (size_t i = 0; i < t->query->by_len; i++) {
        const struct ruler *ruler = &t->ruler[i];
        bool in_turn = turn != DIM_COUNT && ruler->dim >= DIM_AWARD_YEAR;
        struct run run = run_of(t->image, ruler->dim, row);
        uint32_t place = place_on(ruler, run.values[in_turn ? turn_at : ruler->dim == DIM_CATEGORY ? category : 0]);
        if (place == NO_VALUE) {
            t->is_lost = true;
            return false;
        }
        cell = cell * ruler->len + place;
    }
    *ret_cell = cell;
    return true;
}

/* turn: the study's awards or regions, one after the other; DIM_COUNT: there is nothing to tell apart. */
static void give_cells(struct tally *t, size_t row, enum image_dim turn, size_t turn_at, const struct given *given, int64_t awards,
                       int64_t amount)
{
    bool by_category = is_by(t->query, DB_BY_CATEGORY);
    size_t categories = by_category ? run_of(t->image, DIM_CATEGORY, row).len : 1, cell;
    for (size_t i = 0; i < categories && t->query->by_len > 0; i++)
        if (cell_of(t, row, turn, turn_at, i, &cell))
            give_amount(t, cell, row, given, awards, by_category && !t->query->whole ? share_of(amount, categories, i) : amount);
    if (t->has_total)
        give_amount(t, t->table->cells_len, row, given, awards, amount);
}

static void tally_study(struct tally *t, size_t row)
{
    struct given given = study_given(t->image, row);
    give_cells(t, row, DIM_COUNT, 0, &given, image_numbers(t->image, COLUMN_AWARDS)[row],
               image_numbers(t->image, COLUMN_AMOUNT)[row] * 100);
}

static void tally_awards(struct tally *t, size_t row)
{
    struct given given = study_given(t->image, row);
    const uint32_t *start = image_dim(t->image, DIM_AWARD_YEAR, PART_STARTS);
    for (size_t i = start[row]; i < start[row + 1]; i++)
        if (t->awards == NULL || t->awards[i])
            give_cells(t, row, DIM_AWARD_YEAR, i - start[row], &given, 1, image_numbers(t->image, COLUMN_AWARD_AMOUNT)[i] * 100);
}

static void tally_regions(struct tally *t, size_t row)
{
    const uint32_t *start = image_dim(t->image, DIM_PART, PART_STARTS);
    const bool by_region = is_by(t->query, DB_BY_REGION);
    struct given all = {.number = {[STATS_STUDIES] = 1}};
    for (size_t i = start[row]; i < start[row + 1]; i++)
        add_part(t->image, row, i, &all);
    if (!by_region || start[row] == start[row + 1]) {
        give_cells(t, row, DIM_COUNT, 0, &all, 0, 0);
        return;
    }
    t->has_total = false;
    for (size_t i = start[row]; i < start[row + 1]; i++) {
        struct given one = {.number = {[STATS_STUDIES] = 1}};
        add_part(t->image, row, i, &one);
        give_cells(t, row, DIM_PART, i - start[row], &one, 0, 0);
    }
    t->has_total = true;
    give(t, t->table->cells_len, row, &all);
}

/* ── all of them ────────────────────────────────────────────────────────────────────────────────────────────── */

static void tally_all(struct tally *t, const uint64_t *set)
{
    static void (*const of_grain[])(struct tally * t, size_t row) = {
        [DB_GRAIN_STUDY] = tally_study, [DB_GRAIN_AWARD] = tally_awards, [DB_GRAIN_REGION] = tally_regions};
    for (size_t word = 0; word < t->image->words && !t->failed; word++)
        for (uint64_t bits = set[word]; bits != 0; bits &= bits - 1)
            of_grain[t->query->grain](t, word * 64 + (size_t)__builtin_ctzll(bits));
}

static void day_write(int64_t day, char ret_day[DAY_BYTES])
{
    char digits[9];
    if (day <= 0)
        return;
    snprintf(digits, sizeof digits, "%08d", (int)(day % 100000000));
    snprintf(ret_day, DAY_BYTES, "%.4s-%.2s-%.2s", digits, digits + 4, digits + 6);
}

static enum db_status read_awards(struct tally *t, struct arena *arena)
{
    bool *awards = NULL;
    if (t->query->grain != DB_GRAIN_AWARD)
        return DB_OK;
    enum db_status status = image_awards(t->image, arena, &t->query->filter, &awards);
    t->awards = awards;
    return status;
}

static enum db_status tally_begin(struct tally *t, struct arena *arena)
{
    size_t cells = t->table->cells_len + 1;
    t->days = arena_array(arena, cells, sizeof *t->days);
    t->last = arena_array(arena, cells, sizeof *t->last);
    bool is_begun = t->days != NULL && t->last != NULL;
    for (size_t i = 0; i < t->query->by_len && is_begun; i++)
        is_begun = rule(t, arena, i);
    return is_begun ? read_awards(t, arena) : DB_NO_MEMORY;
}

enum db_status image_stats(struct db_reader *reader, const struct image *image, struct arena *arena, const struct db_stats_query *query,
                           struct stats_table *table)
{
    struct tally t = {.image = image, .query = query, .table = table, .has_total = true};
    struct db_study_filter filter = query->filter;
    uint64_t *set;
    if (query->grain == DB_GRAIN_AWARD) { /* they pick awards, not studies */
        filter.award_call_year = (struct db_ranges){0};
        filter.award_mechanism = (struct db_codes){0};
    }
    enum db_status status = image_select(reader, image, arena, &filter, &set);
    if (status == DB_OK)
        status = tally_begin(&t, arena);
    if (status == DB_OK)
        tally_all(&t, set);
    for (size_t cell = 0; status == DB_OK && cell <= table->cells_len; cell++) {
        day_write(t.days[cell].oldest, table->sums[cell].oldest);
        day_write(t.days[cell].newest, table->sums[cell].newest);
    }
    stats_leaders_free(&t.leaders);
    if (status == DB_OK && (t.failed || t.is_lost))
        status = t.failed ? DB_NO_MEMORY : DB_BUG;
    return status;
}
