/* SPDX-License-Identifier: GPL-3.0-or-later
 * Finished answers by key, the longest unused thrown out first, bounded by bytes. An entry is good for one version: asked for with
 * another it is dropped, so that a change empties the cache by and by and never serves anything old. One thread.
 */
#ifndef STUDYD_SERVER_CACHE_H
#define STUDYD_SERVER_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cache;

/* limit: bytes of keys, costs and book-keeping in all; 0 = keeps nothing. drop releases a value. NULL = no memory. */
struct cache *cache_new(size_t limit, void (*drop)(void *value));
void cache_free(struct cache *cache); /* drops every value; NULL is fine */

/* The value, borrowed until the next call on the cache; NULL = not there. */
void *cache_find(struct cache *cache, const char *key, int64_t version);

/* Keeps value, which costs so many bytes, in place of what the key had. false = not kept (too big, or no memory): the value is
 * still the caller's. */
bool cache_keep(struct cache *cache, const char *key, int64_t version, void *value, size_t cost);

size_t cache_bytes(const struct cache *cache);

#endif
