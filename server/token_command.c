/* SPDX-License-Identifier: GPL-3.0-or-later
 * studyd token create, list, revoke: results to stdout, the rest to stderr. A token is shown once, alone on stdout.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/api.h"
#include "server/ask.h"
#include "server/command.h"
#include "server/instant.h"
#include "server/secret.h"

#define CREATE "token create"
#define LIST   "token list"
#define REVOKE "token revoke"

/* ── asking ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* new, or NULL: what was wrong has been said. */
static json_t *answer_json(const char *command, struct local_answer *answer)
{
    json_t *json = answer->status < 300 ? json_loadb(answer->body, answer->len, 0, NULL) : NULL;
    if (!json)
        ask_problem_print(command, answer);
    secret_wipe(answer->body, answer->len);
    free(answer->body);
    return json;
}

static json_t *told(const char *command, const char *db, enum ask_need need, const struct local_question *question)
{
    struct local_answer answer;
    return ask_question(command, db, need, question, &answer) == LOCAL_ANSWERED ? answer_json(command, &answer) : NULL;
}

/* 0 = there is one. */
static int db_misused(const char *command, const struct config *config)
{
    if (!config->db)
        return config_misuse(stderr, command, "--db is missing");
    if (strcmp(config->db, ":memory:") == 0)
        return config_misuse(stderr, command, "--db: a file was expected");
    return 0;
}

static const char *text_of(const json_t *token, const char *name)
{
    const char *text = json_string_value(json_object_get(token, name));
    return text ? text : "-";
}

static long long id_of(const json_t *token)
{
    return (long long)json_integer_value(json_object_get(token, "id"));
}

/* ── create ──────────────────────────────────────────────────────────────────────────────────────────────────── */

#define CREATE_FAULTS 6

/* Faults of the options, whatever the register holds. Each of a wish is one for the route as well, which refuses it. */
static size_t create_faults(const struct config *config, const char *wish, const char *ret_faults[CREATE_FAULTS])
{
    int64_t first, last;
    const struct {
        bool is;
        const char *what;
    } faults[CREATE_FAULTS] = {
        {!config->db, "--db is missing"},
        {config->db && strcmp(config->db, ":memory:") == 0, "--db: a file was expected"},
        {!config->name, "--name is missing"},
        {!config->role, "--role is missing"},
        {!!config->study + !!config->institution + !!config->programme != 1, "one of --study, --institution and --programme was expected"},
        {config->expires && !instant_read(config->expires, &first, &last),
         "--expires: a day was expected, as in 2026-12-31, or an instant, as in 2026-12-31T12:00:00+01:00"},
    };
    size_t len = 0;
    if (!wish)
        ret_faults[len++] = "the options must be UTF-8";
    for (size_t i = 0; wish && i < CREATE_FAULTS; i++) {
        if (faults[i].is)
            ret_faults[len++] = faults[i].what;
    }
    return len;
}

/* What else is wrong only the register knows, codes above all. Where it can be asked, which is done without writing, it says all faults. */
static int create_misused(const struct config *config, const struct local_question *question, const char *const *faults, size_t len)
{
    struct local_answer answer = {0};
    bool may_ask = question->body && config->db && strcmp(config->db, ":memory:") != 0;
    bool is_told = may_ask && ask_question(CREATE, config->db, ASK_READS, question, &answer) == LOCAL_ANSWERED && answer.status == 422;
    if (is_told)
        ask_problem_print(CREATE, &answer);
    for (size_t i = 0; !is_told && i < len; i++)
        fprintf(stderr, "studyd " CREATE ": %s\n", faults[i]);
    fprintf(stderr, "Try 'studyd " CREATE " --help'.\n");
    free(answer.body);
    return 2;
}

/* malloc'd; NULL = no memory, or a text that is not UTF-8. */
static char *wish_of(const struct config *config)
{
    json_auto_t *wish =
        json_pack("{s:s*, s:s*, s:s*, s:s*, s:s*, s:s*}", "name", config->name, "role", config->role, "study", config->study, "institution",
                  config->institution, "programme", config->programme, "expires", config->expires);
    return wish ? json_dumps(wish, JSON_COMPACT) : NULL;
}

static int created_print(const json_t *token)
{
    const char *text = json_string_value(json_object_get(token, "token"));
    const char *expires = json_string_value(json_object_get(token, "expires"));
    if (!text || printf("%s\n", text) < 0 || fflush(stdout) != 0)
        return 1; /* main says that stdout cannot be written */
    fprintf(stderr, "studyd " CREATE ": token %lld for %s: %s of %s %s, valid until %s; it is shown this once\n", id_of(token),
            text_of(token, "name"), text_of(token, "role"), text_of(token, "scope"), text_of(token, "code"),
            expires ? expires : "it is revoked");
    return 0;
}

static int create(const struct config *config, const struct local_question *question)
{
    json_auto_t *token = told(CREATE, config->db, ASK_MAKES_TOKENS, question);
    return token ? created_print(token) : 1;
}

int token_create_command(const struct config *config)
{
    const char *faults[CREATE_FAULTS];
    secret_forbid_dumps();
    char *wish = wish_of(config);
    const struct local_question question = {"POST", "/tokens", "application/json", .body = wish, .body_len = wish ? strlen(wish) : 0};
    size_t len = create_faults(config, wish, faults);
    int status = len > 0 ? create_misused(config, &question, faults, len) : create(config, &question);
    free(wish);
    return status;
}

/* ── list ────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The name comes last: how wide it is nobody knows. */
static void row_print(const char *id, const json_t *token)
{
    char scope[160];
    snprintf(scope, sizeof scope, "%s %s", text_of(token, "scope"), text_of(token, "code"));
    printf("%4s  %-8s  %-40s  %-24s  %-24s  %-24s  %s\n", id, text_of(token, "role"), scope, text_of(token, "created"),
           text_of(token, "expires"), text_of(token, "revoked"), text_of(token, "name"));
}

int token_list_command(const struct config *config)
{
    int misused = db_misused(LIST, config);
    if (misused != 0)
        return misused;
    json_auto_t *list = told(LIST, config->db, ASK_READS, &(struct local_question){"GET", "/tokens"});
    if (!list)
        return 1;
    const json_t *tokens = json_object_get(list, "data"), *token;
    size_t i;
    printf("%4s  %-8s  %-40s  %-24s  %-24s  %-24s  %s\n", "id", "role", "for", "created", "expires", "revoked", "name");
    json_array_foreach(tokens, i, token)
    {
        char id[24];
        snprintf(id, sizeof id, "%lld", id_of(token));
        row_print(id, token);
    }
    return 0;
}

/* ── revoke ──────────────────────────────────────────────────────────────────────────────────────────────────── */

int token_revoke_command(const struct config *config)
{
    char target[64];
    int misused = db_misused(REVOKE, config);
    if (misused != 0)
        return misused;
    if (strspn(config->operand, "0123456789") != strlen(config->operand) || strlen(config->operand) > 18)
        return config_misuse(stderr, REVOKE, "ID: a number was expected, as in the list");
    snprintf(target, sizeof target, "/tokens/%s", config->operand);
    json_auto_t *token = told(REVOKE, config->db, ASK_WRITES, &(struct local_question){"DELETE", target});
    if (!token)
        return 1;
    bool changed = json_is_true(json_object_get(token, "changed"));
    printf("token %lld (%s) %s %s\n", id_of(token), text_of(token, "name"), changed ? "is revoked since" : "was revoked before, at",
           text_of(token, "revoked"));
    return 0;
}
