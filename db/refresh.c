/* SPDX-License-Identifier: GPL-3.0-or-later
 * After an import: every study that it touched is made anew, and what is searched of it.
 */
#include "db/rendering.h"
#include "db/search_index.h"

static enum db_status refresh_one(struct db_import *import, int64_t id, const struct touch *why, struct makings *makings)
{
    const struct import_study *added = why->added ? import_study_added(import, id) : NULL;
    const struct remaking what = {
        .study = id,
        .has_changed = why->reported,
        .from = {.is_new = why->added, .has_no_parts = added != NULL && !added->by_region && (added->empty >> LIST_HOSPITALS & 1) != 0},
        .empty = added == NULL ? 0 : added->empty,
    };
    struct remade made = {0};
    enum db_status status = why->added ? DB_OK : import_depart(import, id);
    if (status == DB_OK)
        status = revision_remake(&import->revision, &what, makings, &made);
    import->result.studies_added += why->added;
    import->result.studies_updated += made.has_changed && !why->added;
    import->result.studies_unchanged += !made.has_changed && why->named;
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
    struct makings makings CLEANUP(makings_end) = makings_begin(import->db, import->revision.is_great);
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
        status = statement_run(import->st, STMT_changes_added,
                               ARGS(ARG_I(":at", import->revision.now), ARG_I(":data_version", import->revision.data_version),
                                    ARG_I(":edition", import->revision.edition)));
    return status == DB_OK ? statement_run(import->st, STMT_touched_clear, NO_ARGS) : status;
}
