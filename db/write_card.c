/* SPDX-License-Identifier: GPL-3.0-or-later
 * Cards that are edited in the register. An import leaves what was edited, and notes where its edition says otherwise.
 */
#include "db/internal.h"

/* What local_edit calls the members of each field. */
#define NAMES_MAX 4
static const char *const names[DB_CARD_FIELDS][NAMES_MAX] = {
    [DB_CARD_STATUS] = {"status"},
    [DB_CARD_DATES] = {"start", "inclusion_end", "inclusion_end_expected", "completion_expected"},
    [DB_CARD_TITLE] = {"title_nb", "title_en"},
    [DB_CARD_SUMMARY] = {"summary_nb", "summary_en"},
    [DB_CARD_ABOUT] = {"about_nb", "about_en"},
    [DB_CARD_NOVELTY] = {"novelty_nb", "novelty_en"},
    [DB_CARD_IMPORTANCE] = {"importance_nb", "importance_en"},
    [DB_CARD_PROGRESS] = {"progress_nb", "progress_en"},
    [DB_CARD_NEXT_STEPS] = {"next_steps_nb", "next_steps_en"},
    [DB_CARD_CONDITION] = {"condition_nb", "condition_en"},
    [DB_CARD_CONTACT] = {"contact"},
    [DB_CARD_IDENTIFIERS] = {"identifiers"},
    [DB_CARD_LINKS] = {"links"},
    [DB_CARD_PUBLICATIONS] = {"publications"},
};

enum db_status db_write_card_get(struct db_write *write, const char *study, void (*each)(void *cls, const struct db_study *card), void *cls)
{
    struct arena arena CLEANUP(arena_free) = {0};
    struct db_study card;
    int64_t id = 0;
    enum db_status status = write_find(write, study, &id);
    if (status == DB_OK)
        status = study_load(write->st, &arena, id, &card);
    if (status == DB_OK)
        each(cls, &card);
    return status;
}

/* A study in the making, and what of it has to be stored. */
struct edit {
    struct db_write *write;
    int64_t id;
    struct db_study study;
    bool has_facts, has_texts;
    uint32_t lists; /* bits, by place in study_lists */
};

static enum db_status take(struct edit *edit, const char *name, const struct db_study *card)
{
    const struct study_member member = study_member_named(name);
    if (study_member_is_equal(&member, &edit->study, card))
        return DB_OK;
    study_member_copy(&member, &edit->study, card);
    if (member.list != NULL)
        edit->lists |= UINT32_C(1) << (member.list - study_lists);
    else if (member.is_fact)
        edit->has_facts = true;
    else
        edit->has_texts = true;
    return statement_run(edit->write->st, STMT_local_edit_add,
                         ARGS(ARG_I(":study", edit->id), ARG_T(":field", name), ARG_I(":edited", edit->write->now)));
}

static enum db_status take_fields(struct edit *edit, const struct db_study *card, uint32_t fields)
{
    enum db_status status = DB_OK;
    for (size_t i = 0; i < DB_CARD_FIELDS; i++)
        for (size_t k = 0; k < NAMES_MAX && names[i][k] != NULL && (fields >> i & 1) != 0 && status == DB_OK; k++)
            status = take(edit, names[i][k], card);
    return status;
}

static enum db_status store_texts(struct edit *edit)
{
    struct query query CLEANUP(query_end) = query_begin(edit->write->st, STMT_study_text_put, ARGS(ARG_I(":study", edit->id)));
    query_bind_fields(&query, study_texts, &edit->study);
    return query_run(&query);
}

static enum db_status store(struct edit *edit)
{
    struct statements *st = edit->write->st;
    enum db_status status = DB_OK;
    if (edit->has_facts)
        status = statement_run(st, STMT_study_set_status, ARGS(ARG_I(":study", edit->id), ARG_T(":status", edit->study.status)));
    if (status == DB_OK && edit->has_texts)
        status = store_texts(edit);
    for (size_t i = 0; i < study_lists_len && status == DB_OK; i++)
        if ((edit->lists >> i & 1) != 0)
            status = study_list_store(st, edit->id, &study_lists[i], &edit->study, false);
    return status;
}

enum db_status db_write_card(struct db_write *write, const struct db_study *card, uint32_t fields)
{
    struct arena arena CLEANUP(arena_free) = {0};
    struct edit edit = {.write = write};
    struct write_study *study = NULL;
    enum db_status status = write_touch(write, card->code, &study);
    if (status != DB_OK)
        return status;
    edit.id = study->id;
    status = study_load(write->st, &arena, edit.id, &edit.study);
    if (status == DB_OK)
        status = take_fields(&edit, card, fields);
    if (status == DB_OK)
        status = store(&edit);
    if (status == DB_OK && (edit.has_facts || edit.has_texts || edit.lists != 0))
        study->is_edited = true;
    return status;
}
