/* SPDX-License-Identifier: GPL-3.0-or-later
 * The filter of studies as sets of rows. What it lets through is what the statement of db/studies_query.c lets through: the tests ask
 * both.
 */
#include "db/image.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct selecting {
    struct db_reader *reader;
    const struct image *image;
    struct arena *arena;
    const struct db_study_filter *filter;
    uint64_t *set, *term; /* what is let through so far; one condition */
    enum db_status status;
};

/* ── looking up ─────────────────────────────────────────────────────────────────────────────────────────────── */

uint32_t dim_find(const struct image *image, enum image_dim dim, const char *name)
{
    size_t low = 0, high = dim_values(image, dim);
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(dim_name(image, dim, middle), name);
        if (order == 0)
            return (uint32_t)middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NO_VALUE;
}

uint32_t image_find(const struct image *image, const char *code)
{
    const uint32_t *order = image_sort(image, DB_SORT_ID, SORT_ORDER);
    size_t low = 0, high = image->len;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int compared = strcmp(image_code(image, order[middle]), code);
        if (compared == 0)
            return order[middle];
        if (compared < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NO_VALUE;
}

/* ── sets ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static void set_row(uint64_t *set, size_t row)
{
    set[row / 64] |= UINT64_C(1) << row % 64;
}

void dim_add(const struct image *image, enum image_dim dim, size_t value, uint64_t *set)
{
    uint32_t number = image_dim(image, dim, PART_SETS_AT)[value];
    if (number != 0) {
        const uint64_t *rows = (const uint64_t *)image->column[dim_column(dim, PART_SETS)].items + (number - 1) * image->words;
        for (size_t i = 0; i < image->words; i++)
            set[i] |= rows[i];
        return;
    }
    const uint32_t *rows = image_dim(image, dim, PART_ROWS), *at = image_dim(image, dim, PART_ROWS_AT);
    for (size_t i = at[value]; i < at[value + 1]; i++)
        set_row(set, rows[i]);
}

int64_t image_count(const struct image *image, const uint64_t *set)
{
    int64_t count = 0;
    for (size_t i = 0; i < image->words; i++)
        count += __builtin_popcountll(set[i]);
    return count;
}

static void clear_term(struct selecting *s)
{
    memset(s->term, 0, s->image->words * sizeof *s->term);
}

/* The condition holds as well; negated, its opposite does. */
static void settle_term(struct selecting *s, bool negate)
{
    for (size_t i = 0; i < s->image->words; i++)
        s->set[i] &= negate ? ~s->term[i] : s->term[i];
}

/* ── lists of codes ─────────────────────────────────────────────────────────────────────────────────────────── */

static void add_code(struct selecting *s, enum image_dim dim, const char *code)
{
    uint32_t value = dim_find(s->image, dim, code);
    if (value != NO_VALUE)
        dim_add(s->image, dim, value, s->term);
}

static void add_id(struct selecting *s, enum image_dim dim, const char *code)
{
    (void)dim;
    uint32_t row = image_find(s->image, code);
    if (row != NO_VALUE)
        set_row(s->term, row);
}

/* An institution also stands for what is part of it. */
static void add_hospital(struct selecting *s, enum image_dim dim, const char *code)
{
    struct query query CLEANUP(query_end) = query_begin(s->reader->st, STMT_image_stands, ARGS(ARG_T(":code", code)));
    while (query_row(&query)) {
        const char *stands = query_text(&query, 0);
        if (stands != NULL)
            add_code(s, dim, stands);
    }
    if (s->status == DB_OK)
        s->status = query_status(&query);
}

#define OF(member) offsetof(struct db_study_filter, member)

static const struct {
    size_t offset;
    enum image_dim dim;
    void (*add)(struct selecting *s, enum image_dim dim, const char *code);
} code_filters[] = {
    {OF(programme), DIM_PROGRAMME, add_code},
    {OF(id), DIM_COUNT, add_id},
    {OF(mechanism), DIM_MECHANISM, add_code},
    {OF(institution), DIM_INSTITUTION, add_code},
    {OF(leader), DIM_LEADER, add_code},
    {OF(status), DIM_STATUS, add_code},
    {OF(category), DIM_CATEGORY, add_code},
    {OF(and_category), DIM_CATEGORY, add_code},
    {OF(region), DIM_REGION, add_code},
    {OF(inclusion_region), DIM_INCLUSION, add_code},
    {OF(and_inclusion_region), DIM_INCLUSION, add_code},
    {OF(hospital), DIM_HOSPITAL, add_hospital},
};

static void by_codes(struct selecting *s)
{
    for (size_t i = 0; i < COUNT_OF(code_filters); i++) {
        const struct db_codes *codes = (const void *)((const char *)s->filter + code_filters[i].offset);
        if (codes->len == 0)
            continue;
        clear_term(s);
        for (size_t j = 0; j < codes->len; j++)
            code_filters[i].add(s, code_filters[i].dim, codes->values[j]);
        settle_term(s, codes->negate);
    }
}

/* ── ranges ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_within(const struct db_ranges *ranges, int64_t number)
{
    for (size_t i = 0; i < ranges->len; i++)
        if (ranges->r[i].min <= number && number <= ranges->r[i].max)
            return true;
    return false;
}

static void add_places(struct selecting *s, const uint32_t *order, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        set_row(s->term, order[i]);
}

/* Rows within a range lie side by side in the order. One range that has most of them: those outside are fewer. */
static void by_range(struct selecting *s, const struct image_range *range, const struct db_ranges *ranges)
{
    const uint32_t *order = image_sort(s->image, range->key, SORT_ORDER);
    bool is_outside = false;
    clear_term(s);
    for (size_t i = 0; i < ranges->len; i++) {
        size_t from, to = image_places(s->image, range, ranges->r[i].min, ranges->r[i].max, &from);
        is_outside = ranges->len == 1 && to > from && to - from > s->image->len / 2;
        add_places(s, order, is_outside ? 0 : from, is_outside ? from : to);
        if (is_outside)
            add_places(s, order, to, s->image->len);
    }
    settle_term(s, ranges->negate != is_outside);
}

static void by_ranges(struct selecting *s)
{
    for (size_t i = 0; i < image_ranges_len; i++) {
        const struct db_ranges *ranges = (const void *)((const char *)s->filter + image_ranges[i].offset);
        if (ranges->len > 0)
            by_range(s, &image_ranges[i], ranges);
    }
}

static void by_call_year(struct selecting *s)
{
    const struct db_ranges *years = &s->filter->call_year;
    if (years->len == 0)
        return;
    clear_term(s);
    for (size_t value = 0; value < dim_values(s->image, DIM_CALL_YEAR); value++)
        if (is_within(years, strtol(dim_name(s->image, DIM_CALL_YEAR, value), NULL, 10)))
            dim_add(s->image, DIM_CALL_YEAR, value, s->term);
    settle_term(s, years->negate);
}

/* Where the study's own range meets it. */
static void by_age(struct selecting *s)
{
    const struct db_ranges *ages = &s->filter->age;
    if (ages->len == 0)
        return;
    clear_term(s);
    for (size_t value = 0; value < dim_values(s->image, DIM_AGES); value++) {
        char *rest;
        int64_t least = strtoll(dim_name(s->image, DIM_AGES, value), &rest, 10), most = strtoll(rest, NULL, 10);
        bool meets = false;
        for (size_t i = 0; i < ages->len; i++)
            meets = meets || (most >= ages->r[i].min && least <= ages->r[i].max);
        if (meets)
            dim_add(s->image, DIM_AGES, value, s->term);
    }
    settle_term(s, ages->negate);
}

/* ── yes or no ──────────────────────────────────────────────────────────────────────────────────────────────── */

static void by_tri(struct selecting *s, enum db_tri tri, enum image_dim dim)
{
    if (tri == DB_ANY)
        return;
    clear_term(s);
    add_code(s, dim, tri == DB_YES ? "1" : "0");
    settle_term(s, false);
}

/* ── awards: year and mechanism of one and the same ─────────────────────────────────────────────────────────── */

/* The values of a dimension that a condition names; NULL = no memory. */
static bool *values_wanted(const struct image *image, struct arena *arena, enum image_dim dim, const struct db_ranges *years,
                           const struct db_codes *codes)
{
    size_t len = dim_values(image, dim);
    bool *wanted = arena_alloc(arena, len + 1);
    for (size_t value = 0; wanted != NULL && value < len; value++) {
        const char *name = dim_name(image, dim, value);
        wanted[value] = (years == NULL || is_within(years, strtol(name, NULL, 10))) && codes == NULL;
        for (size_t i = 0; codes != NULL && i < codes->len; i++)
            wanted[value] = wanted[value] || strcmp(codes->values[i], name) == 0;
    }
    return wanted;
}

enum db_status image_awards(const struct image *image, struct arena *arena, const struct db_study_filter *filter, bool **ret_awards)
{
    const struct db_ranges *years = filter->award_call_year.len > 0 ? &filter->award_call_year : NULL;
    const struct db_codes *mechanisms = filter->award_mechanism.len > 0 ? &filter->award_mechanism : NULL;
    const uint32_t *year = image_dim(image, DIM_AWARD_YEAR, PART_VALUES), *mechanism = image_dim(image, DIM_AWARD_MECHANISM, PART_VALUES);
    size_t len = image->column[COLUMN_AWARD_AMOUNT].len / sizeof(int64_t);
    *ret_awards = NULL;
    if (years == NULL && mechanisms == NULL)
        return DB_OK;
    const bool *year_wanted = values_wanted(image, arena, DIM_AWARD_YEAR, years, NULL),
               *mechanism_wanted = values_wanted(image, arena, DIM_AWARD_MECHANISM, NULL, mechanisms);
    bool *awards = arena_alloc(arena, len + 1);
    if (year_wanted == NULL || mechanism_wanted == NULL || awards == NULL)
        return DB_NO_MEMORY;
    for (size_t i = 0; i < len; i++)
        awards[i] = (year_wanted[year[i]] != (years != NULL && years->negate)) &&
                    (mechanism_wanted[mechanism[i]] != (mechanisms != NULL && mechanisms->negate));
    *ret_awards = awards;
    return DB_OK;
}

static void add_wanted(const struct image *image, enum image_dim dim, const bool *wanted, uint64_t *set)
{
    for (size_t value = 0; value < dim_values(image, dim); value++)
        if (wanted[value])
            dim_add(image, dim, value, set);
}

static bool has_award(const struct image *image, size_t row, const bool *year_wanted, const bool *mechanism_wanted)
{
    const uint32_t *start = image_dim(image, DIM_AWARD_YEAR, PART_STARTS), *year = image_dim(image, DIM_AWARD_YEAR, PART_VALUES),
                   *mechanism = image_dim(image, DIM_AWARD_MECHANISM, PART_VALUES);
    for (size_t i = start[row]; i < start[row + 1]; i++)
        if (year_wanted[year[i]] && mechanism_wanted[mechanism[i]])
            return true;
    return false;
}

/* Of those that have a year and a mechanism that are wanted, those that have both in one award. */
static void add_both(struct selecting *s, const bool *year_wanted, const bool *mechanism_wanted)
{
    uint64_t *other = arena_array(s->arena, s->image->words + 1, sizeof *other);
    if (other == NULL) {
        s->status = DB_NO_MEMORY;
        return;
    }
    add_wanted(s->image, DIM_AWARD_YEAR, year_wanted, s->term);
    add_wanted(s->image, DIM_AWARD_MECHANISM, mechanism_wanted, other);
    for (size_t word = 0; word < s->image->words; word++) {
        s->term[word] &= other[word];
        for (uint64_t bits = s->term[word]; bits != 0; bits &= bits - 1)
            if (!has_award(s->image, word * 64 + (size_t)__builtin_ctzll(bits), year_wanted, mechanism_wanted))
                s->term[word] &= ~(bits & -bits);
    }
}

/* [not] a study with an award of these years (NULL = any) and these mechanisms (NULL = any) */
static void by_award(struct selecting *s, bool negate, const struct db_ranges *years, const struct db_codes *mechanisms)
{
    const bool *year_wanted = values_wanted(s->image, s->arena, DIM_AWARD_YEAR, years, NULL),
               *mechanism_wanted = values_wanted(s->image, s->arena, DIM_AWARD_MECHANISM, NULL, mechanisms);
    if (year_wanted == NULL || mechanism_wanted == NULL) {
        s->status = DB_NO_MEMORY;
        return;
    }
    clear_term(s);
    if (mechanisms == NULL)
        add_wanted(s->image, DIM_AWARD_YEAR, year_wanted, s->term);
    else if (years == NULL)
        add_wanted(s->image, DIM_AWARD_MECHANISM, mechanism_wanted, s->term);
    else
        add_both(s, year_wanted, mechanism_wanted);
    settle_term(s, negate);
}

/* As add_awards in db/studies_query.c. */
static void by_awards(struct selecting *s)
{
    const struct db_study_filter *filter = s->filter;
    const struct db_ranges *years = filter->award_call_year.len > 0 ? &filter->award_call_year : NULL;
    const struct db_codes *mechanisms = filter->award_mechanism.len > 0 ? &filter->award_mechanism : NULL;
    bool not_years = years != NULL && years->negate, not_mechanisms = mechanisms != NULL && mechanisms->negate;
    if (years != NULL && mechanisms != NULL && !(not_years && not_mechanisms)) {
        if (not_years || not_mechanisms)
            by_award(s, false, not_years ? NULL : years, not_mechanisms ? NULL : mechanisms);
        by_award(s, not_years || not_mechanisms, years, mechanisms);
        return;
    }
    if (years != NULL)
        by_award(s, not_years, years, NULL);
    if (mechanisms != NULL)
        by_award(s, not_mechanisms, NULL, mechanisms);
}

/* ── words looked for ───────────────────────────────────────────────────────────────────────────────────────── */

static void take_rows(void *cls, const struct image_rows *rows)
{
    struct selecting *s = cls;
    for (size_t i = 0; i < s->image->words; i++)
        s->set[i] &= rows->set[i];
}

static void by_search(struct selecting *s)
{
    if (s->filter->q != NULL && s->status == DB_OK)
        s->status = image_matching(s->reader, s->image, s->filter->q, false, take_rows, s);
}

/* ── all conditions ─────────────────────────────────────────────────────────────────────────────────────────── */

static void let_all_through(struct selecting *s)
{
    memset(s->set, 0xff, s->image->words * sizeof *s->set);
    if (s->image->len % 64 != 0)
        s->set[s->image->words - 1] = (UINT64_C(1) << s->image->len % 64) - 1;
}

enum db_status image_select(struct db_reader *reader, const struct image *image, struct arena *arena, const struct db_study_filter *filter,
                            uint64_t **ret_set)
{
    struct selecting s = {.reader = reader, .image = image, .arena = arena, .filter = filter};
    s.set = arena_array(arena, image->words + 1, sizeof *s.set);
    s.term = arena_array(arena, image->words + 1, sizeof *s.term);
    if (s.set == NULL || s.term == NULL)
        return DB_NO_MEMORY;
    let_all_through(&s);
    by_codes(&s);
    by_ranges(&s);
    by_call_year(&s);
    by_age(&s);
    by_tri(&s, filter->has_card, DIM_CARD);
    by_tri(&s, filter->behind_plan, DIM_BEHIND);
    by_awards(&s);
    by_search(&s);
    *ret_set = s.set;
    return s.status;
}

/* ── once for all who ask ───────────────────────────────────────────────────────────────────────────────────── */

struct passing_asked {
    const struct image *image;
    const struct db_study_filter *filter;
};

static enum db_status find_passing(struct db_reader *reader, struct arena *arena, const void *question, const void **ret_found)
{
    const struct passing_asked *asked = question;
    struct arena work CLEANUP(arena_free) = {0};
    uint64_t *set = NULL;
    enum db_status status = image_select(reader, asked->image, &work, asked->filter, &set);
    struct image_rows *rows = status == DB_OK ? arena_alloc(arena, sizeof *rows) : NULL;
    uint64_t *kept = rows != NULL ? arena_array(arena, asked->image->words + 1, sizeof *kept) : NULL;
    if (kept == NULL)
        return status == DB_OK ? DB_NO_MEMORY : status;
    memcpy(kept, set, asked->image->words * sizeof *kept);
    *rows = (struct image_rows){kept, image_count(asked->image, set)};
    *ret_found = rows;
    return DB_OK;
}

struct taker {
    image_use_fn use;
    void *cls;
};

static void use_rows(void *cls, const void *found)
{
    const struct taker *taker = cls;
    taker->use(taker->cls, found);
}

enum db_status image_shared(struct db_reader *reader, const struct shared_question *question, image_use_fn use, void *cls)
{
    return answer_shared(reader, question, use_rows, &(struct taker){use, cls});
}

enum db_status image_passing(struct db_reader *reader, const struct image *image, const struct db_study_filter *filter, image_use_fn use,
                             void *cls)
{
    struct arena arena CLEANUP(arena_free) = {0};
    const struct passing_asked asked = {image, filter};
    struct sql key = sql_begin(&arena);
    sql_add(&key, "rows");
    sql_filter(&key, filter);
    return image_shared(reader, &(struct shared_question){&key, &asked, find_passing}, use, cls);
}
