/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/records.h"

const struct field record_text[] = {
    {"nb", FIELD_TEXT, FIELD_AT(db_text, nb)},
    {"en", FIELD_TEXT, FIELD_AT(db_text, en)},
    {0},
};

static const struct field document_members[] = {
    {"id", FIELD_ID, .required = true, FIELD_AT(db_edition, document)},
    {"title", FIELD_LINE, .required = true, FIELD_AT(db_edition, document_title)},
    {"publisher", FIELD_LINE, FIELD_AT(db_edition, publisher)},
    {"lines", FIELD_INT, .required = true, FIELD_AT(db_edition, document_lines), .min = 1, .max = INT32_MAX},
    {0},
};

static const struct field edition_members[] = {
    {"programme", FIELD_ID, .required = true, FIELD_AT(db_edition, programme)},
    {"edition", FIELD_ID, .required = true, FIELD_AT(db_edition, code)},
    {"title", FIELD_OBJECT, FIELD_AT(db_edition, title), .members = record_text},
    {"as_of", FIELD_DAY, .required = true, FIELD_AT(db_edition, as_of)},
    {"collected", FIELD_DATE, FIELD_AT(db_edition, collected)},
    {"published", FIELD_DATE, FIELD_AT(db_edition, published)},
    {"licence", FIELD_LINE, FIELD_AT(db_edition, licence)},
    {"attribution", FIELD_LINE, FIELD_AT(db_edition, attribution)},
    {"document", FIELD_OBJECT, .required = true, FIELD_SAME, .members = document_members},
    {0},
};

void edition_read(struct reading *reading)
{
    struct document document __attribute__((cleanup(document_close))) = {0};
    struct folder_entry *entry = folder_find(reading->folder, FOLDER_EDITION);
    if (entry != NULL && document_open(&document, reading, entry))
        document_fill(&document, edition_members, &reading->data->edition);
}
