/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "fixture.h"

START_TEST(an_edition_is_stored_whole)
{
    struct db_import_result result = import_ok(&first_said);
    ck_assert(result.changed);
    ck_assert_int_eq(result.data_version, 1);
    ck_assert_int_eq(result.studies_added, 2);
    ck_assert_int_eq(result.studies_updated, 0);
    ck_assert_int_eq(result.conflicts, 0);
    ck_assert_int_eq(db_data_version(fixture.db), 1);
    char *text = study_text("alpha"), *expected = NULL;
    struct db_study_state state;
    ck_assert(db_study_state(fixture.db, "alpha", &state));
    ck_assert_int_ge(
        asprintf(&expected,
                 "study alpha version 1 updated %lld\n"
                 "name ALPHA of klin acronym ALPHA title Alfa|Alpha (A study of alpha)\n"
                 "leader Kari Østby at ous/Oslo universitetssykehus/sor-ost status recruiting card 1\n"
                 "call 2019 open-call/Åpen 20000000\n"
                 "age 50 85 50-85 sexes 3 children -1 condition Slag\n"
                 "sites -1 -1 aim treatment design - contact -\n"
                 "summary Om alfa|On alpha about - dates 2021-06 - 2026 -\n"
                 "recruitment 100 60 40 -1 600 2024-12-31\n"
                 "award main 2019 open-call/Åpen 18000000 A study of alpha 10\n"
                 "award top-up 2021 other/Annet 2000000 More 11\n"
                 "category cancer/Kreft/Cancer\ncategory stroke/Slag/Stroke\n"
                 "hospital haukeland/Haukeland/vest\nhospital tromso/Tromsø/nord\n"
                 "includes sor-ost\nincludes vest\nincludes nord\n"
                 "arm Drug\narm Placebo\nidentifier nct|NCT00000001\nlink https://example.org/a|Home\nsource Report 2024|161-289\n"
                 "note study planned discrepancy To tall|Two numbers Report 2024, lines 161-289\n",
                 (long long)state.updated),
        0);
    ck_assert_str_eq(text, expected);
    free(text);
    free(expected);
    assert_shows("beta", "name A study of beta of klin acronym - title -|- ");
    assert_shows("beta", "recruitment -1 -1 -1 -1 -1 -\n");
}
END_TEST

START_TEST(the_same_edition_again_changes_nothing)
{
    import_ok(&first_said);
    int64_t updated = db_data_updated(fixture.db), changes = sql("SELECT count(*) FROM change");
    struct db_import_result result = import_ok(&first_said);
    ck_assert(!result.changed);
    ck_assert_int_eq(db_data_version(fixture.db), 1);
    ck_assert_int_eq(db_data_updated(fixture.db), updated);
    ck_assert_int_eq(sql("SELECT count(*) FROM change"), changes);
}
END_TEST

START_TEST(a_dry_run_does_everything_and_leaves_nothing)
{
    struct db_import_result result;
    ck_assert_int_eq(import_into(fixture.db, &first_said, true, &result), DB_OK);
    ck_assert_int_eq(result.studies_added, 2);
    ck_assert_int_eq(result.data_version, 0);
    ck_assert_int_eq(db_data_version(fixture.db), 0);
    ck_assert_int_eq(version_of("alpha"), -1);
    ck_assert_int_eq(sql("SELECT count(*) FROM study"), 0);
    ck_assert_int_eq(import_ok(&first_said).studies_added, 2);
}
END_TEST

START_TEST(a_changed_edition_replaces_what_it_said)
{
    import_ok(&first_said);
    struct said *said = said_new();
    said->edition.digest = "d2";
    said->studies[0].status = "completed";
    said->plans[0] = (struct db_plan){0};
    said->reports[0].included = 70;
    said->figures[0].code = "another";
    said->notes[0] = (struct db_note){0};
    struct db_import_result result = import_ok(said);
    ck_assert_int_eq(result.studies_updated, 1);
    ck_assert_int_eq(result.studies_unchanged, 1);
    ck_assert_int_eq(result.studies_added, 0);
    assert_shows("alpha", "status completed");
    assert_shows("alpha", "recruitment -1 70 -1 -1 -1 2024-12-31");
    assert_hides("alpha", "note");
    ck_assert_int_eq(version_of("alpha"), 2);
    ck_assert_int_eq(version_of("beta"), 1);
    ck_assert_int_eq(sql("SELECT count(*) FROM plan"), 0);
    ck_assert_int_eq(sql("SELECT count(*) FROM report"), 1);
    ck_assert_int_eq(sql("SELECT count(*) FROM figure WHERE code = 'another'"), 1);
    ck_assert_int_eq(sql("SELECT count(*) FROM figure"), 1);
    free(said);
}
END_TEST

START_TEST(a_study_that_its_edition_drops_stays_with_a_note)
{
    import_ok(&first_said);
    struct said *said = said_new();
    said->edition.digest = "d2";
    said->studies[1] = (struct db_study){0};
    struct db_import_result result = import_ok(said);
    ck_assert_int_eq(result.conflicts, 1);
    ck_assert_int_eq(result.studies_updated, 1);
    assert_shows("beta", "conflict Utgaven 2024 har ikke lenger");
    ck_assert_int_eq(version_of("beta"), 2);
    ck_assert_int_eq(version_of("alpha"), 1);
    said->edition.digest = "d3"; /* still without it: the note says the same, so nothing changes */
    ck_assert_int_eq(import_ok(said).studies_updated, 0);
    ck_assert_int_eq(version_of("beta"), 2);
    said->studies[1] = first_said.studies[1];
    said->edition.digest = "d4";
    import_ok(said);
    assert_hides("beta", "conflict");
    free(said);
}
END_TEST

START_TEST(a_later_edition_updates)
{
    import_ok(&first_said);
    struct said *said = edition_of("2025", "2025-12-31", "Report 2025");
    said->studies[0].status = "completed";
    said->regions[1].label.nb = "Vestlandet";
    said->reports[0] = (struct db_report){"alpha", NULL, "2025-12-31", 90, NULL};
    said->plans[0].planned = 110;
    struct db_import_result result = import_ok(said);
    ck_assert_int_eq(result.studies_updated, 1);
    assert_shows("alpha", "status completed");
    assert_shows("alpha", "recruitment 110 90 20 -1 818 2025-12-31");
    assert_shows("alpha", "source Report 2025|161-289");
    assert_shows("alpha", "Report 2025, lines");
    assert_hides("alpha", "Report 2024");
    ck_assert_int_eq(sql("SELECT count(*) FROM report"), 2);
    ck_assert_int_eq(sql("SELECT count(*) FROM plan"), 2);
    ck_assert_int_eq(sql("SELECT count(*) FROM figure"), 2);
    free(said);
}
END_TEST

START_TEST(an_earlier_edition_adds_and_leaves_the_rest)
{
    import_ok(&first_said);
    struct said *said = edition_of("2023", "2023-12-31", "Report 2023");
    said->programme.short_name = "OLD";
    said->studies[0].status = "stopped";
    said->studies[2] = (struct db_study){STUDY("gamma", "Ny Leder", "ous", "stopped", award_c, -1, -1), .scientific_title = "Gamma"};
    said->regions[1].label.nb = "Gamle Vest";
    said->institutions[2].name = "Rikshospitalet";
    said->reports[0] = (struct db_report){"alpha", NULL, "2023-12-31", 30, NULL};
    said->plans[0] = (struct db_plan){"alpha", NULL, 120, "2023-12-31", NULL, NULL};
    struct db_import_result result = import_ok(said);
    ck_assert_int_eq(result.studies_added, 1);
    assert_shows("gamma", "status stopped");
    assert_shows("alpha", "status recruiting");
    assert_shows("alpha", "recruitment 100 60 40 -1 600 2024-12-31");
    assert_shows("alpha", "ous/Oslo universitetssykehus");
    ck_assert_int_eq(version_of("alpha"), 2); /* its reports grew though its card looks the same */
    ck_assert_int_eq(version_of("beta"), 1);
    ck_assert_int_eq(sql("SELECT count(*) FROM report"), 2);
    ck_assert_int_eq(sql("SELECT count(*) FROM figure"), 2);
    ck_assert_int_eq(sql("SELECT count(*) FROM programme WHERE short_name = 'KLIN'"), 1);
    ck_assert_int_eq(sql("SELECT count(*) FROM region WHERE label_nb = 'Vest'"), 1);
    ck_assert_int_eq(sql("SELECT count(*) FROM institution_alias WHERE alias = 'Rikshospitalet'"), 1);
    said->edition.digest = "again"; /* the earlier one changed: its own study follows, the newer's does not */
    said->studies[0].status = "planned";
    said->studies[2].status = "completed";
    result = import_ok(said);
    assert_shows("alpha", "status recruiting");
    assert_shows("gamma", "status completed");
    free(said);
}
END_TEST

START_TEST(of_two_editions_with_one_date_the_later_stands)
{
    struct said *said = edition_of("2025", "2025-12-31", "Report 2025");
    said->reports[0].included = 61; /* of 2024-12-31, corrected */
    import_ok(said);
    import_ok(&first_said); /* the earlier one says 60, and is recorded later */
    assert_shows("alpha", "recruitment 100 61 39 -1 610 2024-12-31");
    free(said);
}
END_TEST

static struct said *other_programme(void)
{
    struct said *said = said_new();
    said->programme.code = "annet";
    said->programme.short_name = "ANNET";
    said->edition.digest = "other";
    said->studies[0] = (struct db_study){STUDY("delta", "Kari Østby", "ous", "unknown", award_c, -1, -1), .scientific_title = "Delta"};
    said->studies[1] = (struct db_study){0};
    said->plans[0] = (struct db_plan){0};
    said->reports[0] = (struct db_report){0};
    said->notes[0] = (struct db_note){0};
    return said;
}

START_TEST(two_programmes_share_reference_data)
{
    import_ok(&first_said);
    struct said *said = other_programme();
    said->institutions[2].name = "OUS";
    said->regions[0].label.nb = "Sørøst";
    said->categories[0].label.nb = "Svulster";
    struct db_import_result result = import_ok(said);
    ck_assert_int_eq(result.studies_added, 1);
    ck_assert_int_eq(result.studies_updated, 0);
    assert_shows("delta", "ous/Oslo universitetssykehus");
    ck_assert_str_eq(db_vocabulary_find(fixture.reader, DB_VOCAB_INSTITUTION, "OUS"), "ous");
    ck_assert_int_eq(sql("SELECT count(*) FROM region WHERE label_nb = 'Sørøst'"), 0);
    ck_assert_int_eq(version_of("alpha"), 1);
    free(said);
}
END_TEST

START_TEST(a_study_of_another_programme_is_refused)
{
    import_ok(&first_said);
    struct said *said = other_programme();
    struct db_import_result result;
    said->studies[0].code = "alpha";
    ck_assert_int_eq(import_into(fixture.db, said, false, &result), DB_CONFLICT);
    ck_assert_str_eq(last_detail, "study alpha belongs to programme klin, not to annet");
    ck_assert_int_eq(sql("SELECT count(*) FROM programme"), 1); /* nothing of it stays */
    said->studies[0].code = "delta";
    said->reports[0] = (struct db_report){"alpha", NULL, "2024-12-31", 1, NULL};
    ck_assert_int_eq(import_into(fixture.db, said, false, &result), DB_CONFLICT);
    ck_assert_str_eq(last_detail, "report: study alpha belongs to another programme");
    ck_assert_int_eq(db_data_version(fixture.db), 1);
    free(said);
}
END_TEST

struct spoil {
    const char *name;
    void (*spoil)(struct said *said);
    const char *detail;
};
static void unknown_institution(struct said *s)
{
    s->studies[0].institution.code = "nowhere";
}
static void unknown_status(struct said *s)
{
    s->studies[0].status = "lost";
}
static void no_main_award(struct said *s)
{
    s->studies[0].awards_len = 0;
}
static void twice(struct said *s)
{
    s->studies[1] = s->studies[0];
}
static void plan_of_nobody(struct said *s)
{
    s->plans[0].study = "nobody";
}
static void report_twice(struct said *s)
{
    s->reports[1] = s->reports[0];
}
static void note_on_nobody(struct said *s)
{
    s->notes[0].id = "nobody";
}
static void negative_count(struct said *s)
{
    s->reports[0].included = -4;
}
static void unknown_region(struct said *s)
{
    s->reports[0].region = "mars";
}
static void alias_of_nobody(struct said *s)
{
    s->old_ids[0].name = "nobody", s->old_ids[0].alias = "old";
}
static void alias_is_taken(struct said *s)
{
    s->old_ids[0].name = "alpha", s->old_ids[0].alias = "beta";
}
static const struct spoil spoils[] = {
    {"institution", unknown_institution, "study alpha refers to a record that is not there"},
    {"status", unknown_status, "study alpha refers to a record that is not there, or holds a value that is not allowed"},
    {"award", no_main_award, "study alpha: its first award is not the main one"},
    {"twice", twice, "study alpha comes twice"},
    {"plan", plan_of_nobody, "plan: there is no study nobody"},
    {"report", report_twice, "report of study alpha for the whole study on 2024-12-31 comes twice"},
    {"note", note_on_nobody, "note: there is no study nobody"},
    {"negative", negative_count, "report of study alpha"},
    {"region", unknown_region, "report of study alpha"},
    {"alias", alias_of_nobody, "old id old: there is no study nobody"},
    {"taken", alias_is_taken, "study alpha: its old id beta is the id of another study"},
};

START_TEST(contradictions_are_refused_with_a_sentence)
{
    struct said *said = said_new();
    struct db_import_result result;
    spoils[_i].spoil(said);
    ck_assert_int_eq(import_into(fixture.db, said, false, &result), DB_CONFLICT);
    ck_assert_msg(strstr(last_detail, spoils[_i].detail) == last_detail, "%s: %s", spoils[_i].name, last_detail);
    ck_assert_int_eq(sql("SELECT (SELECT count(*) FROM study) + (SELECT count(*) FROM edition) + (SELECT count(*) FROM touched)"), 0);
    ck_assert_int_eq(import_ok(&first_said).studies_added, 2); /* and the register works on */
    free(said);
}
END_TEST

START_TEST(an_institution_is_part_of_one_that_exists)
{
    struct said *said = said_new();
    struct db_import_result result;
    said->institutions[0].part_of = "nowhere";
    for (int dry_run = 1; dry_run >= 0; dry_run--) {
        ck_assert_int_eq(import_into(fixture.db, said, dry_run, &result), DB_CONFLICT);
        ck_assert(!result.changed);
    }
    ck_assert_int_eq(db_data_version(fixture.db), 0);
    free(said);
}
END_TEST

START_TEST(a_report_that_goes_counts_though_it_does_not_show)
{
    struct said *said = said_new();
    said->reports[1] = (struct db_report){"alpha", NULL, "2022-12-31", 9, NULL};
    import_ok(said);
    said->edition.digest = "d2";
    said->reports[1] = (struct db_report){0};
    struct db_import_result result = import_ok(said);
    ck_assert_int_eq(result.studies_updated, 1);
    ck_assert_int_eq(version_of("alpha"), 2);
    ck_assert_int_eq(version_of("beta"), 1);
    free(said);
}
END_TEST

START_TEST(an_old_id_answers_for_ever)
{
    struct said *said = said_new();
    struct db_import_result result;
    char *moved = NULL, *text = NULL;
    said->old_ids[0].name = "alpha";
    said->old_ids[0].alias = "alfa";
    import_ok(said);
    ck_assert_int_eq(db_studies_get(fixture.reader, "alfa", keep_bytes, &text, &moved), DB_NOT_FOUND);
    ck_assert_str_eq(moved, "alpha");
    free(moved);
    ck_assert_int_eq(db_studies_get(fixture.reader, "nobody", keep_bytes, &text, &moved), DB_NOT_FOUND);
    ck_assert_ptr_null(moved);
    ck_assert_ptr_null(text);
    said->edition.digest = "d2";
    said->old_ids[0].name = NULL;
    import_ok(said);
    ck_assert_int_eq(db_studies_get(fixture.reader, "alfa", keep_bytes, &text, &moved), DB_NOT_FOUND);
    ck_assert_str_eq(moved, "alpha");
    free(moved);
    said->edition.digest = "d3";
    said->studies[1].code = "alfa";
    ck_assert_int_eq(import_into(fixture.db, said, false, &result), DB_CONFLICT);
    ck_assert_str_eq(last_detail, "study alfa: this is an old id of study alpha");
    said->studies[1].code = "beta";
    said->old_ids[0].name = "beta";
    ck_assert_int_eq(import_into(fixture.db, said, false, &result), DB_CONFLICT);
    ck_assert_str_eq(last_detail, "study beta: its old id alfa is an old id of study alpha");
    free(said);
}
END_TEST

static TCase *cases_of(const char *name)
{
    TCase *cases = tcase_create(name);
    tcase_add_test(cases, an_edition_is_stored_whole);
    tcase_add_test(cases, the_same_edition_again_changes_nothing);
    tcase_add_test(cases, a_dry_run_does_everything_and_leaves_nothing);
    tcase_add_test(cases, a_changed_edition_replaces_what_it_said);
    tcase_add_test(cases, a_study_that_its_edition_drops_stays_with_a_note);
    tcase_add_test(cases, a_later_edition_updates);
    tcase_add_test(cases, an_earlier_edition_adds_and_leaves_the_rest);
    tcase_add_test(cases, of_two_editions_with_one_date_the_later_stands);
    tcase_add_test(cases, two_programmes_share_reference_data);
    tcase_add_test(cases, a_study_of_another_programme_is_refused);
    tcase_add_loop_test(cases, contradictions_are_refused_with_a_sentence, 0, LEN(spoils));
    tcase_add_test(cases, an_institution_is_part_of_one_that_exists);
    tcase_add_test(cases, a_report_that_goes_counts_though_it_does_not_show);
    tcase_add_test(cases, an_old_id_answers_for_ever);
    return cases;
}

int main(void)
{
    return run_both("import", cases_of);
}
