/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/writing.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "handlers/handlers.h"
#include "server/answer.h"
#include "server/auth.h"
#include "server/etag.h"
#include "server/format.h"
#include "server/param.h"
#include "server/reply.h"
#include "server/secret.h"
#include "server/worker.h"
#include "server/writer.h"

static enum api_error header_refuse(struct filing *filing, enum api_error error, const char *detail, const char *remedy)
{
    filing->detail = detail;
    filing->remedy = remedy;
    return error;
}

/* ── the idempotency key ─────────────────────────────────────────────────────────────────────────────────────── */

/* Printable ASCII, so that it is the same text to everybody. */
static bool key_is_valid(const char *key)
{
    size_t len = strlen(key);
    for (const char *at = key; *at; at++) {
        if (*at < 0x20 || *at > 0x7e)
            return false;
    }
    return len >= 1 && len <= IDEMPOTENCY_KEY_MAX;
}

/* The body's media type without its parameters: the same bytes of another type say something else. */
static char *media_named(const struct exchange *x)
{
    const char *type = x->head.content_type ? x->head.content_type : "";
    char *name = arena_strndup(x->arena, type, strcspn(type, "; \t"));
    for (char *at = name; at && *at; at++)
        *at = (char)(*at >= 'A' && *at <= 'Z' ? *at + ('a' - 'A') : *at);
    return name;
}

/* false: no memory. */
static bool digest_make(const struct exchange *x, unsigned char ret_digest[DB_HASH_BYTES])
{
    const char *query = x->target.query ? x->target.query : "", *media = media_named(x);
    if (!media)
        return false;
    const struct secret_part parts[] = {{x->method, strlen(x->method)},
                                        {x->target.path, x->target.path_len},
                                        {query, strlen(query)},
                                        {media, strlen(media)},
                                        {x->body.bytes ? x->body.bytes : "", x->body.len}};
    secret_digest(parts, sizeof parts / sizeof *parts, ret_digest);
    return true;
}

static enum api_error key_read(struct exchange *x, struct filing *filing)
{
    const char *key = x->head.idempotency_key;
    if (!key)
        return API_OK;
    if (!x->match.route->write)
        return header_refuse(filing, API_BAD_REQUEST, "The resource takes no Idempotency-Key.", "Leave the header Idempotency-Key out.");
    if (!key_is_valid(key))
        return header_refuse(filing, API_BAD_REQUEST, "Idempotency-Key has to be 1 to 255 printable ASCII characters.",
                             "Send a key of such characters, a new one for each thing that is written, or leave the header out.");
    filing->key = arena_strdup(x->arena, key);
    return filing->key && digest_make(x, filing->digest) ? API_OK : API_UNAVAILABLE;
}

struct kept_seen {
    struct filing *filing;
    enum api_error error;
};

static char *copied(const char *bytes, size_t len)
{
    char *copy = malloc(len + 1);
    if (copy && len > 0)
        memcpy(copy, bytes, len);
    if (copy)
        copy[len] = '\0';
    return copy;
}

static void kept_take(void *cls, const struct db_kept_answer *answer)
{
    struct kept_seen *seen = cls;
    struct filing *filing = seen->filing;
    seen->error = API_CONFLICT;
    if (memcmp(answer->digest, filing->digest, sizeof filing->digest) != 0)
        return;
    filing->kept = true;
    filing->reply = (struct reply){.status = answer->status, .study_version = answer->version, .len = answer->body_len};
    filing->reply.bytes = copied(answer->body, answer->body_len);
    filing->reply.location = answer->location ? copied(answer->location, strlen(answer->location)) : NULL;
    seen->error = filing->reply.bytes && !filing->reply.location == !answer->location ? API_OK : API_UNAVAILABLE;
}

enum api_error filing_seek_kept(struct filing *filing, struct db_reader *reader)
{
    struct kept_seen seen = {.filing = filing};
    if (!filing->key)
        return API_OK;
    enum db_status status = db_kept_answer_get(reader, filing->request.author->id, filing->key, kept_take, &seen);
    return status == DB_NOT_FOUND ? API_OK : status == DB_OK ? seen.error : api_error_of_db(status);
}

/* ── the worker's refusals ───────────────────────────────────────────────────────────────────────────────────── */

enum api_error filing_match(const struct filing *filing, const char *epoch, int64_t version)
{
    return !filing->if_match || etag_names_version(filing->if_match, epoch, version) ? API_OK : API_PRECONDITION_FAILED;
}

/* The path's arguments and the query. What is wrong with the query is said last: *ret_later. */
static enum api_error params_read(struct exchange *x, struct filing *filing, enum api_error *ret_later)
{
    const struct route *route = x->match.route;
    struct request *request = &filing->request;
    void *params = arena_alloc(x->arena, route->params_size + 1); /* some take none */
    const char *path = arena_strndup(x->arena, x->target.path, x->target.path_len);
    if (!params || !path)
        return API_UNAVAILABLE;
    request->params = params;
    request->path = path;
    *ret_later = param_fill(&x->match, x->target.query, x->worker->reader, x->arena, params, &x->faults, &request->query);
    if (*ret_later != API_OK && *ret_later != API_BAD_PARAMETER)
        return *ret_later;
    const struct param *id = route->tag == TAG_STUDY ? param_of_type(route, T_ID) : NULL;
    if (id)
        filing->study = *(const char *const *)((const char *)params + id->offset);
    if (route->check)
        route->check(request);
    if (x->faults.len > 0)
        *ret_later = API_BAD_PARAMETER;
    return API_OK;
}

/* An old id leads on whoever may write to the study, as it leads on whoever reads. filing->moved: it did, and nothing is to be written. */
static enum api_error study_find(struct exchange *x, struct filing *filing)
{
    char *now = NULL;
    enum api_error error = auth_study(x, filing->study, &filing->detail);
    if (error != API_NOT_FOUND)
        return error;
    (void)db_studies_get(x->worker->reader, filing->study, NULL, NULL, &now);
    if (now)
        error = auth_study(x, now, &filing->detail);
    if (now && error == API_OK)
        error = study_moved(&filing->request, &filing->reply, now, strchr(x->match.route->path, '}') + 1);
    filing->moved = now && error == API_OK;
    free(now);
    return error;
}

static enum api_error accept_read(struct exchange *x, struct filing *filing)
{
    struct format_choice choice;
    return format_choose(x->match.route, filing->request.params, x->head.accept, &x->faults, &choice);
}

/* The study has been found, so it has a version. */
static enum api_error match_read(struct exchange *x, struct filing *filing)
{
    struct db *db = x->worker->server->db;
    struct db_study_state state;
    const char *if_match = x->head.if_match;
    if (!x->match.route->guarded && if_match)
        return header_refuse(filing, API_BAD_REQUEST, "If-Match has no meaning here: it is for what is written to one study.",
                             "Leave the header If-Match out.");
    if (!x->match.route->guarded)
        return API_OK;
    if (!if_match)
        return API_PRECONDITION_REQUIRED;
    filing->if_match = arena_strdup(x->arena, if_match);
    if (!filing->if_match)
        return API_UNAVAILABLE;
    if (!db_study_state(db, filing->study, &state))
        return API_NOT_FOUND;
    if (!etag_has_version(filing->if_match))
        return header_refuse(filing, API_PRECONDITION_FAILED,
                             "If-Match holds no strong tag of a study: it has to be the ETag that GET gave, in its quotes and without W/.",
                             "Read the study, and send its ETag as it came.");
    return filing_match(filing, db_epoch(db), state.version);
}

static enum api_error body_read(struct exchange *x, struct filing *filing)
{
    struct request *request = &filing->request;
    if (!x->match.route->parse)
        return API_OK;
    db_reader_bound(x->worker->reader, (struct db_bound){exchange_clock() + x->worker->server->config->query_timeout * 1000, NULL});
    enum api_error error = x->match.route->parse(request);
    db_reader_bound(x->worker->reader, (struct db_bound){0});
    return error;
}

/* In the order of the contract. */
static enum api_error refusal_find(struct exchange *x, struct filing *filing)
{
    const struct route *route = x->match.route;
    enum api_error error, later = API_OK;
    if ((error = key_read(x, filing)) != API_OK)
        return error;
    if ((error = filing_seek_kept(filing, x->worker->reader)) != API_OK || filing->kept)
        return error;
    if ((error = auth_role(x, &filing->detail)) != API_OK)
        return error;
    if ((error = params_read(x, filing, &later)) != API_OK)
        return error;
    if (filing->study && ((error = study_find(x, filing)) != API_OK || filing->moved))
        return error;
    if ((error = accept_read(x, filing)) != API_OK)
        return error;
    if (route->bodies && (error = upload_media(x->arena, route, &x->head, &filing->request.media, &filing->detail)) != API_OK)
        return error;
    if ((error = match_read(x, filing)) != API_OK)
        return error;
    filing->detail = NULL;
    return later != API_OK ? later : body_read(x, filing);
}

#define ARENA_BYTES_A_BYTE 4

/* ── handing over, and the answer ────────────────────────────────────────────────────────────────────────────── */

static struct filing *filing_new(struct exchange *x)
{
    /* What is made of a body, and the faults of each of its rows, is more than what other requests need. */
    x->arena->limit += ARENA_BYTES_A_BYTE * x->match.route->body_max;
    struct filing *filing = arena_alloc(x->arena, sizeof *filing);
    if (filing)
        filing->request = (struct request){.db = x->worker->reader,
                                           .arena = x->arena,
                                           .query = "",
                                           .base_url = x->worker->server->config->base_url,
                                           .exports = &x->worker->server->exports,
                                           .faults = &x->faults,
                                           .body = x->body.bytes ? x->body.bytes : "",
                                           .body_len = x->body.len,
                                           .author = x->author,
                                           .secret = x->worker->server->secret};
    return filing;
}

void writing_request(struct exchange *x)
{
    struct filing *filing = filing_new(x);
    if (!filing) {
        answer_problem(x, API_UNAVAILABLE, NULL);
        return;
    }
    x->filing = filing;
    filing->error = refusal_find(x, filing);
    if (filing->error == API_OK && !filing->kept && !filing->moved) {
        filing->request.db = NULL;
        x->waits = true;
        const char *why = writer_take(x->worker->server->writer, x);
        if (!why)
            return;
        x->waits = false;
        filing->error = API_UNAVAILABLE;
        filing->detail = why;
    }
    writing_answer(x);
}

static void answer_written(struct exchange *x, struct filing *filing)
{
    struct reply *reply = &filing->reply;
    const struct route *route = x->match.route;
    char tag[ETAG_SIZE];
    etag_write(tag, db_epoch(x->worker->server->db), reply->study_version, "json", "identity");
    if (reply->constant && reply->len == 0)
        reply->len = strlen(reply->constant);
    const char *type = reply->content_type ? reply->content_type : route->content_type;
    struct reply_head head = {.content_type = reply->len > 0 ? type : NULL,
                              .etag = reply->study_version > 0 ? tag : NULL,
                              .location = reply->location,
                              .link = reply->link,
                              .request_id = x->id,
                              .close = x->worker->draining};
    struct MHD_Response *response =
        reply->constant ? reply_make_constant(&head, reply->constant, reply->len) : reply_make(&head, reply->bytes, reply->len);
    reply->bytes = NULL; /* the response's now */
    answer_set(x, reply->status ? reply->status : route->ok, response, reply->len);
}

static const char *types_offered(struct exchange *x)
{
    const char *offer = format_offer(x->arena, x->match.route);
    return offer ? arena_printf(x->arena, "The answer comes as %s only.", offer) : NULL;
}

void writing_answer(struct exchange *x)
{
    struct filing *filing = x->filing;
    const char *detail = filing->detail ? filing->detail : filing->reply.detail;
    if (filing->error == API_OK)
        answer_written(x, filing);
    else
        answer_problem(x, filing->error, filing->error == API_NOT_ACCEPTABLE ? types_offered(x) : detail);
    writing_abandon(x);
}

void writing_abandon(struct exchange *x)
{
    reply_done(&x->filing->reply);
    x->filing->reply = (struct reply){0};
}
