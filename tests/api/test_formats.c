/* SPDX-License-Identifier: GPL-3.0-or-later
 * One answer in several formats: how a client chooses, and what tells them apart.
 */
#include <string.h>

#include "http.h"

static struct daemon *real;

static void start(void)
{
    real = daemon_start(register_of_klinbeforsk(), NULL);
}

static void stop(void)
{
    daemon_stop_shared(real);
}

#define CSV_TYPE  "text/csv; charset=utf-8; header=present"
#define JSON_TYPE "application/json"

static struct answer *ask_as(const char *target, const char *accept)
{
    struct answer *answer = accept ? http_get(real, target, text_format("Accept: %s", accept), NULL) : http_get(real, target, NULL);
    assert_status(answer, 200);
    return answer;
}

static const struct {
    const char *target, *accept, *type;
} choices[] = {
    {"/stats/regions", NULL, JSON_TYPE},
    {"/stats/regions", "*/*", JSON_TYPE},
    {"/stats/regions", "text/csv", CSV_TYPE},
    {"/stats/regions", "application/json;q=0.5, text/csv", CSV_TYPE},
    {"/stats/regions?format=csv", NULL, CSV_TYPE},
    {"/stats/regions?format=csv", "application/json", CSV_TYPE},
    {"/stats/regions?format=json", "text/csv", JSON_TYPE},
    {"/stats/regions?format=json", "text/html", JSON_TYPE},
    {"/stats/regions?dialect=excel-nb", "text/csv", CSV_TYPE},
    {"/stats/regions?format=csv&dialect=rfc4180", NULL, CSV_TYPE},
};

START_TEST(format_beats_accept)
{
    for (int cached = 0; cached < 2; cached++) {
        struct answer *answer = ask_as(choices[_i].target, choices[_i].accept);
        bool csv = strcmp(choices[_i].type, CSV_TYPE) == 0;
        assert_header(answer, "Content-Type", choices[_i].type);
        assert_header(answer, "Vary", "Accept, Accept-Encoding");
        ck_assert_pstr_eq(answer_header(answer, "Content-Disposition"), csv ? "inline; filename=\"stats-regions.csv\"" : NULL);
        ck_assert_msg(strstr(answer_header(answer, "Access-Control-Expose-Headers"), "Content-Disposition"), "not exposed");
        ck_assert(csv == !answer->json);
    }
}
END_TEST

START_TEST(the_table_has_a_header_and_a_line_for_each_cell)
{
    struct answer *csv = ask_as("/stats/regions?format=csv&mechanism=open-call", NULL);
    struct answer *json = ask_as("/stats/regions?mechanism=open-call", NULL);
    size_t lines = 0;
    ck_assert_int_eq(strncmp(csv->body, "region,label_nb,", 16), 0);
    for (const char *at = csv->body; (at = strstr(at, "\r\n")); at += 2)
        lines++;
    ck_assert_uint_eq(lines, 1 + json_array_size(json_at(json->json, "data")));
    /* A cell's link is the same in both: what chose the format is no part of the question. */
    ck_assert_ptr_nonnull(strstr(csv->body, text_at(json->json, "data.0.studies")));
    ck_assert_ptr_null(strstr(csv->body, "format="));
}
END_TEST

START_TEST(excel_gets_its_mark_and_semicolons)
{
    struct answer *answer = ask_as("/stats/regions?format=csv&dialect=excel-nb", NULL);
    ck_assert_int_eq(strncmp(answer->body, "\xef\xbb\xbfregion;label_nb;", 19), 0);
}
END_TEST

START_TEST(links_of_json_keep_the_wish_and_the_lists_they_lead_to_do_not)
{
    struct answer *answer = ask_as("/stats/regions?format=json", NULL);
    ck_assert_str_eq(text_at(answer->json, "links.self"), "/stats/regions?format=json");
    ck_assert_str_eq(text_at(answer->json, "meta.totals.studies"), "/studies");
    ck_assert_int_eq(int_at(answer->json, "meta.totals.published.included"), 66648); /* a format narrows nothing */
}
END_TEST

static const struct {
    const char *target, *accept, *representation;
} tags[] = {
    {"/stats/regions", "application/json", "-json-"},
    {"/stats/regions", "text/csv", "-csv-"},
    {"/stats/regions?format=csv", "application/json", "-csv-"},
    {"/stats/regions?format=csv&dialect=excel-nb", NULL, "-csv-excel-nb-"},
    {"/stats/regions?dialect=excel-nb", "text/csv", "-csv-excel-nb-"},
};

START_TEST(the_tag_names_what_was_chosen_and_holds_for_that_alone)
{
    const char *accept = text_format("Accept: %s", tags[_i].accept ? tags[_i].accept : "*/*");
    struct answer *answer = http_get(real, tags[_i].target, accept, NULL), *head, *again;
    const char *tag = answer_header(answer, "ETag"), *wish = text_format("If-None-Match: %s", tag);
    ck_assert_msg(strstr(tag, tags[_i].representation), "%s", tag);
    head = http_ask(real, "HEAD", tags[_i].target, NULL, accept, NULL);
    assert_header(head, "ETag", tag);
    assert_header(head, "Content-Type", answer_header(answer, "Content-Type"));
    again = http_get(real, tags[_i].target, accept, wish, NULL);
    assert_status(again, 304);
    assert_header(again, "ETag", tag);
    assert_status(
        http_get(real, "/stats/regions", tags[_i].representation[1] == 'j' ? "Accept: text/csv" : "Accept: application/json", wish, NULL),
        200);
}
END_TEST

START_TEST(what_there_is_not_says_what_there_is)
{
    struct answer *answer = http_get(real, "/stats/regions?regoin=vest", "Accept: text/html", NULL);
    assert_problem(answer, 406, "not-acceptable");
    ck_assert_str_eq(text_at(answer->json, "detail"), "There is this resource as application/json or text/csv only.");
    answer = http_get(real, "/stats/regions?format=xlsx", "Accept: text/html", NULL);
    assert_problem(answer, 400, "bad-parameter");
    assert_fault(answer, "format", NULL);
}
END_TEST

START_TEST(a_problem_stays_json_for_who_asked_for_csv)
{
    struct answer *answer = http_get(real, "/stats/regions?format=csv&regoin=vest", "Accept: text/csv", NULL);
    assert_problem(answer, 400, "bad-parameter");
    assert_fault(answer, "regoin", "region");
    ck_assert_ptr_null(answer_header(answer, "Content-Disposition"));
}
END_TEST

START_TEST(a_dialect_without_csv_is_named_with_every_other_fault)
{
    struct answer *answer = http_get(real, "/stats/regions?dialect=excel-nb&mechanism=x", NULL);
    assert_problem(answer, 400, "bad-parameter");
    assert_fault(answer, "dialect", NULL);
    ck_assert_uint_eq(json_array_size(json_at(answer->json, "errors")), 2);
    answer = http_get(real, "/stats/regions?dialect=excel-nb&format=json", "Accept: text/csv", NULL);
    assert_problem(answer, 400, "bad-parameter");
    assert_fault(answer, "dialect", NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("formats");
    TCase *tcase = tcase_create("formats");
    tcase_add_unchecked_fixture(tcase, start, stop);
    tcase_add_loop_test(tcase, format_beats_accept, 0, (int)(sizeof choices / sizeof *choices));
    tcase_add_test(tcase, the_table_has_a_header_and_a_line_for_each_cell);
    tcase_add_test(tcase, excel_gets_its_mark_and_semicolons);
    tcase_add_test(tcase, links_of_json_keep_the_wish_and_the_lists_they_lead_to_do_not);
    tcase_add_loop_test(tcase, the_tag_names_what_was_chosen_and_holds_for_that_alone, 0, (int)(sizeof tags / sizeof *tags));
    tcase_add_test(tcase, what_there_is_not_says_what_there_is);
    tcase_add_test(tcase, a_problem_stays_json_for_who_asked_for_csv);
    tcase_add_test(tcase, a_dialect_without_csv_is_named_with_every_other_fault);
    tcase_set_timeout(tcase, 120);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
