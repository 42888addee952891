/* SPDX-License-Identifier: GPL-3.0-or-later
 * What a count stands among, against all that is read of the study.
 */
#include "fixture.h"

#include "filings.h"

struct asked {
    const char *region, *as_of;
    struct db_counts_beside beside;
};

static void put(struct db_count *count, const struct db_report_row *row)
{
    snprintf(count->as_of, sizeof count->as_of, "%s", row->as_of);
    count->included = row->included;
}

/* By the words of the header: all reports that stand, oldest first. */
static bool find_beside(void *cls, const struct db_study_recruitment *study)
{
    struct asked *asked = cls;
    struct db_counts_beside *beside = &asked->beside;
    beside->same.included = beside->highest_before.included = beside->lowest_after.included = -1;
    for (size_t i = 0; i < study->reports_len; i++) {
        const struct db_report_row *row = &study->reports[i];
        if ((row->region == NULL) != (asked->region == NULL) || (row->region != NULL && strcmp(row->region, asked->region) != 0))
            continue;
        int order = strcmp(row->as_of, asked->as_of);
        if (order == 0)
            put(&beside->same, row);
        else if (order < 0 && row->included >= beside->highest_before.included)
            put(&beside->highest_before, row);
        else if (order > 0 && (beside->lowest_after.included < 0 || row->included < beside->lowest_after.included))
            put(&beside->lowest_after, row);
    }
    return false;
}

static void assert_count(const struct db_count *count, const struct db_count *expected)
{
    ck_assert_int_eq(count->included, expected->included);
    if (expected->included >= 0)
        ck_assert_str_eq(count->as_of, expected->as_of);
}

static void assert_beside(const char *study, const char *region, const char *as_of)
{
    struct asked asked = {.region = region, .as_of = as_of};
    struct db_counts_beside beside;
    ck_assert_int_eq(db_recruitment_get(fixture.reader, study, NULL, NULL, find_beside, &asked), DB_OK);
    ck_assert_int_eq(db_counts_beside(fixture.reader, study, region, as_of, &beside), DB_OK);
    assert_count(&beside.same, &asked.beside.same);
    assert_count(&beside.highest_before, &asked.beside.highest_before);
    assert_count(&beside.lowest_after, &asked.beside.lowest_after);
}

START_TEST(the_nearest_of_equal_counts_is_named)
{
    const char *const days[] = {"1995-01-31", "1995-02-28", "1995-03-31"};
    struct db_counts_beside beside;
    fixture_begin();
    import_ok(&first_said);
    for (size_t i = 0; i < LEN(days); i++)
        file_one(
            &(struct filing){.study = "beta", .as_of = days[i], .len = 1, .counts = {{NULL, 9 - (int64_t)i % 2}}, .author = authors[0]});
    ck_assert_int_eq(db_counts_beside(fixture.reader, "beta", NULL, "1995-02-28", &beside), DB_OK);
    ck_assert_int_eq(beside.same.included, 8);
    ck_assert_int_eq(beside.highest_before.included, 9);
    ck_assert_str_eq(beside.highest_before.as_of, "1995-01-31");
    ck_assert_int_eq(db_counts_beside(fixture.reader, "beta", NULL, "1995-12-31", &beside), DB_OK);
    ck_assert_int_eq(beside.same.included, -1);
    ck_assert_str_eq(beside.highest_before.as_of, "1995-03-31");
    ck_assert_int_eq(db_counts_beside(fixture.reader, "beta", NULL, "1994-12-31", &beside), DB_OK);
    ck_assert_int_eq(beside.highest_before.included, -1);
    ck_assert_int_ge(beside.lowest_after.included, 0);
    fixture_end();
}
END_TEST

START_TEST(of_no_study_there_is_nothing_to_stand_among)
{
    struct db_counts_beside beside;
    fixture_begin();
    import_ok(&first_said);
    ck_assert_int_eq(db_counts_beside(fixture.reader, "none", NULL, "2020-02-28", &beside), DB_NOT_FOUND);
    ck_assert_int_eq(db_recruitment_sums(fixture.reader, "none", find_beside, NULL), DB_NOT_FOUND);
    fixture_end();
}
END_TEST

static bool take_sums(void *cls, const struct db_study_recruitment *study)
{
    struct db_study_recruitment *sums = cls;
    *sums = *study;
    return false;
}

START_TEST(whatever_was_filed_a_count_stands_among_what_is_read)
{
    struct db_study_recruitment whole, sums;
    fixture_begin();
    filings_begin();
    import_ok(here);
    import_ok(elsewhere);
    for (int i = 0; i < 150; i++) {
        const struct filing filing = filing_by_chance();
        if (chance(10) == 0)
            import_otherwise();
        file_one(&filing);
        const char *study = ANY_OF(study_codes), *region = chance(3) == 0 ? NULL : ANY_OF(filed_regions);
        assert_beside(study, region, ANY_OF(filed_days));
        ck_assert_int_eq(db_recruitment_get(fixture.reader, study, NULL, NULL, take_sums, &whole), DB_OK);
        ck_assert_int_eq(db_recruitment_sums(fixture.reader, study, take_sums, &sums), DB_OK);
        ck_assert_int_eq(sums.total.included, whole.total.included);
        ck_assert_int_eq(sums.total.planned, whole.total.planned);
        ck_assert_int_eq(sums.included_at_least, whole.included_at_least);
        ck_assert_uint_eq(sums.regions_len, whole.regions_len);
        ck_assert_uint_eq(sums.reports_len, 0);
    }
    filings_end();
    fixture_end();
}
END_TEST

/* ── what is planned ────────────────────────────────────────────────────────────────────────────────────────── */

/* The same in another way: each region's newest plan as the engine orders them all. */
static int64_t planned_of(const char *study, const char *region, const char *as_of)
{
    return sql("SELECT p.planned FROM plan p JOIN study s ON s.id = p.study WHERE s.code = '%s' AND COALESCE(p.region, '') = '%s' AND "
               "p.as_of <= '%s' ORDER BY p.as_of, p.standing, p.recorded, p.id",
               study, region, as_of);
}

START_TEST(what_is_planned_by_a_day_is_the_newest_plan_of_each_until_then)
{
    struct db_planned planned;
    fixture_begin();
    filings_begin();
    import_ok(here);
    import_ok(elsewhere);
    for (int i = 0; i < 150; i++) {
        struct filing filing = filing_by_chance();
        filing.kind = FILE_PLAN;
        file_one(&filing);
        const char *study = ANY_OF(study_codes), *as_of = chance(4) == 0 ? NULL : ANY_OF(filed_days), *day = as_of ? as_of : "9999-12-31";
        ck_assert_int_eq(db_planned(fixture.reader, study, as_of, &planned), DB_OK);
        ck_assert_int_eq(planned.study < 0 ? 0 : planned.study, planned_of(study, "", day));
        ck_assert_int_eq(planned.study >= 0, sql("SELECT COALESCE(p.planned_end, '') = '%s' FROM plan p JOIN study s ON s.id = p.study "
                                                 "WHERE s.code = '%s' AND p.region IS NULL AND p.as_of <= '%s' "
                                                 "ORDER BY p.as_of, p.standing, p.recorded, p.id",
                                                 planned.planned_end, study, day));
        int64_t regions = 0;
        for (size_t j = 0; j < LEN(filed_regions); j++)
            regions += planned_of(study, filed_regions[j], day);
        ck_assert_int_eq(planned.regions, regions);
    }
    ck_assert_int_eq(db_planned(fixture.reader, "alpha", "1990-01-01", &planned), DB_OK);
    ck_assert_int_eq(planned.study, -1);
    ck_assert_int_eq(planned.regions, 0);
    ck_assert_int_eq(db_planned(fixture.reader, "none", NULL, &planned), DB_NOT_FOUND);
    filings_end();
    fixture_end();
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("beside");
    tcase_add_test(cases, the_nearest_of_equal_counts_is_named);
    tcase_add_test(cases, of_no_study_there_is_nothing_to_stand_among);
    tcase_add_test(cases, whatever_was_filed_a_count_stands_among_what_is_read);
    tcase_add_test(cases, what_is_planned_by_a_day_is_the_newest_plan_of_each_until_then);
    return run("beside", cases, false);
}
