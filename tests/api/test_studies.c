/* SPDX-License-Identifier: GPL-3.0-or-later
 * GET /studies: what it holds, filters, members, refusals. Order and pages: test_studies_pages.c.
 */
#include <stdlib.h>
#include <string.h>

#include "api/invented.h"
#include "http.h"

#define STUDIES 80

static struct daemon *real, *both;

static void start(void)
{
    real = daemon_start(register_of_klinbeforsk(), NULL);
    both = daemon_start(register_of_both(), NULL);
}

static void stop(void)
{
    daemon_stop_shared(real);
    daemon_stop_shared(both);
}

/* The ids of a list, joined by blanks. */
static const char *ids_of(const struct daemon *daemon, const char *target)
{
    const struct answer *answer = must_get(daemon, target);
    const char *ids = "";
    size_t i;
    json_t *study;
    json_array_foreach(json_at(answer->json, "data"), i, study) ids = text_format("%s%s%s", ids, i ? " " : "", text_at(study, "id"));
    return ids;
}

START_TEST(the_list_holds_every_study_of_the_portfolio)
{
    const struct answer *answer = must_get(real, "/studies?limit=500");
    json_int_t awards = 0, nok = 0;
    size_t i, j;
    json_t *study, *award;
    ck_assert_int_eq(int_at(answer->json, "meta.total"), STUDIES);
    ck_assert_int_eq(int_at(answer->json, "meta.returned"), STUDIES);
    ck_assert_uint_eq(json_array_size(json_at(answer->json, "data")), STUDIES);
    json_array_foreach(json_at(answer->json, "data"), i, study)
    {
        json_int_t sum = 0;
        json_array_foreach(json_at(study, "awards"), j, award)
        {
            sum += int_at(award, "amount_nok");
            awards++;
        }
        ck_assert_int_eq(int_at(study, "amount_nok"), sum);
        ck_assert_str_eq(text_at(study, "awards.0.kind"), "main");
        ck_assert_int_eq(int_at(study, "awards.0.call_year"), int_at(study, "call_year"));
        ck_assert_str_eq(text_at(study, "awards.0.mechanism"), text_at(study, "mechanism"));
        nok += sum;
    }
    ck_assert_int_eq(awards, 82);
    ck_assert_int_eq(nok, 1498339370);
}
END_TEST

START_TEST(the_licence_is_said_to_be_undecided)
{
    const struct answer *answer = must_get(real, "/studies?limit=1");
    ck_assert(is_null_at(answer->json, "meta.licence"));
}
END_TEST

START_TEST(without_words_a_page_has_fifty_studies_by_call_year_and_id)
{
    const struct answer *answer = must_get(real, "/studies");
    ck_assert_int_eq(int_at(answer->json, "meta.limit"), 50);
    ck_assert_int_eq(int_at(answer->json, "meta.returned"), 50);
    ck_assert(is_null_at(answer->json, "links.prev"));
    for (size_t i = 1; i < 50; i++) {
        const json_t *before = json_at(answer->json, text_format("data.%zu", i - 1)),
                     *here = json_at(answer->json, text_format("data.%zu", i));
        json_int_t year = int_at(here, "call_year") - int_at(before, "call_year");
        ck_assert(year > 0 || (year == 0 && strcmp(text_at(before, "id"), text_at(here, "id")) < 0));
    }
}
END_TEST

/* ── filters ────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *filter;
    json_int_t total;
} known_totals[] = {
    {"programme=klinbeforsk", STUDIES},
    {"mechanism=open-call", 59},
    {"mechanism=needs-identified", 19},
    {"mechanism=other", 2},
    {"mechanism=open-call,other", 61},
    {"mechanism=!open-call", 21},
    {"award_mechanism=other", 4},
    {"award_call_year=2021&award_mechanism=other", 2},
    {"award_call_year=2020&award_mechanism=other&id=ram-ms", 0},
    {"call_year=2016", 7},
    {"call_year=2016..2018", 22},
    {"call_year=..2017,2024", 23},
    {"call_year=2024..", 8},
    {"category=cancer", 20},
    {"category=neurological", 19},
    {"category=cancer,neurological&call_year=2016..2024", 39},
    {"institution=oslo-universitetssykehus", 33},
    {"institution=Oslo%20Universitetssykehus%20HF", 33},
    {"hospital=helse-fonna", 1},
    {"region=midt", 10},
    {"has_card=true", 8},
    {"has_card=false", 72},
    {"planned=0..", 2},
    {"planned=156", 1},
    {"included=0..", 6},
    {"included=..117", 3},
    {"included=!0..", 74},
    {"inclusion_region=international", 2},
    {"inclusion_region=nord&has_card=true", 8},
    {"age=2", 0},
    {"age=70&has_card=true", 4},
    {"age=3..5", 1},
    {"amount_nok=60000000..", 1},
    {"amount_nok=20000000..", 16},
    {"leader=Ole-Bj%C3%B8rn%20Tysnes", 2},
    {"leader=ole%20bj%C3%B8rn%20tysnes", 2},
    {"id=aneed,dart", 2},
    {"id=!aneed,dart", 78},
    {"status=!unknown", 8},
    {"updated=2020-01-01..", STUDIES},
    {"updated=..2020-01-01T00:00:00%2B01:00", 0},
};

START_TEST(a_filter_finds_what_the_report_holds)
{
    ck_assert_int_eq(total_of(real, text_format("/studies?limit=1&%s", known_totals[_i].filter)), known_totals[_i].total);
}
END_TEST

static const char *const parted[] = {
    "programme=klinbeforsk",
    "id=aneed,dart",
    "call_year=2019..2021",
    "mechanism=open-call",
    "award_call_year=2021",
    "award_mechanism=other",
    "category=cancer,stroke",
    "institution=helse-bergen",
    "hospital=helse-bergen",
    "region=vest,nord",
    "inclusion_region=vest",
    "leader=Bo%20Berg",
    "status=unknown",
    "amount_nok=10000000..",
    "planned=50..100",
    "included=..50",
    "age=18",
    "updated=2020-01-01",
    "programme=nordlys",
    "inclusion_region=nord",
    "planned=..99",
    "included=0",
    "age=0..10",
};

/* total(f) + total(!f) = total, with the unknown on the other side of what is known. */
START_TEST(a_filter_and_its_negation_part_the_portfolio)
{
    const char *filter = parted[_i], *value = strchr(filter, '=') + 1;
    json_int_t with = total_of(both, text_format("/studies?limit=1&%s", filter));
    json_int_t without = total_of(both, text_format("/studies?limit=1&%.*s!%s", (int)(value - filter), filter, value));
    ck_assert_int_eq(with + without, STUDIES + INVENTED_STUDIES);
}
END_TEST

static const char *const questions[] = {"has_card", "behind_plan"};

START_TEST(a_question_and_its_contrary_part_the_portfolio)
{
    json_int_t yes = total_of(both, text_format("/studies?limit=1&%s=true", questions[_i]));
    json_int_t no = total_of(both, text_format("/studies?limit=1&%s=false", questions[_i]));
    ck_assert_int_eq(yes + no, STUDIES + INVENTED_STUDIES);
    ck_assert_int_gt(yes, 0);
}
END_TEST

static const struct {
    const char *filter, *ids;
} found[] = {
    {"id=aneed,dart", "aneed dart"},
    {"programme=nordlys", "aase afjord ore dagny borealis corona aurora aegir"},
    {"programme=nordlys&behind_plan=true", "aurora"},
    {"programme=nordlys&inclusion_region=nord", "corona"},
    {"programme=nordlys&planned=!0..", "aase ore corona"},
    {"programme=nordlys&included=62,60", "borealis aurora"},
    {"programme=nordlys&age=17", "corona"},
    {"id=aegir-old", "aegir"},
    {"programme=nordlys&age=18", ""},
    {"programme=nordlys&region=nord", "dagny corona"},
    {"programme=nordlys&institution=rost-sykehus", "dagny corona"},
    {"programme=nordlys&institution=Sykehuset%20p%C3%A5%20R%C3%B8st%2C%20AS", NULL},
    {"programme=nordlys&hospital=helse-bergen", "aase afjord ore corona aurora aegir"},
    {"programme=nordlys&leader=aase%20%C3%A5s", "aurora aegir"},
    {"programme=nordlys&status=completed,stopped", "afjord ore"},
    {"programme=nordlys&amount_nok=10000501", "aurora"},
    {"programme=nordlys&award_call_year=2024", "aurora"},
    {"programme=nordlys&award_call_year=2024&award_mechanism=open-call", ""},
    {"programme=nordlys&category=cancer&category_is=", NULL},
};

START_TEST(filters_find_the_studies_they_name)
{
    const char *target = text_format("/studies?%s", found[_i].filter);
    if (found[_i].ids)
        ck_assert_str_eq(ids_of(both, target), found[_i].ids);
    else /* a comma parts values, and an unknown parameter is refused */
        assert_problem(http_get(both, target, NULL), 400, "bad-parameter");
}
END_TEST

START_TEST(an_empty_list_is_an_answer)
{
    const struct answer *answer = must_get(real, "/studies?call_year=1900&limit=5");
    ck_assert_int_eq(int_at(answer->json, "meta.total"), 0);
    ck_assert_uint_eq(json_array_size(json_at(answer->json, "data")), 0);
    ck_assert(is_null_at(answer->json, "links.next") && is_null_at(answer->json, "links.prev"));
}
END_TEST

/* ── members ────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *const members[] = {"id",
                                      "programme",
                                      "name",
                                      "acronym",
                                      "title",
                                      "scientific_title",
                                      "call_year",
                                      "mechanism",
                                      "amount_nok",
                                      "awards",
                                      "categories",
                                      "leader",
                                      "institution",
                                      "hospitals",
                                      "hospitals_stated",
                                      "inclusion_regions",
                                      "european_sites",
                                      "patients",
                                      "aim",
                                      "aim_text",
                                      "design",
                                      "design_text",
                                      "arms",
                                      "summary",
                                      "texts",
                                      "status",
                                      "has_card",
                                      "dates",
                                      "recruitment",
                                      "identifiers",
                                      "links",
                                      "publications",
                                      "notes",
                                      "sources",
                                      "contact",
                                      "version",
                                      "updated"};
#define MEMBERS (sizeof members / sizeof members[0])

START_TEST(each_member_can_be_picked_alone)
{
    const struct answer *whole = must_get(both, "/studies/corona");
    const struct answer *one = must_get(both, text_format("/studies/corona?fields=%s", members[_i]));
    const struct answer *list = must_get(both, text_format("/studies?id=corona&fields=%s", members[_i]));
    ck_assert_uint_eq(json_object_size(whole->json), MEMBERS);
    ck_assert_uint_eq(json_object_size(one->json), 1);
    ck_assert(json_equal(json_at(one->json, members[_i]), json_at(whole->json, members[_i])));
    ck_assert(json_equal(json_at(list->json, "data.0"), one->json));
}
END_TEST

START_TEST(members_come_in_their_usual_order)
{
    const struct answer *answer = must_get(both, "/studies?limit=2&fields=recruitment,name,id,id");
    const char *body = strchr(strstr(answer->body, "\"data\""), '{');
    ck_assert_msg(strncmp(body, "{\"id\":", 6) == 0, "%.200s", body);
    ck_assert_uint_eq(json_object_size(json_at(answer->json, "data.1")), 3);
    ck_assert_ptr_nonnull(strstr(text_at(answer->json, "links.next"), "fields=id,name,recruitment"));
}
END_TEST

/* ── refusals ───────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *query, *name, *did_you_mean;
} refused[] = {
    {"regoin=vest", "regoin", "region"},
    {"Region=vest", "Region", "region"},
    {"page=2", "page", "age"},
    {"region=vst", "region", "vest"},
    {"region=vest&region=nord", "region", NULL},
    {"region=", "region", NULL},
    {"region=!", "region", NULL},
    {"region=vest,,nord", "region", NULL},
    {"region", "region", NULL},
    {"limit=0", "limit", NULL},
    {"limit=501", "limit", NULL},
    {"limit=-1", "limit", NULL},
    {"limit=1.5", "limit", NULL},
    {"limit=010", "limit", NULL},
    {"limit=%2B1", "limit", NULL},
    {"limit=ten", "limit", NULL},
    {"limit=99999999999999999999", "limit", NULL},
    {"call_year=1899", "call_year", NULL},
    {"call_year=2201", "call_year", NULL},
    {"call_year=2020..2019", "call_year", NULL},
    {"call_year=..", "call_year", NULL},
    {"call_year=2019-2021", "call_year", NULL},
    {"call_year=2016,2017,2018,2019,2020,2021,2022,2023,2024,2025,2026,2027,2028,2029,2030,2031,2032", "call_year", NULL},
    {"amount_nok=-1..", "amount_nok", NULL},
    {"age=131", "age", NULL},
    {"has_card=yes", "has_card", NULL},
    {"behind_plan=1", "behind_plan", NULL},
    {"updated=yesterday", "updated", NULL},
    {"updated=2026-02-30", "updated", NULL},
    {"updated=2026-01-01T00:00:00", "updated", NULL},
    {"updated=2026-01-01T00:00:00+01:00", "updated", NULL},
    {"sort=nam", "sort", "name"},
    {"sort=name,-name", "sort", NULL},
    {"sort=id,name,status,leader,planned", "sort", NULL},
    {"sort=%2Bname", "sort", "name"},
    {"fields=id,titel", "fields", "title"},
    {"category=cancr", "category", "cancer"},
    {"institution=helse-bergn", "institution", "helse-bergen"},
    {"programme=klinbeforks", "programme", "klinbeforsk"},
    {"id=anned", "id", "aneed"},
    {"mechanism=open", "mechanism", "open-call"},
    {"status=recruitng", "status", "recruiting"},
    {"leader=Nobody%20At%20All", "leader", NULL},
    {"leader=%C3", "leader", NULL},
    {"leader=%00", "leader", NULL},
    {"leader=%zz", "leader", NULL},
    {"q=%22cancer", "q", NULL},
    {"q=", "q", NULL},
    {"sort=relevance", "sort", NULL},
    {"include=highlights", "include", NULL},
    {"include=higlights&q=cancer", "include", "highlights"},
};

START_TEST(what_is_wrong_is_named)
{
    const struct answer *answer = http_get(real, text_format("/studies?%s", refused[_i].query), NULL);
    assert_problem(answer, 400, "bad-parameter");
    assert_fault(answer, refused[_i].name, refused[_i].did_you_mean);
    ck_assert_str_eq(text_at(answer->json, "instance"), "/studies");
}
END_TEST

START_TEST(every_fault_is_named_at_once)
{
    const struct answer *answer = http_get(real, "/studies?limit=0&regoin=vest&region=vst,,nrod&sort=nam&call_year=2020..2019", NULL);
    assert_problem(answer, 400, "bad-parameter");
    ck_assert_uint_eq(json_array_size(json_at(answer->json, "errors")), 7); /* the empty value hides none of its list */
    assert_fault(answer, "limit", NULL);
    assert_fault(answer, "regoin", "region");
    assert_fault(answer, "region", "vest");
    assert_fault(answer, "sort", "name");
    assert_fault(answer, "call_year", NULL);
}
END_TEST

START_TEST(more_faults_than_are_shown_are_counted)
{
    const char *values = "a1";
    for (int i = 2; i <= 40; i++)
        values = text_format("%s,a%d", values, i);
    const struct answer *answer = http_get(real, text_format("/studies?id=%s", values), NULL);
    assert_problem(answer, 400, "bad-parameter");
    ck_assert_uint_eq(json_array_size(json_at(answer->json, "errors")), 32);
    ck_assert_int_eq(int_at(answer->json, "errors_left_out"), 8);
}
END_TEST

/* ── the suite ──────────────────────────────────────────────────────────────────────────────────────────────── */

#define EACH(test, table) tcase_add_loop_test(stories, test, 0, sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("studies");
    TCase *stories = tcase_create("list");
    tcase_add_unchecked_fixture(stories, start, stop);
    tcase_add_test(stories, the_list_holds_every_study_of_the_portfolio);
    tcase_add_test(stories, the_licence_is_said_to_be_undecided);
    tcase_add_test(stories, without_words_a_page_has_fifty_studies_by_call_year_and_id);
    EACH(a_filter_finds_what_the_report_holds, known_totals);
    EACH(a_filter_and_its_negation_part_the_portfolio, parted);
    EACH(a_question_and_its_contrary_part_the_portfolio, questions);
    EACH(filters_find_the_studies_they_name, found);
    tcase_add_test(stories, an_empty_list_is_an_answer);
    EACH(each_member_can_be_picked_alone, members);
    tcase_add_test(stories, members_come_in_their_usual_order);
    EACH(what_is_wrong_is_named, refused);
    tcase_add_test(stories, every_fault_is_named_at_once);
    tcase_add_test(stories, more_faults_than_are_shown_are_counted);
    suite_add_tcase(suite, stories);
    return support_run(suite);
}
