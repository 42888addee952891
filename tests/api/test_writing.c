/* SPDX-License-Identifier: GPL-3.0-or-later
 * What HTTP promises of everything that is written: who may, in which order a request is refused, that a version is named, that the same
 * key is answered alike, and that bodies are bounded.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "api/writing.h"
#include "wire.h"

#define COUNT(list) ((int)(sizeof(list) / sizeof *(list)))
#define REPORT      "{\"as_of\": \"2025-06-30\", \"regions\": {\"vest\": 45, \"midt\": 20}}"
#define AT_ONCE     16

static struct daemon *daemon_;
static const char *editor, *reporter, *foreigner; /* of the programme; of aurora; of another study */

static void setup(void)
{
    daemon_ = daemon_start(register_to_write(), "--workers", "2", NULL);
    editor = token_made(daemon_, "editor", "--programme", "nordlys");
    reporter = token_made(daemon_, "reporter", "--study", "aurora");
    foreigner = token_made(daemon_, "editor", "--study", "borealis");
}

static void teardown(void)
{
    daemon_stop(daemon_);
}

static struct answer *file_report(const char *study, const char *token, const char *match, const char *body)
{
    return http_ask(daemon_, "POST", recruitment_of(study), body, JSON_BODY, token, match, NULL);
}

/* ── who ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Without what names this very request. */
static const char *body_shown(const struct answer *answer)
{
    json_t *copy = keep_json(json_deep_copy(answer->json));
    json_object_del(copy, "request_id");
    char *text = json_dumps(copy, JSON_SORT_KEYS);
    const char *shown = text_format("%s", text);
    free(text);
    return shown;
}

START_TEST(without_a_valid_token_the_answer_is_one_and_the_same)
{
    const char *revoked = token_made(daemon_, "reporter", "--study", "aurora");
    const char *id = keep_bytes(strchr(revoked, '_') + 1, strcspn(strchr(revoked, '_') + 1, "_"));
    ck_assert_int_eq(studyd_run("token", "revoke", "--db", daemon_db(daemon_), id, NULL).status, 0);
    char *wrong = keep_bytes(reporter, strlen(reporter));
    size_t last = strlen(wrong) - 1;
    wrong[last - 1] = wrong[last - 1] == 'A' ? 'B' : 'A';
    const struct {
        const char *header;
        bool bearer;
    } bad[] = {
        {"X-Nothing: 1", false},
        {"Authorization: Basic YTpi", false},
        {"Authorization: Bearer", true},
        {"Authorization: Bearer x", true},
        {"Authorization: Bearer studyd_1_", true},
        {text_format("%s%s", "Authorization: Bearer studyd_999999_", strrchr(reporter, '_') + 1), true},
        {wrong, true},
        {text_format("%sA", reporter), true},
        {text_format("%s %s", reporter, "b"), true},
        {revoked, true},
    };
    const char *first = NULL;
    for (int i = 0; i < COUNT(bad); i++) {
        const struct answer *answer = file_report("aurora", bad[i].header, ANY, REPORT);
        assert_problem(answer, 401, "unauthorized");
        assert_header(answer, "WWW-Authenticate",
                      bad[i].bearer ? "Bearer realm=\"studyd\", error=\"invalid_token\"" : "Bearer realm=\"studyd\"");
        first = first ? first : body_shown(answer);
        ck_assert_str_eq(body_shown(answer), first);
    }
    ck_assert_int_eq(version_of(daemon_, "aurora"), 1);
}
END_TEST

START_TEST(a_token_is_good_until_it_expires)
{
    struct outcome made = studyd_run("token", "create", "--db", daemon_db(daemon_), "--name", "x", "--role", "reporter", "--study",
                                     "aurora", "--expires", "2020-01-01", NULL);
    if (made.status == 0) { /* the command may refuse a day that is over */
        const char *token = text_format("Authorization: Bearer %.*s", (int)strcspn(made.out, "\n"), made.out);
        assert_problem(file_report("aurora", token, ANY, REPORT), 401, "unauthorized");
    }
    made = studyd_run("token", "create", "--db", daemon_db(daemon_), "--name", "x", "--role", "reporter", "--study", "aurora", "--expires",
                      "2199-01-01", NULL);
    ck_assert_int_eq(made.status, 0);
    const char *token = text_format("authorization: bearer  %.*s", (int)strcspn(made.out, "\n"), made.out);
    assert_status(file_report("aurora", token, ANY, REPORT), 201);
}
END_TEST

START_TEST(no_token_is_ever_logged)
{
    const char *secret = strrchr(reporter, ' ') + 1;
    file_report("aurora", reporter, ANY, REPORT);
    http_get(daemon_, text_format("/studies?access_token=%s", secret), NULL);
    http_get(daemon_, text_format("/%s/%s", secret, secret), NULL);
    http_get(daemon_, "/regions", reporter, NULL);
    daemon_log_line(daemon_, "\"token\":");
    daemon_log_line(daemon_, "\"problem\":\"bad-parameter\"");
    daemon_log_line(daemon_, "\"problem\":\"not-found\"");
    daemon_log_line(daemon_, "\"route\":\"/regions\"");
    const char *log = daemon_log(daemon_);
    ck_assert_ptr_null(strstr(log, secret));
    ck_assert_ptr_null(strstr(log, strrchr(secret, '_')));
}
END_TEST

/* ── the order of refusals ──────────────────────────────────────────────────────────────────────────────────── */

enum { TOKEN, KEY, ROLE, STUDY, ACCEPT, TYPE, MATCH, VERSION, PARAMETER, FORM, CONTENT, STAGES };
static const struct {
    int status;
    const char *slug;
} stages[STAGES] = {
    [TOKEN] = {401, "unauthorized"},
    [KEY] = {400, "bad-request"},
    [ROLE] = {403, "forbidden"},
    [STUDY] = {403, "forbidden"},
    [ACCEPT] = {406, "not-acceptable"},
    [TYPE] = {415, "unsupported-media-type"},
    [MATCH] = {428, "precondition-required"},
    [VERSION] = {412, "precondition-failed"},
    [PARAMETER] = {400, "bad-parameter"},
    [FORM] = {400, "malformed-body"},
    [CONTENT] = {422, "unprocessable"},
};

/* A plan with which this stage is wrong, and everything after it; all before is right. */
static struct answer *wrong_from(int stage)
{
    const char *token = stage <= TOKEN ? "X-Token: 1" : stage <= ROLE ? reporter : stage <= STUDY ? foreigner : editor;
    const char *key = stage <= KEY ? "Idempotency-Key: \xc3\xa5" : "Idempotency-Key: k";
    const char *type = stage <= TYPE ? "Content-Type: text/plain" : JSON_BODY;
    const char *match = stage <= MATCH ? "X-Match: 1" : stage <= VERSION ? "If-Match: \"x\"" : ANY;
    const char *target = stage <= PARAMETER ? "/studies/aurora/plan?x=1" : "/studies/aurora/plan";
    const char *body = stage <= FORM ? "{" : "{\"x\": 1}";
    return http_ask(daemon_, "PUT", target, body, token, key, type, match, stage <= ACCEPT ? "Accept: text/csv" : "Accept: */*", NULL);
}

START_TEST(what_is_wrong_is_said_in_the_order_of_the_contract)
{
    for (int stage = 0; stage < STAGES; stage++)
        assert_problem(wrong_from(stage), stages[stage].status, stages[stage].slug);
    ck_assert_int_eq(version_of(daemon_, "aurora"), 1);
}
END_TEST

START_TEST(a_study_that_is_not_there_is_said_before_the_scope)
{
    assert_problem(file_report("nobody", reporter, ANY, REPORT), 404, "not-found");
    assert_problem(file_report("No_Id", reporter, ANY, REPORT), 404, "not-found");
    assert_problem(file_report("borealis", reporter, ANY, REPORT), 403, "forbidden");
    assert_problem(file_report("aurora", foreigner, ANY, REPORT), 403, "forbidden");
    assert_status(file_report("aurora", editor, ANY, REPORT), 201);
}
END_TEST

/* What is written is never sent elsewhere by the daemon: whoever asked decides. */
START_TEST(an_old_id_is_answered_with_that_of_today)
{
    const struct answer *moved = file_report("aegir-old", editor, ANY, REPORT);
    assert_status(moved, 301);
    assert_header(moved, "Location", "/studies/aegir/recruitment");
    ck_assert_ptr_null(answer_header(moved, "ETag"));
    ck_assert_ptr_nonnull(answer_header(moved, "X-Request-Id"));
    ck_assert_int_eq(version_of(daemon_, "aegir"), 1);
    assert_problem(file_report("aegir-old", reporter, ANY, REPORT), 403, "forbidden");
    assert_status(file_report("aegir-old", editor, "X-Match: 1", "{"), 301);
}
END_TEST

START_TEST(a_study_has_one_spelling)
{
    assert_problem(file_report("%62orealis", reporter, ANY, REPORT), 404, "not-found");
    assert_problem(file_report("%61urora", reporter, ANY, REPORT), 404, "not-found");
    assert_problem(file_report("aurora/", reporter, ANY, REPORT), 400, "bad-request");
    assert_problem(file_report("%61egir-old", editor, ANY, REPORT), 404, "not-found");
}
END_TEST

/* ── the answer ──────────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(what_is_written_is_answered_with_its_new_version)
{
    const char *before = tag_of(daemon_, "aurora");
    const struct answer *answer = http_ask(daemon_, "POST", recruitment_of("aurora"), REPORT, JSON_BODY, reporter,
                                           text_format("If-Match: %s", before), "Accept-Encoding: gzip", NULL);
    assert_status(answer, 201);
    assert_header(answer, "Cache-Control", "no-store");
    assert_header(answer, "ETag", tag_of(daemon_, "aurora"));
    ck_assert_str_ne(before, tag_of(daemon_, "aurora"));
    ck_assert_ptr_nonnull(answer_header(answer, "Location"));
    ck_assert_ptr_nonnull(answer_header(answer, "X-Request-Id"));
    ck_assert_ptr_null(answer_header(answer, "Content-Encoding"));
    ck_assert_ptr_null(answer_header(answer, "Vary"));
    json_t *now = must_get(daemon_, recruitment_of("aurora"))->json;
    ck_assert_int_eq(int_at(now, "included"), 65);
    assert_status(http_get(daemon_, answer_header(answer, "Location"), NULL), 200);
}
END_TEST

START_TEST(a_page_of_any_origin_may_write)
{
    const struct answer *answer =
        http_ask(daemon_, "OPTIONS", recruitment_of("aurora"), NULL, "Origin: https://example.org", "Access-Control-Request-Method: POST",
                 "Access-Control-Request-Headers: authorization, content-type, if-match, idempotency-key", NULL);
    assert_status(answer, 204);
    assert_header(answer, "Allow", "GET, HEAD, POST, OPTIONS");
    assert_header(answer, "Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS");
    static const char *const needed[] = {"Authorization", "Content-Type", "If-Match", "Idempotency-Key"};
    for (int i = 0; i < COUNT(needed); i++)
        ck_assert_ptr_nonnull(strstr(answer_header(answer, "Access-Control-Allow-Headers"), needed[i]));
    assert_header(http_ask(daemon_, "DELETE", recruitment_of("aurora"), NULL, NULL), "Allow", "GET, HEAD, POST, OPTIONS");
}
END_TEST

/* ── If-Match ────────────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(the_tag_of_any_representation_names_the_version)
{
    const struct answer *zipped = http_get(daemon_, "/studies/aurora", "Accept-Encoding: gzip", NULL);
    const char *recruitment = answer_header(must_get(daemon_, recruitment_of("aurora")), "ETag");
    ck_assert_ptr_nonnull(strstr(answer_header(zipped, "ETag"), "-gzip\""));
    assert_problem(file_report("aurora", reporter, text_format("If-Match: W/%s", recruitment), REPORT), 412, "precondition-failed");
    assert_status(file_report("aurora", reporter, text_format("If-Match: \"x\", %s", answer_header(zipped, "ETag")), REPORT), 201);
    assert_problem(file_report("aurora", reporter, text_format("If-Match: %s", recruitment), REPORT), 412, "precondition-failed");
    assert_status(file_report("aurora", reporter, text_format("If-Match: %s", tag_of(daemon_, "aurora")), REPORT), 201);
}
END_TEST

START_TEST(a_version_is_of_no_use_where_no_study_is_named)
{
    const struct answer *answer =
        http_ask(daemon_, "POST", "/recruitment", "study,region,as_of,included\n", "Content-Type: text/csv", editor, ANY, NULL);
    assert_problem(answer, 400, "bad-request");
    ck_assert_str_eq(text_at(answer->json, "remedy"), "Leave the header If-Match out.");
}
END_TEST

START_TEST(what_is_no_tag_is_told_from_a_version_that_is_past)
{
    const char *tag = tag_of(daemon_, "aurora");
    const struct {
        const char *value;
        bool is_tag;
    } cases[] = {
        {"nonsense", false},
        {"\"nonsense\"", false},
        {text_format("W/%s", tag), false},
        {text_format("%.*s", (int)strlen(tag) - 2, tag + 1), false}, /* without its quotes */
        {"\"0000000000000000-dev-1-json-identity\"", true},          /* of another life of the register */
    };
    for (int i = 0; i < COUNT(cases); i++) {
        const struct answer *answer = file_report("aurora", reporter, text_format("If-Match: %s", cases[i].value), REPORT);
        assert_problem(answer, 412, "precondition-failed");
        const char *detail = text_at(answer->json, "detail"), *remedy = text_at(answer->json, "remedy");
        ck_assert_msg(!strstr(detail, "no strong tag") == cases[i].is_tag, "%s: %s", cases[i].value, detail);
        ck_assert_msg(!strstr(detail, "somebody has filed") == !cases[i].is_tag, "%s: %s", cases[i].value, detail);
        ck_assert_msg(!strstr(remedy, "as it came") == cases[i].is_tag, "%s: %s", cases[i].value, remedy);
    }
}
END_TEST

static const char *posted(const char *token, const char *match, const char *key, const char *body)
{
    return text_format("POST /studies/aurora/recruitment HTTP/1.1\r\nHost: a\r\n%s\r\n%s\r\n" JSON_BODY
                       "\r\n%s%sContent-Length: %zu\r\n\r\n%s",
                       token, match, key ? key : "", key ? "\r\n" : "", strlen(body), body);
}

/* Sends all before it reads one. How many were answered with 201; the others with 412. */
static int file_at_once(const char *match, const char *key, const char *bodies[AT_ONCE])
{
    struct wire *wires[AT_ONCE];
    int good = 0;
    for (int i = 0; i < AT_ONCE; i++) {
        wires[i] = wire_open(daemon_);
        wire_text(wires[i], posted(reporter, match, key, REPORT));
    }
    for (int i = 0; i < AT_ONCE; i++) {
        const struct answer *answer = wire_answer(wires[i], "POST", "/studies/aurora/recruitment", false);
        ck_assert_ptr_nonnull(answer);
        ck_assert_msg(answer->status == 201 || answer->status == 412, "%d: %s", answer->status, answer->body);
        good += answer->status == 201;
        bodies[i] = answer->body;
        wire_close(wires[i]);
    }
    return good;
}

START_TEST(of_many_who_have_read_one_version_one_writes)
{
    const char *bodies[AT_ONCE];
    ck_assert_int_eq(file_at_once(text_format("If-Match: %s", tag_of(daemon_, "aurora")), NULL, bodies), 1);
    ck_assert_int_eq(version_of(daemon_, "aurora"), 2);
}
END_TEST

/* ── the idempotency key ─────────────────────────────────────────────────────────────────────────────────────── */

static struct answer *file_keyed(const char *token, const char *key, const char *body)
{
    return http_ask(daemon_, "POST", recruitment_of("aurora"), body, JSON_BODY, token, ANY, text_format("Idempotency-Key: %s", key), NULL);
}

START_TEST(the_same_key_is_answered_alike_and_filed_once)
{
    const struct answer *first = file_keyed(reporter, "a key", REPORT);
    assert_status(first, 201);
    assert_status(file_keyed(reporter, "another", "{\"as_of\": \"2025-07-31\", \"regions\": {\"vest\": 46, \"midt\": 20}}"), 201);
    const struct answer *again = file_keyed(reporter, "a key", REPORT);
    assert_status(again, 201);
    ck_assert_str_eq(again->body, first->body);
    assert_header(again, "ETag", answer_header(first, "ETag"));
    assert_header(again, "Location", answer_header(first, "Location"));
    ck_assert_int_eq(version_of(daemon_, "aurora"), 3);
}
END_TEST

START_TEST(the_key_is_looked_up_before_everything_but_the_token)
{
    assert_status(file_keyed(reporter, "k", REPORT), 201);
    const struct answer *again = http_ask(daemon_, "POST", recruitment_of("aurora"), REPORT, reporter, "Idempotency-Key: k", JSON_BODY,
                                          "If-Match: \"old\"", "Accept: text/csv", NULL);
    assert_status(again, 201);
    assert_problem(http_ask(daemon_, "POST", recruitment_of("aurora"), REPORT, "Idempotency-Key: k", JSON_BODY, ANY, NULL), 401,
                   "unauthorized");
}
END_TEST

START_TEST(a_key_used_for_something_else_is_a_conflict)
{
    assert_status(file_keyed(reporter, "k", REPORT), 201);
    assert_problem(file_keyed(reporter, "k", REPORT " "), 409, "conflict");
    assert_problem(http_ask(daemon_, "POST", "/studies/borealis/recruitment", REPORT, JSON_BODY, reporter, ANY, "Idempotency-Key: k", NULL),
                   409, "conflict");
    assert_problem(
        http_ask(daemon_, "POST", "/studies/aurora/recruitment?x=1", REPORT, JSON_BODY, reporter, ANY, "Idempotency-Key: k", NULL), 409,
        "conflict");
    assert_problem(http_ask(daemon_, "PUT", "/studies/aurora/plan", REPORT, JSON_BODY, reporter, ANY, "Idempotency-Key: k", NULL), 409,
                   "conflict");
    ck_assert_int_eq(version_of(daemon_, "aurora"), 2);
}
END_TEST

START_TEST(the_same_bytes_of_another_type_are_another_request)
{
    static const char rows[] = "study,as_of,region,included\naurora,2025-06-30,vest,44\n";
    assert_status(http_ask(daemon_, "POST", "/recruitment", rows, "Content-Type: text/csv", reporter, "Idempotency-Key: k", NULL), 201);
    assert_problem(
        http_ask(daemon_, "POST", "/recruitment", rows, "Content-Type: application/x-ndjson", reporter, "Idempotency-Key: k", NULL), 409,
        "conflict");
    assert_status(
        http_ask(daemon_, "POST", "/recruitment", rows, "Content-Type: Text/CSV; charset=utf-8", reporter, "Idempotency-Key: k", NULL),
        201);
}
END_TEST

START_TEST(a_key_belongs_to_its_token)
{
    assert_status(file_keyed(reporter, "k", REPORT), 201);
    assert_status(file_keyed(editor, "k", REPORT), 201);
    assert_status(socket_ask(daemon_, "POST", recruitment_of("aurora"), REPORT, JSON_BODY, ANY, "Idempotency-Key: k", NULL), 201);
}
END_TEST

START_TEST(what_was_refused_may_be_sent_again_under_its_key)
{
    assert_status(file_keyed(reporter, "k", "{\"as_of\": \"2025-06-30\", \"regions\": {\"vest\": 1}}"), 422);
    assert_status(file_keyed(reporter, "k", REPORT), 201);
}
END_TEST

START_TEST(a_key_sent_many_times_at_once_is_filed_once)
{
    const char *bodies[AT_ONCE];
    ck_assert_int_eq(file_at_once(ANY, "Idempotency-Key: at once", bodies), AT_ONCE);
    for (int i = 1; i < AT_ONCE; i++)
        ck_assert_str_eq(bodies[i], bodies[0]);
    ck_assert_int_eq(version_of(daemon_, "aurora"), 2);
}
END_TEST

START_TEST(a_key_is_of_1_to_255_printable_characters)
{
    char key[257];
    memset(key, 'k', 256);
    key[256] = '\0';
    const struct answer *refused = file_keyed(reporter, key, REPORT);
    assert_problem(refused, 400, "bad-request");
    ck_assert_ptr_nonnull(strstr(text_at(refused->json, "remedy"), "Send a key of such characters"));
    key[255] = '\0';
    assert_status(file_keyed(reporter, key, REPORT), 201);
}
END_TEST

/* ── together ────────────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(one_that_is_refused_takes_nobody_with_it)
{
    static const char *const studies[] = {"aurora", "borealis", "corona", "dagny", "aegir", "ore", "afjord", "aase"};
    struct wire *wires[COUNT(studies)];
    for (int i = 0; i < COUNT(studies); i++) {
        /* Every other one says less than stands. */
        const char *body =
            text_format("{\"as_of\": \"2025-06-30\", \"included\": %d, \"correction\": %s}", i % 2 ? 0 : 70, i % 2 ? "false" : "true");
        wires[i] = wire_open(daemon_);
        wire_text(wires[i], text_format("POST /studies/%s/recruitment HTTP/1.1\r\nHost: a\r\n%s\r\n" ANY "\r\n" JSON_BODY
                                        "\r\nContent-Length: %zu\r\n\r\n%s",
                                        studies[i], editor, strlen(body), body));
    }
    for (int i = 0; i < COUNT(studies); i++) {
        const struct answer *answer = wire_answer(wires[i], "POST", recruitment_of(studies[i]), false);
        ck_assert_ptr_nonnull(answer);
        if (i % 2 == 0)
            ck_assert_msg(answer->status == 201, "%s: %d: %s", studies[i], answer->status, answer->body);
        ck_assert_int_eq(version_of(daemon_, studies[i]), answer->status == 201 ? 2 : 1);
        wire_close(wires[i]);
    }
    ck_assert_int_eq(version_of(daemon_, "borealis"), 1);
}
END_TEST

START_TEST(a_dry_run_writes_nothing_and_keeps_no_answer)
{
    const char *table = "study,region,as_of,included\naurora,vest,2025-06-30,45\n";
    const struct answer *dry =
        http_ask(daemon_, "POST", "/recruitment?dry_run=true", table, "Content-Type: text/csv", editor, "Idempotency-Key: k", NULL);
    ck_assert_msg(dry->status < 300, "%d: %s", dry->status, dry->body);
    ck_assert_int_eq(version_of(daemon_, "aurora"), 1);
    ck_assert_ptr_null(answer_header(dry, "ETag"));
    const struct answer *filed =
        http_ask(daemon_, "POST", "/recruitment", table, "Content-Type: text/csv", editor, "Idempotency-Key: k", NULL);
    assert_status(filed, 201);
    ck_assert_int_eq(version_of(daemon_, "aurora"), 2);
}
END_TEST

/* ── bodies ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *head_of_post(const char *token, const char *more)
{
    return text_format("POST /studies/aurora/recruitment HTTP/1.1\r\nHost: a\r\n%s\r\n" ANY "\r\n" JSON_BODY "\r\n%s\r\n", token, more);
}

START_TEST(a_body_may_come_in_chunks_and_in_pieces)
{
    struct wire *wire = wire_open(daemon_);
    wire_text(wire, head_of_post(reporter, "Transfer-Encoding: chunked\r\n"));
    for (const char *at = REPORT; *at; at++)
        wire_text(wire, text_format("1\r\n%c\r\n", *at));
    wire_text(wire, "0\r\n\r\n");
    assert_status(wire_answer(wire, "POST", "/studies/aurora/recruitment", false), 201);
    wire_text(wire, head_of_post(reporter, text_format("Content-Length: %zu\r\n", strlen(REPORT))));
    for (const char *at = REPORT; *at; at++)
        wire_send(wire, at, 1);
    assert_status(wire_answer(wire, "POST", "/studies/aurora/recruitment", false), 201); /* on the same connection */
    wire_close(wire);
}
END_TEST

START_TEST(a_body_too_large_is_refused_before_or_after_it_came)
{
    struct wire *said = wire_open(daemon_), *unsaid = wire_open(daemon_);
    wire_text(said, head_of_post(reporter, "Content-Length: 100000000\r\n"));
    const struct answer *answer = wire_answer(said, "POST", "/studies/aurora/recruitment", false);
    assert_problem(answer, 413, "payload-too-large");
    assert_header(answer, "Connection", "close");
    ck_assert_ptr_nonnull(strstr(text_at(answer->json, "detail"), "bytes"));
    wire_close(said);
    char *block = keep(100001);
    memset(block, ' ', 100000);
    wire_text(unsaid, head_of_post(reporter, "Transfer-Encoding: chunked\r\n"));
    wire_text(unsaid, text_format("%x\r\n%s\r\n0\r\n\r\n", 100000, block));
    assert_problem(wire_answer(unsaid, "POST", "/studies/aurora/recruitment", false), 413, "payload-too-large");
    wire_text(unsaid, "GET /regions HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_status(wire_answer(unsaid, "GET", "/regions", false), 200);
    wire_close(unsaid);
}
END_TEST

START_TEST(who_asks_first_is_told_before_sending)
{
    struct wire *wire = wire_open(daemon_);
    wire_text(wire, head_of_post("X-Token: 1", "Expect: 100-continue\r\nContent-Length: 1000\r\n"));
    assert_problem(wire_answer(wire, "POST", "/studies/aurora/recruitment", false), 401, "unauthorized"); /* not 100 */
    wire_close(wire);
    wire = wire_open(daemon_);
    wire_text(wire, head_of_post(reporter, text_format("Expect: 100-continue\r\nContent-Length: %zu\r\n", strlen(REPORT))));
    ck_assert_int_eq(wire_answer(wire, "POST", "/studies/aurora/recruitment", false)->status, 100);
    wire_text(wire, REPORT);
    assert_status(wire_answer(wire, "POST", "/studies/aurora/recruitment", false), 201);
    wire_close(wire);
}
END_TEST

START_TEST(a_body_that_nobody_reads_does_not_end_the_connection)
{
    struct wire *wire = wire_open(daemon_);
    for (int i = 0; i < 3; i++) {
        wire_text(wire, posted("X-Token: 1", ANY, NULL, REPORT));
        assert_problem(wire_answer(wire, "POST", "/studies/aurora/recruitment", false), 401, "unauthorized");
    }
    wire_text(wire, posted(reporter, ANY, NULL, REPORT));
    assert_status(wire_answer(wire, "POST", "/studies/aurora/recruitment", false), 201);
    wire_close(wire);
}
END_TEST

START_TEST(a_body_that_does_not_come_ends_the_connection)
{
    struct daemon *hasty = daemon_start(register_to_write(), "--body-timeout", "200ms", NULL);
    const char *token = token_made(hasty, "reporter", "--study", "aurora");
    struct wire *wire = wire_open(hasty);
    wire_text(wire, head_of_post(token, "Content-Length: 100\r\n"));
    wire_text(wire, "{");
    ck_assert(wire_closed(wire, 10));
    wire_close(wire);
    ck_assert_int_eq(version_of(hasty, "aurora"), 1);
    daemon_stop(hasty);
}
END_TEST

START_TEST(who_leaves_before_the_answer_has_filed_all_the_same)
{
    struct wire *wire = wire_open(daemon_);
    wire_text(wire, posted(reporter, ANY, "Idempotency-Key: gone", REPORT));
    wire_close(wire);
    while (version_of(daemon_, "aurora") == 1)
        ;
    assert_status(file_keyed(reporter, "gone", REPORT), 201);
    ck_assert_int_eq(version_of(daemon_, "aurora"), 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("writing");
    TCase *tcase = tcase_create("writing");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, without_a_valid_token_the_answer_is_one_and_the_same);
    tcase_add_test(tcase, a_token_is_good_until_it_expires);
    tcase_add_test(tcase, no_token_is_ever_logged);
    tcase_add_test(tcase, what_is_wrong_is_said_in_the_order_of_the_contract);
    tcase_add_test(tcase, a_study_that_is_not_there_is_said_before_the_scope);
    tcase_add_test(tcase, an_old_id_is_answered_with_that_of_today);
    tcase_add_test(tcase, a_study_has_one_spelling);
    tcase_add_test(tcase, what_is_written_is_answered_with_its_new_version);
    tcase_add_test(tcase, a_page_of_any_origin_may_write);
    tcase_add_test(tcase, the_tag_of_any_representation_names_the_version);
    tcase_add_test(tcase, a_version_is_of_no_use_where_no_study_is_named);
    tcase_add_test(tcase, what_is_no_tag_is_told_from_a_version_that_is_past);
    tcase_add_test(tcase, of_many_who_have_read_one_version_one_writes);
    tcase_add_test(tcase, the_same_key_is_answered_alike_and_filed_once);
    tcase_add_test(tcase, the_key_is_looked_up_before_everything_but_the_token);
    tcase_add_test(tcase, a_key_used_for_something_else_is_a_conflict);
    tcase_add_test(tcase, the_same_bytes_of_another_type_are_another_request);
    tcase_add_test(tcase, a_key_belongs_to_its_token);
    tcase_add_test(tcase, what_was_refused_may_be_sent_again_under_its_key);
    tcase_add_test(tcase, a_key_sent_many_times_at_once_is_filed_once);
    tcase_add_test(tcase, a_key_is_of_1_to_255_printable_characters);
    tcase_add_test(tcase, one_that_is_refused_takes_nobody_with_it);
    tcase_add_test(tcase, a_dry_run_writes_nothing_and_keeps_no_answer);
    tcase_add_test(tcase, a_body_may_come_in_chunks_and_in_pieces);
    tcase_add_test(tcase, a_body_too_large_is_refused_before_or_after_it_came);
    tcase_add_test(tcase, who_asks_first_is_told_before_sending);
    tcase_add_test(tcase, a_body_that_nobody_reads_does_not_end_the_connection);
    tcase_add_test(tcase, a_body_that_does_not_come_ends_the_connection);
    tcase_add_test(tcase, who_leaves_before_the_answer_has_filed_all_the_same);
    tcase_set_timeout(tcase, 120);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
