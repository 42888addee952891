/* SPDX-License-Identifier: GPL-3.0-or-later
 * The figures of the report, redrawn from the answers: their numbers, what was printed beside them, tables, and what is refused.
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

static const json_t *cell_with(const struct answer *answer, const char *name, const char *value)
{
    const json_t *cell = json_where(json_at(answer->json, "data"), name, value);
    ck_assert_msg(cell != NULL, "%s: no cell %s %s", answer->target, name, value);
    return cell;
}

/* ── the key figures ────────────────────────────────────────────────────────────────────────────────────────── */

static const json_t *row_of(const struct answer *answer, const char *by, const char *value)
{
    size_t i;
    const json_t *row;
    json_array_foreach(json_at(answer->json, "data"), i, row)
    {
        const char *row_by = json_string_value(json_object_get(row, "by")), *row_value = json_string_value(json_object_get(row, "value"));
        if (row_by && strcmp(row_by, by) == 0 && (value ? row_value && strcmp(row_value, value) == 0 : !row_value))
            return row;
    }
    ck_abort_msg("no row %s %s", by, value ? value : "unknown");
    return NULL;
}

static const struct {
    const char *by, *value, *path;
    json_int_t number;
} key_figures[] = {
    {"award_mechanism", "open-call", "amount_nok", 1047034370},
    {"award_mechanism", "needs-identified", "amount_nok", 401305000},
    {"award_mechanism", "other", "amount_nok", 50000000},
    {"award_mechanism", "other", "awards", 4},
    {"award_mechanism", "open-call", "published.amount_percent", 70},
    {"award_mechanism", "needs-identified", "published.amount_percent", 27},
    {"award_mechanism", "other", "published.amount_percent", 3},
    {"mechanism", "open-call", "study_count", 59},
    {"mechanism", "needs-identified", "study_count", 19},
    {"mechanism", "other", "study_count", 2},
    {"mechanism", "open-call", "published.projects", 59},
    {"mechanism", "needs-identified", "published.projects", 19},
    {"mechanism", "other", "published.projects", 4},
    {"mechanism", "open-call", "published.planned", 78614},
    {"mechanism", "needs-identified", "published.planned", 4830},
    {"inclusion_region", "sor-ost", "published.included", 35467},
    {"inclusion_region", "vest", "published.included", 11564},
    {"inclusion_region", "midt", "published.included", 7393},
    {"inclusion_region", "nord", "published.included", 5059},
    {"inclusion_region", "international", "published.included", 7165},
    {"inclusion_region", NULL, "study_count", 72},
    {"gender", "women", "published.leaders", 19},
    {"gender", "men", "published.leaders", 59},
    {"gender", "women", "published.leaders_percent", 24},
    {"gender", "men", "published.leaders_percent", 76},
    {"gender", NULL, "leaders", 73},
};

START_TEST(the_key_figures_page)
{
    const json_t *row = row_of(must_get(real, "/stats/summary"), key_figures[_i].by, key_figures[_i].value);
    ck_assert_int_eq(int_at(row, key_figures[_i].path), key_figures[_i].number);
}
END_TEST

START_TEST(the_totals_of_the_key_figures_page)
{
    const json_t *totals = json_at(must_get(real, "/stats/summary")->json, "meta.totals");
    ck_assert_int_eq(int_at(totals, "amount_nok"), 1498339370);
    ck_assert_int_eq(int_at(totals, "amount_ore"), 149833937000);
    ck_assert_int_eq(int_at(totals, "awards"), 82);
    ck_assert_int_eq(int_at(totals, "study_count"), 80);
    ck_assert_int_eq(int_at(totals, "leaders"), 73);
    ck_assert_int_eq(int_at(totals, "published.amount_million_nok"), 1498);
    ck_assert_int_eq(int_at(totals, "published.projects"), 78);
    ck_assert_int_eq(int_at(totals, "published.planned"), 83444);
    ck_assert_int_eq(int_at(totals, "published.included"), 66648);
    ck_assert_int_eq(int_at(totals, "published.leaders"), 78);
}
END_TEST

/* ── figures 2 and 7 ────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(an_award_cell_as_the_contract_shows_it)
{
    const struct answer *answer = must_get(real, "/stats/funding");
    size_t i;
    const json_t *cell, *found = NULL;
    json_array_foreach(json_at(answer->json, "data"), i,
                       cell) if (int_at(cell, "call_year") == 2019 && strcmp(text_at(cell, "mechanism"), "open-call") == 0) found = cell;
    ck_assert_ptr_nonnull(found);
    ck_assert_int_eq(int_at(found, "amount_nok"), 129817000);
    ck_assert_int_eq(int_at(found, "amount_ore"), 12981700000);
    ck_assert_int_eq(int_at(found, "awards"), 8);
    ck_assert_int_eq(int_at(found, "study_count"), 8);
    ck_assert(is_null_at(found, "planned") && is_null_at(found, "included") && is_null_at(found, "percent") &&
              is_null_at(found, "published"));
    ck_assert_int_eq(int_at(found, "coverage.planned"), 2);
    ck_assert_int_eq(int_at(found, "coverage.included"), 5);
    ck_assert_int_eq(int_at(found, "coverage.both"), 0);
    ck_assert_int_eq(int_at(found, "coverage.of"), 8);
    ck_assert_str_eq(text_at(found, "studies"), "/studies?award_call_year=2019&award_mechanism=open-call");
    ck_assert_uint_eq(json_array_size(json_at(answer->json, "data")), 27); /* nine years by three mechanisms, the empty ones too */
}
END_TEST

static const struct {
    json_int_t year, total;
    double included, remaining;
} progress[] = {{2016, 2473, 96, 4},  {2017, 22176, 98, 2}, {2018, 11500, 99.9, 0.1}, {2019, 2548, 57, 43},
                {2020, 4648, 88, 12}, {2021, 5892, 65, 35}, {2022, 38037, 80, 20},    {2023, 6170, 9, 91}};

START_TEST(the_progress_of_each_call)
{
    const char *targets[] = {"/stats/calls", text_format("/stats/calls?call_year=%d", (int)progress[_i].year)};
    for (size_t t = 0; t < 2; t++) {
        size_t i;
        const json_t *cell, *found = NULL;
        json_array_foreach(json_at(must_get(real, targets[t])->json, "data"), i, cell) if (int_at(cell, "call_year") == progress[_i].year)
            found = cell;
        ck_assert_ptr_nonnull(found);
        ck_assert_int_eq(int_at(found, "published.total_patients"), progress[_i].total);
        ck_assert_double_eq_tol(json_number_value(json_at(found, "published.included_percent")), progress[_i].included, 1e-9);
        ck_assert_double_eq_tol(json_number_value(json_at(found, "published.remaining_percent")), progress[_i].remaining, 1e-9);
    }
}
END_TEST

static const char *const narrowed[] = {"call_year=2019&category=cancer", "region=vest",   "status=recruiting",
                                       "programme=!klinbeforsk",         "has_card=true", "award_mechanism=open-call"};

START_TEST(nothing_printed_stands_under_a_filter_that_it_does_not_share)
{
    static const char *const paths[] = {"regions", "calls", "categories", "institutions", "leaders", "summary"};
    for (size_t p = 0; p < sizeof paths / sizeof *paths; p++) {
        const struct answer *answer = must_get(real, text_format("/stats/%s?%s", paths[p], narrowed[_i]));
        size_t i;
        const json_t *cell;
        bool is_share = _i == 5 && strcmp(paths[p], "regions") && strcmp(paths[p], "leaders"); /* the share of its awards is printed */
        json_array_foreach(json_at(answer->json, "data"), i, cell)
            ck_assert_msg(is_null_at(cell, "published") || is_share, "%s", answer->target);
        ck_assert(is_null_at(answer->json, "meta.totals.published") || is_share);
    }
}
END_TEST

START_TEST(a_printed_number_follows_its_own_filter)
{
    const json_t *totals = json_at(must_get(real, "/stats/calls?mechanism=open-call")->json, "meta.totals");
    ck_assert_int_eq(int_at(totals, "published.planned"), 78614);
    ck_assert_int_eq(int_at(totals, "published.projects"), 59);
}
END_TEST

/* ── figure 6: equal shares ─────────────────────────────────────────────────────────────────────────────────── */

/* AURORA: 10 000 001 and 500 kroner for two categories, neurological printed first. */
START_TEST(a_share_is_exact_to_the_ore)
{
    const struct answer *answer = must_get(both, "/stats/categories?id=aurora");
    const json_t *first = cell_with(answer, "category", "neurological"), *second = cell_with(answer, "category", "cancer");
    ck_assert_int_eq(int_at(first, "amount_ore"), 500025050);
    ck_assert_int_eq(int_at(second, "amount_ore"), 500025050);
    ck_assert(is_null_at(first, "amount_nok"));
    ck_assert_int_eq(int_at(answer->json, "meta.totals.amount_nok"), 10000501);
    answer = must_get(both, "/stats/categories?id=aurora&weighting=whole");
    ck_assert_int_eq(int_at(cell_with(answer, "category", "cancer"), "amount_nok"), 10000501);
}
END_TEST

/* ── tables ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *const paths[] = {"regions", "calls", "funding", "categories", "institutions", "leaders", "summary", "reconciliation"};

START_TEST(each_statistic_is_a_table_too)
{
    const struct answer *json = must_get(real, text_format("/stats/%s", paths[_i]));
    const struct answer *plain = must_get(real, text_format("/stats/%s?format=csv", paths[_i]));
    const struct answer *excel = must_get(real, text_format("/stats/%s?format=csv&dialect=excel-nb", paths[_i]));
    assert_header(plain, "Content-Type", "text/csv; charset=utf-8; header=present");
    assert_header(excel, "Content-Type", "text/csv; charset=utf-8; header=present");
    size_t lines = 0;
    for (const char *at = plain->body; (at = strstr(at, "\r\n")); at += 2)
        lines++;
    ck_assert_uint_eq(lines, json_array_size(json_at(json->json, "data")) + 1);
    ck_assert_int_eq(strncmp(excel->body, "\xef\xbb\xbf", 3), 0);
    const struct answer *accepted = http_get(real, text_format("/stats/%s", paths[_i]), "Accept: text/csv", NULL);
    ck_assert_str_eq(accepted->body, plain->body);
}
END_TEST

/* ── what is refused ────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *query, *name, *did_you_mean;
} refused[] = {
    {"group_by=call_year,mechanism,status", "group_by", NULL},
    {"group_by=region,region", "group_by", NULL},
    {"group_by=regoin", "group_by", "region"},
    {"weighting=whole", "weighting", NULL},
    {"weighting=half", "weighting", NULL},
    {"group_by=category&category=cancer&and_category=neurological", "and_category", NULL},
    {"dialect=excel-nb", "dialect", NULL},
    {"format=xml", "format", NULL},
    {"limit=10", "limit", NULL},
};

START_TEST(what_cannot_be_answered_is_refused_by_name)
{
    const struct answer *answer = http_get(real, text_format("/stats/calls?%s&colour=blue", refused[_i].query), NULL);
    assert_problem(answer, 400, "bad-parameter");
    assert_fault(answer, refused[_i].name, refused[_i].did_you_mean);
    assert_fault(answer, "colour", NULL);
}
END_TEST

#define EVERY_OTHER "1951,1953,1955,1957,1959,1961,1963,1965,1967,1969,1971,1973,1975,1977,1979"

static const char *const of_awards[] = {"/stats/funding", "/stats/funding?group_by=category", "/stats/summary"};

START_TEST(years_that_a_link_cannot_name_are_refused)
{
    const char *path = of_awards[_i], *between = strchr(path, '?') ? "&" : "?";
    const struct answer *answer = http_get(real, text_format("%s%saward_call_year=!" EVERY_OTHER ",1981", path, between), NULL);
    assert_problem(answer, 400, "bad-parameter");
    assert_fault(answer, "award_call_year", NULL);
    answer = must_get(real, text_format("%s%saward_call_year=!" EVERY_OTHER, path, between));
    must_get(real, json_string_value(json_at(answer->json, "meta.totals.studies")));
    must_get(real, "/stats/calls?award_call_year=!" EVERY_OTHER ",1981");
}
END_TEST

START_TEST(the_summary_by_region_keeps_a_filter_free_for_its_links)
{
    const char *conditions = "inclusion_region=!vest&and_inclusion_region=nord";
    const struct answer *answer = http_get(real, text_format("/stats/summary?%s", conditions), NULL);
    assert_problem(answer, 400, "bad-parameter");
    assert_fault(answer, "and_inclusion_region", NULL);
    must_get(real, text_format("/stats/summary?%s&group_by=status", conditions));
}
END_TEST

START_TEST(the_list_names_every_statistic)
{
    const struct answer *answer = must_get(real, "/stats");
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        must_get(real, text_at(cell_with(answer, "id", paths[i]), "url"));
    ck_assert_int_eq(int_at(answer->json, "meta.total"), (json_int_t)(sizeof paths / sizeof *paths));
}
END_TEST

#define EACH(test, table) tcase_add_loop_test(figures, test, 0, sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("stats");
    TCase *figures = tcase_create("figures");
    tcase_add_unchecked_fixture(figures, start, stop);
    EACH(the_key_figures_page, key_figures);
    tcase_add_test(figures, the_totals_of_the_key_figures_page);
    tcase_add_test(figures, an_award_cell_as_the_contract_shows_it);
    EACH(the_progress_of_each_call, progress);
    EACH(nothing_printed_stands_under_a_filter_that_it_does_not_share, narrowed);
    tcase_add_test(figures, a_printed_number_follows_its_own_filter);
    tcase_add_test(figures, a_share_is_exact_to_the_ore);
    EACH(each_statistic_is_a_table_too, paths);
    EACH(what_cannot_be_answered_is_refused_by_name, refused);
    tcase_add_test(figures, the_list_names_every_statistic);
    tcase_add_test(figures, the_summary_by_region_keeps_a_filter_free_for_its_links);
    tcase_add_loop_test(figures, years_that_a_link_cannot_name_are_refused, 0, 3);
    suite_add_tcase(suite, figures);
    return support_run(suite);
}
