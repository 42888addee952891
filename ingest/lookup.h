/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a code to the row that has it. Not for several threads.
 */
#ifndef STUDYD_INGEST_LOOKUP_H
#define STUDYD_INGEST_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/nearest.h"

#define LOOKUP_NONE (-1)

struct lookup_slot {
    const char *key; /* NULL = free */
    uint32_t hash;
    int32_t row;
};

/* A zeroed struct is an empty lookup. */
struct lookup {
    struct lookup_slot *slots;
    size_t len, size; /* size: a power of two, at most three quarters filled */
    bool partial;     /* a row of the file could not be read: that a code is absent proves nothing */
    bool failed;      /* memory ran out */
};

/* Adds key → row; key is borrowed and must outlive the lookup. Returns the row that has the key already, else LOOKUP_NONE. */
int32_t lookup_add(struct lookup *lookup, const char *key, int32_t row);
/* The row of key, LOOKUP_NONE when there is none. */
int32_t lookup_find(const struct lookup *lookup, const char *key);
/* Like lookup_find, for the first len bytes of key. */
int32_t lookup_find_part(const struct lookup *lookup, const char *key, size_t len);
/* Offers every key, as long as offers are left: two hundred faults are told, each against any number of codes. */
void lookup_offer(const struct lookup *lookup, struct nearest *nearest, size_t *offers_left);
void lookup_free(struct lookup *lookup);

#endif
