/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first is enough for an ordinary request; a data set soon has the largest. */
#define FIRST_BLOCK   ((size_t)8 * 1024)
#define LARGEST_BLOCK ((size_t)256 * 1024)

struct arena_block {
    struct arena_block *before;
    size_t size, used;
    _Alignas(max_align_t) unsigned char bytes[];
};

static struct arena_block *block_new(struct arena *arena, size_t size)
{
    struct arena_block *block = size < SIZE_MAX - sizeof *block ? malloc(sizeof *block + size) : NULL;
    if (!block)
        return NULL;
    *block = (struct arena_block){.before = arena->newest, .size = size};
    arena->newest = block;
    arena->taken += size;
    return block;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* A block with room for size bytes: twice the last one, so that their number stays small, but never past the limit. */
static struct arena_block *block_for(struct arena *arena, size_t size)
{
    struct arena_block *block = arena->newest;
    if (block && size <= block->size - block->used)
        return block;
    size_t left = (arena->limit ? arena->limit : SIZE_MAX) - arena->taken;
    size_t wanted = smaller(block ? smaller(block->size * 2, LARGEST_BLOCK) : FIRST_BLOCK, left);
    return size <= left ? block_new(arena, wanted < size ? size : wanted) : NULL;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    const size_t align = _Alignof(max_align_t);
    struct arena_block *block = size < SIZE_MAX - align ? block_for(arena, size) : NULL;
    if (!block) {
        arena->failed = true;
        return NULL;
    }
    void *bytes = block->bytes + block->used;
    /* The next one begins aligned; a block whose end is not may be full a few bytes early. */
    size_t step = (size + align - 1) / align * align;
    block->used += smaller(step, block->size - block->used);
    return memset(bytes, 0, size);
}

void *arena_array(struct arena *arena, size_t len, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(len, size, &bytes)) {
        arena->failed = true;
        return NULL;
    }
    return arena_alloc(arena, bytes ? bytes : 1);
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
    char *copy = len < SIZE_MAX ? arena_alloc(arena, len + 1) : NULL;
    if (copy && len > 0)
        memcpy(copy, text, len);
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return arena_strndup(arena, text, strlen(text));
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

static void drop_newest(struct arena *arena)
{
    struct arena_block *block = arena->newest;
    arena->newest = block->before;
    arena->taken -= block->size;
    free(block);
}

void arena_reset(struct arena *arena)
{
    while (arena->newest && arena->newest->before)
        drop_newest(arena);
    if (arena->newest)
        arena->newest->used = 0;
    arena->failed = false;
}

void arena_free(struct arena *arena)
{
    while (arena->newest)
        drop_newest(arena);
    arena->failed = false;
}

struct arena *arena_new(size_t limit)
{
    struct arena *arena = calloc(1, sizeof *arena);
    if (!arena)
        return NULL;
    arena->limit = limit;
    if (!block_for(arena, 1)) {
        free(arena);
        return NULL;
    }
    return arena;
}

void arena_delete(struct arena *arena)
{
    if (arena)
        arena_free(arena);
    free(arena);
}
