/* SPDX-License-Identifier: GPL-3.0-or-later
 * What each address holds and has asked for lately.
 */
#include "server/address.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define NOBODY SIZE_MAX

struct entry {
    struct address key;
    size_t chain;        /* index of the next in the bucket, or of the next free one */
    size_t newer, older; /* among those without a connection */
    int64_t connections;
    int64_t thousandths; /* of requests left, as of then */
    int64_t then;
};

struct address_table {
    struct address_limits limits;
    uint64_t seed;
    pthread_mutex_t lock;
    size_t entries, buckets; /* buckets: a power of two */
    size_t free, newest, oldest;
    size_t *bucket;
    struct entry *entry;
};

struct address_table *address_table_new(const struct address_limits *limits, size_t entries)
{
    struct address_table *table = calloc(1, sizeof *table);
    if (!table)
        return NULL;
    *table = (struct address_table){.limits = *limits, .entries = entries, .buckets = 1, .newest = NOBODY, .oldest = NOBODY};
    while (table->buckets < entries)
        table->buckets *= 2;
    table->bucket = calloc(table->buckets, sizeof *table->bucket);
    table->entry = calloc(entries, sizeof *table->entry);
    if (!table->bucket || !table->entry || pthread_mutex_init(&table->lock, NULL) != 0) {
        free(table->bucket);
        free(table->entry);
        free(table);
        return NULL;
    }
    for (size_t i = 0; i < table->buckets; i++)
        table->bucket[i] = NOBODY;
    for (size_t i = 0; i < entries; i++)
        table->entry[i].chain = i + 1 < entries ? i + 1 : NOBODY;
    /* Not guessed, nobody can fill one bucket on purpose; without it the table still works. */
    if (getrandom(&table->seed, sizeof table->seed, 0) != (ssize_t)sizeof table->seed)
        table->seed = UINT64_C(0x9e3779b97f4a7c15);
    return table;
}

void address_table_free(struct address_table *table)
{
    if (!table)
        return;
    pthread_mutex_destroy(&table->lock);
    free(table->bucket);
    free(table->entry);
    free(table);
}

/* The part of an address that is counted as one client: a whole IPv4 address, the first half of an IPv6 one. */
static struct address key_of(const struct address *address)
{
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    struct address key = *address;
    if (memcmp(key.bytes, mapped, sizeof mapped) != 0)
        memset(key.bytes + 8, 0, 8);
    return key;
}

static size_t *bucket_of(struct address_table *table, const struct address *key)
{
    uint64_t half[2];
    memcpy(half, key->bytes, sizeof half);
    uint64_t hash = (half[0] ^ table->seed) * UINT64_C(0xff51afd7ed558ccd);
    hash = (hash ^ (hash >> 32) ^ half[1]) * UINT64_C(0xc4ceb9fe1a85ec53);
    return &table->bucket[(hash ^ (hash >> 29)) & (table->buckets - 1)];
}

static struct entry *find(struct address_table *table, const struct address *key)
{
    for (size_t at = *bucket_of(table, key); at != NOBODY; at = table->entry[at].chain) {
        if (memcmp(&table->entry[at].key, key, sizeof *key) == 0)
            return &table->entry[at];
    }
    return NULL;
}

static void leave_idle(struct address_table *table, struct entry *entry)
{
    *(entry->newer != NOBODY ? &table->entry[entry->newer].older : &table->newest) = entry->older;
    *(entry->older != NOBODY ? &table->entry[entry->older].newer : &table->oldest) = entry->newer;
}

static void join_idle(struct address_table *table, struct entry *entry)
{
    size_t index = (size_t)(entry - table->entry);
    entry->newer = NOBODY;
    entry->older = table->newest;
    *(table->newest != NOBODY ? &table->entry[table->newest].newer : &table->oldest) = index;
    table->newest = index;
}

static void forget_oldest(struct address_table *table)
{
    if (table->oldest == NOBODY)
        return;
    size_t index = table->oldest;
    struct entry *entry = &table->entry[index];
    size_t *at = bucket_of(table, &entry->key);
    while (*at != index)
        at = &table->entry[*at].chain;
    *at = entry->chain;
    leave_idle(table, entry);
    entry->chain = table->free;
    table->free = index;
}

/* The entry of an address, made when there is none; NULL = every place is taken by an address with connections. */
static struct entry *find_or_make(struct address_table *table, const struct address *key)
{
    struct entry *entry = find(table, key);
    if (entry)
        return entry;
    if (table->free == NOBODY)
        forget_oldest(table);
    if (table->free == NOBODY)
        return NULL;
    size_t index = table->free, *bucket = bucket_of(table, key);
    entry = &table->entry[index];
    table->free = entry->chain;
    *entry = (struct entry){.key = *key, .chain = *bucket, .thousandths = table->limits.requests_per_second * 1000, .then = INT64_MIN};
    *bucket = index;
    join_idle(table, entry);
    return entry;
}

bool address_admits(struct address_table *table, const struct address *address)
{
    if (table->limits.connections == 0)
        return true;
    struct address key = key_of(address);
    pthread_mutex_lock(&table->lock);
    const struct entry *entry = find(table, &key);
    bool admits = !entry || entry->connections < table->limits.connections;
    pthread_mutex_unlock(&table->lock);
    return admits;
}

bool address_connected(struct address_table *table, const struct address *address)
{
    if (table->limits.connections == 0)
        return true;
    struct address key = key_of(address);
    pthread_mutex_lock(&table->lock);
    struct entry *entry = find_or_make(table, &key);
    bool within = !entry || entry->connections < table->limits.connections;
    if (entry && within && entry->connections++ == 0)
        leave_idle(table, entry);
    pthread_mutex_unlock(&table->lock);
    return within;
}

void address_disconnected(struct address_table *table, const struct address *address)
{
    if (table->limits.connections == 0)
        return;
    struct address key = key_of(address);
    pthread_mutex_lock(&table->lock);
    struct entry *entry = find(table, &key);
    if (entry && entry->connections > 0 && --entry->connections == 0)
        join_idle(table, entry);
    pthread_mutex_unlock(&table->lock);
}

/* A bucket that fills by the rate and holds one second of it. */
static bool spend(const struct address_limits *limits, struct entry *entry, int64_t now)
{
    int64_t full = limits->requests_per_second * 1000;
    int64_t pause = entry->then == INT64_MIN || now - entry->then > 1000 ? 1000 : now - entry->then;
    entry->thousandths += pause * limits->requests_per_second;
    if (entry->thousandths > full)
        entry->thousandths = full;
    entry->then = now;
    if (entry->thousandths < 1000)
        return false;
    entry->thousandths -= 1000;
    return true;
}

bool address_spend(struct address_table *table, const struct address *address, int64_t now)
{
    if (table->limits.requests_per_second == 0)
        return true;
    struct address key = key_of(address);
    pthread_mutex_lock(&table->lock);
    struct entry *entry = find_or_make(table, &key);
    if (entry && entry->connections == 0) { /* seen: the last to be forgotten */
        leave_idle(table, entry);
        join_idle(table, entry);
    }
    bool granted = !entry || spend(&table->limits, entry, now);
    pthread_mutex_unlock(&table->lock);
    return granted;
}
