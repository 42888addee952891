/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "handlers/json_put.h"

#include <stdio.h>
#include <string.h>

/* What a string must not hold as it is: RFC 8259, 7. */
static bool is_special(char byte)
{
    return (unsigned char)byte < 0x20 || byte == '"' || byte == '\\';
}

static void put_escaped(struct buffer *out, char byte)
{
    char escape[8];
    snprintf(escape, sizeof escape, "\\u%04x", (unsigned char)byte);
    buffer_text(out, escape);
}

void json_put_inside(struct buffer *out, const char *text)
{
    while (*text) {
        size_t plain = 0;
        while (text[plain] && !is_special(text[plain]))
            plain++;
        buffer_append(out, text, plain);
        text += plain;
        if (*text)
            put_escaped(out, *text++);
    }
}

void json_put_text(struct buffer *out, const char *text)
{
    if (!text) {
        buffer_text(out, "null");
        return;
    }
    buffer_text(out, "\"");
    json_put_inside(out, text);
    buffer_text(out, "\"");
}
