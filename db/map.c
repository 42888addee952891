/* SPDX-License-Identifier: GPL-3.0-or-later
 * Open addressing, at most half full. Keys come from our own tables, so that a fixed hash will do.
 */
#include "db/internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static uint64_t hash_of(const char *key) /* FNV-1a */
{
    uint64_t hash = 14695981039346656037u;
    for (; *key != '\0'; key++)
        hash = (hash ^ (unsigned char)*key) * 1099511628211u;
    return hash ^ hash >> 32;
}

/* The slot of key, or the empty one where it belongs. */
static struct map_entry *slot_of(const struct map *map, const char *key)
{
    size_t i = hash_of(key) & (map->room - 1);
    while (map->slots[i].key != NULL && strcmp(map->slots[i].key, key) != 0)
        i = (i + 1) & (map->room - 1);
    return &map->slots[i];
}

bool map_reserve(struct map *map, size_t more)
{
    size_t room = map->room == 0 ? 16 : map->room;
    while (room < 2 * (map->len + more))
        room *= 2;
    if (room == map->room)
        return true;
    struct map grown = {.slots = calloc(room, sizeof *grown.slots), .room = room, .len = map->len};
    if (grown.slots == NULL)
        return false;
    for (size_t i = 0; i < map->room; i++)
        if (map->slots[i].key != NULL)
            *slot_of(&grown, map->slots[i].key) = map->slots[i];
    free(map->slots);
    *map = grown;
    return true;
}

struct map_entry *map_find(const struct map *map, const char *key)
{
    if (map->len == 0)
        return NULL;
    struct map_entry *slot = slot_of(map, key);
    return slot->key == NULL ? NULL : slot;
}

struct map_entry *map_put(struct map *map, const char *key)
{
    assert(map->room > map->len + 1);
    struct map_entry *slot = slot_of(map, key);
    if (slot->key == NULL) {
        slot->key = key;
        map->len++;
    }
    return slot;
}

void map_free(struct map *map)
{
    free(map->slots);
    *map = (struct map){0};
}
