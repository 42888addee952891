/* SPDX-License-Identifier: GPL-3.0-or-later
 * A study office files reports and plans, and everybody sees them.
 */
#include "api/writing.h"

static struct daemon *daemon;
static const char *reporter, *editor;

static void start(void)
{
    daemon = daemon_start(register_to_write(), NULL);
    reporter = token_made(daemon, "reporter", "--programme", "nordlys");
    editor = token_made(daemon, "editor", "--programme", "nordlys");
}

static void stop(void)
{
    daemon_stop(daemon);
}

static const char *if_match(const char *study)
{
    return text_format("If-Match: %s", tag_of(daemon, study));
}

static struct answer *file(const char *study, const char *body)
{
    return http_ask(daemon, "POST", recruitment_of(study), body, reporter, JSON_BODY, if_match(study), NULL);
}

static struct answer *plan(const char *study, const char *body)
{
    return http_ask(daemon, "PUT", text_format("/studies/%s/plan", study), body, editor, JSON_BODY, if_match(study), NULL);
}

/* ── reports ────────────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(a_report_is_seen_by_everybody_once_it_is_answered)
{
    json_int_t data_version = int_at(must_get(daemon, "/")->json, "data_version");
    const struct answer *filed =
        file("aurora", "{\"as_of\": \"2026-06-30\", \"included\": 5, \"correction\": true, \"comment\": \"of the office\"}");
    assert_status(filed, 201);
    ck_assert_str_eq(answer_header(filed, "ETag"), tag_of(daemon, "aurora"));
    ck_assert_str_eq(text_at(filed->json, "role"), "reporter");
    const json_t *study = must_get(daemon, "/studies/aurora")->json, *list = must_get(daemon, "/studies?id=aurora")->json;
    ck_assert(json_equal(json_at(study, "recruitment"), json_at(filed->json, "recruitment")));
    ck_assert(json_equal(json_at(study, "recruitment"), json_at(list, "data.0.recruitment")));
    ck_assert_int_eq(int_at(study, "recruitment.included"), 5);
    ck_assert_int_eq(int_at(study, "version"), int_at(filed->json, "version"));
    ck_assert_int_eq(int_at(must_get(daemon, "/")->json, "data_version"), data_version + 1);
    ck_assert_ptr_nonnull(strstr(must_get(daemon, "/recruitment?id=aurora&from=2026-06-30&format=csv")->body, "2026-06-30"));
}
END_TEST

/* A sum of regions may pass what one of them may be, and is found by what it is. */
START_TEST(a_study_is_found_by_any_number_it_can_have)
{
    assert_status(
        file("aurora", "{\"as_of\": \"2026-06-30\", \"regions\": {\"vest\": 1000000000, \"midt\": 1000000000}, \"correction\": true}"),
        201);
    ck_assert_int_eq(int_at(must_get(daemon, "/studies/aurora")->json, "recruitment.included"), 2000000000);
    ck_assert_int_eq(total_of(daemon, "/studies?included=2000000000"), 1);
    ck_assert_int_eq(total_of(daemon, "/studies?included=1999999999.."), 1);
    ck_assert_int_eq(total_of(daemon, "/studies?included=2000000001..9007199254740991"), 0);
    ck_assert_int_eq(total_of(daemon, "/studies?included=2000000000..&q=aurora"), 1);
    ck_assert_int_eq(total_of(daemon, "/studies?planned=3000000000..9007199254740991"), 0);
    ck_assert_int_eq(total_of(daemon, "/studies?amount_nok=10000000000000..9007199254740991"), 0);
    assert_problem(http_get(daemon, "/studies?included=9007199254740992", NULL), 400, "bad-parameter");
}
END_TEST

START_TEST(a_comment_leaves_the_register_nowhere)
{
    static const char *const places[] = {"/studies/aurora", "/studies/aurora/recruitment", "/recruitment?id=aurora&format=ndjson",
                                         "/studies/aurora/history"};
    const struct answer *filed =
        file("aurora", "{\"as_of\": \"2026-06-30\", \"included\": 50000, \"correction\": true, \"comment\": \"hemmelig\"}");
    assert_status(filed, 201);
    ck_assert_ptr_null(strstr(filed->body, "hemmelig"));
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *body = must_get(daemon, places[i])->body;
        ck_assert_msg(!strstr(body, "hemmelig"), "%s tells it", places[i]);
    }
    ck_assert_ptr_null(strstr(daemon_log(daemon), "hemmelig"));
    ck_assert_int_eq(total_of(daemon, "/studies?q=hemmelig"), 0);
}
END_TEST

START_TEST(where_it_says_a_report_can_be_read_for_ever)
{
    const struct answer *filed = file("aurora", "{\"as_of\": \"2026-06-30\", \"included\": 80, \"correction\": true}");
    assert_status(filed, 201);
    const char *then = keep_bytes(answer_header(filed, "Location"), strlen(answer_header(filed, "Location")));
    const struct answer *before = must_get(daemon, then);
    assert_status(file("aurora", "{\"as_of\": \"2026-06-30\", \"included\": 81}"), 201);
    const struct answer *after = must_get(daemon, then);
    ck_assert_str_eq(before->body, after->body);
    ck_assert_int_eq(int_at(after->json, "included"), 80);
    ck_assert_int_eq(int_at(must_get(daemon, "/studies/aurora/recruitment")->json, "included"), 81);
}
END_TEST

START_TEST(a_count_that_falls_is_refused_with_its_rule_and_taken_as_a_correction)
{
    assert_status(file("aurora", "{\"as_of\": \"2026-06-30\", \"included\": 700, \"correction\": true}"), 201);
    const struct answer *refused = file("aurora", "{\"as_of\": \"2026-09-30\", \"included\": 699}");
    assert_problem(refused, 422, "unprocessable");
    ck_assert_ptr_nonnull(
        strstr(text_at(refused->json, "errors.0.reason"), "rule falls: 699 as of 2026-09-30 is lower than 700 as of 2026-06-30"));
    ck_assert_int_eq(int_at(must_get(daemon, "/studies/aurora/recruitment")->json, "included"), 700);
    assert_status(file("aurora", "{\"as_of\": \"2026-09-30\", \"included\": 699, \"correction\": true}"), 201);
    ck_assert_int_eq(int_at(must_get(daemon, "/studies/aurora/recruitment")->json, "included"), 699);
}
END_TEST

START_TEST(a_region_is_filed_and_shown_where_the_population_is_not_small)
{
    assert_status(plan("aurora", "{\"planned\": 400}"), 200);
    assert_status(file("aurora", "{\"as_of\": \"2026-06-30\", \"regions\": {\"vest\": 100, \"nord\": 50}, \"correction\": true}"), 201);
    const json_t *regions = json_at(must_get(daemon, "/studies/aurora/recruitment")->json, "regions");
    ck_assert_int_eq(int_at(json_where(regions, "region", "vest"), "included"), 100);
    ck_assert_str_eq(text_at(json_where(regions, "region", "nord"), "as_of"), "2026-06-30");
}
END_TEST

START_TEST(a_small_population_shows_no_region_that_was_filed)
{
    assert_status(plan("dagny", "{\"planned\": 9}"), 200);
    const struct answer *filed =
        file("dagny", "{\"as_of\": \"2026-06-30\", \"regions\": {\"vest\": 2, \"nord\": 4}, \"correction\": true}");
    assert_status(filed, 201);
    ck_assert_str_eq(text_at(must_get(daemon, "/studies/dagny/recruitment")->json, "disclosure"), "totals-only");
    ck_assert_ptr_null(strstr(must_get(daemon, "/recruitment?id=dagny&format=csv")->body, ",nord,"));
    ck_assert_ptr_null(strstr(must_get(daemon, text_format("%s", answer_header(filed, "Location")))->body, "\"included\":2"));
}
END_TEST

START_TEST(what_to_do_fits_what_was_sent)
{
    static const char *const kinds[] = {"null", "5", "\"x\"", "[]"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const struct answer *refused = file("aurora", kinds[i]);
        assert_problem(refused, 422, "unprocessable");
        ck_assert_str_eq(text_at(refused->json, "errors.0.reason"), "must be an object");
        ck_assert_uint_eq(json_array_size(json_at(refused->json, "errors")), 1);
        ck_assert_ptr_null(strstr(text_at(refused->json, "remedy"), "correction"));
    }
    const struct answer *missing = file("aurora", "{\"x\": 1, \"as_of\": \"2025-06-30\"}");
    assert_problem(missing, 422, "unprocessable");
    ck_assert_uint_eq(json_array_size(json_at(missing->json, "errors")), 2);
}
END_TEST

START_TEST(a_malformed_body_is_told_by_line_and_column)
{
    const struct answer *refused = file("aurora", "{\"as_of\":\n \"2026-06-30\",}");
    assert_problem(refused, 400, "malformed-body");
    ck_assert_str_eq(text_at(refused->json, "errors.0.in"), "body");
    ck_assert_ptr_nonnull(strstr(text_at(refused->json, "errors.0.reason"), "line 2, column "));
}
END_TEST

START_TEST(every_fault_of_a_body_is_named_at_once)
{
    const struct answer *refused = file("aurora", "{\"as_of\": \"2026-06-31\", \"regions\": {\"vset\": 3}, \"coment\": \"x\"}");
    assert_problem(refused, 422, "unprocessable");
    assert_fault(refused, "/as_of", NULL);
    assert_fault(refused, "/regions/vset", "vest");
    assert_fault(refused, "/coment", "comment");
}
END_TEST

/* ── plans ──────────────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(a_plan_becomes_the_plan)
{
    const struct answer *filed = plan("borealis", "{\"planned\": 500, \"regions\": {\"vest\": 300}, \"planned_end\": \"2028\"}");
    assert_status(filed, 200);
    ck_assert_str_eq(answer_header(filed, "ETag"), tag_of(daemon, "borealis"));
    const json_t *recruitment = must_get(daemon, "/studies/borealis/recruitment")->json;
    ck_assert_int_eq(int_at(recruitment, "planned"), 500);
    ck_assert_int_eq(int_at(json_where(json_at(recruitment, "regions"), "region", "vest"), "planned"), 300);
    assert_problem(plan("borealis", "{\"planned\": 200}"), 422, "unprocessable");
    assert_status(plan("borealis", "{\"planned\": 600}"), 200);
    ck_assert_int_eq(int_at(must_get(daemon, "/studies/borealis")->json, "recruitment.planned"), 600);
}
END_TEST

START_TEST(statistics_count_what_was_filed)
{
    json_int_t before = int_at(must_get(daemon, "/stats/summary?id=corona")->json, "meta.data_version");
    assert_status(plan("corona", "{\"planned\": 1000}"), 200);
    assert_status(file("corona", "{\"as_of\": \"2026-06-30\", \"included\": 1100, \"correction\": true}"), 201);
    ck_assert_int_eq(int_at(must_get(daemon, "/stats/summary?id=corona")->json, "meta.data_version"), before + 2);
    ck_assert_int_eq(total_of(daemon, "/studies?id=corona&included=1100&planned=1000"), 1);
    ck_assert_int_eq(int_at(must_get(daemon, "/studies/corona")->json, "recruitment.exceeded_by"), 100);
}
END_TEST

/* ── cards ──────────────────────────────────────────────────────────────────────────────────────────────────── */

#define PATCH_BODY "Content-Type: application/merge-patch+json"

static struct answer *edit(const char *study, const char *body)
{
    return http_ask(daemon, "PATCH", text_format("/studies/%s", study), body, editor, PATCH_BODY, if_match(study), NULL);
}

START_TEST(an_edit_answers_the_study_as_everybody_reads_it)
{
    const struct answer *edited =
        edit("aurora", "{\"status\": \"recruitment-ended\", \"dates\": {\"inclusion_end\": \"2026-10\"}, \"title\": {\"en\": \"Dawn\"}}");
    assert_status(edited, 200);
    const struct answer *read = must_get(daemon, "/studies/aurora");
    ck_assert_str_eq(edited->body, read->body);
    ck_assert_str_eq(answer_header(edited, "ETag"), answer_header(read, "ETag"));
    ck_assert_str_eq(text_at(read->json, "title.en"), "Dawn");
    ck_assert_str_eq(text_at(read->json, "title.nb"), "Lys i mørket");
    ck_assert_int_eq(total_of(daemon, "/studies?q=dawn&status=recruitment-ended&id=aurora"), 1);
    ck_assert_int_eq(total_of(daemon, "/studies?id=aurora&status=recruiting"), 0);
}
END_TEST

START_TEST(an_edit_that_changes_nothing_is_answered_with_the_same_tag)
{
    const char *before = tag_of(daemon, "aurora");
    json_int_t data_version = int_at(must_get(daemon, "/")->json, "data_version");
    const struct answer *edited = edit("aurora", "{\"status\": \"recruiting\", \"contact\": null}");
    assert_status(edited, 200);
    ck_assert_str_eq(answer_header(edited, "ETag"), before);
    ck_assert_int_eq(int_at(must_get(daemon, "/")->json, "data_version"), data_version);
}
END_TEST

START_TEST(what_is_not_edited_here_says_why)
{
    const struct answer *refused = edit("aurora", "{\"recruitment\": {\"included\": 4}, \"amount_nok\": 1, \"statsu\": \"x\"}");
    assert_problem(refused, 422, "unprocessable");
    assert_fault(refused, "/statsu", "status");
    ck_assert_ptr_nonnull(strstr(refused->body, "counts are filed as reports"));
    ck_assert_ptr_nonnull(strstr(refused->body, "comes with the programme's data set"));
}
END_TEST

START_TEST(an_import_leaves_what_was_edited)
{
    assert_status(edit("aurora", "{\"status\": \"completed\", \"contact\": \"post@example.org\"}"), 200);
    const char *folder = text_format("%s/next", support_folder());
    for (size_t i = 0; i < sizeof invented_files / sizeof *invented_files; i++)
        file_write(folder, invented_files[i].name, invented_files[i].content);
    file_write(
        folder, "studies.csv",
        "id,acronym,title_nb,title_en,status\naurora,AURORA,Lys i mørket,Light again,stopped\nborealis,BOREALIS,,,recruitment-ended\n"
        "corona,CORONA,,,recruiting\ndagny,DAGNY,,,follow-up\naegir,ÆGIR,,,planned\nore,ØRE,,,stopped\nafjord,ÅFJORD,,,completed\n"
        "aase,AASE,,,unknown\n");
    struct outcome imported = studyd_run("import", "--db", daemon_db(daemon), folder, NULL);
    ck_assert_msg(imported.status == 0, "%s%s", imported.out, imported.err);
    const json_t *study = must_get(daemon, "/studies/aurora")->json;
    ck_assert_str_eq(text_at(study, "status"), "completed");
    ck_assert_str_eq(text_at(study, "contact"), "post@example.org");
    ck_assert_str_eq(text_at(study, "title.en"), "Light again");
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("filing");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_test(tcase, a_report_is_seen_by_everybody_once_it_is_answered);
    tcase_add_test(tcase, a_study_is_found_by_any_number_it_can_have);
    tcase_add_test(tcase, a_comment_leaves_the_register_nowhere);
    tcase_add_test(tcase, where_it_says_a_report_can_be_read_for_ever);
    tcase_add_test(tcase, a_count_that_falls_is_refused_with_its_rule_and_taken_as_a_correction);
    tcase_add_test(tcase, a_region_is_filed_and_shown_where_the_population_is_not_small);
    tcase_add_test(tcase, a_small_population_shows_no_region_that_was_filed);
    tcase_add_test(tcase, what_to_do_fits_what_was_sent);
    tcase_add_test(tcase, a_malformed_body_is_told_by_line_and_column);
    tcase_add_test(tcase, every_fault_of_a_body_is_named_at_once);
    tcase_add_test(tcase, a_plan_becomes_the_plan);
    tcase_add_test(tcase, statistics_count_what_was_filed);
    tcase_add_test(tcase, an_edit_answers_the_study_as_everybody_reads_it);
    tcase_add_test(tcase, an_edit_that_changes_nothing_is_answered_with_the_same_tag);
    tcase_add_test(tcase, what_is_not_edited_here_says_why);
    tcase_add_test(tcase, an_import_leaves_what_was_edited);
    Suite *suite = suite_create("api/filing");
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
