/* SPDX-License-Identifier: GPL-3.0-or-later
 * GET /stats/reconciliation: every printed number of the report with its line, beside what it can be computed from.
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

static const json_t *row_of(const struct answer *answer, const char *figure, const char *check)
{
    size_t i;
    const json_t *row;
    json_array_foreach(json_at(answer->json, "data"), i,
                       row) if (strcmp(text_at(row, "figure"), figure) == 0 && strcmp(text_at(row, "check"), check) == 0) return row;
    ck_abort_msg("no row %s %s", figure, check);
    return NULL;
}

static const struct {
    const char *figure, *check, *status;
    double published, computed, difference;
} known[] = {
    {"amount-total", "value", "match", 1498, 1498.33937, 0.33937},
    {"amount-share-open-call", "value", "match", 70, 69.879654, -0.120346},
    {"amount-share-other", "complement", "match", 3, 3, 0},
    {"projects-total", "value", "explained", 78, 80, 2},
    {"projects-total", "sum-by-mechanism", "explained", 78, 82, 4},
    {"projects-open-call", "value", "match", 59, 59, 0},
    {"projects-needs-identified", "value", "match", 19, 19, 0},
    {"projects-other", "value", "explained", 4, 2, -2},
    {"planned-total", "sum-by-mechanism", "match", 83444, 83444, 0},
    {"planned-total", "sum-by-call-year", "explained", 83444, 93444, 10000},
    {"included-total", "sum-by-region", "match", 66648, 66648, 0},
    {"included-total", "implied-by-shares", "explained", 66648, 75952.36, 9304.36},
    {"leaders-total", "value", "explained", 78, 73, -5},
    {"leaders-total", "sum-by-group", "match", 78, 78, 0},
    {"leaders-share-women", "share-of-total", "match", 24, 24.358974, 0.358974},
    {"leaders-share-men", "share-of-total", "match", 76, 75.641026, -0.358974},
    {"call-2018-included-share", "complement", "match", 99.9, 99.9, 0},
};

static double number_at(const json_t *row, const char *name)
{
    const json_t *value = json_object_get(row, name);
    ck_assert_msg(json_is_number(value), "%s is no number", name);
    return json_number_value(value);
}

START_TEST(what_agrees_and_what_does_not)
{
    const json_t *row = row_of(must_get(real, "/stats/reconciliation"), known[_i].figure, known[_i].check);
    ck_assert_str_eq(text_at(row, "status"), known[_i].status);
    ck_assert_double_eq_tol(number_at(row, "published"), known[_i].published, 1e-9);
    ck_assert_double_eq_tol(number_at(row, "computed"), known[_i].computed, 1e-9);
    ck_assert_double_eq_tol(number_at(row, "difference"), known[_i].difference, 1e-9);
    if (strcmp(known[_i].status, "explained") == 0)
        ck_assert(strlen(text_at(row, "explanation.nb")) > 20 && strlen(text_at(row, "explanation.en")) > 20);
}
END_TEST

START_TEST(every_figure_has_one_row_of_the_records_with_its_line_and_live_links)
{
    const struct answer *answer = must_get(real, "/stats/reconciliation"), *programme = must_get(real, "/programmes/klinbeforsk");
    json_t *figures = json_at(programme->json, "figures"), *figure, *row;
    size_t i, k;
    ck_assert_uint_eq(json_array_size(figures), 46);
    json_array_foreach(figures, i, figure)
    {
        int rows = 0;
        json_array_foreach(json_at(answer->json, "data"), k, row) rows +=
            strcmp(text_at(row, "figure"), text_at(figure, "id")) == 0 && strcmp(text_at(row, "basis"), "records") == 0;
        ck_assert_msg(rows == 1, "%s has %d rows", text_at(figure, "id"), rows);
    }
    json_array_foreach(json_at(answer->json, "data"), k, row)
    {
        ck_assert_uint_gt(strlen(text_at(row, "source.lines")), 0);
        must_get(real, text_at(row, "query"));
        if (!is_null_at(row, "studies"))
            must_get(real, text_at(row, "studies"));
    }
}
END_TEST

/* Whoever enters a report that disagrees with itself has to say so in a note. */
START_TEST(no_difference_of_the_report_is_without_a_note)
{
    const struct answer *answer = must_get(real, "/stats/reconciliation");
    ck_assert_int_eq(int_at(answer->json, "meta.totals.unexplained"), 0);
    ck_assert_int_eq(int_at(answer->json, "meta.totals.explained"), 6);
    ck_assert_int_eq(int_at(answer->json, "meta.totals.match") + int_at(answer->json, "meta.totals.explained") +
                         int_at(answer->json, "meta.totals.not_computable"),
                     int_at(answer->json, "meta.total"));
}
END_TEST

START_TEST(a_difference_without_a_note_shows)
{
    const struct answer *answer = must_get(both, "/stats/reconciliation?programme=nordlys");
    ck_assert_int_gt(int_at(answer->json, "meta.totals.unexplained"), 0);
}
END_TEST

START_TEST(rounding_allows_a_range)
{
    const struct answer *answer = must_get(real, "/stats/reconciliation");
    const json_t *row = row_of(answer, "call-2018-remaining-share", "value");
    ck_assert_double_eq_tol(json_number_value(json_at(row, "allows.min")), 0.05, 1e-9);
    ck_assert_double_eq_tol(json_number_value(json_at(row, "allows.max")), 0.15, 1e-9);
    ck_assert_double_eq_tol(json_number_value(json_at(row, "implies.min")), 5.75, 1e-9);
    ck_assert_double_eq_tol(json_number_value(json_at(row, "implies.max")), 17.25, 1e-9);
    row = row_of(answer, "included-total", "implied-by-shares");
    ck_assert_double_eq_tol(json_number_value(json_at(row, "computed_range.min")), 75536.89, 1e-6);
    ck_assert_double_eq_tol(json_number_value(json_at(row, "computed_range.max")), 76367.83, 1e-6);
    ck_assert(is_null_at(row, "allows"));
}
END_TEST

START_TEST(what_the_records_do_not_hold_is_null_and_says_why)
{
    const struct answer *answer = must_get(real, "/stats/reconciliation");
    const json_t *planned = row_of(answer, "planned-total", "value"), *women = row_of(answer, "leaders-women", "value");
    ck_assert_str_eq(text_at(planned, "status"), "not-computable");
    ck_assert(is_null_at(planned, "computed") && is_null_at(planned, "difference"));
    ck_assert_int_eq(int_at(planned, "coverage.known"), 2);
    ck_assert_int_eq(int_at(planned, "coverage.of"), 80);
    ck_assert_int_eq(int_at(planned, "at_least"), 986);
    ck_assert_ptr_nonnull(strstr(text_at(planned, "explanation.en"), "2 of 80"));
    ck_assert_str_eq(text_at(women, "status"), "not-computable");
    ck_assert_ptr_nonnull(strstr(text_at(women, "explanation.nb"), "kjønn"));
    ck_assert(is_null_at(women, "coverage") && is_null_at(women, "studies"));
}
END_TEST

static const struct {
    const char *query;
    json_int_t records;
} filters[] = {{"?call_year=2019", 3},     {"?mechanism=open-call", 2}, {"?award_mechanism=open-call", 1}, {"?inclusion_region=vest", 1},
               {"?category=cancer", 0},    {"?call_year=2019,2020", 0}, {"?group_by=call_year", 24},       {"?group_by=region", 5},
               {"?group_by=mechanism", 8}, {"?group_by=status", 0},     {"?programme=klinbeforsk", 46},    {"", 46}};

START_TEST(a_figure_is_shown_where_the_filter_is_its_own)
{
    const struct answer *answer = must_get(real, text_format("/stats/reconciliation%s", filters[_i].query));
    json_int_t records = 0;
    size_t i;
    json_t *row;
    json_array_foreach(json_at(answer->json, "data"), i, row) records += strcmp(text_at(row, "basis"), "records") == 0;
    ck_assert_int_eq(records, filters[_i].records);
}
END_TEST

static const char *const foreign[] = {"q=aneed",
                                      "id=aneed",
                                      "award_call_year=2019",
                                      "and_category=cancer",
                                      "institution=helse-bergen",
                                      "hospital=helse-bergen",
                                      "region=vest",
                                      "leader=Charalampos%20Tzoulis",
                                      "status=recruiting",
                                      "and_inclusion_region=vest",
                                      "has_card=true",
                                      "behind_plan=false",
                                      "amount_nok=1..",
                                      "planned=1..",
                                      "included=1..",
                                      "age=50",
                                      "updated=2020-01-01.."};

/* What was printed is about whole programmes: it says nothing of a part that nobody printed a number for. */
START_TEST(under_a_filter_that_no_figure_shares_there_is_none)
{
    const struct answer *answer = must_get(real, text_format("/stats/reconciliation?%s", foreign[_i]));
    ck_assert_int_eq(int_at(answer->json, "meta.total"), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reconciliation");
    TCase *rows = tcase_create("rows");
    tcase_add_unchecked_fixture(rows, start, stop);
    tcase_add_loop_test(rows, what_agrees_and_what_does_not, 0, sizeof known / sizeof *known);
    tcase_add_test(rows, every_figure_has_one_row_of_the_records_with_its_line_and_live_links);
    tcase_add_test(rows, no_difference_of_the_report_is_without_a_note);
    tcase_add_test(rows, a_difference_without_a_note_shows);
    tcase_add_test(rows, rounding_allows_a_range);
    tcase_add_test(rows, what_the_records_do_not_hold_is_null_and_says_why);
    tcase_add_loop_test(rows, a_figure_is_shown_where_the_filter_is_its_own, 0, sizeof filters / sizeof *filters);
    tcase_add_loop_test(rows, under_a_filter_that_no_figure_shares_there_is_none, 0, sizeof foreign / sizeof *foreign);
    suite_add_tcase(suite, rows);
    return support_run(suite);
}
