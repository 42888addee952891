/* SPDX-License-Identifier: GPL-3.0-or-later
 * GET /stats/regions: printed beside computed, each cell checkable against the list of studies.
 */
#include <string.h>

#include "api/invented.h"
#include "http.h"

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

static const json_t *cell_of(const struct answer *answer, const char *region)
{
    const json_t *cell = json_where(json_at(answer->json, "data"), "region", region);
    ck_assert_msg(cell != NULL, "no cell %s", region);
    return cell;
}

static const struct {
    const char *region;
    json_int_t printed;
} printed[] = {{"nord", 5059}, {"sor-ost", 35467}, {"midt", 7393}, {"vest", 11564}, {"international", 7165}};

START_TEST(the_printed_number_has_its_source_and_the_computed_one_is_not_known)
{
    const json_t *cell = cell_of(must_get(real, "/stats/regions"), printed[_i].region);
    ck_assert_int_eq(int_at(cell, "published.included"), printed[_i].printed);
    ck_assert_str_eq(text_at(cell, "published.as_of"), "2024-12-31");
    ck_assert_str_eq(text_at(cell, "published.programme"), "klinbeforsk");
    ck_assert_str_eq(text_at(cell, "published.edition"), "2024");
    ck_assert_str_eq(text_at(cell, "published.source.document"), "arsrapport-2024");
    ck_assert_uint_gt(strlen(text_at(cell, "published.source.lines")), 0);
    ck_assert(is_null_at(cell, "included") && is_null_at(cell, "planned") && is_null_at(cell, "percent"));
}
END_TEST

START_TEST(the_printed_regions_add_up_to_the_printed_total)
{
    const struct answer *answer = must_get(real, "/stats/regions");
    json_int_t sum = 0;
    for (size_t i = 0; i < 5; i++)
        sum += int_at(answer->json, text_format("data.%zu.published.included", i));
    ck_assert_int_eq(sum, 66648);
    ck_assert_int_eq(int_at(answer->json, "meta.totals.published.included"), sum);
    ck_assert(is_null_at(answer->json, "meta.totals.included"));
    ck_assert_int_eq(int_at(answer->json, "meta.totals.study_count"), 80);
}
END_TEST

static const char *const frames[] = {
    "",
    "?programme=klinbeforsk",
    "?programme=nordlys",
    "?programme=!klinbeforsk",
    "?category=cancer",
    "?has_card=true",
    "?call_year=2019..2021&mechanism=open-call",
    "?inclusion_region=vest",
    "?inclusion_region=nord,vest",
    "?status=recruiting&region=vest",
    "?behind_plan=true",
    "?leader=%C3%85se%20%C3%85s",
    "?id=!aurora,aneed",
    "?hospital=helse-bergen&age=50",
    "?institution=helse-bergen&amount_nok=1..&planned=1..&included=0..&award_call_year=2022&award_mechanism=open-call&updated=2020-01-01..",
};

START_TEST(each_cell_leads_to_the_studies_it_counts)
{
    const struct answer *answer = must_get(both, text_format("/stats/regions%s", frames[_i]));
    size_t i;
    json_t *cell;
    ck_assert_uint_gt(json_array_size(json_at(answer->json, "data")), 0);
    json_array_foreach(json_at(answer->json, "data"), i, cell)
    {
        ck_assert_int_eq(total_of(both, text_at(cell, "studies")), int_at(cell, "study_count"));
        ck_assert_int_eq(int_at(cell, "coverage.of"), int_at(cell, "study_count"));
    }
    ck_assert_int_eq(total_of(both, text_at(answer->json, "meta.totals.studies")), int_at(answer->json, "meta.totals.study_count"));
    static const char *const known[] = {"planned", "included", "both"};
    for (i = 0; i < sizeof known / sizeof known[0]; i++)
        ck_assert_int_le(int_at(answer->json, text_format("meta.totals.coverage.%s", known[i])),
                         int_at(answer->json, "meta.totals.coverage.of"));
}
END_TEST

static const struct {
    const char *region, *member;
    json_int_t value; /* −1 = null */
} computed[] = {
    {"vest", "study_count", 2},  {"vest", "planned", 60},          {"vest", "included", 71},      {"vest", "remaining", 19},
    {"vest", "exceeded_by", -1}, {"vest", "coverage.planned", 1},  {"vest", "coverage.both", 1},  {"vest", "coverage.included", 2},
    {"midt", "study_count", 2},  {"midt", "planned", 70},          {"midt", "included", 55},      {"midt", "remaining", 21},
    {"midt", "exceeded_by", 6},  {"midt", "coverage.both", 2},     {"nord", "study_count", 1},    {"nord", "planned", -1},
    {"nord", "included", -1},    {"nord", "coverage.included", 0}, {"sor-ost", "study_count", 0}, {"sor-ost", "included", -1},
};

START_TEST(the_computed_numbers_are_sums_over_what_is_known)
{
    const json_t *cell = cell_of(must_get(both, "/stats/regions?programme=nordlys"), computed[_i].region);
    if (computed[_i].value < 0)
        ck_assert_msg(is_null_at(cell, computed[_i].member), "%s of %s is not null", computed[_i].member, computed[_i].region);
    else
        ck_assert_int_eq(int_at(cell, computed[_i].member), computed[_i].value);
}
END_TEST

START_TEST(percent_uses_only_studies_that_know_both)
{
    const struct answer *answer = must_get(both, "/stats/regions?programme=nordlys");
    ck_assert_double_eq_tol(json_number_value(json_at(cell_of(answer, "vest"), "percent")), 68.3, 1e-9);
    ck_assert_double_eq_tol(json_number_value(json_at(cell_of(answer, "midt"), "percent")), 78.6, 1e-9);
    ck_assert_str_eq(text_at(cell_of(answer, "vest"), "as_of.oldest"), "2024-12-31");
    ck_assert_str_eq(text_at(answer->json, "meta.as_of.newest"), "2024-12-31");
}
END_TEST

/* Where a row counts more than was printed: other patients of the same studies, other awards. */
static const struct {
    const char *target, *path;
    bool is_there;
} beside[] = {
    {"/stats/summary?inclusion_region=nord", "data.0.published", false},
    {"/stats/calls?inclusion_region=nord", "meta.totals.published", false},
    {"/stats/regions?inclusion_region=nord", "meta.totals.published", false},
    {"/stats/institutions?award_mechanism=other", "meta.totals.published", false},
    {"/stats/summary?award_mechanism=other", "data.0.published", false},
    {"/stats/funding?award_mechanism=other", "meta.totals.published", true},
    {"/stats/regions", "data.0.published", true},
    {"/stats/summary", "meta.totals.published", true},
};

START_TEST(what_was_printed_stands_beside_what_counts_the_same)
{
    const struct answer *answer = must_get(real, beside[_i].target);
    ck_assert_msg(is_null_at(answer->json, beside[_i].path) == !beside[_i].is_there, "%s: %s", beside[_i].target, beside[_i].path);
}
END_TEST

/* One study is in a row of each kind: nothing adds up over all of them. */
START_TEST(over_the_rows_of_the_summary_nothing_adds_up)
{
    const json_t *additive = json_at(must_get(real, "/stats/summary")->json, "meta.additive");
    const char *measure;
    json_t *adds_up;
    ck_assert_uint_gt(json_object_size(additive), 5);
    json_object_foreach((json_t *)(uintptr_t)additive, measure, adds_up) ck_assert_msg(json_is_false(adds_up), "%s", measure);
    ck_assert(json_is_true(json_at(must_get(real, "/stats/summary?group_by=mechanism")->json, "meta.additive.study_count")));
}
END_TEST

/* What adds up is said, and does. */
START_TEST(additive_measures_add_up)
{
    static const char *const measures[] = {"planned", "included", "remaining", "exceeded_by"};
    const struct answer *answer = must_get(both, "/stats/regions?programme=nordlys");
    for (size_t m = 0; m < 4; m++) {
        json_int_t sum = 0;
        size_t i;
        json_t *cell;
        json_array_foreach(json_at(answer->json, "data"), i, cell) sum += json_integer_value(json_at(cell, measures[m]));
        ck_assert(json_is_true(json_at(answer->json, text_format("meta.additive.%s", measures[m]))));
        ck_assert_int_eq(int_at(answer->json, text_format("meta.totals.%s", measures[m])), sum);
    }
    ck_assert(json_is_false(json_at(answer->json, "meta.additive.study_count")));
}
END_TEST

static const struct {
    const char *frame, *region;
    json_int_t value; /* −1 = null */
} shared_frame[] = {
    {"?programme=nordlys", "vest", 71},
    {"?programme=nordlys", "nord", -1},
    {"?programme=klinbeforsk", "vest", 11564},
    {"?programme=klinbeforsk&inclusion_region=vest", "vest", -1},
    {"", "vest", -1}, /* two programmes: neither's number is that of both */
    {"?programme=klinbeforsk,nordlys", "vest", -1},
    {"?programme=!nordlys", "vest", -1},
    {"?programme=klinbeforsk&category=cancer", "vest", -1},
};

START_TEST(a_printed_number_stands_only_where_its_frame_is_shared)
{
    const json_t *cell = cell_of(must_get(both, text_format("/stats/regions%s", shared_frame[_i].frame)), shared_frame[_i].region);
    if (shared_frame[_i].value < 0)
        ck_assert(is_null_at(cell, "published"));
    else
        ck_assert_int_eq(int_at(cell, "published.included"), shared_frame[_i].value);
}
END_TEST

START_TEST(inclusion_region_chooses_studies_and_not_their_regions)
{
    const struct answer *answer = must_get(both, "/stats/regions?inclusion_region=nord,vest");
    ck_assert_int_eq(int_at(answer->json, "meta.total"), 6);
    ck_assert_str_eq(text_at(cell_of(answer, "midt"), "studies"), "/studies?and_inclusion_region=midt&inclusion_region=nord,vest");
    ck_assert(is_null_at(answer->json, "data.5.region"));
    ck_assert_int_eq(int_at(answer->json, "data.5.study_count"), 0);
    ck_assert_str_eq(text_at(answer->json, "links.self"), "/stats/regions?inclusion_region=nord,vest");
}
END_TEST

static const struct {
    const char *query, *name, *did_you_mean;
} refused[] = {
    {"weighting=whole", "weighting", NULL},
    {"inclusion_region=vset", "inclusion_region", "vest"},
    {"limit=5", "limit", NULL},
    {"sort=id", "sort", NULL},
    {"programm=klinbeforsk", "programm", "programme"},
};

START_TEST(what_the_statistic_does_not_take_is_refused)
{
    const struct answer *answer = http_get(both, text_format("/stats/regions?%s", refused[_i].query), NULL);
    assert_problem(answer, 400, "bad-parameter");
    assert_fault(answer, refused[_i].name, refused[_i].did_you_mean);
}
END_TEST

/* ── the suite ──────────────────────────────────────────────────────────────────────────────────────────────── */

#define EACH(test, table) tcase_add_loop_test(stories, test, 0, sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("regions");
    TCase *stories = tcase_create("statistics");
    tcase_add_unchecked_fixture(stories, start, stop);
    EACH(the_printed_number_has_its_source_and_the_computed_one_is_not_known, printed);
    tcase_add_test(stories, the_printed_regions_add_up_to_the_printed_total);
    EACH(each_cell_leads_to_the_studies_it_counts, frames);
    EACH(the_computed_numbers_are_sums_over_what_is_known, computed);
    tcase_add_test(stories, percent_uses_only_studies_that_know_both);
    tcase_add_test(stories, additive_measures_add_up);
    tcase_add_test(stories, over_the_rows_of_the_summary_nothing_adds_up);
    tcase_add_loop_test(stories, what_was_printed_stands_beside_what_counts_the_same, 0, sizeof beside / sizeof *beside);
    EACH(a_printed_number_stands_only_where_its_frame_is_shared, shared_frame);
    tcase_add_test(stories, inclusion_region_chooses_studies_and_not_their_regions);
    EACH(what_the_statistic_does_not_take_is_refused, refused);
    suite_add_tcase(suite, stories);
    return support_run(suite);
}
