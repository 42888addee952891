/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_SIZE ((size_t)256 * 1024) /* half a thousand cards; a data set of 80 studies needs one or two */
#define ALIGNMENT alignof(max_align_t)

struct arena_chunk {
    struct arena_chunk *before;
    size_t used, size;
    alignas(max_align_t) unsigned char bytes[];
};

static struct arena_chunk *chunk_add(struct arena *arena, size_t size)
{
    size_t room = size > CHUNK_SIZE ? size : CHUNK_SIZE;
    struct arena_chunk *chunk = calloc(1, sizeof(*chunk) + room);
    if (chunk == NULL) {
        arena->failed = true;
        return NULL;
    }
    chunk->size = room;
    chunk->before = arena->last;
    arena->last = chunk;
    return chunk;
}

void *arena_take(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2) {
        arena->failed = true;
        return NULL;
    }
    size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    struct arena_chunk *chunk = arena->last;
    if (chunk == NULL || chunk->size - chunk->used < rounded)
        chunk = chunk_add(arena, rounded);
    if (chunk == NULL)
        return NULL;
    void *taken = chunk->bytes + chunk->used;
    chunk->used += rounded;
    return taken;
}

void *arena_array(struct arena *arena, size_t len, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(len, size, &bytes)) {
        arena->failed = true;
        return NULL;
    }
    return arena_take(arena, bytes > 0 ? bytes : 1);
}

char *arena_text(struct arena *arena, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = arena_take(arena, size);
    if (copy != NULL)
        memcpy(copy, text, size);
    return copy;
}

void arena_free(struct arena *arena)
{
    while (arena->last != NULL) {
        struct arena_chunk *chunk = arena->last;
        arena->last = chunk->before;
        free(chunk);
    }
    arena->failed = false;
}
