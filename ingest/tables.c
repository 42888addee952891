/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/tables.h"

#include <string.h>

#include "base/csv_read.h"

static size_t fields_len(const struct field *fields)
{
    size_t len = 0;
    while (fields[len].name != NULL)
        len++;
    return len;
}

static void mark_partial(struct dataset *data, enum table table)
{
    data->partial[table] = true;
    for (const struct field *field = table_specs[table].fields; field->name != NULL; field++)
        if (field->key != KEY_NONE)
            data->lookup[field->key].partial = true;
}

/* ── header ── */

static size_t header_count(const struct csv_record *header, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < header->len; i++)
        count += strcmp(header->fields[i], name) == 0;
    return count;
}

static void unknown_column(struct findings *faults, const char *file, const char *name, const struct field *fields)
{
    struct nearest near;
    char shown[FAULT_VALUE_SIZE];
    nearest_begin(&near, name);
    for (const struct field *field = fields; field->name != NULL; field++) {
        if (strcmp(field->name, name) == 0)
            return;
        nearest_offer(&near, field->name);
    }
    findings_add(faults, file, 1, name, "unknown column %s%s%s%s", findings_value(name, shown),
                 nearest_best(&near) != NULL ? "; did you mean \"" : "", nearest_best(&near) != NULL ? nearest_best(&near) : "",
                 nearest_best(&near) != NULL ? "\"?" : "");
}

static void misplaced_column(struct findings *faults, const char *file, const struct csv_record *header, const struct field *fields)
{
    size_t i = 0;
    while (fields[i].name != NULL && strcmp(header->fields[i], fields[i].name) == 0)
        i++;
    if (fields[i].name != NULL)
        findings_add(faults, file, 1, header->fields[i], "column %zu should be \"%s\": the columns have a fixed order", i + 1,
                     fields[i].name);
}

/* The columns must be exactly those of the table, in that order. */
static bool header_check(struct findings *faults, const char *file, const struct csv_record *header, const struct field *fields)
{
    size_t before = faults->total;
    for (size_t i = 0; i < header->len; i++)
        unknown_column(faults, file, header->fields[i], fields);
    for (const struct field *field = fields; field->name != NULL; field++) {
        size_t count = header_count(header, field->name);
        if (count != 1)
            findings_add(faults, file, 1, field->name, "%s", count == 0 ? "the column is missing" : "the column stands twice");
    }
    if (faults->total == before)
        misplaced_column(faults, file, header, fields);
    return faults->total == before;
}

static bool header_read(struct reading *reading, struct csv *csv, enum table table)
{
    struct csv_record header;
    const char *message = "empty: expected a header row";
    if (csv_next(csv, &header, &message) == CSV_RECORD)
        return header_check(reading->faults, table_file(table), &header, table_specs[table].fields);
    findings_add(reading->faults, table_file(table), 1, NULL, "%s", message);
    return false;
}

/* ── rows ── */

static void key_add(struct reading *reading, enum table table, const struct field *field, const char *value, size_t row, int line)
{
    struct lookup *lookup = &reading->data->lookup[field->key];
    /* Whoever meant to write another code here is not to be told that nobody has it. */
    lookup->partial = lookup->partial || (*value == '\0' && field->required);
    int32_t other = *value != '\0' ? lookup_add(lookup, value, (int32_t)row) : LOOKUP_NONE;
    if (other == LOOKUP_NONE)
        return;
    lookup->partial = true;
    char shown[FAULT_VALUE_SIZE];
    int other_line;
    memcpy(&other_line, dataset_row(reading->data, table, (size_t)other), sizeof(other_line));
    findings_add(reading->faults, table_file(table), line, field->name, "%s stands on line %d already: expected each once",
                 findings_value(value, shown), other_line);
}

static void row_fill(struct reading *reading, enum table table, const struct csv_record *record, void *row, size_t number)
{
    struct field_message message;
    const struct field *fields = table_specs[table].fields;
    memcpy(row, &record->line, sizeof(record->line));
    for (size_t i = 0; i < record->len; i++) {
        if (!field_take(reading, &fields[i], record->fields[i], row, &message))
            findings_add(reading->faults, table_file(table), record->line, fields[i].name, "%s", message.text);
        /* A code of the wrong form is kept as a key too, so that what refers to it is not a second fault. */
        if (fields[i].key != KEY_NONE)
            key_add(reading, table, &fields[i], record->fields[i], number, record->line);
    }
}

static bool row_read(struct reading *reading, enum table table, const struct csv_record *record)
{
    struct rows *rows = &reading->data->table[table];
    size_t expected = fields_len(table_specs[table].fields);
    if (record->len != expected) {
        findings_add(reading->faults, table_file(table), record->line, NULL, "%zu fields: expected %zu", record->len, expected);
        mark_partial(reading->data, table);
        return true;
    }
    void *row = rows_add(rows);
    if (row == NULL) {
        reading->data->arena.failed = true;
        return false;
    }
    row_fill(reading, table, record, row, rows->len - 1);
    return true;
}

#define ROWS_A_STEP 4096

static void rows_read(struct reading *reading, struct csv *csv, enum table table)
{
    struct csv_record record;
    const char *message, *text = csv->at;
    for (size_t rows = 0;; rows++) {
        if (rows % ROWS_A_STEP == 0)
            steps_say(&reading->steps, table_specs[table].step, (size_t)(csv->at - text) / 1024, (size_t)(csv->end - text) / 1024);
        switch (csv_next(csv, &record, &message)) {
        case CSV_END: return;
        case CSV_FAULT:
            findings_add(reading->faults, table_file(table), record.line, NULL, "%s", message);
            mark_partial(reading->data, table);
            break;
        case CSV_RECORD:
            if (!row_read(reading, table, &record))
                return;
            break;
        }
    }
}

void tables_read(struct reading *reading, enum table table)
{
    enum folder_file file = table_specs[table].file;
    struct folder_entry *entry = folder_find(reading->folder, file);
    struct csv csv;
    size_t len = 0;
    reading->data->table[table].size = table_specs[table].row_size;
    char *text = entry != NULL ? folder_read(reading->folder, entry, reading->faults, &len) : NULL;
    reading->data->text[file] = text;
    if (text == NULL) {
        mark_partial(reading->data, table);
        return;
    }
    csv_open(&csv, text, len, ',');
    if (header_read(reading, &csv, table))
        rows_read(reading, &csv, table);
    else
        mark_partial(reading->data, table);
}

/* ── references ── */

static void row_refer(struct reading *reading, enum table table, const struct field *field, void *row)
{
    struct field_message message;
    const char *value = field_string(field, row);
    int line;
    int32_t found = value != NULL ? field_refer(reading, field->refers, value, &message) : LOOKUP_NONE;
    if (field->found_size == sizeof(found))
        memcpy((char *)row + field->found_offset, &found, sizeof(found));
    if (value == NULL || found != LOOKUP_NONE || message.text[0] == '\0')
        return;
    memcpy(&line, row, sizeof(line));
    findings_add(reading->faults, table_file(table), line, field->name, "%s", message.text);
}

void tables_refer(struct reading *reading)
{
    for (enum table table = 0; table < TABLE_COUNT; table++)
        for (const struct field *field = table_specs[table].fields; field->name != NULL; field++)
            for (size_t i = 0; field->refers != KEY_NONE && i < reading->data->table[table].len; i++)
                row_refer(reading, table, field, dataset_row(reading->data, table, i));
}
