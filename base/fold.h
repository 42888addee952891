/* SPDX-License-Identifier: GPL-3.0-or-later
 * The words of a text, folded: what is looked for and what is looked in are compared as this makes them, so that they find each other in
 * any case, with accents or without, and by the ASCII forms of Norwegian letters. Pure, any thread.
 *
 * A word is a run of letters and digits of any script; all else lies between words. Capitals are small letters. In Latin, Greek and
 * Cyrillic accents go, whether they are part of a character or follow it. å ä æ aa ae are a; ø ö œ oe are o; ß is ss, þ is th. As both
 * sides are folded alike, this also makes one of words that differ in nothing else: "Israel" and "Isral" are isral, "noe" and "no" are no.
 * Folding what is folded changes nothing.
 */
#ifndef STUDYD_BASE_FOLD_H
#define STUDYD_BASE_FOLD_H

#include <stdbool.h>
#include <stddef.h>

/* A longer word is compared by so many bytes. */
#define FOLD_WORD_MAX 2048

struct fold_word {
    size_t start, end; /* of the original, in bytes */
    size_t len;
    char folded[FOLD_WORD_MAX]; /* UTF-8, not terminated */
};

/* The next word of text from byte *at on, which moves past it. false = there is none. What is not UTF-8 lies between words. */
bool fold_next(const char *text, size_t len, size_t *at, struct fold_word *ret_word);

#endif
