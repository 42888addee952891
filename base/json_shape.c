/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/json_shape.h"

#include <stdbool.h>

struct json_shape json_shape_of(const char *text, size_t len, struct json_shape most)
{
    struct json_shape shape = {0};
    size_t depth = 0;
    bool inside = false; /* of a string */
    for (size_t i = 0; i < len && shape.depth <= most.depth && shape.values <= most.values; i++) {
        char c = text[i];
        if (inside && c == '\\')
            i++;
        else if (c == '"')
            inside = !inside;
        else if (!inside && (c == '{' || c == '['))
            depth++;
        else if (!inside && (c == '}' || c == ']') && depth > 0)
            depth--;
        shape.values += !inside && (c == ',' || c == '{' || c == '[');
        shape.depth = depth > shape.depth ? depth : shape.depth;
    }
    return shape;
}
