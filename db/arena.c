/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "db/internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_ROOM ((size_t)16 * 1024) /* a study with its texts is some 5 KB */

struct arena_chunk {
    struct arena_chunk *next;
    size_t used, room;
    _Alignas(16) char bytes[];
};

static struct arena_chunk *chunk_new(struct arena *arena, size_t size)
{
    size_t room = size > CHUNK_ROOM ? size : CHUNK_ROOM;
    struct arena_chunk *chunk = malloc(sizeof *chunk + room);
    if (chunk == NULL)
        return NULL;
    *chunk = (struct arena_chunk){.next = arena->chunks, .room = room};
    arena->chunks = chunk;
    return chunk;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    struct arena_chunk *chunk = arena->chunks;
    size = (size + 15) & ~(size_t)15;
    if (chunk == NULL || chunk->room - chunk->used < size)
        chunk = chunk_new(arena, size);
    if (chunk == NULL)
        return NULL;
    void *start = chunk->bytes + chunk->used;
    chunk->used += size;
    return memset(start, 0, size);
}

char *arena_copy(struct arena *arena, const char *text, size_t len)
{
    char *copy = arena_alloc(arena, len + 1);
    if (copy != NULL)
        memcpy(copy, text, len);
    return copy;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = len < 0 ? NULL : arena_alloc(arena, (size_t)len + 1);
    if (text != NULL) {
        va_start(args, format);
        vsnprintf(text, (size_t)len + 1, format, args);
        va_end(args);
    }
    return text;
}

void arena_free(struct arena *arena)
{
    while (arena->chunks != NULL) {
        struct arena_chunk *next = arena->chunks->next;
        free(arena->chunks);
        arena->chunks = next;
    }
}

void *list_extend(struct list *list, struct arena *arena, size_t more)
{
    if (list->room - list->len < more) {
        size_t room = list->room == 0 ? 8 : list->room * 2;
        while (room < list->len + more)
            room *= 2;
        void *items = arena_alloc(arena, room * list->size);
        if (items == NULL)
            return NULL;
        if (list->len > 0)
            memcpy(items, list->items, list->len * list->size);
        list->items = items;
        list->room = room;
    }
    list->len += more;
    return (char *)list->items + (list->len - more) * list->size;
}

void *list_add(struct list *list, struct arena *arena)
{
    return list_extend(list, arena, 1);
}
