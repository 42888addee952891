/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/auth.h"

#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/arena.h"
#include "server/secret.h"
#include "server/worker.h"

#define SCHEME     "Bearer"
#define SCHEME_LEN (sizeof SCHEME - 1)

static const struct db_token operator= {
    .name = "operator", .role = DB_ROLE_OPERATOR, .scope = DB_SCOPE_ALL, .code = "", .expires = -1, .revoked = -1};

/* ── who ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_bearer(const char *value)
{
    return value && strncasecmp(value, SCHEME, SCHEME_LEN) == 0 && (value[SCHEME_LEN] == ' ' || value[SCHEME_LEN] == '\0');
}

struct found {
    struct arena *arena;
    struct db_token *token; /* NULL = no memory */
};

static void found_copy(void *cls, const struct db_token *token)
{
    struct found *found = cls;
    struct db_token *copy = arena_alloc(found->arena, sizeof *copy);
    if (!copy)
        return;
    *copy = *token;
    copy->name = arena_strdup(found->arena, token->name);
    copy->code = arena_strdup(found->arena, token->code);
    found->token = copy->name && copy->code ? copy : NULL;
}

static int64_t wall_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool is_good_at(const struct db_token *token, int64_t now)
{
    return token->revoked < 0 && (token->expires < 0 || now < token->expires);
}

static enum api_error identify(struct exchange *x, const char *text, size_t len)
{
    struct found found = {.arena = x->arena};
    int64_t id;
    if (!secret_read(text, len, &id))
        return API_UNAUTHORIZED;
    enum db_status status = db_token_get(x->worker->reader, id, found_copy, &found);
    if (status != DB_OK && status != DB_NOT_FOUND)
        return api_error_of_db(status);
    if (status == DB_OK && !found.token)
        return API_UNAVAILABLE;
    struct db_token *token = found.token;
    bool fits = secret_fits(x->worker->server->secret, text, len, token ? token->hash : NULL);
    if (!fits || !token || !is_good_at(token, wall_clock()))
        return API_UNAUTHORIZED;
    secret_wipe(token->hash, sizeof token->hash);
    x->author = token;
    return API_OK;
}

enum api_error auth_identify(struct exchange *x)
{
    const char *value = x->head.authorization;
    if (x->local) {
        x->author = &operator;
        return API_OK;
    }
    x->bears_token = is_bearer(value);
    if (!x->bears_token)
        return API_UNAUTHORIZED;
    const char *text = value + SCHEME_LEN + strspn(value + SCHEME_LEN, " ");
    enum api_error error = identify(x, text, strlen(text));
    auth_forget(x);
    return error;
}

const char *auth_challenge(const struct exchange *x)
{
    return x->bears_token ? SCHEME " realm=\"studyd\", error=\"invalid_token\"" : SCHEME " realm=\"studyd\"";
}

void auth_forget(struct exchange *x)
{
    const char *value = x->head.authorization;
    if (!value)
        return;
    secret_wipe((void *)(uintptr_t)value, strlen(value)); /* in the connection's memory, which is ours to write */
    x->head.authorization = NULL;
}

/* ── what they may ───────────────────────────────────────────────────────────────────────────────────────────── */

enum api_error auth_role(struct exchange *x, const char **ret_detail)
{
    enum db_role needed = x->match.route->role;
    if (x->author->role >= needed)
        return API_OK;
    *ret_detail =
        arena_printf(x->arena, "The token's role is %s; this needs the role %s.", db_role_names[x->author->role], db_role_names[needed]);
    return API_FORBIDDEN;
}

enum api_error auth_study(struct exchange *x, const char *study, const char **ret_detail)
{
    bool covers = false;
    enum db_status status = db_token_covers(x->worker->reader, x->author, study, &covers);
    if (status != DB_OK || covers)
        return api_error_of_db(status);
    *ret_detail = arena_printf(x->arena, "The token is for the %s %s, which does not hold this study.", db_scope_names[x->author->scope],
                               x->author->code);
    return API_FORBIDDEN;
}
