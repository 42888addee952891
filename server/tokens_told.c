/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/tokens_told.h"

#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/forms.h"
#include "base/nearest.h"
#include "handlers/body.h"
#include "handlers/json.h"
#include "server/instant.h"
#include "server/secret.h"

#define NAME_MAX_CHARACTERS 100

/* ── what is wished for ──────────────────────────────────────────────────────────────────────────────────────── */

struct wish {
    const char *name, *role, *expires;
    const char *codes[DB_SCOPE_ALL]; /* by scope */
    struct db_token token;
};

static const struct body_member members[] = {
    {"name", MEMBER_LINE, .required = true, .max = NAME_MAX_CHARACTERS, MEMBER_AT(wish, name)},
    {"role", MEMBER_LINE, .required = true, MEMBER_AT(wish, role)},
    {"study", MEMBER_CODE, .vocabulary = DB_VOCAB_STUDY, MEMBER_AT(wish, codes[DB_SCOPE_STUDY]), MEMBER_SEEN(DB_SCOPE_STUDY)},
    {"institution", MEMBER_CODE, .vocabulary = DB_VOCAB_INSTITUTION, MEMBER_AT(wish, codes[DB_SCOPE_INSTITUTION]),
     MEMBER_SEEN(DB_SCOPE_INSTITUTION)},
    {"programme", MEMBER_CODE, .vocabulary = DB_VOCAB_PROGRAMME, MEMBER_AT(wish, codes[DB_SCOPE_PROGRAMME]),
     MEMBER_SEEN(DB_SCOPE_PROGRAMME)},
    {"expires", MEMBER_LINE, .nullable = true, MEMBER_AT(wish, expires)},
    {0},
};

static void role_read(struct request *rq, struct wish *wish)
{
    struct nearest nearest;
    nearest_begin(&nearest, wish->role);
    for (int role = DB_ROLE_REPORTER; role < DB_ROLE_OPERATOR; role++) {
        nearest_offer(&nearest, db_role_names[role]);
        if (strcmp(db_role_names[role], wish->role) == 0)
            wish->token.role = (enum db_role)role;
    }
    const char *near = nearest_best(&nearest);
    if (wish->token.role == DB_ROLE_NONE)
        body_fault(rq, "/role", "must be reporter or editor", near ? arena_strdup(rq->arena, near) : NULL);
}

static void scope_read(struct request *rq, struct wish *wish, uint64_t seen)
{
    uint64_t scopes = seen & ((UINT64_C(1) << DB_SCOPE_ALL) - 1);
    if (scopes == 0 || (scopes & (scopes - 1)) != 0)
        body_fault(rq, NULL, "must have one of study, institution and programme", NULL);
    for (int scope = 0; scope < DB_SCOPE_ALL; scope++) {
        if (wish->codes[scope]) {
            wish->token.scope = (enum db_scope)scope;
            wish->token.code = wish->codes[scope];
        }
    }
}

/* A day is meant with its end. */
static void expires_read(struct request *rq, struct wish *wish)
{
    int64_t first, last;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (!instant_read(wish->expires, &first, &last))
        body_fault(rq, "/expires", "must be a day (2026-12-31: valid until its end, UTC) or an instant of RFC 3339", NULL);
    else if (last / 1000 <= now.tv_sec)
        body_fault(rq, "/expires", "is past", NULL);
    else
        wish->token.expires = last;
}

enum api_error tokens_create_parse(struct request *rq)
{
    uint64_t seen = 0;
    struct wish *wish = arena_alloc(rq->arena, sizeof *wish);
    if (!wish)
        return API_UNAVAILABLE;
    wish->token.expires = -1;
    enum api_error error = json_body(rq, members, wish, &seen);
    if (error != API_OK && error != API_UNPROCESSABLE)
        return error;
    if (wish->role)
        role_read(rq, wish);
    if (wish->expires)
        expires_read(rq, wish);
    scope_read(rq, wish, seen);
    wish->token.name = wish->name;
    rq->task = &wish->token;
    return body_faults(rq) > 0 ? API_UNPROCESSABLE : API_OK;
}

/* ── what is told ────────────────────────────────────────────────────────────────────────────────────────────── */

static json_t *instant_or_null(int64_t at)
{
    return at < 0 ? json_null() : json_instant(at);
}

static json_t *token_json(const struct db_token *token)
{
    return json_pack("{s:I, s:s, s:s, s:s, s:s, s:o, s:o, s:o}", "id", (json_int_t)token->id, "name", token->name, "role",
                     db_role_names[token->role], "scope", db_scope_names[token->scope], "code", token->code, "created",
                     json_instant(token->created), "expires", instant_or_null(token->expires), "revoked", instant_or_null(token->revoked));
}

static void token_take(void *cls, const struct db_token *token)
{
    *(json_t **)cls = token_json(token);
}

static bool token_push(void *cls, const struct db_token *token)
{
    return json_push(*(json_t **)cls, token_json(token));
}

enum api_error tokens_list(struct request *rq, struct reply *ret_reply)
{
    json_t *data = json_array();
    enum db_status status = data ? db_tokens(rq->db, token_push, &data) : DB_NO_MEMORY;
    if (status == DB_OK)
        return reply_whole_list(rq, ret_reply, data, NULL);
    json_decref(data);
    return api_error_of_db(status);
}

/* ── making and revoking ─────────────────────────────────────────────────────────────────────────────────────── */

static enum db_status token_write(struct db_write *write, const struct request *rq, struct db_token *token,
                                  char ret_text[SECRET_TOKEN_SIZE])
{
    const struct db_author author = {rq->author->id, rq->author->role};
    enum db_status status = db_write_part_begin(write, &author);
    if (status == DB_OK)
        status = db_write_token(write, token, &token->id);
    if (status == DB_OK) {
        secret_make(rq->secret, token->id, ret_text, token->hash);
        status = db_write_token_hash(write, token->id, token->hash);
    }
    token->created = db_write_now(write);
    token->revoked = -1;
    return status == DB_OK ? db_write_part_keep(write) : status;
}

static enum db_status token_make(struct db *db, const struct request *rq, struct db_token *token, char ret_text[SECRET_TOKEN_SIZE])
{
    struct db_write *write = NULL;
    enum db_status status = db_write_begin(db, &write);
    if (status != DB_OK)
        return status;
    status = token_write(write, rq, token, ret_text);
    if (status == DB_OK)
        return db_write_commit(write);
    db_write_abandon(write);
    return status;
}

enum api_error tokens_create(struct request *rq, struct db *db, struct reply *ret_reply)
{
    struct db_token *token = rq->task;
    char text[SECRET_TOKEN_SIZE] = "";
    enum db_status status = token_make(db, rq, token, text);
    json_t *told = status == DB_OK ? token_json(token) : NULL;
    if (told && json_object_set_new(told, "token", json_string(text)) != 0) {
        json_decref(told);
        told = NULL;
    }
    secret_wipe(text, sizeof text);
    if (status != DB_OK)
        return api_error_of_db(status);
    return reply_json(ret_reply, told);
}

enum api_error tokens_revoke(struct request *rq, struct db_write *write, struct reply *ret_reply)
{
    const struct token_params *params = rq->params;
    int64_t id;
    bool changed = false;
    json_t *told = NULL;
    ret_reply->detail = "There is no token of this id."; /* should it be refused */
    if (!forms_integer(params->token, 1, INT64_MAX, &id))
        return API_NOT_FOUND;
    enum db_status status = db_write_token_revoke(write, id, &changed);
    if (status == DB_OK)
        status = db_token_get(rq->db, id, token_take, &told);
    if (status != DB_OK)
        return api_error_of_db(status);
    if (told && json_object_set_new(told, "changed", json_boolean(changed)) != 0) {
        json_decref(told);
        told = NULL;
    }
    return reply_json(ret_reply, told);
}
