/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What holds for the bytes of every file of a data set, before anybody reads meaning into them.
 */
#ifndef STUDYD_INGEST_TEXT_H
#define STUDYD_INGEST_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "ingest/findings.h"

/* UTF-8 without a byte order mark, without NUL, lines that end with LF alone. false = a fault was noted, one for each line
 * that is not UTF-8 and one for the first of each other kind. */
bool text_check(struct findings *faults, const char *file, const char *text, size_t len);

#endif
