/* SPDX-License-Identifier: GPL-3.0-or-later
 * Bytes that break HTTP, clients that are slow, and the end of the daemon under its clients' hands.
 */
#include <signal.h>
#include <string.h>

#include "wire.h"

static struct daemon *daemon_real;

static void start(void)
{
    daemon_real = daemon_start(register_of_klinbeforsk(), NULL);
}

static void stop(void)
{
    daemon_stop_shared(daemon_real);
}

#define SECRET "GET /studies/aneed HTTP/1.1\r\nHost: smuggled\r\n\r\n"

/* ── what breaks HTTP ───────────────────────────────────────────────────────────────────────────────────────── */

enum { SILENT = 0 }; /* closed without an answer */

static const struct vector {
    const char *name, *bytes;
    int status;
    const char *slug; /* NULL = the HTTP library refuses it by itself */
    const char *method, *target;
} vectors[] = {
    /* framing: one message to one reader, two to another */
    {"length beside chunked",
     "POST /studies HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SECRET, 400, "bad-request",
     "POST", "/studies"},
    {"two lengths", "POST /studies HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 47\r\n\r\n" SECRET, 400, "bad-request",
     "POST", "/studies"},
    {"two equal lengths", "POST /studies HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nabcd", 400, "bad-request",
     "POST", "/studies"},
    {"a coding that is not chunked", "POST /studies HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" SECRET, 400,
     "bad-request", "POST", "/studies"},
    {"gzip and chunked", "POST /studies HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400, "bad-request",
     "POST", "/studies"},
    {"two codings", "POST /studies HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
     "bad-request", "POST", "/studies"},
    {"a blank before the colon", "POST /studies HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n" SECRET, 400,
     "bad-request", "POST", "/studies"},
    {"a coding in HTTP/1.0", "POST /studies HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "bad-request", "POST",
     "/studies"},
    {"a body with GET", "GET /studies HTTP/1.1\r\nHost: a\r\nContent-Length: 47\r\n\r\n" SECRET, 400, "bad-request", "GET", "/studies"},
    {"a chunked body with GET", "GET /studies HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SECRET, 400,
     "bad-request", "GET", "/studies"},
    {"a body with HEAD", "HEAD /studies HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", 400, "bad-request", "HEAD", "/studies"},
    {"a length that is no number", "GET /studies HTTP/1.1\r\nHost: a\r\nContent-Length: 4x\r\n\r\n", 400, NULL, "GET", "/studies"},
    {"a negative length", "GET /studies HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400, NULL, "GET", "/studies"},
    {"a signed length", "POST /studies HTTP/1.1\r\nHost: a\r\nContent-Length: +4\r\n\r\nabcd", 400, NULL, "POST", "/studies"},
    /* fields */
    {"two hosts", "GET /studies HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "bad-request", "GET", "/studies"},
    {"two equal hosts", "GET /studies HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, "bad-request", "GET", "/studies"},
    {"an empty host", "GET /studies HTTP/1.1\r\nHost:\r\n\r\n", 400, "bad-request", "GET", "/studies"},
    {"a host with a path", "GET /studies HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, "bad-request", "GET", "/studies"},
    {"no host", "GET /studies HTTP/1.1\r\n\r\n", 400, NULL, "GET", "/studies"},
    {"a control character in a value", "GET /studies HTTP/1.1\r\nHost: a\r\nX: a\001b\r\n\r\n", 400, "bad-request", "GET", "/studies"},
    {"a bad character in a name", "GET /studies HTTP/1.1\r\nHost: a\r\nX(y: 1\r\n\r\n", 400, "bad-request", "GET", "/studies"},
    /* targets */
    {"an encoded NUL", "GET /studies%00/aneed HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad-request", "GET", "/studies"},
    {"an encoded slash", "GET /studies%2Faneed HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad-request", "GET", "/studies"},
    {"encoded dots", "GET /studies/%2e%2e/studies HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad-request", "GET", "/studies"},
    {"an encoded percent", "GET /studies/%252e HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad-request", "GET", "/studies"},
    {"an encoded backslash", "GET /studies/%5c HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad-request", "GET", "/studies"},
    {"a percent alone", "GET /studies/% HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad-request", "GET", "/studies"},
    {"a percent without digits", "GET /studies/%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad-request", "GET", "/studies"},
    {"an empty segment", "GET //studies HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad-request", "GET", "/studies"},
    {"dots", "GET /problems/../studies HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad-request", "GET", "/studies"},
    {"one dot", "GET /./studies HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad-request", "GET", "/studies"},
    {"a backslash", "GET /studies\\aneed HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad-request", "GET", "/studies"},
    {"a fragment", "GET /studies#top HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad-request", "GET", "/studies"},
    {"bytes that are not ASCII", "GET /studies/\xc3\xa5 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad-request", "GET", "/studies"},
    {"a control character in the target", "GET /stud\001ies HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad-request", "GET", "/studies"},
    {"a control character in the query", "GET /studies?limit=\0011 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad-request", "GET", "/studies"},
    {"no slash", "GET studies HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad-request", "GET", "/studies"},
    {"another host in the target", "GET http://b/studies HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad-request", "GET", "/studies"},
    {"the whole server", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad-request", "GET", "*"},
    /* versions and methods */
    {"HTTP/1.2", "GET /studies HTTP/1.2\r\nHost: a\r\n\r\n", 505, "http-version-not-supported", "GET", "/studies"},
    {"HTTP/2.0", "GET /studies HTTP/2.0\r\nHost: a\r\n\r\n", 505, NULL, "GET", "/studies"},
    {"no version", "GET /studies\r\nHost: a\r\n\r\n", 400, NULL, "GET", "/studies"},
    {"an unknown method", "FROBNICATE /studies HTTP/1.1\r\nHost: a\r\n\r\n", 501, "not-implemented", "FROBNICATE", "/studies"},
    /* what the library swallows without a word */
    {"a blank in the target", "GET /stud ies HTTP/1.1\r\nHost: a\r\n\r\n", SILENT, NULL, "GET", "/studies"},
    {"blanks before the request", " GET /studies HTTP/1.1\r\nHost: a\r\n\r\n", SILENT, NULL, "GET", "/studies"},
};

/* Refused as listed, and nothing that follows on the connection is read as a request. */
START_TEST(a_broken_request_is_refused_and_the_connection_ends)
{
    const struct vector *vector = &vectors[_i];
    struct wire *wire = wire_open(daemon_real);
    wire_text(wire, vector->bytes);
    const struct answer *answer = wire_answer(wire, vector->method, vector->target, true);
    if (vector->status == SILENT) {
        ck_assert_msg(answer == NULL, "%s: answered with %d", vector->name, answer->status);
    } else {
        ck_assert_msg(answer != NULL, "%s: no answer", vector->name);
        ck_assert_msg(answer->status == vector->status, "%s: %d %s", vector->name, answer->status, answer->body);
        if (vector->slug && strcmp(vector->method, "HEAD") != 0)
            assert_problem(answer, vector->status, vector->slug);
        if (vector->slug)
            ck_assert_msg(wire_closed(wire, 20), "%s: more came, or the connection stayed open", vector->name);
    }
    wire_close(wire);
    must_get(daemon_real, "/health/live");
}
END_TEST

/* The library joins the folded line to the name, so the field has no blank: a name that no field has. It must not become a value. */
START_TEST(a_folded_field_is_never_a_second_value)
{
    struct wire *wire = wire_open(daemon_real);
    wire_text(wire, "GET /studies?limit=1 HTTP/1.1\r\nHost: a\r\nAccept: image/png,\r\n application/json\r\n\r\n");
    const struct answer *answer = wire_answer(wire, "GET", "/studies?limit=1", true);
    ck_assert_ptr_nonnull(answer);
    ck_assert_int_ge(answer->status, 400);
    wire_close(wire);
}
END_TEST

static const char *fields(int count)
{
    const char *text = "GET /studies?limit=1 HTTP/1.1\r\nHost: a\r\n";
    for (int i = 1; i < count; i++)
        text = text_format("%sX-%d: 1\r\n", text, i);
    return text_format("%s\r\n", text);
}

START_TEST(sixty_four_fields_are_read_and_one_more_is_too_many)
{
    struct wire *wire = wire_open(daemon_real);
    wire_text(wire, fields(64));
    assert_status(wire_answer(wire, "GET", "/studies?limit=1", false), 200);
    wire_text(wire, fields(65));
    assert_problem(wire_answer(wire, "GET", "/studies?limit=1", false), 431, "headers-too-large");
    ck_assert(wire_closed(wire, 20));
    wire_close(wire);
}
END_TEST

static const size_t sizes[] = {5000, 20000, 100000, 4000000};

/* Beyond the memory of a connection the library answers by itself, or closes. */
START_TEST(an_endless_target_or_head_is_cut)
{
    char *padding = keep(sizes[_i] + 1);
    memset(padding, 'a', sizes[_i]);
    const char *const heads[] = {text_format("GET /%s HTTP/1.1\r\nHost: a\r\n\r\n", padding),
                                 text_format("GET /studies HTTP/1.1\r\nHost: a\r\nX: %s\r\n\r\n", padding),
                                 text_format("GET /studies HTTP/1.1\r\nHost: a\r\n%s: 1\r\n\r\n", padding)};
    for (size_t i = 0; i < 3; i++) {
        struct wire *wire = wire_open(daemon_real);
        wire_text(wire, heads[i]);
        const struct answer *answer = wire_answer(wire, "GET", "/studies", true);
        ck_assert_msg(!answer || (answer->status >= 400 && answer->status < 500) || (answer->status == 200 && sizes[_i] < 16384), "%d",
                      answer ? answer->status : 0);
        wire_close(wire);
    }
    must_get(daemon_real, "/health/live");
}
END_TEST

START_TEST(a_body_that_nobody_reads_is_refused_at_once)
{
    struct wire *wire = wire_open(daemon_real);
    wire_text(wire, "POST /studies HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\nabc");
    assert_problem(wire_answer(wire, "POST", "/studies", false), 405, "method-not-allowed");
    ck_assert(wire_closed(wire, 20));
    wire_close(wire);
}
END_TEST

/* ── what is unusual and right ──────────────────────────────────────────────────────────────────────────────── */

START_TEST(a_request_may_come_byte_by_byte)
{
    static const char request[] = "GET /studies?limit=1&fields=id HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\n\r\n";
    struct wire *wire = wire_open(daemon_real);
    for (size_t i = 0; i < sizeof request - 1; i++)
        wire_send(wire, request + i, 1);
    assert_status(wire_answer(wire, "GET", "/studies?limit=1&fields=id", false), 200);
    wire_close(wire);
}
END_TEST

START_TEST(requests_may_be_sent_ahead_and_are_answered_in_order)
{
    struct wire *wire = wire_open(daemon_real);
    wire_text(
        wire,
        "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\nHEAD /studies HTTP/1.1\r\nHost: a\r\n\r\nGET /nothing HTTP/1.1\r\nHost: a\r\n\r\n"
        "GET /regions HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_status(wire_answer(wire, "GET", "/health/live", false), 200);
    assert_status(wire_answer(wire, "HEAD", "/studies", false), 200);
    assert_status(wire_answer(wire, "GET", "/nothing", false), 404);
    assert_status(wire_answer(wire, "GET", "/regions", false), 200);
    wire_close(wire);
}
END_TEST

START_TEST(a_target_may_name_the_server)
{
    struct wire *wire = wire_open(daemon_real);
    wire_text(wire, "GET http://data.example.org/regions HTTP/1.1\r\nHost: data.example.org\r\n\r\nOPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_status(wire_answer(wire, "GET", "/regions", false), 200);
    assert_status(wire_answer(wire, "OPTIONS", "*", false), 204);
    wire_close(wire);
}
END_TEST

START_TEST(http_1_0_is_served_and_closed)
{
    struct wire *wire = wire_open(daemon_real);
    wire_text(wire, "GET /regions HTTP/1.0\r\n\r\n");
    assert_status(wire_answer(wire, "GET", "/regions", false), 200);
    ck_assert(wire_closed(wire, 20));
    wire_close(wire);
}
END_TEST

START_TEST(an_error_between_requests_does_not_end_the_connection)
{
    struct wire *wire = wire_open(daemon_real);
    static const char *const targets[] = {"/nothing", "/studies?limit=0", "/studies/nothing", "/regions"};
    static const int statuses[] = {404, 400, 404, 200};
    for (size_t i = 0; i < 4; i++) {
        wire_text(wire, text_format("GET %s HTTP/1.1\r\nHost: a\r\n\r\n", targets[i]));
        assert_status(wire_answer(wire, "GET", targets[i], false), statuses[i]);
    }
    wire_close(wire);
}
END_TEST

/* ── deadlines ──────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *name, *bytes;
} slow[] = {
    {"says nothing", ""},
    {"stops in the request line", "GET /stu"},
    {"stops in the head", "GET /studies HTTP/1.1\r\nHost: a\r\n"},
    {"rests after a request", "GET /regions HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"speaks another protocol", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"},
};

START_TEST(a_client_that_keeps_the_daemon_waiting_is_closed)
{
    struct daemon *strict = daemon_start(register_of_klinbeforsk(), "--header-timeout", "300ms", NULL);
    struct wire *wire = wire_open(strict);
    wire_text(wire, slow[_i].bytes);
    if (_i == 3)
        assert_status(wire_answer(wire, "GET", "/regions", false), 200);
    ck_assert_msg(wire_closed(wire, 20), "a client that %s is not closed", slow[_i].name);
    wire_close(wire);
    must_get(strict, "/health/ready");
    daemon_stop(strict);
}
END_TEST

START_TEST(a_client_that_drips_is_closed_for_all_its_bytes)
{
    struct daemon *strict = daemon_start(register_of_klinbeforsk(), "--header-timeout", "300ms", NULL);
    struct wire *wire = wire_open(strict);
    wire_text(wire, "GET /studies HTTP/1.1\r\nHost: a\r\n");
    bool closed = false;
    for (int i = 0; i < 600 && !closed; i++) { /* a field every 100 ms, for a minute at most */
        wire_text(wire, text_format("X-%d: 1\r\n", i));
        closed = wire_closed_within(wire, 100);
    }
    ck_assert(closed);
    wire_close(wire);
    daemon_stop(strict);
}
END_TEST

/* ── the end ────────────────────────────────────────────────────────────────────────────────────────────────── */

#define CLIENTS 64

static void ask(struct wire *wire, const char *target)
{
    wire_text(wire, text_format("GET %s HTTP/1.1\r\nHost: a\r\n\r\n", target));
}

/* SIGTERM, and back when no new connection is taken: from then on every worker drains. One that is refused says less: it may have come
 * to a worker that was just ending its own listening, while the others still took theirs. */
static void begin_drain(struct daemon *daemon)
{
    daemon_signal(daemon, SIGTERM);
    for (int in_turn = 0; in_turn < 8;)
        in_turn = wire_refused(daemon) ? in_turn + 1 : 0;
}

START_TEST(what_was_begun_is_finished)
{
    struct daemon *daemon = daemon_start(register_of_klinbeforsk(), "--drain-grace", "30s", "--drain-timeout", "60s", NULL);
    struct wire *wires[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) {
        wires[i] = wire_open(daemon);
        ask(wires[i], "/regions");
        assert_status(wire_answer(wires[i], "GET", "/regions", false), 200);
        if (i % 4 == 1) /* half a request */
            wire_text(wires[i], "GET /studies?limit=5 HTTP/1.1\r\nHo");
        if (i % 4 == 2) /* a whole one, its answer unread */
            ask(wires[i], "/studies?limit=500");
    }
    begin_drain(daemon);
    for (int i = 0; i < CLIENTS; i++) {
        static const char *const targets[] = {"/studies/aneed", "/studies?limit=5", "/studies?limit=500", "/stats/regions"};
        if (i % 4 == 1)
            wire_text(wires[i], "st: a\r\n\r\n");
        else if (i % 4 != 2)
            ask(wires[i], targets[i % 4]);
        const struct answer *answer = wire_answer(wires[i], "GET", targets[i % 4], false);
        ck_assert_msg(answer != NULL, "client %d got no answer", i);
        assert_status(answer, 200);
        ck_assert_ptr_nonnull(answer->json);
        if (i % 4 != 2) /* who asked before the end was not told of it */
            assert_header(answer, "Connection", "close");
        else if (!answer_header(answer, "Connection"))
            ask(wires[i], "/regions");
    }
    for (int i = 0; i < CLIENTS; i++) {
        if (i % 4 == 2)
            (void)wire_answer(wires[i], "GET", "/regions", false);
        ck_assert_msg(wire_closed(wires[i], 20), "client %d is still open", i);
        wire_close(wires[i]);
    }
    daemon_wait(daemon);
}
END_TEST

START_TEST(while_it_ends_it_is_not_ready_but_lives)
{
    struct daemon *daemon = daemon_start(register_of_klinbeforsk(), "--drain-grace", "30s", "--drain-timeout", "60s", NULL);
    struct wire *ready = wire_open(daemon), *live = wire_open(daemon);
    ask(ready, "/health/ready");
    assert_status(wire_answer(ready, "GET", "/health/ready", false), 200);
    ask(live, "/health/live");
    assert_status(wire_answer(live, "GET", "/health/live", false), 200);
    begin_drain(daemon);
    ask(ready, "/health/ready");
    const struct answer *answer = wire_answer(ready, "GET", "/health/ready", false);
    assert_problem(answer, 503, "unavailable");
    ck_assert_ptr_nonnull(answer_header(answer, "Retry-After"));
    assert_header(answer, "Connection", "close");
    ask(live, "/health/live");
    assert_status(wire_answer(live, "GET", "/health/live", false), 200);
    wire_close(ready);
    wire_close(live);
    daemon_wait(daemon);
}
END_TEST

START_TEST(clients_that_rest_do_not_hold_up_the_end)
{
    struct daemon *daemon = daemon_start(register_of_klinbeforsk(), "--drain-grace", "100ms", "--header-timeout", "1000s", NULL);
    struct wire *wires[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) {
        wires[i] = wire_open(daemon);
        if (i % 2)
            continue; /* has never said anything */
        ask(wires[i], "/regions");
        assert_status(wire_answer(wires[i], "GET", "/regions", false), 200);
    }
    daemon_stop(daemon);
    for (int i = 0; i < CLIENTS; i++) {
        ck_assert(wire_closed(wires[i], 20));
        wire_close(wires[i]);
    }
}
END_TEST

/* ── the suite ──────────────────────────────────────────────────────────────────────────────────────────────── */

#define EACH(stories, test, table) tcase_add_loop_test(stories, test, 0, sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("wire");
    TCase *bytes = tcase_create("bytes"), *time = tcase_create("deadlines"), *end = tcase_create("the end");
    tcase_add_unchecked_fixture(bytes, start, stop);
    EACH(bytes, a_broken_request_is_refused_and_the_connection_ends, vectors);
    tcase_add_test(bytes, a_folded_field_is_never_a_second_value);
    tcase_add_test(bytes, sixty_four_fields_are_read_and_one_more_is_too_many);
    EACH(bytes, an_endless_target_or_head_is_cut, sizes);
    tcase_add_test(bytes, a_body_that_nobody_reads_is_refused_at_once);
    tcase_add_test(bytes, a_request_may_come_byte_by_byte);
    tcase_add_test(bytes, requests_may_be_sent_ahead_and_are_answered_in_order);
    tcase_add_test(bytes, a_target_may_name_the_server);
    tcase_add_test(bytes, http_1_0_is_served_and_closed);
    tcase_add_test(bytes, an_error_between_requests_does_not_end_the_connection);
    EACH(time, a_client_that_keeps_the_daemon_waiting_is_closed, slow);
    tcase_add_test(time, a_client_that_drips_is_closed_for_all_its_bytes);
    tcase_add_test(end, what_was_begun_is_finished);
    tcase_add_test(end, while_it_ends_it_is_not_ready_but_lives);
    tcase_add_test(end, clients_that_rest_do_not_hold_up_the_end);
    suite_add_tcase(suite, bytes);
    suite_add_tcase(suite, time);
    suite_add_tcase(suite, end);
    return support_run(suite);
}
