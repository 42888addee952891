/* SPDX-License-Identifier: GPL-3.0-or-later
 * Where the texts of a study have what is looked for, in the spelling they are stored in.
 */
#include "db/search_index.h"

#include <string.h>

#include "base/fold.h"

struct piece { /* a folded word, and where it stood */
    const char *bytes;
    size_t len;
    struct db_span span;
};

struct sought {
    const struct piece *words;
    size_t len;
    bool prefix;
};

static bool read_words(struct arena *arena, const char *text, size_t len, struct list *ret_words)
{
    struct fold_word word;
    size_t at = 0;
    *ret_words = (struct list){.size = sizeof(struct piece)};
    while (fold_next(text, len, &at, &word)) {
        struct piece *piece = list_add(ret_words, arena);
        const char *bytes = piece == NULL ? NULL : arena_strndup(arena, word.folded, word.len);
        if (bytes == NULL)
            return false;
        *piece = (struct piece){bytes, word.len, {word.start, word.end}};
    }
    return true;
}

enum db_status search_hits_begin(const struct db_search *search, struct search_hits *ret_hits)
{
    *ret_hits = (struct search_hits){.sought_len = 0};
    struct sought *sought = arena_array(&ret_hits->arena, search->len, sizeof *sought);
    for (size_t i = 0; i < search->len && sought != NULL; i++) {
        struct list words;
        if (search->terms[i].negate)
            continue;
        if (!read_words(&ret_hits->arena, search->terms[i].text, strlen(search->terms[i].text), &words))
            return DB_NO_MEMORY;
        sought[ret_hits->sought_len++] = (struct sought){words.items, words.len, search->terms[i].prefix};
    }
    ret_hits->sought = sought;
    return sought == NULL ? DB_NO_MEMORY : DB_OK;
}

void search_hits_end(struct search_hits *hits)
{
    arena_free(&hits->arena);
}

/* ── one text ───────────────────────────────────────────────────────────────────────────────────────────────── */

static bool begins_with(const struct sought *sought, const struct piece *words, size_t len)
{
    if (sought->len > len)
        return false;
    for (size_t i = 0; i < sought->len; i++) {
        bool may_be_longer = sought->prefix && i + 1 == sought->len;
        size_t wanted = sought->words[i].len;
        if (may_be_longer ? words[i].len < wanted : words[i].len != wanted)
            return false;
        if (memcmp(words[i].bytes, sought->words[i].bytes, wanted) != 0)
            return false;
    }
    return true;
}

/* The longest of what is looked for that begins here; 0: none does. In words. */
static size_t longest(const struct search_hits *hits, const struct piece *words, size_t len)
{
    size_t most = 0;
    for (size_t i = 0; i < hits->sought_len; i++)
        if (hits->sought[i].len > most && begins_with(&hits->sought[i], words, len))
            most = hits->sought[i].len;
    return most;
}

/* Two that share a word are one. */
static bool add_span(struct list *spans, struct arena *arena, struct db_span span)
{
    struct db_span *last = spans->len == 0 ? NULL : (struct db_span *)spans->items + spans->len - 1;
    if (last != NULL && span.start < last->end) {
        last->end = span.end > last->end ? span.end : last->end;
        return true;
    }
    struct db_span *added = list_add(spans, arena);
    if (added != NULL)
        *added = span;
    return added != NULL;
}

struct finding {
    const struct search_hits *hits;
    struct arena *arena; /* of this study */
    struct list found;   /* struct db_hit */
};

static bool find_in(struct finding *finding, const char *field, const char *text, size_t len)
{
    struct list words, spans = {.size = sizeof(struct db_span)};
    bool is_done = field != NULL && read_words(finding->arena, text, len, &words);
    for (size_t i = 0; is_done && i < words.len; i++) {
        const struct piece *here = (const struct piece *)words.items + i;
        size_t most = longest(finding->hits, here, words.len - i);
        if (most > 0)
            is_done = add_span(&spans, finding->arena, (struct db_span){here->span.start, here[most - 1].span.end});
    }
    struct db_hit *hit = is_done && spans.len > 0 ? list_add(&finding->found, finding->arena) : NULL;
    if (hit != NULL)
        *hit = (struct db_hit){field, text, len, spans.items, spans.len};
    return is_done && (spans.len == 0 || hit != NULL);
}

/* ── one study ──────────────────────────────────────────────────────────────────────────────────────────────── */

static bool find_in_list(struct finding *finding, const struct search_column *column, const char *text, size_t len)
{
    bool is_done = true;
    for (size_t at = 0, place = 0; is_done && at < len; place++) {
        const char *mark = memchr(text + at, SEARCH_MARK, len - at);
        size_t end = mark == NULL ? len : (size_t)(mark - text);
        const char *field = arena_printf(finding->arena, "%s.%zu.%s", column->field, place, column->of_item);
        is_done = find_in(finding, field, text + at, end - at);
        at = end + 1;
    }
    return is_done;
}

enum db_status search_hits_of(const struct search_hits *hits, struct statements *statements, int64_t study, db_hits_fn each, void *cls)
{
    struct arena arena CLEANUP(arena_free) = {0};
    struct finding finding = {hits, &arena, {.size = sizeof(struct db_hit)}};
    struct query kept CLEANUP(query_end) = query_begin(statements, STMT_search_get, ARGS(ARG_I(":study", study)));
    if (!query_row(&kept))
        return query_status(&kept) == DB_OK ? DB_DAMAGED : query_status(&kept);
    for (int i = 0; i < SEARCH_COLUMNS; i++) {
        const struct search_column *column = &search_columns[i];
        const char *text = query_text(&kept, i);
        size_t len = text == NULL ? 0 : (size_t)sqlite3_column_bytes(kept.stmt, i);
        bool is_done = column->of_item != NULL ? find_in_list(&finding, column, text, len) : find_in(&finding, column->field, text, len);
        if (!is_done)
            return DB_NO_MEMORY;
    }
    each(cls, finding.found.items, finding.found.len);
    return query_status(&kept);
}
