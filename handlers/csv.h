/* SPDX-License-Identifier: GPL-3.0-or-later
 * How values stand in a table (RFC 4180, or as a Norwegian Excel reads it), once for all tables. Unquoted and empty is null; an empty
 * text or list is ""; a list is joined by "; ". Rows end in CRLF.
 *
 * Nothing here fails by itself: a buffer without memory says so at its end.
 */
#ifndef STUDYD_HANDLERS_CSV_H
#define STUDYD_HANDLERS_CSV_H

#include "base/buffer.h"
#include "handlers/json.h"

/* ── cell by cell: null is no call at all between two separators ────────────────────────────────────────────── */

void csv_mark(struct buffer *out, enum csv_dialect dialect);      /* before everything else */
void csv_separator(struct buffer *out, enum csv_dialect dialect); /* between two cells */
void csv_row_end(struct buffer *out);
void csv_text(struct buffer *out, enum csv_dialect dialect, const char *text, size_t len); /* a formula is disarmed */
void csv_integer(struct buffer *out, int64_t number);
void csv_decimal(struct buffer *out, enum csv_dialect dialect, const char *text, size_t len); /* as JSON has it: 60.5 */
void csv_truth(struct buffer *out, bool value);

/* ── a table of columns, which end with a zeroed one ────────────────────────────────────────────────────────── */

#define CSV_COLUMNS_MAX 128

/* The columns that are wanted; of a zeroed struct all. */
struct csv_picked {
    bool some;
    bool column[CSV_COLUMNS_MAX];
};

/* The mark, the names and the row's end. picked may be NULL: all. */
void csv_head(struct buffer *out, enum csv_dialect dialect, const struct csv_column *columns, const struct csv_picked *picked);

/* The cells of a row that is a JSON object, without its end. A path that leads through a list has a value for each item, joined like
 * a list; where none of them is known the cell is null. cell: memory to work in, may be used again. */
void csv_row(struct buffer *out, struct buffer *cell, enum csv_dialect dialect, const json_t *row, const struct csv_column *columns);

/* A row that csv_row has made of all columns in DIALECT_RFC4180, turned into another dialect or a choice of columns: no JSON is read.
 * false = it is none. */
bool csv_recast(struct buffer *out, struct buffer *cell, enum csv_dialect dialect, const char *row, size_t len,
                const struct csv_column *columns, const struct csv_picked *picked);

#endif
