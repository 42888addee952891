/* SPDX-License-Identifier: GPL-3.0-or-later
 * Every operation that writes × everything that a request may say of who asks: what each cell answers, and that a refused one changes
 * nothing.
 */
#include "api/writing.h"

#include <stdlib.h>
#include <time.h>

static struct daemon *daemon;

static void start(void)
{
    daemon = daemon_start(register_to_write(), NULL);
}

static void stop(void)
{
    daemon_stop(daemon);
}

#define PATCH_BODY "Content-Type: application/merge-patch+json"
#define CSV_BODY   "Content-Type: text/csv"

/* What is sent to each: its own study is aurora, a foreign one is borealis. */
static const struct operation {
    const char *id, *method, *own, *foreign, *absent; /* absent NULL: its path names no study */
    const char *type, *body, *foreign_body, *other_body, *malformed;
    const char *role; /* the least that may */
    int ok;
} operations[] = {
    {"editStudy", "PATCH", "/studies/aurora", "/studies/borealis", "/studies/nobody", PATCH_BODY, "{\"contact\": \"a\"}",
     "{\"contact\": \"a\"}", "{\"contact\": \"b\"}", "{", "editor", 200},
    {"fileReport", "POST", "/studies/aurora/recruitment", "/studies/borealis/recruitment", "/studies/nobody/recruitment", JSON_BODY,
     "{\"as_of\": \"2026-06-30\", \"included\": 90, \"correction\": true}",
     "{\"as_of\": \"2026-06-30\", \"included\": 90, \"correction\": true}",
     "{\"as_of\": \"2026-06-30\", \"included\": 91, \"correction\": true}", "{", "reporter", 201},
    {"putPlan", "PUT", "/studies/aurora/plan", "/studies/borealis/plan", "/studies/nobody/plan", JSON_BODY, "{\"planned\": 900}",
     "{\"planned\": 900}", "{\"planned\": 901}", "{", "editor", 200},
    {"fileReports", "POST", "/recruitment", "/recruitment", NULL, CSV_BODY,
     "study,as_of,region,included,correction\naurora,2026-06-30,,90,true\n",
     "study,as_of,region,included,correction\nborealis,2026-06-30,,90,true\n",
     "study,as_of,region,included,correction\naurora,2026-06-30,,91,true\n", "study,as_of,region,included\n\"aurora", "reporter", 201},
};
#define OPERATIONS ((int)(sizeof operations / sizeof *operations))

static bool is_guarded(const struct operation *operation)
{
    return operation->absent;
}

/* ── who asks ───────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *own_token(const char *role, const char *expires)
{
    struct outcome made = studyd_run("token", "create", "--db", daemon_db(daemon), "--name", "Test office", "--role", role, "--study",
                                     "aurora", "--expires", expires, NULL);
    ck_assert_msg(made.status == 0, "%s", made.err);
    return text_format("Authorization: Bearer %.*s", (int)strcspn(made.out, "\n"), made.out);
}

static const char *token_id(const char *token)
{
    const char *id = strstr(token, "studyd_") + strlen("studyd_");
    return keep_bytes(id, strcspn(id, "_"));
}

static const char *no_token(const struct operation *operation)
{
    (void)operation;
    return "X-Nothing: 1";
}

static const char *malformed_token(const struct operation *operation)
{
    return text_format("%s!", token_made(daemon, operation->role, "--study", "aurora"));
}

static const char *unknown_token(const struct operation *operation)
{
    const char *token = token_made(daemon, operation->role, "--study", "aurora");
    const char *id = strstr(token, "studyd_") + strlen("studyd_");
    return text_format("Authorization: Bearer studyd_999999%s", strchr(id, '_'));
}

/* Good for two seconds more. */
static const char *short_token(const struct operation *operation)
{
    char expires[40];
    time_t end = time(NULL) + 2;
    struct tm utc;
    strftime(expires, sizeof expires, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&end, &utc));
    return own_token(operation->role, expires);
}

static const char *revoked_token(const struct operation *operation)
{
    const char *token = token_made(daemon, operation->role, "--study", "aurora");
    ck_assert_int_eq(studyd_run("token", "revoke", "--db", daemon_db(daemon), token_id(token), NULL).status, 0);
    return token;
}

static const char *narrow_token(const struct operation *operation)
{
    return token_made(daemon, operation->role, "--study", "aurora");
}

static const char *reporter_token(const struct operation *operation)
{
    (void)operation;
    return token_made(daemon, "reporter", "--study", "aurora");
}

static const char *wide_token(const struct operation *operation)
{
    return token_made(daemon, operation->role, "--programme", "nordlys");
}

static const char *institution_token(const struct operation *operation)
{
    return token_made(daemon, operation->role, "--institution", "helse-bergen");
}

static const char *other_institution_token(const struct operation *operation)
{
    return token_made(daemon, operation->role, "--institution", "rost-sykehus");
}

static const char *editor_token(const struct operation *operation)
{
    (void)operation;
    return token_made(daemon, "editor", "--study", "aurora");
}

enum { RIGHT = 0, ROLE_DECIDES = -1 };
static const struct cell {
    const char *(*token)(const struct operation *operation);
    bool foreign; /* asks for borealis */
    int status;   /* RIGHT: the operation's; ROLE_DECIDES: its own where a reporter may, else 403 */
} cells[] = {
    {no_token, false, 401},
    {malformed_token, false, 401},
    {unknown_token, false, 401},
    {revoked_token, false, 401},
    {narrow_token, true, 403},
    {other_institution_token, false, 403},
    {reporter_token, false, ROLE_DECIDES},
    {narrow_token, false, RIGHT},
    {editor_token, false, RIGHT},
    {institution_token, false, RIGHT},
    {wide_token, false, RIGHT},
    {wide_token, true, RIGHT},
};
#define CELLS ((int)(sizeof cells / sizeof *cells))

static struct answer *ask(const struct operation *operation, const char *target, const char *body, const char *token, const char *more)
{
    return http_ask(daemon, operation->method, target, body, operation->type, token, more, is_guarded(operation) ? ANY : "X-Match: 1",
                    NULL);
}

START_TEST(every_cell_is_answered_as_documented)
{
    const struct operation *operation = &operations[_i / CELLS];
    const struct cell *cell = &cells[_i % CELLS];
    bool enough = strcmp(operation->role, "reporter") == 0;
    int status = cell->status == RIGHT ? operation->ok : cell->status == ROLE_DECIDES ? (enough ? operation->ok : 403) : cell->status;
    json_int_t before = int_at(must_get(daemon, "/")->json, "data_version");
    const struct answer *answer = ask(operation, cell->foreign ? operation->foreign : operation->own,
                                      cell->foreign ? operation->foreign_body : operation->body, cell->token(operation), "X-More: 1");
    if (status == 401)
        assert_problem(answer, 401, "unauthorized");
    else if (status == 403)
        assert_problem(answer, 403, "forbidden");
    else
        assert_status(answer, status);
    ck_assert_int_eq(int_at(must_get(daemon, "/")->json, "data_version"), before + (status < 400));
    assert_header(answer, "Cache-Control", "no-store");
}
END_TEST

START_TEST(a_token_that_has_expired_is_none)
{
    const struct operation *operation = &operations[_i];
    const char *token = short_token(operation);
    const struct answer *answer;
    time_t patience = time(NULL) + PATIENCE_MS / 1000;
    do
        answer = ask(operation, operation->own, operation->malformed, token, "X-More: 1");
    while (answer->status == 400 && time(NULL) < patience);
    assert_problem(answer, 401, "unauthorized");
    assert_problem(ask(operation, operation->own, operation->body, token, "X-More: 1"), 401, "unauthorized");
}
END_TEST

/* ── every other refusal of every operation ─────────────────────────────────────────────────────────────────── */

START_TEST(each_operation_refuses_what_it_says_it_refuses)
{
    const struct operation *operation = &operations[_i];
    const char *token = wide_token(operation), *match = is_guarded(operation) ? ANY : "X-Match: 1";
    assert_problem(ask(operation, operation->own, operation->malformed, token, "X-More: 1"), 400, "malformed-body");
    assert_problem(ask(operation, text_format("%s?x=1", operation->own), operation->body, token, "X-More: 1"), 400, "bad-parameter");
    assert_problem(ask(operation, operation->own, operation->body, token, "Accept: text/csv"), 406, "not-acceptable");
    assert_problem(http_ask(daemon, operation->method, operation->own, operation->body, "Content-Type: text/plain", token, match, NULL),
                   415, "unsupported-media-type");
    if (is_guarded(operation)) {
        assert_problem(ask(operation, operation->absent, operation->body, token, "X-More: 1"), 404, "not-found");
        assert_problem(http_ask(daemon, operation->method, operation->own, operation->body, operation->type, token, NULL), 428,
                       "precondition-required");
        assert_problem(
            http_ask(daemon, operation->method, operation->own, operation->body, operation->type, token, "If-Match: \"x\"", NULL), 412,
            "precondition-failed");
    }
    assert_status(ask(operation, operation->own, operation->body, token, "Idempotency-Key: k"), operation->ok);
    assert_problem(ask(operation, operation->own, operation->other_body, token, "Idempotency-Key: k"), 409, "conflict");
    assert_status(http_ask(daemon, "OPTIONS", operation->own, NULL, NULL), 204);
}
END_TEST

/* ── old ids ────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *rest_of(const struct operation *operation)
{
    return operation->own + strlen("/studies/aurora");
}

/* 301 stands where 404 would: after who asks, before what is asked. */
START_TEST(an_old_id_leads_on_whoever_may_write_and_nothing_is_written)
{
    const struct operation *operation = &operations[_i];
    if (!is_guarded(operation))
        return;
    const char *old = text_format("/studies/aegir-old%s", rest_of(operation)), *now = text_format("/studies/aegir%s", rest_of(operation));
    const char *token = wide_token(operation);
    json_int_t before = int_at(must_get(daemon, "/")->json, "data_version");
    assert_problem(ask(operation, old, operation->body, no_token(operation), "X-More: 1"), 401, "unauthorized");
    assert_problem(ask(operation, old, operation->body, narrow_token(operation), "X-More: 1"), 403, "forbidden");
    if (strcmp(operation->role, "reporter") != 0)
        assert_problem(ask(operation, old, operation->body, token_made(daemon, "reporter", "--programme", "nordlys"), "X-More: 1"), 403,
                       "forbidden");
    const struct answer *const moved[] = {
        ask(operation, old, operation->body, token, "Idempotency-Key: old"),
        ask(operation, text_format("%s?x=1", old), operation->malformed, token, "Idempotency-Key: old"),
        http_ask(daemon, operation->method, old, operation->body, "Content-Type: text/plain", token, NULL),
    };
    for (size_t i = 0; i < sizeof moved / sizeof *moved; i++) {
        assert_status(moved[i], 301);
        assert_header(moved[i], "Location", now);
        assert_header(moved[i], "Cache-Control", "no-store");
        ck_assert_str_eq(moved[i]->body, "");
    }
    ck_assert_int_eq(int_at(must_get(daemon, "/")->json, "data_version"), before);
    assert_status(ask(operation, now, operation->body, token, "Idempotency-Key: old"), operation->ok);
}
END_TEST

/* ── nobody is forgotten ────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(every_operation_that_takes_a_token_is_in_the_table)
{
    struct outcome dumped = studyd_run("--dump-routes", NULL);
    json_t *dump = keep_json(json_loads(dumped.out, 0, NULL)), *route;
    size_t i, found = 0;
    json_array_foreach(json_at(dump, "routes"), i, route)
    {
        if (strcmp(text_at(route, "method"), "GET") == 0 || strcmp(text_at(route, "place"), "machine") == 0)
            continue;
        int at = 0;
        while (at < OPERATIONS && strcmp(operations[at].id, text_at(route, "operationId")) != 0)
            at++;
        ck_assert_msg(at < OPERATIONS, "%s is asked by nobody", text_at(route, "operationId"));
        ck_assert_str_eq(operations[at].role, text_at(route, "role"));
        ck_assert_str_eq(operations[at].method, text_at(route, "method"));
        found++;
    }
    ck_assert_uint_eq(found, OPERATIONS);
}
END_TEST

/* ── reading ────────────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(whoever_reads_needs_no_token_and_a_bad_one_takes_nothing_away)
{
    const char *good = token_made(daemon, "reporter", "--study", "aurora");
    const char *const tokens[] = {good, text_format("%s!", good), "Authorization: Basic YTpi"};
    const struct answer *plain = must_get(daemon, "/studies/borealis");
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        const struct answer *answer = http_get(daemon, "/studies/borealis", tokens[i], NULL);
        assert_status(answer, 200);
        ck_assert_str_eq(answer->body, plain->body);
    }
}
END_TEST

START_TEST(what_is_there_on_the_machine_alone_is_not_there_for_tokens)
{
    const char *editor = token_made(daemon, "editor", "--programme", "nordlys");
    assert_problem(http_ask(daemon, "POST", "/import", "{}", editor, JSON_BODY, NULL), 404, "not-found");
    assert_problem(http_ask(daemon, "POST", "/tokens", "{}", editor, JSON_BODY, NULL), 404, "not-found");
    assert_problem(http_get(daemon, "/tokens", editor, NULL), 404, "not-found");
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("authorization");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_loop_test(tcase, every_cell_is_answered_as_documented, 0, OPERATIONS * CELLS);
    tcase_add_loop_test(tcase, a_token_that_has_expired_is_none, 0, OPERATIONS);
    tcase_add_loop_test(tcase, each_operation_refuses_what_it_says_it_refuses, 0, OPERATIONS);
    tcase_add_loop_test(tcase, an_old_id_leads_on_whoever_may_write_and_nothing_is_written, 0, OPERATIONS);
    tcase_add_test(tcase, every_operation_that_takes_a_token_is_in_the_table);
    tcase_add_test(tcase, whoever_reads_needs_no_token_and_a_bad_one_takes_nothing_away);
    tcase_add_test(tcase, what_is_there_on_the_machine_alone_is_not_there_for_tokens);
    Suite *suite = suite_create("api/authorization");
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
