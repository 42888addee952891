/* SPDX-License-Identifier: GPL-3.0-or-later
 * What HTTP promises of every resource: tags, HEAD, OPTIONS, CORS, codings, media types, methods, and each refusal.
 */
#include <string.h>

#include "api/invented.h"
#include "http.h"

static struct daemon *daemon_both;

static void start(void)
{
    daemon_both = daemon_start(register_of_both(), NULL);
}

static void stop(void)
{
    daemon_stop_shared(daemon_both);
}

/* One target for each operation. */
static const struct operation {
    const char *target, *type;
    bool tagged;
    const char *writes; /* the method by which it is written to; NULL = none */
} operations[] = {
    {"/", "application/json", true},
    {"/programmes", "application/json", true},
    {"/programmes/klinbeforsk", "application/json", true},
    {"/studies?limit=3", "application/json", true},
    {"/studies/aneed", "application/json", true, "PATCH"},
    {"/studies/aneed/recruitment", "application/json", true, "POST"},
    {"/studies/aneed/history", "application/json", true},
    {"/stats/regions", "application/json", true},
    {"/institutions", "application/json", true},
    {"/regions", "application/json", true},
    {"/stats", "application/json", true},
    {"/stats/calls", "application/json", true},
    {"/stats/funding", "application/json", true},
    {"/stats/categories", "application/json", true},
    {"/stats/institutions", "application/json", true},
    {"/stats/leaders", "application/json", true},
    {"/stats/summary", "application/json", true},
    {"/stats/reconciliation", "application/json", true},
    {"/categories", "application/json", true},
    {"/mechanisms", "application/json", true},
    {"/calls", "application/json", true},
    {"/openapi.yaml", "application/yaml", true},
    {"/openapi.json", "application/json", true},
    {"/problems", "application/json", true},
    {"/problems/bad-parameter", "application/json", true},
    {"/health/live", "application/json", false},
    {"/health/ready", "application/json", false},
};

static const char *header_line(const char *name, const char *value)
{
    return text_format("%s: %s", name, value);
}

START_TEST(each_resource_answers)
{
    const struct answer *answer = must_get(daemon_both, operations[_i].target);
    assert_header(answer, "Content-Type", operations[_i].type);
    assert_header(answer, "X-Content-Type-Options", "nosniff");
    assert_header(answer, "Access-Control-Allow-Origin", "*");
    assert_header(answer, "Cache-Control", operations[_i].tagged ? "public, no-cache" : "no-store");
    ck_assert_int_eq(answer_header(answer, "ETag") != NULL, operations[_i].tagged);
}
END_TEST

static const char *allowed(const struct operation *operation)
{
    return operation->writes ? text_format("GET, HEAD, %s, OPTIONS", operation->writes) : "GET, HEAD, OPTIONS";
}

/* ── tags ───────────────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(an_unchanged_resource_answers_304)
{
    const struct operation *operation = &operations[_i];
    const char *tag = answer_header(must_get(daemon_both, operation->target), "ETag");
    if (!operation->tagged)
        return;
    ck_assert_msg(*tag == '"', "the tag is weak: %s", tag);
    const char *const values[] = {tag, text_format("W/%s", tag), text_format("\"other\", %s", tag), "*"};
    for (size_t i = 0; i < 4; i++) {
        const struct answer *answer = http_get(daemon_both, operation->target, header_line("If-None-Match", values[i]), NULL);
        assert_status(answer, 304);
        assert_header(answer, "ETag", tag);
        ck_assert_uint_eq(answer->wire_len, 0);
        assert_status(http_ask(daemon_both, "HEAD", operation->target, NULL, header_line("If-None-Match", values[i]), NULL), 304);
    }
    assert_status(http_get(daemon_both, operation->target, "If-None-Match: \"other\"", NULL), 200);
    assert_status(http_get(daemon_both, operation->target, "If-None-Match: other", NULL), 200);
}
END_TEST

START_TEST(a_304_needs_a_request_that_is_right)
{
    const char *tag = answer_header(must_get(daemon_both, "/studies"), "ETag");
    assert_status(http_get(daemon_both, "/studies?limit=0", header_line("If-None-Match", tag), NULL), 400);
    assert_status(http_get(daemon_both, "/studies/nothing", "If-None-Match: *", NULL), 404);
    /* What is wrong only beside other values is wrong too. */
    assert_status(http_get(daemon_both, "/studies?limit=4&cursor=AAAA", "If-None-Match: *", NULL), 400);
    assert_status(http_get(daemon_both, "/stats/calls?weighting=whole", "If-None-Match: *", NULL), 400);
    assert_status(http_get(daemon_both, "/studies/aneed/recruitment?from=2024-01-01&to=2023-01-01", "If-None-Match: *", NULL), 400);
}
END_TEST

/* The first daemon serves one programme; the second a copy of the same register into which another was imported. */
START_TEST(an_import_changes_the_tags_of_what_it_changed_alone)
{
    static const struct {
        const char *target;
        bool changes;
    } rows[] = {{"/studies", true}, {"/stats/regions", true}, {"/", true}, {"/studies/aneed", false}, {"/openapi.json", false}};
    struct daemon *before = daemon_start(register_of_klinbeforsk(), NULL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *tag = answer_header(must_get(before, rows[i].target), "ETag");
        const struct answer *answer = http_get(daemon_both, rows[i].target, header_line("If-None-Match", tag), NULL);
        assert_status(answer, rows[i].changes ? 200 : 304);
    }
    daemon_stop(before);
}
END_TEST

/* ── HEAD, OPTIONS, CORS ────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(head_says_what_get_says_without_a_body)
{
    static const char *const same[] = {"Content-Type", "Content-Length", "ETag", "Cache-Control", "Vary", "Last-Modified", "Link"};
    const struct answer *get = must_get(daemon_both, operations[_i].target);
    const struct answer *head = http_ask(daemon_both, "HEAD", operations[_i].target, NULL, NULL);
    assert_status(head, 200);
    ck_assert_uint_eq(head->wire_len, 0);
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        const char *a = answer_header(get, same[i]), *b = answer_header(head, same[i]);
        ck_assert_msg(a && b ? strcmp(a, b) == 0 : a == b, "%s: %s with GET, %s with HEAD", same[i], a ? a : "-", b ? b : "-");
    }
}
END_TEST

START_TEST(options_names_the_methods)
{
    const struct answer *answer = http_ask(daemon_both, "OPTIONS", operations[_i].target, NULL, NULL);
    assert_status(answer, 204);
    assert_header(answer, "Allow", allowed(&operations[_i]));
    ck_assert_uint_eq(answer->wire_len, 0);
}
END_TEST

START_TEST(a_page_of_any_origin_may_read)
{
    const struct answer *preflight = http_ask(daemon_both, "OPTIONS", "/studies", NULL, "Origin: https://example.org",
                                              "Access-Control-Request-Method: GET", "Access-Control-Request-Headers: if-none-match", NULL);
    assert_status(preflight, 204);
    assert_header(preflight, "Access-Control-Allow-Origin", "*");
    ck_assert_ptr_nonnull(strstr(answer_header(preflight, "Access-Control-Allow-Methods"), "GET"));
    ck_assert_ptr_nonnull(answer_header(preflight, "Access-Control-Allow-Headers"));
    ck_assert_ptr_nonnull(answer_header(preflight, "Access-Control-Max-Age"));
    static const char *const exposed[] = {"ETag", "Link", "Retry-After", "X-Request-Id", "Location"};
    const struct answer *answer = http_get(daemon_both, "/studies", "Origin: https://example.org", NULL);
    for (size_t i = 0; i < sizeof exposed / sizeof exposed[0]; i++)
        ck_assert_ptr_nonnull(strstr(answer_header(answer, "Access-Control-Expose-Headers"), exposed[i]));
}
END_TEST

START_TEST(options_of_nothing_is_not_found)
{
    assert_problem(http_ask(daemon_both, "OPTIONS", "/nothing", NULL, NULL), 404, "not-found");
}
END_TEST

/* ── codings ────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *value;
    bool gzip;
} codings[] = {
    {"gzip", true},
    {"gzip, deflate, br, zstd", true},
    {"br;q=1.0, gzip;q=0.8, *;q=0.1", true},
    {"*", true},
    {"GZIP", true},
    {"identity", false},
    {"br", false},
    {"gzip;q=0", false},
    {"gzip;q=0, *;q=1", false},
    {"identity;q=1, gzip;q=0.5", false},
    {"", false},
};

START_TEST(an_answer_is_compressed_for_those_who_take_it)
{
    const struct answer *plain = must_get(daemon_both, "/studies?limit=20");
    const struct answer *coded = http_get(daemon_both, "/studies?limit=20", header_line("Accept-Encoding", codings[_i].value), NULL);
    const char *coding = answer_header(coded, "Content-Encoding"), *tag = answer_header(coded, "ETag");
    assert_status(coded, 200);
    ck_assert_uint_eq(coded->body_len, plain->body_len);
    ck_assert_mem_eq(coded->body, plain->body, plain->body_len);
    ck_assert_int_eq(coding && strcmp(coding, "gzip") == 0, codings[_i].gzip);
    ck_assert_int_eq(strcmp(tag, answer_header(plain, "ETag")) != 0, codings[_i].gzip);
    ck_assert_ptr_nonnull(strstr(answer_header(coded, "Vary"), "Accept-Encoding"));
    if (!codings[_i].gzip)
        return;
    ck_assert_uint_lt(coded->wire_len, plain->wire_len / 2);
    const struct answer *again =
        http_get(daemon_both, "/studies?limit=20", "Accept-Encoding: gzip", header_line("If-None-Match", tag), NULL);
    assert_status(again, 304);
    assert_header(again, "ETag", tag);
    /* Who cannot take gzip does not hold it: his tag is another. */
    assert_status(http_get(daemon_both, "/studies?limit=20", header_line("If-None-Match", tag), NULL), 200);
}
END_TEST

START_TEST(a_small_answer_is_not_compressed)
{
    ck_assert_ptr_null(answer_header(http_get(daemon_both, "/health/live", "Accept-Encoding: gzip", NULL), "Content-Encoding"));
    ck_assert_ptr_null(answer_header(http_get(daemon_both, "/studies/aneed?fields=id", "Accept-Encoding: gzip", NULL), "Content-Encoding"));
}
END_TEST

/* ── media types ────────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(a_resource_without_the_type_asked_for_is_not_acceptable)
{
    const struct answer *answer = http_get(daemon_both, operations[_i].target, "Accept: image/png", NULL);
    assert_problem(answer, 406, "not-acceptable");
    ck_assert_ptr_nonnull(strstr(text_at(answer->json, "detail"), operations[_i].type));
}
END_TEST

static const struct {
    const char *accept;
    int status;
} types[] = {
    {"application/json", 200},
    {"application/*", 200},
    {"*/*;q=0.1", 200},
    {"text/html, application/json;q=0.5", 200},
    {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 200},
    {"APPLICATION/JSON; charset=utf-8", 200},
    {"text/html", 406},
    {"text/*", 406},
    {"application/json;q=0", 406},
    {"*/*, application/json;q=0", 406},
    {"application/geo+json", 406},
};

START_TEST(the_accept_header_is_read_as_written)
{
    assert_status(http_get(daemon_both, "/institutions", header_line("Accept", types[_i].accept), NULL), types[_i].status);
}
END_TEST

/* ── refusals ───────────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(each_resource_refuses_a_parameter_it_does_not_know)
{
    const char *mark = strchr(operations[_i].target, '?') ? "&" : "?";
    const struct answer *answer = http_get(daemon_both, text_format("%s%scolour=blue", operations[_i].target, mark), NULL);
    assert_problem(answer, 400, "bad-parameter");
    assert_fault(answer, "colour", NULL);
}
END_TEST

static const char *const methods[] = {"POST", "PUT", "PATCH", "DELETE"};

START_TEST(a_method_that_a_resource_does_not_take_is_refused)
{
    const char *writes = operations[_i].writes;
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        if (writes && strcmp(methods[i], writes) == 0)
            continue;
        const struct answer *bare = http_ask(daemon_both, methods[i], operations[_i].target, NULL, NULL);
        const struct answer *with = http_ask(daemon_both, methods[i], operations[_i].target, "{}", "Content-Type: application/json", NULL);
        assert_problem(bare, 405, "method-not-allowed");
        assert_header(bare, "Allow", allowed(&operations[_i]));
        assert_problem(with, 405, "method-not-allowed");
    }
}
END_TEST

static const char *const strange[] = {"FOO", "get", "TRACE", "CONNECT", "PROPFIND", "Get"};

START_TEST(a_method_that_nobody_knows_is_not_implemented)
{
    assert_problem(http_ask(daemon_both, strange[_i], "/studies", NULL, NULL), 501, "not-implemented");
}
END_TEST

static const char *const nowhere[] = {"/nothing",
                                      "/studies/",
                                      "/studies/aneed/",
                                      "/Studies",
                                      "/stats/nothing",
                                      "/stats/regions/",
                                      "/health",
                                      "/problems/",
                                      "/openapi",
                                      "/favicon.ico",
                                      "/studies/aneed/recruitment/x",
                                      "/index.html"};

START_TEST(an_unknown_address_is_not_found)
{
    const struct answer *answer = http_get(daemon_both, nowhere[_i], NULL);
    assert_problem(answer, 404, "not-found");
    assert_header(answer, "Cache-Control", "no-store");
    assert_status(http_ask(daemon_both, "HEAD", nowhere[_i], NULL, NULL), 404);
    assert_status(http_ask(daemon_both, "POST", nowhere[_i], "x", NULL), 404);
}
END_TEST

static const char *const odd_queries[] = {"/studies?",   "/studies?&",         "/studies?limit=1&",
                                          "/studies?=1", "/studies?&&limit=1", "/health/live?x"};

START_TEST(what_is_left_over_in_a_query_is_refused)
{
    assert_problem(http_get(daemon_both, odd_queries[_i], NULL), 400, "bad-parameter");
}
END_TEST

START_TEST(an_address_of_more_than_4096_bytes_is_too_long)
{
    char *padding = keep(4200);
    memset(padding, 'a', 4200 - 1);
    assert_problem(http_get(daemon_both, text_format("/studies?leader=%.*s", 4096 - 15, padding), NULL), 414, "uri-too-long");
    const struct answer *most = http_get(daemon_both, text_format("/studies?leader=%.*s", 4096 - 16, padding), NULL);
    assert_problem(most, 400, "bad-parameter");
}
END_TEST

START_TEST(an_expectation_other_than_100_continue_cannot_be_met)
{
    assert_problem(http_get(daemon_both, "/studies", "Expect: a-miracle", NULL), 417, "expectation-failed");
    assert_status(http_get(daemon_both, "/studies?limit=1", "Expect: 100-continue", NULL), 200);
}
END_TEST

START_TEST(an_address_that_asks_too_fast_is_told_to_wait)
{
    struct daemon *slow = daemon_start(register_of_klinbeforsk(), "--max-requests-per-second", "3", NULL);
    const struct answer *answer = http_get(slow, "/regions", NULL);
    assert_status(answer, 200);
    for (int i = 0; i < 1000 && answer->status == 200; i++)
        answer = http_get(slow, "/regions", NULL);
    assert_problem(answer, 429, "too-many-requests");
    ck_assert_str_ne(answer_header(answer, "Retry-After"), "0");
    for (int i = 0; i < 20; i++) /* an orchestrator is never told so */
        assert_status(http_get(slow, "/health/live", NULL), 200);
    daemon_stop(slow);
}
END_TEST

START_TEST(an_error_gives_nothing_away)
{
    static const char *const targets[] = {"/studies?limit=0", "/nothing", "/studies/x'--", "/studies?leader='%20OR%201=1",
                                          "/studies?cursor=AAAA"};
    static const char *const secrets[] = {"SELECT", "sqlite", ".c:", "/tmp", "/home", "register-", "jansson", "microhttpd", "0x"};
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        const struct answer *answer = http_get(daemon_both, targets[i], NULL);
        ck_assert_int_ge(answer->status, 400);
        ck_assert_int_lt(answer->status, 500);
        for (size_t j = 0; j < sizeof secrets / sizeof secrets[0]; j++)
            ck_assert_msg(strstr(answer->body, secrets[j]) == NULL, "%s tells %s", targets[i], secrets[j]);
    }
}
END_TEST

START_TEST(each_request_has_an_id_of_its_own)
{
    const struct answer *first = http_get(daemon_both, "/nothing", NULL), *second = http_get(daemon_both, "/nothing", NULL);
    ck_assert_str_ne(text_at(first->json, "request_id"), text_at(second->json, "request_id"));
    assert_header(first, "X-Request-Id", text_at(first->json, "request_id"));
}
END_TEST

/* ── the suite ──────────────────────────────────────────────────────────────────────────────────────────────── */

#define EACH(test, table) tcase_add_loop_test(stories, test, 0, sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("http");
    TCase *stories = tcase_create("every resource");
    tcase_add_unchecked_fixture(stories, start, stop);
    EACH(each_resource_answers, operations);
    EACH(an_unchanged_resource_answers_304, operations);
    tcase_add_test(stories, a_304_needs_a_request_that_is_right);
    tcase_add_test(stories, an_import_changes_the_tags_of_what_it_changed_alone);
    EACH(head_says_what_get_says_without_a_body, operations);
    EACH(options_names_the_methods, operations);
    tcase_add_test(stories, a_page_of_any_origin_may_read);
    tcase_add_test(stories, options_of_nothing_is_not_found);
    EACH(an_answer_is_compressed_for_those_who_take_it, codings);
    tcase_add_test(stories, a_small_answer_is_not_compressed);
    EACH(a_resource_without_the_type_asked_for_is_not_acceptable, operations);
    EACH(the_accept_header_is_read_as_written, types);
    EACH(each_resource_refuses_a_parameter_it_does_not_know, operations);
    EACH(a_method_that_a_resource_does_not_take_is_refused, operations);
    EACH(a_method_that_nobody_knows_is_not_implemented, strange);
    EACH(an_unknown_address_is_not_found, nowhere);
    EACH(what_is_left_over_in_a_query_is_refused, odd_queries);
    tcase_add_test(stories, an_address_of_more_than_4096_bytes_is_too_long);
    tcase_add_test(stories, an_expectation_other_than_100_continue_cannot_be_met);
    tcase_add_test(stories, an_address_that_asks_too_fast_is_told_to_wait);
    tcase_add_test(stories, an_error_gives_nothing_away);
    tcase_add_test(stories, each_request_has_an_id_of_its_own);
    suite_add_tcase(suite, stories);
    return support_run(suite);
}
