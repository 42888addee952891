/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The written forms of docs/data-format.md: codes, dates, lines, numbers, texts. Pure functions, any thread.
 */
#ifndef STUDYD_BASE_FORMS_H
#define STUDYD_BASE_FORMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FORMS_ID_MAX       64
#define FORMS_YEAR_MIN     1900
#define FORMS_YEAR_MAX     2199
#define FORMS_DECIMALS_MAX 6

/* Bytes of the UTF-8 character at text, of which len bytes may be read; 0 = not UTF-8 (RFC 3629: no surrogates, no longer
 * forms, up to U+10FFFF). */
size_t forms_character(const char *text, size_t len);
bool forms_utf8(const char *text, size_t len);
/* The greatest length ≤ len that does not split a character. */
size_t forms_cut(const char *text, size_t len);

/* [a-z0-9]+(-[a-z0-9]+)*, at most 64 characters. */
bool forms_id(const char *text);
/* YYYY, YYYY-MM or YYYY-MM-DD, a real date of any year that is so written. */
bool forms_calendar(const char *text);
bool forms_calendar_day(const char *text); /* YYYY-MM-DD only */
/* The same of the years 1900–2199, which are those that are stored. */
bool forms_date(const char *text);
bool forms_day(const char *text);
/* MM-DD, a day of some year. */
bool forms_month_day(const char *text);
/* 12, 12-15 or several joined by ';', within 1 … max. */
bool forms_lines(const char *text, int64_t max);
/* http:// or https://, a host, only characters that a URI may have. */
bool forms_url(const char *text);
/* 10.NNNN/…, without white space. */
bool forms_doi(const char *text);
/* A member of a representation: letters, digits, '_', '.', '[', ']', '-'. */
bool forms_member(const char *text);
/* No control characters, of the direction of writing neither, and not white space alone. With breaks, line feeds may stand inside. */
bool forms_text(const char *text, bool breaks);

/* Decimal digits without sign or leading zeros, within min … max. */
bool forms_integer(const char *text, int64_t min, int64_t max, int64_t *ret_value);
/* A decimal number with a point, up to six decimals and twelve digits before them: 99.9 gives 999 with 1 decimal. */
bool forms_decimal(const char *text, int64_t *ret_value, int *ret_decimals);

#endif
