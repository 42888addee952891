/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/fold.h"

#include <string.h>

#include "base/fold_table.h"
#include "base/latin.h"
#include "base/utf8.h"

/* ── characters ─────────────────────────────────────────────────────────────────────────────────────────────── */

/* Of rows that begin with the first and the last character they hold: the one that holds c, or NULL. */
static const void *row_with(const void *rows, size_t len, size_t size, uint32_t c)
{
    size_t low = 0, high = len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const uint32_t *row = (const void *)((const char *)rows + middle * size);
        if (c < row[0])
            high = middle;
        else if (c > row[1])
            low = middle + 1;
        else
            return row;
    }
    return NULL;
}

#define ROW_WITH(table, c) row_with(table, table##_len, sizeof *(table), c)

static bool is_ascii_letter(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_silent(uint32_t c)
{
    return c >= 0x80 && ROW_WITH(fold_silent, c);
}

static bool is_letter(uint32_t c)
{
    return c < 0x80 ? is_ascii_letter(c) : ROW_WITH(fold_letters, c) && !is_silent(c);
}

/* The character at *at, which moves on; 0 where there is none. */
static uint32_t next(const char *text, size_t len, size_t *at)
{
    if ((unsigned char)text[*at] < 0x80)
        return (unsigned char)text[(*at)++];
    const char *here = text + *at;
    int32_t point = utf8_next(&here, text + len);
    *at = (size_t)(here - text);
    return point < 0 ? 0 : (uint32_t)point;
}

/* ── folding ────────────────────────────────────────────────────────────────────────────────────────────────── */

static void put_bytes(struct fold_word *word, const char *bytes, size_t len)
{
    if (word->len + 4 > FOLD_WORD_MAX) /* full for every character alike: what is kept is a beginning */
        return;
    memcpy(word->folded + word->len, bytes, len);
    word->len += len;
}

/* After an a that stands for å or æ too, another a and an e are the rest of its spelling; after an o, an e. */
static void put_ascii(struct fold_word *word, char c)
{
    char last = word->len > 0 ? word->folded[word->len - 1] : '\0';
    if ((last == 'a' && (c == 'a' || c == 'e')) || (last == 'o' && c == 'e'))
        return;
    put_bytes(word, &c, 1);
}

static void put(struct fold_word *word, uint32_t c)
{
    char bytes[4];
    if (c < 0x80)
        put_ascii(word, (char)c);
    else
        put_bytes(word, bytes, utf8_put(c, bytes));
}

static uint32_t folded_by(const struct fold_row *row, uint32_t c)
{
    switch (row->how) {
    case ALL: return row->to;
    case EACH: return row->to + (c - row->first);
    case PAIR: return c + ((c - row->first) % 2 == 0);
    }
    return c;
}

/* As ü is told apart for sorting alone, all accents go here. */
static char plain_letter(char latin)
{
    static const char marked[] = "{|}~", plain[] = "aoau";
    const char *at = strchr(marked, latin);
    return at ? plain[at - marked] : latin;
}

static void put_folded(struct fold_word *word, uint32_t c)
{
    if (c < 0x80) {
        put_ascii(word, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : (char)c);
        return;
    }
    const struct fold_spelling *spelling = ROW_WITH(fold_spellings, c);
    const struct fold_row *row = spelling ? NULL : ROW_WITH(fold_rows, c);
    if (spelling)
        for (const char *letter = spelling->letters; *letter; letter++)
            put_ascii(word, *letter);
    else if (row)
        put(word, folded_by(row, c));
    else if (c >= LATIN_FIRST && c <= LATIN_LAST)
        put_ascii(word, plain_letter(latin_letter(c)));
    else
        put(word, c);
}

bool fold_next(const char *text, size_t len, size_t *at, struct fold_word *ret_word)
{
    bool began = false;
    ret_word->len = 0;
    while (*at < len) {
        size_t before = *at;
        uint32_t c = next(text, len, at);
        bool is_part = is_letter(c);
        if (is_part && !began)
            ret_word->start = before;
        else if (began && !is_part && !is_silent(c))
            break;
        began = began || is_part;
        if (is_part)
            put_folded(ret_word, c);
        if (began)
            ret_word->end = *at;
    }
    return began;
}
