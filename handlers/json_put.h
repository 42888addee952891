/* SPDX-License-Identifier: GPL-3.0-or-later
 * JSON written straight into a buffer, for answers of so many rows that a tree of them would cost more than the rest. A buffer without
 * memory says so at its end.
 */
#ifndef STUDYD_HANDLERS_JSON_PUT_H
#define STUDYD_HANDLERS_JSON_PUT_H

#include <jansson.h>

#include "base/buffer.h"

void json_put_text(struct buffer *out, const char *text); /* NULL: null */
/* The text without its quotes: what stands inside a string. */
void json_put_inside(struct buffer *out, const char *text);

/* A tree, as JSON_COMPACT has it. By hand: jansson takes three times as long, and as long again where the length has to be known. */
void json_put_value(struct buffer *out, const json_t *value);

#endif
