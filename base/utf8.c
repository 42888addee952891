/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/utf8.h"

#include <stdbool.h>
#include <stddef.h>

int32_t utf8_next(const char **at, const char *end)
{
    static const struct {
        unsigned char mask, lead;
        int more;
        int32_t least; /* below it, the form is overlong */
    } forms[] = {{0x80, 0x00, 0, 0}, {0xe0, 0xc0, 1, 0x80}, {0xf0, 0xe0, 2, 0x800}, {0xf8, 0xf0, 3, 0x10000}};

    unsigned char lead = (unsigned char)*(*at)++;
    size_t form = 0;
    while (form < 4 && (lead & forms[form].mask) != forms[form].lead)
        form++;
    if (form == 4)
        return -1;
    int32_t point = lead & ~forms[form].mask;
    for (int more = forms[form].more; more > 0; more--) {
        if (*at == end || ((unsigned char)**at & 0xc0) != 0x80)
            return -1;
        point = (point << 6) | ((unsigned char)*(*at)++ & 0x3f);
    }
    bool surrogate = point >= 0xd800 && point <= 0xdfff;
    return point < forms[form].least || point > 0x10ffff || surrogate ? -1 : point;
}

size_t utf8_put(uint32_t c, char *out)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xC0, 0xE0, 0xF0};
    for (size_t i = more; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(lead[more] | c);
    return more + 1;
}
