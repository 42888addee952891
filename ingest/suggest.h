/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "Did you mean": the nearest of the values that would have been right.
 */
#ifndef STUDYD_INGEST_SUGGEST_H
#define STUDYD_INGEST_SUGGEST_H

#include <stdbool.h>
#include <stddef.h>

/* Comparisons of one run. Two hundred faults are told, each against any number of codes: without a bound a list of half a
 * million wrong references would be compared with half a million right ones. */
#define SUGGEST_BUDGET   ((size_t)4 * 1000 * 1000)
#define SUGGEST_TEXT_MAX 64

struct suggest {
    const char *wanted;
    const char *best; /* borrowed from the offers; NULL = nothing is near */
    size_t distance;  /* only what is nearer than this is taken */
    size_t *budget;   /* may be NULL: no bound */
};

void suggest_begin(struct suggest *suggest, const char *wanted, size_t *budget);
void suggest_offer(struct suggest *suggest, const char *candidate);

/* The budget is spent: offers are of no use. */
bool suggest_spent(const struct suggest *suggest);

/* Number of bytes to insert, remove, replace or swap with the next, to make b of a; `limit` when it is not less than that.
 * Texts over SUGGEST_TEXT_MAX bytes are never near. */
size_t suggest_distance(const char *a, const char *b, size_t limit);

#endif
