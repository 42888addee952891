/* SPDX-License-Identifier: GPL-3.0-or-later
 * Small populations over time: what follows from one answer after another, while regions report one by one. And the series of those
 * that are not small, where totals and regions meet.
 */
#include <stdlib.h>
#include <string.h>

#include "api/writing.h"

static struct daemon *daemon_;
static const char *editor;

static void setup(void)
{
    daemon_ = daemon_start(register_to_write(), "--workers", "2", NULL);
    editor = token_made(daemon_, "editor", "--programme", "nordlys");
}

/* What is kept of a study is what a fresh making of it would be. */
static void teardown(void)
{
    const char *db = text_format("%s", daemon_db(daemon_));
    daemon_stop(daemon_);
    struct outcome check = studyd_run("check", "--db", db, NULL);
    ck_assert_msg(check.status == 0, "check ended with %d: %s%s", check.status, check.out, check.err);
}

static void report(const char *study, const char *body)
{
    assert_status(http_ask(daemon_, "POST", recruitment_of(study), body, JSON_BODY, editor, ANY, NULL), 201);
}

static void plan(const char *study, int planned)
{
    const char *body = text_format("{\"planned\": %d, \"as_of\": \"2025-01-01\"}", planned);
    assert_status(http_ask(daemon_, "PUT", text_format("/studies/%s/plan", study), body, JSON_BODY, editor, ANY, NULL), 200);
}

static const char *told(const char *target, const char *path)
{
    const json_t *json = must_get(daemon_, target)->json;
    char *text = json_dumps(*path ? json_at(json, path) : json, JSON_ENCODE_ANY | JSON_COMPACT);
    const char *kept = keep_bytes(text, strlen(text));
    free(text);
    return kept;
}

/* ── regions ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* AASE names no region: all that can tell of one is a report. */
#define STUDY "aase"

static const struct {
    const char *target, *path;
} of_regions[] = {
    {"/studies/" STUDY, "inclusion_regions"},
    {"/studies/" STUDY "/recruitment", "regions"},
    {"/studies?id=" STUDY "&facets=inclusion_region", "meta.facets.inclusion_region"},
    {"/studies?inclusion_region=vest,nord,midt,sor-ost,international", "meta.total"},
    {"/studies?id=" STUDY "&inclusion_region=vest,nord", "meta.total"},
    {"/stats/regions?id=" STUDY, "data"},
    {"/stats/regions", "data"},
    {"/recruitment?id=" STUDY "&report_region=vest,nord", "meta.total"},
};

static const char *all_of_regions(void)
{
    const char *text = "";
    for (size_t i = 0; i < sizeof of_regions / sizeof *of_regions; i++)
        text = text_format("%s%s: %s\n", text, of_regions[i].target, told(of_regions[i].target, of_regions[i].path));
    return text;
}

START_TEST(which_regions_of_a_small_population_report_is_told_nowhere)
{
    plan(STUDY, 8);
    const char *before = all_of_regions();
    ck_assert_ptr_null(strstr(before, "withheld")); /* it is known to include nowhere */
    report(STUDY, "{\"as_of\": \"2025-01-31\", \"regions\": {\"vest\": 3}}");
    ck_assert_str_eq(all_of_regions(), before);
    ck_assert_str_eq(told("/studies/" STUDY "/recruitment", "included"), "3");
    report(STUDY, "{\"as_of\": \"2025-02-28\", \"regions\": {\"nord\": 2}}");
    ck_assert_str_eq(all_of_regions(), before);
    ck_assert_str_eq(told("/studies/" STUDY "/recruitment", "included"), "5");
    ck_assert_ptr_null(strstr(told("/studies/" STUDY "/history", ""), "inclusion_regions"));
    /* To who files, it is the total: one of an earlier day is not higher. */
    assert_status(
        http_ask(daemon_, "POST", recruitment_of(STUDY), "{\"as_of\": \"2025-01-15\", \"included\": 6}", JSON_BODY, editor, ANY, NULL),
        422);
}
END_TEST

START_TEST(a_region_that_is_known_to_take_part_looks_alike_before_and_after_its_report)
{
    const char *before = told("/studies/corona/recruitment", "regions");
    plan("corona", 9);
    const char *small = told("/studies/corona/recruitment", "regions");
    ck_assert_str_ne(small, before);
    ck_assert_ptr_nonnull(strstr(small, "\"region\":\"nord\",\"planned\":null,\"included\":null,\"as_of\":null,\"status\":\"withheld\""));
    report("corona", "{\"as_of\": \"2025-01-31\", \"regions\": {\"nord\": 2}, \"correction\": true}");
    ck_assert_str_eq(told("/studies/corona/recruitment", "regions"), small);
}
END_TEST

START_TEST(what_grows_beyond_the_threshold_shows_its_regions_and_back_below_hides_them)
{
    plan(STUDY, 8);
    report(STUDY, "{\"as_of\": \"2025-01-31\", \"regions\": {\"vest\": 3}}");
    report(STUDY, "{\"as_of\": \"2025-02-28\", \"regions\": {\"nord\": 2}}");
    const char *small = all_of_regions();
    plan(STUDY, 50);
    report(STUDY, "{\"as_of\": \"2025-03-31\", \"regions\": {\"vest\": 31}}"); /* reports alone have come with it */
    ck_assert_str_eq(told("/studies/" STUDY "/recruitment", "disclosure"), "\"full\"");
    ck_assert_str_eq(told("/studies/" STUDY, "inclusion_regions"), "[\"vest\",\"nord\"]");
    ck_assert_str_eq(told("/studies?id=" STUDY "&inclusion_region=nord", "meta.total"), "1");
    report(STUDY, "{\"as_of\": \"2025-03-31\", \"regions\": {\"vest\": 3, \"midt\": 1}, \"correction\": true}");
    ck_assert_str_eq(told("/studies/" STUDY "/recruitment", "disclosure"), "\"totals-only\"");
    ck_assert_str_eq(all_of_regions(), small);
    report(STUDY, "{\"as_of\": \"2025-04-30\", \"regions\": {\"vest\": 40}}");
    ck_assert_str_eq(told("/studies/" STUDY, "inclusion_regions"), "[\"vest\",\"midt\",\"nord\"]");
}
END_TEST

/* ── series ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *series_of(const char *study, const char *query)
{
    const char *points = "";
    size_t i;
    json_t *point;
    json_array_foreach(json_at(must_get(daemon_, text_format("/studies/%s/recruitment%s", study, query))->json, "series"), i, point)
    {
        char *included = json_dumps(json_at(point, "included"), JSON_ENCODE_ANY);
        points = text_format("%s%s%s %s", points, i ? " | " : "", text_at(point, "as_of"), included);
        free(included);
    }
    return points;
}

START_TEST(the_series_of_a_small_population_has_totals_on_their_own_days)
{
    plan("corona", 9);
    ck_assert_str_eq(series_of("corona", ""), ""); /* vest reported 30 of 2024, nord never */
    report("corona", "{\"as_of\": \"2025-03-31\", \"included\": 5}");
    report("corona", "{\"as_of\": \"2025-06-30\", \"regions\": {\"vest\": 4}, \"correction\": true}");
    ck_assert_str_eq(series_of("corona", ""), "2025-03-31 5");
    ck_assert_str_eq(series_of("corona", "?from=2025-04-01"), "");
    ck_assert_str_eq(told("/studies/corona/recruitment", "as_of"), "\"2025-03-31\"");
    report("corona", "{\"as_of\": \"2025-09-30\", \"regions\": {\"nord\": 3}}"); /* both, after the total */
    ck_assert_str_eq(series_of("corona", ""), "2025-09-30 7");
    ck_assert_str_eq(told("/studies/corona/recruitment", "included"), "7");
    ck_assert_str_eq(told("/studies/corona/recruitment", "as_of"), "\"2025-09-30\"");
}
END_TEST

/* Whichever region it is that has one patient more, and whether it reported before. */
START_TEST(the_series_of_a_small_population_does_not_tell_which_region_reported)
{
    static const char *const later[] = {"{\"vest\": 4}", "{\"midt\": 1}"};
    plan(STUDY, 8);
    report(STUDY, "{\"as_of\": \"2024-12-31\", \"regions\": {\"vest\": 3}}");
    ck_assert_str_eq(series_of(STUDY, ""), "2024-12-31 3");
    report(STUDY, text_format("{\"as_of\": \"2025-03-31\", \"regions\": %s}", later[_i]));
    ck_assert_str_eq(series_of(STUDY, ""), "2024-12-31 3 | 2025-03-31 4");
    ck_assert_str_eq(series_of(STUDY, "?from=2025-01-01"), "2025-03-31 4");
    ck_assert_str_eq(told("/studies/" STUDY "/recruitment", "included"), "4");
}
END_TEST

/* CORONA has a plan of any size and a count that is not known, as long as one of its regions has not reported. */
START_TEST(few_patients_of_some_regions_are_a_small_population_however_many_are_planned)
{
    plan("corona", 500);
    report("corona", "{\"as_of\": \"2025-01-31\", \"regions\": {\"vest\": 3}, \"correction\": true}");
    ck_assert_str_eq(told("/studies/corona/recruitment", "disclosure"), "\"totals-only\"");
    report("corona", "{\"as_of\": \"2025-02-28\", \"regions\": {\"vest\": 12}, \"correction\": true}");
    ck_assert_str_eq(told("/studies/corona/recruitment", "disclosure"), "\"full\"");
}
END_TEST

/* Counts of regions that come one by one after a headline: as long as they are fewer, others have not reported. */
START_TEST(the_first_region_to_report_is_not_the_whole_study)
{
    plan(STUDY, 200);
    report(STUDY, "{\"as_of\": \"2024-12-31\", \"included\": 100}");
    report(STUDY, "{\"as_of\": \"2025-03-31\", \"regions\": {\"vest\": 40}}");
    ck_assert_str_eq(told("/studies/" STUDY "/recruitment", "included"), "100");
    ck_assert_str_eq(series_of(STUDY, "?interval=year"), "2024-12-31 100 | 2025-03-31 40");
    report(STUDY, "{\"as_of\": \"2025-03-31\", \"regions\": {\"nord\": 65}}");
    ck_assert_str_eq(told("/studies/" STUDY "/recruitment", "included"), "105");
    ck_assert_str_eq(told("/studies/" STUDY "/recruitment", "as_of"), "\"2025-03-31\"");
}
END_TEST

START_TEST(regions_one_by_one_do_not_carry_a_total_past_the_plan)
{
    plan(STUDY, 100);
    report(STUDY, "{\"as_of\": \"2025-01-31\", \"regions\": {\"vest\": 90}}");
    const char *over = "{\"as_of\": \"2025-02-28\", \"regions\": {\"nord\": 90}}";
    const struct answer *refused = http_ask(daemon_, "POST", recruitment_of(STUDY), over, JSON_BODY, editor, ANY, NULL);
    assert_status(refused, 422);
    ck_assert_ptr_nonnull(strstr(refused->body, "rule passes-plan: 180 passes the 100 planned"));
    ck_assert_str_eq(told("/studies/" STUDY "/recruitment", "included"), "90");
    report(STUDY, "{\"as_of\": \"2025-02-28\", \"regions\": {\"nord\": 90}, \"correction\": true}");
    ck_assert_str_eq(told("/studies/" STUDY "/recruitment", "included"), "180");
}
END_TEST

START_TEST(a_point_of_several_days_says_what_the_study_says)
{
    plan(STUDY, 200);
    report(STUDY, "{\"as_of\": \"2025-01-31\", \"included\": 100}");
    report(STUDY, "{\"as_of\": \"2025-02-28\", \"regions\": {\"vest\": 60, \"nord\": 50}}");
    ck_assert_str_eq(told("/studies/" STUDY "/recruitment", "included"), "110");
    ck_assert_str_eq(series_of(STUDY, ""), "2025-01-31 100 | 2025-02-28 110");
    ck_assert_str_eq(series_of(STUDY, "?interval=quarter"), "2025-02-28 110");
    report(STUDY, "{\"as_of\": \"2025-03-31\", \"included\": 120}");
    ck_assert_str_eq(series_of(STUDY, "?interval=quarter"), "2025-03-31 120");
    report(STUDY, "{\"as_of\": \"2025-03-31\", \"regions\": {\"vest\": 70}}"); /* of the total's own day: nord is older */
    ck_assert_str_eq(series_of(STUDY, "?interval=quarter"), "2025-03-31 120");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        which_regions_of_a_small_population_report_is_told_nowhere,
        a_region_that_is_known_to_take_part_looks_alike_before_and_after_its_report,
        what_grows_beyond_the_threshold_shows_its_regions_and_back_below_hides_them,
        the_series_of_a_small_population_has_totals_on_their_own_days,
        few_patients_of_some_regions_are_a_small_population_however_many_are_planned,
        the_first_region_to_report_is_not_the_whole_study,
        regions_one_by_one_do_not_carry_a_total_past_the_plan,
        a_point_of_several_days_says_what_the_study_says,
    };
    TCase *cases = tcase_create("disclosure");
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(cases, tests[i]);
    tcase_add_loop_test(cases, the_series_of_a_small_population_does_not_tell_which_region_reported, 0, 2);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 120);
    Suite *suite = suite_create("disclosure");
    suite_add_tcase(suite, cases);
    return support_run(suite);
}
