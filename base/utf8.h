/* SPDX-License-Identifier: GPL-3.0-or-later
 * UTF-8 (RFC 3629), strictly.
 */
#ifndef STUDYD_BASE_UTF8_H
#define STUDYD_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* The code point at *at, which moves on; −1 = not UTF-8. *at < end. */
int32_t utf8_next(const char **at, const char *end);

/* Writes a code point, at most 4 bytes; returns how many. */
size_t utf8_put(uint32_t c, char *out);

#endif
