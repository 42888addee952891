/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "handlers/exact.h"

#define SHOWN 1000000 /* six decimals */

static __int128 common_divisor(__int128 a, __int128 b)
{
    while (b != 0) {
        __int128 rest = a % b;
        a = b;
        b = rest;
    }
    return a < 0 ? -a : a;
}

static struct fraction reduced(__int128 num, __int128 den)
{
    __int128 divisor = common_divisor(num, den);
    if (divisor == 0)
        return (struct fraction){0, 1};
    return (struct fraction){num / divisor, den / divisor};
}

struct fraction fraction_of(int64_t num, int64_t den)
{
    return reduced(num, den);
}

struct fraction fraction_add(struct fraction a, struct fraction b)
{
    return reduced(a.num * b.den + b.num * a.den, a.den * b.den);
}

struct fraction fraction_subtract(struct fraction a, struct fraction b)
{
    return reduced(a.num * b.den - b.num * a.den, a.den * b.den);
}

struct fraction fraction_times(struct fraction a, struct fraction b)
{
    return reduced(a.num * b.num, a.den * b.den);
}

int fraction_compare(struct fraction a, struct fraction b)
{
    __int128 left = a.num * b.den, right = b.num * a.den;
    return (left > right) - (left < right);
}

struct range range_exactly(struct fraction value)
{
    return (struct range){value, value};
}

struct range range_rounded(int64_t value, int decimals)
{
    int64_t scale = 1;
    while (decimals-- > 0)
        scale *= 10;
    return (struct range){reduced((__int128)value * 2 - 1, (__int128)scale * 2), reduced((__int128)value * 2 + 1, (__int128)scale * 2)};
}

struct range range_add(struct range a, struct range b)
{
    return (struct range){fraction_add(a.min, b.min), fraction_add(a.max, b.max)};
}

struct range range_subtract(struct range a, struct range b)
{
    return (struct range){fraction_subtract(a.min, b.max), fraction_subtract(a.max, b.min)};
}

struct range range_times(struct range a, struct range b)
{
    return (struct range){fraction_times(a.min, b.min), fraction_times(a.max, b.max)};
}

bool range_meets(struct range a, struct range b)
{
    return fraction_compare(a.min, b.max) <= 0 && fraction_compare(b.min, a.max) <= 0;
}

json_t *fraction_json(struct fraction value)
{
    if (value.den == 1)
        return json_integer((json_int_t)value.num);
    __int128 doubled = value.num * 2 * SHOWN, twice = value.den * 2;
    __int128 half = doubled < 0 ? -value.den : value.den;
    int64_t millionths = (int64_t)((doubled + half) / twice);
    return json_real((double)millionths / SHOWN);
}

json_t *range_json(struct range range)
{
    return json_pack("{s:o, s:o}", "min", fraction_json(range.min), "max", fraction_json(range.max));
}
