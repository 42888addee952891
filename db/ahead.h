/* SPDX-License-Identifier: GPL-3.0-or-later
 * Work that another thread does while the first goes on: a ring of items, each filled by the one, worked on by the other, and taken back
 * in the same order. One thread calls these functions; work is called by the other, one item at a time.
 */
#ifndef STUDYD_DB_AHEAD_H
#define STUDYD_DB_AHEAD_H

#include <stdbool.h>
#include <stddef.h>

struct ahead;

/* A ring of len items of size bytes, zeroed; what is in an item stays in it from use to use. NULL = no memory, or no thread. */
struct ahead *ahead_begin(size_t len, size_t size, void (*work)(void *cls, void *item), void *cls);
void *ahead_free_item(struct ahead *ahead); /* to fill; NULL = there is none before one is taken */
void ahead_put(struct ahead *ahead);        /* the item of ahead_free_item goes to be worked on */
/* The oldest item that was put, once it is worked on: waits for it. NULL = all were taken. It stays the caller's until the next call. */
void *ahead_take(struct ahead *ahead);
/* Waits for the other thread; whatever was put is worked on. then (may be NULL) gets every item, to free what it holds. */
void ahead_end(struct ahead *ahead, void (*then)(void *item)); /* NULL is fine */

#endif
