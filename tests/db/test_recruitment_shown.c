/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the table of reports shows of one study, and how that changes.
 */
#include "fixture.h"

struct series {
    char text[4000];
};

static void put_row(struct series *series, const char *region, const char *as_of, int64_t included, const char *document)
{
    size_t len = strlen(series->text);
    snprintf(series->text + len, sizeof series->text - len, "%s %s %lld %s\n", as_of, or_none(region), (long long)included,
             or_none(document));
    ck_assert_uint_lt(strlen(series->text), sizeof series->text - 100);
}

static bool take_row(void *cls, const struct db_recruitment_row *row)
{
    put_row(cls, row->region, row->as_of, row->included, row->document);
    return true;
}

/* ── small populations ──────────────────────────────────────────────────────────────────────────────────────── */

static void assert_rows(const struct db_recruitment_query *query, const char *expected)
{
    struct series rows = {{0}};
    struct db_studies_page page;
    struct db_recruitment_query first = *query;
    first.limit = 500;
    ck_assert_int_eq(db_recruitment_list(fixture.reader, &first, take_row, &rows, &page), DB_OK);
    ck_assert_str_eq(rows.text, expected);
    size_t lines = 0;
    for (const char *at = expected; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    ck_assert_int_eq(page.total, (int64_t)lines);
}

#define REPORT(region, as_of, number)                                                                                                      \
    (struct db_report)                                                                                                                     \
    {                                                                                                                                      \
        "alpha", region, as_of, number, "7"                                                                                                \
    }

static struct said *said_of_alpha(int64_t planned)
{
    static const struct {
        const char *region, *as_of;
        int64_t included;
    } reports[] = {{NULL, "2022-03-31", 3},   {NULL, "2022-09-30", 6},   {NULL, "2023-01-31", 8}, {"vest", "2022-09-30", 4},
                   {"vest", "2023-12-31", 9}, {"nord", "2022-03-31", 1}, {NULL, "2023-11-30", 12}};
    struct said *said = said_new();
    said->plans[0].planned = planned;
    for (size_t i = 0; i < LEN(reports); i++)
        said->reports[i] = REPORT(reports[i].region, reports[i].as_of, reports[i].included);
    said->studies[1].code = NULL;
    return said;
}

START_TEST(of_a_small_population_a_year_has_its_last_total_and_is_never_cut)
{
    static const char *const vest[] = {"vest"}, *const total[] = {DB_WHOLE_STUDY}, *const alpha[] = {"alpha"};
    static const char both[] = "2022-09-30 - 6 report-2024\n2023-11-30 - 12 report-2024\n";
    struct said *said = said_of_alpha(19);
    import_ok(said);
    for (int order = 0; order < 2; order++) {
        struct db_recruitment_query query = {.order = (enum db_recruitment_order)order};
        if (order == 1)
            query.filter.id = (struct db_codes){alpha, 1, false};
        assert_rows(&query, both);
        query.region = (struct db_codes){vest, 1, false};
        assert_rows(&query, "");
        query.region.negate = true;
        assert_rows(&query, both);
        query.region = (struct db_codes){total, 1, false};
        assert_rows(&query, both);
        query.region = (struct db_codes){0};
        query.from = "2022-09-30";
        query.to = "2023-11-29"; /* before the year's last */
        assert_rows(&query, "2022-09-30 - 6 report-2024\n");
        query.from = "2022-01-01";
        query.to = "2022-09-29"; /* the year has an earlier one, which stays hidden */
        assert_rows(&query, "");
        query.from = query.to = "2023-11-30";
        assert_rows(&query, "2023-11-30 - 12 report-2024\n");
    }
    free(said);
}
END_TEST

START_TEST(a_study_that_grows_shows_all_and_one_that_shrinks_hides_again)
{
    static const char full[] = "2022-03-31 - 3 report-2024\n2022-03-31 nord 1 report-2024\n2022-09-30 - 6 report-2024\n"
                               "2022-09-30 vest 4 report-2024\n2023-01-31 - 8 report-2024\n2023-11-30 - 25 report-2024\n"
                               "2023-12-31 vest 9 report-2024\n";
    const struct db_recruitment_query query = {0};
    struct said *said = said_of_alpha(100);
    said->reports[6].included = 25;
    import_ok(said);
    assert_rows(&query, full);
    said->programme.disclosure_threshold = 26;
    said->edition.digest = "d2";
    import_ok(said);
    assert_rows(&query, "2022-09-30 - 6 report-2024\n2023-11-30 - 25 report-2024\n");
    said->programme.disclosure_threshold = 20;
    said->edition.digest = "d3";
    import_ok(said);
    assert_rows(&query, full);
    free(said);
}
END_TEST

/* ── what changes ───────────────────────────────────────────────────────────────────────────────────────────── */

static bool take_planned(void *cls, const struct db_recruitment_row *row)
{
    struct series *series = cls;
    size_t len = strlen(series->text);
    snprintf(series->text + len, sizeof series->text - len, "%s:%lld ", or_none(row->region), (long long)row->planned);
    return true;
}

static void assert_planned(const char *expected)
{
    struct series rows = {{0}};
    struct db_studies_page page;
    ck_assert_int_eq(db_recruitment_list(fixture.reader, &(struct db_recruitment_query){.limit = 9}, take_planned, &rows, &page), DB_OK);
    ck_assert_str_eq(rows.text, expected);
}

START_TEST(plan_and_order_of_regions_are_those_of_today)
{
    struct said *said = said_new();
    said->reports[1] = REPORT("nord", "2024-12-31", 20);
    said->reports[2] = REPORT("vest", "2024-12-31", 40);
    import_ok(said);
    assert_planned("-:100 vest:-1 nord:-1 ");
    said->plans[1] = (struct db_plan){"alpha", "vest", 70, "2025-01-01", NULL, NULL};
    said->plans[2] = (struct db_plan){"alpha", NULL, 130, "2025-01-01", NULL, NULL};
    said->edition.digest = "d2";
    import_ok(said);
    assert_planned("-:130 vest:70 nord:-1 ");
    said->regions[1].order = 2;
    said->regions[2].order = 1;
    said->edition.digest = "d3";
    import_ok(said);
    assert_planned("-:130 nord:-1 vest:70 ");
    said->reports[1].study = NULL; /* and with it what follows in the list */
    said->edition.digest = "d4";
    import_ok(said);
    assert_planned("-:130 ");
    free(said);
}
END_TEST

START_TEST(what_is_as_it_was_is_not_written_again)
{
    struct said *said = said_new();
    import_ok(said);
    sql("UPDATE shown_report SET study = study + 0");
    sql("CREATE TRIGGER touched_row AFTER UPDATE ON shown_report BEGIN SELECT RAISE(ABORT, 'written'); END");
    sql("CREATE TRIGGER made_row AFTER INSERT ON shown_report BEGIN SELECT RAISE(ABORT, 'written'); END");
    said->edition.digest = "d2";
    said->studies[0].aim = "other";
    import_ok(said);
    free(said);
}
END_TEST

static bool count_row(void *cls, const struct db_recruitment_row *row)
{
    (void)row;
    ++*(int *)cls;
    return true;
}

START_TEST(the_longest_codes_fit_a_position)
{
    char code[65], region[65];
    memset(code, 'z', sizeof code - 1);
    memset(region, 'y', sizeof region - 1);
    code[sizeof code - 1] = region[sizeof region - 1] = '\0';
    struct said *said = said_of_alpha(100);
    said->reports[6].included = 25;
    said->regions[3] = (struct db_region){.code = region, .order = INT32_MAX};
    said->studies[0].code = code;
    said->plans[0].study = said->notes[0].id = code;
    for (int i = 0; i < 7; i++)
        said->reports[i].study = code;
    said->reports[7] = (struct db_report){code, region, "2024-01-01", 2, NULL};
    import_ok(said);
    struct db_recruitment_query query = {.limit = 1, .order = DB_RECRUITMENT_BY_DAY_DOWN};
    struct db_studies_page page;
    int rows = 0;
    struct db_position last;
    do {
        ck_assert_int_eq(db_recruitment_list(fixture.reader, &query, count_row, &rows, &page), DB_OK);
        last = page.last;
        query.position = &last;
    } while (page.more_after);
    ck_assert_int_eq(rows, 8);
    free(said);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("shown");
    tcase_add_test(cases, of_a_small_population_a_year_has_its_last_total_and_is_never_cut);
    tcase_add_test(cases, a_study_that_grows_shows_all_and_one_that_shrinks_hides_again);
    tcase_add_test(cases, plan_and_order_of_regions_are_those_of_today);
    tcase_add_test(cases, what_is_as_it_was_is_not_written_again);
    tcase_add_test(cases, the_longest_codes_fit_a_position);
    return run("reports shown", cases, true);
}
