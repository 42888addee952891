/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "handlers/csv.h"

#include <stdio.h>
#include <string.h>

#define CSV_MAX (64 * 1024 * 1024)
/* A number as JSON prints it: at most 15 digits, or those of an int64_t. */
#define NUMBER_SIZE 64

static const struct {
    const char *mark, *separator; /* mark: the first bytes */
    const char *quoted;           /* a text that holds one of these stands in quotes */
    bool decimal_comma, disarms;
} dialects[] = {
    [DIALECT_RFC4180] = {"", ",", ",\"\r\n", false, false},
    [DIALECT_EXCEL_NB] = {"\xef\xbb\xbf", ";", ";\"\r\n", true, true},
};

/* ── texts ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

static bool has_any(const char *text, size_t len, const char *bytes)
{
    for (; *bytes; bytes++) {
        if (memchr(text, *bytes, len))
            return true;
    }
    return false;
}

/* Unquoted, nothing is null; so a text that is empty has to be quoted. */
static bool needs_quotes(enum csv_dialect dialect, const char *text, size_t len)
{
    return len == 0 || is_blank(text[0]) || is_blank(text[len - 1]) || has_any(text, len, dialects[dialect].quoted);
}

static void put_doubled(struct buffer *out, const char *text, size_t len)
{
    for (const char *quote; (quote = memchr(text, '"', len)) != NULL;) {
        size_t head = (size_t)(quote + 1 - text);
        buffer_append(out, text, head);
        buffer_text(out, "\"");
        text += head;
        len -= head;
    }
    buffer_append(out, text, len);
}

/* A spreadsheet would run a text that begins like a formula. */
static bool is_armed(enum csv_dialect dialect, const char *text, size_t len)
{
    return dialects[dialect].disarms && len > 0 && memchr("=+-@\t\r", text[0], 6);
}

/* before: "" or what disarms the text */
static void put_text(struct buffer *out, enum csv_dialect dialect, const char *before, const char *text, size_t len)
{
    bool quotes = (!*before && needs_quotes(dialect, text, len)) ||
                  (*before && (is_blank(text[len - 1]) || has_any(text, len, dialects[dialect].quoted)));
    buffer_text(out, quotes ? "\"" : "");
    buffer_text(out, before);
    if (quotes)
        put_doubled(out, text, len);
    else
        buffer_append(out, text, len);
    buffer_text(out, quotes ? "\"" : "");
}

/* ── cell by cell ────────────────────────────────────────────────────────────────────────────────────────────── */

void csv_mark(struct buffer *out, enum csv_dialect dialect)
{
    buffer_text(out, dialects[dialect].mark);
}

void csv_separator(struct buffer *out, enum csv_dialect dialect)
{
    buffer_text(out, dialects[dialect].separator);
}

void csv_row_end(struct buffer *out)
{
    buffer_text(out, "\r\n");
}

void csv_text(struct buffer *out, enum csv_dialect dialect, const char *text, size_t len)
{
    put_text(out, dialect, is_armed(dialect, text, len) ? "'" : "", text, len);
}

void csv_integer(struct buffer *out, int64_t number)
{
    buffer_integer(out, number);
}

void csv_decimal(struct buffer *out, enum csv_dialect dialect, const char *text, size_t len)
{
    const char *point = dialects[dialect].decimal_comma ? memchr(text, '.', len) : NULL;
    size_t head = point ? (size_t)(point - text) : len;
    buffer_append(out, text, head);
    if (point) {
        buffer_text(out, ",");
        buffer_append(out, point + 1, len - head - 1);
    }
}

void csv_truth(struct buffer *out, bool value)
{
    buffer_text(out, value ? "TRUE" : "FALSE");
}

/* ── rows of JSON ────────────────────────────────────────────────────────────────────────────────────────────── */

static void cell_text(struct buffer *cell, enum csv_dialect dialect, const char *text, size_t len)
{
    buffer_text(cell, cell->len == 0 && is_armed(dialect, text, len) ? "'" : "");
    buffer_append(cell, text, len);
}

static void cell_number(struct buffer *cell, enum csv_dialect dialect, const json_t *number)
{
    char text[NUMBER_SIZE];
    size_t len = json_dumpb(number, text, sizeof text, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    csv_decimal(cell, dialect, text, len <= sizeof text ? len : 0);
}

/* Not a list: a list in a list, or an object, has no place in a table, and a column that names one is a mistake of ours which the
 * tests of each table would show as an empty column. */
static void cell_scalar(struct buffer *cell, enum csv_dialect dialect, const json_t *value)
{
    if (json_is_string(value))
        cell_text(cell, dialect, json_string_value(value), json_string_length(value));
    else if (json_is_number(value))
        cell_number(cell, dialect, value);
    else if (json_is_boolean(value))
        csv_truth(cell, json_is_true(value));
}

/* label.nb → the member nb of the member label; NULL = there is none. Stops at a list: *path is then what is left. */
static const json_t *value_at(const json_t *row, const char **path)
{
    while (row && **path && !json_is_array(row)) {
        size_t len = strcspn(*path, ".");
        row = json_object_getn(row, *path, len);
        *path += len + ((*path)[len] == '.');
    }
    return row;
}

/* false = no item is known though there are some: the cell is null. */
static bool cell_list(struct buffer *cell, enum csv_dialect dialect, const json_t *list, const char *path)
{
    size_t i;
    const json_t *item;
    bool known = json_array_size(list) == 0;
    json_array_foreach(list, i, item)
    {
        const char *rest = path;
        const json_t *value = value_at(item, &rest);
        known = known || (value && !json_is_null(value));
        buffer_text(cell, i > 0 ? "; " : "");
        cell_scalar(cell, dialect, value);
    }
    return known;
}

static void put_value(struct buffer *out, struct buffer *cell, enum csv_dialect dialect, const json_t *row, const char *path)
{
    const json_t *value = value_at(row, &path);
    if (!value || json_is_null(value) || json_is_object(value))
        return;
    cell->len = 0;
    if (json_is_array(value) && !cell_list(cell, dialect, value, path))
        return;
    cell_scalar(cell, dialect, value);
    put_text(out, dialect, "", cell->bytes ? cell->bytes : "", cell->len);
    out->failed = out->failed || cell->failed;
}

void csv_row(struct buffer *out, struct buffer *cell, enum csv_dialect dialect, const json_t *row, const struct csv_column *columns)
{
    for (const struct csv_column *column = columns; column->name; column++) {
        buffer_text(out, column > columns ? dialects[dialect].separator : "");
        put_value(out, cell, dialect, row, column->path ? column->path : column->name);
    }
}

static bool is_picked(const struct csv_picked *picked, size_t column)
{
    return !picked || !picked->some || picked->column[column];
}

void csv_head(struct buffer *out, enum csv_dialect dialect, const struct csv_column *columns, const struct csv_picked *picked)
{
    bool first = true;
    csv_mark(out, dialect);
    for (size_t i = 0; columns[i].name; i++) {
        if (!is_picked(picked, i))
            continue;
        buffer_text(out, first ? "" : dialects[dialect].separator);
        csv_text(out, dialect, columns[i].name, strlen(columns[i].name));
        first = false;
    }
    csv_row_end(out);
}

/* ── rows that are made already ──────────────────────────────────────────────────────────────────────────────── */

/* Behind the cell that begins at text: at the separator or the end. NULL = an open quote. */
static const char *cell_end(const char *text, const char *end)
{
    if (text == end || *text != '"') {
        const char *comma = memchr(text, ',', (size_t)(end - text));
        return comma ? comma : end;
    }
    for (const char *quote = text + 1; (quote = memchr(quote, '"', (size_t)(end - quote))) != NULL; quote += 2) {
        if (quote + 1 == end || quote[1] != '"')
            return quote + 1;
    }
    return NULL;
}

/* What stands between the quotes. */
static void unquote(struct buffer *cell, const char *text, size_t len)
{
    cell->len = 0;
    for (const char *quote; (quote = memchr(text, '"', len)) != NULL;) {
        size_t head = (size_t)(quote + 1 - text);
        buffer_append(cell, text, head);
        text += head + 1;
        len -= head + 1;
    }
    buffer_append(cell, text, len);
}

static void recast_cell(struct buffer *out, struct buffer *cell, enum csv_dialect dialect, enum csv_kind kind, const char *text, size_t len)
{
    if (len == 0)
        return; /* null */
    if (*text == '"') {
        unquote(cell, text + 1, len - 2);
        text = cell->bytes ? cell->bytes : "";
        len = cell->len;
        out->failed = out->failed || cell->failed;
    }
    if (kind == CSV_DECIMAL)
        csv_decimal(out, dialect, text, len);
    else if (kind == CSV_TEXT)
        csv_text(out, dialect, text, len);
    else
        put_text(out, dialect, "", text, len); /* a list of numbers may need quotes, and no number is a formula */
}

bool csv_recast(struct buffer *out, struct buffer *cell, enum csv_dialect dialect, const char *row, size_t len,
                const struct csv_column *columns, const struct csv_picked *picked)
{
    bool first = true;
    const char *at = row, *end = row + len;
    if (dialect == DIALECT_RFC4180 && (!picked || !picked->some))
        return buffer_append(out, row, len);
    for (size_t i = 0; columns[i].name; i++) {
        const char *stop = at <= end ? cell_end(at, end) : NULL;
        if (!stop || (stop < end && *stop != ','))
            return false;
        if (is_picked(picked, i)) {
            buffer_text(out, first ? "" : dialects[dialect].separator);
            first = false;
            if (dialect == DIALECT_RFC4180)
                buffer_append(out, at, (size_t)(stop - at));
            else
                recast_cell(out, cell, dialect, columns[i].kind, at, (size_t)(stop - at));
        }
        at = stop + 1;
    }
    return at == end + 1 && !out->failed;
}

/* ── a list that is held whole ───────────────────────────────────────────────────────────────────────────────── */

static enum api_error reply_csv(struct request *rq, struct reply *ret_reply, const json_t *data, const struct csv_column *columns)
{
    struct buffer out, cell;
    size_t i;
    const json_t *row;
    buffer_init(&out, CSV_MAX);
    buffer_init(&cell, CSV_MAX);
    csv_head(&out, rq->dialect, columns, NULL);
    json_array_foreach(data, i, row)
    {
        csv_row(&out, &cell, rq->dialect, row, columns);
        csv_row_end(&out);
    }
    ret_reply->bytes = buffer_take(&out, &ret_reply->len);
    buffer_free(&out);
    buffer_free(&cell);
    return ret_reply->bytes ? API_OK : API_UNAVAILABLE;
}

enum api_error reply_table(struct request *rq, struct reply *ret_reply, json_t *data, json_t *extra, const struct csv_column *columns)
{
    if (rq->format != FORMAT_CSV)
        return reply_whole_list(rq, ret_reply, data, extra);
    enum api_error error = data ? reply_csv(rq, ret_reply, data, columns) : API_UNAVAILABLE;
    json_decref(data);
    json_decref(extra);
    return error;
}
