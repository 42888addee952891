/* SPDX-License-Identifier: GPL-3.0-or-later
 * GET /recruitment: the reports of all studies as one flat table, a page or the whole of it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "handlers/csv.h"
#include "handlers/handlers.h"
#include "handlers/json.h"
#include "handlers/links.h"
#include "handlers/recruitment_row.h"
#include "handlers/rows.h"
#include "handlers/studies_list.h"

#define PAGE_MAX (16u << 20) /* 500 rows of some hundred bytes; a page never comes near it */

/* ── the question ───────────────────────────────────────────────────────────────────────────────────────────── */

struct question {
    struct db_recruitment_query query;
    struct list_query list; /* of it the identity, the page and the cursor */
};

static enum api_error question_read(struct request *rq, struct question *ret_question)
{
    static const char *const place[] = {"cursor", NULL}, *const apart[] = {"cursor", "limit", "format", "dialect", NULL};
    const struct recruitment_list_params *params = rq->params;
    struct list_query *list = &ret_question->list;
    const char *asked = query_without(rq->arena, rq->query, apart);
    list->identity = asked ? arena_printf(rq->arena, "recruitment?%s", asked) : NULL; /* no place in another list */
    list->page = list->beside = query_without(rq->arena, rq->query, place);
    if (!list->identity || !list->page)
        return API_UNAVAILABLE;
    ret_question->query = (struct db_recruitment_query){
        .filter = params->filter,
        .from = params->from,
        .to = params->to,
        .region = params->report_region,
        .order = (enum db_recruitment_order)params->sort,
        .limit = params->limit > 0 ? (int)params->limit : RECRUITMENT_PAGE,
    };
    if (!params->cursor)
        return API_OK;
    if (!cursor_read(params->cursor, list->identity, &list->from))
        return bad_cursor(rq);
    ret_question->query.position = &list->from.position;
    ret_question->query.backwards = list->from.backwards;
    return API_OK;
}

/* Only beside right filters can be told whose cursor it is. */
void recruitment_list_check(struct request *rq)
{
    const struct recruitment_list_params *params = rq->params;
    struct question question = {0};
    days_check(rq, params->from, params->to);
    if (rq->faults->len == 0)
        (void)question_read(rq, &question);
}

/* ── lines: CSV and NDJSON ──────────────────────────────────────────────────────────────────────────────────── */

struct shape {
    enum reply_format format;
    enum csv_dialect dialect;
};

static void put_head(const struct shape *shape, struct buffer *out)
{
    if (shape->format == FORMAT_CSV)
        csv_head(out, shape->dialect, recruitment_columns, NULL);
}

static void put_line(const struct shape *shape, struct buffer *out, const struct db_recruitment_row *row)
{
    if (shape->format == FORMAT_CSV) {
        recruitment_row_csv(out, shape->dialect, row);
        return;
    }
    recruitment_row_json(out, row);
    buffer_text(out, "\n");
}

/* ── all of it ──────────────────────────────────────────────────────────────────────────────────────────────── */

struct export
{
    struct shape shape;
    struct db_recruitment_walk *walk;
};

static enum db_status export_next(void *cls, struct buffer *out)
{
    struct export *export = cls;
    struct db_recruitment_row row;
    enum db_status status = db_recruitment_walk_next(export->walk, &row);
    if (status == DB_OK)
        put_line(&export->shape, out, &row);
    return status == DB_OK && out->failed ? DB_NO_MEMORY : status;
}

static void export_free(void *cls)
{
    struct export *export = cls;
    db_recruitment_walk_end(export->walk);
    free(export);
}

static enum api_error export_begin(struct request *rq, struct rows *rows, const void *query, struct reply *ret_reply)
{
    struct export *export = malloc(sizeof *export);
    int64_t total = 0;
    if (!export)
        return API_UNAVAILABLE;
    *export = (struct export){.shape = {rq->format, rq->dialect}};
    enum db_status status = db_recruitment_walk_begin(rows_reader(rows), query, rows_most(rq), &export->walk, &total);
    enum api_error error = status == DB_OK ? rows_admit(rq, total) : api_error_of_db(status);
    if (error != API_OK) {
        export_free(export);
        return error;
    }
    put_head(&export->shape, rows_head(rows));
    rows_reply(rows, &(struct row_source){export_next, export_free, export}, total, ret_reply);
    return API_OK;
}

/* ── a page ─────────────────────────────────────────────────────────────────────────────────────────────────── */

struct page_body {
    struct shape shape;
    struct buffer out;
    bool any;
};

static bool page_add(void *cls, const struct db_recruitment_row *row)
{
    struct page_body *body = cls;
    if (body->shape.format == FORMAT_JSON) {
        buffer_text(&body->out, body->any ? ",\n" : "\n");
        recruitment_row_json(&body->out, row);
    } else {
        put_line(&body->shape, &body->out, row);
    }
    body->any = true;
    return !body->out.failed;
}

/* Appends "name": value, made by jansson; steals value. */
static void append_member(struct buffer *out, const char *name, json_t *value)
{
    char *text = value ? json_dumps(value, JSON_COMPACT) : NULL;
    buffer_text(out, name);
    buffer_text(out, text ? text : "");
    out->failed = out->failed || !text;
    free(text);
    json_decref(value);
}

static enum api_error append_envelope(struct request *rq, const struct question *question, const struct page_links *links,
                                      const struct db_studies_page *page, struct page_body *body)
{
    json_t *meta = NULL;
    enum api_error error = list_meta(rq, page->total, page->returned, question->query.limit, &meta);
    if (error != API_OK)
        return error;
    append_member(&body->out, body->any ? "\n],\"meta\":" : "],\"meta\":", meta);
    append_member(&body->out, ",\"links\":",
                  json_pack("{s:s, s:s, s:o, s:o}", "self", links->self, "first", links->first, "next", json_maybe(links->next), "prev",
                            json_maybe(links->prev)));
    buffer_text(&body->out, "}\n");
    return API_OK;
}

static enum api_error page_finish(struct request *rq, const struct question *question, struct page_body *body,
                                  const struct db_studies_page *page, struct reply *ret_reply)
{
    const struct page_links links = page_links(rq, &question->list, page);
    if (!links.self || !links.first)
        return API_UNAVAILABLE;
    bool is_table = body->shape.format != FORMAT_JSON;
    enum api_error error = is_table ? table_links(rq, &links, ret_reply) : append_envelope(rq, question, &links, page, body);
    if (error != API_OK)
        return error;
    if (!is_table)
        ret_reply->link = link_header(&links);
    ret_reply->bytes = buffer_take(&body->out, &ret_reply->len);
    ret_reply->counted = true;
    ret_reply->total = page->total;
    ret_reply->rows = page->returned;
    ret_reply->data_version = db_reader_version(rq->db, &ret_reply->data_updated);
    return ret_reply->bytes && ret_reply->link ? API_OK : API_UNAVAILABLE;
}

static enum api_error reply_page(struct request *rq, const struct question *question, struct reply *ret_reply)
{
    struct page_body body = {.shape = {rq->format, rq->dialect}};
    struct db_studies_page page;
    enum api_error error = api_error_of_db(db_reader_begin(rq->db));
    if (error != API_OK)
        return error;
    buffer_init(&body.out, PAGE_MAX);
    if (rq->format == FORMAT_JSON)
        buffer_text(&body.out, "{\"data\":[");
    put_head(&body.shape, &body.out);
    enum db_status status = db_recruitment_list(rq->db, &question->query, page_add, &body, &page);
    error = status == DB_OK         ? page_finish(rq, question, &body, &page, ret_reply)
            : status == DB_CONFLICT ? bad_cursor(rq)
                                    : api_error_of_db(status);
    db_reader_end(rq->db);
    buffer_free(&body.out);
    return error;
}

enum api_error recruitment_list(struct request *rq, struct reply *ret_reply)
{
    const struct recruitment_list_params *params = rq->params;
    struct question question = {0};
    enum api_error error = question_read(rq, &question);
    if (error != API_OK)
        return error;
    bool is_page = rq->format == FORMAT_JSON || params->limit > 0 || params->cursor;
    return is_page ? reply_page(rq, &question, ret_reply) : rows_all(rq, export_begin, &question.query, ret_reply);
}
