/* SPDX-License-Identifier: GPL-3.0-or-later
 * What all groups of questions share.
 */
#ifndef STUDYD_BENCH_PAGES_H
#define STUDYD_BENCH_PAGES_H

#include "bench/ask.h"
#include "bench/bare_sql.h"
#include "bench/questions.h"
#include "bench/table.h"

/* What a page may take. */
#define PAGE_US 300.0
#define ROW_US  10.0

struct bench {
    const char *program, *database;
    struct daemon daemon;
    struct bare bare;
    struct questions questions;
    bool has_words, has_facets, has_exports, has_reports; /* what this daemon's contract knows */
    int64_t depth;                                        /* the row that deep pages begin at */
    size_t bare_every;                                    /* bare SQL is asked one of so many pages */
};

void pages_ask(struct bench *bench);  /* pages.c */
void totals_ask(struct bench *bench); /* sums.c */
void facets_ask(struct bench *bench);
void words_ask(struct bench *bench);
void statistics_ask(struct bench *bench);
void exports_ask(struct bench *bench); /* queries.c */

#endif
