/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/utf8.h"
#include "server/percent.h"

#include <string.h>

/* What may stand in a query as it is: pchar / "?" of RFC 3986, less the plus, which half the world reads as a space. */
static const char plain_in_query[] = PERCENT_UNRESERVED "!$&'()*,;=:@/?";

static const char *fault_in_text(const char *text, size_t len)
{
    for (const char *at = text, *end = text + len; at < end;) {
        int32_t point = utf8_next(&at, end);
        if (point < 0)
            return "is not UTF-8 once decoded";
        if (point < 0x20 || (point >= 0x7f && point < 0xa0))
            return "holds a control character";
    }
    return NULL;
}

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

/* 1 or 3: how many raw characters made *ret_byte. 0 = fault. */
static size_t decode_one(struct arena *arena, const char *raw, size_t len, char *ret_byte, const char **ret_reason)
{
    if (*raw == '%') {
        int high = len > 2 ? hex_value(raw[1]) : -1, low = len > 2 ? hex_value(raw[2]) : -1;
        *ret_byte = (char)(high * 16 + low);
        *ret_reason = "has a % without two hexadecimal digits after it: encode a percent sign as %25";
        return high < 0 || low < 0 ? 0 : 3;
    }
    *ret_byte = *raw;
    if (*raw != '\0' && strchr(plain_in_query, *raw))
        return 1;
    *ret_reason = *raw == '+' ? "has a plus, which is read in two ways: encode a plus as %2B, a space as %20"
                              : arena_printf(arena, "has a character that must be encoded, as %%%02X", (unsigned char)*raw);
    return 0;
}

char *percent_decode(struct arena *arena, const char *raw, size_t len, const char **ret_reason)
{
    *ret_reason = NULL;
    char *text = arena_alloc(arena, len + 1);
    if (!text)
        return NULL;
    size_t made = 0;
    for (size_t at = 0; at < len;) {
        size_t step = decode_one(arena, raw + at, len - at, &text[made++], ret_reason);
        if (step == 0)
            return NULL;
        at += step;
    }
    text[made] = '\0';
    *ret_reason = fault_in_text(text, made);
    return *ret_reason ? NULL : text;
}
