/* SPDX-License-Identifier: GPL-3.0-or-later
 * Memory that is freed at once: of a request, of an import, of a data set. Nothing is freed alone. One thread.
 */
#ifndef STUDYD_BASE_ARENA_H
#define STUDYD_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena_block;

/* A zeroed struct is an empty arena without a limit. */
struct arena {
    struct arena_block *newest;
    size_t taken; /* the sizes of all blocks */
    size_t limit; /* at most so much in all; 0 = no limit. May be raised at any time */
    bool failed;  /* stays set once memory ran out, so that a reader may look at the end of a step */
};

void *arena_alloc(struct arena *arena, size_t size);                    /* zeroed, aligned for anything; NULL = no memory */
void *arena_array(struct arena *arena, size_t len, size_t size);        /* len items of size; NULL = no memory, never for len 0 */
char *arena_strndup(struct arena *arena, const char *text, size_t len); /* NULL = no memory */
char *arena_strdup(struct arena *arena, const char *text);              /* NULL = no memory */
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3))); /* NULL = no memory */
void arena_reset(struct arena *arena); /* empty, but keeps the first block */
void arena_free(struct arena *arena);  /* empty; the struct may be used again */

/* An arena with its first block, for those who keep it by pointer. */
struct arena *arena_new(size_t limit);  /* NULL = no memory */
void arena_delete(struct arena *arena); /* NULL is fine */

#endif
