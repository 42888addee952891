/* SPDX-License-Identifier: GPL-3.0-or-later
 * One study: its card, its recruitment, and what an old id answers.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "api/invented.h"
#include "http.h"

static struct daemon *both;

static void start(void)
{
    both = daemon_start(register_of_both(), NULL);
}

static void stop(void)
{
    daemon_stop_shared(both);
}

/* The text of a JSON value, for comparing and for messages. */
static const char *dumped(const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    ck_assert_ptr_nonnull(text);
    const char *kept = keep_bytes(text, strlen(text));
    free(text);
    return kept;
}

/* ── the card ───────────────────────────────────────────────────────────────────────────────────────────────── */

/* What the report prints of ANeED, and nothing it does not print. */
static const struct {
    const char *path, *value;
} aneed[] = {
    {"id", "\"aneed\""},
    {"programme", "\"klinbeforsk\""},
    {"name", "\"ANeED\""},
    {"acronym", "\"ANeED\""},
    {"mechanism", "\"open-call\""},
    {"awards.0.kind", "\"main\""},
    {"categories.0.code", "\"neurological\""},
    {"institution.id", "\"helse-fonna\""},
    {"institution.region", "\"vest\""},
    {"hospitals_stated", "7"},
    {"inclusion_regions", "[\"sor-ost\",\"vest\",\"midt\",\"nord\"]"},
    {"european_sites", "null"},
    {"patients.age_min", "50"},
    {"patients.age_max", "85"},
    {"patients.age_text", "\"50-85 år\""},
    {"patients.sexes", "[\"female\",\"male\"]"},
    {"patients.children", "null"},
    {"aim", "\"treatment\""},
    {"design", "\"parallel\""},
    {"arms", "[\"Ambroxol\",\"Placebo\"]"},
    {"has_card", "true"},
    {"dates.start", "\"2021-06\""},
    {"dates.inclusion_end", "null"},
    {"dates.inclusion_end_expected", "\"2026\""},
    {"recruitment.planned", "156"},
    {"recruitment.included", "null"},
    {"recruitment.remaining", "null"},
    {"recruitment.percent", "null"},
    {"contact", "null"},
    {"version", "1"},
};

START_TEST(a_card_says_what_the_report_prints)
{
    const struct answer *answer = must_get(both, "/studies/aneed");
    ck_assert_str_eq(dumped(json_at(answer->json, aneed[_i].path)), aneed[_i].value);
}
END_TEST

START_TEST(a_study_without_a_card_is_silent_not_zero)
{
    const json_t *study = must_get(both, "/studies/asac")->json;
    static const char *const silent[] = {"hospitals",
                                         "hospitals_stated",
                                         "inclusion_regions",
                                         "european_sites",
                                         "patients.sexes",
                                         "patients.age_min",
                                         "patients.children",
                                         "aim",
                                         "design",
                                         "arms",
                                         "recruitment.planned",
                                         "recruitment.included",
                                         "recruitment.as_of",
                                         "summary.nb",
                                         "texts.about.en",
                                         "dates.start"};
    for (size_t i = 0; i < sizeof silent / sizeof silent[0]; i++)
        ck_assert_msg(is_null_at(study, silent[i]), "%s is not null", silent[i]);
    ck_assert(json_is_false(json_at(study, "has_card")));
    ck_assert_uint_gt(json_array_size(json_at(study, "sources")), 0);
}
END_TEST

static const struct {
    const char *id, *name;
} named[] = {{"aurora", "AURORA"}, {"aegir", "ÆGIR"}, {"aneed", "ANeED"}};

START_TEST(the_name_is_the_acronym_where_there_is_one)
{
    ck_assert_str_eq(text_at(must_get(both, text_format("/studies/%s", named[_i].id))->json, "name"), named[_i].name);
}
END_TEST

START_TEST(no_study_is_without_a_name)
{
    const struct answer *answer = must_get(both, "/studies?limit=500&fields=id,name,acronym,title,scientific_title");
    size_t i;
    json_t *study;
    json_array_foreach(json_at(answer->json, "data"), i, study)
    {
        const char *acronym = json_string_value(json_at(study, "acronym")), *nb = json_string_value(json_at(study, "title.nb"));
        const char *en = json_string_value(json_at(study, "title.en")), *name = text_at(study, "name");
        const char *expected = acronym ? acronym : nb ? nb : en ? en : text_at(study, "scientific_title");
        ck_assert_str_eq(name, expected);
    }
}
END_TEST

START_TEST(two_awards_are_one_study)
{
    const json_t *study = must_get(both, "/studies/aurora")->json;
    ck_assert_uint_eq(json_array_size(json_at(study, "awards")), 2);
    ck_assert_int_eq(int_at(study, "amount_nok"), 10000501);
    ck_assert_int_eq(int_at(study, "call_year"), 2022);
    ck_assert_str_eq(text_at(study, "awards.1.kind"), "top-up");
    ck_assert_str_eq(text_at(study, "awards.1.mechanism"), "other");
    ck_assert_str_eq(text_at(study, "leader.name"), "Åse Ås");
}
END_TEST

START_TEST(an_alias_names_the_same_leader_and_institution)
{
    ck_assert_str_eq(text_at(must_get(both, "/studies/aegir")->json, "leader.name"), "Åse Ås");
    ck_assert_str_eq(text_at(must_get(both, "/studies/corona")->json, "institution.id"), "rost-sykehus");
    /* The programme that brought an institution names it; another's spelling becomes an alias. */
    ck_assert_str_eq(text_at(must_get(both, "/studies/aurora")->json, "institution.name"), "Helse Bergen HF");
    ck_assert_int_eq(total_of(both, "/studies?institution=Helse%20Bergen&programme=nordlys"), 5);
}
END_TEST

/* Everything a card may hold, as it was given. */
static const struct {
    const char *path, *value;
} corona[] = {
    {"identifiers", "[{\"system\":\"nct\",\"value\":\"NCT00000000\"}]"},
    {"links", "[{\"url\":\"https://example.org/corona\",\"label\":null}]"},
    {"publications", "[{\"citation\":\"An invented article. 2024.\",\"doi\":\"10.1000/182\"}]"},
    {"patients.children", "true"},
    {"patients.sexes", "[\"female\"]"},
    {"patients.age_min", "0"},
    {"patients.condition", "{\"nb\":null,\"en\":\"A condition\"}"},
    {"european_sites", "0"},
    {"arms", "null"},
    {"hospitals.1.region", "\"nord\""},
    {"dates.completion_expected", "\"2027-01-31\""},
    {"notes.0.kind", "\"missing\""},
    {"notes.0.field", "\"hospitals\""},
    {"status", "\"recruiting\""},
};

START_TEST(a_card_gives_what_the_data_set_gave)
{
    ck_assert_str_eq(dumped(json_at(must_get(both, "/studies/corona")->json, corona[_i].path)), corona[_i].value);
}
END_TEST

START_TEST(hospitals_come_as_printed)
{
    const json_t *hospitals = json_at(must_get(both, "/studies/corona")->json, "hospitals");
    ck_assert_uint_eq(json_array_size(hospitals), 2);
    ck_assert_str_eq(text_at(hospitals, "0.id"), "helse-bergen");
    ck_assert_str_eq(text_at(hospitals, "1.id"), "rost-sykehus");
}
END_TEST

/* ── recruitment ────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *id, *numbers; /* planned included included_at_least remaining exceeded_by percent as_of status disclosure */
} recruitment[] = {
    {"acl-register-rct", "830 null null null null null null \"not-reported\" \"full\""},
    {"aneed", "156 null null null null null null \"not-reported\" \"full\""},
    {"ataxia-telangiectasia", "null 12 null null null null \"2024-12-31\" \"reported\" \"totals-only\""},
    {"dart", "null 117 null null null null \"2024-12-31\" \"reported\" \"full\""},
    {"overlord-ms", "null 214 null null null null \"2024-12-31\" \"reported\" \"full\""},
    {"react-mci", "null 207 null null null null \"2024-12-31\" \"reported\" \"full\""},
    {"refit-2", "null 450 null null null null \"2024-12-31\" \"reported\" \"full\""},
    {"smart-ms", "null 18 null null null null \"2024-12-31\" \"reported\" \"totals-only\""},
    {"asac", "null null null null null null null \"unknown\" \"full\""},
    {"aurora", "100 60 null 40 null 60.0 \"2024-12-31\" \"reported\" \"full\""},
    {"borealis", "50 62 null 0 12 124.0 \"2024-12-31\" \"reported\" \"full\""},
    {"corona", "null null 30 null null null null \"reported\" \"full\""},
    {"dagny", "8 5 null 3 null 62.5 \"2024-12-31\" \"reported\" \"totals-only\""},
    {"aegir", "70 null null null null null null \"not-reported\" \"full\""},
    {"ore", "null 0 null null null null \"2024-12-31\" \"reported\" \"totals-only\""},
    {"afjord", "40 40 null 0 null 100.0 \"2020-12-31\" \"reported\" \"full\""},
    {"aase", "null null null null null null null \"unknown\" \"full\""},
};

START_TEST(plan_and_count_are_as_reported)
{
    static const char *const order[] = {"planned", "included", "included_at_least", "remaining", "exceeded_by", "percent",
                                        "as_of",   "status",   "disclosure"};
    const struct answer *answer = must_get(both, text_format("/studies/%s/recruitment", recruitment[_i].id));
    const char *numbers = "";
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        numbers = text_format("%s%s%s", numbers, i ? " " : "", dumped(json_at(answer->json, order[i])));
    ck_assert_str_eq(numbers, recruitment[_i].numbers);
}
END_TEST

/* The card's short form and the long one say the same. */
START_TEST(the_card_and_its_recruitment_agree)
{
    const json_t *card = json_at(must_get(both, text_format("/studies/%s", recruitment[_i].id))->json, "recruitment");
    const json_t *whole = must_get(both, text_format("/studies/%s/recruitment", recruitment[_i].id))->json;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)card, name, value) ck_assert_msg(json_equal(value, json_at(whole, name)), "%s differs", name);
}
END_TEST

static const struct {
    const char *id, *region, *planned, *included, *status;
} regions[] = {
    {"aurora", "vest", "60", "41", "reported"},
    {"aurora", "midt", "40", "19", "reported"},
    {"aurora", "nord", "null", "null", "unknown"},
    {"borealis", "midt", "30", "36", "reported"},
    {"corona", "vest", "null", "30", "reported"},
    {"corona", "nord", "null", "null", "not-reported"},
    {"corona", "sor-ost", "null", "null", "unknown"},
    {"dagny", "nord", "null", "null", "unknown"},
    {"dagny", "vest", "null", "null", "unknown"},
    {"aneed", "vest", "null", "null", "not-reported"},
    {"aneed", "international", "null", "null", "unknown"},
};

START_TEST(each_region_says_what_is_known_of_it)
{
    const struct answer *answer = must_get(both, text_format("/studies/%s/recruitment", regions[_i].id));
    const json_t *list = json_at(answer->json, "regions"), *region = json_where(list, "region", regions[_i].region);
    ck_assert_uint_eq(json_array_size(list), 5);
    ck_assert_ptr_nonnull(region);
    ck_assert_str_eq(dumped(json_at(region, "planned")), regions[_i].planned);
    ck_assert_str_eq(dumped(json_at(region, "included")), regions[_i].included);
    ck_assert_str_eq(text_at(region, "status"), regions[_i].status);
    ck_assert_int_eq(is_null_at(region, "as_of"), strcmp(regions[_i].included, "null") == 0);
}
END_TEST

static const struct {
    const char *target, *series; /* as_of included regions … */
} series[] = {
    {"aurora/recruitment", "2023-12-31 null {\"vest\":10,\"midt\":null} | 2024-03-31 null {\"vest\":null,\"midt\":5} | 2024-06-30 null "
                           "{\"vest\":20,\"midt\":null} | "
                           "2024-12-31 60 {\"vest\":41,\"midt\":19}"},
    {"aurora/recruitment?from=2024-06-30", "2024-06-30 null {\"vest\":20,\"midt\":null} | 2024-12-31 60 {\"vest\":41,\"midt\":19}"},
    {"aurora/recruitment?to=2024-06-29", "2023-12-31 null {\"vest\":10,\"midt\":null} | 2024-03-31 null {\"vest\":null,\"midt\":5}"},
    {"aurora/recruitment?from=2024-06-30&to=2024-06-30", "2024-06-30 null {\"vest\":20,\"midt\":null}"},
    {"aurora/recruitment?from=2030-01-01", ""},
    {"aurora/recruitment?interval=year", "2023-12-31 null {\"vest\":10,\"midt\":null} | 2024-12-31 60 {\"vest\":41,\"midt\":19}"},
    {"aurora/recruitment?interval=quarter", "2023-12-31 null {\"vest\":10,\"midt\":null} | 2024-03-31 null {\"vest\":null,\"midt\":5} | "
                                            "2024-06-30 null {\"vest\":20,\"midt\":null} "
                                            "| 2024-12-31 60 {\"vest\":41,\"midt\":19}"},
    {"aurora/recruitment?interval=month&from=2024-12-01", "2024-12-31 60 {\"vest\":41,\"midt\":19}"},
    {"borealis/recruitment", "2024-12-31 62 {\"midt\":36}"},
    {"dagny/recruitment", "2023-12-31 3 null | 2024-12-31 5 null"},
    {"dagny/recruitment?interval=report", "2023-12-31 3 null | 2024-12-31 5 null"},
    {"overlord-ms/recruitment", "2022-11-30 214 {\"sor-ost\":null,\"vest\":null,\"midt\":null,\"nord\":null,\"international\":null} | "
                                "2024-12-31 214 {\"sor-ost\":null,\"vest\":null,\"midt\":null,\"nord\":null,\"international\":null}"},
    {"ore/recruitment", "2024-12-31 0 null"},
    {"aneed/recruitment", ""},
};

START_TEST(the_series_is_shaped_as_asked)
{
    const struct answer *answer = must_get(both, text_format("/studies/%s", series[_i].target));
    const char *points = "";
    size_t i;
    json_t *point;
    json_array_foreach(json_at(answer->json, "series"), i, point) points =
        text_format("%s%s%s %s %s", points, i ? " | " : "", text_at(point, "as_of"), dumped(json_at(point, "included")),
                    dumped(json_at(point, "regions")));
    ck_assert_str_eq(points, series[_i].series);
}
END_TEST

/* A yearly series stays yearly, whatever piece of it is asked for: the counts within a year must not come out one by one. */
START_TEST(a_small_population_shows_no_count_within_a_year)
{
    static const char *const queries[] = {"to=2024-07-01", "from=2024-01-01&to=2024-06-30", "to=2024-06-30&interval=month",
                                          "from=2024-06-30&to=2024-06-30"};
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        const struct answer *answer = must_get(both, text_format("/studies/dagny/recruitment?%s", queries[i]));
        ck_assert_msg(!strstr(answer->body, "2024-06-30"), "%s: %s", queries[i], answer->body);
    }
}
END_TEST

/* Small populations: neither an answer nor any filter or statistic gives a region's number away. */
START_TEST(a_small_population_shows_no_region_anywhere)
{
    const struct answer *answer = must_get(both, "/studies/dagny/recruitment");
    ck_assert_ptr_null(strstr(answer->body, "\"nord\":"));
    ck_assert_str_eq(text_at(answer->json, "disclosure"), "totals-only");
    const struct answer *stats = must_get(both, "/stats/regions?id=dagny");
    const json_t *nord = json_where(json_at(stats->json, "data"), "region", "nord");
    ck_assert(is_null_at(nord, "included") && is_null_at(nord, "planned"));
}
END_TEST

static const struct {
    const char *query, *name, *did_you_mean;
} refused[] = {
    {"from=2024-02-30", "from", NULL},
    {"from=2024", "from", NULL},
    {"to=31.12.2024", "to", NULL},
    {"interval=yaer", "interval", "year"},
    {"interval=week", "interval", NULL},
    {"form=2024-01-01", "form", "from"},
    {"from=2025-01-01&to=2024-01-01", "from", NULL},
};

START_TEST(a_wrong_shape_is_refused)
{
    const struct answer *answer = http_get(both, text_format("/studies/aurora/recruitment?%s", refused[_i].query), NULL);
    assert_problem(answer, 400, "bad-parameter");
    assert_fault(answer, refused[_i].name, refused[_i].did_you_mean);
}
END_TEST

/* ── ids ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *old, *now;
} moved[] = {
    {"/studies/aegir-old", "/studies/aegir"},
    {"/studies/aegir-old?fields=name,id", "/studies/aegir?fields=id,name"},
    {"/studies/aegir-old/recruitment", "/studies/aegir/recruitment"},
    {"/studies/aegir-old/recruitment?interval=year&from=2024-01-01", "/studies/aegir/recruitment?from=2024-01-01&interval=year"},
};

START_TEST(an_old_id_leads_to_the_study)
{
    const struct answer *answer = http_get(both, moved[_i].old, NULL);
    assert_status(answer, 301);
    assert_header(answer, "Location", moved[_i].now);
    must_get(both, moved[_i].now);
    assert_status(http_ask(both, "HEAD", moved[_i].old, NULL, NULL), 301);
}
END_TEST

static const char *const unknown[] = {
    "/studies/nothing",    "/studies/nothing/recruitment",
    "/studies/ANEED",      "/studies/aneed-",
    "/studies/-",          "/studies/a--b",
    "/studies/a_b",        "/studies/aneed.json",
    "/studies/%C3%A5",     "/studies/aneed/recruitments",
    "/programmes/nothing", "/programmes/NORDLYS",
    "/problems/nothing",   "/studies/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
};

START_TEST(an_id_that_nobody_has_is_not_found)
{
    assert_problem(http_get(both, unknown[_i], NULL), 404, "not-found");
}
END_TEST

START_TEST(a_wrong_parameter_is_told_even_of_an_unknown_study)
{
    assert_fault(http_get(both, "/studies/nothing?fields=nmae", NULL), "fields", "name");
}
END_TEST

/* ── the suite ──────────────────────────────────────────────────────────────────────────────────────────────── */

#define EACH(test, table) tcase_add_loop_test(stories, test, 0, sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("study");
    TCase *stories = tcase_create("one");
    tcase_add_unchecked_fixture(stories, start, stop);
    EACH(a_card_says_what_the_report_prints, aneed);
    tcase_add_test(stories, a_study_without_a_card_is_silent_not_zero);
    EACH(the_name_is_the_acronym_where_there_is_one, named);
    tcase_add_test(stories, no_study_is_without_a_name);
    tcase_add_test(stories, two_awards_are_one_study);
    tcase_add_test(stories, an_alias_names_the_same_leader_and_institution);
    EACH(a_card_gives_what_the_data_set_gave, corona);
    tcase_add_test(stories, hospitals_come_as_printed);
    EACH(plan_and_count_are_as_reported, recruitment);
    EACH(the_card_and_its_recruitment_agree, recruitment);
    EACH(each_region_says_what_is_known_of_it, regions);
    EACH(the_series_is_shaped_as_asked, series);
    tcase_add_test(stories, a_small_population_shows_no_region_anywhere);
    tcase_add_test(stories, a_small_population_shows_no_count_within_a_year);
    EACH(a_wrong_shape_is_refused, refused);
    EACH(an_old_id_leads_to_the_study, moved);
    EACH(an_id_that_nobody_has_is_not_found, unknown);
    tcase_add_test(stories, a_wrong_parameter_is_told_even_of_an_unknown_study);
    suite_add_tcase(suite, stories);
    return support_run(suite);
}
