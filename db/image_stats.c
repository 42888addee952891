/* SPDX-License-Identifier: GPL-3.0-or-later
 * A statistic from the image: what db/stats_question.c asks of the engine row by row, in one pass over the columns.
 */
#include "db/image.h"

#include <stdio.h>
#include <string.h>

/* Bits for different leaders take so many bytes at most. */
#define LED_MAX ((size_t)16 << 20)

/* Words of a set between two looks at the clock. */
#define LOOK_EVERY 256

/* One axis of the table. */
struct ruler {
    enum image_dim dim;
    const uint32_t *values, *starts; /* of the dimension; starts NULL = one value for each row */
    uint32_t *place;                 /* of each value on the axis; NO_VALUE = it has none */
    uint32_t unknown;                /* of a study without a value */
    size_t len;                      /* of the axis */
};

/* Whose patients are counted: a study, or some of its regions. */
struct counted {
    const int64_t *planned, *included, *day;
    size_t from, to;
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
    const bool *awards;             /* of each award: whether it is picked; NULL = all */
    const struct ruler *categories; /* the one of categories; NULL = it is not by them */
    uint64_t *led;                  /* for each cell a bit for each leader; NULL = there would be too many */
    bool by_part;                   /* each region by itself */
    bool has_total;                 /* what is given goes into the total too; else that is the sum of the cells */
    bool failed, is_lost;           /* no memory; a value that no axis has */
};

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
    ruler->values = image_dim(t->image, ruler->dim, PART_VALUES);
    ruler->starts = ruler->dim < DIM_SINGLE ? NULL : image_dim(t->image, ruler->dim, PART_STARTS);
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

/* Those of one cell begin at a word. */
static size_t bits_of_leaders(const struct image *image)
{
    return (dim_values(image, DIM_LEADER) + 63) / 64 * 64;
}

/* ── giving ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Days that are not known are no days. */
static inline void days_keep(struct days *days, int64_t oldest, int64_t newest)
{
    if (oldest > 0 && (days->oldest == 0 || oldest < days->oldest))
        days->oldest = oldest;
    if (newest > days->newest)
        days->newest = newest;
}

/* Whether it is the first study of this leader there. */
static void count_leader(struct tally *t, size_t cell, size_t row)
{
    const uint32_t leader = image_dim(t->image, DIM_LEADER, PART_VALUES)[row];
    struct stats_sums *sums = &t->table->sums[cell];
    if (t->led == NULL) {
        t->failed |= !stats_leaders_count(&t->leaders, cell, leader + 1, sums);
        return;
    }
    uint64_t *word = &t->led[cell * bits_of_leaders(t->image) / 64 + leader / 64];
    sums->leaders += ~*word >> leader % 64 & 1;
    *word |= UINT64_C(1) << leader % 64;
}

/* −1 = not known. Without a branch, for which of them are known follows no pattern. */
static inline void add_patients(int64_t *n, int64_t planned, int64_t included)
{
    const int64_t knows_planned = planned >= 0, knows_included = included >= 0, both = knows_planned & knows_included;
    const int64_t left = planned - included;
    n[STATS_PLANNED] += planned & -knows_planned;
    n[STATS_INCLUDED] += included & -knows_included;
    n[STATS_REMAINING] += left & -(both & (left > 0));
    n[STATS_EXCEEDED_BY] -= left & -(both & (left < 0));
    n[STATS_BOTH_PLANNED] += planned & -both;
    n[STATS_BOTH_INCLUDED] += included & -both;
    n[STATS_WITH_PLANNED] += knows_planned;
    n[STATS_WITH_INCLUDED] += knows_included;
    n[STATS_WITH_BOTH] += both;
}

/* A study knows its plan once, in however many of its regions. */
static void add_several(int64_t *n, const struct counted *counted)
{
    static const enum stats_number once[] = {STATS_WITH_PLANNED, STATS_WITH_INCLUDED, STATS_WITH_BOTH};
    int64_t before[COUNT_OF(once)];
    for (size_t i = 0; i < COUNT_OF(once); i++)
        before[i] = n[once[i]];
    for (size_t i = counted->from; i < counted->to; i++)
        add_patients(n, counted->planned[i], counted->included[i]);
    for (size_t i = 0; i < COUNT_OF(once); i++)
        n[once[i]] = before[i] + (n[once[i]] > before[i]);
}

static inline void give(struct tally *t, size_t cell, size_t row, const struct counted *counted)
{
    int64_t *n = t->table->sums[cell].number;
    n[STATS_STUDIES]++;
    if (counted->to - counted->from == 1)
        add_patients(n, counted->planned[counted->from], counted->included[counted->from]);
    else
        add_several(n, counted);
    for (size_t i = counted->from; i < counted->to; i++)
        days_keep(&t->days[cell], counted->day[i], counted->day[i]);
    if (t->query->leaders)
        count_leader(t, cell, row);
}

static inline struct counted study_counted(const struct image *image, size_t row)
{
    return (struct counted){image_numbers(image, COLUMN_PLANNED), image_numbers(image, COLUMN_INCLUDED), image_numbers(image, COLUMN_DAY),
                            row, row + 1};
}

/* Regions from … to of all; none of a study that shows totals only. */
static inline struct counted parts_counted(const struct image *image, size_t row, size_t from, size_t to)
{
    return (struct counted){image_numbers(image, COLUMN_PART_PLANNED), image_numbers(image, COLUMN_PART_INCLUDED),
                            image_numbers(image, COLUMN_PART_DAY), from, image_numbers(image, COLUMN_TOTALS_ONLY)[row] == 0 ? to : from};
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

static struct run run_of(const struct ruler *ruler, size_t row)
{
    if (ruler->starts == NULL)
        return (struct run){ruler->values + row, 1};
    size_t len = ruler->starts[row + 1] - ruler->starts[row];
    return len == 0 ? (struct run){nothing, 1} : (struct run){ruler->values + ruler->starts[row], len};
}

/* Amounts go to each cell; all else of the study once to each. */
static void give_amount(struct tally *t, size_t cell, size_t row, const struct counted *counted, int64_t awards, int64_t amount)
{
    if (t->last[cell] != row + 1)
        give(t, cell, row, counted);
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
        struct run run = run_of(ruler, row);
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
static void give_cells(struct tally *t, size_t row, enum image_dim turn, size_t turn_at, const struct counted *counted, int64_t awards,
                       int64_t amount)
{
    const bool by_category = t->categories != NULL;
    size_t categories = by_category ? run_of(t->categories, row).len : 1, cell;
    for (size_t i = 0; i < categories && t->query->by_len > 0; i++)
        if (cell_of(t, row, turn, turn_at, i, &cell))
            give_amount(t, cell, row, counted, awards, by_category && !t->query->whole ? share_of(amount, categories, i) : amount);
    if (t->has_total)
        give_amount(t, t->table->cells_len, row, counted, awards, amount);
}

/* A study that is in one cell, with all that it is. */
static void tally_whole(struct tally *t, size_t row)
{
    size_t cell = 0;
    for (size_t i = 0; i < t->query->by_len; i++) {
        uint32_t place = place_on(&t->ruler[i], t->ruler[i].values[row]);
        t->is_lost |= place == NO_VALUE;
        cell = cell * t->ruler[i].len + (place == NO_VALUE ? 0 : place);
    }
    const struct counted counted = study_counted(t->image, row);
    int64_t *n = t->table->sums[cell].number;
    n[STATS_AWARDS] += image_numbers(t->image, COLUMN_AWARDS)[row];
    n[STATS_AMOUNT] += image_numbers(t->image, COLUMN_AMOUNT)[row] * 100;
    give(t, cell, row, &counted);
    if (t->query->leaders && t->query->by_len > 0)
        count_leader(t, t->table->cells_len, row);
}

static void tally_study(struct tally *t, size_t row)
{
    const struct counted counted = study_counted(t->image, row);
    give_cells(t, row, DIM_COUNT, 0, &counted, image_numbers(t->image, COLUMN_AWARDS)[row],
               image_numbers(t->image, COLUMN_AMOUNT)[row] * 100);
}

static void tally_awards(struct tally *t, size_t row)
{
    const struct counted counted = study_counted(t->image, row);
    const uint32_t *start = image_dim(t->image, DIM_AWARD_YEAR, PART_STARTS);
    for (size_t i = start[row]; i < start[row + 1]; i++)
        if (t->awards == NULL || t->awards[i])
            give_cells(t, row, DIM_AWARD_YEAR, i - start[row], &counted, 1, image_numbers(t->image, COLUMN_AWARD_AMOUNT)[i] * 100);
}

static void tally_regions(struct tally *t, size_t row)
{
    const uint32_t *start = image_dim(t->image, DIM_PART, PART_STARTS);
    const struct counted all = parts_counted(t->image, row, start[row], start[row + 1]);
    if (!t->by_part || start[row] == start[row + 1]) {
        give_cells(t, row, DIM_COUNT, 0, &all, 0, 0);
        return;
    }
    t->has_total = false;
    for (size_t i = start[row]; i < start[row + 1]; i++) {
        const struct counted one = parts_counted(t->image, row, i, i + 1);
        give_cells(t, row, DIM_PART, i - start[row], &one, 0, 0);
    }
    t->has_total = true;
    give(t, t->table->cells_len, row, &all);
}

/* ── all of them ────────────────────────────────────────────────────────────────────────────────────────────── */

/* The total of cells that no study shares; leaders are counted already. */
static void add_up(struct tally *t)
{
    struct stats_sums *total = &t->table->sums[t->table->cells_len];
    for (size_t cell = 0; cell < t->table->cells_len; cell++) {
        const struct days *days = &t->days[cell];
        days_keep(&t->days[t->table->cells_len], days->oldest, days->newest);
        for (size_t i = 0; i < STATS_NUMBERS; i++)
            total->number[i] += t->table->sums[cell].number[i];
    }
}

typedef void (*tally_fn)(struct tally *t, size_t row);

static enum db_status tally_all(struct tally *t, const uint64_t *set, const struct db_bound *bound)
{
    static const tally_fn of_grain[] = {[DB_GRAIN_STUDY] = tally_study, [DB_GRAIN_AWARD] = tally_awards, [DB_GRAIN_REGION] = tally_regions};
    const bool is_whole = t->query->grain == DB_GRAIN_STUDY && t->categories == NULL;
    const tally_fn tally = is_whole ? tally_whole : of_grain[t->query->grain];
    for (size_t word = 0; word < t->image->words && !t->failed; word++) {
        if (word % LOOK_EVERY == 0 && bound_is_passed(bound))
            return DB_TIMEOUT;
        for (uint64_t bits = set[word]; bits != 0; bits &= bits - 1)
            tally(t, word * 64 + (size_t)__builtin_ctzll(bits));
    }
    if (is_whole)
        add_up(t);
    return t->failed ? DB_NO_MEMORY : t->is_lost ? DB_BUG : DB_OK;
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
    if (t->query->leaders && cells * bits_of_leaders(t->image) / 8 <= LED_MAX)
        t->led = arena_array(arena, cells * bits_of_leaders(t->image) / 64 + 1, sizeof *t->led);
    for (size_t i = 0; i < t->query->by_len && is_begun; i++) {
        is_begun = rule(t, arena, i);
        if (t->query->by[i] == DB_BY_CATEGORY)
            t->categories = &t->ruler[i];
        t->by_part |= t->ruler[i].dim == DIM_PART;
    }
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
        status = tally_all(&t, set, &reader->bound);
    for (size_t cell = 0; status == DB_OK && cell <= table->cells_len; cell++) {
        day_write(t.days[cell].oldest, table->sums[cell].oldest);
        day_write(t.days[cell].newest, table->sums[cell].newest);
    }
    stats_leaders_free(&t.leaders);
    return status;
}
