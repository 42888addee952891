/* SPDX-License-Identifier: GPL-3.0-or-later
 * The bytes that stand for studies: made by the renderer, stored beside them, compared with it.
 */
#include "db/rendering.h"

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

/* What was in ret_rendering is freed. */
static enum db_status render(const struct db_renderer *renderer, const struct db_study *study, struct db_rendering *ret_rendering)
{
    rendering_free(ret_rendering);
    *ret_rendering = (struct db_rendering){0};
    bool is_done = renderer->render(renderer->cls, study, ret_rendering);
    for (size_t i = 0; i < DB_FORMS; i++)
        is_done = is_done && ret_rendering->form[i].start != NULL;
    return is_done ? DB_OK : DB_NO_MEMORY;
}

static enum db_status store_rendering(struct statements *statements, int64_t id, const struct db_rendering *rendering)
{
    enum db_status status = DB_OK;
    for (size_t i = 0; i < DB_FORMS && status == DB_OK; i++) {
        const struct db_bytes *bytes = &rendering->form[i];
        status = statement_run(statements, forms[i].put, ARGS(ARG_I(":study", id), ARG_B(":bytes", bytes->start, bytes->len)));
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

/* ── one after the other ─────────────────────────────── */

#define MAKINGS 64
#define MANY    1000 /* studies, from which on a thread pays */

static void making_work(void *cls, void *item)
{
    struct making *making = item;
    making->status = render(cls, &making->study, &making->rendering);
}

static void making_free(void *item)
{
    struct making *making = item;
    arena_free(&making->arena);
    rendering_free(&making->rendering);
}

void makings_end(struct makings *makings)
{
    ahead_end(makings->ahead, making_free);
    making_free(&makings->one);
}

struct makings makings_begin(struct db *db, bool are_many)
{
    void *renderer = (void *)(uintptr_t)db->renderer;
    struct makings makings = {.statements = &db->statements, .renderer = db->renderer};
    if (are_many)
        makings.ahead = ahead_begin(MAKINGS, sizeof(struct making), making_work, renderer);
    return makings;
}

static enum db_status making_store(struct makings *makings, const struct making *making)
{
    return making->status == DB_OK ? store_rendering(makings->statements, making->id, &making->rendering) : making->status;
}

struct making *making_next(struct makings *makings, enum db_status *status)
{
    struct making *making = makings->ahead == NULL ? &makings->one : ahead_free_item(makings->ahead);
    if (making == NULL) {
        *status = making_store(makings, ahead_take(makings->ahead));
        making = ahead_free_item(makings->ahead);
    }
    arena_reset(&making->arena);
    return making;
}

enum db_status making_put(struct makings *makings, struct making *making)
{
    if (makings->ahead == NULL) {
        making->status = render(makings->renderer, &making->study, &making->rendering);
        return making_store(makings, making);
    }
    ahead_put(makings->ahead);
    return DB_OK;
}

enum db_status makings_finish(struct makings *makings)
{
    enum db_status status = DB_OK;
    struct making *making = NULL;
    while (makings->ahead != NULL && status == DB_OK && (making = ahead_take(makings->ahead)) != NULL)
        status = making_store(makings, making);
    return status;
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

static enum db_status are_many(struct db *db, bool *ret_are)
{
    struct query query CLEANUP(query_end) = query_begin(&db->statements, STMT_check_studies, NO_ARGS);
    *ret_are = query_row(&query) && query_int(&query, 0) >= MANY;
    return query_status(&query);
}

/* Its numbers as well: another program may have other rules for them, and for what may be shown. A migration that comes with such rules
 * says so by naming no renderer and no rules of sums. */
static enum db_status render_one(struct db *db, int64_t id, struct makings *makings)
{
    enum db_status status = DB_OK;
    struct making *making = making_next(makings, &status);
    making->id = id;
    if (status == DB_OK)
        status = recruitment_refresh(&db->statements, id, (struct made_from){.reports = NULL});
    if (status == DB_OK)
        status = study_load(&db->statements, &making->arena, id, &making->study);
    return status == DB_OK ? making_put(makings, making) : status;
}

static enum db_status render_every(struct db *db)
{
    int64_t id = 0;
    bool many = false;
    enum db_status status = are_many(db, &many);
    struct makings makings CLEANUP(makings_end) = makings_begin(db, many);
    while (status == DB_OK && study_next(&db->statements, &id, &status))
        status = render_one(db, id, &makings);
    if (status == DB_OK)
        status = makings_finish(&makings);
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
