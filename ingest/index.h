/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a code to the row that has it. Not for several threads.
 */
#ifndef STUDYD_INGEST_INDEX_H
#define STUDYD_INGEST_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ingest/suggest.h"

#define INDEX_NONE (-1)

struct index_slot {
    const char *key; /* NULL = free */
    uint32_t hash;
    int32_t row;
};

/* A zeroed struct is an empty index. */
struct index {
    struct index_slot *slots;
    size_t len, size; /* size: a power of two, at most three quarters filled */
    bool partial;     /* a row of the file could not be read: that a code is absent proves nothing */
    bool failed;      /* memory ran out */
};

/* Adds key → row; key is borrowed and must outlive the index. Returns the row that has the key already, else INDEX_NONE. */
int32_t index_add(struct index *index, const char *key, int32_t row);
/* The row of key, INDEX_NONE when there is none. */
int32_t index_find(const struct index *index, const char *key);
/* Like index_find, for the first len bytes of key. */
int32_t index_find_part(const struct index *index, const char *key, size_t len);
/* Offers every key. */
void index_suggest(const struct index *index, struct suggest *suggest);
void index_free(struct index *index);

#endif
