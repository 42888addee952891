/* SPDX-License-Identifier: GPL-3.0-or-later
 * Days and instants as RFC 3339 writes them; milliseconds since 1970 (UTC), years 0000 to 9999.
 */
#ifndef STUDYD_SERVER_INSTANT_H
#define STUDYD_SERVER_INSTANT_H

#include <stdbool.h>
#include <stdint.h>

/* YYYY-MM-DD, a day of the calendar. */
bool day_is_real(const char *text);

/* An instant with its offset and any number of decimals: first = last, the millisecond that it lies in; a leap second (:60 at the end of a
 * month, UTC) lies in the last millisecond of :59. A bare day: its first and last millisecond, UTC. */
bool instant_read(const char *text, int64_t *ret_first, int64_t *ret_last);

#define INSTANT_SIZE 25                                      /* 2026-01-01T00:00:00.000Z and NUL */
void instant_write(int64_t at, char ret_text[INSTANT_SIZE]); /* without decimals when they are zero */
void day_write(int64_t at, char ret_text[INSTANT_SIZE]);

#endif
