/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "handlers/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Enough for an ordinary request, so that most never take a second block. */
#define FIRST_BLOCK 8192

struct block {
    struct block *next; /* the one filled before */
    size_t size, used;
    _Alignas(max_align_t) unsigned char bytes[];
};

struct arena {
    size_t limit, taken; /* taken: the sizes of all blocks */
    struct block *first, *newest;
};

static struct block *block_new(struct arena *arena, size_t size)
{
    struct block *block = malloc(sizeof *block + size);
    if (!block)
        return NULL;
    block->next = arena->newest;
    block->size = size;
    block->used = 0;
    arena->newest = block;
    arena->taken += size;
    return block;
}

struct arena *arena_new(size_t limit)
{
    struct arena *arena = calloc(1, sizeof *arena);
    if (!arena)
        return NULL;
    arena->limit = limit;
    arena->first = block_new(arena, limit < FIRST_BLOCK ? limit : FIRST_BLOCK);
    if (!arena->first) {
        free(arena);
        return NULL;
    }
    return arena;
}

void arena_reset(struct arena *arena)
{
    while (arena->newest != arena->first) {
        struct block *block = arena->newest;
        arena->newest = block->next;
        free(block);
    }
    arena->first->used = 0;
    arena->taken = arena->first->size;
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    arena_reset(arena);
    free(arena->first);
    free(arena);
}

/* A block with room for size bytes: twice the last one, so that their number stays small, but never past the limit. */
static struct block *block_for(struct arena *arena, size_t size)
{
    struct block *block = arena->newest;
    if (size <= block->size - block->used)
        return block;
    size_t left = arena->limit - arena->taken;
    if (size > left)
        return NULL;
    size_t wanted = block->size < left / 2 ? block->size * 2 : left;
    return block_new(arena, wanted < size ? size : wanted);
}

void *arena_alloc(struct arena *arena, size_t size)
{
    const size_t align = _Alignof(max_align_t);
    if (size > arena->limit || size > SIZE_MAX - align)
        return NULL;
    struct block *block = block_for(arena, size);
    if (!block)
        return NULL;
    void *bytes = block->bytes + block->used;
    /* The next one begins aligned; a block whose end is not may be full a few bytes early. */
    size_t step = (size + align - 1) / align * align;
    size_t room = block->size - block->used;
    block->used += step < room ? step : room;
    return memset(bytes, 0, size);
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
    char *copy = len < SIZE_MAX ? arena_alloc(arena, len + 1) : NULL;
    if (copy && len > 0)
        memcpy(copy, text, len);
    return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = len >= 0 ? arena_alloc(arena, (size_t)len + 1) : NULL;
    if (!text)
        return NULL;
    va_start(args, format);
    vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    return text;
}
