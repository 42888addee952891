/* SPDX-License-Identifier: GPL-3.0-or-later
 * Latin letters without their accents.
 */
#ifndef STUDYD_BASE_LATIN_H
#define STUDYD_BASE_LATIN_H

#include <stdint.h>

#define LATIN_FIRST 0xC0
#define LATIN_LAST  0x17F

/* The letter a … z that a character of Latin-1 or Latin Extended-A is at bottom, c from LATIN_FIRST to LATIN_LAST. Those that Norwegian
 * lists tell apart are { æ, | ø, } å as in the old Norwegian ASCII (NS 4551), and ~ ü: ä is æ, ö and œ are ø. A space: no letter. */
char latin_letter(uint32_t c);

#endif
