/* SPDX-License-Identifier: GPL-3.0-or-later
 * How deep a JSON text nests and how many values it has, before a parser sees it: jansson nests up to 2048 deep, and bounds no number of
 * values. Whether the text is JSON at all is the parser's to say.
 */
#ifndef STUDYD_BASE_JSON_SHAPE_H
#define STUDYD_BASE_JSON_SHAPE_H

#include <stddef.h>

struct json_shape {
    size_t depth;  /* of arrays and objects in one another */
    size_t values; /* at least as many: members and elements, arrays and objects */
};
/* Of the text up to where either is above its bound. */
struct json_shape json_shape_of(const char *text, size_t len, struct json_shape most);

#endif
