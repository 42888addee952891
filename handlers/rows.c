/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "handlers/rows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "handlers/links.h"

/* Far beyond the longest row; what a result holds is one row. */
#define ROW_MAX (64u << 20)

struct rows {
    struct exports *exports; /* NULL = nothing bounds it */
    struct db_reader *reader;
    bool begun; /* the reader's transaction */
    struct row_source source;
    struct buffer at_hand; /* the row being handed out */
    size_t handed;         /* bytes of it */
    int64_t total, made;
    bool over;       /* the source has no more */
    const char *why; /* of an end before its time; NULL = none */
};

/* ── places ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool place_take(struct exports *exports)
{
    if (!exports)
        return true;
    bool free_one = atomic_fetch_add(&exports->running, 1) < exports->most;
    if (!free_one)
        atomic_fetch_sub(&exports->running, 1);
    return free_one;
}

static void place_leave(struct exports *exports)
{
    if (exports)
        atomic_fetch_sub(&exports->running, 1);
}

/* ── opening ────────────────────────────────────────────────────────────────────────────────────────────────── */

enum api_error rows_open(struct request *rq, struct rows **ret_rows)
{
    *ret_rows = NULL;
    if (!place_take(rq->exports))
        return API_TOO_MANY_EXPORTS;
    struct rows *rows = calloc(1, sizeof *rows);
    if (!rows) {
        place_leave(rq->exports);
        return API_UNAVAILABLE;
    }
    rows->exports = rq->exports;
    buffer_init(&rows->at_hand, ROW_MAX);
    enum db_status status = db_reader_open(db_reader_db(rq->db), &rows->reader);
    if (status == DB_OK) {
        db_reader_bound(rows->reader, db_reader_bounds(rq->db)); /* until the first row is ready */
        status = db_reader_begin(rows->reader);
    }
    rows->begun = status == DB_OK;
    if (status == DB_OK)
        *ret_rows = rows;
    else
        rows_close(rows);
    return api_error_of_db(status);
}

void rows_close(struct rows *rows)
{
    if (!rows)
        return;
    if (rows->source.free)
        rows->source.free(rows->source.cls);
    if (rows->begun)
        db_reader_end(rows->reader);
    db_reader_close(rows->reader);
    buffer_free(&rows->at_hand);
    place_leave(rows->exports);
    free(rows);
}

struct db_reader *rows_reader(struct rows *rows)
{
    return rows->reader;
}

struct buffer *rows_head(struct rows *rows)
{
    return &rows->at_hand;
}

int64_t rows_most(const struct request *rq)
{
    return rq->exports && rq->exports->rows_max > 0 ? rq->exports->rows_max : INT64_MAX;
}

enum api_error rows_admit(struct request *rq, int64_t total)
{
    int64_t most = rows_most(rq);
    if (total <= most)
        return API_OK;
    const char *reason =
        arena_printf(rq->arena,
                     "is missing: the whole result has %" PRId64 " rows, and at most %" PRId64
                     " are sent at once. Narrow the question by a filter, or ask for pages with limit=500; the Link header "
                     "leads from page to page",
                     total, most);
    if (!reason)
        return API_UNAVAILABLE;
    faults_add(rq->faults, "query", "limit", reason, NULL);
    return API_BAD_PARAMETER;
}

/* ── sending ────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool ends(struct rows *rows, const char *why)
{
    rows->over = true;
    rows->why = why;
    return false;
}

/* The next row comes to hand. false = over. */
static bool make_one(struct rows *rows)
{
    rows->at_hand.len = rows->handed = 0;
    enum db_status status = rows->source.next(rows->source.cls, &rows->at_hand);
    if (status == DB_NOT_FOUND)
        return ends(rows, rows->made < rows->total ? "There were fewer rows than were announced." : NULL);
    if (status != DB_OK)
        return ends(rows, db_status_text(status));
    if (rows->at_hand.failed)
        return ends(rows, db_status_text(DB_NO_MEMORY));
    if (rows->made == rows->total)
        return ends(rows, "There were more rows than were announced.");
    rows->made++;
    return true;
}

static ssize_t rows_read(struct reply_stream *stream, char *to, size_t max)
{
    struct rows *rows = stream->cls;
    size_t len = 0;
    while (len < max && (rows->handed < rows->at_hand.len || (!rows->over && make_one(rows)))) {
        size_t left = rows->at_hand.len - rows->handed, piece = left < max - len ? left : max - len;
        memcpy(to + len, rows->at_hand.bytes + rows->handed, piece);
        rows->handed += piece;
        len += piece;
    }
    bool in_row = rows->made > 0 && rows->handed < rows->at_hand.len;
    stream->rows = rows->made - in_row;
    stream->why = rows->why;
    if (len > 0)
        return (ssize_t)len;
    return rows->why ? STREAM_BROKEN : STREAM_END;
}

static void rows_free(struct reply_stream *stream)
{
    rows_close(stream->cls);
}

void rows_reply(struct rows *rows, const struct row_source *source, int64_t total, struct reply *ret_reply)
{
    db_reader_bound(rows->reader, (struct db_bound){0}); /* sending has a limit of its own */
    rows->source = *source;
    rows->total = total;
    ret_reply->stream = (struct reply_stream){.read = rows_read, .free = rows_free, .cls = rows};
    ret_reply->counted = true;
    ret_reply->total = ret_reply->rows = total;
    ret_reply->data_version = db_reader_version(rows->reader, &ret_reply->data_updated);
}

enum api_error rows_all(struct request *rq, rows_begin *begin, const void *query, struct reply *ret_reply)
{
    const struct page_links links = {.self = url_with(rq->arena, rq->path, rq->query, NULL, NULL)};
    struct rows *rows = NULL;
    ret_reply->link = links.self ? link_header(&links) : NULL;
    if (!ret_reply->link)
        return API_UNAVAILABLE;
    enum api_error error = rows_open(rq, &rows);
    if (error == API_OK)
        error = begin(rq, rows, query, ret_reply);
    if (error != API_OK)
        rows_close(rows);
    return error;
}
