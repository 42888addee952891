/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the register knew: every version that another took the place of, and what an edition said and says no longer.
 */
#include "filing.h"

static int64_t count(const char *table)
{
    return sql("SELECT count(*) FROM %s", table);
}

/* The bytes of a version that is over are those that were shown. */
static void assert_was(int version, const char *code, const char *shown)
{
    sqlite3 *direct = NULL;
    sqlite3_stmt *stmt = NULL;
    ck_assert_int_eq(sqlite3_open_v2(fixture.path, &direct, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(direct,
                                        "SELECT json FROM study_past p JOIN study s ON s.id = p.study WHERE s.code = ? AND p.version = ?",
                                        -1, &stmt, NULL),
                     SQLITE_OK);
    sqlite3_bind_text(stmt, 1, code, -1, SQLITE_STATIC);
    sqlite3_bind_int(stmt, 2, version);
    ck_assert_int_eq(sqlite3_step(stmt), SQLITE_ROW);
    ck_assert_int_eq(sqlite3_column_bytes(stmt, 0), (int)strlen(shown));
    ck_assert_mem_eq(sqlite3_column_blob(stmt, 0), shown, strlen(shown));
    sqlite3_finalize(stmt);
    sqlite3_close(direct);
}

START_TEST(a_filing_keeps_the_version_before_it)
{
    import_ok(&first_said);
    char *first = study_text("alpha");
    int64_t imported = db_data_updated(fixture.db);
    file_at_once("alpha", "2025-01-31", 64);
    char *second = study_text("alpha");
    int64_t filed = db_data_updated(fixture.db);
    ck_assert_int_gt(filed, imported);
    file_at_once("alpha", "2025-02-28", 70);
    assert_was(1, "alpha", first);
    assert_was(2, "alpha", second);
    ck_assert_int_eq(count("study_past"), 2);
    ck_assert_int_eq(sql("SELECT count(*) FROM study_past WHERE version = 1 AND since = %lld AND until = %lld AND planned = 100 AND "
                         "included = 60 AND remaining = 40 AND permille = 600 AND included_as_of = '2024-12-31' AND totals_only = 0",
                         (long long)imported, (long long)filed),
                     1);
    ck_assert_int_eq(sql("SELECT count(*) FROM study_past WHERE version = 2 AND since = %lld AND until = %lld AND included = 64",
                         (long long)filed, (long long)db_data_updated(fixture.db)),
                     1);
    ck_assert_int_eq(sql("SELECT count(*) FROM study_region_past WHERE version = 1 AND takes_part = 1"), 3);
    assert_nothing_wrong();
    free(first);
    free(second);
}
END_TEST

START_TEST(two_filings_of_one_transaction_are_two_versions_of_one_instant)
{
    import_ok(&first_said);
    struct db_write *write = begin();
    file_and_keep(write, "alpha", "2025-01-31", 64);
    file_and_keep(write, "alpha", "2025-01-31", 65);
    ck_assert_int_eq(settled.version, 3);
    ck_assert_int_eq(db_write_commit(write), DB_OK);
    assert_shows("alpha", "recruitment 100 65");
    ck_assert_int_eq(sql("SELECT count(*) FROM study_past WHERE version = 2 AND since = until AND included = 64"), 1);
    ck_assert_int_eq(sql("SELECT count(*) FROM study_past WHERE version = 1 AND since < until"), 1);
    ck_assert_int_eq(sql("SELECT count(*) FROM change WHERE study = 1"), 3);
    assert_sums_fit();
    assert_nothing_wrong();
}
END_TEST

START_TEST(an_import_keeps_what_it_changes_and_nothing_else)
{
    import_ok(&first_said);
    ck_assert_int_eq(count("study_past"), 0);
    char *first = study_text("alpha");
    struct said *said = said_new();
    said->edition.digest = "d2";
    said->studies[0].status = "stopped";
    import_ok(said);
    assert_was(1, "alpha", first);
    ck_assert_int_eq(count("study_past"), 1); /* beta is as it was */
    ck_assert_int_eq(count("report_past"), 0);
    said->edition.digest = "d3";
    import_ok(said);
    ck_assert_int_eq(count("study_past"), 1);
    assert_nothing_wrong();
    free(first);
    free(said);
}
END_TEST

START_TEST(what_an_edition_says_otherwise_or_no_longer_is_kept)
{
    import_ok(&first_said);
    int64_t first = db_data_updated(fixture.db);
    struct said *said = said_new();
    said->edition.digest = "d2";
    said->reports[0].included = 61;
    said->plans[0].planned = 110;
    import_ok(said);
    int64_t second = db_data_updated(fixture.db);
    ck_assert_int_eq(
        sql("SELECT count(*) FROM report_past WHERE included = 60 AND region IS NULL AND as_of = '2024-12-31' AND lines = '21' AND "
            "recorded = %lld AND withdrawn = %lld AND edition = 1 AND standing = '2024-12-31'",
            (long long)first, (long long)second),
        1);
    ck_assert_int_eq(sql("SELECT count(*) FROM plan_past WHERE planned = 100 AND planned_end = '2026-12' AND lines = '20' AND "
                         "recorded = %lld AND withdrawn = %lld AND edition = 1",
                         (long long)first, (long long)second),
                     1);
    said->edition.digest = "d3";
    said->reports[0] = (struct db_report){0};
    said->plans[0] = (struct db_plan){0};
    import_ok(said);
    ck_assert_int_eq(sql("SELECT count(*) FROM report_past WHERE included = 61 AND recorded = %lld AND withdrawn = %lld", (long long)second,
                         (long long)db_data_updated(fixture.db)),
                     1);
    ck_assert_int_eq(sql("SELECT count(*) FROM plan_past WHERE planned = 110 AND recorded = %lld", (long long)second), 1);
    ck_assert_int_eq(count("report_past") + count("plan_past"), 4);
    ck_assert_int_eq(count("report") + count("plan"), 0);
    assert_nothing_wrong();
    free(said);
}
END_TEST

START_TEST(the_log_says_by_whom_and_of_which_edition)
{
    import_ok(&first_said);
    file_at_once("beta", "2025-01-31", 4);
    struct said *later = edition_of("2025", "2025-12-31", "Report 2025");
    later->studies[1].status = "stopped";
    import_ok(later);
    ck_assert_int_eq(sql("SELECT count(*) FROM change WHERE role = 'edition' AND edition = 1 AND kind = 'study-added'"), 2);
    ck_assert_int_eq(sql("SELECT count(*) FROM change WHERE role = 'edition' AND kind = 'edition-imported' AND study IS NULL AND edition = "
                         "data_version - (data_version = 3)"),
                     2);
    ck_assert_int_eq(sql("SELECT count(*) FROM change WHERE role = 'reporter' AND edition IS NULL AND study = 2"), 1);
    ck_assert_int_eq(sql("SELECT count(*) FROM change WHERE role = 'edition' AND edition = 2 AND study = 2"), 1);
    ck_assert_int_eq(sql("SELECT count(*) FROM change WHERE role IS NULL"), 0);
    free(later);
}
END_TEST

START_TEST(what_stood_is_never_changed)
{
    import_ok(&first_said);
    file_at_once("alpha", "2025-01-31", 64);
    sqlite3 *direct = NULL;
    ck_assert_int_eq(sqlite3_open(fixture.path, &direct), SQLITE_OK);
    ck_assert_int_ne(sqlite3_exec(direct, "UPDATE study_past SET included = 1", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(direct);
}
END_TEST

/* ── looking it over ────────────────────────────────────────────────────────────────────────────────────────── */

static char heard[2000];

static void hear(void *cls, const char *what)
{
    size_t len = strlen(heard);
    (void)cls;
    snprintf(heard + len, sizeof heard - len, "%s\n", what);
}

static const struct {
    const char *damage, *finding;
} damages[] = {
    {"DELETE FROM change WHERE id = (SELECT max(id) FROM change WHERE study = 1)", "Study alpha: the log does not hold its versions.\n"},
    {"UPDATE change SET at = at + 1 WHERE id = (SELECT max(id) FROM change WHERE study = 1)",
     "Study alpha: the log does not hold its versions.\n"},
    {"DELETE FROM study_past WHERE version = 2", "Study alpha: its earlier versions do not follow one another.\n"},
    {"INSERT INTO study_past (study, version, since, until, totals_only, json) VALUES (1, 9, 1, 2, 0, x'20')",
     "Study alpha: its earlier versions do not follow one another.\n"},
    {"UPDATE change SET at = at + 1 WHERE id = (SELECT min(id) FROM change WHERE study = 1)",
     "Study alpha: its earlier versions began at other times than the log says.\n"},
    {"DELETE FROM study_past WHERE version = 1", "Study alpha: numbers by region are kept of a version that is not.\n"},
};

START_TEST(versions_that_do_not_fit_are_found)
{
    const struct db_check_listener listener = {.finding = hear};
    int64_t findings = 0;
    import_ok(&first_said);
    file_at_once("alpha", "2025-01-31", 64);
    file_at_once("alpha", "2025-02-28", 70);
    assert_nothing_wrong();
    sql("%s", damages[_i].damage);
    heard[0] = '\0';
    ck_assert_int_eq(db_check(fixture.path, &fixture.renderer, &listener, &findings, NULL), DB_OK);
    ck_assert_int_ge(findings, 1);
    ck_assert_msg(strstr(heard, damages[_i].finding) != NULL, "%s", heard);
}
END_TEST

static TCase *cases_of(const char *name)
{
    TCase *cases = tcase_create(name);
    tcase_add_test(cases, a_filing_keeps_the_version_before_it);
    tcase_add_test(cases, two_filings_of_one_transaction_are_two_versions_of_one_instant);
    tcase_add_test(cases, an_import_keeps_what_it_changes_and_nothing_else);
    tcase_add_test(cases, what_an_edition_says_otherwise_or_no_longer_is_kept);
    tcase_add_test(cases, the_log_says_by_whom_and_of_which_edition);
    tcase_add_test(cases, what_stood_is_never_changed);
    tcase_add_loop_test(cases, versions_that_do_not_fit_are_found, 0, (int)LEN(damages));
    return cases;
}

int main(void)
{
    return run_both("past", cases_of);
}
