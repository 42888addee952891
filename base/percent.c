/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/percent.h"

/* PERCENT_UNRESERVED ",:!", by byte: there may be a hundred thousand texts to look through. */
static const bool is_plain[256] = {
    ['A' ... 'Z'] = true, ['a' ... 'z'] = true, ['0' ... '9'] = true, ['-'] = true, ['.'] = true,
    ['_'] = true,         ['~'] = true,         [','] = true,         [':'] = true, ['!'] = true,
};

bool percent_encode(struct buffer *buffer, const char *text)
{
    static const char hex[] = "0123456789ABCDEF";
    while (*text != '\0') {
        size_t plain = 0;
        while (is_plain[(unsigned char)text[plain]])
            plain++;
        buffer_append(buffer, text, plain);
        text += plain;
        if (*text == '\0')
            break;
        unsigned char byte = (unsigned char)*text++;
        buffer_append(buffer, (char[]){'%', hex[byte >> 4], hex[byte & 15]}, 3);
    }
    return !buffer->failed;
}
