/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "db/internal.h"

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
