/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A strict reader of RFC 4180 over a text in memory. It writes into that text: fields end in NUL where a separator stood.
 */
#ifndef STUDYD_BASE_CSV_READ_H
#define STUDYD_BASE_CSV_READ_H

#include <stdbool.h>
#include <stddef.h>

#define CSV_FIELDS_MAX 32
#define CSV_FIELD_MAX  ((size_t)64 * 1024) /* bytes; the longest text printed so far has 3 KB */

struct csv {
    char *at, *end;
    int line, row;
    char separator;
};

struct csv_record {
    int line; /* where it starts, from 1 */
    int row;  /* its number, from 1, as a spreadsheet counts: a cell of many lines is one row, an empty line is one */
    size_t len;
    char *fields[CSV_FIELDS_MAX]; /* inside the text that was opened; "" for an empty field, quoted or not */
};

enum csv_result { CSV_RECORD, CSV_END, CSV_FAULT };

/* text[len] must be writable: the last field may end there. separator: ',' or ';'. UTF-8, NUL and CR are
 * the caller's affair. */
void csv_open(struct csv *csv, char *text, size_t len, char separator);

/* The next record. On CSV_FAULT ret_record->line and *ret_message (static) say what and where, and reading goes on with
 * the line after the fault. */
enum csv_result csv_next(struct csv *csv, struct csv_record *ret_record, const char **ret_message);

/* Goes past one empty line. false: the next line is none. */
bool csv_skip_empty(struct csv *csv);

/* Where rows are in a text that was not opened: the row that holds the byte at; the line in which a row begins. */
int csv_row_at(const char *text, size_t at, char separator);
int csv_line_of_row(const char *text, size_t len, char separator, int row);
/* ';' where the first line has one, else ','. */
char csv_separator_of(const char *text, size_t len);

#endif
