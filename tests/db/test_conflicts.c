/* SPDX-License-Identifier: GPL-3.0-or-later
 * What was edited or filed in the register itself, against what editions say.
 */
#include "filing.h"

#include "db/search_index.h"
#include "gen/db_migrations.h"

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

static void file_plan(const char *study, const char *as_of, int64_t planned, const char *region, int64_t there)
{
    const struct db_filed_region_plan in_region = {region, there};
    const struct db_filed_plan plan = {
        .study = study, .as_of = as_of, .planned = planned, .regions = &in_region, .regions_len = region != NULL};
    struct db_write *write = begin();
    ck_assert_int_eq(db_write_part_begin(write, &editor), DB_OK);
    ck_assert_int_eq(db_write_plan(write, &plan), DB_OK);
    ck_assert_int_eq(db_write_settle(write, NULL, NULL), DB_OK);
    ck_assert_int_eq(db_write_part_keep(write), DB_OK);
    ck_assert_int_eq(db_write_commit(write), DB_OK);
}

START_TEST(a_conflict_of_counts_is_there_as_long_as_the_counts_differ)
{
    import_ok(&first_said);
    file_at_once("alpha", "2025-03-31", 70); /* the edition says nothing of that day */
    assert_hides("alpha", "conflict");
    file_at_once("alpha", "2024-12-31", 64);
    assert_shows("alpha",
                 "The register holds 64 included patients as of 2024-12-31 (in all); the edition 2024 says 60. Report 2024, lines 21");
    file_at_once("alpha", "2024-12-31", 60); /* a correction: now they agree */
    assert_hides("alpha", "conflict");
    file_at_once("alpha", "2024-12-31", 61);
    assert_shows("alpha", "The register holds 61 included");
    file_plan("alpha", "2024-12-31", 110, NULL, 0);
    assert_shows("alpha",
                 "The register holds 110 planned patients as of 2024-12-31 (in all); the edition 2024 says 100. Report 2024, lines 20");
    file_plan("alpha", "2024-12-31", 100, NULL, 0);
    assert_hides("alpha", "planned patients");
    ck_assert_int_eq(sql("SELECT count(*) FROM note WHERE kind = 'conflict'"), 0);
    assert_nothing_wrong();
}
END_TEST

START_TEST(conflicts_come_in_the_order_in_which_an_import_tells_them)
{
    static const char *const order[] = {"note study status conflict", "note study recruitment conflict Registeret har 90 planlagte",
                                        "note study recruitment conflict Registeret har 30 planlagte pasienter per 2024-12-31 (vest); ",
                                        "note study recruitment conflict Registeret har 64 inkluderte", "note study planned discrepancy"};
    import_ok(&first_said);
    sql("INSERT INTO local_edit SELECT id, 'status', 0 FROM study WHERE code = 'alpha'");
    file_plan("alpha", "2024-12-31", 90, "vest", 30);
    file_at_once("alpha", "2024-12-31", 64);
    struct said *said = said_new();
    said->edition.digest = "d2";
    said->studies[0].status = "completed";
    said->plans[1] = (struct db_plan){"alpha", "vest", 40, "2024-12-31", NULL, "22"};
    ck_assert_int_eq(import_ok(said).conflicts, 4);
    char *text = study_text("alpha"), *at = text;
    for (size_t i = 0; i < LEN(order); i++, at++)
        ck_assert_msg((at = strstr(at, order[i])) != NULL, "«%s» is not where it should be in:\n%s", order[i], text);
    free(text);
    assert_nothing_wrong();
    said->edition.digest = "d3"; /* the same counts in a document of another name */
    said->edition.document_title = "Report, second printing";
    ck_assert_int_eq(import_ok(said).conflicts, 4);
    assert_shows("alpha", "the edition 2024 says 60. Report, second printing, lines 21");
    assert_nothing_wrong();
    free(said);
}
END_TEST

START_TEST(a_small_population_shows_no_conflict_of_counts)
{
    import_ok(&first_said);
    file_plan("alpha", "2024-12-31", 15, "vest", 7);
    file_at_once("alpha", "2024-12-31", 5);
    assert_hides("alpha", "conflict");
    struct said *said = said_new();
    said->edition.digest = "d2";
    said->plans[1] = (struct db_plan){"alpha", "vest", 8, "2024-12-31", NULL, "22"};
    ck_assert_int_eq(import_ok(said).conflicts, 3); /* told to who imports */
    assert_hides("alpha", "conflict");
    assert_nothing_wrong();
    said->edition.digest = "d3";
    said->programme.disclosure_threshold = 3;
    import_ok(said);
    assert_shows("alpha", "The register holds 7 planned patients as of 2024-12-31 (vest); the edition 2024 says 8.");
    said->edition.digest = "d4";
    said->programme.disclosure_threshold = 20;
    import_ok(said);
    assert_hides("alpha", "conflict");
    assert_nothing_wrong();
    free(said);
}
END_TEST

START_TEST(stored_conflicts_of_counts_go)
{
    sqlite3 *old = NULL;
    fixture_close();
    unlink(fixture.path);
    ck_assert_int_eq(sqlite3_open(fixture.path, &old), SQLITE_OK);
    ck_assert_int_eq(search_register(old), DB_OK);
    for (size_t i = 0; i < 5; i++)
        ck_assert_int_eq(sqlite3_exec(old, db_migrations[i].sql, NULL, NULL, NULL), SQLITE_OK);
    static const char *const rows[] = {
        "INSERT INTO programme VALUES ('klin', NULL, NULL, NULL, 20, '{}')",
        "INSERT INTO edition (programme, code, as_of, document, document_title, document_lines, digest, imported)"
        " VALUES ('klin', '2024', '2024-12-31', 'd', 'D', 1, 'd1', 1)",
        "INSERT INTO mechanism VALUES ('other', 'AT', NULL, NULL, NULL, 0, 'klin', 1)",
        "INSERT INTO institution VALUES ('ous', 'OUS', x'', NULL, NULL, NULL, NULL, NULL, 'klin', 1)",
        "INSERT INTO person VALUES ('Kari')",
        "INSERT INTO study (id, code, programme, edition, stated, leader, institution, status, mechanism, call_year, has_card, amount_nok)"
        " VALUES (1, 'alpha', 'klin', 1, 1, 'Kari', 'ous', 'unknown', 'other', 2020, 0, 1)",
        "INSERT INTO study_text (study, scientific_title, sexes) VALUES (1, 'Alpha', 0)",
        "INSERT INTO note (edition, record, ref, field, kind, text_nb, text_en) VALUES"
        " (1, 'study', 'alpha', 'recruitment', 'conflict', 'gammelt', 'stale'), (1, 'study', 'alpha', 'status', 'conflict', 'annet', "
        "'other')",
    };
    for (size_t i = 0; i < LEN(rows); i++)
        ck_assert_msg(sqlite3_exec(old, rows[i], NULL, NULL, NULL) == SQLITE_OK, "%s: %s", rows[i], sqlite3_errmsg(old));
    ck_assert_int_eq(sqlite3_close(old), SQLITE_OK);
    char *detail = NULL;
    ck_assert_msg(fixture_open(false, &detail) == DB_OK, "%s", or_none(detail));
    ck_assert_int_eq(db_reader_open(fixture.db, &fixture.reader), DB_OK);
    assert_hides("alpha", "stale");
    assert_shows("alpha", "note study status conflict annet|other");
    ck_assert_int_eq(sql("SELECT count(*) FROM note"), 1);
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
    tcase_add_test(cases, a_conflict_of_counts_is_there_as_long_as_the_counts_differ);
    tcase_add_test(cases, conflicts_come_in_the_order_in_which_an_import_tells_them);
    tcase_add_test(cases, a_small_population_shows_no_conflict_of_counts);
    tcase_add_test(cases, stored_conflicts_of_counts_go);
    tcase_add_test(cases, a_filed_report_cannot_be_changed_or_removed);
    return cases;
}

int main(void)
{
    return run_both("conflicts", cases_of);
}
