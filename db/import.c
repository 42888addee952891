/* SPDX-License-Identifier: GPL-3.0-or-later
 * The frame of an import: one transaction, from the lock to the published versions.
 */
#define _GNU_SOURCE /* asprintf, strerrordesc_np */
#include "db/image.h"
#include "db/internal.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum db_status import_fail(struct db_import *import, enum db_status status, const char *format, ...)
{
    va_list args;
    if (import->failed != DB_OK)
        return import->failed;
    va_start(args, format);
    if (vasprintf(&import->detail, format, args) < 0)
        import->detail = NULL;
    va_end(args);
    return import->failed = status;
}

const char *db_import_detail(const struct db_import *import)
{
    return import == NULL || import->detail == NULL ? "" : import->detail;
}

void db_import_listen(struct db_import *import, db_step_fn step, void *cls)
{
    import->step = step;
    import->step_cls = cls;
}

void import_step(const struct db_import *import, const char *what, int64_t done, int64_t of)
{
    if (import->step != NULL)
        import->step(import->step_cls, what, done, of);
}

enum db_status import_touch(struct db_import *import, int64_t study, struct touch why)
{
    return statement_run(
        import->st, STMT_touch,
        ARGS(ARG_I(":study", study), ARG_I(":added", why.added), ARG_I(":named", why.named), ARG_I(":reported", why.reported)));
}

enum db_status import_depart(struct db_import *import, int64_t study)
{
    if (import->revision.is_great) /* all sums are made anew */
        return DB_OK;
    enum db_status status = statement_run(import->st, STMT_touched_depart, ARGS(ARG_I(":study", study)));
    return status == DB_OK && sqlite3_changes(import->st->sql) > 0 ? revision_depart(&import->revision, study) : status;
}

enum db_status import_conflict(struct db_import *import, const char *study, const char *field, const char *lines, const char *nb,
                               const char *en)
{
    return statement_run(import->st, STMT_note_add,
                         ARGS(ARG_I(":edition", import->revision.edition), ARG_T(":record", "study"), ARG_T(":id", study),
                              ARG_T(":field", field), ARG_T(":kind", "conflict"), ARG_T(":text_nb", nb), ARG_T(":text_en", en),
                              ARG_T(":lines", lines)));
}

/* ── studies that were met ──────────────────────────────────────────────────────────────────────────────────── */

static bool add_added(struct db_import *import, int64_t id)
{
    uint32_t *place = list_add(&import->added, &import->arena);
    if (place == NULL)
        return false;
    if (import->added.len == 1)
        import->first_added = id;
    *place = (uint32_t)import->met.len - 1;
    return true;
}

enum db_status import_study_met(struct db_import *import, const char *code, const struct import_study *study)
{
    const char *key = arena_strdup(&import->arena, code);
    if (key == NULL || !map_reserve(&import->studies, 1))
        return DB_NO_MEMORY;
    struct import_study *kept = list_add(&import->met, &import->arena);
    if (kept == NULL || (study->is_new && !add_added(import, study->id)))
        return DB_NO_MEMORY;
    *kept = *study;
    map_put(&import->studies, key)->index = import->met.len - 1;
    return DB_OK;
}

const struct import_study *import_study_added(const struct db_import *import, int64_t id)
{
    const uint32_t *places = import->added.items;
    if (import->added.len == 0 || id < import->first_added || id - import->first_added >= (int64_t)import->added.len)
        return NULL;
    const struct import_study *study = (const struct import_study *)import->met.items + places[id - import->first_added];
    return study->id == id ? study : NULL;
}

static enum db_status look_up_study(struct db_import *import, const char *code, int64_t *ret_id)
{
    struct query query CLEANUP(query_end) = query_begin(import->st, STMT_study_known, ARGS(ARG_T(":code", code)));
    if (!query_row(&query))
        return query_status(&query);
    *ret_id = query_int(&query, 0);
    const char *programme = query_text(&query, 1);
    return programme == NULL ? DB_NO_MEMORY : strcmp(programme, import->programme) == 0 ? DB_OK : DB_CONFLICT;
}

enum db_status import_study_find(struct db_import *import, const char *code, struct import_study **ret_study)
{
    const struct map_entry *entry = map_find(&import->studies, code);
    *ret_study = NULL;
    if (entry == NULL) {
        int64_t id = 0;
        enum db_status status = look_up_study(import, code, &id);
        if (status == DB_OK && id != 0)
            status = import_study_met(import, code, &(struct import_study){.id = id});
        if (status != DB_OK || id == 0)
            return status;
        entry = map_find(&import->studies, code);
    }
    *ret_study = (struct import_study *)import->met.items + entry->index;
    return DB_OK;
}

/* ── beginning ──────────────────────────────────────────────────────────────────────────────────────────────── */

static enum db_status look_up_edition(struct db_import *import, const struct db_edition *edition, bool *ret_known, bool *ret_same)
{
    struct query known CLEANUP(query_end) =
        query_begin(import->st, STMT_edition_known, ARGS(ARG_T(":programme", import->programme), ARG_T(":code", edition->code)));
    *ret_known = query_row(&known);
    if (*ret_known) {
        const char *digest = query_text(&known, 1);
        import->revision.edition = query_int(&known, 0);
        *ret_same = digest != NULL && strcmp(digest, edition->digest) == 0;
    }
    struct query later CLEANUP(query_end) =
        query_begin(import->st, STMT_edition_later,
                    ARGS(ARG_T(":programme", import->programme), ARG_T(":as_of", edition->as_of), ARG_T(":code", edition->code)));
    import->newest = !query_row(&later);
    return query_status(&known) != DB_OK ? query_status(&known) : query_status(&later);
}

static enum db_status put_programme(struct db_import *import, const struct db_programme *programme)
{
    const char *profile = arena_strndup(&import->arena, programme->profile, programme->profile_len);
    if (profile == NULL)
        return DB_NO_MEMORY;
    struct query query CLEANUP(query_end) =
        query_begin(import->st, STMT_programme_put, ARGS(ARG_T(":profile", profile), ARG_I(":newest", import->newest)));
    query_bind_fields(&query, programme_fields, programme);
    enum db_status status = query_run(&query);
    if (status == DB_OK && sqlite3_changes(import->st->sql) > 0)
        status = statement_run(import->st, STMT_touch_of_programme, ARGS(ARG_T(":code", import->programme)));
    return status;
}

static enum db_status put_edition(struct db_import *import, const struct db_edition *edition)
{
    struct db_edition stored = *edition;
    stored.programme = import->programme;
    stored.imported = import->revision.now;
    struct query query CLEANUP(query_end) = query_begin(import->st, STMT_edition_put, NO_ARGS);
    query_bind_fields(&query, edition_fields, &stored);
    if (query_row(&query))
        import->revision.edition = query_int(&query, 0);
    return query_run(&query);
}

/* What an edition said before it said it anew. Plans and reports go at the end, when it is known which of them it still holds. */
static enum db_status clear_edition(struct db_import *import)
{
    static const enum db_statement steps[] = {
        STMT_touch_of_edition,
        STMT_edition_clear_figures,
        STMT_edition_clear_notes,
        STMT_edition_clear_institution_aliases,
        STMT_edition_clear_person_aliases,
    };
    enum db_status status = DB_OK;
    for (size_t i = 0; i < COUNT_OF(steps) && status == DB_OK; i++)
        status = statement_run(import->st, steps[i], ARGS(ARG_I(":edition", import->revision.edition)));
    return status;
}

static enum db_status look_for_old_ids(struct db_import *import)
{
    struct query query CLEANUP(query_end) = query_begin(import->st, STMT_old_ids_exist, NO_ARGS);
    import->has_old_ids = query_row(&query) && query_int(&query, 0) != 0;
    return query_status(&query);
}

static enum db_status begin(struct db_import *import, const struct db_programme *programme, const struct db_edition *edition,
                            bool *ret_same)
{
    bool is_known = false;
    enum db_status status = status_of(sqlite3_exec(import->db->sql, "BEGIN IMMEDIATE", NULL, NULL, NULL));
    if (status == DB_OK)
        status = look_up_edition(import, edition, &is_known, ret_same);
    if (status != DB_OK || *ret_same)
        return status;
    status = put_programme(import, programme);
    if (status == DB_OK)
        status = put_edition(import, edition);
    if (status == DB_OK && is_known)
        status = clear_edition(import);
    return status == DB_OK ? look_for_old_ids(import) : status;
}

static struct db_import *import_new(struct db *db, const struct db_programme *programme, const struct db_edition *edition)
{
    struct db_import *import = calloc(1, sizeof *import);
    if (import == NULL)
        return NULL;
    *import = (struct db_import){
        .db = db,
        .st = &db->statements,
        .revision = revision_begin(db, "edition"),
        .met = {.size = sizeof(struct import_study)},
        .added = {.size = sizeof(uint32_t)},
    };
    import->programme = arena_strndup(&import->arena, programme->code, strlen(programme->code));
    import->edition_code = arena_strndup(&import->arena, edition->code, strlen(edition->code));
    import->as_of = arena_strndup(&import->arena, edition->as_of, strlen(edition->as_of));
    import->revision.is_of_facts = true;
    db->is_writing = true;
    return import;
}

enum db_status db_import_begin(struct db *db, const struct db_programme *programme, const struct db_edition *edition, bool *ret_same,
                               struct db_import **ret_import)
{
    assert(!db->is_writing && !db->only_reads);
    *ret_same = false;
    *ret_import = NULL;
    struct db_import *import = import_new(db, programme, edition);
    if (import == NULL)
        return DB_NO_MEMORY;
    bool has_memory = import->programme != NULL && import->edition_code != NULL && import->as_of != NULL;
    enum db_status status = has_memory ? begin(import, programme, edition, ret_same) : DB_NO_MEMORY;
    if (status != DB_OK) {
        db_import_abandon(import);
        return status;
    }
    *ret_import = import;
    return DB_OK;
}

/* ── ending ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum db_status forget_counts(struct db_import *import)
{
    static const struct {
        enum db_statement statement;
        bool is_dated;
    } steps[] = {
        {STMT_touch_forgotten, false}, {STMT_plans_withdraw, true},     {STMT_plans_forgotten, false},
        {STMT_reports_withdraw, true}, {STMT_reports_forgotten, false},
    };
    const struct revision *revision = &import->revision;
    enum db_status status = DB_OK;
    for (size_t i = 0; i < COUNT_OF(steps) && status == DB_OK; i++) {
        struct query query CLEANUP(query_end) = query_begin(
            import->st, steps[i].statement, ARGS(ARG_I(":edition", revision->edition), ARG_I(":stated", revision->data_version)));
        if (steps[i].is_dated)
            query_bind(&query, ARGS(ARG_I(":withdrawn", revision->now)));
        status = query_run(&query);
    }
    return status;
}

/* A study is never removed: its id keeps answering, and what was filed on it stays. That the edition dropped it is a conflict. */
static enum db_status note_forgotten_studies(struct db_import *import)
{
    struct query query CLEANUP(query_end) =
        query_begin(import->st, STMT_studies_forgotten,
                    ARGS(ARG_I(":edition", import->revision.edition), ARG_I(":stated", import->revision.data_version)));
    const char *nb = arena_printf(&import->arena, "Utgaven %s har ikke lenger denne studien.", import->edition_code);
    const char *en = arena_printf(&import->arena, "The edition %s no longer holds this study.", import->edition_code);
    if (nb == NULL || en == NULL)
        return DB_NO_MEMORY;
    while (query_row(&query)) {
        enum db_status status = import_conflict(import, query_text(&query, 0), NULL, NULL, nb, en);
        if (status != DB_OK)
            return status;
    }
    return query_status(&query);
}

static enum db_status count_conflicts(struct db_import *import)
{
    struct query query CLEANUP(query_end) =
        query_begin(import->st, STMT_notes_of_conflicts, ARGS(ARG_I(":edition", import->revision.edition)));
    if (query_row(&query))
        import->result.conflicts = query_int(&query, 0);
    return query_status(&query);
}

static enum db_status log_edition(struct db_import *import)
{
    return revision_log(&import->revision, "edition-imported", -1);
}

static enum db_status prune_persons(struct db_import *import)
{
    return statement_run(import->st, STMT_persons_prune, NO_ARGS);
}

static enum db_status settle(struct db_import *import)
{
    return revision_settle(&import->revision);
}

/* The database's own deferred checks run here, so that a dry run meets them too. */
static enum db_status check_references(struct db_import *import)
{
    int pending = 0, high = 0;
    int code = sqlite3_db_status(import->db->sql, SQLITE_DBSTATUS_DEFERRED_FKS, &pending, &high, 0);
    if (code == SQLITE_OK && pending != 0)
        return import_fail(import, DB_CONFLICT, "an institution is part of one that the register does not hold");
    return status_of(code);
}

static enum db_status (*const endings[])(struct db_import *) = {
    import_take_room,  forget_counts, note_forgotten_studies, import_refresh, import_put_back,  import_count_shown,
    import_store_sums, prune_persons, count_conflicts,        log_edition,    check_references, settle,
};

enum db_status db_import_finish(struct db_import *import, bool dry_run, struct db_import_result *ret_result)
{
    enum db_status status = import->failed;
    for (size_t i = 0; i < COUNT_OF(endings) && status == DB_OK; i++)
        status = endings[i](import);
    if (status == DB_OK && !dry_run) {
        import_step(import, "commit", 0, 1);
        status = status_of(sqlite3_exec(import->db->sql, "COMMIT", NULL, NULL, NULL));
        if (status == DB_OK)
            revision_publish(&import->revision);
        if (status == DB_OK)
            image_make(import->db);
    }
    import->result.changed = true;
    import->result.data_version = dry_run ? db_data_version(import->db) : import->revision.data_version;
    *ret_result = status == DB_OK ? import->result : (struct db_import_result){0};
    db_import_abandon(import); /* after a commit there is nothing left to undo */
    return status;
}

void db_import_abandon(struct db_import *import)
{
    if (import == NULL)
        return;
    if (!sqlite3_get_autocommit(import->db->sql))
        sqlite3_exec(import->db->sql, "ROLLBACK", NULL, NULL, NULL);
    import_end_great(import);
    import->db->is_writing = false;
    arena_free(&import->arena);
    arena_free(&import->scratch);
    map_free(&import->studies);
    map_free(&import->persons);
    revision_end(&import->revision);
    free(import->detail);
    free(import);
}
