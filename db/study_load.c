/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "db/internal.h"

static enum db_status load_facts(struct statements *statements, struct arena *arena, int64_t id, struct db_study *study)
{
    struct query query CLEANUP(query_end) = query_begin(statements, STMT_study_load, ARGS(ARG_I(":study", id)));
    if (!query_row(&query))
        return query.code == SQLITE_DONE ? DB_NOT_FOUND : query_status(&query);
    query_fields(&query, study_facts, study, arena);
    query_fields(&query, study_texts, study, arena);
    query_fields(&query, study_made, study, arena);
    return query_status(&query);
}

/* Of most studies nothing was filed beside what an edition says: they are not asked where the two differ. */
static enum db_status choose_notes(struct statements *statements, int64_t id, enum db_statement *ret_load)
{
    struct query query CLEANUP(query_end) = query_begin(statements, STMT_study_is_filed_beside, ARGS(ARG_I(":study", id)));
    if (query_row(&query) && query_int(&query, 0) != 0)
        *ret_load = STMT_study_notes_load_beside;
    return query_status(&query);
}

static enum db_status load_list(struct statements *statements, struct arena *arena, int64_t id, const struct study_list *list,
                                struct db_study *study)
{
    enum db_statement load = list->load;
    enum db_status status = load == STMT_study_notes_load ? choose_notes(statements, id, &load) : DB_OK;
    if (status != DB_OK)
        return status;
    struct list items = {.size = list->size};
    struct query query CLEANUP(query_end) = query_begin(statements, load, ARGS(ARG_I(":study", id)));
    while (query_row(&query)) {
        void *item = list_add(&items, arena);
        if (item == NULL)
            return DB_NO_MEMORY;
        query_fields(&query, list->fields, item, arena);
        if (list->labels != NULL)
            query_fields(&query, list->labels, item, arena);
    }
    *(const void **)((char *)study + list->items) = items.items;
    *(size_t *)((char *)study + list->len) = items.len;
    return query_status(&query);
}

enum db_status study_load_known(struct statements *statements, struct arena *arena, int64_t id, unsigned empty, struct db_study *ret_study)
{
    *ret_study = (struct db_study){0};
    enum db_status status = load_facts(statements, arena, id, ret_study);
    for (size_t i = 0; i < study_lists_len && status == DB_OK; i++)
        if ((empty >> i & 1) == 0)
            status = load_list(statements, arena, id, &study_lists[i], ret_study);
    return status;
}

enum db_status study_load(struct statements *statements, struct arena *arena, int64_t id, struct db_study *ret_study)
{
    return study_load_known(statements, arena, id, 0, ret_study);
}
