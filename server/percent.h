/* SPDX-License-Identifier: GPL-3.0-or-later
 * Percent-encoding (RFC 3986), strictly. Writing it is base/percent.h's.
 */
#ifndef STUDYD_SERVER_PERCENT_H
#define STUDYD_SERVER_PERCENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/percent.h"

/* Decodes one name or value of a query: UTF-8 without control characters. NULL = it cannot be, and *ret_reason says why, for
 * people, as the rest of a sentence that begins with what it is; *ret_reason NULL = no memory. */
char *percent_decode(struct arena *arena, const char *raw, size_t len, const char **ret_reason);

#endif
