/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tools/scale/scale.h"

#include <stdlib.h>
#include <string.h>

/* splitmix64 (Steele, Lea and Flood 2014): one addition a step, and every state is a good one. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

struct draw draw_of(uint64_t seed, uint64_t topic, uint64_t number)
{
    return (struct draw){mix(mix(mix(seed) + topic) + number)};
}

uint64_t draw_below(struct draw *draw, uint64_t n)
{
    draw->state += UINT64_C(0x9e3779b97f4a7c15);
    return (uint64_t)(((unsigned __int128)mix(draw->state) * n) >> 64);
}

int64_t draw_from(struct draw *draw, int64_t min, int64_t max)
{
    return min + (int64_t)draw_below(draw, (uint64_t)(max - min + 1));
}

bool draw_permille(struct draw *draw, unsigned permille)
{
    return draw_below(draw, 1000) < permille;
}

/* ── skew ── */

#define SKEW_UNIT UINT64_C(1000000000000)

struct skew skew_of(size_t len, size_t flat)
{
    struct skew skew = {.sums = reallocarray(NULL, len, sizeof(uint64_t)), .len = len};
    if (skew.sums == NULL)
        scale_fail("out of memory");
    for (size_t k = 0; k < len; k++)
        skew.sums[k] = (k > 0 ? skew.sums[k - 1] : 0) + SKEW_UNIT / (k + 1 + flat);
    return skew;
}

size_t skew_draw(const struct skew *skew, struct draw *draw)
{
    uint64_t at = draw_below(draw, skew->sums[skew->len - 1]);
    size_t low = 0, high = skew->len - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (skew->sums[middle] > at)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

void skew_free(struct skew *skew)
{
    free(skew->sums);
    *skew = (struct skew){0};
}

/* ── days ── */

/* Years that begin in March have their leap day at the end. */
int64_t day_of(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year, m = month <= 2 ? month + 9 : month - 3;
    return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1 - 719468;
}

static void day_parts(int64_t day, int parts[3])
{
    int64_t days = day + 719468, era = days / 146097, in_era = days % 146097;
    int64_t y = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365, in_year = in_era - (y * 365 + y / 4 - y / 100);
    int64_t m = (5 * in_year + 2) / 153;
    parts[2] = (int)(in_year - (153 * m + 2) / 5 + 1);
    parts[1] = (int)(m < 10 ? m + 3 : m - 9);
    parts[0] = (int)(y + era * 400 + (parts[1] <= 2));
}

struct day_text day_text(int64_t day)
{
    int parts[3];
    struct day_text text;
    day_parts(day, parts);
    if (parts[0] < 1000 || parts[0] > 9999)
        scale_fail("a day out of range");
    static const int scales[] = {1000, 100, 10, 1, 0, 10, 1, 0, 10, 1}, part[] = {0, 0, 0, 0, 0, 1, 1, 0, 2, 2};
    for (size_t i = 0; i < COUNT_OF(scales); i++)
        text.text[i] = scales[i] == 0 ? '-' : (char)('0' + parts[part[i]] / scales[i] % 10);
    text.text[10] = '\0';
    return text;
}

int64_t day_month_end_before(int64_t day)
{
    int parts[3], next[3];
    day_parts(day, parts);
    day_parts(day + 1, next);
    return next[1] != parts[1] ? day : day - parts[2];
}
