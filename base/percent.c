/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/percent.h"

#include <string.h>

static const char plain_in_canonical[] = PERCENT_UNRESERVED ",:!";

bool percent_encode(struct buffer *buffer, const char *text)
{
    static const char hex[] = "0123456789ABCDEF";
    while (*text != '\0') {
        size_t plain = strspn(text, plain_in_canonical);
        buffer_append(buffer, text, plain);
        text += plain;
        if (*text == '\0')
            break;
        unsigned char byte = (unsigned char)*text++;
        buffer_append(buffer, (char[]){'%', hex[byte >> 4], hex[byte & 15]}, 3);
    }
    return !buffer->failed;
}
