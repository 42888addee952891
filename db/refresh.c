/* SPDX-License-Identifier: GPL-3.0-or-later
 * Making studies anew: numbers, bytes, version. A version grows when the bytes differ from the stored ones, or when what was
 * reported changed though it does not show in them.
 */
#include "db/ahead.h"
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

/* ── many studies: another thread renders them while this one asks for the next ─────────────────────────────── */

#define MAKINGS 64
#define MANY    1000 /* studies, from which on a thread pays */

struct making {
    struct arena arena; /* of study */
    struct db_study study;
    int64_t id;
    struct db_rendering rendering;
    enum db_status status;
};
struct makings {
    struct statements *statements;
    const struct db_renderer *renderer;
    struct ahead *ahead; /* NULL: each is rendered at once */
    struct making one;   /* then */
};

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

static void makings_end(struct makings *makings)
{
    ahead_end(makings->ahead, making_free);
    making_free(&makings->one);
}

static struct makings makings_begin(struct db *db, bool are_many)
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

/* For the next study, its arena empty. */
static struct making *making_next(struct makings *makings, enum db_status *status)
{
    struct making *making = makings->ahead == NULL ? &makings->one : ahead_free_item(makings->ahead);
    if (making == NULL) {
        *status = making_store(makings, ahead_take(makings->ahead));
        making = ahead_free_item(makings->ahead);
    }
    arena_reset(&making->arena);
    return making;
}

static enum db_status making_put(struct makings *makings, struct making *making)
{
    if (makings->ahead == NULL) {
        making->status = render(makings->renderer, &making->study, &making->rendering);
        return making_store(makings, making);
    }
    ahead_put(makings->ahead);
    return DB_OK;
}

static enum db_status makings_finish(struct makings *makings)
{
    enum db_status status = DB_OK;
    struct making *making = NULL;
    while (makings->ahead != NULL && status == DB_OK && (making = ahead_take(makings->ahead)) != NULL)
        status = making_store(makings, making);
    return status;
}

/* ── after an import ────────────────────────────────────────────────────────────────────────────────────────── */

/* A study that was added has its first version already. */
static enum db_status advance(struct db_import *import, int64_t id, const struct touch *why, struct db_study *study)
{
    study->version += !why->added;
    study->updated = import->now;
    struct new_version *new_version = list_add(&import->new_versions, &import->arena);
    if (new_version == NULL || (new_version->code = arena_strndup(&import->arena, study->code, strlen(study->code))) == NULL)
        return DB_NO_MEMORY;
    new_version->state = (struct db_study_state){study->version, study->updated};
    if (why->added)
        return DB_OK;
    enum db_status status = statement_run(import->st, STMT_study_advance,
                                          ARGS(ARG_I(":study", id), ARG_I(":version", study->version), ARG_I(":updated", study->updated)));
    if (status == DB_OK)
        status = statement_run(import->st, STMT_change_add,
                               ARGS(ARG_T(":kind", "study-updated"), ARG_I(":study", id), ARG_I(":at", import->now),
                                    ARG_I(":data_version", import->data_version)));
    return status;
}

static enum db_status refresh_one(struct db_import *import, int64_t id, const struct touch *why, struct makings *makings)
{
    enum db_status status = DB_OK;
    struct making *making = making_next(makings, &status);
    const struct import_study *added = why->added ? import_study_added(import, id) : NULL;
    const struct made_from from = {
        .is_new = why->added,
        .has_no_parts = added != NULL && !added->by_region && (added->empty >> LIST_HOSPITALS & 1) != 0,
    };
    making->id = id;
    if (status == DB_OK && !why->added)
        status = import_depart(import, id);
    if (status == DB_OK)
        status = recruitment_refresh(import->st, id, from);
    if (status == DB_OK && !import->is_great)
        status = stats_changes_of(import->st, id, 1, &import->sums);
    if (status == DB_OK)
        status = study_load_known(import->st, &making->arena, id, added == NULL ? 0 : added->empty, &making->study);
    bool has_changed = why->added || why->reported;
    if (status == DB_OK && !has_changed)
        status = render_differs(import->st, import->db->renderer, id, &making->study, &has_changed);
    if (status == DB_OK && has_changed)
        status = advance(import, id, why, &making->study);
    if (status == DB_OK && has_changed)
        status = making_put(makings, making);
    import->result.studies_added += why->added;
    import->result.studies_updated += has_changed && !why->added;
    import->result.studies_unchanged += !has_changed && why->named;
    return status;
}

/* The touched studies in the order of their ids, so many at a time. */
#define TOUCHED_AT_ONCE 256
struct touched {
    struct {
        int64_t id;
        struct touch why;
    } items[TOUCHED_AT_ONCE];
    size_t at, len;
};

static enum db_status touched_read(struct db_import *import, struct touched *touched)
{
    int64_t after = touched->len == 0 ? 0 : touched->items[touched->len - 1].id;
    struct query query CLEANUP(query_end) =
        query_begin(import->st, STMT_touched_next, ARGS(ARG_I(":after", after), ARG_I(":limit", TOUCHED_AT_ONCE)));
    for (touched->at = touched->len = 0; touched->len < TOUCHED_AT_ONCE && query_row(&query); touched->len++) {
        touched->items[touched->len].id = query_int(&query, 0);
        touched->items[touched->len].why = (struct touch){query_int(&query, 1) != 0, query_int(&query, 2) != 0, query_int(&query, 3) != 0};
    }
    return query_status(&query);
}

/* false: there is no further one. */
static bool touched_next(struct db_import *import, struct touched *touched, int64_t *ret_id, struct touch *ret_why,
                         enum db_status *ret_status)
{
    *ret_status = touched->at < touched->len ? DB_OK : touched_read(import, touched);
    if (*ret_status != DB_OK || touched->at == touched->len)
        return false;
    *ret_id = touched->items[touched->at].id;
    *ret_why = touched->items[touched->at++].why;
    return true;
}

static enum db_status touched_count(struct db_import *import, int64_t *ret_count)
{
    struct query query CLEANUP(query_end) = query_begin(import->st, STMT_touched_count, NO_ARGS);
    *ret_count = query_row(&query) ? query_int(&query, 0) : 0;
    return query_status(&query);
}

#define STUDIES_A_STEP 500

/* By themselves: what is to be entered into the index waits in memory, but no longer than to the next statement that may have to be undone.
 */
static enum db_status refresh_searched(struct db_import *import, int64_t of)
{
    struct touched touched = {0};
    int64_t id = 0, done = 0;
    struct touch why;
    enum db_status status = DB_OK;
    for (; status == DB_OK && touched_next(import, &touched, &id, &why, &status); done++) {
        status = why.added ? search_add(import->st, id) : search_refresh(import->st, id);
        if (done % STUDIES_A_STEP == 0)
            import_step(import, "words of studies", done, of);
    }
    return status;
}

enum db_status import_refresh(struct db_import *import)
{
    struct makings makings CLEANUP(makings_end) = makings_begin(import->db, import->is_great);
    struct touched touched = {0};
    int64_t id = 0, done = 0, of = 0;
    struct touch why;
    enum db_status status = touched_count(import, &of);
    for (; status == DB_OK && touched_next(import, &touched, &id, &why, &status); done++) {
        status = refresh_one(import, id, &why, &makings);
        if (done % STUDIES_A_STEP == 0)
            import_step(import, "studies made", done, of);
    }
    if (status == DB_OK)
        status = makings_finish(&makings);
    if (status == DB_OK)
        status = refresh_searched(import, of);
    /* Ids of those that were added are the greatest: they come last in the log, as they were made. */
    if (status == DB_OK)
        status =
            statement_run(import->st, STMT_changes_added, ARGS(ARG_I(":at", import->now), ARG_I(":data_version", import->data_version)));
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

static enum db_status are_many(struct db *db, bool *ret_are)
{
    struct query query CLEANUP(query_end) = query_begin(&db->statements, STMT_check_studies, NO_ARGS);
    *ret_are = query_row(&query) && query_int(&query, 0) >= MANY;
    return query_status(&query);
}

static enum db_status render_one(struct db *db, int64_t id, struct makings *makings)
{
    enum db_status status = DB_OK;
    struct making *making = making_next(makings, &status);
    making->id = id;
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
