/* SPDX-License-Identifier: GPL-3.0-or-later
 * Percent-encoding (RFC 3986) of what a URL is made of; server/percent.h reads it.
 */
#ifndef STUDYD_BASE_PERCENT_H
#define STUDYD_BASE_PERCENT_H

#include <stdbool.h>

#include "base/buffer.h"

#define PERCENT_UNRESERVED "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"

/* Appends text with everything encoded but unreserved characters and , : ! which lists, times and negations are made of. */
bool percent_encode(struct buffer *buffer, const char *text);

#endif
