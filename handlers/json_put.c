/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "handlers/json_put.h"

#include <math.h>
#include <string.h>

/* What a string must not hold as it is: RFC 8259, 7. */
static bool is_special(char byte)
{
    return (unsigned char)byte < 0x20 || byte == '"' || byte == '\\';
}

static void put_escaped(struct buffer *out, char byte)
{
    static const char letters[] = "\"\"\\\\\bb\ff\nn\rr\tt", hex[] = "0123456789abcdef";
    for (size_t i = 0; i + 1 < sizeof letters; i += 2)
        if (letters[i] == byte) {
            buffer_append(out, (char[]){'\\', letters[i + 1]}, 2);
            return;
        }
    buffer_append(out, (char[]){'\\', 'u', '0', '0', hex[(unsigned char)byte >> 4], hex[byte & 15]}, 6);
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

/* ── trees ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A number of one decimal, which is what percentages are: every such number below has this text alone within fifteen digits. */
static bool put_tenths(struct buffer *out, double value)
{
    int64_t tenths = value >= 0 && value < 1e9 ? (int64_t)(value * 10 + 0.5) : 0;
    if (signbit(value) || (double)tenths / 10 != value)
        return false;
    buffer_integer(out, tenths / 10);
    buffer_append(out, (char[]){'.', (char)('0' + tenths % 10)}, 2);
    return true;
}

static void put_real(struct buffer *out, const json_t *value)
{
    char text[64];
    if (put_tenths(out, json_real_value(value)))
        return;
    buffer_append(out, text, json_dumpb(value, text, sizeof text, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15)));
}

static void put_array(struct buffer *out, const json_t *array)
{
    buffer_text(out, "[");
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (i > 0)
            buffer_text(out, ",");
        json_put_value(out, json_array_get(array, i));
    }
    buffer_text(out, "]");
}

static void put_object(struct buffer *out, const json_t *object)
{
    const char *name, *between = "";
    json_t *value;
    buffer_text(out, "{");
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        buffer_text(out, between);
        json_put_text(out, name);
        buffer_text(out, ":");
        json_put_value(out, value);
        between = ",";
    }
    buffer_text(out, "}");
}

void json_put_value(struct buffer *out, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT: put_object(out, value); break;
    case JSON_ARRAY: put_array(out, value); break;
    case JSON_STRING: json_put_text(out, json_string_value(value)); break;
    case JSON_INTEGER: buffer_integer(out, json_integer_value(value)); break;
    case JSON_REAL: put_real(out, value); break;
    case JSON_TRUE: buffer_text(out, "true"); break;
    case JSON_FALSE: buffer_text(out, "false"); break;
    case JSON_NULL: buffer_text(out, "null"); break;
    }
}
