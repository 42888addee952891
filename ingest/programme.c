/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/records.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/columns.h"
#include "base/forms.h"

#define THRESHOLD_MAX 1000000

static const char *const roles[] = {"chair", "member", "user-representative", "observer", "deputy", NULL};

/* What is not a column of the register is checked here and kept as it is: see profile_members. */

static const struct field owner_members[] = {
    {"name", FIELD_LINE, .required = true},
    {"region", FIELD_ID, .refers = KEY_REGION},
    {"basis", FIELD_ENUM, .values = column_bases},
    {0},
};
static const struct field owner = {"owner", FIELD_OBJECT, .required = true, .members = owner_members};

static const struct field administrator_members[] = {
    {"name", FIELD_LINE, .required = true},
    {0},
};

static const struct field reporting_members[] = {
    {"frequency", FIELD_ID},
    {"date", FIELD_MONTH_DAY},
    {"text", FIELD_OBJECT, .members = record_text},
    {0},
};

static const struct field step_members[] = {
    {"step", FIELD_INT, .required = true, .min = 1, .max = 100},
    {"name", FIELD_OBJECT, .required = true, .members = record_text},
    {"text", FIELD_OBJECT, .members = record_text},
    {0},
};
static const struct field step = {"step", FIELD_OBJECT, .required = true, .members = step_members};

static const struct field process_members[] = {
    {"from_year", FIELD_INT, .min = FORMS_YEAR_MIN, .max = FORMS_YEAR_MAX},
    {"steps", FIELD_LIST, .item = &step},
    {0},
};

static const struct field board_members[] = {
    {"name", FIELD_LINE, .required = true},
    {"role", FIELD_ENUM, .required = true, .values = roles},
    {"title", FIELD_OBJECT, .members = record_text},
    {"region", FIELD_ID, .refers = KEY_REGION},
    {"lines", FIELD_LINES},
    {0},
};
static const struct field board_member = {"board", FIELD_OBJECT, .required = true, .members = board_members};

static const struct field programme_members[] = {
    {"id", FIELD_ID, .required = true, FIELD_AT(db_programme, code)},
    {"name", FIELD_OBJECT, .required = true, FIELD_AT(db_programme, name), .members = record_text},
    {"short_name", FIELD_LINE, .required = true, FIELD_AT(db_programme, short_name)},
    {"since", FIELD_INT, .min = FORMS_YEAR_MIN, .max = FORMS_YEAR_MAX},
    {"purpose", FIELD_OBJECT, .members = record_text},
    {"owners", FIELD_LIST, .item = &owner},
    {"administered_by", FIELD_OBJECT, .members = administrator_members},
    {"mandate", FIELD_OBJECT, .members = record_text},
    {"reporting", FIELD_OBJECT, .members = reporting_members},
    {"process", FIELD_OBJECT, .members = process_members},
    {"user_involvement", FIELD_OBJECT, .members = record_text},
    {"board", FIELD_LIST, .item = &board_member},
    {"disclosure_threshold", FIELD_INT, .required = true, FIELD_AT(db_programme, disclosure_threshold), .max = THRESHOLD_MAX},
    {"lines", FIELD_LINES},
    {0},
};

/* Members that the database keeps as they are, and the API hands on. */
static const char *const profile_members[] = {"since",     "purpose", "owners",           "administered_by", "mandate",
                                              "reporting", "process", "user_involvement", "board",           "lines"};

/* New: an object with the members of the profile, which it shares with root. NULL when memory ran out. */
static json_t *profile_of(const json_t *root)
{
    json_t *profile = json_object();
    for (size_t i = 0; profile != NULL && i < sizeof(profile_members) / sizeof(profile_members[0]); i++) {
        json_t *value = json_object_get(root, profile_members[i]);
        if (json_object_set(profile, profile_members[i], value) == 0)
            continue;
        json_decref(profile);
        profile = NULL;
    }
    return profile;
}

/* Only for a file without faults: its depth is bounded, and it has every member. */
static void profile_keep(struct dataset *data, const json_t *root)
{
    json_auto_t *profile = profile_of(root);
    char *dump = profile != NULL ? json_dumps(profile, JSON_COMPACT | JSON_REAL_PRECISION(15)) : NULL;
    const char *copy = dump != NULL ? arena_strdup(&data->arena, dump) : NULL;
    free(dump);
    data->arena.failed |= copy == NULL;
    data->programme.profile = copy;
    data->programme.profile_len = copy != NULL ? strlen(copy) : 0;
}

void programme_read(struct reading *reading)
{
    struct document document __attribute__((cleanup(document_close))) = {0};
    struct folder_entry *entry = folder_find(reading->folder, FOLDER_PROGRAMME);
    struct dataset *data = reading->data;
    if (entry == NULL || !document_open(&document, reading, entry))
        return;
    document_fill(&document, programme_members, &data->programme);
    const char *expected = data->edition.programme, *code = data->programme.code;
    if (expected != NULL && code != NULL && strcmp(expected, code) != 0)
        document_fault_at(&document, "id", NULL, "not the programme that edition.json names: expected both to be the same");
    if (document.faults == 0)
        profile_keep(data, document.root);
}
