/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/answer.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "handlers/handlers.h"
#include "server/accept.h"
#include "server/cache.h"
#include "server/coding.h"
#include "server/etag.h"
#include "server/format.h"
#include "server/known_at.h"
#include "server/lanes.h"
#include "server/param.h"
#include "server/reply.h"
#include "server/stream.h"
#include "server/worker.h"
#include "server/writing.h"

/* Beside its body a response takes its headers, each a record of libmicrohttpd. */
#define RESPONSE_COST 2048

/* What is known of the representation before any query. */
struct known {
    bool tagged;
    int64_t version, modified;
    int64_t known_at; /* what the register knew then is asked for: it never changes again. 0 = what it knows now */
    struct format_choice choice;
    const char *filename; /* may be NULL */
    const char *key;      /* of the cache, but for the first byte: the coding */
    struct accept_coding coding;
    bool compress; /* a body worth it, when it comes */
};

/* A question from the handler's first line to the answer. */
struct work {
    struct known known;
    struct request request;
    struct reply reply;
    enum coding coding; /* of the reply's body */
    enum api_error error;
    const char *detail; /* of the error; NULL = the reply's */
};

/* A response in the cache. */
struct kept {
    struct MHD_Response *response;
    size_t len;
};

/* ── OPTIONS ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static void answer_options(struct exchange *x)
{
    bool whole_server = x->target.path_len == 1 && *x->target.path == '*';
    if (!whole_server && !x->match.allow[0]) {
        answer_problem(x, API_NOT_FOUND, NULL);
        return;
    }
    struct reply_head head = {
        .allow = whole_server ? "GET, HEAD, POST, PUT, PATCH, OPTIONS" : x->match.allow, .preflight = true, .close = x->worker->draining};
    answer_set(x, 204, reply_make_constant(&head, NULL, 0), 0);
}

/* ── what is known before a query ────────────────────────────────────────────────────────────────────────────── */

/* The study named by the path argument id; NULL = no memory. */
static const char *study_named(struct exchange *x)
{
    size_t arg = 0;
    const char *at = x->match.route->path;
    while ((at = strchr(at, '{')) != NULL && strncmp(at, "{id}", 4) != 0) {
        arg++;
        at++;
    }
    return at ? arena_strndup(x->arena, x->match.args[arg], x->match.args_len[arg]) : NULL;
}

/* The version of an answer about the past is the instant itself. When it was recorded is not known before it is read. */
static void instant_take(struct exchange *x, struct known *known)
{
    struct db_study_state unused;
    const char *study = x->match.route->tag == TAG_STUDY ? study_named(x) : NULL;
    known->tagged = x->match.route->tag != TAG_STUDY || (study && db_study_state(x->worker->server->db, study, &unused));
    known->version = known->known_at;
}

static void version_read(struct exchange *x, struct known *known)
{
    struct db *db = x->worker->server->db;
    if (known->known_at) {
        instant_take(x, known);
        return;
    }
    switch (x->match.route->tag) {
    case TAG_NONE: return;
    case TAG_BUILD: known->tagged = true; return;
    case TAG_DATA:
        known->tagged = true;
        known->version = db_data_version(db);
        known->modified = db_data_updated(db);
        return;
    case TAG_STUDY: {
        struct db_study_state state;
        const char *study = study_named(x);
        known->tagged = study && db_study_state(db, study, &state);
        if (known->tagged) {
            known->version = state.version;
            known->modified = state.updated;
        }
        return;
    }
    }
}

static void tag_write(const struct exchange *x, const struct known *known, enum coding coding, char ret_tag[ETAG_SIZE])
{
    char representation[ETAG_REPRESENTATION_SIZE];
    etag_representation(known->choice.content_type, known->choice.variant, representation);
    etag_write(ret_tag, db_epoch(x->worker->server->db), known->version, representation, coding_names[coding]);
}

static struct reply_head head_of(const struct exchange *x, const struct known *known, const char *tag)
{
    return (struct reply_head){
        .content_type = known->choice.content_type,
        .filename = known->filename,
        .etag = known->tagged ? tag : NULL,
        .modified = known->modified,
        .store = x->match.route->tag != TAG_NONE,
        .immutable = known->known_at && known->tagged,
        .vary = x->match.route->tag != TAG_NONE ? "Accept, Accept-Encoding" : NULL,
        .close = x->worker->draining,
    };
}

/* ── the cache ───────────────────────────────────────────────────────────────────────────────────────────────── */

static void kept_drop(void *value)
{
    struct kept *kept = value;
    reply_drop(kept->response);
    free(kept);
}

struct cache *answer_cache_new(size_t limit)
{
    return cache_new(limit, kept_drop);
}

/* While draining every answer says Connection: close, which those in the cache do not. */
static bool may_use_cache(const struct exchange *x, const struct known *known)
{
    return known->tagged && !x->worker->draining;
}

static const struct kept *find_coded(struct exchange *x, const struct known *known, enum coding coding)
{
    char *key = arena_printf(x->arena, "%d%s", (int)coding, known->key);
    return key && may_use_cache(x, known) ? cache_find(x->worker->cache, key, known->version) : NULL;
}

static void use_kept(struct exchange *x, const struct kept *kept, int status, enum coding coding)
{
    answer_set(x, status, kept->response, status == 304 ? 0 : kept->len);
    x->answer.owned = false;
    x->answer.hit = true;
    x->answer.coding = coding_names[coding];
}

static bool answer_from_cache(struct exchange *x, const struct known *known)
{
    const struct kept *kept = known->coding.gzip_wanted ? find_coded(x, known, CODING_GZIP) : NULL;
    enum coding coding = kept ? CODING_GZIP : CODING_IDENTITY;
    if (!kept)
        kept = find_coded(x, known, CODING_IDENTITY);
    /* Kept plain for a client that did not take gzip, while this one would. */
    if (!kept || (coding == CODING_IDENTITY && known->coding.gzip_wanted && kept->len >= CODING_LEAST))
        return false;
    use_kept(x, kept, 200, coding);
    return true;
}

static void keep(struct exchange *x, const struct known *known, enum coding coding)
{
    struct answer *answer = &x->answer;
    char *key = arena_printf(x->arena, "%d%s", (int)coding, known->key);
    struct kept *kept = key && answer->response && may_use_cache(x, known) ? malloc(sizeof *kept) : NULL;
    if (!kept)
        return;
    *kept = (struct kept){answer->response, answer->len};
    if (cache_keep(x->worker->cache, key, known->version, kept, answer->len + RESPONSE_COST))
        answer->owned = false;
    else
        free(kept);
}

/* ── If-None-Match ───────────────────────────────────────────────────────────────────────────────────────────── */

static void answer_unchanged(struct exchange *x, const struct known *known, enum coding coding, const char *tag)
{
    const struct kept *kept = find_coded(x, known, coding);
    if (kept) { /* the very headers of the 200, its Content-Length too */
        use_kept(x, kept, 304, coding);
        return;
    }
    struct reply_head head = head_of(x, known, tag);
    head.content_type = head.filename = NULL;
    answer_set(x, 304, reply_make_constant(&head, NULL, 0), 0);
    x->answer.coding = coding_names[coding];
}

/* Whether a body will be compressed is not known before it is made, so the tag of each coding that the client admits counts: what
 * it holds is current either way. */
static bool answer_if_unchanged(struct exchange *x, const struct known *known)
{
    const char *value = x->head.if_none_match;
    if (known->known_at && value && value[strspn(value, " \t,")] == '*') /* whether there was anything then is not known yet */
        return false;
    const enum coding first = known->coding.gzip_wanted ? CODING_GZIP : CODING_IDENTITY;
    const enum coding order[] = {first, first == CODING_GZIP ? CODING_IDENTITY : CODING_GZIP};
    for (size_t i = 0; known->tagged && x->head.if_none_match && i < CODING_COUNT; i++) {
        char tag[ETAG_SIZE];
        if (order[i] == CODING_GZIP && !known->coding.gzip_admitted)
            continue;
        tag_write(x, known, order[i], tag);
        if (etag_named(x->head.if_none_match, tag) || etag_named(x->head.if_none_match, "*")) {
            answer_unchanged(x, known, order[i], tag);
            return true;
        }
    }
    return false;
}

/* ── the handler ─────────────────────────────────────────────────────────────────────────────────────────────── */

void reply_done(struct reply *reply)
{
    if (reply->stream.read)
        reply->stream.free(&reply->stream);
    free(reply->bytes);
    free(reply->location);
    free(reply->link);
}

static void compress(struct work *work)
{
    size_t len;
    struct reply *reply = &work->reply;
    char *coded = coding_gzip(reply->constant ? reply->constant : reply->bytes, reply->len, &len);
    if (!coded)
        return;
    free(reply->bytes);
    reply->bytes = coded;
    reply->len = len;
    reply->constant = NULL;
    work->coding = CODING_GZIP;
}

/* Any thread, for nothing but the work is touched. */
static void work_do(struct work *work, const struct route *route, struct db_reader *reader)
{
    struct reply *reply = &work->reply;
    work->request.db = reader;
    work->error = route->handler(&work->request, reply);
    if (work->error != API_OK)
        return;
    if (reply->constant && reply->len == 0)
        reply->len = strlen(reply->constant);
    reply->status = reply->status ? reply->status : route->ok;
    if (reply->status == 200 && work->known.compress && reply->len >= CODING_LEAST)
        compress(work);
}

static struct reply_head head_of_reply(const struct exchange *x, const struct work *work, const char *tag)
{
    const struct reply *reply = &work->reply;
    struct reply_head head = head_of(x, &work->known, tag);
    bool has_body = reply->len > 0 || reply->counted; /* a table of no rows has a type too */
    head.content_type = !has_body ? NULL : reply->content_type ? reply->content_type : head.content_type;
    head.coding = coding_names[work->coding];
    head.location = reply->location;
    head.link = reply->link;
    head.counted = reply->counted;
    head.total = reply->total;
    head.rows = reply->rows;
    return head;
}

/* Its length is not known before it is made, and it is sent once: neither compressed nor kept. */
static void answer_stream(struct exchange *x, struct work *work)
{
    char tag[ETAG_SIZE];
    tag_write(x, &work->known, CODING_IDENTITY, tag);
    struct reply_head head = head_of_reply(x, work, tag);
    struct stream *stream = stream_new(x, &work->reply.stream);
    answer_set(x, x->match.route->ok, stream ? reply_make_stream(&head, stream) : NULL, 0);
    x->answer.streamed = true;
}

static void answer_reply(struct exchange *x, struct work *work)
{
    const struct known *known = &work->known;
    struct reply *reply = &work->reply;
    char tag[ETAG_SIZE];
    tag_write(x, known, work->coding, tag);
    struct reply_head head = head_of_reply(x, work, tag);
    struct MHD_Response *response =
        reply->constant ? reply_make_constant(&head, reply->constant, reply->len) : reply_make(&head, reply->bytes, reply->len);
    reply->bytes = NULL; /* the response's now */
    answer_set(x, reply->status, response, reply->len);
    x->answer.coding = head.coding;
    struct known after = {.known_at = known->known_at};
    version_read(x, &after);
    if (reply->status == 200 && after.version == known->version) /* else it may be newer than the tag says: right, but not to be kept */
        keep(x, known, work->coding);
}

static const char *time_given(struct exchange *x)
{
    const char *unit = x->worker->server->config->query_timeout % 1000 == 0 ? "s" : "ms";
    int64_t time = x->worker->server->config->query_timeout / (*unit == 's' ? 1000 : 1);
    return arena_printf(x->arena, "The answer was not there within the %lld %s that a question may take.", (long long)time, unit);
}

/* The tag is that of the data the body was made from, which may be newer than what was known before. */
static void settle_version(const struct exchange *x, struct work *work)
{
    if (work->known.known_at) {
        work->known.modified = work->reply.data_updated;
        return;
    }
    if (x->match.route->tag != TAG_DATA || work->reply.data_version <= work->known.version)
        return;
    work->known.version = work->reply.data_version;
    work->known.modified = work->reply.data_updated;
}

static void work_answer(struct exchange *x, struct work *work)
{
    settle_version(x, work);
    if (work->error == API_OK && work->reply.stream.read)
        answer_stream(x, work);
    else if (work->error == API_OK)
        answer_reply(x, work);
    else if (work->error == API_QUERY_TIMEOUT)
        answer_problem(x, work->error, time_given(x));
    else
        answer_problem(x, work->error, work->detail ? work->detail : work->reply.detail);
    reply_done(&work->reply);
    work->reply = (struct reply){0};
}

/* The worker has other connections to serve. false: the lanes are full. */
static bool hand_over(struct exchange *x, const struct work *work)
{
    struct work *copy = arena_alloc(x->arena, sizeof *copy);
    if (!copy)
        return false;
    *copy = (struct work){.known = work->known, .request = work->request};
    x->faults = (struct faults){0}; /* it will be asked from the beginning */
    x->work = copy;
    x->waits = true;
    if (lanes_take(x->worker->server->lanes, x))
        return true;
    x->work = NULL;
    x->waits = false;
    return false;
}

static void answer_handled(struct exchange *x, struct work *work)
{
    struct worker *worker = x->worker;
    db_reader_bound(worker->reader, (struct db_bound){exchange_clock() + worker->server->config->query_slice * 1000, NULL});
    work_do(work, x->match.route, worker->reader);
    db_reader_bound(worker->reader, (struct db_bound){0});
    if (work->error == API_QUERY_TIMEOUT) {
        reply_done(&work->reply);
        work->reply = (struct reply){0};
        if (hand_over(x, work))
            return;
        work->error = API_UNAVAILABLE;
        work->detail = "Too many long questions are waiting already.";
    }
    work_answer(x, work);
}

void answer_in_lane(struct exchange *x, struct db_reader *reader)
{
    if (reader) {
        work_do(x->work, x->match.route, reader);
        return;
    }
    x->work->error = API_UNAVAILABLE;
    x->work->detail = "The daemon is busy with other long questions, or is shutting down.";
}

void answer_finish(struct exchange *x)
{
    if (x->filing)
        writing_answer(x);
    else
        work_answer(x, x->work);
}

void answer_abandon(struct exchange *x)
{
    if (x->work)
        reply_done(&x->work->reply);
    if (x->filing)
        writing_abandon(x);
}

/* ── the whole way ───────────────────────────────────────────────────────────────────────────────────────────── */

/* The request as the handler will see it, with every fault named. Where no format suits, that is said before any fault. */
static enum api_error request_read(struct exchange *x, struct request *ret_request, struct format_choice *ret_choice)
{
    const struct route *route = x->match.route;
    void *params = arena_alloc(x->arena, route->params_size + 1); /* some take none */
    const char *path = arena_strndup(x->arena, x->target.path, x->target.path_len);
    if (!params || !path)
        return API_UNAVAILABLE;
    *ret_request = (struct request){.db = x->worker->reader,
                                    .arena = x->arena,
                                    .params = params,
                                    .path = path,
                                    .query = "",
                                    .base_url = x->worker->server->config->base_url,
                                    .exports = &x->worker->server->exports,
                                    .faults = &x->faults};
    enum api_error error = param_fill(&x->match, x->target.query, x->worker->reader, x->arena, params, &x->faults, &ret_request->query);
    if (error != API_OK && error != API_BAD_PARAMETER)
        return error;
    if (format_choose(route, params, x->head.accept, &x->faults, ret_choice) != API_OK)
        return API_NOT_ACCEPTABLE;
    if (!(ret_request->query = format_query(x->arena, route, ret_request->query, ret_choice)))
        return API_UNAVAILABLE;
    ret_request->format = ret_choice->format;
    ret_request->dialect = ret_choice->dialect;
    if (route->check)
        route->check(ret_request);
    int64_t known_at = ret_request->known_at = known_at_of(route, params);
    enum api_error in_time = known_at ? known_at_check(x->worker->server->db, known_at, &x->faults) : API_OK;
    return error != API_OK ? error : x->faults.len > 0 ? API_BAD_PARAMETER : in_time;
}

static void answer_refused(struct exchange *x, const struct known *known, enum api_error error)
{
    const char *offer = error == API_NOT_ACCEPTABLE ? format_offer(x->arena, x->match.route) : NULL;
    if (error == API_NOT_ACCEPTABLE)
        x->faults.len = x->faults.dropped = 0; /* it is not about them */
    const char *detail = offer ? arena_printf(x->arena, "There is this resource as %s only.", offer) : NULL;
    if (error == API_UNAVAILABLE && known->known_at)
        detail = "What is being recorded right now may belong to that instant.";
    answer_problem(x, error, detail);
}

static void answer_get(struct exchange *x)
{
    struct work work = {.known.coding = accept_coding(x->head.accept_encoding)};
    struct known *known = &work.known;
    const struct request *request = &work.request;
    enum api_error error = request_read(x, &work.request, &known->choice);
    known->known_at = request->known_at;
    if (error != API_OK) {
        answer_refused(x, known, error);
        return;
    }
    known->filename = format_filename(x->arena, request->path, request->format);
    known->key = arena_printf(x->arena, "%d%d%s?%s", (int)request->format, (int)request->dialect, request->path, request->query);
    version_read(x, known);
    known->compress = known->coding.gzip_wanted && may_use_cache(x, known);
    if (!known->key)
        answer_problem(x, API_UNAVAILABLE, NULL);
    else if (!answer_if_unchanged(x, known) && !answer_from_cache(x, known))
        answer_handled(x, &work);
}

void answer_request(struct exchange *x)
{
    const struct route *route = x->match.route;
    if (x->refusal != API_OK)
        answer_problem(x, x->refusal, x->refusal_detail);
    else if (strcmp(x->method, "OPTIONS") == 0)
        answer_options(x);
    else if (route_writes(route))
        writing_request(x);
    else if (x->worker->draining && route->handler == health_ready)
        answer_problem(x, API_UNAVAILABLE, "The daemon is shutting down.");
    else
        answer_get(x);
}
