/* SPDX-License-Identifier: GPL-3.0-or-later
 * Questions that take longer than their worker has time for: they go on in a slow lane, nobody else waits for them, and past their
 * own limit they end with a problem that says how to ask less.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/invented.h"
#include "http.h"
#include "wire.h"

#define STUDIES 3000
#define ASKING  64
#define QUICK   10

/* Every study is looked at for each of these words: at this size some milliseconds, and the engine looks at the clock every few
 * microseconds. */
#define HEAVY "/studies?limit=1&q=title%20OR%20leader%20OR%20kre%2A%20OR%20hje%2A%20OR%20hel%2A%20OR%20sykehus"

/* Tables about the studies of the invented programme: here they have other rows, or none. */
static bool is_emptied(const char *name)
{
    static const char *const emptied[] = {"studies.csv", "awards.csv", "plans.csv", "reports.csv", "aliases.csv", "notes.csv"};
    for (size_t i = 0; i < sizeof emptied / sizeof *emptied; i++)
        if (strcmp(name, emptied[i]) == 0)
            return true;
    return false;
}

static void write_file(const char *folder, const struct invented_file *file)
{
    size_t head = strcspn(file->content, "\n") + 1;
    if (strncmp(file->name, "cards/", 6) != 0)
        file_write(folder, file->name, is_emptied(file->name) ? text_format("%.*s", (int)head, file->content) : file->content);
}

/* A register with so many studies, made once. */
static const char *register_of_many(void)
{
    static const char *made;
    if (made)
        return made;
    const char *folder = text_format("%s/many", support_folder());
    for (size_t i = 0; i < sizeof invented_files / sizeof *invented_files; i++)
        write_file(folder, &invented_files[i]);
    char *studies, *awards;
    size_t len;
    FILE *list = open_memstream(&studies, &len), *grants = open_memstream(&awards, &len);
    fputs("id,acronym,title_nb,title_en,status\n", list);
    fputs("study,kind,call_year,report_code,title,leader,institution,categories,amount_nok,lines\n", grants);
    for (int i = 0; i < STUDIES; i++) {
        fprintf(list, "many-%d,,,,recruiting\n", i);
        fprintf(grants, "many-%d,main,%d,OU,Title %d,Leader %d,%s,%s,%d,1\n", i, 2000 + i % 25, i, i % 97,
                i % 2 ? "Helse Bergen" : "Røst sykehus", i % 3 ? "Kreft" : "Hjernen og nervesystemet", 1000 + i);
    }
    fclose(list);
    fclose(grants);
    file_write(folder, "studies.csv", studies);
    file_write(folder, "awards.csv", awards);
    free(studies);
    free(awards);
    return made = register_with(folder);
}

static void ask(struct wire *wire, const char *target)
{
    wire_text(wire, text_format("GET %s HTTP/1.1\r\nHost: a\r\n\r\n", target));
}

/* Each another question, so that none finds another's answer. */
static const char *heavy(int i)
{
    return text_format("%s%%20OR%%20other%d", HEAVY, i);
}

/* ── what comes of them ─────────────────────────────────────────────────────────────────────────────────────── */

static const char *const questions[] = {
    HEAVY,
    "/studies?limit=500&sort=-amount_nok&institution=helse-bergen",
    "/studies?hospital=rost-sykehus&category=!cancer&fields=id,name",
    "/studies?call_year=2010..2012,2020&status=!completed&limit=20",
    "/stats/summary?category=cancer",
    "/stats/funding?award_call_year=2001..2015&format=csv",
    "/stats/reconciliation",
    "/programmes",
};

START_TEST(an_answer_is_the_same_whoever_computes_it)
{
    struct daemon *roomy = daemon_start(register_of_many(), "--query-slice", "60s", "--workers", "1", NULL);
    struct daemon *hasty = daemon_start(register_of_many(), "--query-slice", "0", "--workers", "1", NULL);
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        const struct answer *here = http_get(roomy, questions[i], NULL), *there = http_get(hasty, questions[i], NULL);
        assert_status(here, 200);
        assert_status(there, 200);
        ck_assert_msg(here->body_len == there->body_len && memcmp(here->body, there->body, here->body_len) == 0, "%s", questions[i]);
        ck_assert_str_eq(answer_header(here, "ETag"), answer_header(there, "ETag"));
        const struct answer *packed = http_get(hasty, questions[i], "Accept-Encoding: gzip", NULL);
        ck_assert(packed->body_len == here->body_len && memcmp(packed->body, here->body, here->body_len) == 0);
        assert_status(http_get(hasty, questions[i], text_format("If-None-Match: %s", answer_header(there, "ETag")), NULL), 304);
    }
    daemon_stop(roomy);
    daemon_stop(hasty);
}
END_TEST

START_TEST(what_takes_too_long_says_how_to_ask_less)
{
    struct daemon *daemon = daemon_start(register_of_many(), "--query-slice", "0", "--query-timeout", "1ms", "--workers", "1", NULL);
    const struct answer *answer = http_get(daemon, HEAVY, NULL);
    assert_problem(answer, 503, "query-timeout");
    ck_assert_ptr_nonnull(strstr(text_at(answer->json, "detail"), "1 ms"));
    ck_assert_ptr_nonnull(strstr(text_at(answer->json, "remedy"), "filter"));
    ck_assert_ptr_nonnull(answer_header(answer, "Retry-After"));
    assert_header(answer, "Cache-Control", "no-store");
    assert_status(http_get(daemon, "/studies/many-7", NULL), 200); /* and nothing is left of it */
    assert_problem(http_get(daemon, HEAVY, NULL), 503, "query-timeout");
    daemon_stop(daemon);
    daemon = daemon_start(register_of_many(), "--query-slice", "60s", "--query-timeout", "1ms", NULL);
    assert_status(http_get(daemon, HEAVY, NULL), 200); /* the worker had time enough */
    daemon_stop(daemon);
}
END_TEST

/* ── who waits for them ─────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(nobody_else_waits_for_them)
{
    struct daemon *daemon =
        daemon_start(register_of_many(), "--query-slice", "0", "--slow-lanes", "1", "--workers", "1", "--query-timeout", "60s", NULL);
    struct wire *wires[ASKING], *quick = wire_open(daemon);
    for (int i = 0; i < ASKING; i++)
        ask(wires[i] = wire_open(daemon), heavy(i));
    /* Each takes a turn of the worker; were the long questions computed there, they would all be answered in the first few. */
    for (int i = 0; i < QUICK; i++) {
        ask(quick, text_format("/studies/many-%d", i));
        assert_status(wire_answer(quick, "GET", text_format("/studies/many-%d", i), false), 200);
    }
    int silent = 0;
    for (int i = 0; i < ASKING; i++)
        silent += wire_is_silent(wires[i]);
    ck_assert_msg(silent > 0, "short questions waited for %d long ones", ASKING);
    for (int i = 0; i < ASKING; i++) {
        const struct answer *answer = wire_answer(wires[i], "GET", heavy(i), false);
        ck_assert_ptr_nonnull(answer);
        assert_status(answer, 200);
        wire_close(wires[i]);
    }
    wire_close(quick);
    daemon_stop(daemon);
}
END_TEST

START_TEST(who_leaves_while_the_lane_works_harms_nobody)
{
    struct daemon *daemon = daemon_start(register_of_many(), "--query-slice", "0", "--slow-lanes", "1", "--workers", "1", NULL);
    for (int i = 0; i < ASKING; i++) {
        struct wire *wire = wire_open(daemon);
        ask(wire, heavy(i));
        wire_close(wire);
    }
    assert_status(http_get(daemon, heavy(ASKING), NULL), 200);
    daemon_stop(daemon);
}
END_TEST

/* ── the end ────────────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(who_waits_at_the_end_is_answered)
{
    struct daemon *daemon = daemon_start(register_of_many(), "--query-slice", "0", "--slow-lanes", "1", "--drain-timeout", "60s",
                                         "--query-timeout", "60s", NULL);
    struct wire *wires[ASKING];
    for (int i = 0; i < ASKING; i++)
        ask(wires[i] = wire_open(daemon), heavy(i));
    assert_status(wire_answer(wires[0], "GET", heavy(0), false), 200); /* they are there */
    daemon_signal(daemon, SIGTERM);
    for (int i = 1; i < ASKING; i++) {
        const struct answer *answer = wire_answer(wires[i], "GET", heavy(i), false);
        ck_assert_msg(answer, "question %d was dropped", i);
        assert_status(answer, 200);
    }
    daemon_wait(daemon);
    for (int i = 0; i < ASKING; i++)
        wire_close(wires[i]);
}
END_TEST

START_TEST(an_end_at_once_does_not_wait_for_lanes)
{
    struct daemon *daemon = daemon_start(register_of_many(), "--query-slice", "0", "--slow-lanes", "1", "--query-timeout", "60s", NULL);
    struct wire *wires[ASKING];
    for (int i = 0; i < ASKING; i++)
        ask(wires[i] = wire_open(daemon), heavy(i));
    assert_status(wire_answer(wires[0], "GET", heavy(0), false), 200);
    daemon_signal(daemon, SIGTERM);
    daemon_signal(daemon, SIGINT);
    daemon_wait(daemon);
    for (int i = 0; i < ASKING; i++)
        wire_close(wires[i]);
}
END_TEST

static void make_register(void)
{
    (void)register_of_many(); /* once, before any test is a process of its own */
}

int main(void)
{
    Suite *suite = suite_create("lanes");
    TCase *answers = tcase_create("answers"), *waiting = tcase_create("waiting"), *end = tcase_create("the end");
    tcase_add_unchecked_fixture(answers, make_register, NULL);
    tcase_add_test(answers, an_answer_is_the_same_whoever_computes_it);
    tcase_add_test(answers, what_takes_too_long_says_how_to_ask_less);
    tcase_add_test(waiting, nobody_else_waits_for_them);
    tcase_add_test(waiting, who_leaves_while_the_lane_works_harms_nobody);
    tcase_add_test(end, who_waits_at_the_end_is_answered);
    tcase_add_test(end, an_end_at_once_does_not_wait_for_lanes);
    suite_add_tcase(suite, answers);
    suite_add_tcase(suite, waiting);
    suite_add_tcase(suite, end);
    return support_run(suite);
}
