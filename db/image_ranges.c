/* SPDX-License-Identifier: GPL-3.0-or-later
 * Filters of numbers that studies are also sorted by: within a range they lie side by side in that order.
 */
#include "db/image.h"

const struct image_range image_ranges[] = {
    {offsetof(struct db_study_filter, amount_nok), COLUMN_AMOUNT, DB_SORT_AMOUNT_NOK, INT64_MIN},
    {offsetof(struct db_study_filter, planned), COLUMN_PLANNED, DB_SORT_PLANNED, 0},
    {offsetof(struct db_study_filter, included), COLUMN_INCLUDED, DB_SORT_INCLUDED, 0},
    {offsetof(struct db_study_filter, updated), COLUMN_UPDATED, DB_SORT_UPDATED, INT64_MIN},
};
const size_t image_ranges_len = COUNT_OF(image_ranges);

/* How many places of an order have a value. */
static size_t places_known(const struct image *image, enum db_study_sort_key key)
{
    size_t groups = image->column[COLUMN_SORT + (size_t)key * SORT_PARTS + SORT_GROUPS].len / sizeof(uint32_t) - 1;
    bool has_unknown = image_indexes(image, COLUMN_UNKNOWN)[key] != 0;
    return image_sort(image, key, SORT_GROUPS)[groups - has_unknown];
}

/* The first of them that is above the number; or_equal: or the same. */
static size_t place_above(const struct image *image, const struct image_range *range, int64_t number, bool or_equal)
{
    const int64_t *numbers = image_numbers(image, range->column);
    const uint32_t *order = image_sort(image, range->key, SORT_ORDER);
    size_t low = 0, high = places_known(image, range->key);
    while (low < high) {
        size_t middle = (low + high) / 2;
        int64_t there = numbers[order[middle]];
        if (there > number || (or_equal && there == number))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

size_t image_places(const struct image *image, const struct image_range *range, int64_t min, int64_t max, size_t *ret_from)
{
    *ret_from = place_above(image, range, min > range->least ? min : range->least, true);
    return place_above(image, range, max, false);
}

static size_t add_gap(struct image_gap *gaps, size_t len, size_t from, size_t to)
{
    if (from < to)
        gaps[len] = (struct image_gap){(uint32_t)from, (uint32_t)to};
    return len + (from < to);
}

static size_t gaps_of(const struct image *image, const struct image_range *range, const struct db_ranges *ranges,
                      struct image_gap *ret_gaps)
{
    size_t len = 0, from, to, least = image->len, most = 0;
    for (size_t i = 0; i < ranges->len; i++) {
        to = image_places(image, range, ranges->r[i].min, ranges->r[i].max, &from);
        least = from < to && from < least ? from : least;
        most = from < to && to > most ? to : most;
        len = ranges->negate ? add_gap(ret_gaps, len, from, to) : 0;
    }
    if (!ranges->negate) {
        len = add_gap(ret_gaps, 0, 0, least);
        len = most > 0 ? add_gap(ret_gaps, len, most, image->len) : len;
    }
    return len;
}

size_t image_gaps(const struct image *image, const struct db_study_filter *filter, enum db_study_sort_key key, struct image_gap *ret_gaps)
{
    for (size_t i = 0; i < image_ranges_len; i++) {
        const struct db_ranges *ranges = (const void *)((const char *)filter + image_ranges[i].offset);
        if (image_ranges[i].key == key && ranges->len > 0)
            return gaps_of(image, &image_ranges[i], ranges, ret_gaps);
    }
    return 0;
}
