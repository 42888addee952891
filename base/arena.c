/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"

#include <pthread.h>
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

/* ── first blocks that a thread keeps ───────────────────────────────────────────────────────────────────────── */

/* A question makes and drops several arenas. To the C library a block is a large piece, for which it first tidies up all the small ones
 * that JSON has let go of: a tenth of the time of a small answer. Under AddressSanitizer none is kept, so that it sees a late use. */
#if defined __SANITIZE_ADDRESS__
#define SPARES 0
#else
#define SPARES 4
#endif

static _Thread_local struct spares {
    struct arena_block *newest;
    int len;
} spares;
static pthread_key_t at_thread_end;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool ends_are_seen;

static void spares_free(void *cls)
{
    struct spares *of_thread = cls;
    while (of_thread->newest) {
        struct arena_block *block = of_thread->newest;
        of_thread->newest = block->before;
        free(block);
    }
    of_thread->len = 0;
}

static void see_ends(void)
{
    ends_are_seen = pthread_key_create(&at_thread_end, spares_free) == 0;
}

/* false: it is not one of those that are kept, or there are enough. */
static bool spare_keep(struct arena_block *block)
{
    if (block->size != FIRST_BLOCK || spares.len >= SPARES)
        return false;
    pthread_once(&once, see_ends);
    if (!ends_are_seen || pthread_setspecific(at_thread_end, &spares) != 0)
        return false;
    block->before = spares.newest;
    spares.newest = block;
    spares.len++;
    return true;
}

static struct arena_block *spare_take(void)
{
    struct arena_block *block = spares.newest;
    if (block) {
        spares.newest = block->before;
        spares.len--;
    }
    return block;
}

/* ── blocks ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct arena_block *block_new(struct arena *arena, size_t size)
{
    struct arena_block *block = size == FIRST_BLOCK ? spare_take() : NULL;
    if (!block && size < SIZE_MAX - sizeof *block)
        block = malloc(sizeof *block + size);
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

static size_t block_room(const struct arena_block *block)
{
    return block ? block->size - block->used : 0;
}

/* A block with room for size bytes: twice the last one, so that their number stays small, but never past the limit. */
static struct arena_block *block_for(struct arena *arena, size_t size)
{
    struct arena_block *block = arena->newest;
    if (block && size <= block_room(block))
        return block;
    size_t left = (arena->limit ? arena->limit : SIZE_MAX) - arena->taken;
    size_t wanted = smaller(block ? smaller(block->size * 2, LARGEST_BLOCK) : FIRST_BLOCK, left);
    return size <= left ? block_new(arena, wanted < size ? size : wanted) : NULL;
}

/* The next one begins aligned; a block whose end is not may be full a few bytes early. */
static void *block_take(struct arena_block *block, size_t size)
{
    const size_t align = _Alignof(max_align_t);
    void *bytes = block->bytes + block->used;
    block->used += smaller((size + align - 1) / align * align, block_room(block));
    return bytes;
}

/* ── arenas ─────────────────────────────────────────────────────────────────────────────────────────────────── */

void *arena_alloc(struct arena *arena, size_t size)
{
    const size_t align = _Alignof(max_align_t);
    struct arena_block *block = size < SIZE_MAX - align ? block_for(arena, size) : NULL;
    if (!block) {
        arena->failed = true;
        return NULL;
    }
    return memset(block_take(block, size), 0, size);
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

/* Most texts fit where the arena goes on. */
char *arena_printf(struct arena *arena, const char *format, ...)
{
    struct arena_block *block = arena->newest;
    size_t room = block_room(block);
    va_list args;
    va_start(args, format);
    int len = vsnprintf(room > 0 ? (char *)block->bytes + block->used : NULL, room, format, args);
    va_end(args);
    if (len >= 0 && (size_t)len < room)
        return block_take(block, (size_t)len + 1);
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
    if (!spare_keep(block))
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
