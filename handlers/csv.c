/* SPDX-License-Identifier: GPL-3.0-or-later
 * The rows of a list as a table: RFC 4180, or as a Norwegian Excel reads it.
 */
#include <string.h>

#include "base/buffer.h"
#include "handlers/json.h"

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

struct table {
    struct buffer out, cell; /* cell: the text at hand, before it is quoted */
    enum csv_dialect dialect;
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
static bool needs_quotes(const struct table *table, const char *text, size_t len)
{
    return len == 0 || is_blank(text[0]) || is_blank(text[len - 1]) || has_any(text, len, dialects[table->dialect].quoted);
}

static void put_quoted(struct buffer *out, const char *text, size_t len)
{
    buffer_text(out, "\"");
    for (const char *quote; (quote = memchr(text, '"', len)) != NULL;) {
        size_t head = (size_t)(quote + 1 - text);
        buffer_append(out, text, head);
        buffer_text(out, "\"");
        text += head;
        len -= head;
    }
    buffer_append(out, text, len);
    buffer_text(out, "\"");
}

static void put_text(struct table *table, const char *text, size_t len)
{
    if (needs_quotes(table, text, len))
        put_quoted(&table->out, text, len);
    else
        buffer_append(&table->out, text, len);
}

/* ── values ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A spreadsheet would run a text that begins like a formula. */
static bool is_armed(const char *text, size_t len)
{
    return len > 0 && memchr("=+-@\t\r", text[0], 6);
}

static void cell_text(struct table *table, const char *text, size_t len)
{
    if (dialects[table->dialect].disarms && table->cell.len == 0 && is_armed(text, len))
        buffer_text(&table->cell, "'");
    buffer_append(&table->cell, text, len);
}

static void cell_number(struct table *table, const json_t *number)
{
    char text[NUMBER_SIZE];
    size_t len = json_dumpb(number, text, sizeof text, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    char *point = len <= sizeof text ? memchr(text, '.', len) : NULL;
    if (point && dialects[table->dialect].decimal_comma)
        *point = ',';
    buffer_append(&table->cell, text, len <= sizeof text ? len : 0);
}

/* Not a list: a list in a list, or an object, has no place in a table, and a column that names one is a mistake of ours which the
 * tests of each table would show as an empty column. */
static void cell_scalar(struct table *table, const json_t *value)
{
    if (json_is_string(value))
        cell_text(table, json_string_value(value), json_string_length(value));
    else if (json_is_number(value))
        cell_number(table, value);
    else if (json_is_boolean(value))
        buffer_text(&table->cell, json_is_true(value) ? "true" : "false");
}

static void put_value(struct table *table, const json_t *value)
{
    size_t i;
    const json_t *item;
    if (!value || json_is_null(value) || json_is_object(value))
        return;
    table->cell.len = 0;
    cell_scalar(table, value);
    json_array_foreach(value, i, item)
    {
        buffer_text(&table->cell, i > 0 ? "; " : "");
        cell_scalar(table, item);
    }
    put_text(table, table->cell.bytes ? table->cell.bytes : "", table->cell.len);
}

/* label.nb → the member nb of the member label; NULL = there is none. */
static const json_t *value_at(const json_t *row, const char *path)
{
    while (row) {
        size_t len = strcspn(path, ".");
        row = json_object_getn(row, path, len);
        if (!path[len])
            return row;
        path += len + 1;
    }
    return NULL;
}

/* ── the table ───────────────────────────────────────────────────────────────────────────────────────────────── */

static void put_row(struct table *table, const json_t *row, const struct csv_column *columns)
{
    for (const struct csv_column *column = columns; column->name; column++) {
        buffer_text(&table->out, column > columns ? dialects[table->dialect].separator : "");
        if (row)
            put_value(table, value_at(row, column->path ? column->path : column->name));
        else
            put_text(table, column->name, strlen(column->name));
    }
    buffer_text(&table->out, "\r\n");
}

static enum api_error reply_csv(struct request *rq, struct reply *ret_reply, const json_t *data, const struct csv_column *columns)
{
    struct table table = {.dialect = rq->dialect};
    size_t i;
    const json_t *row;
    buffer_init(&table.out, CSV_MAX);
    buffer_init(&table.cell, CSV_MAX);
    buffer_text(&table.out, dialects[rq->dialect].mark);
    put_row(&table, NULL, columns);
    json_array_foreach(data, i, row) put_row(&table, row, columns);
    ret_reply->bytes = table.cell.failed ? NULL : buffer_take(&table.out, &ret_reply->len);
    buffer_free(&table.out);
    buffer_free(&table.cell);
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
