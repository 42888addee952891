/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "handlers/filed_rows.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/csv_read.h"
#include "base/forms.h"
#include "base/nearest.h"

/* ── a row, however it came ─────────────────────────────────────────────────────────────────────────────────── */

struct row_body {
    struct filed_row row;
    struct body_numbers regions;
};

enum { SEEN_REGION, SEEN_INCLUDED, SEEN_REGIONS };

#define STUDY_CHARS 100 /* longer than any id */

static const struct body_member row_members[] = {
    {"study", MEMBER_LINE, .required = true, MEMBER_AT(row_body, row.study), .max = STUDY_CHARS},
    {"as_of", MEMBER_DAY, .required = true, MEMBER_AT(row_body, row.as_of), .min = FILED_YEAR_MIN},
    {"region", MEMBER_CODE, .nullable = true, MEMBER_SEEN(SEEN_REGION), MEMBER_AT(row_body, row.region), .vocabulary = DB_VOCAB_REGION},
    {"included", MEMBER_WHOLE, MEMBER_SEEN(SEEN_INCLUDED), MEMBER_AT(row_body, row.included), .max = COUNT_MAX},
    {"regions", MEMBER_NUMBERS, MEMBER_SEEN(SEEN_REGIONS), MEMBER_AT(row_body, regions), .max = COUNT_MAX, .vocabulary = DB_VOCAB_REGION},
    {"correction", MEMBER_TRUTH, MEMBER_AT(row_body, row.correction)},
    {"comment", MEMBER_TEXT, .nullable = true, MEMBER_AT(row_body, row.comment), .max = COMMENT_MAX},
    {0},
};

struct reading {
    struct request *rq;
    struct filed_rows *rows;
    bool malformed;
};

const char *row_name(struct arena *arena, int line, const char *member)
{
    return arena_printf(arena, "row %d%s%s", line, member ? " " : "", member ? member : "");
}

const char *row_count_name(struct arena *arena, const struct filed_row *row)
{
    const char *member = row->of_many && row->region ? arena_printf(arena, "regions/%s", row->region) : "included";
    return row_name(arena, row->line, member);
}

static void fault(struct reading *reading, int line, const char *member, const char *reason)
{
    body_fault(reading->rq, row_name(reading->rq->arena, line, member), reason, NULL);
}

static void malformed(struct reading *reading, int line, const char *reason)
{
    reading->malformed = true;
    fault(reading, line, NULL, reason);
}

static struct filed_row *row_add(struct reading *reading)
{
    struct filed_rows *rows = reading->rows;
    if (rows->len == rows->room) {
        size_t room = rows->room ? 2 * rows->room : 64;
        struct filed_row *list = arena_array(reading->rq->arena, room, sizeof *list);
        if (!list)
            return NULL;
        if (rows->len)
            memcpy(list, rows->list, rows->len * sizeof *list);
        rows->list = list;
        rows->room = room;
    }
    return &rows->list[rows->len++];
}

static void rows_put(struct reading *reading, const struct row_body *body)
{
    size_t len = body->regions.len ? body->regions.len : 1;
    for (size_t i = 0; i < len; i++) {
        struct filed_row *row = row_add(reading);
        if (!row)
            return;
        *row = body->row;
        if (body->regions.len) {
            row->of_many = true;
            row->region = body->regions.list[i].code;
            row->included = body->regions.list[i].number;
        }
    }
}

/* Either a number, of a region or the whole study, or numbers for regions. */
static void counts_check(struct reading *reading, const json_t *object, int line, uint64_t seen)
{
    bool one = json_object_get(object, "included"), many = json_object_get(object, "regions");
    if (one == many)
        fault(reading, line, one ? NULL : "included", one ? "must have included or regions, not both" : "is missing");
    else if (many && seen >> SEEN_REGION & 1)
        fault(reading, line, "region", "does not go with regions");
}

/* before: how many faults there were before the row. */
static void row_read(struct reading *reading, const json_t *object, int line, size_t before)
{
    struct row_body body = {.row = {.line = line}};
    uint64_t seen = 0;
    const char *name = row_name(reading->rq->arena, line, NULL);
    if (name)
        json_body_fill(reading->rq, object, row_members, name, &body, &seen);
    if (json_is_object(object))
        counts_check(reading, object, line, seen);
    body.row.good = name && body_faults(reading->rq) == before;
    reading->rows->lines++;
    rows_put(reading, &body);
}

/* ── NDJSON ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* false: no memory. */
static bool line_read(struct reading *reading, const char *text, size_t len, int line)
{
    json_t *root = NULL;
    if (len > 0 && text[len - 1] == '\r')
        len--;
    if (len == 0) {
        malformed(reading, line, "is empty");
        return true;
    }
    enum api_error error = json_body_read(reading->rq, text, len, row_name(reading->rq->arena, line, NULL), &root);
    reading->malformed |= error == API_MALFORMED_BODY;
    if (error == API_OK)
        row_read(reading, root, line, body_faults(reading->rq));
    json_decref(root);
    return error != API_UNAVAILABLE;
}

static bool too_many(struct reading *reading)
{
    if (reading->rows->lines < FILED_ROWS_MAX)
        return false;
    body_fault(reading->rq, NULL, "has more than 10000 rows: send them in parts", NULL);
    return true;
}

static bool lines_read(struct reading *reading, const char *text, size_t len)
{
    const char *end = text + len;
    int line = 1;
    for (const char *at = text; at < end && !too_many(reading); line++) {
        const char *feed = memchr(at, '\n', (size_t)(end - at)), *stop = feed ? feed : end;
        if (!line_read(reading, at, (size_t)(stop - at), line))
            return false;
        at = stop + 1;
    }
    return true;
}

/* ── CSV ────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The columns, in the order of the header. */
struct columns {
    const struct body_member *member[CSV_FIELDS_MAX]; /* NULL = not known */
    size_t len;
};

static const char *const column_names[] = {"study", "as_of", "region", "included", "correction", "comment"};
enum { COLUMNS = sizeof column_names / sizeof column_names[0], COLUMNS_NEEDED = 4 };

static const struct body_member *column_member(const char *name)
{
    for (size_t i = 0; i < COLUMNS; i++)
        for (const struct body_member *member = row_members; strcmp(column_names[i], name) == 0 && member->name; member++)
            if (strcmp(member->name, name) == 0)
                return member;
    return NULL;
}

static bool has_column(const struct columns *columns, const char *name)
{
    for (size_t i = 0; i < columns->len; i++)
        if (columns->member[i] && strcmp(columns->member[i]->name, name) == 0)
            return true;
    return false;
}

static void unknown_column(struct reading *reading, int line, const char *name)
{
    struct nearest nearest;
    struct arena *arena = reading->rq->arena;
    nearest_begin(&nearest, name);
    for (size_t i = 0; i < COLUMNS; i++)
        nearest_offer(&nearest, column_names[i]);
    const char *near = nearest_best(&nearest);
    body_fault(reading->rq, row_name(arena, line, NULL),
               arena_printf(arena, "unknown column \"%.*s\": there are study, as_of, region, included, correction and comment",
                            (int)forms_cut(name, strlen(name) < 80 ? strlen(name) : 80), name),
               near ? arena_strdup(arena, near) : NULL);
}

static void header_read(struct reading *reading, const struct csv_record *record, struct columns *ret_columns)
{
    struct arena *arena = reading->rq->arena;
    for (size_t i = 0; i < record->len; i++) {
        const struct body_member *member = column_member(record->fields[i]);
        if (!member)
            unknown_column(reading, record->row, record->fields[i]);
        else if (has_column(ret_columns, member->name))
            fault(reading, record->row, NULL, arena_printf(arena, "the column %s stands twice", member->name));
        ret_columns->member[ret_columns->len++] = member;
    }
    for (size_t i = 0; i < COLUMNS_NEEDED; i++)
        if (!has_column(ret_columns, column_names[i]))
            fault(reading, record->row, NULL,
                  arena_printf(arena, "the column %s is missing: the first row names the columns study, as_of, region and included",
                               column_names[i]));
}

/* 30.06.2026, as Norwegian spreadsheets write it; NULL = it is none. */
static json_t *norwegian_day(const char *text)
{
    static const char form[] = "##.##.####";
    for (size_t i = 0; i < sizeof form; i++)
        if (form[i] == '#' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
            return NULL;
    return json_sprintf("%.4s-%.2s-%.2s", text + 6, text + 3, text);
}

#define TRUTHS "must be true or false (SANN or USANN in Norwegian), in capitals or not"

/* As people and spreadsheets write it; NULL = it is none. */
static json_t *truth(const char *text)
{
    static const struct {
        const char *text;
        bool is;
    } words[] = {{"true", true}, {"false", false}, {"sann", true}, {"usann", false}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcasecmp(words[i].text, text) == 0)
            return json_boolean(words[i].is);
    return NULL;
}

/* What the cell says, as JSON has it; where it is not of its column's kind, as a text, which is then found to be wrong. A truth has more
 * words here than in JSON, so the fault that names them is found here, and something else stands in for it. */
static json_t *cell_json(struct reading *reading, int row, const struct body_member *member, const char *text)
{
    int64_t number;
    json_t *value = NULL;
    if (member->type == MEMBER_DAY) {
        value = norwegian_day(text);
    } else if (member->type == MEMBER_TRUTH) {
        value = truth(text);
        if (!value)
            fault(reading, row, member->name, TRUTHS);
        return value ? value : json_false();
    } else if (member->type == MEMBER_WHOLE && forms_integer(text, 0, INT64_MAX, &number)) {
        value = json_integer(number);
    }
    return value ? value : json_string(text);
}

static bool is_blank(const struct csv_record *record)
{
    for (size_t i = 0; i < record->len; i++)
        if (*record->fields[i])
            return false;
    return true;
}

/* The next row that says something. Spreadsheets write rows of nothing between others and below the last one, and editors empty lines. */
static enum csv_result row_next(struct csv *csv, struct csv_record *ret_record, const char **ret_message)
{
    enum csv_result result;
    do {
        while (csv_skip_empty(csv))
            ;
        result = csv_next(csv, ret_record, ret_message);
    } while (result == CSV_RECORD && is_blank(ret_record));
    return result;
}

/* Spreadsheets leave out empty cells at the end of a row. false: no memory. */
static bool record_read(struct reading *reading, const struct csv_record *record, const struct columns *columns)
{
    size_t before = body_faults(reading->rq);
    json_auto_t *object = json_object();
    if (!object)
        return false;
    for (size_t i = 0; i < record->len; i++) {
        if (!*record->fields[i])
            continue;
        if (i >= columns->len) {
            malformed(reading, record->row, "has more fields than the first row has columns");
            return true;
        }
        const struct body_member *member = columns->member[i];
        if (json_object_set_new(object, member->name, cell_json(reading, record->row, member, record->fields[i])) != 0)
            return false;
    }
    row_read(reading, object, record->row, before);
    return true;
}

/* false: no memory. */
static bool table_read(struct reading *reading, char *text, size_t len)
{
    struct csv csv;
    struct csv_record record;
    struct columns columns = {.len = 0};
    const char *message;
    csv_open(&csv, text, len, csv_separator_of(text, len));
    enum csv_result result = csv_next(&csv, &record, &message);
    if (result == CSV_RECORD)
        header_read(reading, &record, &columns);
    else if (result == CSV_FAULT)
        malformed(reading, record.row, message);
    /* Without columns nothing can be said of rows. */
    if (body_faults(reading->rq) > 0)
        return true;
    while ((result = row_next(&csv, &record, &message)) != CSV_END) {
        if (result == CSV_FAULT)
            malformed(reading, record.row, message);
        else if (too_many(reading))
            return true;
        else if (!record_read(reading, &record, &columns))
            return false;
    }
    return true;
}

/* Lines that end in CR LF end in LF. */
static size_t line_ends_settle(char *text, size_t len)
{
    size_t to = 0;
    for (size_t i = 0; i < len; i++)
        if (text[i] != '\r' || i + 1 == len || text[i + 1] != '\n')
            text[to++] = text[i];
    text[to] = '\0';
    return to;
}

static bool table_copy_read(struct reading *reading, const char *text, size_t len)
{
    char *copy = malloc(len + 1);
    if (!copy)
        return false;
    memcpy(copy, text, len);
    bool good = table_read(reading, copy, line_ends_settle(copy, len));
    free(copy);
    return good;
}

/* ── both ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static int row_at(const struct reading *reading, const char *text, size_t at, size_t len)
{
    int line = 1;
    if (reading->rq->media == BODY_CSV)
        return csv_row_at(text, at, csv_separator_of(text, len));
    for (size_t i = 0; i < at; i++)
        line += text[i] == '\n';
    return line;
}

/* The first byte that is not part of a text. */
static bool bytes_check(struct reading *reading, const char *text, size_t len)
{
    for (size_t i = 0, length; i < len; i += length) {
        length = forms_character(text + i, len - i);
        if (length > 0 && text[i] != '\0')
            continue;
        malformed(reading, row_at(reading, text, i, len),
                  length ? "a NUL byte" : "bytes that are not UTF-8: a spreadsheet has \"CSV UTF-8\" among the forms it saves in");
        return false;
    }
    return true;
}

enum api_error filed_rows_read(struct request *rq, struct filed_rows *ret_rows)
{
    struct reading reading = {.rq = rq, .rows = ret_rows};
    bool marked = rq->body_len >= 3 && memcmp(rq->body, "\xef\xbb\xbf", 3) == 0;
    const char *text = rq->body + (marked ? 3 : 0);
    size_t len = rq->body_len - (marked ? 3 : 0);
    if (bytes_check(&reading, text, len) &&
        !(rq->media == BODY_CSV ? table_copy_read(&reading, text, len) : lines_read(&reading, text, len)))
        return API_UNAVAILABLE;
    if (ret_rows->lines == 0 && body_faults(rq) == 0)
        body_fault(rq, NULL, "has no rows", NULL);
    if (rq->arena->failed)
        return API_UNAVAILABLE;
    if (reading.malformed)
        return API_MALFORMED_BODY;
    return body_faults(rq) > 0 ? API_UNPROCESSABLE : API_OK;
}

/* ── faults in order ────────────────────────────────────────────────────────────────────────────────────────── */

/* A fault of the whole body comes first. */
static long row_of(const struct fault *fault)
{
    return fault->name && strncmp(fault->name, "row ", 4) == 0 ? strtol(fault->name + 4, NULL, 10) : 0;
}

struct placed {
    struct fault fault;
    long row;
    size_t place;
};

static int compare_placed(const void *a, const void *b)
{
    const struct placed *left = a, *right = b;
    if (left->row != right->row)
        return left->row < right->row ? -1 : 1;
    return left->place < right->place ? -1 : left->place > right->place;
}

void row_faults_order(struct faults *faults)
{
    size_t len = faults->len + faults->more_len;
    struct placed *all = calloc(len + 1, sizeof *all);
    if (!all)
        return; /* each is named all the same */
    for (size_t i = 0; i < len; i++) {
        struct fault *one = i < faults->len ? &faults->list[i] : &faults->more[i - faults->len];
        all[i] = (struct placed){*one, row_of(one), i};
    }
    qsort(all, len, sizeof *all, compare_placed);
    for (size_t i = 0; i < len; i++)
        *(i < faults->len ? &faults->list[i] : &faults->more[i - faults->len]) = all[i].fault;
    free(all);
}
