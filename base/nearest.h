/* SPDX-License-Identifier: GPL-3.0-or-later
 * did_you_mean: the known word nearest to one that is not known, by code points and without regard to case.
 */
#ifndef STUDYD_BASE_NEAREST_H
#define STUDYD_BASE_NEAREST_H

#include <stddef.h>
#include <stdint.h>

/* Longer words are not compared. */
#define NEAREST_CHARS 80

struct nearest {
    int32_t wanted[NEAREST_CHARS];
    size_t wanted_len; /* 0 = nothing is near */
    size_t rank;       /* of best: 0 … 2 edits, then beginnings, the shorter the better */
    char best[NEAREST_CHARS * 4 + 1];
};

void nearest_begin(struct nearest *nearest, const char *wanted);
void nearest_offer(struct nearest *nearest, const char *candidate);
/* The nearest of those offered, the first of equals; borrowed from nearest. NULL = none is near. */
const char *nearest_best(const struct nearest *nearest);

#endif
