/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/pool.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_SIZE ((size_t)256 * 1024) /* half a thousand cards; a data set of 80 studies needs one or two */
#define ALIGNMENT  alignof(max_align_t)

struct pool_chunk {
    struct pool_chunk *before;
    size_t used, size;
    alignas(max_align_t) unsigned char bytes[];
};

static struct pool_chunk *chunk_add(struct pool *pool, size_t size)
{
    size_t room = size > CHUNK_SIZE ? size : CHUNK_SIZE;
    struct pool_chunk *chunk = calloc(1, sizeof(*chunk) + room);
    if (chunk == NULL) {
        pool->failed = true;
        return NULL;
    }
    chunk->size = room;
    chunk->before = pool->last;
    pool->last = chunk;
    return chunk;
}

void *pool_take(struct pool *pool, size_t size)
{
    if (size > SIZE_MAX / 2) {
        pool->failed = true;
        return NULL;
    }
    size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    struct pool_chunk *chunk = pool->last;
    if (chunk == NULL || chunk->size - chunk->used < rounded)
        chunk = chunk_add(pool, rounded);
    if (chunk == NULL)
        return NULL;
    void *taken = chunk->bytes + chunk->used;
    chunk->used += rounded;
    return taken;
}

void *pool_array(struct pool *pool, size_t len, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(len, size, &bytes)) {
        pool->failed = true;
        return NULL;
    }
    return pool_take(pool, bytes > 0 ? bytes : 1);
}

char *pool_text(struct pool *pool, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = pool_take(pool, size);
    if (copy != NULL)
        memcpy(copy, text, size);
    return copy;
}

void pool_free(struct pool *pool)
{
    while (pool->last != NULL) {
        struct pool_chunk *chunk = pool->last;
        pool->last = chunk->before;
        free(chunk);
    }
    pool->failed = false;
}
