/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "ingest/check.h"
#include "ingest/columns.h"
#include "ingest/fields.h"
#include "base/forms.h"

/* Per kind: where its ids are found, which names an alias may not have, and where its aliases are kept. */
static const struct alias_kind {
    const char *kind;
    enum key ids, names, aliases;
} alias_kinds[] = {
    {"institution", KEY_INSTITUTION, KEY_INSTITUTION_NAME, KEY_INSTITUTION_ALIAS},
    {"leader", KEY_LEADER, KEY_LEADER_NAMED, KEY_LEADER_ALIAS},
    {"study", KEY_STUDY, KEY_STUDY, KEY_STUDY_ALIAS},
};

/* NULL when the row's own columns are at fault: nothing more can be said of it. */
static const struct alias_kind *kind_of(const struct alias_row *row)
{
    for (size_t i = 0; i < sizeof(alias_kinds) / sizeof(alias_kinds[0]); i++)
        if (row->kind != NULL && row->id != NULL && row->alias != NULL && strcmp(row->kind, alias_kinds[i].kind) == 0)
            return &alias_kinds[i];
    return NULL;
}

static void alias_add(struct reading *reading, const struct alias_kind *kind, size_t number, const struct alias_row *row)
{
    const char *file = table_file(TABLE_ALIASES);
    char shown[FAULT_VALUE_SIZE];
    struct dataset *data = reading->data;
    if (kind->ids == KEY_STUDY && !forms_id(row->alias))
        findings_add(reading->faults, file, row->line, "alias", "%s: expected an old id of the study, as a code",
                     findings_value(row->alias, shown));
    if (lookup_find(&data->lookup[kind->names], row->alias) != LOOKUP_NONE)
        findings_add(reading->faults, file, row->line, "alias", "%s is itself the name in use of a record: it cannot stand for one",
                     findings_value(row->alias, shown));
    int32_t other = lookup_add(&data->lookup[kind->aliases], row->alias, (int32_t)number);
    if (other == LOOKUP_NONE)
        return;
    const struct alias_row *first = dataset_row(data, TABLE_ALIASES, (size_t)other);
    findings_add(reading->faults, file, row->line, "alias", "%s is an alias on line %d already: expected each once",
                 findings_value(row->alias, shown), first->line);
}

void check_aliases(struct reading *reading)
{
    struct dataset *data = reading->data;
    size_t len = data->table[TABLE_ALIASES].len;
    for (size_t i = 0; i < len; i++) {
        struct alias_row *row = dataset_row(data, TABLE_ALIASES, i);
        const struct alias_kind *kind = kind_of(row);
        row->next = LOOKUP_NONE;
        if (kind != NULL && kind->ids == KEY_LEADER)
            (void)lookup_add(&data->lookup[KEY_LEADER_NAMED], row->id, (int32_t)i);
    }
    for (size_t i = 0; i < len; i++) {
        const struct alias_row *row = dataset_row(data, TABLE_ALIASES, i);
        const struct alias_kind *kind = kind_of(row);
        if (kind != NULL)
            alias_add(reading, kind, i, row);
    }
}

/* Hangs an alias on its institution, in the order of the file. */
static void alias_hang(struct dataset *data, int32_t institution, int32_t number)
{
    struct institution_row *row = dataset_row(data, TABLE_INSTITUTIONS, (size_t)institution);
    if (row->first_alias == LOOKUP_NONE)
        row->first_alias = number;
    else
        ((struct alias_row *)dataset_row(data, TABLE_ALIASES, (size_t)row->last_alias))->next = number;
    row->last_alias = number;
}

void check_alias_targets(struct reading *reading)
{
    struct dataset *data = reading->data;
    struct field_message message;
    for (size_t i = 0; i < data->table[TABLE_INSTITUTIONS].len; i++) {
        struct institution_row *row = dataset_row(data, TABLE_INSTITUTIONS, i);
        row->first_alias = row->last_alias = LOOKUP_NONE;
    }
    for (size_t i = 0; i < data->table[TABLE_ALIASES].len; i++) {
        const struct alias_row *row = dataset_row(data, TABLE_ALIASES, i);
        const struct alias_kind *kind = kind_of(row);
        int32_t target = kind != NULL ? field_refer(reading, kind->ids, row->id, &message) : LOOKUP_NONE;
        if (target != LOOKUP_NONE && kind->ids == KEY_INSTITUTION)
            alias_hang(data, target, (int32_t)i);
        else if (kind != NULL && target == LOOKUP_NONE && message.text[0] != '\0')
            findings_add(reading->faults, table_file(TABLE_ALIASES), row->line, "id", "%s", message.text);
    }
}
