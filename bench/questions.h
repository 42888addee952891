/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is asked: filters with the values that the register itself has, common and rare, sort keys, and the words of its texts.
 */
#ifndef STUDYD_BENCH_QUESTIONS_H
#define STUDYD_BENCH_QUESTIONS_H

#include "bench/bare_sql.h"

#include <stddef.h>

/* How filters are told apart in the table. */
enum kind { KIND_NONE, KIND_VALUE, KIND_SEVERAL, KIND_RANGE, KIND_NOT, KIND_THREE, KIND_WORD, KINDS };
extern const char *const kind_names[KINDS];

struct filter {
    enum kind kind;
    char *query;     /* as in a URL, without a leading & */
    char *condition; /* of study s, in SQL */
};
#define FILTERS_MAX 128
struct filters {
    struct filter item[FILTERS_MAX];
    size_t len;
};

struct sort_key {
    const char *name, *up, *down; /* down: the same, but that what is not known comes last either way */
};
#define SORT_KEYS 12
extern const struct sort_key sort_keys[SORT_KEYS];

/* Words of the searched texts. */
#define WORDS_MAX 100
struct words {
    char *rare[WORDS_MAX], *third[WORDS_MAX]; /* those of the fewest studies; of about a third of them all */
    size_t rare_len, third_len;
};

#define CODES_MAX 4000
struct questions {
    struct filters filters;
    struct words words;
    char *codes[CODES_MAX]; /* ids of studies, by chance */
    size_t codes_len;
    int64_t studies;
};
/* has_words: the register is searched. */
void questions_find(struct questions *questions, const char *database, bool has_words);

/* An id, another one each time until all were used: what makes a question one that nobody has asked. */
const char *next_code(struct questions *questions);

#endif
