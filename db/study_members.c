/* SPDX-License-Identifier: GPL-3.0-or-later
 * Members of a study by the names that local_edit knows them by: compared, copied, stored.
 */
#include "db/internal.h"

#include <string.h>

static bool texts_equal(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool fields_equal(const struct field *field, const void *a, const void *b)
{
    switch (field->kind) {
    case FIELD_TEXT: return texts_equal(*(const char *const *)a, *(const char *const *)b);
    case FIELD_INT64:
    case FIELD_KNOWN: return *(const int64_t *)a == *(const int64_t *)b;
    case FIELD_INT:
    case FIELD_INT_KNOWN: return *(const int *)a == *(const int *)b;
    case FIELD_BOOL: return *(const bool *)a == *(const bool *)b;
    }
    return false;
}

static void field_copy(const struct field *field, void *to, const void *from)
{
    switch (field->kind) {
    case FIELD_TEXT: *(const char **)to = *(const char *const *)from; break;
    case FIELD_INT64:
    case FIELD_KNOWN: *(int64_t *)to = *(const int64_t *)from; break;
    case FIELD_INT:
    case FIELD_INT_KNOWN: *(int *)to = *(const int *)from; break;
    case FIELD_BOOL: *(bool *)to = *(const bool *)from; break;
    }
}

static const struct field *field_named(const struct field *fields, const char *name)
{
    for (; fields->name != NULL; fields++)
        if (fields->member != NULL && strcmp(fields->name + 1, name) == 0)
            return fields;
    return NULL;
}

static const struct study_list *list_named(const char *name)
{
    for (size_t i = 0; i < study_lists_len; i++)
        if (study_lists[i].add != STMT_COUNT && strcmp(study_lists[i].name, name) == 0)
            return &study_lists[i];
    return NULL;
}

struct study_member study_member_named(const char *name)
{
    const struct field *fact = field_named(study_facts, name);
    return (struct study_member){
        .field = fact != NULL ? fact : field_named(study_texts, name),
        .list = list_named(name),
        .is_fact = fact != NULL,
    };
}

/* ── lists ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *list_item(const struct study_list *list, const struct db_study *study, size_t i)
{
    return *(const char *const *)((const char *)study + list->items) + i * list->size;
}

size_t study_list_len(const struct study_list *list, const struct db_study *study)
{
    return *(const size_t *)((const char *)study + list->len);
}

static bool lists_equal(const struct study_list *list, const struct db_study *a, const struct db_study *b)
{
    if (study_list_len(list, a) != study_list_len(list, b))
        return false;
    for (size_t i = 0; i < study_list_len(list, a); i++)
        for (const struct field *field = list->fields; field->name != NULL; field++)
            if (!fields_equal(field, list_item(list, a, i) + field->offset, list_item(list, b, i) + field->offset))
                return false;
    return true;
}

enum db_status study_list_store(struct statements *statements, int64_t id, const struct study_list *list, const struct db_study *study,
                                bool is_new)
{
    enum db_status status = is_new ? DB_OK : statement_run(statements, list->clear, ARGS(ARG_I(":study", id)));
    for (size_t i = 0; i < study_list_len(list, study) && status == DB_OK; i++) {
        struct query query CLEANUP(query_end) = query_begin(statements, list->add, ARGS(ARG_I(":study", id)));
        if (list->positioned)
            query_bind(&query, ARGS(ARG_I(":position", (int64_t)i)));
        query_bind_fields(&query, list->fields, list_item(list, study, i));
        status = query_run(&query);
    }
    return status;
}

/* ── either ─────────────────────────────────────────────────────────────────────────────────────────────────── */

bool study_member_is_equal(const struct study_member *member, const struct db_study *a, const struct db_study *b)
{
    if (member->list != NULL)
        return lists_equal(member->list, a, b);
    const size_t at = member->field == NULL ? 0 : member->field->offset;
    return member->field == NULL || fields_equal(member->field, (const char *)a + at, (const char *)b + at);
}

void study_member_copy(const struct study_member *member, struct db_study *to, const struct db_study *from)
{
    if (member->list != NULL) {
        *(const void **)((char *)to + member->list->items) = *(const void *const *)((const char *)from + member->list->items);
        *(size_t *)((char *)to + member->list->len) = study_list_len(member->list, from);
    } else if (member->field != NULL) {
        field_copy(member->field, (char *)to + member->field->offset, (const char *)from + member->field->offset);
    }
}
