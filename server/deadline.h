/* SPDX-License-Identifier: GPL-3.0-or-later
 * Deadlines of one fixed length each: what is set last is due last, so a list is sorted by itself and setting costs two pointers.
 * Times are milliseconds of a monotonic clock. One thread.
 */
#ifndef STUDYD_SERVER_DEADLINE_H
#define STUDYD_SERVER_DEADLINE_H

#include <stdint.h>

struct deadline_list;

/* Zeroed = not set. Lives inside what it is about. */
struct deadline {
    struct deadline *next, *previous;
    struct deadline_list *list; /* NULL = not set */
    int64_t due;
};

struct deadline_list {
    struct deadline *first, *last;
    int64_t length;
};

/* Takes the deadline off the list it was on, if any, and puts it on this one. now must not go back between calls. */
void deadline_set(struct deadline *deadline, struct deadline_list *list, int64_t now);
void deadline_clear(struct deadline *deadline); /* not set is fine */
/* The first one that is due, cleared; NULL = none. */
struct deadline *deadline_take(struct deadline_list *list, int64_t now);
/* Milliseconds until the first is due, not negative; INT64_MAX = none is set. */
int64_t deadline_wait(const struct deadline_list *list, int64_t now);

#endif
