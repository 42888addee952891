/* SPDX-License-Identifier: GPL-3.0-or-later
 * A search as the engine's full-text index is asked. Of what a user typed, nothing but folded words gets there, each phrase in quotes.
 */
#include "db/search_index.h"

#include <assert.h>
#include <string.h>

#include "base/fold.h"

struct match {
    struct arena *arena;
    struct list text, shape; /* char, unsigned char */
    bool failed;             /* no memory */
};

static void add(struct match *match, const char *bytes, size_t len)
{
    char *end = len == 0 ? NULL : list_extend(&match->text, match->arena, len);
    match->failed = match->failed || (len > 0 && end == NULL);
    if (end != NULL)
        memcpy(end, bytes, len);
}

static void add_text(struct match *match, const char *text)
{
    add(match, text, strlen(text));
}

static void add_term(struct match *match, const struct db_search_term *term)
{
    struct fold_word word;
    size_t at = 0, words = 0, len = strlen(term->text);
    add_text(match, "\"");
    for (; fold_next(term->text, len, &at, &word); words++) {
        add_text(match, words == 0 ? "" : " ");
        add(match, word.folded, word.len);
    }
    assert(words > 0); /* an empty phrase would be passed over */
    add_text(match, term->prefix ? "\" *" : "\"");
}

/* The terms of one alternative that are negated, or those that are not. Returns how many. */
static unsigned add_terms(struct match *match, const struct db_search_term *terms, size_t len, bool negated, const char *between)
{
    unsigned count = 0;
    for (size_t i = 0; i < len; i++) {
        if (terms[i].negate != negated)
            continue;
        add_text(match, count++ == 0 ? "" : between);
        add_term(match, &terms[i]);
    }
    return count;
}

static bool has_negated(const struct db_search_term *terms, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (terms[i].negate)
            return true;
    return false;
}

static bool are_whole(const struct db_search_term *terms, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (terms[i].prefix && !terms[i].negate)
            return false;
    return true;
}

/* ((a AND b) NOT (c OR d)); where nothing is wanted, every study stands for a. */
static void add_alternative(struct match *match, const struct db_search_term *terms, size_t len)
{
    unsigned wanted, others = 0;
    add_text(match, "((");
    wanted = add_terms(match, terms, len, false, " AND ");
    if (wanted == 0) {
        add_text(match, "\"" SEARCH_MARK_TEXT "\"");
        others = 1;
    }
    add_text(match, ")");
    if (has_negated(terms, len)) {
        add_text(match, " NOT (");
        others += add_terms(match, terms, len, true, " OR ");
        add_text(match, ")");
    }
    add_text(match, ")");
    unsigned char *shape = list_extend(&match->shape, match->arena, 3);
    match->failed = match->failed || shape == NULL;
    if (shape != NULL)
        memcpy(shape, (unsigned char[]){(unsigned char)wanted, (unsigned char)others, are_whole(terms, len)}, 3);
}

static struct match match_of(struct arena *arena, const struct db_search *search)
{
    struct match match = {.arena = arena, .text = {.size = 1}, .shape = {.size = 1}};
    assert(search->len > 0 && search->len <= DB_SEARCH_TERMS && !search->terms[0].or_before);
    for (size_t first = 0, after; first < search->len; first = after) {
        after = first + 1;
        while (after < search->len && !search->terms[after].or_before)
            after++;
        add_text(&match, first == 0 ? "" : " OR ");
        add_alternative(&match, search->terms + first, after - first);
    }
    return match;
}

static struct sql_value bytes_of(const struct list *list, enum arg_kind kind)
{
    return (struct sql_value){.kind = kind, .number = (int64_t)list->len, .bytes = list->items};
}

void sql_search(struct sql *sql, const struct db_search *search)
{
    struct match match = match_of(sql->arena, search);
    sql->failed = sql->failed || match.failed;
    sql_add(sql, " AND s.id IN (SELECT rowid FROM study_search WHERE study_search MATCH ?)");
    sql_value(sql, bytes_of(&match.text, ARG_TEXT));
}

/* In the texts that name a study: those that relevance weighs most. */
static void titles_only(struct match *match)
{
    static const char columns[] = "{acronym title_nb title_en scientific_title} : (";
    char *text = list_extend(&match->text, match->arena, sizeof columns);
    match->failed = match->failed || text == NULL;
    if (text == NULL)
        return;
    text = match->text.items;
    memmove(text + sizeof columns - 1, text, match->text.len - sizeof columns);
    memcpy(text, columns, sizeof columns - 1);
    text[match->text.len - 1] = ')';
}

static void add_match(struct sql *sql, const struct match *match)
{
    sql->failed = sql->failed || match->failed;
    sql_value(sql, bytes_of(&match->text, ARG_TEXT));
}

/* The limit that is none keeps the engine from working the inner question into the outer one, where it would compute the score wherever
 * it is mentioned; the cross join, from asking it once for each study. */
void sql_search_scored(struct sql *sql, const struct db_search *search, bool is_bounded)
{
    struct match match = match_of(sql->arena, search), titles = match_of(sql->arena, search);
    titles_only(&titles);
    if (is_bounded) {
        sql_add(sql, " FROM (SELECT rowid AS id, iif(rowid IN (SELECT rowid FROM study_search WHERE study_search MATCH ?), -1, -2) AS score"
                     " FROM study_search WHERE study_search MATCH ? LIMIT -1) m CROSS JOIN study s ON s.id = m.id");
        add_match(sql, &titles);
    } else {
        sql_add(sql, " FROM (SELECT rowid AS id, search_score(study_search, ?) AS score FROM study_search"
                     " WHERE study_search MATCH ? LIMIT -1) m CROSS JOIN study s ON s.id = m.id");
        sql_value(sql, bytes_of(&match.shape, ARG_BLOB));
    }
    add_match(sql, &match);
}

void sql_search_scores(struct sql *sql, const struct db_search *search)
{
    struct match match = match_of(sql->arena, search);
    sql_add(sql, "SELECT rowid, search_score(study_search, ?) FROM study_search WHERE study_search MATCH ?");
    sql_value(sql, bytes_of(&match.shape, ARG_BLOB));
    add_match(sql, &match);
}

void sql_search_ids(struct sql *sql, const struct db_search *search, bool in_titles)
{
    struct match match = match_of(sql->arena, search);
    if (in_titles)
        titles_only(&match);
    sql_add(sql, "SELECT rowid FROM study_search WHERE study_search MATCH ?");
    add_match(sql, &match);
}

void sql_search_each(struct sql *sql, const struct db_search *search, bool in_titles, const struct search_each *each)
{
    struct match match = match_of(sql->arena, search);
    if (in_titles)
        titles_only(&match);
    sql_add(sql, "SELECT search_each(rowid, ?) FROM study_search WHERE study_search MATCH ?");
    sql_value(sql, (struct sql_value){.kind = ARG_POINTER, .bytes = each});
    add_match(sql, &match);
}

void sql_search_count(struct sql *sql, const struct db_search *search)
{
    struct match match = match_of(sql->arena, search);
    sql_add(sql, "SELECT count(*) FROM study_search WHERE study_search MATCH ?");
    add_match(sql, &match);
}
