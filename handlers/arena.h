/* SPDX-License-Identifier: GPL-3.0-or-later
 * Memory that lives as long as one request. Nothing is freed alone; reset keeps the first block. One thread.
 */
#ifndef STUDYD_HANDLERS_ARENA_H
#define STUDYD_HANDLERS_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_new(size_t limit); /* at most limit bytes in all; NULL = no memory */
void arena_free(struct arena *arena);  /* NULL is fine */
void arena_reset(struct arena *arena);
void *arena_alloc(struct arena *arena, size_t size);                    /* zeroed, aligned for anything; NULL = no memory */
char *arena_strndup(struct arena *arena, const char *text, size_t len); /* NULL = no memory */
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3))); /* NULL = no memory */

#endif
