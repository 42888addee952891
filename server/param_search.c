/* SPDX-License-Identifier: GPL-3.0-or-later
 * q: what studies are searched by, as people type it → struct db_search, and back. docs/search.md describes the language. Every term that
 * is wrong is a fault of its own, which says where it stands.
 */
#include <inttypes.h>
#include <string.h>

#include "base/fold.h"
#include "base/utf8.h"
#include "server/param_kind.h"
#include "server/percent.h"

#define EXCERPT_CHARS 20
_Static_assert(DB_SEARCH_TERMS == 32, "as the reason says");

enum search_fault {
    TOO_MANY,
    NO_LETTER,
    UNCLOSED,
    QUOTE_INSIDE,
    AFTER_QUOTE,
    LONE_MINUS,
    LONE_STAR,
    INNER_STAR,
    GROUP,
    BAR,
    BANG,
    WORD_AND,
    WORD_NOT,
    OR_FIRST,
    OR_LAST,
    OR_TWICE,
};
static const char *const reasons[] = {
    [TOO_MANY] = "a search has at most 32 terms",
    [NO_LETTER] = "there is no letter or digit in it to look for",
    [UNCLOSED] = "the quote that opens here is never closed",
    [QUOTE_INSIDE] = "a blank belongs before a quote that opens",
    [AFTER_QUOTE] = "a blank belongs after a quote that closes, and a * before it",
    [LONE_MINUS] = "a minus stands right before a word or a quote, once",
    [LONE_STAR] = "a * stands right after the beginning of a word, as in neuro*",
    [INNER_STAR] = "a * stands right after the last letter, as in neuro* or \"early neuro*\", and nowhere else",
    [GROUP] = "parentheses do not group; put a text that holds them in quotes",
    [BAR] = "write OR between two alternatives",
    [BANG] = "write -word for studies without a word",
    [WORD_AND] = "leave AND out, since all terms are wanted anyway, or write \"AND\" for the word itself",
    [WORD_NOT] = "write -word instead of NOT word, or \"NOT\" for the word itself",
    [OR_FIRST] = "OR stands between two terms, not before the first",
    [OR_LAST] = "OR stands between two terms, not after the last",
    [OR_TWICE] = "one OR is enough",
};

enum sign { NO_SIGN, SPACE, QUOTE, MINUS, STAR, PARENTHESIS, STROKE, EXCLAMATION };
/* What keyboards and word processors make of them is read alike. */
static const struct {
    uint32_t first, last;
    enum sign sign;
} signs[] = {
    {' ', ' ', SPACE},       {'!', '!', EXCLAMATION}, {'"', '"', QUOTE},       {'(', ')', PARENTHESIS}, {'*', '*', STAR},
    {'-', '-', MINUS},       {'|', '|', STROKE},      {0xA0, 0xA0, SPACE},     {0xAB, 0xAB, QUOTE},     {0xBB, 0xBB, QUOTE},
    {0x2000, 0x200A, SPACE}, {0x2010, 0x2013, MINUS}, {0x201C, 0x201F, QUOTE}, {0x202F, 0x202F, SPACE}, {0x205F, 0x205F, SPACE},
    {0x2212, 0x2212, MINUS}, {0x3000, 0x3000, SPACE},
};

struct text {
    struct param_reading *reading;
    const char *start, *end, *at;
    struct db_search *search;
    bool any;          /* a term has come, right or wrong */
    bool full;         /* and one too many, which is said once */
    const char *or_at; /* an OR that waits for its second term */
    size_t faults;
};

/* ── characters ─────────────────────────────────────────────────────────────────────────────────────────────── */

static enum sign sign_at(const char *at, const char *end)
{
    if (at == end)
        return NO_SIGN;
    uint32_t c = (uint32_t)utf8_next(&at, end);
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (signs[i].first <= c && c <= signs[i].last)
            return signs[i].sign;
    return NO_SIGN;
}

static const char *after(const char *at, const char *end)
{
    utf8_next(&at, end);
    return at;
}

/* The first character of that kind, or end. */
static const char *find(const char *at, const char *end, enum sign sign)
{
    while (at < end && sign_at(at, end) != sign)
        at = after(at, end);
    return at;
}

static size_t chars(const char *at, const char *end)
{
    size_t count = 0;
    for (; at < end; at = after(at, end))
        count++;
    return count;
}

/* ── faults ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static void fault_because(struct text *text, const char *at, const char *reason)
{
    const char *stop = at;
    for (int i = 0; i < EXCERPT_CHARS && stop < text->end; i++)
        stop = after(stop, text->end);
    param_fault(text->reading,
                arena_printf(text->reading->arena, "at character %zu, “%s%.*s%s”: %s", chars(text->start, at) + 1,
                             at > text->start ? "…" : "", (int)(stop - at), at, stop < text->end ? "…" : "", reason),
                NULL);
    text->faults++;
}

static void fault(struct text *text, const char *at, enum search_fault which)
{
    fault_because(text, at, reasons[which]);
}

/* ── terms ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The words of a term as they were spelled, a blank between two; *ret_end is where the last one ends. NULL = no memory, "" = no word. */
static const char *words_of(struct arena *arena, const char *at, const char *end, const char **ret_end)
{
    struct fold_word word;
    size_t from = 0, len = 0;
    char *words = arena_alloc(arena, (size_t)(end - at) + 1);
    *ret_end = at;
    while (words && fold_next(at, (size_t)(end - at), &from, &word)) {
        if (len > 0)
            words[len++] = ' ';
        memcpy(words + len, at + word.start, word.end - word.start);
        len += word.end - word.start;
        *ret_end = at + word.end;
    }
    return words;
}

static void add(struct text *text, const char *start, struct db_search_term term)
{
    struct db_search *search = text->search;
    if (search->len < DB_SEARCH_TERMS) {
        term.or_before = text->or_at && search->len > 0;
        search->terms[search->len++] = term;
    } else if (!text->full) {
        fault(text, start, TOO_MANY);
        text->full = true;
    }
}

/* What stands between quotes, or between blanks. A * at its end makes its last word a beginning. */
static void term_read(struct text *text, const char *start, bool negate, const char *at, const char *end)
{
    const char *words_end, *star = find(at, end, STAR), *stop = star;
    const char *words = words_of(text->reading->arena, at, stop, &words_end);
    if (!words)
        param_fault(text->reading, NULL, NULL);
    else if (star < end && star == at)
        fault(text, star, end - at == 1 ? LONE_STAR : INNER_STAR);
    else if (star < end && (after(star, end) < end || words_end < star))
        fault(text, star, INNER_STAR);
    else if (!*words)
        fault(text, start, NO_LETTER);
    else
        add(text, start, (struct db_search_term){.text = words, .prefix = star < end, .negate = negate});
    text->any = true;
    text->or_at = NULL;
}

static void quoted_read(struct text *text, const char *start, bool negate)
{
    const char *open = text->at, *inside = after(open, text->end), *close = find(inside, text->end, QUOTE);
    text->at = close == text->end ? close : after(close, text->end);
    if (close == text->end)
        fault(text, open, UNCLOSED);
    else if (text->at < text->end && sign_at(text->at, text->end) != SPACE)
        fault(text, text->at, AFTER_QUOTE);
    else
        term_read(text, start, negate, inside, close);
    text->at = find(text->at, text->end, SPACE);
    text->any = true;
    text->or_at = NULL;
}

/* What no bare word may hold; NULL = it holds none of it. */
static const char *refused_in(const char *at, const char *end, enum search_fault *ret_fault)
{
    static const struct {
        enum sign sign;
        enum search_fault fault;
    } refused[] = {{PARENTHESIS, GROUP}, {STROKE, BAR}, {QUOTE, QUOTE_INSIDE}};
    for (; at < end; at = after(at, end))
        for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
            if (sign_at(at, end) == refused[i].sign) {
                *ret_fault = refused[i].fault;
                return at;
            }
    return NULL;
}

static bool is_word(const char *at, const char *end, const char *word)
{
    return (size_t)(end - at) == strlen(word) && memcmp(at, word, strlen(word)) == 0;
}

static void or_read(struct text *text, const char *at)
{
    if (text->or_at)
        fault(text, at, OR_TWICE);
    else if (!text->any)
        fault(text, at, OR_FIRST);
    text->or_at = at;
}

static void bare_read(struct text *text, const char *start, bool negate)
{
    enum search_fault which;
    const char *at = text->at, *end = find(at, text->end, SPACE), *refused = refused_in(at, end, &which);
    text->at = end;
    if (!negate && is_word(at, end, "OR")) {
        or_read(text, at);
        return;
    }
    if (refused)
        fault(text, refused, which);
    else if (negate && (at == end || sign_at(at, end) == MINUS))
        fault(text, start, LONE_MINUS);
    else if (sign_at(at, end) == EXCLAMATION)
        fault(text, at, BANG);
    else if (!negate && is_word(at, end, "AND"))
        fault(text, at, WORD_AND);
    else if (!negate && is_word(at, end, "NOT"))
        fault(text, at, WORD_NOT);
    else
        term_read(text, start, negate, at, end);
    text->any = true;
    text->or_at = NULL;
}

static void terms_read(struct text *text)
{
    while (!text->reading->no_memory) {
        while (sign_at(text->at, text->end) == SPACE)
            text->at = after(text->at, text->end);
        if (text->at == text->end)
            break;
        const char *start = text->at;
        bool negate = sign_at(start, text->end) == MINUS;
        text->at = negate ? after(start, text->end) : start;
        if (sign_at(text->at, text->end) == QUOTE)
            quoted_read(text, start, negate);
        else
            bare_read(text, start, negate);
    }
    if (text->or_at && text->any)
        fault(text, text->or_at, OR_LAST);
    if (!text->any && !text->or_at)
        fault(text, text->start, NO_LETTER);
}

bool param_search_read(struct param_reading *reading, char *raw, void *field)
{
    struct text text = {.reading = reading, .start = raw, .end = raw + strlen(raw), .at = raw};
    const char *limit = raw;
    for (int64_t i = 0; i < reading->row->max && limit < text.end; i++)
        limit = after(limit, text.end);
    if (limit < text.end) {
        const char *reason = arena_printf(reading->arena, "a search has at most %" PRId64 " characters", reading->row->max);
        if (reason)
            fault_because(&text, limit, reason);
        return reason ? false : param_fault(reading, NULL, NULL);
    }
    text.search = arena_alloc(reading->arena, sizeof *text.search);
    if (!text.search)
        return param_fault(reading, NULL, NULL);
    terms_read(&text);
    if (text.faults > 0 || reading->no_memory)
        return false;
    *(const struct db_search **)field = text.search;
    return true;
}

/* ── writing: blanks and quotes where they must be, and nowhere else ────────────────────────────────────────── */

static bool needs_quotes(const char *text)
{
    return strchr(text, ' ') || strcmp(text, "OR") == 0 || strcmp(text, "AND") == 0 || strcmp(text, "NOT") == 0;
}

void param_search_write(const struct param *row, const void *field, struct buffer *query)
{
    const struct db_search *search = *(const struct db_search *const *)field;
    (void)row;
    for (size_t i = 0; i < search->len; i++) {
        const struct db_search_term *term = &search->terms[i];
        const char *quote = needs_quotes(term->text) ? "%22" : "";
        buffer_text(query, i == 0 ? "" : term->or_before ? "%20OR%20" : "%20");
        buffer_text(query, term->negate ? "-" : "");
        buffer_text(query, quote);
        percent_encode(query, term->text);
        buffer_text(query, term->prefix ? "%2A" : "");
        buffer_text(query, quote);
    }
}
