/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "ingest/check.h"
#include "ingest/columns.h"
#include "ingest/fields.h"

#define CATEGORIES_MAX 32 /* of one award; HRCS has 21 */

static void award_fault(struct reading *reading, const struct award_row *award, const char *field, const char *message)
{
    if (message[0] != '\0')
        findings_add(reading->faults, table_file(TABLE_AWARDS), award->line, field, "%s", message);
}

/* The id that an alias stands for, or the name itself. */
static const char *alias_resolve(const struct dataset *data, enum key aliases, const char *name)
{
    int32_t row = lookup_find(&data->lookup[aliases], name);
    return row == LOOKUP_NONE ? NULL : ((struct alias_row *)dataset_row(data, TABLE_ALIASES, (size_t)row))->id;
}

static void award_leader(struct reading *reading, struct award_row *award, size_t number)
{
    if (award->leader == NULL)
        return;
    const char *own = alias_resolve(reading->data, KEY_LEADER_ALIAS, award->leader);
    award->leader_name = own != NULL ? own : award->leader;
    /* leader=A,B asks for A or B, and ! for everybody else: a name like that could never be asked for. */
    if (strchr(award->leader_name, ',') != NULL || award->leader_name[0] == '!')
        award_fault(reading, award, "leader", "a comma or a leading ! cannot be asked for: make it an alias of the name without");
    (void)lookup_add(&reading->data->lookup[KEY_LEADER], award->leader_name, (int32_t)number);
}

static void award_institution(struct reading *reading, struct award_row *award)
{
    struct dataset *data = reading->data;
    struct field_message message;
    award->institution_row = LOOKUP_NONE;
    if (award->institution == NULL)
        return;
    const char *id = alias_resolve(data, KEY_INSTITUTION_ALIAS, award->institution);
    if (id != NULL) {
        award->institution_row = lookup_find(&data->lookup[KEY_INSTITUTION], id);
        return; /* an id that is not there is a fault of aliases.csv */
    }
    award->institution_row = field_refer(reading, KEY_INSTITUTION_NAME, award->institution, &message);
    if (award->institution_row == LOOKUP_NONE && !data->partial[TABLE_ALIASES])
        award_fault(reading, award, "institution", message.text);
}

/* Bytes of the longest printed label at the start of text that is followed by " & " or the end; 0 = none. A label may hold
 * commas and, as far as we know, even " & ". */
static size_t label_length(const struct dataset *data, const char *text, int32_t *ret_category)
{
    const struct lookup *labels = &data->lookup[KEY_CATEGORY_LABEL];
    size_t best = 0, length = 0;
    for (const char *end = text;; end = text + length + 1) {
        const char *joint = strstr(end, " & ");
        length = joint != NULL ? (size_t)(joint - text) : strlen(text);
        if (length > data->longest_label)
            return best;
        int32_t row = lookup_find_part(labels, text, length);
        if (row != LOOKUP_NONE) {
            best = length;
            *ret_category = row;
        }
        if (joint == NULL)
            return best;
    }
}

static bool has_category(const struct db_ref *refs, size_t len, const char *code)
{
    for (size_t i = 0; i < len; i++)
        if (strcmp(refs[i].code, code) == 0)
            return true;
    return false;
}

/* The categories of a text in the order printed. false = a fault was noted. */
static bool categories_parse(struct reading *reading, const struct award_row *award, struct db_ref refs[CATEGORIES_MAX], size_t *ret_len)
{
    struct field_message message;
    int32_t row = LOOKUP_NONE;
    const char *at = award->categories;
    for (*ret_len = 0; *ret_len < CATEGORIES_MAX; (*ret_len)++) {
        size_t length = label_length(reading->data, at, &row);
        if (length == 0) {
            (void)field_refer(reading, KEY_CATEGORY_LABEL, at, &message);
            award_fault(reading, award, "categories", message.text);
            return false;
        }
        const struct category_row *category = dataset_row(reading->data, TABLE_CATEGORIES, (size_t)row);
        if (category->db.code == NULL)
            return false;
        if (has_category(refs, *ret_len, category->db.code))
            award_fault(reading, award, "categories", "names a category twice");
        refs[*ret_len] = (struct db_ref){.code = category->db.code};
        at += length;
        if (*at == '\0') {
            (*ret_len)++;
            return true;
        }
        at += strlen(" & ");
    }
    award_fault(reading, award, "categories", "more than 32 categories");
    return false;
}

static void award_categories(struct reading *reading, struct award_row *award)
{
    struct db_ref refs[CATEGORIES_MAX];
    size_t len = 0;
    if (award->categories == NULL || !categories_parse(reading, award, refs, &len))
        return;
    struct db_ref *kept = arena_array(&reading->data->arena, len, sizeof(*kept));
    if (kept == NULL)
        return;
    memcpy(kept, refs, len * sizeof(*kept));
    award->category_refs = kept;
    award->category_len = len;
}

/* Hangs an award on its study, in the order of the file. */
static void award_hang(struct reading *reading, struct award_row *award, int32_t number)
{
    struct dataset *data = reading->data;
    award->next = LOOKUP_NONE;
    if (award->study_row == LOOKUP_NONE)
        return;
    struct study_row *study = dataset_row(data, TABLE_STUDIES, (size_t)award->study_row);
    if (study->first_award == LOOKUP_NONE)
        study->first_award = number;
    else
        ((struct award_row *)dataset_row(data, TABLE_AWARDS, (size_t)study->last_award))->next = number;
    study->last_award = number;
    if (award->kind == NULL || strcmp(award->kind, "main") != 0)
        return;
    if (study->main_award == LOOKUP_NONE) {
        study->main_award = number;
        return;
    }
    const struct award_row *first = dataset_row(data, TABLE_AWARDS, (size_t)study->main_award);
    findings_add(reading->faults, table_file(TABLE_AWARDS), award->line, "kind",
                 "a second main award of the study: the first is on line %d, expected exactly one", first->line);
}

static void labels_measure(struct dataset *data)
{
    for (size_t i = 0; i < data->table[TABLE_CATEGORIES].len; i++) {
        const struct category_row *row = dataset_row(data, TABLE_CATEGORIES, i);
        size_t length = row->db.label.nb != NULL ? strlen(row->db.label.nb) : 0;
        data->longest_label = length > data->longest_label ? length : data->longest_label;
    }
}

/* Studies with a fault of their own are not told twice: no id or a second one, an award whose kind is at fault. */
static bool is_doubtful(const struct dataset *data, size_t number)
{
    const struct study_row *study = dataset_row(data, TABLE_STUDIES, number);
    if (study->id == NULL || lookup_find(&data->lookup[KEY_STUDY], study->id) != (int32_t)number)
        return true;
    for (int32_t at = study->first_award; at != LOOKUP_NONE;) {
        const struct award_row *award = dataset_row(data, TABLE_AWARDS, (size_t)at);
        if (award->kind == NULL)
            return true;
        at = award->next;
    }
    return false;
}

static void main_awards_check(struct reading *reading)
{
    struct dataset *data = reading->data;
    for (size_t i = 0; i < data->table[TABLE_STUDIES].len && !data->partial[TABLE_AWARDS]; i++) {
        const struct study_row *study = dataset_row(data, TABLE_STUDIES, i);
        if (study->main_award != LOOKUP_NONE || is_doubtful(data, i))
            continue;
        const char *what = study->first_award == LOOKUP_NONE ? "no award" : "no main award";
        findings_add(reading->faults, table_file(TABLE_STUDIES), study->line, "id",
                     "%s of this study in awards.csv: expected exactly one main award", what);
    }
}

void check_awards(struct reading *reading)
{
    struct dataset *data = reading->data;
    for (size_t i = 0; i < data->table[TABLE_STUDIES].len; i++) {
        struct study_row *study = dataset_row(data, TABLE_STUDIES, i);
        study->main_award = study->first_award = study->last_award = LOOKUP_NONE;
    }
    data->lookup[KEY_LEADER].partial = data->partial[TABLE_AWARDS] || data->partial[TABLE_ALIASES];
    labels_measure(data);
    for (size_t i = 0; i < data->table[TABLE_AWARDS].len; i++) {
        struct award_row *award = dataset_row(data, TABLE_AWARDS, i);
        award_leader(reading, award, i);
        award_institution(reading, award);
        award_categories(reading, award);
        award_hang(reading, award, (int32_t)i);
    }
    main_awards_check(reading);
}
