/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/cache.h"

#include <stdlib.h>
#include <string.h>

/* One entry may take this part of the limit, so that a single big answer does not empty the cache. */
#define SHARE   4
#define BUCKETS 4096 /* a power of two; at 16 MiB there are some thousand entries */

struct entry {
    struct entry *chain;         /* of the bucket */
    struct entry *newer, *older; /* of use */
    void *value;
    size_t cost;
    int64_t version;
    uint32_t hash;
    char key[];
};

struct cache {
    size_t limit, bytes;
    void (*drop)(void *value);
    struct entry *newest, *oldest;
    struct entry *buckets[BUCKETS];
};

/* FNV-1a. Keys are canonical queries, so a client can choose them; a full bucket is bounded by the limit and costs it a walk. */
static uint32_t hash_of(const char *key)
{
    uint32_t hash = 2166136261u;
    for (; *key; key++)
        hash = (hash ^ (unsigned char)*key) * 16777619u;
    return hash ^ (hash >> 15);
}

struct cache *cache_new(size_t limit, void (*drop)(void *value))
{
    struct cache *cache = calloc(1, sizeof *cache);
    if (!cache)
        return NULL;
    cache->limit = limit;
    cache->drop = drop;
    return cache;
}

static void unlink_use(struct cache *cache, struct entry *entry)
{
    *(entry->newer ? &entry->newer->older : &cache->newest) = entry->older;
    *(entry->older ? &entry->older->newer : &cache->oldest) = entry->newer;
}

static void link_newest(struct cache *cache, struct entry *entry)
{
    entry->newer = NULL;
    entry->older = cache->newest;
    *(cache->newest ? &cache->newest->newer : &cache->oldest) = entry;
    cache->newest = entry;
}

static void throw_out(struct cache *cache, struct entry *entry)
{
    struct entry **at = &cache->buckets[entry->hash % BUCKETS];
    while (*at != entry)
        at = &(*at)->chain;
    *at = entry->chain;
    unlink_use(cache, entry);
    cache->bytes -= entry->cost;
    cache->drop(entry->value);
    free(entry);
}

void cache_free(struct cache *cache)
{
    if (!cache)
        return;
    while (cache->newest)
        throw_out(cache, cache->newest);
    free(cache);
}

static struct entry *entry_of(struct cache *cache, const char *key, uint32_t hash)
{
    struct entry *entry = cache->buckets[hash % BUCKETS];
    while (entry && (entry->hash != hash || strcmp(entry->key, key) != 0))
        entry = entry->chain;
    return entry;
}

void *cache_find(struct cache *cache, const char *key, int64_t version)
{
    struct entry *entry = entry_of(cache, key, hash_of(key));
    if (!entry)
        return NULL;
    if (entry->version != version) {
        throw_out(cache, entry);
        return NULL;
    }
    if (entry != cache->newest) {
        unlink_use(cache, entry);
        link_newest(cache, entry);
    }
    return entry->value;
}

bool cache_keep(struct cache *cache, const char *key, int64_t version, void *value, size_t cost)
{
    size_t key_size = strlen(key) + 1;
    cost += sizeof(struct entry) + key_size;
    if (cost > cache->limit / SHARE)
        return false;
    struct entry *entry = malloc(sizeof *entry + key_size);
    if (!entry)
        return false;
    uint32_t hash = hash_of(key);
    struct entry *before = entry_of(cache, key, hash);
    if (before)
        throw_out(cache, before);
    while (cache->bytes + cost > cache->limit)
        throw_out(cache, cache->oldest); /* NOLINT(clang-analyzer-unix.Malloc): oldest moves on in unlink_use */
    struct entry **bucket = &cache->buckets[hash % BUCKETS];
    *entry = (struct entry){.chain = *bucket, .value = value, .cost = cost, .version = version, .hash = hash};
    memcpy(entry->key, key, key_size);
    *bucket = entry;
    link_newest(cache, entry);
    cache->bytes += cost;
    return true;
}

size_t cache_bytes(const struct cache *cache)
{
    return cache->bytes;
}
