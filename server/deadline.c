/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/deadline.h"

#include <stddef.h>

void deadline_clear(struct deadline *deadline)
{
    struct deadline_list *list = deadline->list;
    if (!list)
        return;
    *(deadline->previous ? &deadline->previous->next : &list->first) = deadline->next;
    *(deadline->next ? &deadline->next->previous : &list->last) = deadline->previous;
    *deadline = (struct deadline){0};
}

void deadline_set(struct deadline *deadline, struct deadline_list *list, int64_t now)
{
    deadline_clear(deadline);
    *deadline = (struct deadline){.previous = list->last, .list = list, .due = now + list->length};
    *(list->last ? &list->last->next : &list->first) = deadline;
    list->last = deadline;
}

struct deadline *deadline_take(struct deadline_list *list, int64_t now)
{
    struct deadline *first = list->first;
    if (!first || first->due > now)
        return NULL;
    deadline_clear(first);
    return first;
}

int64_t deadline_wait(const struct deadline_list *list, int64_t now)
{
    if (!list->first)
        return INT64_MAX;
    return list->first->due > now ? list->first->due - now : 0;
}
