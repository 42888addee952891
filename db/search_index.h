/* SPDX-License-Identifier: GPL-3.0-or-later
 * What searching by words has for the rest of this folder.
 */
#ifndef STUDYD_DB_SEARCH_INDEX_H
#define STUDYD_DB_SEARCH_INDEX_H

#include "db/internal.h"

/* ── search_columns.c ───────────────────────────────────────────────────────────────────────────────────────── */

#define SEARCH_COLUMNS 13
/* A searched text, in the order of the columns of study_search. */
struct search_column {
    const char *field, *of_item; /* what the API calls it; of an item of a list: field, its place, of_item */
    int weight;                  /* of a term that stands here and in none before */
    int exact;                   /* added when this is what was asked for, word by word, and nothing else */
};
extern const struct search_column search_columns[SEARCH_COLUMNS];

/* Between the items of a list, and what every study holds: a word of its own, which no question can ask for. */
#define SEARCH_MARK      '\x1e'
#define SEARCH_MARK_TEXT "\x1e"

/* ── tokenizer.c, search_score.c ────────────────────────────────────────────────────────────────────────────── */

/* Makes the words and the relevance known to a connection: without it no statement about study_search can be prepared. */
enum db_status search_register(sqlite3 *sql);
int search_score_register(fts5_api *api); /* a result code of the engine */
/* The words of a text as the index has them, marks among them, until each returns anything but SQLITE_OK, which is then returned. */
typedef int (*search_word_fn)(void *cls, int flags, const char *word, int len, int start, int end);
int search_words(const char *text, size_t len, search_word_fn each, void *cls);

/* ── search_question.c ──────────────────────────────────────────────────────────────────────────────────────── */

void sql_search(struct sql *sql, const struct db_search *search); /* " AND …" over study s */
/* Of more studies than so many, relevance is bounded: −1 where the words stand in acronym or titles, −2 elsewhere. */
#define SEARCH_RANKED_MAX 10000
/* " FROM …": studies s that pass, each with m.score, its relevance. */
void sql_search_scored(struct sql *sql, const struct db_search *search, bool is_bounded);
/* Whole statements: those that pass, ascending, with their score; without it; how many there are. */
void sql_search_scores(struct sql *sql, const struct db_search *search);
void sql_search_ids(struct sql *sql, const struct db_search *search, bool in_titles);
/* The same handed over one by one, without a step of the statement for each: it has one row, of nothing. each must outlive the query. */
struct search_each {
    void (*take)(void *cls, int64_t id);
    void *cls;
};
void sql_search_each(struct sql *sql, const struct db_search *search, bool in_titles, const struct search_each *each);
int search_each_register(sqlite3 *sql);                                 /* a result code of the engine */
void sql_search_count(struct sql *sql, const struct db_search *search); /* how many pass: the whole statement */

/* ── search_row.c ───────────────────────────────────────────────────────────────────────────────────────────── */

/* What is searched follows the records of the study: written only where it differs. */
enum db_status search_refresh(struct statements *statements, int64_t study);
enum db_status search_add(struct statements *statements, int64_t study); /* the same of a study that is new */
enum db_status search_keep_all(struct db *db);                           /* at open: where it was made by other rules, all is made anew */
/* For a check. differs: what is kept is not what the records hold. */
enum db_status search_differs(struct statements *statements, int64_t study, bool *ret_differs);
enum db_status search_is_current(struct statements *statements, bool *ret_is);

/* search_check.c: whether the index holds other words than the texts beside it. Once a connection, which was opened for reading. */
enum db_status search_index_differs(sqlite3 *sql, bool *ret_differs);

/* ── search_hits.c ──────────────────────────────────────────────────────────────────────────────────────────── */

struct search_hits {
    struct arena arena;
    const struct sought *sought; /* the terms that are not negated */
    size_t sought_len;
};
enum db_status search_hits_begin(const struct db_search *search, struct search_hits *ret_hits);
void search_hits_end(struct search_hits *hits); /* for CLEANUP */
enum db_status search_hits_of(const struct search_hits *hits, struct statements *statements, int64_t study, db_hits_fn each, void *cls);

#endif
