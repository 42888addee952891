/* SPDX-License-Identifier: GPL-3.0-or-later
 * Making studies anew: numbers, bytes, version. A version grows when the bytes differ from the stored ones, or when what was
 * reported changed though it does not show in them.
 */
#include "db/search_index.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    enum db_statement get, put;
} forms[DB_FORMS] = {
    [DB_FORM_FULL] = {STMT_rendered_get, STMT_rendered_put},
    [DB_FORM_ROW] = {STMT_rendered_row_get, STMT_rendered_row_put},
};

enum db_statement rendered_get(enum db_form form)
{
    return forms[form].get;
}

static void rendering_free(struct db_rendering *rendering)
{
    for (size_t i = 0; i < DB_FORMS; i++)
        free(rendering->form[i].start);
}

static enum db_status render(const struct db_renderer *renderer, const struct db_study *study, struct db_rendering *ret_rendering)
{
    bool is_done = renderer->render(renderer->cls, study, ret_rendering);
    for (size_t i = 0; i < DB_FORMS; i++)
        is_done = is_done && ret_rendering->form[i].start != NULL;
    return is_done ? DB_OK : DB_NO_MEMORY;
}

enum db_status render_store(struct db *db, int64_t id, const struct db_study *study)
{
    struct db_rendering rendering CLEANUP(rendering_free) = {0};
    enum db_status status = render(db->renderer, study, &rendering);
    for (size_t i = 0; i < DB_FORMS && status == DB_OK; i++) {
        const struct db_bytes *bytes = &rendering.form[i];
        status = statement_run(&db->statements, forms[i].put, ARGS(ARG_I(":study", id), ARG_B(":bytes", bytes->start, bytes->len)));
    }
    return status;
}

static enum db_status form_differs(struct statements *statements, int64_t id, enum db_form form, const struct db_bytes *bytes,
                                   bool *ret_differs)
{
    struct query query CLEANUP(query_end) = query_begin(statements, forms[form].get, ARGS(ARG_I(":study", id)));
    *ret_differs = true;
    if (query_row(&query)) {
        const void *stored = sqlite3_column_blob(query.stmt, 0);
        size_t len = (size_t)sqlite3_column_bytes(query.stmt, 0);
        *ret_differs = len != bytes->len || (len > 0 && (stored == NULL || memcmp(stored, bytes->start, len) != 0));
    }
    return query_status(&query);
}

enum db_status render_differs(struct statements *statements, const struct db_renderer *renderer, int64_t id, const struct db_study *study,
                              bool *ret_differs)
{
    struct db_rendering rendering CLEANUP(rendering_free) = {0};
    enum db_status status = render(renderer, study, &rendering);
    *ret_differs = false;
    for (size_t i = 0; i < DB_FORMS && status == DB_OK && !*ret_differs; i++)
        status = form_differs(statements, id, (enum db_form)i, &rendering.form[i], ret_differs);
    return status;
}

/* ── after an import ────────────────────────────────────────────────────────────────────────────────────────── */

static enum db_status advance(struct db_import *import, int64_t id, const struct touch *why, struct db_study *study)
{
    study->version++;
    study->updated = import->now;
    struct new_version *new_version = list_add(&import->new_versions, &import->arena);
    if (new_version == NULL || (new_version->code = arena_strndup(&import->arena, study->code, strlen(study->code))) == NULL)
        return DB_NO_MEMORY;
    new_version->state = (struct db_study_state){study->version, study->updated};
    enum db_status status = statement_run(import->st, STMT_study_advance,
                                          ARGS(ARG_I(":study", id), ARG_I(":version", study->version), ARG_I(":updated", study->updated)));
    if (status == DB_OK)
        status = render_store(import->db, id, study);
    if (status == DB_OK)
        status = statement_run(import->st, STMT_change_add,
                               ARGS(ARG_T(":kind", why->added ? "study-added" : "study-updated"), ARG_I(":study", id),
                                    ARG_I(":at", import->now), ARG_I(":data_version", import->data_version)));
    return status;
}

static enum db_status refresh_one(struct db_import *import, int64_t id, const struct touch *why)
{
    struct arena arena CLEANUP(arena_free) = {0};
    struct db_study study;
    enum db_status status = import_depart(import, id);
    if (status == DB_OK)
        status = recruitment_refresh(import->st, id);
    if (status == DB_OK)
        status = stats_changes_of(import->st, id, 1, &import->sums);
    if (status == DB_OK)
        status = study_load(import->st, &arena, id, &study);
    bool has_changed = why->added || why->reported;
    if (status == DB_OK && !has_changed)
        status = render_differs(import->st, import->db->renderer, id, &study, &has_changed);
    if (status == DB_OK && has_changed)
        status = advance(import, id, why, &study);
    import->result.studies_added += why->added;
    import->result.studies_updated += has_changed && !why->added;
    import->result.studies_unchanged += !has_changed && why->named;
    return status;
}

/* false: there is no further one. */
static bool touched_next(struct db_import *import, int64_t *id, struct touch *ret_why, enum db_status *ret_status)
{
    struct query query CLEANUP(query_end) = query_begin(import->st, STMT_touched_next, ARGS(ARG_I(":after", *id)));
    bool has_row = query_row(&query);
    if (has_row) {
        *id = query_int(&query, 0);
        *ret_why = (struct touch){query_int(&query, 1) != 0, query_int(&query, 2) != 0, query_int(&query, 3) != 0};
    }
    *ret_status = query_status(&query);
    return has_row;
}

/* By themselves: what is to be entered into the index waits in memory, but no longer than to the next statement that may have to be undone.
 */
static enum db_status refresh_searched(struct db_import *import)
{
    int64_t id = 0;
    struct touch why;
    enum db_status status = DB_OK;
    while (status == DB_OK && touched_next(import, &id, &why, &status))
        status = search_refresh(import->st, id);
    return status;
}

enum db_status import_refresh(struct db_import *import)
{
    int64_t id = 0;
    struct touch why;
    enum db_status status = DB_OK;
    while (status == DB_OK && touched_next(import, &id, &why, &status))
        status = refresh_one(import, id, &why);
    if (status == DB_OK)
        status = refresh_searched(import);
    if (status == DB_OK)
        status = stats_changes_store(import->st, &import->sums);
    return status == DB_OK ? statement_run(import->st, STMT_touched_clear, NO_ARGS) : status;
}

/* ── at open: another representation ────────────────────────────────────────────────────────────────────────── */

bool study_next(struct statements *statements, int64_t *id, enum db_status *ret_status)
{
    struct query query CLEANUP(query_end) = query_begin(statements, STMT_study_next, ARGS(ARG_I(":after", *id)));
    bool has_row = query_row(&query);
    if (has_row)
        *id = query_int(&query, 0);
    *ret_status = query_status(&query);
    return has_row;
}

static enum db_status render_one(struct db *db, int64_t id)
{
    struct arena arena CLEANUP(arena_free) = {0};
    struct db_study study;
    enum db_status status = study_load(&db->statements, &arena, id, &study);
    return status == DB_OK ? render_store(db, id, &study) : status;
}

static enum db_status render_every(struct db *db)
{
    int64_t id = 0;
    enum db_status status = DB_OK;
    while (status == DB_OK && study_next(&db->statements, &id, &status))
        status = render_one(db, id);
    if (status == DB_OK)
        status = statement_run(&db->statements, STMT_register_set_renderer, ARGS(ARG_T(":renderer", db->renderer->version)));
    return status;
}

enum db_status render_is_current(struct statements *statements, const struct db_renderer *renderer, bool *ret_is)
{
    struct query query CLEANUP(query_end) = query_begin(statements, STMT_register_get, NO_ARGS);
    const char *version = query_row(&query) ? query_text(&query, 3) : NULL;
    *ret_is = version != NULL && strcmp(version, renderer->version) == 0;
    return query_status(&query);
}

enum db_status write_at_open(struct db *db, enum db_status (*write)(struct db *db))
{
    enum db_status status = status_of(sqlite3_exec(db->sql, "BEGIN IMMEDIATE", NULL, NULL, NULL));
    if (status == DB_OK)
        status = write(db);
    if (status == DB_OK)
        status = status_of(sqlite3_exec(db->sql, "COMMIT", NULL, NULL, NULL));
    if (status != DB_OK && !sqlite3_get_autocommit(db->sql))
        sqlite3_exec(db->sql, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

enum db_status render_all(struct db *db)
{
    bool is_current = false;
    enum db_status status = render_is_current(&db->statements, db->renderer, &is_current);
    return status != DB_OK || is_current ? status : write_at_open(db, render_every);
}
