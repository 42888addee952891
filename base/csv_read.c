/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/csv_read.h"

#include <string.h>

void csv_open(struct csv *csv, char *text, size_t len, char separator)
{
    *csv = (struct csv){.at = text, .end = text + len, .line = 1, .row = 1, .separator = separator};
    text[len] = '\0';
}

/* A bare field: everything up to the next separator. Leaves at on the separator. */
static const char *bare_field(struct csv *csv)
{
    while (csv->at < csv->end && *csv->at != csv->separator && *csv->at != '\n') {
        if (*csv->at == '"')
            return "a double quote inside a field that is not quoted: quote the field and double the quote";
        csv->at++;
    }
    return NULL;
}

/* A quoted field, its doubled quotes made single on the spot. *ret_end is where its text ends. */
static const char *quoted_field(struct csv *csv, char **ret_end)
{
    char *to = csv->at;
    for (csv->at++; csv->at < csv->end; csv->at++) {
        if (*csv->at == '"') {
            if (csv->at + 1 == csv->end || csv->at[1] != '"')
                break;
            csv->at++;
        }
        csv->line += *csv->at == '\n';
        *to++ = *csv->at;
    }
    if (csv->at == csv->end)
        return "a quoted field is never closed";
    *ret_end = to;
    csv->at++;
    if (csv->at < csv->end && *csv->at != csv->separator && *csv->at != '\n')
        return "something follows the closing quote of a field: expected a separator or the end of the line";
    return NULL;
}

/* One field with its separator. *ret_more: another field follows on the record. */
static const char *field_next(struct csv *csv, char **ret_field, bool *ret_more)
{
    char *field = csv->at, *end = NULL;
    const char *message = *field == '"' && field < csv->end ? quoted_field(csv, &end) : bare_field(csv);
    if (message != NULL)
        return message;
    if (end == NULL)
        end = csv->at;
    if ((size_t)(end - field) > CSV_FIELD_MAX)
        return "a field is longer than 64 KiB";
    *ret_more = csv->at < csv->end && *csv->at == csv->separator;
    if (csv->at < csv->end) {
        csv->line += *csv->at == '\n';
        csv->at++;
    }
    *end = '\0';
    *ret_field = field;
    return NULL;
}

/* Reading goes on behind the line that the fault was seen in. */
static enum csv_result skip_line(struct csv *csv)
{
    char *feed = csv->at < csv->end ? memchr(csv->at, '\n', (size_t)(csv->end - csv->at)) : NULL;
    csv->at = feed != NULL ? feed + 1 : csv->end;
    csv->line += feed != NULL;
    return CSV_FAULT;
}

enum csv_result csv_next(struct csv *csv, struct csv_record *ret_record, const char **ret_message)
{
    bool more = true;
    ret_record->line = csv->line;
    ret_record->len = 0;
    if (csv->at >= csv->end)
        return CSV_END;
    ret_record->row = csv->row++;
    if (*csv->at == '\n') {
        *ret_message = "an empty line";
        return skip_line(csv);
    }
    while (more) {
        if (ret_record->len == CSV_FIELDS_MAX) {
            *ret_message = "more than 32 fields";
            return skip_line(csv);
        }
        *ret_message = field_next(csv, &ret_record->fields[ret_record->len], &more);
        if (*ret_message != NULL)
            return skip_line(csv);
        ret_record->len++;
    }
    return CSV_RECORD;
}

bool csv_skip_empty(struct csv *csv)
{
    if (csv->at >= csv->end || *csv->at != '\n')
        return false;
    csv->at++;
    csv->line++;
    csv->row++;
    return true;
}

/* ── rows and lines ─────────────────────────────────────────────────────────────────────────────────────────── */

struct walk {
    int line, row, row_line; /* row_line: where the row begins */
    bool quoted, opens;      /* opens: a quote here would open a cell, or be the second of two within one */
};

static void walk_over(struct walk *walk, char c, char separator)
{
    walk->line += c == '\n';
    if (walk->quoted) {
        walk->quoted = c != '"';
        walk->opens = c == '"';
    } else if (c == '\n') {
        walk->row++;
        walk->row_line = walk->line;
        walk->opens = true;
    } else {
        walk->quoted = c == '"' && walk->opens;
        walk->opens = c == separator;
    }
}

static const struct walk walk_start = {.line = 1, .row = 1, .row_line = 1, .opens = true};

int csv_row_at(const char *text, size_t at, char separator)
{
    struct walk walk = walk_start;
    for (size_t i = 0; i < at; i++)
        walk_over(&walk, text[i], separator);
    return walk.row;
}

int csv_line_of_row(const char *text, size_t len, char separator, int row)
{
    struct walk walk = walk_start;
    for (size_t i = 0; i < len && walk.row < row; i++)
        walk_over(&walk, text[i], separator);
    return walk.row_line;
}

char csv_separator_of(const char *text, size_t len)
{
    const char *feed = len ? memchr(text, '\n', len) : NULL;
    size_t first = feed ? (size_t)(feed - text) : len;
    return first && memchr(text, ';', first) ? ';' : ',';
}
