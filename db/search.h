/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is looked for in the texts of studies: part of db/db.h, which says how strings are given. docs/search.md describes it for users.
 */
#ifndef STUDYD_DB_SEARCH_H
#define STUDYD_DB_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

#define DB_SEARCH_TERMS 32

struct db_search_term {
    const char *text; /* a word, or a phrase: its words in this order, a blank between two. At least one word in the sense of base/fold.h */
    bool prefix;      /* the last word is the beginning of one */
    bool negate;      /* studies without it */
    bool or_before;   /* the first term of another alternative; never of the first term of all */
};

/* Alternatives: a study passes when it has all terms of one of them, and none of those that are negated there. */
struct db_search {
    struct db_search_term terms[DB_SEARCH_TERMS];
    size_t len; /* at least 1 */
};

/* ── where a study has what is looked for ───────────────────────────────────────────────────────────────────── */

struct db_span {
    size_t start, end; /* bytes */
};

struct db_hit {
    const char *field; /* what the API calls the text: title.nb, hospitals.0.name */
    const char *text;  /* the whole of it, as it is stored; not terminated */
    size_t len;
    const struct db_span *spans; /* ascending, apart */
    size_t spans_len;            /* at least 1 */
};

/* Every text of one study that has a term which is not negated, the weightiest first. */
typedef void (*db_hits_fn)(void *cls, const struct db_hit *hits, size_t len);

#endif
