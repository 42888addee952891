/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Memory that lives as long as one data set and is freed at once. Not for several threads.
 */
#ifndef STUDYD_INGEST_POOL_H
#define STUDYD_INGEST_POOL_H

#include <stdbool.h>
#include <stddef.h>

struct pool_chunk;

/* A zeroed struct is an empty pool. failed stays set once memory ran out, so that a reader may look at the end of a step. */
struct pool {
    struct pool_chunk *last;
    bool failed;
};

/* Zeroed bytes, aligned for any type; NULL when memory ran out. */
void *pool_take(struct pool *pool, size_t size);
/* The same for len items of size bytes; len 0 gives a pointer that is not NULL. */
void *pool_array(struct pool *pool, size_t len, size_t size);
/* A copy of text; NULL when memory ran out. */
char *pool_text(struct pool *pool, const char *text);
void pool_free(struct pool *pool);

#endif
