/* SPDX-License-Identifier: GPL-3.0-or-later
 * A facet from the image: for each value how many of its rows are among those that pass. Where all pass that is known already.
 */
#include "db/facets.h"

#include <string.h>

struct counting {
    struct facet_tally *tally;
    const struct image *image;
    struct arena *arena;
};

/* ── values ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool has_row(const uint64_t *set, uint32_t row)
{
    return set[row / 64] >> row % 64 & 1;
}

static int64_t count_common(const struct image *image, const uint64_t *a, const uint64_t *b)
{
    int64_t count = 0;
    for (size_t i = 0; i < image->words; i++)
        count += __builtin_popcountll(a[i] & b[i]);
    return count;
}

static int64_t count_rows(const struct image *image, enum image_dim dim, size_t value, const struct image_rows *passing)
{
    const uint32_t *rows = image_dim(image, dim, PART_ROWS), *at = image_dim(image, dim, PART_ROWS_AT);
    uint32_t number = image_dim(image, dim, PART_SETS_AT)[value];
    int64_t count = 0;
    if (passing->count == (int64_t)image->len)
        return (int64_t)at[value + 1] - at[value];
    if (number != 0)
        return count_common(image, (const uint64_t *)image->column[dim_column(dim, PART_SETS)].items + (number - 1) * image->words,
                            passing->set);
    for (size_t i = at[value]; i < at[value + 1]; i++)
        count += has_row(passing->set, rows[i]);
    return count;
}

/* The place of a leader's name among all: that of any of the rows, whose order the image has. */
static uint32_t rank_of(const struct image *image, enum image_dim dim, size_t value)
{
    const uint32_t *rows = image_dim(image, dim, PART_ROWS), *at = image_dim(image, dim, PART_ROWS_AT);
    return dim == DIM_LEADER ? image_sort(image, DB_SORT_LEADER, SORT_RANK)[rows[at[value]]] + 1 : 0;
}

/* By place; values that nobody who passes has stay out of it. */
static void count_values(struct counting *c, const struct image_rows *passing)
{
    enum image_dim dim = c->tally->facet->dim;
    bool is_open = c->tally->facet->source == FROM_YEARS || c->tally->facet->source == FROM_LEADERS;
    size_t len = dim_values(c->image, dim);
    if (is_open)
        tally_expect(c->tally, len);
    for (size_t value = 0; value < len && c->tally->status == DB_OK; value++) {
        int64_t count = count_rows(c->image, dim, value, passing);
        size_t place = count > 0 && !is_open ? tally_place(c->tally, dim_name(c->image, dim, value)) : NOWHERE;
        if (count > 0 && is_open)
            tally_append(c->tally, dim_name(c->image, dim, value), rank_of(c->image, dim, value), count);
        else if (place != NOWHERE)
            tally_value(c->tally, place)->shown.study_count = count;
    }
}

/* Those that have no value, once the values are counted. */
static int64_t count_without(struct counting *c, const struct image_rows *passing)
{
    enum image_dim dim = c->tally->facet->dim;
    int64_t count = passing->count;
    for (size_t i = 0; dim < DIM_SINGLE && i < c->tally->values.len; i++)
        count -= tally_value(c->tally, i)->shown.study_count;
    if (dim < DIM_SINGLE)
        return count;
    uint64_t *any = arena_array(c->arena, c->image->words, sizeof *any);
    if (any == NULL) {
        c->tally->status = DB_NO_MEMORY;
        return 0;
    }
    for (size_t value = 0; value < dim_values(c->image, dim); value++)
        dim_add(c->image, dim, value, any);
    return count - count_common(c->image, any, passing->set);
}

/* ── hospitals ──────────────────────────────────────────────────────────────────────────────────────────────── */

/* Whether one is the other or part of it; data that go in a circle end after one round. */
static bool is_within(const struct facet_tally *tally, size_t place, size_t whole)
{
    for (size_t steps = 0; place != NOWHERE && steps <= tally->values.len; steps++) {
        if (place == whole)
            return true;
        place = tally_value(tally, place)->parent;
    }
    return false;
}

struct wholes {
    size_t *place;   /* of each value */
    bool *has_parts; /* of each place */
    uint64_t *set;
};

static bool read_wholes(struct counting *c, struct wholes *wholes)
{
    size_t len = dim_values(c->image, DIM_HOSPITAL);
    wholes->place = arena_array(c->arena, len, sizeof *wholes->place);
    wholes->has_parts = arena_array(c->arena, c->tally->values.len, sizeof *wholes->has_parts);
    wholes->set = arena_array(c->arena, c->image->words, sizeof *wholes->set);
    if (wholes->place == NULL || wholes->has_parts == NULL || wholes->set == NULL)
        return false;
    for (size_t value = 0; value < len; value++)
        wholes->place[value] = tally_place(c->tally, dim_name(c->image, DIM_HOSPITAL, value));
    for (size_t i = 0; i < c->tally->values.len; i++)
        if (tally_value(c->tally, i)->parent != NOWHERE)
            wholes->has_parts[tally_value(c->tally, i)->parent] = true;
    return true;
}

/* A study that several parts have counts once in the whole. */
static void count_hospitals(struct counting *c, const struct image_rows *passing)
{
    struct wholes wholes;
    if (!read_wholes(c, &wholes)) {
        c->tally->status = DB_NO_MEMORY;
        return;
    }
    count_values(c, passing);
    for (size_t whole = 0; whole < c->tally->values.len; whole++) {
        if (!wholes.has_parts[whole])
            continue;
        memset(wholes.set, 0, c->image->words * sizeof *wholes.set);
        for (size_t value = 0; value < dim_values(c->image, DIM_HOSPITAL); value++)
            if (is_within(c->tally, wholes.place[value], whole))
                dim_add(c->image, DIM_HOSPITAL, value, wholes.set);
        tally_value(c->tally, whole)->shown.study_count = count_common(c->image, wholes.set, passing->set);
    }
}

/* ── awards, where the other member has a filter ────────────────────────────────────────────────────────────── */

struct award_words {
    size_t *place;  /* of each value of the own member */
    bool *is_named; /* each value of the other one */
    struct tally_award *awards;
};

static bool read_words(struct counting *c, struct award_words *words)
{
    const struct facet *facet = c->tally->facet;
    size_t own = dim_values(c->image, facet->dim), other = dim_values(c->image, facet->other_dim), most = 0;
    const uint32_t *start = image_dim(c->image, facet->dim, PART_STARTS);
    for (size_t row = 0; row < c->image->len; row++)
        most = start[row + 1] - start[row] > most ? start[row + 1] - start[row] : most;
    words->place = arena_array(c->arena, own, sizeof *words->place);
    words->is_named = arena_array(c->arena, other, sizeof *words->is_named);
    words->awards = arena_array(c->arena, most, sizeof *words->awards);
    if (words->place == NULL || words->is_named == NULL || words->awards == NULL)
        return false;
    for (size_t i = 0; i < own; i++)
        words->place[i] = tally_place(c->tally, dim_name(c->image, facet->dim, i));
    for (size_t i = 0; i < other; i++)
        words->is_named[i] = facet_other_names(facet, c->tally->filter, dim_name(c->image, facet->other_dim, i));
    return true;
}

static void count_awards_of(struct counting *c, const struct award_words *words, size_t row)
{
    const struct facet *facet = c->tally->facet;
    const uint32_t *start = image_dim(c->image, facet->dim, PART_STARTS);
    const uint32_t *own = image_dim(c->image, facet->dim, PART_VALUES), *other = image_dim(c->image, facet->other_dim, PART_VALUES);
    for (size_t i = start[row]; i < start[row + 1]; i++)
        words->awards[i - start[row]] = (struct tally_award){words->place[own[i]], words->is_named[other[i]]};
    tally_count_awards(c->tally, words->awards, start[row + 1] - start[row], true, (uint32_t)row + 1);
}

static void count_awards(void *cls, const struct image_rows *passing)
{
    struct counting *c = cls;
    struct award_words words;
    if (!read_words(c, &words)) {
        c->tally->status = DB_NO_MEMORY;
        return;
    }
    for (size_t word = 0; word < c->image->words; word++)
        for (uint64_t bits = passing->set[word]; bits != 0; bits &= bits - 1)
            count_awards_of(c, &words, word * 64 + (size_t)__builtin_ctzll(bits));
}

/* ── all of it ──────────────────────────────────────────────────────────────────────────────────────────────── */

static void count(void *cls, const struct image_rows *passing)
{
    struct counting *c = cls;
    c->tally->study_count = passing->count;
    if (c->tally->facet->how == COUNT_HOSPITALS)
        count_hospitals(c, passing);
    else if (!facet_has_other(c->tally->facet, c->tally->filter))
        count_values(c, passing);
    if (c->tally->facet->how == COUNT_VALUES)
        c->tally->without = count_without(c, passing);
}

enum db_status facet_from_image(struct db_reader *reader, const struct image *image, struct arena *arena, struct facet_tally *tally)
{
    struct counting counting = {tally, image, arena};
    struct db_study_filter rest = facet_filter_without(tally->facet, tally->filter, false);
    enum db_status status = image_passing(reader, image, &rest, count, &counting);
    if (status == DB_OK && facet_has_other(tally->facet, tally->filter)) {
        rest = facet_filter_without(tally->facet, tally->filter, true);
        status = image_passing(reader, image, &rest, count_awards, &counting);
    }
    return status == DB_OK ? tally->status : status;
}
