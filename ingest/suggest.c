/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/suggest.h"

#include <string.h>

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* One row of the table of optimal string alignment: rows[0] is made from rows[1] and rows[2], the two before it. */
static size_t distance_row(const char *a, size_t i, const char *b, size_t b_len, unsigned char rows[3][SUGGEST_TEXT_MAX + 1])
{
    size_t smallest = rows[0][0] = (unsigned char)i;
    for (size_t j = 1; j <= b_len; j++) {
        size_t cost = a[i - 1] != b[j - 1];
        size_t value = least(least(rows[1][j], rows[0][j - 1]) + (size_t)1, rows[1][j - 1] + cost);
        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
            value = least(value, rows[2][j - 2] + (size_t)1);
        rows[0][j] = (unsigned char)value;
        smallest = least(smallest, value);
    }
    return smallest;
}

size_t suggest_distance(const char *a, const char *b, size_t limit)
{
    unsigned char rows[3][SUGGEST_TEXT_MAX + 1] = {{0}};
    size_t a_len = strlen(a), b_len = strlen(b);
    if (a_len > SUGGEST_TEXT_MAX || b_len > SUGGEST_TEXT_MAX || a_len > b_len + limit || b_len > a_len + limit)
        return limit;
    for (size_t j = 0; j <= b_len; j++)
        rows[0][j] = (unsigned char)j;
    for (size_t i = 1; i <= a_len; i++) {
        memcpy(rows[2], rows[1], sizeof(rows[0]));
        memcpy(rows[1], rows[0], sizeof(rows[0]));
        if (distance_row(a, i, b, b_len, rows) >= limit)
            return limit;
    }
    return least(rows[0][b_len], limit);
}

void suggest_begin(struct suggest *suggest, const char *wanted, size_t *budget)
{
    size_t length = strlen(wanted);
    /* A third of the characters may be wrong, but never more than three. */
    *suggest = (struct suggest){.wanted = wanted, .distance = least(length / 3, 3) + 1, .budget = budget};
}

bool suggest_spent(const struct suggest *suggest)
{
    return suggest->budget != NULL && *suggest->budget == 0;
}

void suggest_offer(struct suggest *suggest, const char *candidate)
{
    if (suggest_spent(suggest))
        return;
    if (suggest->budget != NULL)
        (*suggest->budget)--;
    size_t distance = suggest_distance(suggest->wanted, candidate, suggest->distance);
    if (distance >= suggest->distance)
        return;
    suggest->distance = distance;
    suggest->best = candidate;
}
