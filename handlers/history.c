/* SPDX-License-Identifier: GPL-3.0-or-later
 * GET /studies/{id}/history: every version of a study, the newest first: when, by whom, what changed, what came with it. Nothing of
 * it is of anything but this study, so that its tag is the study's.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "handlers/cursor.h"
#include "handlers/handlers.h"
#include "handlers/json.h"
#include "handlers/links.h"
#include "handlers/writing.h"

struct answer {
    struct request *rq;
    int64_t before; /* 0 = from the newest */
    json_t *root;
    char *link;
};

/* ── the place: the version that a page ends before ─────────────────────────────────────────────────────────── */

/* false: it is no cursor of this study. */
static bool place_read(const struct request *rq, int64_t *ret_before)
{
    const struct history_get_params *params = rq->params;
    struct cursor cursor;
    *ret_before = 0;
    if (!params->cursor)
        return true;
    if (!cursor_read(params->cursor, rq->path, &cursor) || cursor.backwards || cursor.position.len != sizeof *ret_before)
        return false;
    memcpy(ret_before, cursor.position.bytes, sizeof *ret_before);
    return *ret_before > 0;
}

static const char *page_url(struct request *rq, int64_t before)
{
    static const char *const place[] = {"cursor", NULL};
    struct cursor cursor = {.position.len = sizeof before};
    memcpy(cursor.position.bytes, &before, sizeof before);
    const char *query = query_without(rq->arena, rq->query, place), *text = cursor_write(rq->arena, rq->path, &cursor);
    return text ? url_with(rq->arena, rq->path, query, "cursor", text) : NULL;
}

static struct page_links links_of(const struct answer *answer, const struct db_history *history, size_t shown)
{
    static const char *const place[] = {"cursor", NULL};
    struct request *rq = answer->rq;
    const struct history_get_params *params = rq->params;
    struct page_links links = {
        .self = url_with(rq->arena, rq->path, rq->query, NULL, NULL),
        .first = url_with(rq->arena, rq->path, query_without(rq->arena, rq->query, place), NULL, NULL),
    };
    if (shown < history->items_len)
        links.next = page_url(rq, history->items[shown - 1].version);
    if (answer->before > 0 && answer->before <= history->versions) /* there are newer ones */
        links.prev = answer->before + params->limit > history->versions ? links.first : page_url(rq, answer->before + params->limit);
    return links;
}

/* ── what changed ───────────────────────────────────────────────────────────────────────────────────────────── */

/* What every version has of its own, and what only one of two representations knows, says nothing of the study. */
static bool is_change(const char *name, const json_t *from, const json_t *to)
{
    return from && strcmp(name, "version") != 0 && strcmp(name, "updated") != 0 && !json_equal(from, to);
}

static json_t *members_changed(json_t *from, json_t *to)
{
    json_t *list = json_array(), *value;
    const char *name;
    json_object_foreach(to, name, value)
    {
        json_t *before = json_object_get(from, name);
        if (is_change(name, before, value) && !json_push(list, json_pack("{s:s, s:O, s:O}", "member", name, "from", before, "to", value)))
            return json_decref(list), NULL;
    }
    return list;
}

static bool is_about_counts(const json_t *note)
{
    const char *kind = json_string_value(json_object_get(note, "kind")), *field = json_string_value(json_object_get(note, "field"));
    return kind && field && strcmp(kind, "conflict") == 0 && strcmp(field, "recruitment") == 0;
}

/* Of a small population: an edition's count against what was filed, which has both numbers and the region; and the regions that reports
 * told of while it was none. */
static void withhold_regions(json_t *study)
{
    json_object_del(study, "inclusion_regions");
    json_t *notes = json_object_get(study, "notes");
    for (size_t i = json_array_size(notes); i-- > 0;)
        if (is_about_counts(json_array_get(notes, i)))
            json_array_remove(notes, i);
}

static json_t *changes_json(const struct db_history *history, const struct db_study_version *version, const struct db_study_version *before)
{
    if (version->version == 1)
        return json_array();
    if (!version->bytes || !before || !before->bytes)
        return json_null();
    json_auto_t *to = json_loadb(version->bytes, version->len, 0, NULL), *from = json_loadb(before->bytes, before->len, 0, NULL);
    if (history->totals_only) {
        withhold_regions(from);
        withhold_regions(to);
    }
    return to && from ? members_changed(from, to) : NULL;
}

/* ── one version ────────────────────────────────────────────────────────────────────────────────────────────── */

static json_t *count_json(const struct db_recorded_count *count)
{
    if (count->is_plan)
        return json_pack("{s:o, s:s, s:I, s:o}", "region", json_maybe(count->region), "as_of", count->as_of, "planned",
                         (json_int_t)count->number, "planned_end", json_maybe(count->planned_end));
    return json_pack("{s:o, s:s, s:I, s:b}", "region", json_maybe(count->region), "as_of", count->as_of, "included",
                     (json_int_t)count->number, "correction", (int)count->correction);
}

static json_t *counts_json(const struct db_study_version *version, bool plans)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < version->counts_len; i++)
        if (version->counts[i].is_plan == plans && !json_push(list, count_json(&version->counts[i])))
            return json_decref(list), NULL;
    return list;
}

/* As it stood: null where it is not kept, or stood for no time since another version came at the same instant. */
static json_t *as_known(const struct answer *answer, const struct db_history *history, const struct db_study_version *version,
                        const char *rest)
{
    char instant[JSON_INSTANT_SIZE];
    if (!version->bytes || !version->stood || !json_instant_text(version->at, instant))
        return json_null();
    return json_maybe(arena_printf(answer->rq->arena, "/studies/%s%s?known_at=%s", history->study, rest, instant));
}

static json_t *version_json(const struct answer *answer, const struct db_history *history, size_t i)
{
    const struct db_study_version *version = &history->items[i];
    return json_pack("{s:I, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "version", (json_int_t)version->version, "at",
                     json_instant(version->at), "role", version->role, "edition", json_maybe(version->edition), "changes",
                     changes_json(history, version, i + 1 < history->items_len ? version + 1 : NULL), "reports",
                     counts_json(version, false), "plans", counts_json(version, true), "study", as_known(answer, history, version, ""),
                     "recruitment", as_known(answer, history, version, "/recruitment"));
}

/* ── the answer ─────────────────────────────────────────────────────────────────────────────────────────────── */

static bool answer_make(void *cls, const struct db_history *history)
{
    struct answer *answer = cls;
    const struct history_get_params *params = answer->rq->params;
    size_t shown = history->items_len > (size_t)params->limit ? (size_t)params->limit : history->items_len;
    json_t *data = json_array();
    bool is_done = data != NULL;
    for (size_t i = 0; i < shown && is_done; i++)
        is_done = json_push(data, version_json(answer, history, i));
    struct page_links links = links_of(answer, history, shown);
    answer->link = is_done && links.self && links.first ? link_header(&links) : NULL;
    answer->root = json_pack("{s:o, s:{s:I, s:I, s:I}, s:{s:s, s:s, s:o, s:o}}", "data", data, "meta", "total",
                             (json_int_t)history->versions, "returned", (json_int_t)shown, "limit", (json_int_t)params->limit, "links",
                             "self", links.self, "first", links.first, "next", json_maybe(links.next), "prev", json_maybe(links.prev));
    return false;
}

void history_check(struct request *rq)
{
    int64_t before;
    if (!faults_name(rq->faults, "cursor") && !place_read(rq, &before))
        (void)bad_cursor(rq);
}

enum api_error history_get(struct request *rq, struct reply *ret_reply)
{
    const struct history_get_params *params = rq->params;
    struct answer answer = {.rq = rq};
    char *moved = NULL;
    if (!place_read(rq, &answer.before))
        return bad_cursor(rq);
    enum db_status status = db_history_get(rq->db, params->id, answer.before, (int)params->limit, answer_make, &answer, &moved);
    enum api_error error = status == DB_NOT_FOUND ? study_moved(rq, ret_reply, moved, "/history") : api_error_of_db(status);
    free(moved);
    ret_reply->link = answer.link;
    if (error == API_OK && !ret_reply->location)
        return answer.link ? reply_json(ret_reply, answer.root) : (json_decref(answer.root), API_UNAVAILABLE);
    json_decref(answer.root);
    return error;
}
