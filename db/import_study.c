/* SPDX-License-Identifier: GPL-3.0-or-later
 * What an edition says of one study. A known study takes it when the edition is the newest of its programme, or the one its facts
 * come from; what was edited in the register itself stays, and a note says where the edition differs.
 */
#include "db/internal.h"

#include <string.h>

struct known {
    int64_t id; /* 0 = not known */
    const char *programme;
    int64_t edition, stated;
};

/* ── what was edited here ───────────────────────────────────────────────────────────────────────────────────── */

/* Puts back what was edited here. Returns what the API calls the field where the edition says otherwise, else NULL. */
static const char *keep_edited(const char *name, const struct db_study *stored, struct db_study *study)
{
    const struct study_member member = study_member_named(name);
    if (study_member_is_equal(&member, stored, study))
        return NULL;
    study_member_copy(&member, study, stored);
    return member.list != NULL ? member.list->name : member.field->member;
}

static enum db_status note_kept(struct db_import *import, const char *study, const char *member)
{
    const char *nb = arena_printf(&import->arena, "«%s» er endret i registeret. Utgaven %s sier noe annet.", member, import->edition_code);
    const char *en =
        arena_printf(&import->arena, "“%s” was edited in the register. The edition %s says otherwise.", member, import->edition_code);
    return nb == NULL || en == NULL ? DB_NO_MEMORY : import_conflict(import, study, member, NULL, nb, en);
}

/* The stored study lives in arena: parts of study point into it afterwards. */
static enum db_status respect_edits(struct db_import *import, int64_t id, struct arena *arena, struct db_study *study)
{
    struct db_study stored;
    struct query query CLEANUP(query_end) = query_begin(import->st, STMT_local_edits, ARGS(ARG_I(":study", id)));
    bool has_stored = false;
    const char *noted = NULL; /* several columns of one member: one note */
    while (query_row(&query)) {
        enum db_status status = has_stored ? DB_OK : study_load(import->st, arena, id, &stored);
        if (status != DB_OK)
            return status;
        has_stored = true;
        const char *name = query_text(&query, 0);
        const char *member = name == NULL ? NULL : keep_edited(name, &stored, study);
        if (member == NULL || (noted != NULL && strcmp(member, noted) == 0))
            continue;
        noted = member;
        status = note_kept(import, study->code, member);
        if (status != DB_OK)
            return status;
    }
    return query_status(&query);
}

/* ── storing ────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum db_status store_person(struct db_import *import, const char *name)
{
    if (map_find(&import->persons, name) != NULL)
        return DB_OK;
    const char *kept = arena_strdup(&import->arena, name);
    if (kept == NULL || !map_reserve(&import->persons, 1))
        return DB_NO_MEMORY;
    map_put(&import->persons, kept);
    return statement_run(import->st, STMT_person_add, ARGS(ARG_T(":name", name)));
}

/* *ret_id 0: the study is not known. */
static enum db_status store_study(struct db_import *import, const struct db_study *study, int64_t *ret_id)
{
    bool is_new = *ret_id == 0;
    struct query facts CLEANUP(query_end) =
        query_begin(import->st, is_new ? STMT_study_add : STMT_study_change,
                    ARGS(ARG_I(":edition", import->revision.edition), ARG_I(":stated", import->revision.data_version)));
    query_bind_fields(&facts, study_facts, study);
    if (is_new)
        query_bind(&facts, ARGS(ARG_I(":updated", import->revision.now)));
    enum db_status status = query_run(&facts);
    if (status == DB_OK && is_new)
        *ret_id = sqlite3_last_insert_rowid(import->st->sql);
    return status;
}

static enum db_status store_facts(struct db_import *import, const struct db_study *study, int64_t *ret_id)
{
    enum db_status status = store_person(import, study->leader);
    if (status == DB_OK)
        status = store_study(import, study, ret_id);
    if (status != DB_OK)
        return status;
    struct query texts CLEANUP(query_end) = query_begin(import->st, STMT_study_text_put, ARGS(ARG_I(":study", *ret_id)));
    query_bind_fields(&texts, study_texts, study);
    return query_run(&texts);
}

static enum db_status store(struct db_import *import, const struct db_study *study, int64_t *ret_id)
{
    bool is_new = *ret_id == 0;
    enum db_status status = store_facts(import, study, ret_id);
    for (size_t i = 0; i < study_lists_len && status == DB_OK; i++)
        if (study_lists[i].add != STMT_COUNT)
            status = study_list_store(import->st, *ret_id, &study_lists[i], study, is_new);
    return status;
}

/* ── the rules ──────────────────────────────────────────────────────────────────────────────────────────────── */

static enum db_status look_up(struct db_import *import, const char *code, struct arena *arena, struct known *ret_known)
{
    struct query query CLEANUP(query_end) = query_begin(import->st, STMT_study_known, ARGS(ARG_T(":code", code)));
    *ret_known = (struct known){0};
    if (query_row(&query)) {
        const char *programme = query_text(&query, 1);
        *ret_known = (struct known){query_int(&query, 0), NULL, query_int(&query, 2), query_int(&query, 3)};
        ret_known->programme = programme == NULL ? NULL : arena_strndup(arena, programme, strlen(programme));
        if (ret_known->programme == NULL)
            return DB_NO_MEMORY;
    }
    return query_status(&query);
}

/* A code that is an old id of a study cannot become another study's. */
static enum db_status refuse_old_id(struct db_import *import, const char *code)
{
    if (!import->has_old_ids)
        return DB_OK;
    struct query query CLEANUP(query_end) = query_begin(import->st, STMT_study_alias_get, ARGS(ARG_T(":alias", code)));
    if (query_row(&query))
        return import_fail(import, DB_CONFLICT, "study %s: this is an old id of study %s", code, query_text(&query, 1));
    return query_status(&query);
}

static enum db_status check(struct db_import *import, const struct db_study *study, const struct known *known)
{
    if (study->awards_len == 0 || strcmp(study->awards[0].kind, "main") != 0)
        return import_fail(import, DB_CONFLICT, "study %s: its first award is not the main one", study->code);
    if (known->id == 0)
        return refuse_old_id(import, study->code);
    if (strcmp(known->programme, import->programme) != 0)
        return import_fail(import, DB_CONFLICT, "study %s belongs to programme %s, not to %s", study->code, known->programme,
                           import->programme);
    if (known->stated == import->revision.data_version)
        return import_fail(import, DB_CONFLICT, "study %s comes twice", study->code);
    return DB_OK;
}

/* The members that follow from others. */
static void complete(const struct db_import *import, struct db_study *study)
{
    study->programme = import->programme;
    study->call_year = study->awards[0].call_year;
    study->mechanism = study->awards[0].mechanism;
    study->amount_nok = 0;
    for (size_t i = 0; i < study->awards_len; i++)
        study->amount_nok += study->awards[i].amount_nok;
}

/* Those that nothing but the edition adds to. */
static unsigned empty_lists(const struct db_study *study)
{
    unsigned empty = 0;
    for (size_t i = 0; i < study_lists_len; i++) {
        const struct study_list *list = &study_lists[i];
        if (list->add != STMT_COUNT && list->add != STMT_inclusion_regions_add && study_list_len(list, study) == 0)
            empty |= 1u << i;
    }
    return empty;
}

static enum db_status put(struct db_import *import, const struct db_study *study, struct arena *arena)
{
    struct known known;
    enum db_status status = look_up(import, study->code, arena, &known);
    if (status == DB_OK)
        status = check(import, study, &known);
    if (status != DB_OK)
        return status;
    struct db_study whole = *study;
    int64_t id = known.id;
    bool is_news = known.id == 0 || known.edition == import->revision.edition || import->newest;
    if (known.id != 0)
        status = import_touch(import, known.id, (struct touch){.named = true});
    if (known.id != 0 && is_news && status == DB_OK)
        status = import_depart(import, known.id);
    if (status == DB_OK && is_news && known.id != 0) {
        status = statement_run(import->st, STMT_study_settle_conflicts, ARGS(ARG_T(":code", study->code)));
        if (status == DB_OK)
            status = respect_edits(import, known.id, arena, &whole);
    }
    complete(import, &whole); /* the awards may be those edited here */
    if (is_news && status == DB_OK)
        status = store(import, &whole, &id);
    if (status == DB_OK && known.id == 0)
        status = import_touch(import, id, (struct touch){.added = true, .named = true});
    if (status != DB_OK)
        return status;
    return import_study_met(import, study->code,
                            &(struct import_study){.id = id, .is_new = known.id == 0, .empty = known.id == 0 ? empty_lists(&whole) : 0});
}

enum db_status db_import_study(struct db_import *import, const struct db_study *study)
{
    if (import->failed != DB_OK)
        return import->failed;
    arena_reset(&import->scratch);
    enum db_status status = import_set_aside(import);
    if (status == DB_OK)
        status = put(import, study, &import->scratch);
    if (status == DB_OK || import->failed != DB_OK)
        return status;
    if (status == DB_CONFLICT)
        return import_fail(import, status, "study %s refers to a record that is not there, or holds a value that is not allowed",
                           study->code);
    return import_fail(import, status, "study %s: %s", study->code, db_status_text(status));
}

/* ── old ids ────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum db_status put_alias(struct db_import *import, int64_t study, const char *alias, const char *code)
{
    import->has_old_ids = true;
    enum db_status status = statement_run(import->st, STMT_study_alias_add, ARGS(ARG_T(":alias", alias), ARG_I(":study", study)));
    struct query query CLEANUP(query_end) = query_begin(import->st, STMT_study_alias_get, ARGS(ARG_T(":alias", alias)));
    if (status == DB_OK && query_row(&query) && query_int(&query, 0) != study)
        return import_fail(import, DB_CONFLICT, "study %s: its old id %s is an old id of study %s", code, alias, query_text(&query, 1));
    return status != DB_OK ? status : query_status(&query);
}

enum db_status db_import_study_alias(struct db_import *import, const char *study, const char *alias)
{
    if (import->failed != DB_OK)
        return import->failed;
    struct arena arena CLEANUP(arena_free) = {0};
    struct known known, taken;
    enum db_status status = look_up(import, study, &arena, &known);
    if (status == DB_OK)
        status = look_up(import, alias, &arena, &taken);
    if (status != DB_OK)
        return import_fail(import, status, "study %s: %s", study, db_status_text(status));
    if (known.id == 0)
        return import_fail(import, DB_CONFLICT, "old id %s: there is no study %s", alias, study);
    if (taken.id != 0)
        return import_fail(import, DB_CONFLICT, "study %s: its old id %s is the id of another study", study, alias);
    status = put_alias(import, known.id, alias, study);
    return status == DB_OK ? DB_OK : import_fail(import, status, "study %s: %s", study, db_status_text(status));
}
