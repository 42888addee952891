/* SPDX-License-Identifier: GPL-3.0-or-later
 * GET /programmes and /programmes/{id}: who owns a programme, what it is for, and what its editions printed.
 */
#include <string.h>

#include "base/arena.h"
#include "handlers/figure_json.h"
#include "handlers/handlers.h"
#include "handlers/json.h"

static json_t *programme_head(struct arena *arena, const struct db_programme *programme, int64_t study_count)
{
    const char *studies = arena_printf(arena, "/studies?programme=%s", programme->code);
    const char *url = arena_printf(arena, "/programmes/%s", programme->code);
    return json_pack("{s:s, s:s, s:o, s:s, s:I, s:s, s:i}", "id", programme->code, "short_name", programme->short_name, "name",
                     json_text(&programme->name), "url", url ? url : "", "study_count", (json_int_t)study_count, "studies",
                     studies ? studies : "", "disclosure_threshold", programme->disclosure_threshold);
}

struct collect {
    struct request *rq;
    json_t *array; /* borrowed */
    json_t *root;  /* owned while the callback may fill it */
    bool failed;
};

static bool collect_head(void *cls, const struct db_programme *programme, int64_t study_count)
{
    struct collect *collect = cls;
    collect->failed = !json_push(collect->array, programme_head(collect->rq->arena, programme, study_count));
    return !collect->failed;
}

enum api_error programmes_list(struct request *rq, struct reply *ret_reply)
{
    struct collect collect = {.rq = rq, .array = json_array()};
    enum api_error error = api_error_of_db(db_programmes(rq->db, NULL, collect_head, &collect));
    if (error != API_OK || collect.failed)
        return json_decref(collect.array), error != API_OK ? error : API_UNAVAILABLE;
    return reply_whole_list(rq, ret_reply, collect.array, NULL);
}

/* ── one programme ──────────────────────────────────────────────────────────────────────────────────────────── */

static bool collect_whole(void *cls, const struct db_programme *programme, int64_t study_count)
{
    struct collect *collect = cls;
    collect->root = programme_head(collect->rq->arena, programme, study_count);
    json_auto_t *profile = json_loadb(programme->profile, programme->profile_len, JSON_REJECT_DUPLICATES, NULL);
    collect->failed = !profile || json_object_update_missing(collect->root, profile) != 0;
    return false;
}

static bool collect_edition(void *cls, const struct db_edition *e)
{
    struct collect *collect = cls;
    json_t *document = json_pack("{s:s, s:s, s:o, s:I}", "id", e->document, "title", e->document_title, "publisher",
                                 json_maybe(e->publisher), "lines", (json_int_t)e->document_lines);
    collect->failed =
        !json_push(collect->array, json_pack("{s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "id", e->code, "title", json_text(&e->title),
                                             "as_of", e->as_of, "collected", json_maybe(e->collected), "published",
                                             json_maybe(e->published), "licence", json_maybe(e->licence), "attribution",
                                             json_maybe(e->attribution), "document", document, "imported", json_instant(e->imported)));
    return !collect->failed;
}

static bool collect_figure(void *cls, const struct db_figure *figure)
{
    struct collect *collect = cls;
    json_t *json = figure_json(figure);
    bool ok = json && json_object_set_new(json, "source", json_source(figure->document, figure->lines)) == 0;
    collect->failed = !json_push(collect->array, ok ? json : (json_decref(json), NULL));
    return !collect->failed;
}

static bool collect_note(void *cls, const struct db_note *note)
{
    struct collect *collect = cls;
    json_t *json = json_note(note);
    bool ok = json && json_object_set_new(json, "record", json_string(note->record)) == 0 &&
              json_object_set_new(json, "id", json_maybe(note->id)) == 0;
    collect->failed = !json_push(collect->array, ok ? json : (json_decref(json), NULL));
    return !collect->failed;
}

static bool collect_mechanism(void *cls, const struct db_mechanism *m, int64_t study_count)
{
    struct collect *collect = cls;
    (void)study_count;
    collect->failed = !json_push(
        collect->array, json_pack("{s:s, s:s, s:o}", "code", m->code, "report_code", m->report_code, "label", json_text(&m->label)));
    return !collect->failed;
}

/* Opens the array member of the programme that the next callback fills. */
static void *member(struct collect *collect, const char *name)
{
    collect->array = json_array();
    collect->failed = json_object_set_new(collect->root, name, collect->array) != 0;
    return collect;
}

static enum db_status notes_of(struct request *rq, struct collect *collect, const char *id)
{
    static const char *const records[] = {"programme", "edition", "figure", "category", "institution", "leader"};
    enum db_status status = DB_OK;
    member(collect, "notes");
    for (size_t i = 0; status == DB_OK && !collect->failed && i < sizeof records / sizeof records[0]; i++)
        status = db_notes(rq->db, id, records[i], NULL, collect_note, collect);
    return status;
}

static enum db_status programme_load(struct request *rq, const char *id, struct collect *collect)
{
    enum db_status status = db_programmes(rq->db, id, collect_whole, collect);
    if (status == DB_OK && !collect->root)
        return DB_NOT_FOUND;
    if (status == DB_OK && !collect->failed)
        status = db_mechanisms(rq->db, collect_mechanism, member(collect, "mechanisms"));
    if (status == DB_OK && !collect->failed)
        status = db_editions(rq->db, id, collect_edition, member(collect, "editions"));
    if (status == DB_OK && !collect->failed)
        status = db_figures(rq->db, id, NULL, NULL, collect_figure, member(collect, "figures"));
    if (status == DB_OK && !collect->failed)
        status = notes_of(rq, collect, id);
    return status;
}

enum api_error programmes_get(struct request *rq, struct reply *ret_reply)
{
    const struct programmes_get_params *params = rq->params;
    struct collect collect = {.rq = rq};
    enum api_error error = api_error_of_db(db_reader_begin(rq->db));
    if (error != API_OK)
        return error;
    error = api_error_of_db(programme_load(rq, params->id, &collect));
    db_reader_end(rq->db);
    if (error == API_NOT_FOUND)
        ret_reply->detail = "No programme has this id; /programmes lists them.";
    if (error == API_OK && collect.failed)
        error = API_UNAVAILABLE;
    if (error != API_OK)
        return json_decref(collect.root), error;
    return reply_json(ret_reply, collect.root);
}
