/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/check.h"

#include <string.h>

#include "ingest/columns.h"
#include "ingest/fields.h"

/* ── institutions ── */

/* Rows walked so far from `from` get its number as a mark; meeting it again means that the walk runs in a circle. Rows with an
 * older mark lead to an end, or to a circle that was told. */
static void part_of_walk(struct reading *reading, int32_t *marks, int32_t from)
{
    int32_t at = from;
    while (at != LOOKUP_NONE && marks[at] == 0) {
        marks[at] = from + 1;
        at = ((struct institution_row *)dataset_row(reading->data, TABLE_INSTITUTIONS, (size_t)at))->part_of_row;
    }
    if (at == LOOKUP_NONE || marks[at] != from + 1)
        return;
    const struct institution_row *row = dataset_row(reading->data, TABLE_INSTITUTIONS, (size_t)at);
    findings_add(reading->faults, table_file(TABLE_INSTITUTIONS), row->line, "part_of",
                 "runs in a circle: an institution is part of itself");
}

void check_institutions(struct reading *reading)
{
    size_t len = reading->data->table[TABLE_INSTITUTIONS].len;
    int32_t *marks = arena_array(&reading->data->arena, len, sizeof(*marks));
    for (size_t i = 0; marks != NULL && i < len; i++)
        part_of_walk(reading, marks, (int32_t)i);
}

/* ── notes ── */

/* How the record of a note is found: by a key, or by being the one that the folder is about. */
static const struct {
    const char *record;
    enum key key;
} note_records[] = {
    {"study", KEY_STUDY}, {"institution", KEY_INSTITUTION}, {"leader", KEY_LEADER}, {"category", KEY_CATEGORY}, {"figure", KEY_FIGURE},
};

static void note_fault(struct reading *reading, const struct note_row *note, const char *field, const char *message)
{
    findings_add(reading->faults, table_file(TABLE_NOTES), note->line, field, "%s", message);
}

/* programme and edition: the code of the one at hand; an edition may go without. */
static void note_check_own(struct reading *reading, const struct note_row *note)
{
    bool edition = strcmp(note->db.record, "edition") == 0;
    const char *own = edition ? reading->data->edition.code : reading->data->programme.code;
    if (own == NULL || (edition && note->db.id == NULL))
        return;
    if (note->db.id == NULL || strcmp(note->db.id, own) != 0)
        findings_add(reading->faults, table_file(TABLE_NOTES), note->line, "id", "expected \"%s\", the %s of this folder", own,
                     note->db.record);
}

static void note_check_record(struct reading *reading, const struct note_row *note)
{
    struct field_message message;
    for (size_t i = 0; i < sizeof(note_records) / sizeof(note_records[0]); i++) {
        if (strcmp(note->db.record, note_records[i].record) != 0)
            continue;
        if (note->db.id == NULL)
            note_fault(reading, note, "id", "empty: expected the record that the note is about");
        else if (field_refer(reading, note_records[i].key, note->db.id, &message) == LOOKUP_NONE && message.text[0] != '\0')
            note_fault(reading, note, "id", message.text);
        return;
    }
    note_check_own(reading, note);
}

void check_notes(struct reading *reading)
{
    struct rows *rows = &reading->data->table[TABLE_NOTES];
    for (size_t i = 0; i < rows->len; i++) {
        const struct note_row *note = dataset_row(reading->data, TABLE_NOTES, i);
        if (note->db.record != NULL)
            note_check_record(reading, note);
        if (note->db.text.nb == NULL && note->db.text.en == NULL)
            note_fault(reading, note, "text_nb", "empty: a note says something in Norwegian or English");
    }
}

void check_dataset(struct reading *reading)
{
    check_institutions(reading);
    check_aliases(reading);
    check_awards(reading);
    check_alias_targets(reading);
    check_counts(reading);
    check_notes(reading);
}
