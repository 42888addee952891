/* SPDX-License-Identifier: GPL-3.0-or-later
 * GET /studies as CSV or NDJSON: stored bytes, one study a line.
 */
#include <stdlib.h>
#include <string.h>

#include "handlers/handlers.h"
#include "handlers/links.h"
#include "handlers/rows.h"
#include "handlers/studies_list.h"
#include "handlers/study_json.h"
#include "handlers/study_table.h"

/* 500 studies of some kilobytes; a page never comes near it. */
#define PAGE_MAX (64u << 20)
#define CELL_MAX (16u << 20)

/* How stored bytes become a line. */
struct shape {
    enum reply_format format;
    enum csv_dialect dialect;
    fields_param fields;
    struct csv_picked picked;
    struct buffer cell;
};

static void shape_begin(struct shape *shape, const struct request *rq)
{
    const struct studies_list_params *params = rq->params;
    *shape = (struct shape){.format = rq->format, .dialect = rq->dialect, .fields = params->fields};
    study_columns_pick(params->fields, &shape->picked);
    buffer_init(&shape->cell, CELL_MAX);
}

static enum db_form form_of(const struct request *rq)
{
    return rq->format == FORMAT_CSV ? DB_FORM_ROW : DB_FORM_FULL;
}

static void put_head(const struct shape *shape, struct buffer *out)
{
    if (shape->format == FORMAT_CSV)
        csv_head(out, shape->dialect, study_columns, &shape->picked);
}

/* false = no memory, or no bytes of ours */
static bool put_line(struct shape *shape, struct buffer *out, const char *bytes, size_t len)
{
    if (shape->format != FORMAT_CSV)
        return study_json_pick(out, bytes, len, shape->fields) && buffer_text(out, "\n");
    if (!csv_recast(out, &shape->cell, shape->dialect, bytes, len, study_columns, &shape->picked))
        return false;
    csv_row_end(out);
    return !out->failed;
}

/* ── all of them ────────────────────────────────────────────────────────────────────────────────────────────── */

struct export
{
    struct shape shape;
    struct db_studies_walk *walk;
};

static enum db_status export_next(void *cls, struct buffer *out)
{
    struct export *export = cls;
    const char *bytes;
    size_t len;
    enum db_status status = db_studies_walk_next(export->walk, &bytes, &len);
    if (status != DB_OK)
        return status;
    return put_line(&export->shape, out, bytes, len) ? DB_OK : out->failed ? DB_NO_MEMORY : DB_DAMAGED;
}

static void export_free(void *cls)
{
    struct export *export = cls;
    db_studies_walk_end(export->walk);
    buffer_free(&export->shape.cell);
    free(export);
}

static enum api_error export_begin(struct request *rq, struct rows *rows, const void *query, struct reply *ret_reply)
{
    struct export *export = malloc(sizeof *export);
    int64_t total = 0;
    if (!export)
        return API_UNAVAILABLE;
    shape_begin(&export->shape, rq);
    enum db_status status = db_studies_walk_begin(rows_reader(rows), query, rows_most(rq), &export->walk, &total);
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
    bool good;
};

static bool page_add(void *cls, const char *bytes, size_t len)
{
    struct page_body *body = cls;
    body->good = put_line(&body->shape, &body->out, bytes, len);
    return body->good;
}

static enum api_error page_finish(struct request *rq, const struct list_query *list, struct page_body *body,
                                  const struct db_studies_page *page, struct reply *ret_reply)
{
    const struct page_links links = page_links(rq, list, page);
    if (!body->good && !body->out.failed)
        return API_STORAGE_UNAVAILABLE;
    enum api_error error = table_links(rq, &links, ret_reply);
    if (error != API_OK)
        return error;
    ret_reply->bytes = buffer_take(&body->out, &ret_reply->len);
    ret_reply->counted = true;
    ret_reply->total = page->total;
    ret_reply->rows = page->returned;
    ret_reply->data_version = db_reader_version(rq->db, &ret_reply->data_updated);
    return ret_reply->bytes ? API_OK : API_UNAVAILABLE;
}

static enum api_error reply_page(struct request *rq, const struct list_query *list, struct reply *ret_reply)
{
    struct page_body body = {.good = true};
    struct db_studies_page page;
    enum api_error error = api_error_of_db(db_reader_begin(rq->db));
    if (error != API_OK)
        return error;
    shape_begin(&body.shape, rq);
    buffer_init(&body.out, PAGE_MAX);
    put_head(&body.shape, &body.out);
    enum db_status status = db_studies_list(rq->db, &list->query, page_add, &body, &page);
    error = status == DB_OK         ? page_finish(rq, list, &body, &page, ret_reply)
            : status == DB_CONFLICT ? bad_cursor(rq)
                                    : api_error_of_db(status);
    db_reader_end(rq->db);
    buffer_free(&body.out);
    buffer_free(&body.shape.cell);
    return error;
}

enum api_error studies_rows(struct request *rq, struct reply *ret_reply)
{
    const struct studies_list_params *params = rq->params;
    struct list_query list = {0};
    enum api_error error = list_query(rq, &list);
    if (error != API_OK)
        return error;
    list.query.form = form_of(rq);
    return params->limit > 0 || params->cursor ? reply_page(rq, &list, ret_reply) : rows_all(rq, export_begin, &list.query, ret_reply);
}
