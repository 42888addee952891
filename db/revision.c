/* SPDX-License-Identifier: GPL-3.0-or-later
 * Making studies anew: numbers, bytes, version. A version grows when the bytes differ from the stored ones, or when what was
 * reported changed though it does not show in them.
 */
#include "db/rendering.h"

#include <string.h>

struct revision revision_begin(struct db *db, const char *role)
{
    return (struct revision){
        .db = db,
        .st = &db->statements,
        .data_version = db_data_version(db) + 1,
        .now = clock_begin(db),
        .role = role,
        .edition = -1,
        .new_versions = {.size = sizeof(struct new_version)},
    };
}

void revision_end(struct revision *revision)
{
    clock_end(revision->db);
    stats_changes_free(&revision->sums);
    arena_free(&revision->arena);
}

enum db_status revision_depart(struct revision *revision, int64_t study)
{
    return revision->is_great ? DB_OK : stats_changes_of(revision->st, study, -1, &revision->sums);
}

enum db_status revision_log(struct revision *revision, const char *kind, int64_t study)
{
    return statement_run(revision->st, STMT_change_add,
                         ARGS(ARG_T(":kind", kind), ARG_K(":study", study), ARG_I(":at", revision->now),
                              ARG_I(":data_version", revision->data_version), ARG_T(":role", revision->role),
                              ARG_K(":edition", revision->edition)));
}

/* A study that was added has its first version already. */
static enum db_status advance(struct revision *revision, const struct remaking *what, struct db_study *study)
{
    study->version += !what->from.is_new;
    study->updated = revision->now;
    struct new_version *new_version = list_add(&revision->new_versions, &revision->arena);
    if (new_version == NULL || (new_version->code = arena_strdup(&revision->arena, study->code)) == NULL)
        return DB_NO_MEMORY;
    new_version->state = (struct db_study_state){study->version, study->updated};
    if (what->from.is_new)
        return DB_OK;
    enum db_status status =
        statement_run(revision->st, STMT_study_advance,
                      ARGS(ARG_I(":study", what->study), ARG_I(":version", study->version), ARG_I(":updated", study->updated)));
    return status == DB_OK ? revision_log(revision, "study-updated", what->study) : status;
}

static enum db_status make_numbers(struct revision *revision, const struct remaking *what, const struct past *past)
{
    struct made_from from = what->from;
    from.was = past;
    enum db_status status = recruitment_refresh(revision->st, what->study, from);
    if (status != DB_OK || revision->is_great || from.reports != NULL)
        return status;
    return stats_changes_of(revision->st, what->study, 1, &revision->sums);
}

static enum db_status follow_sums(struct revision *revision, const struct past *was, struct making *making)
{
    struct past is;
    enum db_status status = past_read(revision->st, was->study, &making->arena, &is);
    return status == DB_OK ? stats_changes_follow(&revision->sums, &making->study, was, &is) : status;
}

static enum db_status make(struct revision *revision, const struct remaking *what, const struct past *past, struct making *making)
{
    enum db_status status = make_numbers(revision, what, past);
    if (status == DB_OK)
        status = study_load_known(revision->st, &making->arena, what->study, what->empty, &making->study);
    return status == DB_OK && what->from.reports != NULL ? follow_sums(revision, past, making) : status;
}

enum db_status revision_remake(struct revision *revision, const struct remaking *what, struct makings *makings, struct remade *ret_made)
{
    enum db_status status = DB_OK;
    struct past past = {0};
    struct making *making = making_next(makings, &status);
    struct db_study *study = &making->study;
    making->id = what->study;
    revision->is_of_facts = revision->is_of_facts || what->from.reports == NULL;
    ret_made->has_changed = what->from.is_new || what->has_changed;
    if (status == DB_OK && !what->from.is_new)
        status = past_read(revision->st, what->study, &making->arena, &past);
    if (status == DB_OK)
        status = make(revision, what, &past, making);
    if (status == DB_OK && !ret_made->has_changed)
        status = render_differs(revision->st, revision->db->renderer, what->study, study, &ret_made->has_changed);
    if (status == DB_OK && !ret_made->has_changed) /* of what may be shown the bytes say nothing */
        status = past_disclosure_differs(revision->st, &past, &ret_made->has_changed);
    if (status == DB_OK && ret_made->has_changed && !what->from.is_new)
        status = past_keep(revision->st, &past, revision->now);
    if (status == DB_OK && ret_made->has_changed)
        status = advance(revision, what, study);
    ret_made->state = (struct db_study_state){study->version, study->updated};
    return status == DB_OK && ret_made->has_changed ? making_put(makings, making) : status;
}

/* ── the end of the transaction ─────────────────────────────────────────────────────────────────────────────── */

enum db_status revision_store_sums(struct revision *revision)
{
    return revision->is_great ? stats_make_anew(revision->st) : stats_changes_store(revision->st, &revision->sums);
}

enum db_status revision_settle(struct revision *revision)
{
    enum db_status status = statement_run(revision->st, STMT_register_advance,
                                          ARGS(ARG_I(":data_version", revision->data_version), ARG_I(":updated", revision->now),
                                               ARG_I(":is_of_facts", revision->is_of_facts)));
    return status == DB_OK ? versions_prepare(revision->db, &revision->new_versions) : status;
}

void revision_publish(struct revision *revision)
{
    versions_publish(revision->db, &revision->new_versions, revision->data_version, revision->now, revision->is_of_facts);
    clock_end(revision->db);
}
