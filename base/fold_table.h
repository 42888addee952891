/* SPDX-License-Identifier: GPL-3.0-or-later
 * What fold.c knows of characters beyond ASCII. Every table is in ascending order. Nobody else needs it.
 */
#ifndef STUDYD_BASE_FOLD_TABLE_H
#define STUDYD_BASE_FOLD_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct fold_range {
    uint32_t first, last;
};
extern const struct fold_range fold_letters[], fold_silent[];
extern const size_t fold_letters_len, fold_silent_len;

enum fold_how {
    ALL,  /* each of the range becomes to */
    EACH, /* the first becomes to, the next the one after to … */
    PAIR, /* the first, third … becomes the one after it; the others stay */
};
struct fold_row {
    uint32_t first, last;
    enum fold_how how;
    uint32_t to;
};
extern const struct fold_row fold_rows[];
extern const size_t fold_rows_len;

struct fold_spelling {
    uint32_t first, last;
    const char *letters;
};
extern const struct fold_spelling fold_spellings[];
extern const size_t fold_spellings_len;

#endif
