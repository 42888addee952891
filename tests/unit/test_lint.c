/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support.h"

#include <string.h>

#include "base/arena.h"
#include "server/lint.h"

#define COUNT(table) (int)(sizeof table / sizeof *table)
#define ROOM         12288

static struct arena *arena;

static void setup(void)
{
    arena = arena_new(1 << 20);
}

static void teardown(void)
{
    arena_delete(arena);
}

/* ── the target ─────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *text, *path, *query, *authority; /* path NULL = refused */
} targets[] = {
    {"/", "/", NULL, NULL},
    {"/studies", "/studies", NULL, NULL},
    {"/studies/", "/studies/", NULL, NULL},
    {"/studies?", "/studies", "", NULL},
    {"/studies?a=b?c", "/studies", "a=b?c", NULL},
    {"/a-b_c.d~e!$&'()*+,;=:@", "/a-b_c.d~e!$&'()*+,;=:@", NULL, NULL},
    {"/%C3%A5", "/%C3%A5", NULL, NULL},
    {"/a..b/.c/d.", "/a..b/.c/d.", NULL, NULL},
    {"/...", "/...", NULL, NULL},
    {"*", "*", NULL, NULL},
    {"http://host/studies?x", "/studies", "x", "host"},
    {"HTTPS://host:8080/", "/", NULL, "host:8080"},
    {"http://host", "/", NULL, "host"},
    {"http://host?x", "/", "x", "host"},
    {"http://", "/", NULL, ""},
    {"/studies?leader=\xc3\xa5&x=%zz#", "/studies", "leader=\xc3\xa5&x=%zz#", NULL}, /* told by name later */
    {"", NULL, NULL, NULL},
    {"studies", NULL, NULL, NULL},
    {"?a=b", NULL, NULL, NULL},
    {"**", NULL, NULL, NULL},
    {"ftp://host/", NULL, NULL, NULL},
    {"host:80", NULL, NULL, NULL},
    {"//studies", NULL, NULL, NULL},
    {"/studies//aneed", NULL, NULL, NULL},
    {"http://host//", NULL, NULL, NULL},
    {"/.", NULL, NULL, NULL},
    {"/..", NULL, NULL, NULL},
    {"/./studies", NULL, NULL, NULL},
    {"/studies/../x", NULL, NULL, NULL},
    {"/%2e%2e/x", NULL, NULL, NULL},
    {"/a%2Fb", NULL, NULL, NULL},
    {"/a%5cb", NULL, NULL, NULL},
    {"/a%00b", NULL, NULL, NULL},
    {"/a%1fb", NULL, NULL, NULL},
    {"/a%7Fb", NULL, NULL, NULL},
    {"/a%25b", NULL, NULL, NULL},
    {"/a%", NULL, NULL, NULL},
    {"/a%2", NULL, NULL, NULL},
    {"/a%g0", NULL, NULL, NULL},
    {"/a%0g", NULL, NULL, NULL},
    {"/a#b", NULL, NULL, NULL},
    {"/a\\b", NULL, NULL, NULL},
    {"/a b", NULL, NULL, NULL},
    {"/a\tb", NULL, NULL, NULL},
    {"/a\x7f", NULL, NULL, NULL},
    {"/\xc3\xa5", NULL, NULL, NULL},
    {"/a\"", NULL, NULL, NULL},
    {"/<a>", NULL, NULL, NULL},
    {"/{a}", NULL, NULL, NULL},
    {"/[a]", NULL, NULL, NULL},
    {"/a?b c", NULL, NULL, NULL},
    {"/a?b\tc", NULL, NULL, NULL},
    {"/a?b\rc", NULL, NULL, NULL},
    {"/a?\x7f", NULL, NULL, NULL},
};

static bool same(const char *text, size_t len, const char *wanted)
{
    return !wanted ? text == NULL : text && strlen(wanted) == len && memcmp(text, wanted, len) == 0;
}

START_TEST(a_target_is_parted_or_refused_with_a_reason)
{
    struct target target;
    const char *detail;
    enum api_error error = lint_target(targets[_i].text, strlen(targets[_i].text), &target, &detail);
    ck_assert_msg(error == (targets[_i].path ? API_OK : API_BAD_REQUEST), "%s", targets[_i].text);
    ck_assert_int_eq(detail != NULL, error != API_OK);
    if (error != API_OK)
        return;
    ck_assert(same(target.path, target.path_len, targets[_i].path));
    ck_assert(same(target.query, target.query ? strlen(target.query) : 0, targets[_i].query));
    ck_assert(same(target.authority, target.authority_len, targets[_i].authority));
}
END_TEST

START_TEST(a_target_may_have_4096_bytes)
{
    struct target target;
    const char *detail;
    char *text = keep(4098);
    memset(text, 'a', 4097);
    text[0] = '/';
    ck_assert_int_eq(lint_target(text, 4096, &target, &detail), API_OK);
    ck_assert_int_eq(lint_target(text, 4097, &target, &detail), API_URI_TOO_LONG);
}
END_TEST

/* Paths made of pieces that mislead; the rule is told once more, plainly. */
START_TEST(whatever_is_let_through_reads_alike_for_everyone)
{
    static const char *const pieces[] = {"/",   ".",   "..", "a",  "%", "2", "e",       "f",     "%2e",
                                         "%2F", "%41", "%0", "\\", "?", "#", "http://", "%c3%a5"};
    uint32_t random = 1;
    int passed = 0;
    for (int i = 0; i < 200000; i++) {
        char text[80] = "/";
        size_t len = 1;
        for (int parts = (int)(random >> 29) + 1; parts > 0; parts--) {
            random = random * 1664525u + 1013904223u;
            const char *piece = pieces[(random >> 16) % (sizeof pieces / sizeof *pieces)];
            memcpy(text + len, piece, strlen(piece) + 1);
            len += strlen(piece);
        }
        struct target target;
        const char *detail;
        if (lint_target(text, len, &target, &detail) != API_OK)
            continue;
        const char *path = text_format("%.*s/", (int)target.path_len, target.path);
        passed++;
        ck_assert_msg(!strstr(path, "/../") && !strstr(path, "/./") && !strpbrk(path, "\\#? "), "%s", text);
        ck_assert_msg(!strstr(path, "%2e") && !strstr(path, "%2F"), "%s", text);
        ck_assert_msg(!strstr(path, "//") || strstr(path, "//") == path + strlen(path) - 2, "%s", text);
    }
    ck_assert_int_gt(passed, 1000);
}
END_TEST

/* ── the fields ─────────────────────────────────────────────────────────────────────────────────────────────── */

#define FIELDS 4
static const struct {
    const char *method, *version, *fields[FIELDS]; /* "Name: value"; Host is there by itself unless the first field is "-" */
    enum api_error error;
    bool body;
} heads[] = {
    {"GET", "HTTP/1.1", {NULL}, API_OK, false},
    {"HEAD", "HTTP/1.1", {NULL}, API_OK, false},
    {"OPTIONS", "HTTP/1.0", {"-"}, API_OK, false},
    {"GET", "HTTP/1.1", {"Content-Length: 0"}, API_OK, false},
    {"GET", "HTTP/1.1", {"Content-Length: 000"}, API_OK, false},
    {"POST", "HTTP/1.1", {"Content-Length: 5"}, API_OK, true},
    {"POST", "HTTP/1.1", {"Transfer-Encoding: chunked"}, API_OK, true},
    {"PUT", "HTTP/1.1", {"transfer-encoding: Chunked"}, API_OK, true},
    {"GET", "HTTP/1.1", {"Expect: 100-Continue"}, API_OK, false},
    {"GET", "HTTP/1.1", {"X: \xe5 \t tab"}, API_OK, false},
    {"GET", "HTTP/1.1", {"!#$%&'*+-.^_`|~09azAZ: "}, API_OK, false},
    {"GET", "HTTP/1.1", {"-", "Host: host:8080"}, API_OK, false},
    {"GET", "HTTP/1.1", {"-", "Host: [::1]:8080"}, API_OK, false},
    {"GET", "HTTP/1.1", {"-", "Host: host:"}, API_OK, false},
    {"GET", "HTTP/1.2", {NULL}, API_VERSION_NOT_SUPPORTED, false},
    {"BREW", "HTTP/2.0", {NULL}, API_VERSION_NOT_SUPPORTED, false},
    {"BREW", "HTTP/1.1", {NULL}, API_NOT_IMPLEMENTED, false},
    {"get", "HTTP/1.1", {NULL}, API_NOT_IMPLEMENTED, false},
    {"TRACE", "HTTP/1.1", {NULL}, API_NOT_IMPLEMENTED, false},
    {"CONNECT", "HTTP/1.1", {NULL}, API_NOT_IMPLEMENTED, false},
    {"", "HTTP/1.1", {NULL}, API_NOT_IMPLEMENTED, false},
    {"GET", "HTTP/1.1", {"Content-Length: 5"}, API_BAD_REQUEST, true},
    {"GET", "HTTP/1.1", {"Transfer-Encoding: chunked"}, API_BAD_REQUEST, true},
    {"OPTIONS", "HTTP/1.1", {"Content-Length: 1"}, API_BAD_REQUEST, true},
    {"POST", "HTTP/1.1", {"Content-Length: 5", "Content-Length: 5"}, API_BAD_REQUEST, false},
    {"POST", "HTTP/1.1", {"Content-Length: 5", "content-length: 6"}, API_BAD_REQUEST, false},
    {"POST", "HTTP/1.1", {"Content-Length: 5", "Transfer-Encoding: chunked"}, API_BAD_REQUEST, false},
    {"POST", "HTTP/1.1", {"Content-Length: 0", "Transfer-Encoding: chunked"}, API_BAD_REQUEST, false},
    {"POST", "HTTP/1.1", {"Content-Length: +5"}, API_BAD_REQUEST, false},
    {"POST", "HTTP/1.1", {"Content-Length: 0x5"}, API_BAD_REQUEST, false},
    {"POST", "HTTP/1.1", {"Content-Length: 5, 5"}, API_BAD_REQUEST, false},
    {"POST", "HTTP/1.1", {"Content-Length: "}, API_BAD_REQUEST, false},
    {"POST", "HTTP/1.1", {"Content-Length: 18446744073709551616"}, API_BAD_REQUEST, false},
    {"POST", "HTTP/1.1", {"Transfer-Encoding: chunked", "Transfer-Encoding: chunked"}, API_BAD_REQUEST, false},
    {"POST", "HTTP/1.1", {"Transfer-Encoding: gzip, chunked"}, API_BAD_REQUEST, false},
    {"POST", "HTTP/1.1", {"Transfer-Encoding: xchunked"}, API_BAD_REQUEST, false},
    {"POST", "HTTP/1.1", {"Transfer-Encoding: identity"}, API_BAD_REQUEST, false},
    {"POST", "HTTP/1.0", {"Transfer-Encoding: chunked"}, API_BAD_REQUEST, false},
    {"GET", "HTTP/1.1", {"Transfer-Encoding : chunked"}, API_BAD_REQUEST, false},
    {"GET", "HTTP/1.1", {"Host: again"}, API_BAD_REQUEST, false},
    {"GET", "HTTP/1.1", {"-", "Host: "}, API_BAD_REQUEST, false},
    {"GET", "HTTP/1.1", {"-", "Host: a/b"}, API_BAD_REQUEST, false},
    {"GET", "HTTP/1.1", {"-", "Host: a@b"}, API_BAD_REQUEST, false},
    {"GET", "HTTP/1.1", {"-", "Host: a b"}, API_BAD_REQUEST, false},
    {"GET", "HTTP/1.1", {"-", "Host: a:8x"}, API_BAD_REQUEST, false},
    {"GET", "HTTP/1.1", {"-", "Host: a:123456"}, API_BAD_REQUEST, false},
    {"GET", "HTTP/1.1", {"-", "Host: :80"}, API_BAD_REQUEST, false},
    {"GET", "HTTP/1.1", {"-", "Host: [::1"}, API_BAD_REQUEST, false},
    {"GET", "HTTP/1.1", {"-", "Host: []"}, API_BAD_REQUEST, false},
    {"GET", "HTTP/1.1", {"-", "Host: [::1]x"}, API_BAD_REQUEST, false},
    {"GET", "HTTP/1.1", {"X Y: a"}, API_BAD_REQUEST, false},
    {"GET", "HTTP/1.1", {": a"}, API_BAD_REQUEST, false},
    {"GET", "HTTP/1.1", {"X\x01: a"}, API_BAD_REQUEST, false},
    {"GET", "HTTP/1.1", {"X\xe5: a"}, API_BAD_REQUEST, false},
    {"GET", "HTTP/1.1", {"X: a\rb"}, API_BAD_REQUEST, false},
    {"GET", "HTTP/1.1", {"X: a\x01"}, API_BAD_REQUEST, false},
    {"GET", "HTTP/1.1", {"X: a\x7f"}, API_BAD_REQUEST, false},
    {"POST", "HTTP/1.1", {"Authorization: Bearer a"}, API_OK, false},
    {"POST", "HTTP/1.1", {"Authorization: Bearer a", "authorization: Bearer a"}, API_BAD_REQUEST, false},
    {"POST", "HTTP/1.1", {"Content-Type: application/json", "Content-Type: text/csv"}, API_BAD_REQUEST, false},
    {"POST", "HTTP/1.1", {"Idempotency-Key: a", "Idempotency-Key: b"}, API_BAD_REQUEST, false},
    {"POST", "HTTP/1.1", {"Content-Encoding: gzip", "Content-Encoding: gzip"}, API_OK, false},
    {"GET", "HTTP/1.1", {"Expect: the unexpected"}, API_EXPECTATION_FAILED, false},
    {"GET", "HTTP/1.1", {"Expect: 100-continue", "Expect: 100-continue"}, API_BAD_REQUEST, false},
};

static void add_field(struct head *head, const char *field)
{
    const char *colon = strchr(field, ':'), *value = colon + 2;
    const char *name = keep_bytes(field, (size_t)(colon - field)); /* libmicrohttpd ends names with NUL */
    lint_field(head, name, (size_t)(colon - field), value, strlen(value));
}

static enum api_error verdict(struct head *head, const char *method, const char *version, const char *text)
{
    struct target target;
    const char *detail;
    ck_assert_int_eq(lint_target(text, strlen(text), &target, &detail), API_OK);
    return lint_head(head, method, version, &target, ROOM, &detail);
}

START_TEST(a_head_is_read_alike_by_everyone_or_refused)
{
    struct head head = {.arena = arena};
    const char *const *fields = heads[_i].fields;
    if (fields[0] && strcmp(fields[0], "-") == 0)
        fields++;
    else
        add_field(&head, "Host: host");
    for (int i = 0; i < FIELDS && fields[i]; i++)
        add_field(&head, fields[i]);
    ck_assert_msg(verdict(&head, heads[_i].method, heads[_i].version, "/") == heads[_i].error, "%s",
                  fields[0] ? fields[0] : heads[_i].method);
    ck_assert_int_eq(head.body, heads[_i].body);
}
END_TEST

START_TEST(lists_on_several_lines_are_one_list)
{
    struct head head = {.arena = arena};
    add_field(&head, "Accept: text/csv");
    add_field(&head, "accept: */*");
    add_field(&head, "If-None-Match: \"a\"");
    add_field(&head, "If-None-Match: \"b\"");
    add_field(&head, "X-Forwarded-For: 192.0.2.1");
    add_field(&head, "X-Forwarded-For: 192.0.2.2");
    ck_assert_str_eq(head.accept, "text/csv, */*");
    ck_assert_str_eq(head.if_none_match, "\"a\", \"b\"");
    ck_assert_str_eq(head.forwarded_for, "192.0.2.1, 192.0.2.2");
    add_field(&head, "If-Match: \"a\"");
    add_field(&head, "If-Match: *");
    ck_assert_str_eq(head.if_match, "\"a\", *");
    ck_assert_ptr_null(head.accept_encoding);
    ck_assert_ptr_null(head.authorization);
}
END_TEST

START_TEST(what_a_request_that_writes_says_is_gathered)
{
    struct head head = {.arena = arena};
    add_field(&head, "Host: host");
    add_field(&head, "AUTHORIZATION: Bearer secret");
    add_field(&head, "content-type: application/json");
    add_field(&head, "Idempotency-key: k 1");
    add_field(&head, "Content-Length: 0042");
    ck_assert_int_eq(verdict(&head, "POST", "HTTP/1.1", "/"), API_OK);
    ck_assert_str_eq(head.authorization, "Bearer secret");
    ck_assert_str_eq(head.content_type, "application/json");
    ck_assert_str_eq(head.idempotency_key, "k 1");
    ck_assert(head.body);
    ck_assert_uint_eq(head.body_len, 42);
}
END_TEST

START_TEST(a_target_with_a_host_must_name_the_host)
{
    struct head head = {.arena = arena};
    add_field(&head, "Host: Host:8080");
    ck_assert_int_eq(verdict(&head, "GET", "HTTP/1.1", "http://host:8080/"), API_OK);
    ck_assert_int_eq(verdict(&head, "GET", "HTTP/1.1", "http://host/"), API_BAD_REQUEST);
    ck_assert_int_eq(verdict(&head, "GET", "HTTP/1.1", "http://other:8080/"), API_BAD_REQUEST);
    struct head none = {.arena = arena};
    ck_assert_int_eq(verdict(&none, "GET", "HTTP/1.0", "http://host/"), API_BAD_REQUEST);
}
END_TEST

START_TEST(only_options_asks_for_the_whole_server)
{
    struct head head = {.arena = arena};
    add_field(&head, "Host: host");
    ck_assert_int_eq(verdict(&head, "OPTIONS", "HTTP/1.1", "*"), API_OK);
    ck_assert_int_eq(verdict(&head, "GET", "HTTP/1.1", "*"), API_BAD_REQUEST);
}
END_TEST

START_TEST(there_may_be_64_fields)
{
    struct head head = {.arena = arena};
    for (int i = 0; i < 64; i++)
        ck_assert(lint_field(&head, "X", 1, "a", 1));
    ck_assert_int_eq(verdict(&head, "GET", "HTTP/1.1", "/"), API_OK);
    ck_assert(!lint_field(&head, "X", 1, "a", 1));
    ck_assert_int_eq(verdict(&head, "GET", "HTTP/1.1", "/"), API_HEADERS_TOO_LARGE);
}
END_TEST

START_TEST(fields_and_parameters_share_the_room)
{
    char *value = keep(ROOM + 1);
    memset(value, 'a', ROOM);
    struct head big = {.arena = arena}, fits = {.arena = arena}, cookies = {.arena = arena};
    lint_field(&big, "X", 1, value, ROOM);
    ck_assert_int_eq(verdict(&big, "GET", "HTTP/1.1", "/"), API_HEADERS_TOO_LARGE);
    lint_field(&fits, "X", 1, value, ROOM - 400);
    ck_assert_int_eq(verdict(&fits, "GET", "HTTP/1.1", "/?a=b"), API_OK);
    ck_assert_int_eq(verdict(&fits, "GET", "HTTP/1.1", "/?a=b&c&d&e&f&g&h"), API_HEADERS_TOO_LARGE);
    for (int i = 0; i + 2 < 600; i += 2)
        memcpy(value + i, "a;", 2);
    value[600] = '\0';
    lint_field(&cookies, "Cookie", 6, value, 600); /* each is a record of its own in the library */
    ck_assert_int_eq(verdict(&cookies, "GET", "HTTP/1.1", "/"), API_HEADERS_TOO_LARGE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lint");
    TCase *tcase = tcase_create("lint");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, a_target_is_parted_or_refused_with_a_reason, 0, COUNT(targets));
    tcase_add_test(tcase, a_target_may_have_4096_bytes);
    tcase_add_test(tcase, whatever_is_let_through_reads_alike_for_everyone);
    tcase_add_loop_test(tcase, a_head_is_read_alike_by_everyone_or_refused, 0, COUNT(heads));
    tcase_add_test(tcase, lists_on_several_lines_are_one_list);
    tcase_add_test(tcase, what_a_request_that_writes_says_is_gathered);
    tcase_add_test(tcase, a_target_with_a_host_must_name_the_host);
    tcase_add_test(tcase, only_options_asks_for_the_whole_server);
    tcase_add_test(tcase, there_may_be_64_fields);
    tcase_add_test(tcase, fields_and_parameters_share_the_room);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
