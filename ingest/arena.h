/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Memory that lives as long as one data set and is freed at once. Not for several threads.
 */
#ifndef STUDYD_INGEST_ARENA_H
#define STUDYD_INGEST_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena_chunk;

/* A zeroed struct is an empty arena. failed stays set once memory ran out, so that a reader may look at the end of a step. */
struct arena {
    struct arena_chunk *last;
    bool failed;
};

/* Zeroed bytes, aligned for any type; NULL when memory ran out. */
void *arena_take(struct arena *arena, size_t size);
/* The same for len items of size bytes; len 0 gives a pointer that is not NULL. */
void *arena_array(struct arena *arena, size_t len, size_t size);
/* A copy of text; NULL when memory ran out. */
char *arena_text(struct arena *arena, const char *text);
void arena_free(struct arena *arena);

#endif
