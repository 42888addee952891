/* SPDX-License-Identifier: GPL-3.0-or-later
 * One byte a letter: a … z { | }, where { | } are æ ø å as in the old Norwegian ASCII (NS 4551). Digits come before letters by
 * themselves, and a space, which stands for whatever lies between two words, comes before both.
 */
#include "db/sortkey.h"
#include "db/internal.h"
#include "base/latin.h"
#include "base/utf8.h"

#include <string.h>

#define SPACE ' '

static bool is_mark(uint32_t c)
{
    return c >= 0x300 && c <= 0x36f;
}

/* The byte that stands for c; 0: one that has none. */
static unsigned char letter_of(uint32_t c)
{
    if (c >= 'A' && c <= 'Z')
        return (unsigned char)(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
        return (unsigned char)c;
    if (c >= LATIN_FIRST && c <= LATIN_LAST)
        return latin_letter(c) == '~' ? 'y' : (unsigned char)latin_letter(c); /* ü stands at y */
    return c < LATIN_FIRST || (c >= 0x2000 && c < 0x2070) ? SPACE : 0;
}

/* A letter and the mark after it that makes it another letter. */
static unsigned char composed(unsigned char letter, uint32_t mark)
{
    if (mark == 0x30A && letter == 'a')
        return '}';
    if (mark == 0x308)
        return letter == 'a' ? '{' : letter == 'o' ? '|' : letter == 'u' ? 'y' : letter;
    return letter;
}

struct key {
    unsigned char *out;
    size_t len, size;
    bool gap;         /* a space is due before the next letter */
    bool was_plain_a; /* the last byte is an a that a second one makes å */
};

static void key_put(struct key *key, unsigned char byte)
{
    if (key->gap && key->len > 0 && key->len < key->size)
        key->out[key->len++] = SPACE;
    key->gap = false;
    if (key->len < key->size)
        key->out[key->len++] = byte;
}

/* Other scripts keep their order: their UTF-8 comes after every letter of ours. */
static void key_put_foreign(struct key *key, uint32_t c)
{
    char bytes[4];
    size_t n = utf8_put(c, bytes);
    for (size_t i = 0; i < n; i++)
        key_put(key, (unsigned char)bytes[i]);
}

size_t sortkey_nb(const char *text, unsigned char *out, size_t size)
{
    struct key key = {.out = out, .size = size};
    uint32_t c;
    while ((c = utf8_lax_next(&text)) != 0 && key.len < size) {
        const char *ahead = text;
        unsigned char letter = letter_of(c);
        if (is_mark(c))
            continue;
        if (letter != 0)
            letter = composed(letter, utf8_lax_next(&ahead));
        bool is_plain_a = c == 'a' || c == 'A';
        if (letter == SPACE)
            key.gap = true;
        else if (letter == 0)
            key_put_foreign(&key, c);
        else if (letter == 'a' && is_plain_a && key.was_plain_a && !key.gap)
            out[key.len - 1] = '}';
        else
            key_put(&key, letter);
        key.was_plain_a = is_plain_a && letter == 'a' && key.len > 0 && out[key.len - 1] == 'a' && !key.gap;
    }
    return key.len;
}

uint32_t utf8_lax_next(const char **text)
{
    const unsigned char *s = (const unsigned char *)*text;
    size_t more = s[0] >= 0xF0 && s[0] < 0xF5 ? 3 : s[0] >= 0xE0 && s[0] < 0xF0 ? 2 : s[0] >= 0xC2 && s[0] < 0xE0 ? 1 : 0;
    uint32_t c = more == 0 ? s[0] : s[0] & (0x3Fu >> more);
    for (size_t i = 1; i <= more; i++) {
        if ((s[i] & 0xC0) != 0x80) { /* also at the end */
            more = 0;
            c = s[0];
            break;
        }
        c = c << 6 | (s[i] & 0x3F);
    }
    *text += c == 0 ? 0 : more + 1;
    return c;
}
