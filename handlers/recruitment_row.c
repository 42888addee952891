/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "handlers/recruitment_row.h"

#include <string.h>

#include "handlers/csv.h"
#include "handlers/json_put.h"

static const char *origin_of(const struct db_recruitment_row *row)
{
    return row->filed ? "filed" : "edition";
}

static const char *disclosure_of(const struct db_recruitment_row *row)
{
    return row->totals_only ? "totals-only" : "full";
}

/* ── JSON ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static void put_known(struct buffer *out, int64_t number)
{
    if (number < 0)
        buffer_text(out, "null");
    else
        csv_integer(out, number); /* written alike everywhere */
}

void recruitment_row_json(struct buffer *out, const struct db_recruitment_row *row)
{
    const struct {
        const char *name, *text;
    } texts[] = {
        {"{\"study\":", row->study}, {",\"programme\":", row->programme}, {",\"region\":", row->region}, {",\"as_of\":", row->as_of}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        buffer_text(out, texts[i].name);
        json_put_text(out, texts[i].text);
    }
    buffer_text(out, ",\"included\":");
    put_known(out, row->included);
    buffer_text(out, ",\"planned\":");
    put_known(out, row->planned);
    buffer_text(out, ",\"origin\":");
    json_put_text(out, origin_of(row));
    if (row->document || row->lines) {
        buffer_text(out, ",\"source\":{\"document\":");
        json_put_text(out, row->document);
        buffer_text(out, ",\"lines\":");
        json_put_text(out, row->lines);
        buffer_text(out, "}");
    } else {
        buffer_text(out, ",\"source\":null");
    }
    buffer_text(out, ",\"disclosure\":");
    json_put_text(out, disclosure_of(row));
    buffer_text(out, "}");
}

/* ── CSV ────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A name never changes and never comes to mean something else. */
const struct csv_column recruitment_columns[] = {
    {"study", NULL, CSV_TEXT},
    {"programme", NULL, CSV_TEXT},
    {"region", NULL, CSV_TEXT},
    {"as_of", NULL, CSV_TEXT},
    {"included", NULL, CSV_WHOLE},
    {"planned", NULL, CSV_WHOLE},
    {"origin", NULL, CSV_TEXT},
    {"source_document", "source.document", CSV_TEXT},
    {"source_lines", "source.lines", CSV_TEXT},
    {"disclosure", NULL, CSV_TEXT},
    {0},
};

void recruitment_row_csv(struct buffer *out, enum csv_dialect dialect, const struct db_recruitment_row *row)
{
    /* In the order of the columns; NULL: the number beside it. */
    const struct {
        const char *text;
        int64_t number;
    } cells[] = {
        {row->study, -1},     {row->programme, -1}, {row->region, -1},   {row->as_of, -1}, {NULL, row->included},
        {NULL, row->planned}, {origin_of(row), -1}, {row->document, -1}, {row->lines, -1}, {disclosure_of(row), -1},
    };
    _Static_assert(sizeof cells / sizeof *cells + 1 == sizeof recruitment_columns / sizeof *recruitment_columns, "a cell for each column");
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        if (i > 0)
            csv_separator(out, dialect);
        if (cells[i].text)
            csv_text(out, dialect, cells[i].text, strlen(cells[i].text));
        else if (cells[i].number >= 0)
            csv_integer(out, cells[i].number);
    }
    csv_row_end(out);
}
