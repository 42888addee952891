/* SPDX-License-Identifier: GPL-3.0-or-later
 * UTF-8 (RFC 3629), strictly.
 */
#ifndef STUDYD_BASE_UTF8_H
#define STUDYD_BASE_UTF8_H

#include <stdint.h>

/* The code point at *at, which moves on; −1 = not UTF-8. *at < end. */
int32_t utf8_next(const char **at, const char *end);

#endif
