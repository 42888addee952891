/* SPDX-License-Identifier: GPL-3.0-or-later
 * What was edited or filed in the register itself, against what editions say.
 */
#include "fixture.h"

START_TEST(what_was_edited_here_stays)
{
    import_ok(&first_said);
    sql("UPDATE study SET status = 'stopped' WHERE code = 'alpha'");
    sql("UPDATE study_text SET summary_en = 'Ours', start = '2020' WHERE study = (SELECT id FROM study WHERE code = 'alpha')");
    sql("UPDATE study_link SET url = 'https://ours.example'");
    sql("INSERT INTO local_edit SELECT s.id, f.column1, 0 FROM study s, (VALUES ('status'), ('summary_en'), ('links'), ('start'), "
        "('contact')) f "
        "WHERE s.code = 'alpha'");
    struct said *said = edition_of("2025", "2025-12-31", "Report 2025");
    said->studies[0].summary = (struct db_text){"Nytt", "New"};
    struct db_import_result result = import_ok(said);
    assert_shows("alpha", "status stopped");
    assert_shows("alpha", "summary Nytt|Ours");
    assert_shows("alpha", "link https://ours.example|Home");
    assert_shows("alpha", "dates 2020 ");
    assert_shows("alpha", "note study status conflict «status» er endret i registeret. Utgaven 2025 sier noe annet.|");
    assert_shows("alpha", "note study summary conflict ");
    assert_shows("alpha", "note study links conflict ");
    assert_shows("alpha", "note study dates conflict ");
    assert_hides("alpha", "note study contact"); /* edited, and the edition says the same */
    ck_assert_int_eq(result.conflicts, 4);
    said->edition.digest = "agrees";
    said->studies[0].status = "stopped";
    result = import_ok(said);
    assert_hides("alpha", "note study status");
    ck_assert_int_eq(result.conflicts, 3);
    free(said);
}
END_TEST

START_TEST(what_was_filed_here_stands)
{
    import_ok(&first_said);
    sql("INSERT INTO report (study, region, as_of, included, recorded, origin, standing, token) "
        "SELECT id, NULL, '2024-12-31', 64, 5, 'filed', 'filed', 0 FROM study WHERE code = 'alpha'");
    sql("INSERT INTO plan (study, region, as_of, planned, recorded, origin, standing, token) "
        "SELECT id, NULL, '2024-12-31', 100, 5, 'filed', 'filed', 0 FROM study WHERE code = 'alpha'");
    struct said *said = said_new();
    said->edition.digest = "d2";
    said->reports[0].included = 62;
    struct db_import_result result = import_ok(said);
    ck_assert_int_eq(result.conflicts, 1); /* the plan agrees */
    assert_shows("alpha", "recruitment 100 64 36 -1 640 2024-12-31");
    assert_shows("alpha", "note study recruitment conflict Registeret har 64 inkluderte pasienter per 2024-12-31 (i alt); "
                          "utgaven 2024 sier 62.|The register holds 64 included patients as of 2024-12-31 (in all); the edition 2024 "
                          "says 62. Report 2024, lines 21");
    said->edition.digest = "d3";
    said->reports[0].included = 64;
    ck_assert_int_eq(import_ok(said).conflicts, 0);
    assert_hides("alpha", "conflict");
    said->edition.digest = "d4";
    said->reports[0] = (struct db_report){0}; /* the edition's goes, the filed one stays */
    import_ok(said);
    ck_assert_int_eq(sql("SELECT count(*) FROM report WHERE origin = 'filed'"), 1);
    ck_assert_int_eq(sql("SELECT count(*) FROM report"), 1);
    free(said);
}
END_TEST

START_TEST(a_changed_older_edition_takes_its_conflicts_from_newer_studies)
{
    import_ok(&first_said);
    struct said *newer = edition_of("2025", "2025-12-31", "Report 2025");
    newer->reports[0] = (struct db_report){0};
    import_ok(newer);
    sql("INSERT INTO report (study, region, as_of, included, recorded, origin, standing, token) "
        "SELECT id, NULL, '2024-12-31', 64, 5, 'filed', 'filed', 0 FROM study WHERE code = 'alpha'");
    struct said *said = said_new();
    said->edition.digest = "d2";
    ck_assert_int_eq(import_ok(said).conflicts, 1);
    assert_shows("alpha", "edition 2024 says 60");
    said->edition.digest = "d3";
    said->reports[0] = (struct db_report){0};
    ck_assert_int_eq(import_ok(said).conflicts, 0);
    assert_hides("alpha", "conflict");
    said->edition.digest = "d4"; /* it contradicts again, and then what was filed is corrected; alpha itself is not in it any more */
    said->reports[0] = first_said.reports[0];
    ck_assert_int_eq(import_ok(said).conflicts, 1);
    sql("INSERT INTO report (study, region, as_of, included, recorded, origin, standing, token) "
        "SELECT id, NULL, '2024-12-31', 60, 6, 'filed', 'filed', 0 FROM study WHERE code = 'alpha'");
    said->edition.digest = "d5";
    said->studies[0] = said->studies[1];
    said->studies[1] = (struct db_study){0};
    said->notes[0] = (struct db_note){0};
    ck_assert_int_eq(import_ok(said).conflicts, 0);
    assert_hides("alpha", "conflict");
    free(said);
    free(newer);
}
END_TEST

START_TEST(a_filed_report_cannot_be_changed_or_removed)
{
    import_ok(&first_said);
    sql("INSERT INTO report (study, region, as_of, included, recorded, origin, standing, token) "
        "SELECT id, NULL, '2025-01-31', 64, 5, 'filed', 'filed', 0 FROM study WHERE code = 'alpha'");
    sqlite3 *direct = NULL;
    ck_assert_int_eq(sqlite3_open(fixture.path, &direct), SQLITE_OK);
    ck_assert_int_ne(sqlite3_exec(direct, "UPDATE report SET included = 1 WHERE origin = 'filed'", NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_ne(sqlite3_exec(direct, "DELETE FROM report", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(direct);
}
END_TEST

static TCase *cases_of(const char *name)
{
    TCase *cases = tcase_create(name);
    tcase_add_test(cases, what_was_edited_here_stays);
    tcase_add_test(cases, what_was_filed_here_stands);
    tcase_add_test(cases, a_changed_older_edition_takes_its_conflicts_from_newer_studies);
    tcase_add_test(cases, a_filed_report_cannot_be_changed_or_removed);
    return cases;
}

int main(void)
{
    return run_both("conflicts", cases_of);
}
