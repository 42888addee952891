/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/nearest.h"

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

#define EDITS_MAX 2
#define FAR       (EDITS_MAX + 1)
/* A shorter beginning would suggest anything. */
#define BEGINNING_MIN 2

/* Lower case of Latin letters; the register's names need no others. */
static int32_t fold(int32_t point)
{
    static const struct {
        int32_t first, last, step; /* step 1: upper and lower case take turns, upper first */
    } ranges[] = {{'A', 'Z', 32},    {0xc0, 0xd6, 32},  {0xd8, 0xde, 32}, {0x100, 0x137, 1},
                  {0x139, 0x148, 1}, {0x14a, 0x177, 1}, {0x179, 0x17e, 1}};
    /* People type what their keyboard has: the letter without its ring, stroke or dots is the same letter here. */
    static const struct {
        int32_t from, to;
    } plain[] = {{0xe5, 'a'}, {0xc5, 'a'}, {0xe4, 'a'}, {0xc4, 'a'}, {0xe6, 'a'},
                 {0xc6, 'a'}, {0xf8, 'o'}, {0xd8, 'o'}, {0xf6, 'o'}, {0xd6, 'o'}};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (point == plain[i].from)
            return plain[i].to;
    }
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (point >= ranges[i].first && point <= ranges[i].last)
            return ranges[i].step == 1 ? point + ((point - ranges[i].first) % 2 == 0) : point + ranges[i].step;
    }
    return point;
}

/* How many code points; 0 = too long, empty or not UTF-8. */
static size_t folded(const char *text, int32_t points[NEAREST_CHARS])
{
    size_t len = 0;
    for (const char *end = text + strlen(text); text < end;) {
        int32_t point = utf8_next(&text, end);
        if (point < 0 || len == NEAREST_CHARS)
            return 0;
        points[len++] = fold(point);
    }
    return len;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Insert, delete, replace, or swap neighbours: the cheapest way to cell j of row i. */
static int cell(int *const rows[3], const int32_t *a, const int32_t *b, size_t i, size_t j)
{
    int *row = rows[i % 3], *up = rows[(i + 2) % 3], *up_twice = rows[(i + 1) % 3];
    int cost = least(least(up[j], row[j - 1]) + 1, up[j - 1] + (a[i - 1] != b[j - 1]));
    if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        cost = least(cost, up_twice[j - 2] + 1);
    return cost;
}

/* Damerau and Levenshtein's distance (no edit inside a swap), FAR when it is more than EDITS_MAX. Only the band of cells
 * that can lead there is filled, since a vocabulary of thousands is compared. */
static int distance(const int32_t *a, size_t a_len, const int32_t *b, size_t b_len)
{
    int cells[3][NEAREST_CHARS + 2];
    int *const rows[3] = {cells[0], cells[1], cells[2]};
    if (a_len > b_len + EDITS_MAX || b_len > a_len + EDITS_MAX)
        return FAR;
    for (size_t j = 0; j <= b_len; j++)
        rows[0][j] = (int)j;
    for (size_t i = 1; i <= a_len; i++) {
        int *row = rows[i % 3], nearest = FAR;
        size_t from = i > EDITS_MAX ? i - EDITS_MAX : 1, to = i + EDITS_MAX < b_len ? i + EDITS_MAX : b_len;
        row[from - 1] = from == 1 ? (int)i : FAR;
        for (size_t j = from; j <= to; j++) {
            row[j] = cell(rows, a, b, i, j);
            nearest = least(nearest, row[j]);
        }
        row[to + 1] = FAR;
        /* A swap reaches back over one row, but never cheaper than what that row led to here. */
        if (nearest == FAR && row[from - 1] >= FAR)
            return FAR;
    }
    return least(rows[a_len % 3][b_len], FAR);
}

static bool begins_alike(const int32_t *a, size_t a_len, const int32_t *b, size_t b_len)
{
    size_t len = a_len < b_len ? a_len : b_len;
    return len >= BEGINNING_MIN && memcmp(a, b, len * sizeof *a) == 0;
}

void nearest_begin(struct nearest *nearest, const char *wanted)
{
    nearest->wanted_len = folded(wanted, nearest->wanted);
    nearest->rank = SIZE_MAX;
    nearest->best[0] = '\0';
}

void nearest_offer(struct nearest *nearest, const char *candidate)
{
    int32_t points[NEAREST_CHARS];
    size_t len = folded(candidate, points), wanted_len = nearest->wanted_len;
    if (len == 0 || wanted_len == 0)
        return;
    size_t longer = len > wanted_len ? len : wanted_len, shorter = len + wanted_len - longer;
    size_t edits = (size_t)distance(nearest->wanted, wanted_len, points, len), rank = SIZE_MAX;
    if (edits <= EDITS_MAX && edits * 2 <= longer) /* half of it changed is another word */
        rank = edits;
    else if (begins_alike(nearest->wanted, wanted_len, points, len))
        rank = FAR + longer - shorter;
    if (rank >= nearest->rank)
        return;
    nearest->rank = rank;
    memcpy(nearest->best, candidate, strlen(candidate) + 1);
}

const char *nearest_best(const struct nearest *nearest)
{
    return nearest->rank == SIZE_MAX ? NULL : nearest->best;
}
