/* SPDX-License-Identifier: GPL-3.0-or-later
 * GET /studies and /studies/{id}: both are joined from the bytes that were rendered when a study last changed.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "handlers/cursor.h"
#include "handlers/facets.h"
#include "handlers/handlers.h"
#include "handlers/highlights.h"
#include "handlers/json.h"
#include "handlers/json_put.h"
#include "handlers/links.h"
#include "handlers/studies_list.h"
#include "handlers/study_json.h"

/* 500 studies of some kilobytes; a page never comes near it. */
static const size_t BODY_MAX = 64u << 20;

struct body {
    struct buffer buffer;
    fields_param fields;
    bool any;
    bool has_highlights;
    struct highlights highlights;
};

static bool body_add(void *cls, const char *bytes, size_t len)
{
    struct body *body = cls;
    bool ok = buffer_text(&body->buffer, body->any ? ",\n" : "\n") && study_json_pick(&body->buffer, bytes, len, body->fields);
    body->any = true;
    return ok && (!body->has_highlights || highlights_append(&body->highlights, &body->buffer));
}

static void body_highlights(void *cls, const struct db_hit *hits, size_t len)
{
    highlights_take(&((struct body *)cls)->highlights, hits, len);
}

/* ── the list ───────────────────────────────────────────────────────────────────────────────────────────────── */

enum api_error list_query(struct request *rq, struct list_query *ret_list)
{
    static const char *const place[] = {"cursor", NULL}, *const shared[] = {"cursor", "facets", NULL};
    static const char *const apart[] = {"cursor", "limit", "fields", "include", "facets", "format", "dialect", NULL};
    const struct studies_list_params *params = rq->params;
    struct db_studies_query *query = &ret_list->query;
    ret_list->identity = query_without(rq->arena, rq->query, apart);
    ret_list->page = query_without(rq->arena, rq->query, place);
    ret_list->beside = query_without(rq->arena, rq->query, shared);
    if (!ret_list->identity || !ret_list->page || !ret_list->beside)
        return API_UNAVAILABLE;
    query->filter = params->filter;
    query->limit = params->limit > 0 ? (int)params->limit : STUDIES_PAGE;
    memcpy(query->sort, params->sort.by, sizeof query->sort);
    query->sort_len = params->sort.len;
    query->hits = params->include >> INCLUDE_HIGHLIGHTS & 1 ? body_highlights : NULL;
    if (!params->cursor)
        return API_OK;
    if (!cursor_read(params->cursor, ret_list->identity, &ret_list->from))
        return bad_cursor(rq);
    query->from = &ret_list->from.position;
    query->backwards = ret_list->from.backwards;
    return API_OK;
}

/* The URL of the page beside this one; NULL where there is none. */
static const char *neighbour(struct request *rq, const struct list_query *list, bool there, const struct db_position *at, bool backwards)
{
    if (!there || !at->len)
        return NULL;
    struct cursor cursor = {.backwards = backwards, .position = *at};
    const char *text = cursor_write(rq->arena, list->identity, &cursor);
    return text ? url_with(rq->arena, rq->path, list->beside, "cursor", text) : NULL;
}

struct page_links page_links(struct request *rq, const struct list_query *list, const struct db_studies_page *page)
{
    return (struct page_links){
        .self = url_with(rq->arena, rq->path, rq->query, NULL, NULL),
        .first = url_with(rq->arena, rq->path, list->page, NULL, NULL),
        .next = neighbour(rq, list, page->more_after, &page->last, false),
        .prev = neighbour(rq, list, page->more_before, &page->first, true),
    };
}

/* Appends "name": value, which is stolen. */
static bool append_member(struct buffer *buffer, const char *name, json_t *value)
{
    if (!value)
        return false;
    buffer_text(buffer, ",\"");
    buffer_text(buffer, name);
    buffer_text(buffer, "\":");
    json_put_value(buffer, value);
    json_decref(value);
    return !buffer->failed;
}

/* The facets are written after the other members of meta, not into a tree: they may be megabytes. */
static enum api_error append_meta(struct request *rq, struct buffer *buffer, const struct db_studies_page *page, int limit)
{
    json_t *meta = NULL;
    enum api_error error = list_meta(rq, page->total, page->returned, limit, &meta);
    if (error != API_OK || !append_member(buffer, "meta", meta))
        return error != API_OK ? error : API_UNAVAILABLE;
    if (!((const struct studies_list_params *)rq->params)->facets)
        return API_OK;
    buffer->len--; /* the brace, which comes again */
    if (!buffer_text(buffer, ",\"facets\":"))
        return API_UNAVAILABLE;
    error = facets_put(rq, buffer);
    return error != API_OK || buffer_text(buffer, "}") ? error : API_UNAVAILABLE;
}

static enum api_error list_finish(struct request *rq, struct reply *ret_reply, struct body *body, const struct list_query *list,
                                  const struct db_studies_page *page)
{
    buffer_text(&body->buffer, body->any ? "\n]" : "]");
    enum api_error error = append_meta(rq, &body->buffer, page, list->query.limit);
    if (error != API_OK)
        return error;
    struct page_links links = page_links(rq, list, page);
    json_t *members = json_pack("{s:s, s:s, s:o, s:o}", "self", links.self, "first", links.first, "next", json_maybe(links.next), "prev",
                                json_maybe(links.prev));
    bool ok = append_member(&body->buffer, "links", members) && buffer_text(&body->buffer, "}\n");
    ret_reply->link = ok ? link_header(&links) : NULL;
    ret_reply->counted = true;
    ret_reply->total = page->total;
    ret_reply->rows = page->returned;
    ret_reply->data_version = db_reader_version(rq->db, &ret_reply->data_updated);
    ret_reply->bytes = ok ? buffer_take(&body->buffer, &ret_reply->len) : NULL;
    return ret_reply->bytes && ret_reply->link ? API_OK : API_UNAVAILABLE;
}

/* What needs words to look for. Where q itself is wrong, that is said already. */
static void check_search(struct request *rq, const struct studies_list_params *params)
{
    bool by_relevance = false;
    for (size_t i = 0; i < params->sort.len; i++)
        by_relevance = by_relevance || params->sort.by[i].key == DB_SORT_RELEVANCE;
    if (params->filter.q || faults_name(rq->faults, "q"))
        return;
    if (by_relevance)
        faults_add(rq->faults, "query", "sort", "relevance is how well a study fits what is looked for: q goes with it", NULL);
    if (params->include >> INCLUDE_HIGHLIGHTS & 1)
        faults_add(rq->faults, "query", "include", "highlights are where a study has what is looked for: q goes with them", NULL);
}

/* What is computed for one page, beside what is stored of each study. */
static void check_format(struct request *rq, const struct studies_list_params *params)
{
    if (rq->format != FORMAT_JSON && params->include && !faults_name(rq->faults, "format"))
        faults_add(rq->faults, "query", "include", "goes with JSON: ask for format=json, or leave it out", NULL);
    if (rq->format != FORMAT_JSON && params->facets && !faults_name(rq->faults, "format"))
        faults_add(rq->faults, "query", "facets", "are part of meta, which JSON alone has: ask for format=json, or leave them out", NULL);
}

/* Only beside right filters can be told whose cursor it is. */
void studies_list_check(struct request *rq)
{
    struct list_query list = {0};
    check_search(rq, rq->params);
    check_format(rq, rq->params);
    if (rq->faults->len == 0)
        (void)list_query(rq, &list);
}

static enum api_error list_answer(struct request *rq, struct reply *ret_reply, struct body *body, const struct list_query *list)
{
    struct db_studies_page page;
    enum db_status status = db_studies_list(rq->db, &list->query, body_add, body, &page);
    if (status == DB_CONFLICT)
        return bad_cursor(rq);
    if (status != DB_OK)
        return api_error_of_db(status);
    return list_finish(rq, ret_reply, body, list, &page);
}

enum api_error studies_list(struct request *rq, struct reply *ret_reply)
{
    const struct studies_list_params *params = rq->params;
    struct list_query list = {0};
    if (rq->format != FORMAT_JSON)
        return studies_rows(rq, ret_reply);
    enum api_error error = list_query(rq, &list);
    if (error == API_OK)
        error = api_error_of_db(db_reader_begin(rq->db));
    if (error != API_OK)
        return error;
    struct body body = {.fields = params->fields, .has_highlights = list.query.hits};
    buffer_init(&body.buffer, BODY_MAX);
    buffer_text(&body.buffer, "{\"data\":[");
    error = list_answer(rq, ret_reply, &body, &list);
    db_reader_end(rq->db);
    highlights_free(&body.highlights);
    buffer_free(&body.buffer);
    return error;
}

/* ── one study ──────────────────────────────────────────────────────────────────────────────────────────────── */

static bool body_set(void *cls, const char *bytes, size_t len)
{
    struct body *body = cls;
    return study_json_pick(&body->buffer, bytes, len, body->fields) && buffer_text(&body->buffer, "\n");
}

/* An old id keeps answering: 301 to the same resource of the new one. */
enum api_error study_moved(struct request *rq, struct reply *ret_reply, const char *moved, const char *rest)
{
    const char *path = moved ? arena_printf(rq->arena, "/studies/%s%s", moved, rest) : NULL;
    const char *url = path ? url_with(rq->arena, path, rq->query, NULL, NULL) : NULL;
    if (!moved) {
        ret_reply->detail = "No study has this id; /studies lists them.";
        return API_NOT_FOUND;
    }
    ret_reply->location = url ? strdup(url) : NULL;
    ret_reply->status = 301;
    return ret_reply->location ? API_OK : API_UNAVAILABLE;
}

enum api_error study_not_known(struct request *rq, struct reply *ret_reply, int64_t since, const char *moved, const char *rest)
{
    char instant[JSON_INSTANT_SIZE];
    if (since < 0)
        return study_moved(rq, ret_reply, moved, rest);
    json_instant_text(since, instant);
    ret_reply->detail = arena_printf(rq->arena, "What the register knew of this study is kept since %s.", instant);
    return API_NOT_FOUND;
}

static enum api_error study_bytes(struct request *rq, struct reply *ret_reply, struct body *body)
{
    const struct studies_get_params *params = rq->params;
    int64_t since = -1;
    char *moved = NULL;
    enum db_status status = rq->known_at ? db_studies_get_known(rq->db, params->id, rq->known_at, body_set, body, &since, &moved)
                                         : db_studies_get(rq->db, params->id, body_set, body, &moved);
    ret_reply->data_updated = since;
    enum api_error error = status == DB_NOT_FOUND ? study_not_known(rq, ret_reply, since, moved, "") : api_error_of_db(status);
    free(moved);
    return error;
}

enum api_error studies_get(struct request *rq, struct reply *ret_reply)
{
    const struct studies_get_params *params = rq->params;
    struct body body = {.fields = params->fields};
    buffer_init(&body.buffer, BODY_MAX);
    enum api_error error = study_bytes(rq, ret_reply, &body);
    if (error == API_OK && !ret_reply->location) {
        ret_reply->bytes = buffer_take(&body.buffer, &ret_reply->len);
        error = ret_reply->bytes ? API_OK : API_UNAVAILABLE;
    }
    buffer_free(&body.buffer);
    return error;
}
