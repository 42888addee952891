/* SPDX-License-Identifier: GPL-3.0-or-later
 * Reports, plans and edits of one study, as their handlers take them: alpha has a plan of 100 and 60 included at the end of 2024.
 */
#include "unit/filing.h"

#include "handlers/filing.h"

#include <time.h>

static bool file(const char *body)
{
    return ask(recruitment_file_parse, recruitment_file, BODY_JSON, "alpha", body);
}

static bool plan(const char *body)
{
    return ask(plan_put_parse, plan_put, BODY_JSON, "alpha", body);
}

static bool edit(const char *body)
{
    return ask(study_edit_parse, study_edit, BODY_MERGE_PATCH, "alpha", body);
}

#define FILED(body)   ck_assert_msg(file(body), "%s\n%s", body, faults_text())
#define PLANNED(body) ck_assert_msg(plan(body), "%s\n%s", body, faults_text())
#define EDITED(body)  ck_assert_msg(edit(body), "%s\n%s", body, faults_text())

/* ── a report ───────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *body, *faults;
} bad_reports[] = {
    {"{}", "/as_of: is missing\n-: must have either regions, a count for each, or included"},
    {"{\"x\": 1, \"as_of\": \"2025-01-31\"}", "/x: unknown member\n-: must have either regions, a count for each, or included"},
    {"null", "-: must be an object"},
    {"[]", "-: must be an object"},
    {"{\"as_of\": \"2025-01-31\"}", "-: must have either regions, a count for each, or included"},
    {"{\"as_of\": \"2025-01-31\", \"included\": 70, \"regions\": {\"vest\": 3}}",
     "-: must have either regions, a count for each, or included"},
    {"{\"as_of\": \"2025-01-31\", \"regions\": {}}", "/regions: must name at least one"},
    {"{\"as_of\": \"2025-01-31\", \"regions\": null}", "/regions: must not be null"},
    {"{\"as_of\": \"2025-01-31\", \"regions\": {\"vest\": null}}", "/regions/vest: must be a whole number from 0 to 1000000000: leave out"},
    {"{\"as_of\": \"2025-01-31\", \"regions\": {\"vset\": 3}}", "/regions/vset: is not a known code [vest]"},
    {"{\"as_of\": \"2025-01-31\", \"included\": -1}", "/included: must be a whole number from 0 to 1000000000"},
    {"{\"as_of\": \"2025-02-29\", \"included\": 70}", "/as_of: must be a day of the calendar"},
    {"{\"as_of\": \"1989-12-31\", \"included\": 70}", "/as_of: must not be before 1990-01-01"},
    {"{\"as_of\": \"2025-01-31\", \"included\": 70, \"comment\": \"\"}", "/comment: must be a text"},
    {"{\"as_of\": \"2025-01-31\", \"included\": 70, \"corection\": true}", "/corection: unknown member [correction]"},
    {"{\"as_of\": \"2025-01-31\", \"included\": 59}",
     "/included: rule falls: 59 as of 2025-01-31 is lower than 60 as of 2024-12-31, an earlier day"},
    {"{\"as_of\": \"2024-12-31\", \"included\": 59}",
     "/included: rule falls: 59 as of 2024-12-31 is lower than 60 as of 2024-12-31, the same day"},
    {"{\"as_of\": \"2024-12-30\", \"included\": 61}",
     "/included: rule falls: 61 as of 2024-12-30 is higher than 60 as of 2024-12-31, a later day"},
    {"{\"as_of\": \"2025-01-31\", \"included\": 111}",
     "/included: rule passes-plan: 111 passes the 100 planned for the study by more than a tenth"},
    {"{\"as_of\": \"2025-01-31\", \"regions\": {\"vest\": 61, \"nord\": 50}}",
     "/regions: rule passes-plan: 111 passes the 100 planned for the study"},
    {"{\"as_of\": \"2025-01-31\", \"regions\": {\"vest\": 111}}", ""}, /* one region is not the study; its own plan is not known */
    {"{\"as_of\": \"2199-01-31\", \"included\": 111}",
     "/included: rule passes-plan: 111 passes\n/as_of: rule in-future: 2199-01-31 is after today, which is "},
};

START_TEST(a_report_that_cannot_be_taken_says_all_that_is_wrong)
{
    bool taken = file(bad_reports[_i].body);
    assert_faults(bad_reports[_i].faults);
    ck_assert_int_eq(asked.error, *bad_reports[_i].faults ? API_UNPROCESSABLE : API_OK);
    ck_assert(taken == !*bad_reports[_i].faults);
    ck_assert_int_eq(version_of("alpha"), taken ? 2 : 1);
}
END_TEST

static const char *const good_reports[] = {
    "{\"as_of\": \"2025-01-31\", \"included\": 60}",
    "{\"as_of\": \"2025-01-31\", \"included\": 110}",
    "{\"as_of\": \"2024-12-31\", \"included\": 61}",
    "{\"as_of\": \"2024-12-30\", \"included\": 60}",
    "{\"as_of\": \"2025-01-31\", \"included\": 59, \"correction\": true}",
    "{\"as_of\": \"2025-01-31\", \"included\": 1000, \"correction\": true, \"comment\": \"said by the monitor\\non the phone\"}",
    "{\"as_of\": \"2199-01-31\", \"included\": 60, \"correction\": true, \"comment\": null}",
    "{\"as_of\": \"2025-01-31\", \"regions\": {\"vest\": 0, \"nord\": 60, \"sor-ost\": 50}}",
};

START_TEST(a_report_that_fits_or_is_meant_is_taken)
{
    FILED(good_reports[_i]);
    ck_assert_int_eq(version_of("alpha"), 2);
    ck_assert_int_eq(asked.reply.study_version, 2);
}
END_TEST

START_TEST(what_was_filed_is_answered_with_where_it_stands_for_ever)
{
    FILED("{\"as_of\": \"2025-01-31\", \"included\": 64, \"comment\": \"nobody's\"}");
    const char *recorded = json_string_value(json_object_get(answer_json(), "recorded"));
    ck_assert_uint_eq(strlen(recorded), strlen("2026-01-01T00:00:00.000Z"));
    ck_assert_str_eq(asked.reply.location, arena_printf(asked.arena, "/studies/alpha/recruitment?known_at=%s", recorded));
    ck_assert_ptr_null(strstr(answer_text(), "nobody"));
    assert_answer(
        "{\"study\": \"alpha\", \"as_of\": \"2025-01-31\", \"included\": 64, \"correction\": false, \"role\": \"operator\", \"version\": 2,"
        " \"recruitment\": {\"planned\": 100, \"included\": 64, \"remaining\": 36, \"exceeded_by\": null, \"percent\": 64.0,"
        " \"as_of\": \"2025-01-31\"}}");
    FILED("{\"as_of\": \"2025-02-28\", \"regions\": {\"vest\": 30, \"nord\": 20, \"sor-ost\": 16}, \"correction\": true}");
    assert_answer("{\"study\": \"alpha\", \"as_of\": \"2025-02-28\", \"regions\": {\"vest\": 30, \"nord\": 20, \"sor-ost\": 16}, "
                  "\"correction\": true,"
                  " \"role\": \"operator\", \"version\": 3,"
                  " \"recruitment\": {\"planned\": 100, \"included\": 66, \"remaining\": 34, \"exceeded_by\": null, \"percent\": 66.0,"
                  " \"as_of\": \"2025-02-28\"}}");
}
END_TEST

START_TEST(regions_are_held_against_their_own_reports_and_plans)
{
    PLANNED("{\"planned\": 100, \"regions\": {\"vest\": 20}}");
    FILED("{\"as_of\": \"2025-01-31\", \"regions\": {\"vest\": 10, \"nord\": 30}}");
    ck_assert(!file("{\"as_of\": \"2025-02-28\", \"regions\": {\"vest\": 9, \"nord\": 30}}"));
    assert_faults("/regions/vest: rule falls: 9 as of 2025-02-28 is lower than 10 as of 2025-01-31, an earlier day");
    ck_assert(!file("{\"as_of\": \"2025-02-28\", \"regions\": {\"vest\": 23, \"nord\": 29}}"));
    assert_faults("/regions/vest: rule passes-plan: 23 passes the 20 planned for the region\n/regions/nord: rule falls: 29");
    FILED("{\"as_of\": \"2025-02-28\", \"regions\": {\"vest\": 22, \"nord\": 30}}");
}
END_TEST

START_TEST(a_correction_mends_what_later_reports_are_held_against)
{
    FILED("{\"as_of\": \"2025-01-31\", \"included\": 90}");
    ck_assert(!file("{\"as_of\": \"2025-02-28\", \"included\": 64}"));
    FILED("{\"as_of\": \"2025-01-31\", \"included\": 62, \"correction\": true}");
    FILED("{\"as_of\": \"2025-02-28\", \"included\": 64}");
}
END_TEST

/* ── the total that the regions make ────────────────────────────────────────────────────────────────────────── */

#define FEBRUARY(vest, nord, more)                                                                                                         \
    "{\"as_of\": \"2025-02-28\", \"regions\": {\"vest\": " #vest ", \"nord\": " #nord ", \"sor-ost\": 16}" more "}"

static const struct {
    const char *body, *faults;
} totals[] = {
    {"{\"as_of\": \"2025-03-31\", \"included\": 65}",
     "/included: rule falls: 65 as of 2025-03-31 is lower than 66, the sum of the regions, as of 2025-02-28, an earlier day"},
    {"{\"as_of\": \"2025-02-28\", \"included\": 65}",
     "/included: rule falls: the study's total would go from 66 as of 2025-02-28 to 65 as of 2025-02-28, and counts are cumulative; if"},
    {"{\"as_of\": \"2025-01-31\", \"included\": 67}",
     "/included: rule falls: 67 as of 2025-01-31 is higher than 66, the sum of the regions, as of 2025-02-28, a later day"},
    {"{\"as_of\": \"2025-03-31\", \"included\": 59}",
     "/included: rule falls: 59 as of 2025-03-31 is lower than 60 as of 2024-12-31, an earlier day\n"
     "/included: rule falls: 59 as of 2025-03-31 is lower than 66, the sum of the regions,"},
    {"{\"as_of\": \"2025-03-31\", \"included\": 66}", ""},
    {"{\"as_of\": \"2025-02-28\", \"included\": 66}", ""},
    {"{\"as_of\": \"2025-01-31\", \"included\": 66}", ""},
    {"{\"as_of\": \"2025-03-31\", \"included\": 65, \"correction\": true}", ""},
};

START_TEST(a_total_is_held_against_the_sum_of_the_regions_where_that_is_what_is_shown)
{
    FILED(FEBRUARY(30, 20, ""));
    bool taken = file(totals[_i].body);
    assert_faults(totals[_i].faults);
    ck_assert_int_eq(taken, !*totals[_i].faults);
    ck_assert_int_eq(version_of("alpha"), taken ? 3 : 2);
}
END_TEST

START_TEST(so_is_one_of_a_day_before_the_newest_and_no_sum_that_was_never_shown_counts)
{
    FILED(FEBRUARY(30, 20, ""));
    FILED("{\"as_of\": \"2025-05-31\", \"included\": 70}");
    ck_assert(!file("{\"as_of\": \"2025-03-31\", \"included\": 65}"));
    assert_faults("/included: rule falls: 65 as of 2025-03-31 is lower than 66, the sum of the regions,");
    /* vest is older than the total: the sum of 77 is not shown. */
    FILED("{\"as_of\": \"2025-06-30\", \"regions\": {\"nord\": 31}}");
    FILED("{\"as_of\": \"2025-07-31\", \"included\": 71}");
}
END_TEST

START_TEST(regions_that_make_less_than_the_total_leave_it_as_it_is)
{
    ck_assert(!file(FEBRUARY(100, 0, "")));
    assert_faults("/regions: rule passes-plan: 116");
    FILED(FEBRUARY(30, 13, "")); /* 59 of at least 60: others take part too */
    ck_assert(!file("{\"as_of\": \"2025-03-31\", \"included\": 59}"));
    assert_faults("/included: rule falls: 59 as of 2025-03-31 is lower than 60 as of 2024-12-31");
    FILED("{\"as_of\": \"2025-01-31\", \"included\": 60}");
}
END_TEST

/* ── the day in Norway ──────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    int64_t ms;
    const char *day;
} days[] = {
    {0, "1970-01-01"},
    {INT64_C(1782856799999), "2026-06-30"}, /* 21:59:59.999 UTC: the last of the day there in summer */
    {INT64_C(1782856800000), "2026-07-01"},
    {INT64_C(1798754399999), "2026-12-31"},
    {INT64_C(1798754400000), "2027-01-01"}, /* an hour early in winter */
};

START_TEST(a_day_begins_in_norway_two_hours_before_utc)
{
    ck_assert_str_eq(day_in_norway(days[_i].ms).text, days[_i].day);
}
END_TEST

START_TEST(today_is_not_the_future)
{
    char body[80];
    struct day today = day_in_norway((int64_t)time(NULL) * 1000);
    snprintf(body, sizeof body, "{\"as_of\": \"%s\", \"included\": 60}", today.text);
    FILED(body);
}
END_TEST

/* ── a plan ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *body, *faults;
} bad_plans[] = {
    {"{}", "/planned: is missing"},
    {"{\"planned\": null}", "/planned: must not be null"},
    {"{\"planned\": 120, \"planned_end\": \"2028-13\"}", "/planned_end: must be a date of the calendar"},
    {"{\"planned\": 120, \"planed_end\": \"2028\"}", "/planed_end: unknown member [planned_end]"},
    {"{\"planned\": 120, \"regions\": {\"vest\": 70, \"nord\": 51}}",
     "/regions: the regions' plans are 121 in all: more than the 120 planned"},
    {"{\"planned\": 120, \"as_of\": \"2199-01-01\"}", "/as_of: must not be after today"},
    {"{\"planned\": 120, \"planned_end\": \"2021-05\"}",
     "/planned_end: rule ends-before-start: planned_end 2021-05 would be before 2021-06, when the study starts"},
    {"{\"planned\": 120, \"planned_end\": \"2020\", \"as_of\": \"2199-01-01\"}",
     "/as_of: must not be after today\n/planned_end: rule ends-before-start: planned_end 2020 would be before 2021-06"},
};

START_TEST(a_plan_that_cannot_be_taken_says_all_that_is_wrong)
{
    ck_assert(!plan(bad_plans[_i].body));
    ck_assert_int_eq(asked.error, API_UNPROCESSABLE);
    assert_faults(bad_plans[_i].faults);
    ck_assert_int_eq(version_of("alpha"), 1);
}
END_TEST

START_TEST(a_plan_is_answered_as_it_was_filed)
{
    PLANNED("{\"planned\": 120, \"regions\": {\"vest\": 70, \"nord\": 50}, \"planned_end\": \"2028-06\", \"as_of\": \"2025-06-01\"}");
    assert_answer(
        "{\"study\": \"alpha\", \"planned\": 120, \"regions\": {\"vest\": 70, \"nord\": 50}, \"planned_end\": \"2028-06\","
        " \"as_of\": \"2025-06-01\", \"role\": \"operator\", \"version\": 2, \"recruitment\": {\"planned\": 120, \"included\": 60,"
        " \"remaining\": 60, \"exceeded_by\": null, \"percent\": 50.0, \"as_of\": \"2024-12-31\"}}");
    ck_assert(!plan("{\"planned\": 100}"));
    assert_faults("/regions: the regions' plans are 120 in all, with those that stand and are not named here: more than the 100");
    PLANNED("{\"planned\": 100, \"regions\": {\"vest\": 50}, \"planned_end\": null}");
}
END_TEST

#define AS_OF_JUNE(plan) "{" plan ", \"as_of\": \"2025-06-01\"}"

START_TEST(the_regions_are_never_more_than_the_study_on_the_plan_s_day_nor_after_it)
{
    PLANNED("{\"planned\": 300, \"regions\": {\"vest\": 200}}");
    ck_assert(!plan(AS_OF_JUNE("\"planned\": 1000, \"regions\": {\"nord\": 700}")));
    assert_faults("/regions: with the plans of later days, which stand, the regions' plans are 900 in all: more than the 300 planned");
    ck_assert_int_eq(version_of("alpha"), 2);
    /* No region's plan stood in June. */
    PLANNED(AS_OF_JUNE("\"planned\": 150"));
    PLANNED(AS_OF_JUNE("\"planned\": 150, \"regions\": {\"nord\": 100}"));
    ck_assert(!plan("{\"planned\": 90, \"as_of\": \"2025-07-01\"}"));
    assert_faults("/regions: the regions' plans are 100 in all, with those that stand and are not named here: more than the 90 planned for "
                  "the study as of 2025-07-01");
    ck_assert(!plan("{\"planned\": 90, \"regions\": {\"vest\": 10}, \"as_of\": \"2025-07-01\"}"));
    assert_faults("/regions: the regions' plans are 110 in all, with those that stand and are not named here: more than the 90");
}
END_TEST

START_TEST(a_study_does_not_start_after_its_plan_ends)
{
    PLANNED("{\"planned\": 120, \"planned_end\": \"2024-06\"}");
    ck_assert(!edit("{\"dates\": {\"start\": \"2024-07\"}}"));
    assert_faults("/dates/start: start 2024-07 would be after planned_end 2024-06 of the plan");
    EDITED("{\"dates\": {\"start\": \"2024-06-30\"}}");
    PLANNED("{\"planned\": 120}");
    EDITED("{\"dates\": {\"start\": \"2024-07\"}}");
}
END_TEST

START_TEST(a_plan_may_end_in_the_month_or_year_that_the_study_starts)
{
    PLANNED("{\"planned\": 120, \"planned_end\": \"2021\"}");
    PLANNED("{\"planned\": 120, \"planned_end\": \"2021-06-01\"}");
}
END_TEST

/* ── a card ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *body, *faults;
} bad_edits[] = {
    {"{\"status\": \"recruting\"}", "/status: is not a known code [recruiting]"},
    {"{\"status\": null}", "/status: must not be null: unknown is the status"},
    {"{\"recruitment\": {\"included\": 3}}", "/recruitment: counts are filed as reports"},
    {"{\"id\": \"beta\"}", "/id: never changes"},
    {"{\"leader\": {\"name\": \"x\"}}", "/leader: comes with the programme's data set"},
    {"{\"patients\": {\"age_min\": 3}}", "/patients/age_min: comes with the programme's data set"},
    {"{\"patients\": null}", "/patients: must not be null: of patients only the condition"},
    {"{\"dates\": {\"start\": \"2021-6\"}}", "/dates/start: must be a date of the calendar"},
    {"{\"dates\": {\"start\": \"2027\"}}", "/dates/start: start 2027 would be after inclusion_end_expected 2026\n/dates/start: start 2027 "
                                           "would be after planned_end 2026-12 of the plan"},
    {"{\"dates\": {\"inclusion_end\": \"2021-05\"}}", "/dates/inclusion_end: start 2021-06 would be after inclusion_end 2021-05"},
    {"{\"links\": [{\"url\": \"javascript:alert(1)\"}]}", "/links/0/url: must be an address"},
    {"{\"identifiers\": [{\"system\": \"nct\", \"value\": \"NCT1\"}]}",
     "/identifiers/0: an identifier of ClinicalTrials.gov is NCT and eight"},
    {"{\"identifiers\": [{\"system\": \"eudract\", \"value\": \"2019-001234-5\"}]}", "/identifiers/0: a EudraCT number"},
    {"{\"identifiers\": [{\"system\": \"nct\", \"value\": \"NCT00000001\"}, {\"system\": \"other\", \"value\": \"NCT00000001\"}, "
     "{\"system\": \"nct\", \"value\": \"NCT00000001\"}, {\"system\": \"nct\"}], \"x\": 1}",
     "/x: unknown member\n/identifiers/3/value: is missing\n/identifiers/2: is the same as /identifiers/0"},
    {"{\"contact\": \"a\\u202eb\"}", "/contact: must be a text on one line without control characters (nor such as turn"},
    {"{\"contact\": \"a\\u0085b\"}", "/contact: must be a text on one line without control"},
    {"{\"texts\": {\"about\": {\"nb\": \"a\\u2066b\"}}}", "/texts/about/nb: must be a text without control"},
    {"{\"publications\": [{\"citation\": \"A\", \"doi\": \"1\"}]}", "/publications/0/doi: must be a DOI"},
    {"{\"title\": {\"no\": \"x\"}}", "/title/no: unknown member [nb]"},
    {"{\"titel\": null}", "/titel: unknown member [title]"},
};

START_TEST(an_edit_that_cannot_be_taken_says_all_that_is_wrong)
{
    ck_assert(!edit(bad_edits[_i].body));
    ck_assert_int_eq(asked.error, API_UNPROCESSABLE);
    assert_faults(bad_edits[_i].faults);
    ck_assert_int_eq(version_of("alpha"), 1);
}
END_TEST

START_TEST(an_edit_changes_what_it_names_and_nothing_else)
{
    EDITED("{\"status\": \"recruitment-ended\", \"title\": {\"nb\": \"Ny\"}, \"dates\": {\"inclusion_end\": \"2026-10\"}, \"contact\": "
           "\"post@example.org\"}");
    ck_assert_int_eq(asked.reply.study_version, 2);
    ck_assert_ptr_nonnull(strstr(answer_text(), "status recruitment-ended card 1"));
    ck_assert_ptr_nonnull(strstr(answer_text(), "title Ny|Alpha"));
    ck_assert_ptr_nonnull(strstr(answer_text(), "dates 2021-06 2026-10 2026"));
    ck_assert_ptr_nonnull(strstr(answer_text(), "contact post@example.org"));
    ck_assert_ptr_nonnull(strstr(answer_text(), "identifier nct|NCT00000001"));
}
END_TEST

START_TEST(null_clears_and_lists_are_replaced_whole)
{
    EDITED("{\"summary\": null, \"dates\": {\"start\": null}, \"links\": null, \"identifiers\": [{\"system\": \"euct\", \"value\": "
           "\"2023-501234-56-00\"}], \"patients\": {\"condition\": {\"nb\": null}}}");
    ck_assert_ptr_nonnull(strstr(answer_text(), "summary -|- "));
    ck_assert_ptr_nonnull(strstr(answer_text(), "dates - - 2026"));
    ck_assert_ptr_nonnull(strstr(answer_text(), "condition -"));
    ck_assert_ptr_null(strstr(answer_text(), "link "));
    ck_assert_ptr_nonnull(strstr(answer_text(), "identifier euct|2023-501234-56-00"));
    ck_assert_ptr_null(strstr(answer_text(), "identifier nct"));
}
END_TEST

static const char *const idle_edits[] = {
    "{}",
    "{\"status\": \"recruiting\"}",
    "{\"title\": {}, \"texts\": {\"about\": {}}, \"dates\": {}}",
    "{\"contact\": null, \"texts\": null}",
    "{\"links\": [{\"url\": \"https://example.org/a\", \"label\": \"Home\"}]}",
};

START_TEST(an_edit_that_changes_nothing_leaves_the_version)
{
    EDITED(idle_edits[_i]);
    ck_assert_int_eq(asked.reply.study_version, 1);
    ck_assert_int_eq(version_of("alpha"), 1);
}
END_TEST

START_TEST(nobody_files_for_a_study_that_is_not_there)
{
    ck_assert(!ask(recruitment_file_parse, recruitment_file, BODY_JSON, "gamma", "{\"as_of\": \"2025-01-31\", \"included\": 3}"));
    ck_assert_int_eq(asked.error, API_NOT_FOUND);
    ck_assert(!ask(plan_put_parse, plan_put, BODY_JSON, "gamma", "{\"planned\": 3}"));
    ck_assert_int_eq(asked.error, API_NOT_FOUND);
    ck_assert(!ask(study_edit_parse, study_edit, BODY_MERGE_PATCH, "gamma", "{\"status\": \"stopped\"}"));
    ck_assert_int_eq(asked.error, API_NOT_FOUND);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("filing");
    tcase_add_checked_fixture(tcase, filing_begin, filing_end);
    tcase_add_loop_test(tcase, a_report_that_cannot_be_taken_says_all_that_is_wrong, 0, LEN(bad_reports));
    tcase_add_loop_test(tcase, a_report_that_fits_or_is_meant_is_taken, 0, LEN(good_reports));
    tcase_add_test(tcase, what_was_filed_is_answered_with_where_it_stands_for_ever);
    tcase_add_test(tcase, regions_are_held_against_their_own_reports_and_plans);
    tcase_add_test(tcase, a_correction_mends_what_later_reports_are_held_against);
    tcase_add_loop_test(tcase, a_total_is_held_against_the_sum_of_the_regions_where_that_is_what_is_shown, 0, LEN(totals));
    tcase_add_test(tcase, so_is_one_of_a_day_before_the_newest_and_no_sum_that_was_never_shown_counts);
    tcase_add_test(tcase, regions_that_make_less_than_the_total_leave_it_as_it_is);
    tcase_add_loop_test(tcase, a_day_begins_in_norway_two_hours_before_utc, 0, LEN(days));
    tcase_add_test(tcase, today_is_not_the_future);
    tcase_add_loop_test(tcase, a_plan_that_cannot_be_taken_says_all_that_is_wrong, 0, LEN(bad_plans));
    tcase_add_test(tcase, a_plan_is_answered_as_it_was_filed);
    tcase_add_test(tcase, the_regions_are_never_more_than_the_study_on_the_plan_s_day_nor_after_it);
    tcase_add_test(tcase, a_study_does_not_start_after_its_plan_ends);
    tcase_add_test(tcase, a_plan_may_end_in_the_month_or_year_that_the_study_starts);
    tcase_add_loop_test(tcase, an_edit_that_cannot_be_taken_says_all_that_is_wrong, 0, LEN(bad_edits));
    tcase_add_test(tcase, an_edit_changes_what_it_names_and_nothing_else);
    tcase_add_test(tcase, null_clears_and_lists_are_replaced_whole);
    tcase_add_loop_test(tcase, an_edit_that_changes_nothing_leaves_the_version, 0, LEN(idle_edits));
    tcase_add_test(tcase, nobody_files_for_a_study_that_is_not_there);
    Suite *suite = suite_create("unit/filing");
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
