/* SPDX-License-Identifier: GPL-3.0-or-later
 * The reports of many studies: over HTTP by an office, and out of a file by the operator, with and without a daemon.
 */
#include "api/writing.h"

#include <stdio.h>
#include <stdlib.h>

static struct daemon *daemon;
static const char *reporter;

static void start(void)
{
    daemon = daemon_start(register_to_write(), NULL);
    reporter = token_made(daemon, "reporter", "--programme", "nordlys");
}

static void stop(void)
{
    daemon_stop(daemon);
}

#define CSV_BODY   "Content-Type: text/csv; charset=utf-8"
#define LINES_BODY "Content-Type: application/x-ndjson"
#define HEAD       "study,as_of,region,included\n"

static const char *const two_studies = "\xef\xbb\xbfstudy;as_of;region;included;correction;comment\r\n"
                                       "aurora;30.06.2026;vest;70;SANN;\r\n"
                                       "aurora;30.06.2026;midt;25;SANN;\"telt p\xc3\xa5 nytt; av monitor\"\r\n"
                                       "corona;30.06.2026;;400;SANN;\r\n"
                                       ";;;;;\r\n";

static struct answer *file(const char *target, const char *body)
{
    return http_ask(daemon, "POST", target, body, reporter, CSV_BODY, NULL);
}

/* ── over HTTP ──────────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(a_table_from_a_norwegian_spreadsheet_is_filed_whole)
{
    const struct answer *filed = file("/recruitment", two_studies);
    assert_status(filed, 201);
    ck_assert_int_eq(int_at(filed->json, "rows"), 3);
    ck_assert_int_eq(int_at(filed->json, "filed"), 3);
    ck_assert_ptr_null(answer_header(filed, "ETag"));
    ck_assert_int_eq(int_at(must_get(daemon, "/studies/corona")->json, "recruitment.included"), 400);
    const json_t *study = must_get(daemon, "/studies/aurora")->json, *told = json_at(filed->json, "studies.0");
    ck_assert_str_eq(text_at(told, "study"), "aurora");
    ck_assert_int_eq(int_at(told, "version"), int_at(study, "version"));
    ck_assert(json_equal(json_at(told, "after.included"), json_at(study, "recruitment.included")));
    ck_assert_ptr_null(strstr(daemon_log(daemon), "monitor"));
}
END_TEST

START_TEST(a_dry_run_foresees_what_is_filed_then_and_files_nothing)
{
    json_int_t data_version = int_at(must_get(daemon, "/")->json, "data_version");
    const struct answer *foreseen = file("/recruitment?dry_run=true", two_studies);
    assert_status(foreseen, 200);
    ck_assert_int_eq(int_at(must_get(daemon, "/")->json, "data_version"), data_version);
    const struct answer *filed = file("/recruitment?dry_run=false", two_studies);
    assert_status(filed, 201);
    ck_assert(json_equal(json_at(foreseen->json, "studies"), json_at(filed->json, "studies")));
    const struct answer *again = file("/recruitment", two_studies);
    assert_status(again, 201);
    ck_assert_int_eq(int_at(again->json, "unchanged"), 3);
    ck_assert_int_eq(int_at(must_get(daemon, "/")->json, "data_version"), data_version + 1);
}
END_TEST

START_TEST(lines_of_json_are_filed_too)
{
    const char *body = "{\"study\":\"aurora\",\"as_of\":\"2026-06-30\",\"regions\":{\"vest\":70,\"midt\":25},\"correction\":true}\n"
                       "{\"study\":\"corona\",\"as_of\":\"2026-06-30\",\"region\":null,\"included\":400,\"correction\":true}\n";
    assert_status(http_ask(daemon, "POST", "/recruitment", body, reporter, LINES_BODY, NULL), 201);
    ck_assert_int_eq(int_at(must_get(daemon, "/studies/corona")->json, "recruitment.included"), 400);
}
END_TEST

START_TEST(every_faulty_row_is_named_and_none_is_filed)
{
    const char *body =
        HEAD "corona,2026-06-30,,x\ncorna,2026-06-30,,4\naegir-old,2026-06-30,,4\naurora,2026-06-30,vset,4\naurora,2026-06-30,vest,99\n";
    json_int_t data_version = int_at(must_get(daemon, "/")->json, "data_version");
    const struct answer *refused = file("/recruitment", body);
    assert_problem(refused, 422, "unprocessable");
    assert_fault(refused, "row 2 included", NULL);
    assert_fault(refused, "row 3 study", "corona");
    assert_fault(refused, "row 4 study", "aegir");
    ck_assert_ptr_nonnull(strstr(refused->body, "\"is now aegir: use that id\""));
    assert_fault(refused, "row 5 region", "vest");
    ck_assert_int_eq(int_at(must_get(daemon, "/")->json, "data_version"), data_version);
}
END_TEST

/* What the finding sent: an empty line at the end, and a cell of two lines before a fault. */
START_TEST(rows_are_those_of_the_sheet_and_empty_ones_below_do_not_matter)
{
    assert_status(file("/recruitment?dry_run=true", HEAD "corona,2026-06-30,,400\n\n"), 200);
    assert_status(file("/recruitment", "study,as_of,region,included,correction\ncorona,2026-06-30,,400,sann\n\n\r\n"), 201);
    const struct answer *refused =
        file("/recruitment", "study,as_of,region,included,comment\ncorona,2026-07-31,,400,\"a\nb\"\ncorona,2026-08-31,,x,\n");
    assert_problem(refused, 422, "unprocessable");
    assert_fault(refused, "row 3 included", NULL);
}
END_TEST

START_TEST(rows_outside_of_the_scope_are_forbidden_by_name)
{
    const char *narrow = token_made(daemon, "reporter", "--study", "aurora");
    const struct answer *refused =
        http_ask(daemon, "POST", "/recruitment", HEAD "aurora,2026-06-30,,x\ncorona,2026-06-30,,400\n", narrow, CSV_BODY, NULL);
    assert_problem(refused, 403, "forbidden");
    ck_assert_uint_eq(json_array_size(json_at(refused->json, "errors")), 1);
    assert_fault(refused, "row 3 study", NULL);
}
END_TEST

/* Rows of corona, a day each. */
static const char *many_rows(int len, const char *before)
{
    char *body = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&body, &size);
    fputs("study,as_of,region,included,correction\n", out);
    for (int i = 0; i < len; i++)
        fprintf(out, "corona,%04d-%02d-%02d,vest,%s%d,true\n", 1990 + i / 336, 1 + i / 28 % 12, 1 + i % 28, before, i);
    fclose(out);
    const char *kept = keep_bytes(body, size);
    free(body);
    return kept;
}

START_TEST(ten_thousand_rows_are_filed_and_ten_thousand_faults_named)
{
    const struct answer *filed = file("/recruitment", many_rows(10000, ""));
    assert_status(filed, 201);
    ck_assert_int_eq(int_at(filed->json, "filed"), 10000);
    const struct answer *refused = file("/recruitment", many_rows(10000, "x"));
    assert_problem(refused, 422, "unprocessable");
    ck_assert_uint_eq(json_array_size(json_at(refused->json, "errors")), 10000);
    assert_fault(refused, "row 10001 included", NULL);
    assert_problem(file("/recruitment", many_rows(10001, "")), 422, "unprocessable");
}
END_TEST

static const struct {
    const char *type, *body;
    int status;
    const char *slug;
} refusals[] = {
    {"Content-Type: application/json", "{}", 415, "unsupported-media-type"},
    {CSV_BODY, HEAD "corona,\"2026-06-30,,4\n", 400, "malformed-body"},
    {LINES_BODY, "{\"study\":\"corona\"\n", 400, "malformed-body"},
    {LINES_BODY, "{}\n", 422, "unprocessable"},
    {CSV_BODY, HEAD, 422, "unprocessable"},
};

START_TEST(what_cannot_be_taken_is_refused_by_its_kind)
{
    const struct answer *refused = http_ask(daemon, "POST", "/recruitment", refusals[_i].body, reporter, refusals[_i].type, NULL);
    assert_problem(refused, refusals[_i].status, refusals[_i].slug);
}
END_TEST

/* ── by the operator ────────────────────────────────────────────────────────────────────────────────────────── */

static const char *table(const char *name, const char *content)
{
    file_write(support_folder(), name, content);
    return text_format("%s/%s", support_folder(), name);
}

static const char *const good_table = HEAD "corona,2026-06-30,vest,7\naurora,2027-06-30,,4\n";

START_TEST(a_file_is_filed_by_the_daemon_that_serves)
{
    const char *good = table("good.csv", "study,as_of,region,included,correction\ncorona,2026-06-30,,400,true\n");
    struct outcome foreseen = studyd_run("report", "--db", daemon_db(daemon), "--dry-run", good, NULL);
    ck_assert_int_eq(foreseen.status, 0);
    ck_assert_ptr_nonnull(strstr(foreseen.out, "corona: 2026-06-30, the whole study: 400, a correction\n"));
    ck_assert_ptr_nonnull(strstr(foreseen.out, "1 would be filed, 0 stood already; nothing was filed\n"));
    struct outcome filed = studyd_run("report", "--db", daemon_db(daemon), good, NULL);
    ck_assert_int_eq(filed.status, 0);
    ck_assert_ptr_nonnull(strstr(filed.out, "1 filed, 0 stood already\n"));
    ck_assert_int_eq(int_at(must_get(daemon, "/studies/corona")->json, "recruitment.included"), 400);
    ck_assert_ptr_nonnull(strstr(must_get(daemon, "/studies/corona/history")->body, "\"operator\""));
}
END_TEST

START_TEST(faults_of_a_file_are_named_as_compilers_name_them_wherever_they_are_found)
{
    const char *bad = table("bad.csv", HEAD "corna,2026-06-30,,4\naurora,2199-01-01,vest,400\n");
    const char *long_cell =
        table("long.csv", "study,as_of,region,included,comment\ncorona,2026-07-31,,400,\"a\nb\"\ncorona,2026-08-31,,x,\n");
    const char *own = text_format("%s/own-faults.db", support_folder());
    ck_assert_int_eq(studyd_run("import", "--db", own, invented_folder(), NULL).status, 0);
    struct outcome there = studyd_run("report", "--db", daemon_db(daemon), bad, NULL), here = studyd_run("report", "--db", own, bad, NULL);
    ck_assert_int_eq(here.status, 1);
    ck_assert_int_eq(there.status, 1);
    ck_assert_str_eq(here.err, there.err);
    ck_assert_str_eq(here.out, "");
    ck_assert_ptr_nonnull(strstr(here.err, text_format("%s:2: study: there is no such study; did you mean \"corona\"?\n", bad)));
    ck_assert_ptr_nonnull(strstr(here.err, text_format("%s:3: as_of: rule in-future: 2199-01-01 is after today", bad)));
    ck_assert_ptr_nonnull(strstr(here.err, "faults; nothing was filed\n"));
    /* The third row begins in the fourth line. */
    ck_assert_ptr_nonnull(
        strstr(studyd_run("report", "--db", own, long_cell, NULL).err, text_format("%s:4: included: must be a whole number", long_cell)));
}
END_TEST

START_TEST(a_file_is_filed_into_a_database_that_nobody_serves)
{
    const char *own = text_format("%s/own.db", support_folder()), *good = table("good.csv", HEAD "corona,2026-06-30,,400\n");
    ck_assert_int_eq(studyd_run("import", "--db", own, invented_folder(), NULL).status, 0);
    struct outcome refused = studyd_run("report", "--db", own, table("other.csv", good_table), NULL);
    ck_assert_int_eq(refused.status, 1);
    struct outcome foreseen = studyd_run("report", "--db", own, "--dry-run", good, NULL);
    struct outcome filed = studyd_run("report", "--db", own, good, NULL), again = studyd_run("report", "--db", own, good, NULL);
    ck_assert_msg(filed.status == 0, "%s", filed.err);
    ck_assert_int_eq(foreseen.status, 0);
    ck_assert_ptr_nonnull(strstr(filed.out, "1 filed, 0 stood already\n"));
    ck_assert_ptr_nonnull(strstr(again.out, "0 filed, 1 stood already\n"));
    ck_assert_int_eq(studyd_run("check", "--db", own, NULL).status, 0);
}
END_TEST

START_TEST(a_command_that_is_misused_says_so)
{
    ck_assert_int_eq(studyd_run("report", "--db", daemon_db(daemon), NULL).status, 2);
    ck_assert_int_eq(studyd_run("report", "x.csv", NULL).status, 2);
    ck_assert_int_eq(studyd_run("report", "--db", ":memory:", "x.csv", NULL).status, 2);
    ck_assert_int_eq(studyd_run("report", "--db", daemon_db(daemon), "/there/is/no/such.csv", NULL).status, 1);
    ck_assert_int_eq(studyd_run("report", "--db", "/there/is/no/such.db", table("good.csv", good_table), NULL).status, 1);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("bulk");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_test(tcase, a_table_from_a_norwegian_spreadsheet_is_filed_whole);
    tcase_add_test(tcase, a_dry_run_foresees_what_is_filed_then_and_files_nothing);
    tcase_add_test(tcase, lines_of_json_are_filed_too);
    tcase_add_test(tcase, every_faulty_row_is_named_and_none_is_filed);
    tcase_add_test(tcase, rows_are_those_of_the_sheet_and_empty_ones_below_do_not_matter);
    tcase_add_test(tcase, rows_outside_of_the_scope_are_forbidden_by_name);
    tcase_add_test(tcase, ten_thousand_rows_are_filed_and_ten_thousand_faults_named);
    tcase_add_loop_test(tcase, what_cannot_be_taken_is_refused_by_its_kind, 0, (int)(sizeof refusals / sizeof *refusals));
    tcase_add_test(tcase, a_file_is_filed_by_the_daemon_that_serves);
    tcase_add_test(tcase, faults_of_a_file_are_named_as_compilers_name_them_wherever_they_are_found);
    tcase_add_test(tcase, a_file_is_filed_into_a_database_that_nobody_serves);
    tcase_add_test(tcase, a_command_that_is_misused_says_so);
    Suite *suite = suite_create("api/bulk");
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
