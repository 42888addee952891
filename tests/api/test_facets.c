/* SPDX-License-Identifier: GPL-3.0-or-later
 * GET /studies?facets=…: every link of every facet, under every kind of filter, leads to exactly as many studies as it says.
 */
#include <stdlib.h>
#include <string.h>

#include "api/invented.h"
#include "http.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

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

#define ALL                                                                                                                                \
    "programme,call_year,mechanism,award_call_year,award_mechanism,category,institution,hospital,region,inclusion_region,leader,status,"   \
    "has_card,behind_plan"

static const char *const names[] = {"programme", "call_year",   "mechanism", "award_call_year", "award_mechanism",
                                    "category",  "institution", "hospital",  "region",          "inclusion_region",
                                    "leader",    "status",      "has_card",  "behind_plan"};

static const char *const filters[] = {
    "",
    "programme=klinbeforsk",
    "programme=nordlys",
    "programme=klinbeforsk,nordlys",
    "programme=!klinbeforsk",
    "category=cancer",
    "category=!cancer",
    "category=cancer,stroke&and_category=neurological",
    "and_category=!neurological",
    "inclusion_region=vest&and_inclusion_region=nord,midt",
    "inclusion_region=!vest",
    "call_year=2019",
    "call_year=2019..2021,2024..&mechanism=open-call",
    "call_year=!2019,1950",
    "mechanism=!other",
    "award_call_year=2019",
    "award_call_year=2019..2022&award_mechanism=other",
    "award_call_year=!2021..2024",
    "award_mechanism=!other",
    "award_call_year=..2018,2020..&award_mechanism=!needs-identified",
    "award_call_year=!2020..2021&award_mechanism=other",
    "award_call_year=!2020..2021&award_mechanism=!other",
    "region=!vest",
    "region=vest,nord&status=!unknown",
    "institution=!oslo-universitetssykehus",
    "institution=helse-bergen,rost-sykehus",
    "hospital=helse-bergen",
    "hospital=!helse-bergen&region=vest",
    "status=recruiting",
    "has_card=true",
    "has_card=false&behind_plan=true",
    "planned=1..",
    "included=!0..100",
    "age=50",
    "id=!aneed",
    "id=aneed",
    "leader=%C3%85se%20%C3%85s",
    "leader=!Bo%20Berg",
    "amount_nok=1..10000000",
    "updated=2020-01-01..",
    "q=kreft",
    "q=kreft%20OR%20light&programme=!nordlys",
    "q=-kreft&region=vest&category=!cancer",
    "q=stud*&award_call_year=2019..2021&award_mechanism=!other",
};

/* ── links ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Totals of lists already asked for: many values lead to the same. */
static struct known {
    const char *url;
    json_int_t total;
} seen[4096];
static size_t seen_len;

static json_int_t list_total(const struct daemon *daemon, const char *url)
{
    for (size_t i = 0; i < seen_len; i++)
        if (strcmp(seen[i].url, url) == 0)
            return seen[i].total;
    const char *joined = text_format("%s%climit=1&fields=id", url, strchr(url, '?') ? '&' : '?');
    json_int_t total = int_at(must_get(daemon, joined)->json, "meta.total");
    if (seen_len < COUNT(seen))
        seen[seen_len++] = (struct known){url, total};
    return total;
}

static void follow(const struct daemon *daemon, const char *target, const json_t *counted)
{
    const char *url = text_at(counted, "studies");
    static const char *const apart[] = {"limit=", "cursor=", "sort=", "fields=", "facets="};
    json_int_t total = list_total(daemon, url), count = int_at(counted, "study_count");
    ck_assert_msg(total == count, "%s: %s has %lld studies, not %lld", target, url, (long long)total, (long long)count);
    for (size_t i = 0; i < COUNT(apart); i++)
        ck_assert_msg(!strstr(url, apart[i]), "%s: %s", target, url);
}

/* The most studies first; what has none last. */
static size_t walk_facet(const struct daemon *daemon, const char *target, const char *name, const json_t *facet)
{
    json_t *row;
    size_t i, len = json_array_size(json_at(facet, "values"));
    json_int_t before = INT64_MAX, sum = 0;
    follow(daemon, target, facet);
    json_array_foreach(json_at(facet, "values"), i, row)
    {
        bool is_unknown = is_null_at(row, "value");
        follow(daemon, target, row);
        sum += int_at(row, "study_count");
        ck_assert_msg(is_unknown ? i == len - 1 : int_at(row, "study_count") <= before, "%s: %s, row %zu", target, name, i);
        before = is_unknown ? before : int_at(row, "study_count");
    }
    if (json_is_true(json_object_get(facet, "additive")))
        ck_assert_msg(sum == int_at(facet, "study_count"), "%s: %s adds up to %lld", target, name, (long long)sum);
    return len;
}

static size_t walk(const struct daemon *daemon, const char *filter)
{
    size_t rows = 0;
    const char *target = text_format("/studies?%s%slimit=1&fields=id&sort=-amount_nok&facets=" ALL, filter, *filter ? "&" : "");
    const json_t *facets = json_at(must_get(daemon, target)->json, "meta.facets");
    ck_assert_uint_eq(json_object_size(facets), COUNT(names));
    for (size_t i = 0; i < COUNT(names); i++)
        rows += walk_facet(daemon, target, names[i], json_at(facets, names[i]));
    return rows;
}

START_TEST(every_value_leads_to_as_many_studies_as_it_says)
{
    seen_len = 0;
    ck_assert_uint_ge(walk(both, filters[_i]), 1);
}
END_TEST

START_TEST(the_real_register_too)
{
    seen_len = 0;
    ck_assert_uint_gt(walk(real, ""), 150);
    walk(real, "award_call_year=2019");
    walk(real, "category=cancer&region=vest");
}
END_TEST

/* ── what a facet says ──────────────────────────────────────────────────────────────────────────────────────── */

static const json_t *facet_of(const struct daemon *daemon, const char *query, const char *name)
{
    const json_t *answer = must_get(daemon, text_format("/studies?limit=1&%s", query))->json;
    return json_at(answer, text_format("meta.facets.%s", name));
}

static json_t *value_of(const json_t *facet, json_t *value)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_at(facet, "values"), i, row) if (json_equal(json_object_get(row, "value"), value)) return row;
    return NULL;
}

START_TEST(a_facet_ignores_its_own_filter_and_no_other)
{
    const json_t *category = facet_of(real, "facets=category,region&category=cancer&region=vest", "category");
    const json_t *cancer = json_where(json_at(category, "values"), "value", "cancer");
    ck_assert_int_eq(int_at(category, "study_count"), total_of(real, "/studies?region=vest"));
    ck_assert_int_eq(int_at(cancer, "study_count"), total_of(real, "/studies?region=vest&category=cancer"));
    ck_assert_str_eq(text_at(cancer, "studies"), "/studies?category=cancer&region=vest");
    ck_assert_str_eq(text_at(cancer, "label.nb"), "Kreft");
    ck_assert_str_eq(text_at(category, "studies"), "/studies?region=vest");
    ck_assert(json_is_false(json_at(category, "additive")));
}
END_TEST

START_TEST(what_is_selected_is_shown_also_with_nothing)
{
    const json_t *year = facet_of(real, "facets=call_year&call_year=1950,2019,2000..2005&category=cancer", "call_year");
    const json_t *last = json_at(year, text_format("values.%zu", json_array_size(json_at(year, "values")) - 1));
    ck_assert_int_eq(int_at(last, "value"), 1950);
    ck_assert_int_eq(int_at(last, "study_count"), 0);
    ck_assert_ptr_null(value_of(year, keep_json(json_integer(2001)))); /* within a range */
    ck_assert_ptr_nonnull(value_of(year, keep_json(json_integer(2019))));
    const json_t *behind = facet_of(real, "facets=behind_plan&behind_plan=true", "behind_plan");
    ck_assert_int_eq(int_at(value_of(behind, keep_json(json_true())), "study_count"), 0);
    ck_assert_int_eq(int_at(value_of(behind, keep_json(json_false())), "study_count"), 80);
}
END_TEST

START_TEST(what_has_no_value_comes_last)
{
    const json_t *region = facet_of(both, "facets=inclusion_region", "inclusion_region");
    const json_t *last = json_at(region, text_format("values.%zu", json_array_size(json_at(region, "values")) - 1));
    ck_assert(is_null_at(last, "value") && is_null_at(last, "label"));
    ck_assert_str_eq(text_at(last, "studies"), "/studies?inclusion_region=!sor-ost,vest,midt,nord,international");
}
END_TEST

START_TEST(values_are_of_their_own_kind)
{
    const json_t *answer = must_get(real, "/studies?limit=1&facets=call_year,has_card,status,leader,institution,mechanism")->json;
    ck_assert(json_is_integer(json_at(answer, "meta.facets.call_year.values.0.value")));
    ck_assert(json_is_boolean(json_at(answer, "meta.facets.has_card.values.0.value")));
    ck_assert(json_is_string(json_at(answer, "meta.facets.status.values.0.value")));
    ck_assert_ptr_null(json_object_get(json_at(answer, "meta.facets.status.values.0"), "label"));
    ck_assert_ptr_null(json_object_get(json_at(answer, "meta.facets.leader.values.0"), "label"));
    ck_assert_str_eq(text_at(answer, "meta.facets.institution.values.0.label.nb"), "Oslo universitetssykehus HF");
    ck_assert_str_eq(text_at(answer, "meta.facets.mechanism.values.0.label.en"), "Open call");
}
END_TEST

START_TEST(without_the_parameter_there_are_no_facets)
{
    ck_assert_ptr_null(json_object_get(json_at(must_get(real, "/studies?limit=1")->json, "meta"), "facets"));
}
END_TEST

/* ── pages ──────────────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(paging_on_leaves_them_out_and_a_cursor_takes_them_again)
{
    const json_t *first = must_get(real, "/studies?limit=30&facets=status")->json;
    const char *next = text_at(first, "links.next");
    ck_assert_str_eq(text_at(first, "links.self"), "/studies?limit=30&facets=status");
    ck_assert_str_eq(text_at(first, "links.first"), "/studies?limit=30&facets=status");
    ck_assert_ptr_null(strstr(next, "facets"));
    const json_t *second = must_get(real, next)->json, *again = must_get(real, text_format("%s&facets=status", next))->json;
    ck_assert(json_equal(json_at(second, "data"), json_at(again, "data")));
    ck_assert(json_equal(json_at(again, "meta.facets"), json_at(first, "meta.facets")));
    ck_assert_ptr_null(strstr(text_at(again, "links.prev"), "facets"));
}
END_TEST

/* ── refusals ───────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *query, *reason, *did_you_mean;
} wrong[] = {
    {"facets=categroy", "unknown value \"categroy\"", "category"},
    {"facets=category,category", "counts category twice", NULL},
    {"facets=planned", "unknown value \"planned\"", NULL},
    {"facets=!category", "unknown value \"!category\"", "category"},
    {"facets=" ALL ",status", "takes at most 14 values", NULL},
    {"facets=category,", "empty value", NULL},
    {"facets=", "has no value", NULL},
    {"facets=status&facets=region", "given more than once", NULL},
};

START_TEST(what_cannot_be_counted_is_refused)
{
    const struct answer *answer = http_get(real, text_format("/studies?%s", wrong[_i].query), NULL);
    assert_problem(answer, 400, "bad-parameter");
    assert_fault(answer, "facets", wrong[_i].did_you_mean);
    ck_assert_msg(strstr(text_at(answer->json, "errors.0.reason"), wrong[_i].reason), "%s", text_at(answer->json, "errors.0.reason"));
}
END_TEST

START_TEST(facets_go_with_json_alone)
{
    const struct answer *asked = http_get(real, "/studies?facets=status&format=csv", NULL);
    assert_problem(asked, 400, "bad-parameter");
    assert_fault(asked, "facets", NULL);
    const struct answer *accepted = http_get(real, "/studies?facets=status", "Accept: application/x-ndjson", NULL);
    assert_problem(accepted, 400, "bad-parameter");
    assert_fault(accepted, "facets", NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("facets");
    TCase *tcase = tcase_create("facets");
    tcase_set_timeout(tcase, 300);
    tcase_add_unchecked_fixture(tcase, start, stop);
    tcase_add_loop_test(tcase, every_value_leads_to_as_many_studies_as_it_says, 0, COUNT(filters));
    tcase_add_test(tcase, the_real_register_too);
    tcase_add_test(tcase, a_facet_ignores_its_own_filter_and_no_other);
    tcase_add_test(tcase, what_is_selected_is_shown_also_with_nothing);
    tcase_add_test(tcase, what_has_no_value_comes_last);
    tcase_add_test(tcase, values_are_of_their_own_kind);
    tcase_add_test(tcase, without_the_parameter_there_are_no_facets);
    tcase_add_test(tcase, paging_on_leaves_them_out_and_a_cursor_takes_them_again);
    tcase_add_loop_test(tcase, what_cannot_be_counted_is_refused, 0, COUNT(wrong));
    tcase_add_test(tcase, facets_go_with_json_alone);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
