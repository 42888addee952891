/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* asprintf */
#include "server/ask.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "handlers/study_json.h"
#include "server/answer.h"
#include "server/problem_json.h"
#include "server/route.h"
#include "server/param.h"
#include "server/secret.h"

/* Where it is asked. */
struct ask {
    const char *path;
    char *held;    /* who holds the database; NULL = we do */
    struct db *db; /* NULL then; as the rest */
    struct db_reader *reader;
    struct secret *secret;
};

static const struct db_token operator= {
    .name = "operator", .role = DB_ROLE_OPERATOR, .scope = DB_SCOPE_ALL, .code = "", .expires = -1, .revoked = -1};

/* ── opening ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* false: it cannot be asked anywhere; *ret_why is a malloc'd sentence (NULL = no memory). */
static bool ask_open(struct ask *ask, enum ask_need need, char **ret_why)
{
    const struct db_options options = {.path = ask->path, .only_reads = need == ASK_READS, .renderer = &study_renderer};
    bool is_held = need == ASK_READS && db_is_held(ask->path, ret_why); /* else opening finds out */
    enum db_status status = is_held ? DB_HELD : db_open(&options, &ask->db, ret_why);
    if (status == DB_HELD && *ret_why) {
        ask->held = *ret_why;
        *ret_why = NULL;
        return true;
    }
    if (status == DB_OK)
        status = db_reader_open(ask->db, &ask->reader);
    if (status != DB_OK && !*ret_why)
        *ret_why = strdup(db_status_text(status));
    if (status == DB_OK && need == ASK_MAKES_TOKENS)
        ask->secret = secret_open(ask->path, ret_why);
    return status == DB_OK && (need != ASK_MAKES_TOKENS || ask->secret);
}

static void ask_close(struct ask *ask)
{
    secret_close(ask->secret);
    db_reader_close(ask->reader);
    db_close(ask->db);
    free(ask->held);
}

/* ── in this process ─────────────────────────────────────────────────────────────────────────────────────────── */

struct asking {
    struct ask *ask;
    const struct route *route;
    struct request request;
    struct reply reply;
    struct faults faults;
    struct arena arena;
};

/* As the writer of a daemon does it. */
static enum api_error write_here(struct asking *asking)
{
    const struct db_author author = {asking->request.author->id, asking->request.author->role};
    struct db_write *write = NULL;
    enum db_status status = db_write_begin(asking->ask->db, &write);
    if (status != DB_OK)
        return api_error_of_db(status);
    status = db_write_part_begin(write, &author);
    asking->request.db = db_write_reader(write);
    enum api_error error = status == DB_OK ? asking->route->write(&asking->request, write, &asking->reply) : api_error_of_db(status);
    bool keep = error == API_OK && !asking->reply.undo;
    if (keep && (status = db_write_part_keep(write)) == DB_OK)
        status = db_write_commit(write);
    else
        db_write_abandon(write);
    return error != API_OK ? error : api_error_of_db(status);
}

static enum api_error media_read(struct asking *asking, const struct local_question *question)
{
    const struct route_body *row = asking->route->bodies;
    while (row && row->content_type && (!question->content_type || strcmp(row->content_type, question->content_type) != 0))
        row++;
    if (!row)
        return API_OK;
    asking->request.media = row->media;
    return !row->content_type ? API_UNSUPPORTED_MEDIA_TYPE : question->body_len > asking->route->body_max ? API_PAYLOAD_TOO_LARGE : API_OK;
}

static enum api_error params_read(struct asking *asking, const struct route_match *match, const char *query)
{
    struct request *request = &asking->request;
    void *params = arena_alloc(&asking->arena, asking->route->params_size + 1); /* some take none */
    request->params = params;
    if (!params)
        return API_UNAVAILABLE;
    enum api_error error = param_fill(match, query, asking->ask->reader, &asking->arena, params, &asking->faults, &request->query);
    if ((error == API_OK || error == API_BAD_PARAMETER) && asking->route->check)
        asking->route->check(request);
    return error == API_OK && asking->faults.len > 0 ? API_BAD_PARAMETER : error;
}

static enum api_error route_run(struct asking *asking)
{
    const struct route *route = asking->route;
    if (route->handler)
        return route->handler(&asking->request, &asking->reply);
    enum api_error error = route->parse ? route->parse(&asking->request) : API_OK;
    if (error != API_OK)
        return error;
    return route->alone ? route->alone(&asking->request, asking->ask->db, &asking->reply) : write_here(asking);
}

static enum api_error answer_here(struct asking *asking, const struct local_question *question)
{
    struct route_match match;
    const char *mark = strchr(question->target, '?');
    size_t path_len = mark ? (size_t)(mark - question->target) : strlen(question->target);
    route_find(MACHINE, question->method, question->target, path_len, &match);
    asking->route = match.route;
    if (!match.route)
        return *match.allow ? API_METHOD_NOT_ALLOWED : API_NOT_FOUND;
    asking->request.path = arena_strndup(&asking->arena, question->target, path_len);
    enum api_error error = asking->request.path ? params_read(asking, &match, mark ? mark + 1 : NULL) : API_UNAVAILABLE;
    if (error == API_OK)
        error = media_read(asking, question);
    return error == API_OK ? route_run(asking) : error;
}

static bool answer_take(struct asking *asking, enum api_error error, struct local_answer *ret_answer)
{
    struct reply *reply = &asking->reply;
    const struct problem_facts facts = {
        .error = error, .base_url = "", .detail = reply->detail, .instance = asking->request.path, .faults = &asking->faults};
    if (error != API_OK) {
        ret_answer->status = problem_of(error)->status;
        ret_answer->body = problem_json(&facts, &ret_answer->len);
        return ret_answer->body;
    }
    size_t len = reply->constant && reply->len == 0 ? strlen(reply->constant) : reply->len;
    const char *bytes = reply->constant ? reply->constant : reply->bytes ? reply->bytes : "";
    ret_answer->status = reply->status ? reply->status : asking->route->ok;
    ret_answer->len = len;
    ret_answer->body = malloc(len + 1);
    if (!ret_answer->body)
        return false;
    memcpy(ret_answer->body, bytes, len);
    ret_answer->body[len] = '\0';
    return true;
}

static enum local_result ask_here(struct ask *ask, const struct local_question *question, struct local_answer *ret_answer)
{
    struct asking asking = {.ask = ask};
    asking.request = (struct request){.db = ask->reader,
                                      .arena = &asking.arena,
                                      .query = "",
                                      .base_url = "",
                                      .faults = &asking.faults,
                                      .body = question->body ? question->body : "",
                                      .body_len = question->body_len,
                                      .author = &operator,
                                      .secret = ask->secret };
    enum api_error error = answer_here(&asking, question);
    bool done = answer_take(&asking, error, ret_answer);
    if (asking.reply.bytes)
        secret_wipe(asking.reply.bytes, asking.reply.len);
    reply_done(&asking.reply);
    arena_free(&asking.arena);
    return done ? LOCAL_ANSWERED : LOCAL_BROKEN;
}

/* ── of the daemon ───────────────────────────────────────────────────────────────────────────────────────────── */

static enum local_result ask_there(struct ask *ask, const struct local_question *question, struct local_answer *ret_answer, char **ret_why)
{
    int len = 0;
    enum local_result result = local_ask(ask->path, question, ret_answer);
    switch (result) {
    case LOCAL_ANSWERED: break;
    case LOCAL_NOBODY: len = asprintf(ret_why, "%s, or run this as a user who may open %s.sock", ask->held, ask->path); break;
    case LOCAL_BROKEN:
        len = asprintf(ret_why, "%s: the daemon that serves it was asked and gave no answer; what was asked for may have been done",
                       ask->path);
        break;
    }
    if (len < 0)
        *ret_why = NULL;
    return result;
}

/* ── wherever ────────────────────────────────────────────────────────────────────────────────────────────────── */

enum local_result ask_question(const char *command, const char *db, enum ask_need need, const struct local_question *question,
                               struct local_answer *ret_answer)
{
    struct ask ask = {.path = db};
    enum local_result result = LOCAL_NOBODY;
    char *why = NULL;
    *ret_answer = (struct local_answer){0};
    if (ask_open(&ask, need, &why))
        result = ask.db ? ask_here(&ask, question, ret_answer) : ask_there(&ask, question, ret_answer, &why);
    if (result != LOCAL_ANSWERED)
        fprintf(stderr, "studyd %s: %s\n", command, why ? why : db_status_text(DB_NO_MEMORY)); /* why names the file */
    free(why);
    ask_close(&ask);
    return result;
}

/* ── what is said of a refusal ───────────────────────────────────────────────────────────────────────────────── */

static void fault_print(const char *command, const json_t *fault)
{
    const char *name = json_string_value(json_object_get(fault, "name")), *reason = json_string_value(json_object_get(fault, "reason"));
    const char *near = json_string_value(json_object_get(fault, "did_you_mean"));
    const char *option = name && *name == '/' ? name + 1 : NULL;
    fprintf(stderr, "studyd %s: %s%s%s%s%s%s%s\n", command, option ? "--" : "",
            option ? option
            : name ? name
                   : "",
            name ? ": " : "", reason ? reason : "", near ? " (did you mean " : "", near ? near : "", near ? "?)" : "");
}

void ask_problem_print(const char *command, const struct local_answer *answer)
{
    json_auto_t *problem = json_loadb(answer->body, answer->len, 0, NULL);
    const json_t *errors = json_object_get(problem, "errors");
    const char *detail = json_string_value(json_object_get(problem, "detail"));
    for (size_t i = 0; i < json_array_size(errors); i++)
        fault_print(command, json_array_get(errors, i));
    if (json_array_size(errors) == 0)
        fprintf(stderr, "studyd %s: %s\n", command, detail ? detail : "the daemon's answer cannot be read");
}
