/* SPDX-License-Identifier: GPL-3.0-or-later
 * The Norwegian alphabet as bytes: strings sort as their keys compare with memcmp.
 */
#ifndef STUDYD_DB_SORTKEY_H
#define STUDYD_DB_SORTKEY_H

#include <stddef.h>

/* Writes the key of text (UTF-8) to out, at most size bytes, never terminated; returns its length. … z æ ø å, Aa as Å, case and
 * other accents ignored, digits before letters. A longer text is cut at size. Pure, any thread. */
size_t sortkey_nb(const char *text, unsigned char *out, size_t size);

#endif
