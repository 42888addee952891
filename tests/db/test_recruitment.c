/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "db/internal.h"
#include "fixture.h"

/* ── the numbers of one study ───────────────────────────────────────────────────────────────────────────────── */

#define PLANS(...)   .plans = {__VA_ARGS__}
#define REPORTS(...) .reports = {__VA_ARGS__}
#define PLAN(region, number, as_of)                                                                                                        \
    {                                                                                                                                      \
        "alpha", region, number, as_of, NULL, NULL                                                                                         \
    }
#define REPORT(region, as_of, number)                                                                                                      \
    {                                                                                                                                      \
        "alpha", region, as_of, number, NULL                                                                                               \
    }

/* alpha includes in sor-ost (stated), vest and nord (hospitals). */
static const struct {
    const char *name;
    struct db_plan plans[4];
    struct db_report reports[6];
    const char *expected; /* planned included remaining exceeded permille as_of | sum of plans, at least | totals only */
} numbers[] = {
    {"nothing is known", .expected = "-1 -1 -1 -1 -1 - | -1 -1 | 0"},
    {"a plan alone", PLANS(PLAN(NULL, 100, "2024-01-01")), .expected = "100 -1 -1 -1 -1 - | -1 -1 | 0"},
    {"the newest plan", PLANS(PLAN(NULL, 100, "2024-01-01"), PLAN(NULL, 90, "2024-06-01"), PLAN(NULL, 80, "2023-01-01")),
     .expected = "90 -1 -1 -1 -1 - | -1 -1 | 0"},
    {"regional plans are not the plan",
     PLANS(PLAN("vest", 50, "2024-01-01"), PLAN("nord", 10, "2024-01-01"), PLAN("sor-ost", 5, "2024-01-01")),
     .expected = "-1 -1 -1 -1 -1 - | 65 -1 | 0"},
    {"the newest regional plans",
     PLANS(PLAN("vest", 50, "2024-01-01"), PLAN("vest", 40, "2024-02-01"), PLAN("nord", 10, "2024-01-01"),
           PLAN("sor-ost", 5, "2024-01-01")),
     .expected = "-1 -1 -1 -1 -1 - | 55 -1 | 0"},
    {"a region without a plan leaves the sum open", PLANS(PLAN("vest", 50, "2024-01-01"), PLAN("nord", 10, "2024-01-01")),
     .expected = "-1 -1 -1 -1 -1 - | -1 -1 | 0"},
    {"a count alone", REPORTS(REPORT(NULL, "2024-01-01", 60)), .expected = "-1 60 -1 -1 -1 2024-01-01 | -1 -1 | 0"},
    {"the newest count", REPORTS(REPORT(NULL, "2024-01-01", 60), REPORT(NULL, "2023-01-01", 70)),
     .expected = "-1 60 -1 -1 -1 2024-01-01 | -1 -1 | 0"},
    {"plan and count", PLANS(PLAN(NULL, 100, "2024-01-01")), REPORTS(REPORT(NULL, "2024-01-01", 60)),
     .expected = "100 60 40 -1 600 2024-01-01 | -1 -1 | 0"},
    {"over the plan", PLANS(PLAN(NULL, 100, "2024-01-01")), REPORTS(REPORT(NULL, "2024-01-01", 123)),
     .expected = "100 123 0 23 1230 2024-01-01 | -1 -1 | 0"},
    {"exactly full", PLANS(PLAN(NULL, 100, "2024-01-01")), REPORTS(REPORT(NULL, "2024-01-01", 100)),
     .expected = "100 100 0 -1 1000 2024-01-01 | -1 -1 | 0"},
    {"half a permille rounds up", PLANS(PLAN(NULL, 2000, "2024-01-01")), REPORTS(REPORT(NULL, "2024-01-01", 1)),
     .expected = "2000 1 1999 -1 1 2024-01-01 | -1 -1 | 1"},
    {"less than half rounds down", PLANS(PLAN(NULL, 2001, "2024-01-01")), REPORTS(REPORT(NULL, "2024-01-01", 21)),
     .expected = "2001 21 1980 -1 10 2024-01-01 | -1 -1 | 0"},
    {"a plan of none has no share", PLANS(PLAN(NULL, 0, "2024-01-01")), REPORTS(REPORT(NULL, "2024-01-01", 3)),
     .expected = "0 3 0 3 -1 2024-01-01 | -1 -1 | 1"},
    {"none is not unknown", REPORTS(REPORT(NULL, "2024-01-01", 0)), .expected = "-1 0 -1 -1 -1 2024-01-01 | -1 -1 | 1"},
    {"some regions are no total", REPORTS(REPORT("vest", "2024-01-01", 20), REPORT("nord", "2024-02-01", 5)),
     .expected = "-1 -1 -1 -1 -1 - | -1 25 | 0"},
    {"all regions are the total",
     REPORTS(REPORT("vest", "2024-01-01", 20), REPORT("nord", "2024-02-01", 5), REPORT("sor-ost", "2024-03-01", 30)),
     .expected = "-1 55 -1 -1 -1 2024-03-01 | -1 55 | 0"},
    {"the reported total stands against older regions",
     REPORTS(REPORT("vest", "2024-01-01", 20), REPORT("nord", "2024-02-01", 5), REPORT("sor-ost", "2024-03-01", 30),
             REPORT(NULL, "2024-01-01", 70)),
     .expected = "-1 70 -1 -1 -1 2024-01-01 | -1 55 | 0"},
    {"newer regions stand against the reported total",
     REPORTS(REPORT("vest", "2024-01-02", 20), REPORT("nord", "2024-02-01", 5), REPORT("sor-ost", "2024-03-01", 30),
             REPORT(NULL, "2024-01-01", 55)),
     .expected = "-1 55 -1 -1 -1 2024-03-01 | -1 55 | 0"},
    {"newer regions with less than the reported total are not all there are",
     REPORTS(REPORT("vest", "2024-01-02", 20), REPORT("nord", "2024-02-01", 5), REPORT("sor-ost", "2024-03-01", 30),
             REPORT(NULL, "2024-01-01", 56)),
     .expected = "-1 56 -1 -1 -1 2024-01-01 | -1 55 | 0"},
    {"a small plan shows totals only", PLANS(PLAN(NULL, 19, "2024-01-01")), .expected = "19 -1 -1 -1 -1 - | -1 -1 | 1"},
    {"the threshold itself is not below it", PLANS(PLAN(NULL, 20, "2024-01-01")), .expected = "20 -1 -1 -1 -1 - | -1 -1 | 0"},
    {"a small count shows totals only", PLANS(PLAN(NULL, 100, "2024-01-01")), REPORTS(REPORT(NULL, "2024-01-01", 19)),
     .expected = "100 19 81 -1 190 2024-01-01 | -1 -1 | 1"},
    {"few in some regions show totals only", REPORTS(REPORT("vest", "2024-01-01", 3), REPORT("nord", "2024-02-01", 4)),
     .expected = "-1 -1 -1 -1 -1 - | -1 7 | 1"},
    {"few in some regions of a large plan show totals only", PLANS(PLAN(NULL, 100, "2024-01-01")), REPORTS(REPORT("vest", "2024-01-01", 3)),
     .expected = "100 -1 -1 -1 -1 - | -1 3 | 1"},
    {"enough in some regions of a large plan are shown", PLANS(PLAN(NULL, 100, "2024-01-01")), REPORTS(REPORT("vest", "2024-01-01", 20)),
     .expected = "100 -1 -1 -1 -1 - | -1 20 | 0"},
};

static bool print_recruitment(void *cls, const struct db_study_recruitment *r)
{
    snprintf(cls, 200, "%lld %lld %lld %lld %lld %s | %lld %lld | %d", (long long)r->total.planned, (long long)r->total.included,
             (long long)r->total.remaining, (long long)r->total.exceeded_by, (long long)r->total.permille, or_none(r->total.as_of),
             (long long)r->planned_by_regions, (long long)r->included_at_least, r->totals_only);
    return true;
}

START_TEST(the_numbers_of_a_study)
{
    char text[200];
    struct said *said = said_new();
    memset(said->plans, 0, sizeof said->plans);
    memset(said->reports, 0, sizeof said->reports);
    memcpy(said->plans, numbers[_i].plans, sizeof numbers[_i].plans);
    memcpy(said->reports, numbers[_i].reports, sizeof numbers[_i].reports);
    import_ok(said);
    ck_assert_int_eq(db_recruitment_get(fixture.reader, "alpha", NULL, NULL, print_recruitment, text), DB_OK);
    ck_assert_msg(strcmp(text, numbers[_i].expected) == 0, "%s: %s, not %s", numbers[_i].name, text, numbers[_i].expected);
    free(said);
}
END_TEST

/* ── behind the plan ────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *name, *start, *plan_end, *expected_end, *as_of;
    int64_t planned, included;
    bool is_behind;
} cases_behind[] = {
    {"half the time, less than half", "2020-01-01", "2024-01-01", NULL, "2022-01-01", 100, 49, true},
    {"half the time, half of them", "2020-01-01", "2024-01-01", NULL, "2022-01-01", 1000, 501, false},
    {"after the end, not full", "2020", "2021-12", NULL, "2024-01-01", 100, 99, true},
    {"after the end, full", "2020", "2021-12", NULL, "2024-01-01", 100, 100, false},
    {"before the start", "2025-01", "2026-01", NULL, "2024-01-01", 100, 0, false},
    {"on the first day", "2024-01-01", "2026-01", NULL, "2024-01-01", 100, 0, false},
    {"the end that the study expects", "2020-01-01", NULL, "2021", "2024-01-01", 100, 99, true},
    {"no start", NULL, "2021-12", NULL, "2024-01-01", 100, 1, false},
    {"no end", "2020", NULL, NULL, "2024-01-01", 100, 1, false},
    {"no plan", "2020", "2021-12", NULL, "2024-01-01", -1, 1, false},
    {"no count", "2020", "2021-12", NULL, "2024-01-01", 100, -1, false},
    {"the end is before the start", "2022", "2021-12", NULL, "2024-01-01", 100, 1, false},
};

START_TEST(behind_the_plan_is_what_is_known_to_be)
{
    struct said *said = said_new();
    said->studies[0].start = cases_behind[_i].start;
    said->studies[0].inclusion_end_expected = cases_behind[_i].expected_end;
    said->plans[0] = (struct db_plan){"alpha", NULL, cases_behind[_i].planned, "2024-01-01", cases_behind[_i].plan_end, NULL};
    said->reports[0] = (struct db_report){"alpha", NULL, cases_behind[_i].as_of, cases_behind[_i].included, NULL};
    if (cases_behind[_i].planned < 0)
        said->plans[0].study = NULL;
    if (cases_behind[_i].included < 0)
        said->reports[0].study = NULL;
    import_ok(said);
    ck_assert_msg(count_of(&(struct db_study_filter){.behind_plan = DB_YES}) == cases_behind[_i].is_behind, "%s", cases_behind[_i].name);
    ck_assert_int_eq(count_of(&(struct db_study_filter){.behind_plan = DB_NO}), 2 - cases_behind[_i].is_behind);
    free(said);
}
END_TEST

START_TEST(days_are_counted)
{
    ck_assert_int_eq(day_number("2024-03-01", false) - day_number("2024-02-28", false), 2);
    ck_assert_int_eq(day_number("2023-03-01", false) - day_number("2023-02-28", false), 1);
    ck_assert_int_eq(day_number("2001-01-01", false) - day_number("2000-01-01", false), 366);
    ck_assert_int_eq(day_number("1901-01-01", false) - day_number("1900-01-01", false), 365);
    ck_assert_int_eq(day_number("2024", true), day_number("2024-12-31", false));
    ck_assert_int_eq(day_number("2024-02", true), day_number("2024-02-29", false));
    ck_assert_int_eq(day_number("2024", false), day_number("2024-01-01", false));
    ck_assert_int_eq(day_number(NULL, false), -1);
    ck_assert_int_eq(day_number("", false), -1);
    ck_assert_int_eq(day_number("soon", false), -1);
    ck_assert_int_eq(day_number("2024-13", false), -1);
}
END_TEST

/* ── regions and reports ────────────────────────────────────────────────────────────────────────────────────── */

static bool print_detail(void *cls, const struct db_study_recruitment *r)
{
    FILE *out = cls;
    for (size_t i = 0; i < r->regions_len; i++)
        fprintf(out, "%s %lld %lld %s %d\n", r->regions[i].region, (long long)r->regions[i].planned, (long long)r->regions[i].included,
                or_none(r->regions[i].as_of), r->regions[i].takes_part);
    for (size_t i = 0; i < r->reports_len; i++)
        fprintf(out, "%s %s %lld %s %s\n", r->reports[i].as_of, or_none(r->reports[i].region), (long long)r->reports[i].included,
                or_none(r->reports[i].document), or_none(r->reports[i].lines));
    return true;
}

static void assert_detail(const char *code, const char *from, const char *to, const char *expected)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    ck_assert_int_eq(db_recruitment_get(fixture.reader, code, from, to, print_detail, out), DB_OK);
    fclose(out);
    ck_assert_str_eq(text, expected);
    free(text);
}

START_TEST(regions_and_the_reports_that_stand)
{
    struct said *said = said_new();
    said->regions[3] = (struct db_region){"midt", {"Midt", "Central"}, "source", NULL, 1};
    said->plans[1] = (struct db_plan)PLAN("nord", 9, "2024-01-01");
    said->reports[1] = (struct db_report)REPORT("vest", "2024-12-31", 41);
    said->reports[2] = (struct db_report)REPORT("midt", "2023-12-31", 7);
    said->reports[3] = (struct db_report)REPORT("vest", "2023-12-31", 20);
    import_ok(said);
    sql("INSERT INTO report (study, region, as_of, included, recorded, origin, standing, token) "
        "SELECT id, 'vest', '2023-12-31', column1, column2, 'filed', 'filed', 0 FROM study, (VALUES (22, 10), (24, 30), (23, 20)) WHERE "
        "code "
        "= 'alpha'");
    said->edition.digest = "d2";
    import_ok(said);
    assert_detail(
        "alpha", NULL, NULL,
        "sor-ost -1 -1 - 1\nmidt -1 7 2023-12-31 1\nvest -1 41 2024-12-31 1\nnord 9 -1 - 1\n"
        "2023-12-31 midt 7 report-2024 -\n2023-12-31 vest 24 - -\n2024-12-31 - 60 report-2024 21\n2024-12-31 vest 41 report-2024 -\n");
    assert_detail("alpha", "2024-01-01", NULL,
                  "sor-ost -1 -1 - 1\nmidt -1 7 2023-12-31 1\nvest -1 41 2024-12-31 1\nnord 9 -1 - 1\n"
                  "2024-12-31 - 60 report-2024 21\n2024-12-31 vest 41 report-2024 -\n");
    assert_detail("alpha", NULL, "2023-12-30", "sor-ost -1 -1 - 1\nmidt -1 7 2023-12-31 1\nvest -1 41 2024-12-31 1\nnord 9 -1 - 1\n");
    assert_detail("beta", NULL, NULL, "sor-ost -1 -1 - 0\nmidt -1 -1 - 0\nvest -1 -1 - 0\nnord -1 -1 - 0\n");
    assert_shows("alpha", "includes sor-ost\nincludes midt\nincludes vest\nincludes nord\n");
    ck_assert_int_eq(db_recruitment_get(fixture.reader, "nobody", NULL, NULL, print_detail, stderr), DB_NOT_FOUND);
    free(said);
}
END_TEST

START_TEST(a_new_threshold_makes_every_study_anew)
{
    import_ok(&first_said);
    struct said *said = said_new();
    said->programme.disclosure_threshold = 61;
    said->edition.digest = "d2";
    import_ok(said);
    char text[200];
    ck_assert_int_eq(db_recruitment_get(fixture.reader, "alpha", NULL, NULL, print_recruitment, text), DB_OK);
    ck_assert_str_eq(text, "100 60 40 -1 600 2024-12-31 | -1 -1 | 1");
    free(said);
}
END_TEST

/* ── sums by region ─────────────────────────────────────────────────────────────────────────────────────────── */

static void print_cell(FILE *cls, const struct db_stats_cell *c)
{
    fprintf(cls, "%s/%s %lld: %lld %lld %lld %lld %lld of %lld %lld %lld %s..%s\n", c->key[0].ref.code, or_none(c->key[0].ref.label.en),
            (long long)c->study_count, (long long)c->planned, (long long)c->included, (long long)c->remaining, (long long)c->exceeded_by,
            (long long)c->permille, (long long)c->with_planned, (long long)c->with_included, (long long)c->with_both, or_none(c->oldest),
            or_none(c->newest));
}

static bool print_regions(void *cls, const struct db_stats *stats)
{
    for (size_t i = 0; i < stats->cells_len; i++)
        if (stats->cells[i].key[0].known)
            print_cell(cls, &stats->cells[i]);
    return true;
}

static void assert_cells(const struct db_study_filter *filter, const char *expected)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    struct db_stats_query query = {.filter = *filter, .grain = DB_GRAIN_REGION, .by = {DB_BY_REGION}, .by_len = 1};
    ck_assert_int_eq(db_stats(fixture.reader, &query, print_regions, out), DB_OK);
    fclose(out);
    ck_assert_str_eq(text, expected);
    free(text);
}

START_TEST(sums_by_region_count_what_is_known)
{
    static const char *const west[] = {"vest"};
    static const char *const beta[] = {"beta"};
    struct said *said = said_new();
    said->studies[1].inclusion_regions = west;
    said->studies[1].inclusion_regions_len = 1;
    said->studies[2] = (struct db_study){STUDY("gamma", "G", "ous", "planned", award_c, -1, -1), .scientific_title = "Gamma",
                                         .inclusion_regions = west, .inclusion_regions_len = 1};
    said->plans[1] = (struct db_plan){"alpha", "vest", 50, "2024-01-01", NULL, NULL};
    said->plans[2] = (struct db_plan){"beta", "vest", 30, "2024-01-01", NULL, NULL};
    said->plans[3] = (struct db_plan){"gamma", NULL, 10, "2024-01-01", NULL, NULL};  /* small: totals only */
    said->plans[4] = (struct db_plan){"beta", "nord", 30, "2024-01-01", NULL, NULL}; /* a plan where it does not include */
    said->reports[1] = (struct db_report){"alpha", "vest", "2024-12-31", 20, NULL};
    said->reports[2] = (struct db_report){"beta", "vest", "2023-06-30", 36, NULL};
    said->reports[3] = (struct db_report){"gamma", "vest", "2022-06-30", 4, NULL};
    import_ok(said);
    assert_cells(&(struct db_study_filter){0}, "sor-ost/South-East 1: -1 -1 -1 -1 -1 of 0 0 0 -..-\n"
                                               "vest/West 3: 80 56 30 6 700 of 2 2 2 2023-06-30..2024-12-31\n"
                                               "nord/North 1: -1 -1 -1 -1 -1 of 0 0 0 -..-\n");
    assert_cells(&(struct db_study_filter){.id = {beta, 1, false}}, "sor-ost/South-East 0: -1 -1 -1 -1 -1 of 0 0 0 -..-\n"
                                                                    "vest/West 1: 30 36 0 6 1200 of 1 1 1 2023-06-30..2023-06-30\n"
                                                                    "nord/North 0: -1 -1 -1 -1 -1 of 0 0 0 -..-\n");
    ck_assert_int_eq(count_of(&(struct db_study_filter){.inclusion_region = {west, 1, false}}), 3);
    free(said);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("recruitment");
    tcase_add_loop_test(cases, the_numbers_of_a_study, 0, LEN(numbers));
    tcase_add_loop_test(cases, behind_the_plan_is_what_is_known_to_be, 0, LEN(cases_behind));
    tcase_add_test(cases, days_are_counted);
    tcase_add_test(cases, regions_and_the_reports_that_stand);
    tcase_add_test(cases, a_new_threshold_makes_every_study_anew);
    tcase_add_test(cases, sums_by_region_count_what_is_known);
    return run("recruitment", cases, true);
}
