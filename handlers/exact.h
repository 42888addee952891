/* SPDX-License-Identifier: GPL-3.0-or-later
 * Fractions and ranges of them, exact: what rounding allows is decided without rounding. Numerators and denominators stay far below the
 * limits of 128 bits: amounts of øre times a hundred, over amounts of øre.
 */
#ifndef STUDYD_HANDLERS_EXACT_H
#define STUDYD_HANDLERS_EXACT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct fraction {
    __int128 num, den; /* den > 0 */
};
struct fraction fraction_of(int64_t num, int64_t den);
struct fraction fraction_add(struct fraction a, struct fraction b);
struct fraction fraction_subtract(struct fraction a, struct fraction b);
struct fraction fraction_times(struct fraction a, struct fraction b);
int fraction_compare(struct fraction a, struct fraction b); /* −1, 0, 1 */

/* Ends included: how a printer rounds a half is not known. */
struct range {
    struct fraction min, max;
};
struct range range_exactly(struct fraction value);
struct range range_rounded(int64_t value, int decimals); /* what rounds to value / 10^decimals */
struct range range_add(struct range a, struct range b);
struct range range_subtract(struct range a, struct range b);
struct range range_times(struct range a, struct range b); /* of what is not negative */
bool range_meets(struct range a, struct range b);

/* New. An integer where it is one, else rounded to six decimals. */
json_t *fraction_json(struct fraction value);
json_t *range_json(struct range range); /* {"min": …, "max": …} */

#endif
