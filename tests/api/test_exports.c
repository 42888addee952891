/* SPDX-License-Identifier: GPL-3.0-or-later
 * GET /studies as CSV and NDJSON: pages, whole results, and how these end.
 */
#define _GNU_SOURCE
#include <curl/curl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>

#include "api/invented.h"
#include "api/raw.h"
#include "http.h"
#include "wire.h"

static struct daemon *both;

static void start(void)
{
    both = daemon_start(register_of_both(), NULL);
}

static void stop(void)
{
    daemon_stop_shared(both);
}

#define COUNT(table) (int)(sizeof table / sizeof *table)

/* ── registers that were changed by hand ────────────────────────────────────────────────────────────────────── */

static const char *changed_register(const char *change)
{
    const char *path = register_with(NULL);
    sqlite3 *sql;
    ck_assert_int_eq(sqlite3_open(path, &sql), SQLITE_OK);
    char *why = NULL;
    ck_assert_msg(sqlite3_exec(sql, change, NULL, NULL, &why) == SQLITE_OK, "%s", why);
    ck_assert_int_eq(sqlite3_exec(sql, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(sql);
    return path;
}

/* The lines of NDJSON are 80 of some 500 KB: far more than the sockets between hold. */
static const char *fat_register(void)
{
    return changed_register("UPDATE rendered SET json = CAST(json || printf('%500000s', '') AS BLOB)");
}
#define FAT "/studies?format=ndjson"

/* ── counts and headers ─────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *query;
    int total, rows, rows_in_json;
} lists[] = {
    {"", 88, 88, 50},
    {"programme=nordlys", INVENTED_STUDIES, INVENTED_STUDIES, INVENTED_STUDIES},
    {"sort=-name&fields=id,acronym", 88, 88, 50},
    {"call_year=1901", 0, 0, 0},
    {"limit=3", 88, 3, 3},
    {"limit=500", 88, 88, 88},
    {"limit=5&programme=nordlys&sort=leader", INVENTED_STUDIES, 5, 5},
};

START_TEST(counts_stand_in_the_head_of_every_format)
{
    static const char *const formats[] = {"json", "csv", "ndjson"};
    for (int i = 0; i < COUNT(formats); i++) {
        const char *target = text_format("/studies?format=%s%s%s", formats[i], *lists[_i].query ? "&" : "", lists[_i].query);
        bool page = i == 0 || strstr(lists[_i].query, "limit");
        struct answer *answer = must_get(both, target), *head = http_ask(both, "HEAD", target, NULL, NULL);
        assert_header(answer, "X-Total-Count", text_format("%d", lists[_i].total));
        assert_header(answer, "X-Row-Count", text_format("%d", i == 0 ? lists[_i].rows_in_json : lists[_i].rows));
        ck_assert_ptr_nonnull(strstr(answer_header(answer, "Access-Control-Expose-Headers"), "X-Total-Count, X-Row-Count"));
        static const char *const same[] = {"X-Total-Count", "X-Row-Count", "ETag",          "Content-Type",       "Link",
                                           "Last-Modified", "Vary",        "Cache-Control", "Content-Disposition"};
        for (int j = 0; j < COUNT(same); j++)
            ck_assert_pstr_eq(answer_header(head, same[j]), answer_header(answer, same[j]));
        ck_assert_uint_eq(head->wire_len, 0);
        ck_assert_pstr_eq(answer_header(answer, "Transfer-Encoding"), page ? NULL : "chunked");
    }
}
END_TEST

START_TEST(a_file_has_its_name_and_type)
{
    struct answer *csv = http_get(both, "/studies?limit=2", "Accept: text/csv", NULL), *lines = must_get(both, "/studies?format=ndjson");
    assert_header(csv, "Content-Type", "text/csv; charset=utf-8; header=present");
    assert_header(csv, "Content-Disposition", "inline; filename=\"studies.csv\"");
    assert_header(lines, "Content-Type", "application/x-ndjson");
    assert_header(lines, "Content-Disposition", "inline; filename=\"studies.ndjson\"");
    assert_header(http_get(both, "/studies", "Accept: application/x-ndjson", NULL), "Content-Type", "application/x-ndjson");
    assert_header(http_get(both, "/studies?format=json", "Accept: text/csv", NULL), "Content-Type", "application/json");
    assert_problem(http_get(both, "/studies", "Accept: application/ndjson", NULL), 406, "not-acceptable");
}
END_TEST

static const char *const wrong[] = {"/studies?dialect=excel-nb", "/studies?dialect=rfc4180&format=json",
                                    "/studies?dialect=excel-nb&format=ndjson"};

START_TEST(a_dialect_goes_with_csv_alone)
{
    struct answer *answer = http_get(both, wrong[_i], NULL);
    assert_problem(answer, 400, "bad-parameter");
    assert_fault(answer, "dialect", NULL);
}
END_TEST

START_TEST(excel_has_its_mark_its_semicolons_and_its_decimal_commas)
{
    struct answer *answer = must_get(both, "/studies?format=csv&dialect=excel-nb&id=borealis&fields=id,recruitment");
    ck_assert_str_eq(answer->body, "\xef\xbb\xbfid;recruitment_planned;recruitment_included;recruitment_remaining;recruitment_exceeded_by;"
                                   "recruitment_percent;recruitment_as_of\r\nborealis;50;62;0;12;124,0;2024-12-31\r\n");
}
END_TEST

/* ── tags ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *const tagged[] = {"/studies?format=csv", "/studies?format=csv&dialect=excel-nb", "/studies?format=ndjson",
                                     "/studies?format=csv&limit=3", "/studies?format=ndjson&limit=3"};

START_TEST(an_unchanged_table_answers_304)
{
    const char *tag = answer_header(must_get(both, tagged[_i]), "ETag"), *wish = text_format("If-None-Match: %s", tag);
    for (int i = 0; i < 2; i++) {
        struct answer *answer = http_ask(both, i ? "HEAD" : "GET", tagged[_i], NULL, wish, NULL);
        assert_status(answer, 304);
        assert_header(answer, "ETag", tag);
        ck_assert_uint_eq(answer->wire_len, 0);
    }
    for (int other = 0; other < COUNT(tagged); other++) { /* its own form alone */
        bool same = !strstr(tagged[other], "ndjson") == !strstr(tagged[_i], "ndjson") &&
                    !strstr(tagged[other], "excel") == !strstr(tagged[_i], "excel");
        assert_status(http_get(both, tagged[other], wish, NULL), same ? 304 : 200);
    }
    assert_status(http_get(both, "/studies", wish, NULL), 200);
}
END_TEST

/* ── pages ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *link_to(const struct answer *answer, const char *rel)
{
    const char *header = answer_header(answer, "Link"), *end = strstr(header, text_format(">; rel=\"%s\"", rel));
    if (!end)
        return NULL;
    const char *begin = end;
    while (*begin != '<')
        begin--;
    return keep_bytes(begin + 1, (size_t)(end - begin - 1));
}

START_TEST(links_say_the_format_that_a_header_chose)
{
    struct answer *answer = http_get(both, "/studies?dialect=excel-nb&limit=20&fields=id", "Accept: text/csv", NULL);
    ck_assert_int_eq(answer->status, 200);
    ck_assert_ptr_nonnull(strstr(link_to(answer, "self"), "format=csv&dialect=excel-nb"));
    struct answer *next = must_get(both, link_to(answer, "next")); /* without that header */
    ck_assert_int_eq(strncmp(next->body, "\xef\xbb\xbfid\r\n", 7), 0);
}
END_TEST

START_TEST(links_of_a_page_keep_its_format)
{
    const char *target = "/studies?format=csv&dialect=excel-nb&limit=20&fields=id&sort=name";
    int pages = 0, rows = 0;
    const char *next = target, *last = NULL;
    for (; next; pages++) {
        struct answer *answer = must_get(both, next);
        ck_assert_ptr_nonnull(strstr(link_to(answer, "first"), "format=csv&dialect=excel-nb"));
        ck_assert_ptr_null(strstr(link_to(answer, "first"), "cursor="));
        ck_assert_int_eq(strncmp(answer->body, "\xef\xbb\xbfid\r\n", 7), 0);
        rows += (int)strtol(answer_header(answer, "X-Row-Count"), NULL, 10);
        last = next;
        next = link_to(answer, "next");
    }
    ck_assert_int_eq(pages, 5);
    ck_assert_int_eq(rows, 88);
    ck_assert_ptr_nonnull(link_to(must_get(both, last), "prev"));
}
END_TEST

/* "x,y,z" of every study. */
static const char *every(const char *member, const char *field)
{
    const json_t *data = json_at(must_get(both, text_format("/studies?limit=500&fields=%s", field))->json, "data"), *row;
    const char *text = "";
    size_t i;
    json_array_foreach(data, i, row)
    {
        char *value = curl_easy_escape(NULL, text_at(row, member), 0);
        text = text_format("%s%s%s", text, *text ? "," : "", value);
        curl_free(value);
    }
    return text;
}

START_TEST(a_long_question_goes_on_from_page_to_page)
{
    const char *next = text_format("/studies?format=csv&limit=20&fields=id&id=%s", every("id", "id"));
    int pages = 0, rows = 0;
    for (; next; pages++) {
        struct answer *answer = must_get(both, next);
        rows += (int)strtol(answer_header(answer, "X-Row-Count"), NULL, 10);
        next = link_to(answer, "next");
    }
    ck_assert_int_eq(pages, 5);
    ck_assert_int_eq(rows, 88);
}
END_TEST

/* A table has its links in the head alone: without the next one its pages would seem to end. */
START_TEST(a_page_whose_way_on_does_not_fit_is_refused)
{
    const char *query = text_format("fields=id&id=%s&leader=%s", every("id", "id"), every("leader.name", "leader"));
    static const char *const formats[] = {"csv", "ndjson"};
    for (int i = 0; i < 2; i++) {
        struct answer *answer = http_get(both, text_format("/studies?format=%s&limit=20&%s", formats[i], query), NULL);
        assert_problem(answer, 400, "bad-parameter");
        assert_fault(answer, "limit", NULL);
        assert_header(must_get(both, text_format("/studies?format=%s&limit=100&%s", formats[i], query)), "X-Row-Count", "88");
        assert_header(must_get(both, text_format("/studies?format=%s&%s", formats[i], query)), "X-Row-Count", "88");
    }
    ck_assert_ptr_nonnull(text_at(must_get(both, text_format("/studies?limit=20&%s", query))->json, "links.next"));
}
END_TEST

START_TEST(a_cursor_alone_is_a_page_of_fifty)
{
    const char *next = text_at(must_get(both, "/studies?limit=10&sort=name")->json, "links.next"), *cursor = strstr(next, "cursor=");
    static const char *const formats[] = {"csv", "ndjson"};
    for (int i = 0; i < 2; i++) { /* of any format: a cursor belongs to the question, not to its form */
        struct answer *answer = must_get(both, text_format("/studies?sort=name&format=%s&%s", formats[i], cursor));
        assert_header(answer, "X-Row-Count", "50");
        ck_assert_ptr_nonnull(link_to(answer, "next"));
        ck_assert_ptr_nonnull(link_to(answer, "prev"));
        const char *more = strstr(link_to(answer, "next"), "cursor=");
        struct answer *json = must_get(both, text_format("/studies?sort=name&limit=50&%s", more));
        ck_assert_uint_eq(json_array_size(json_at(json->json, "data")), 28);
        assert_problem(http_get(both, text_format("/studies?sort=-name&format=%s&%s", formats[i], cursor), NULL), 400, "bad-parameter");
    }
}
END_TEST

START_TEST(a_limit_that_is_the_usual_one_is_still_a_limit)
{
    struct answer *page = must_get(both, "/studies?format=ndjson&limit=50"), *whole = must_get(both, "/studies?format=ndjson");
    assert_header(page, "X-Row-Count", "50");
    assert_header(whole, "X-Row-Count", "88");
    ck_assert_ptr_nonnull(strstr(link_to(page, "self"), "limit=50"));
    ck_assert_int_eq(int_at(must_get(both, "/studies")->json, "meta.limit"), 50);
}
END_TEST

START_TEST(a_page_is_compressed_and_a_whole_result_is_not)
{
    struct answer *page = http_get(both, "/studies?format=csv&limit=100", "Accept-Encoding: gzip", NULL),
                  *whole = http_get(both, "/studies?format=csv", "Accept-Encoding: gzip", NULL);
    assert_header(page, "Content-Encoding", "gzip");
    ck_assert_ptr_null(answer_header(whole, "Content-Encoding"));
    ck_assert_uint_eq(page->body_len, whole->body_len);
    ck_assert_mem_eq(page->body, whole->body, whole->body_len);
}
END_TEST

/* ── whole results ──────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(a_connection_goes_on_after_a_whole_result)
{
    static const char two[] =
        "GET /studies?format=ndjson&fields=id&sort=id HTTP/1.1\r\nHost: x\r\n\r\nGET /health/live HTTP/1.1\r\nHost: x\r\n"
        "Connection: close\r\n\r\n";
    struct raw raw = raw_ask(both, "/studies?format=csv&fields=id&sort=id", "1.1");
    ck_assert_int_gt(send(raw.fd, two, strlen(two), MSG_NOSIGNAL), 0);
    raw_take_all(&raw);
    ck_assert(raw_has(&raw, "id\r\naase\r\n") && raw_has(&raw, "{\"id\":\"aase\"}\n") && raw_has(&raw, "\r\n0\r\n\r\nHTTP/1.1 200"));
    ck_assert(raw_has(&raw, "\"status\":\"ok\"") || raw_has(&raw, "live"));
    raw_close(&raw);
}
END_TEST

START_TEST(for_http_1_0_the_end_of_the_connection_is_the_end)
{
    struct raw raw = raw_ask(both, "/studies?format=ndjson&fields=id", "1.0");
    raw_take_all(&raw);
    ck_assert(raw_has(&raw, "X-Row-Count: 88\r\n") && !raw_has(&raw, "Transfer-Encoding"));
    const char *body = strstr(raw.bytes, "\r\n\r\n") + 4;
    int lines = 0;
    for (; (body = strchr(body, '\n')); body++)
        lines++;
    ck_assert_int_eq(lines, 88);
    raw_close(&raw);
}
END_TEST

/* A study whose bytes are gone: the last in the order, so that all before it goes out. */
START_TEST(a_result_that_cannot_be_finished_is_seen_to_be_cut)
{
    struct daemon *daemon =
        daemon_start(changed_register("DELETE FROM rendered WHERE study = (SELECT id FROM study ORDER BY code DESC LIMIT 1)"), NULL);
    size_t len;
    bool whole;
    struct raw raw = raw_ask(daemon, FAT "&sort=id&fields=id", "1.1"), good = raw_ask(daemon, FAT "&sort=id&fields=id&id=aneed", "1.1");
    raw_take_all(&raw);
    char *body = raw_body(&raw, &len, &whole);
    ck_assert(raw_has(&raw, "HTTP/1.1 200") && raw_has(&raw, "X-Row-Count: 80\r\n"));
    ck_assert(!whole);
    free(body);
    while (!raw_has(&good, "\r\n0\r\n\r\n")) /* what is not damaged still is whole */
        ck_assert(raw_take(&good, 4096, PATIENCE_MS));
    const char *line = daemon_log_line(daemon, "\"cut_off\":true");
    ck_assert_msg(strstr(line, "\"level\":\"error\"") && strstr(line, "\"problem\":\"storage-unavailable\""), "%s", line);
    const char *url = text_format("curl -s -o /dev/null 'http://127.0.0.1:%d" FAT "&sort=id'", daemon_port(daemon));
    int status = system(url);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 18, "curl ended with %d", status);
    raw_close(&raw);
    raw_close(&good);
    daemon_stop(daemon);
}
END_TEST

START_TEST(so_many_at_a_time_and_then_503)
{
    struct daemon *daemon = daemon_start(fat_register(), "--max-exports", "2", "--workers", "1", NULL);
    struct raw one = raw_ask(daemon, FAT, "1.1"), two = raw_ask(daemon, FAT, "1.1");
    raw_take_head(&one);
    raw_take_head(&two);
    static const char *const third[] = {FAT, "/studies?format=csv", "/recruitment?format=csv"};
    for (int i = 0; i < COUNT(third); i++) {
        struct answer *answer = http_get(daemon, third[i], NULL);
        assert_problem(answer, 503, "too-many-exports");
        ck_assert_int_gt(strtol(answer_header(answer, "Retry-After"), NULL, 10), 0);
    }
    assert_problem(http_get(daemon, FAT "&limit=0", NULL), 400, "bad-parameter"); /* first what is wrong for good */
    must_get(daemon, "/studies?format=csv&limit=2");                              /* pages do not count, nor does anything else */
    must_get(daemon, "/studies?limit=2&fields=id");
    assert_status(http_get(daemon, "/studies?format=csv", text_format("If-None-Match: %s", "*"), NULL), 304);
    raw_close(&one); /* a client that leaves makes room */
    int status = 503;
    for (int ms = 0; status == 503 && ms < PATIENCE_MS; ms += 20) {
        status = http_get(daemon, "/studies?format=csv&fields=id", NULL)->status;
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    }
    ck_assert_int_eq(status, 200);
    raw_close(&two);
    daemon_log_line(daemon, "\"cut_off\":true");
    daemon_stop(daemon);
}
END_TEST

START_TEST(a_result_of_too_many_rows_is_refused_with_their_number)
{
    struct daemon *daemon = daemon_start(register_of_klinbeforsk(), "--max-rows", "20", NULL);
    static const char *const targets[] = {"/studies?format=csv", "/studies?format=ndjson&category=!cancer",
                                          "/studies?format=csv&sort=-status,name"};
    for (int i = 0; i < COUNT(targets); i++) {
        struct answer *answer = http_get(daemon, targets[i], NULL);
        assert_problem(answer, 400, "bad-parameter");
        assert_fault(answer, "limit", NULL);
        json_int_t total = total_of(daemon, i == 1 ? "/studies?category=!cancer" : "/studies");
        const char *reason = text_at(json_where(json_at(answer->json, "errors"), "name", "limit"), "reason");
        ck_assert_msg(strstr(reason, text_format("the whole result has %lld rows, and at most 20 ", (long long)total)), "%s", reason);
    }
    must_get(daemon, "/studies?format=csv&limit=100"); /* a page */
    assert_header(must_get(daemon, "/studies?format=ndjson&category=cancer"), "X-Row-Count", "20");
    must_get(daemon, "/studies?limit=100");
    daemon_stop(daemon);
}
END_TEST

START_TEST(a_client_that_takes_nothing_is_cut)
{
    struct daemon *daemon = daemon_start(fat_register(), "--send-timeout", "300ms", "--workers", "1", NULL);
    struct raw raw = raw_ask(daemon, FAT, "1.1");
    size_t len;
    bool whole;
    raw_take_head(&raw);
    const char *line = daemon_log_line(daemon, "\"cut_off\":true");
    ck_assert_msg(strstr(line, "\"route\":\"/studies\"") && strstr(line, "\"rows\":"), "%s", line);
    raw_take_all(&raw);
    free(raw_body(&raw, &len, &whole));
    ck_assert(raw.closed && !whole);
    ck_assert_uint_lt(len, 40000000u);
    raw_close(&raw);
    daemon_stop(daemon);
}
END_TEST

/* Slower in all than --send-timeout, never so slow at one piece. */
START_TEST(a_client_that_goes_on_taking_is_not_cut)
{
    struct daemon *daemon = daemon_start(fat_register(), "--send-timeout", "3s", "--workers", "1", NULL);
    struct raw raw = raw_ask(daemon, FAT, "1.1");
    size_t len, pause = 3u << 20, taken = 0;
    bool whole;
    struct timespec begun, ended;
    clock_gettime(CLOCK_MONOTONIC, &begun);
    for (; raw_take(&raw, 1 << 16, PATIENCE_MS) && !(raw.len > 5 && memcmp(raw.bytes + raw.len - 5, "0\r\n\r\n", 5) == 0);) {
        if (raw.len - taken < pause)
            continue;
        taken = raw.len;
        nanosleep(&(struct timespec){.tv_nsec = 250000000}, NULL);
    }
    clock_gettime(CLOCK_MONOTONIC, &ended);
    free(raw_body(&raw, &len, &whole));
    ck_assert_msg(whole, "cut after %zu bytes", len);
    ck_assert_uint_gt(len, 40000000u);
    ck_assert_int_gt((ended.tv_sec - begun.tv_sec) * 1000 + (ended.tv_nsec - begun.tv_nsec) / 1000000, 3000);
    const char *line = daemon_log_line(daemon, "\"route\":\"/studies\"");
    ck_assert_msg(strstr(line, "\"rows\":80") && strstr(line, text_format("\"bytes\":%zu", len)) && !strstr(line, "cut_off"), "%s", line);
    raw_close(&raw);
    daemon_stop(daemon);
}
END_TEST

START_TEST(a_result_that_takes_too_long_is_cut)
{
    struct daemon *daemon = daemon_start(fat_register(), "--export-timeout", "400ms", "--workers", "1", NULL);
    struct raw raw = raw_ask(daemon, FAT, "1.1");
    size_t len;
    bool whole;
    while (raw_take(&raw, 1 << 14, PATIENCE_MS))
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL); /* 40 MB take more than five seconds */
    free(raw_body(&raw, &len, &whole));
    ck_assert(raw.closed && !whole);
    const char *line = daemon_log_line(daemon, "\"cut_off\":true");
    ck_assert_msg(strstr(line, "\"level\":\"warn\"") && strstr(line, "--export-timeout"), "%s", line);
    raw_close(&raw);
    daemon_stop(daemon);
}
END_TEST

START_TEST(others_are_answered_beside_a_client_that_takes_nothing)
{
    struct daemon *daemon = daemon_start(fat_register(), "--workers", "1", NULL);
    struct raw raw = raw_ask(daemon, FAT, "1.1");
    raw_take_head(&raw);
    for (int i = 0; i < 50; i++)
        must_get(daemon, "/studies?limit=1&fields=id");
    must_get(daemon, "/studies?format=csv&fields=id");
    raw_close(&raw);
    daemon_stop(daemon);
}
END_TEST

/* ── the end of the daemon ──────────────────────────────────────────────────────────────────────────────────── */

START_TEST(a_result_under_way_is_finished_while_draining)
{
    struct daemon *daemon = daemon_start(fat_register(), "--drain-timeout", "60s", "--workers", "1", NULL);
    struct raw raw = raw_ask(daemon, FAT, "1.1");
    size_t len;
    bool whole;
    raw_take_head(&raw);
    daemon_signal(daemon, SIGTERM);
    while (!wire_refused(daemon))
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    raw_take_all(&raw); /* to the end of the connection, which has nothing more to say */
    free(raw_body(&raw, &len, &whole));
    ck_assert(whole);
    ck_assert_uint_gt(len, 40000000u);
    raw_close(&raw);
    daemon_wait(daemon);
}
END_TEST

START_TEST(a_result_that_outlasts_the_drain_is_cut)
{
    struct daemon *daemon = daemon_start(fat_register(), "--drain-timeout", "300ms", "--drain-grace", "0", "--workers", "1", NULL);
    struct raw raw = raw_ask(daemon, FAT, "1.1");
    size_t len;
    bool whole;
    raw_take_head(&raw);
    daemon_stop(daemon);
    raw_take_all(&raw);
    free(raw_body(&raw, &len, &whole));
    ck_assert(raw.closed && !whole);
    raw_close(&raw);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("exports");
    TCase *forms = tcase_create("forms"), *ends = tcase_create("ends");
    tcase_add_unchecked_fixture(forms, start, stop);
    tcase_add_loop_test(forms, counts_stand_in_the_head_of_every_format, 0, COUNT(lists));
    tcase_add_test(forms, a_file_has_its_name_and_type);
    tcase_add_loop_test(forms, a_dialect_goes_with_csv_alone, 0, COUNT(wrong));
    tcase_add_test(forms, excel_has_its_mark_its_semicolons_and_its_decimal_commas);
    tcase_add_loop_test(forms, an_unchanged_table_answers_304, 0, COUNT(tagged));
    tcase_add_test(forms, links_of_a_page_keep_its_format);
    tcase_add_test(forms, links_say_the_format_that_a_header_chose);
    tcase_add_test(forms, a_long_question_goes_on_from_page_to_page);
    tcase_add_test(forms, a_page_whose_way_on_does_not_fit_is_refused);
    tcase_add_test(forms, a_cursor_alone_is_a_page_of_fifty);
    tcase_add_test(forms, a_limit_that_is_the_usual_one_is_still_a_limit);
    tcase_add_test(forms, a_page_is_compressed_and_a_whole_result_is_not);
    tcase_add_test(forms, a_connection_goes_on_after_a_whole_result);
    tcase_add_test(forms, for_http_1_0_the_end_of_the_connection_is_the_end);
    tcase_set_timeout(forms, 120);
    suite_add_tcase(suite, forms);
    tcase_add_test(ends, a_result_that_cannot_be_finished_is_seen_to_be_cut);
    tcase_add_test(ends, so_many_at_a_time_and_then_503);
    tcase_add_test(ends, a_result_of_too_many_rows_is_refused_with_their_number);
    tcase_add_test(ends, a_client_that_takes_nothing_is_cut);
    tcase_add_test(ends, a_client_that_goes_on_taking_is_not_cut);
    tcase_add_test(ends, a_result_that_takes_too_long_is_cut);
    tcase_add_test(ends, others_are_answered_beside_a_client_that_takes_nothing);
    tcase_add_test(ends, a_result_under_way_is_finished_while_draining);
    tcase_add_test(ends, a_result_that_outlasts_the_drain_is_cut);
    tcase_set_timeout(ends, 120);
    suite_add_tcase(suite, ends);
    return support_run(suite);
}
