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
    char piece[192];
    size_t len = 0;
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        if (len + 3 > sizeof piece) {
            buffer_append(buffer, piece, len);
            len = 0;
        }
        if (is_plain[byte]) {
            piece[len++] = *text;
            continue;
        }
        piece[len++] = '%';
        piece[len++] = hex[byte >> 4];
        piece[len++] = hex[byte & 15];
    }
    return buffer_append(buffer, piece, len);
}
