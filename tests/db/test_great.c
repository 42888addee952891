/* SPDX-License-Identifier: GPL-3.0-or-later
 * An import of very many studies is written in another order of steps: the register must be the one that an ordinary import makes.
 */
#define _GNU_SOURCE /* asprintf */
#include "fixture.h"

#include "db/internal.h"

static void check_step(void *cls, const char *what, int64_t done, int64_t of)
{
    (void)cls, (void)what, (void)done, (void)of;
}

static void check_finding(void *cls, const char *what)
{
    (void)cls;
    ck_abort_msg("%s", what);
}

static void assert_nothing_wrong(void)
{
    const struct db_check_listener listener = {.step = check_step, .finding = check_finding};
    int64_t findings = -1;
    fixture_close();
    ck_assert_int_eq(db_check(fixture.path, &fixture.renderer, &listener, &findings, NULL), DB_OK);
    ck_assert_int_eq(findings, 0);
    fixture_reopen();
}

/* Everything of the register as text, but for times, what is random, and how the index of words is cut up. Free it. */
static char *dump(const char *path)
{
    char *command = NULL, *text = NULL;
    size_t len = 0;
    ck_assert_int_gt(
        asprintf(&command,
                 "sqlite3 %s '.dump --data-only' | grep -v 'study_search_[di]' | "
                 "sed -E 's/\\b[0-9]{13}\\b/TIME/g; s/(3[0-9]){13}/TIME/g; s/^(INSERT INTO register VALUES\\(1,)[^,]*/\\1/' && "
                 "sqlite3 %s 'SELECT tbl_name, name, sql FROM sqlite_schema ORDER BY tbl_name, rowid'",
                 path, path),
        0);
    FILE *in = popen(command, "r"), *out = open_memstream(&text, &len);
    for (int c; (c = fgetc(in)) != EOF;)
        fputc(c, out);
    fclose(out);
    ck_assert_int_eq(pclose(in), 0);
    ck_assert_uint_gt(len, 10000);
    free(command);
    return text;
}

/* The dump of a register that had these imports. */
static char *dump_of(bool is_great, const struct said *const *all, size_t len)
{
    fixture_begin();
    great_load = is_great;
    for (size_t i = 0; i < len; i++)
        import_ok(all[i]);
    assert_nothing_wrong();
    fixture_close();
    char *text = dump(fixture.path);
    fixture_end();
    return text;
}

static void assert_same(const struct said *const *all, size_t len)
{
    char *ordinary = dump_of(false, all, len), *great = dump_of(true, all, len);
    const char *a = ordinary, *b = great;
    while (*a != '\0' && *a == *b)
        a++, b++;
    while (a > ordinary && a[-1] != '\n')
        a--, b--;
    ck_assert_msg(strcmp(a, b) == 0, "ordinary: %.300s\ngreat: %.300s", a, b);
    free(ordinary);
    free(great);
}

static const struct db_report many_reports[] = {
    {"alpha", "vest", "2024-06-30", 5, NULL},  {"alpha", NULL, "2023-12-31", 20, "9"},    {"alpha", NULL, "2024-12-31", 60, "21"},
    {"alpha", "nord", "2024-12-31", 12, NULL}, {"alpha", "vest", "2024-12-31", 25, NULL}, {"beta", NULL, "2024-03-01", 3, NULL},
    {"beta", "vest", "2024-03-01", 3, NULL},   {"beta", NULL, "2024-09-01", 7, NULL},
};

static struct said *with_reports(struct said *said)
{
    memcpy(said->reports, many_reports, sizeof many_reports);
    said->plans[1] = (struct db_plan){"alpha", "vest", 30, "2024-12-31", NULL, NULL};
    said->plans[2] = (struct db_plan){"beta", NULL, 12, "2024-01-01", "2025", NULL};
    return said;
}

START_TEST(a_first_edition_makes_the_same_register)
{
    struct said *said = with_reports(said_new());
    assert_same((const struct said *[]){said}, 1);
    free(said);
}
END_TEST

START_TEST(later_editions_and_programmes_make_the_same_register)
{
    struct said *first = with_reports(said_new()), *later = with_reports(edition_of("2025", "2025-12-31", "Report 2025")),
                *other = edition_of("x", "2024-12-31", "Other"), *changed = with_reports(said_new());
    later->studies[0].status = "completed";
    later->studies[0].hospitals_len = 1;
    later->studies[2] = (struct db_study){STUDY("gamma", "Ny Leder", "ous", "stopped", award_c, -1, -1), .scientific_title = "Gamma"};
    later->reports[1].included = 22;
    later->reports[5].as_of = "2025-03-01";
    later->institutions[0].name = "Haukeland universitetssykehus";
    other->programme.code = "annet";
    other->studies[0].code = other->plans[0].study = other->reports[0].study = other->notes[0].id = "delta";
    other->studies[1].code = "epsilon";
    changed->edition.digest = "d2";
    changed->studies[1] = (struct db_study){0};
    memset(changed->reports + 5, 0, 3 * sizeof *changed->reports);
    changed->plans[2] = (struct db_plan){0};
    assert_same((const struct said *[]){first, later, other, changed}, 4);
    free(first), free(later), free(other), free(changed);
}
END_TEST

/* A great load that is given up, or only tried, leaves indexes and triggers where they were. */
START_TEST(what_was_set_aside_is_there_again_after_a_failure)
{
    struct said *said = with_reports(said_new());
    struct db_import_result result;
    fixture_begin_great();
    char *before = dump(fixture.path);
    ck_assert_int_eq(import_into(fixture.db, said, true, &result), DB_OK);
    said->studies[1].institution.code = "nowhere";
    ck_assert_int_eq(import_into(fixture.db, said, false, &result), DB_CONFLICT);
    char *after = dump(fixture.path);
    ck_assert_str_eq(before, after);
    said->studies[1] = first_said.studies[1];
    ck_assert_int_eq(import_ok(said).studies_added, 2);
    assert_nothing_wrong();
    fixture_end();
    free(before), free(after), free(said);
}
END_TEST

/* ── when it is one ─────────────────────────────────────────────────────────────────────────────────────────── */

static int64_t indexes_meanwhile(size_t expected)
{
    struct db_import *import = NULL;
    bool is_same = false;
    sqlite3_stmt *stmt = NULL;
    ck_assert_int_eq(db_import_begin(fixture.db, &first_said.programme, &first_said.edition, &is_same, &import), DB_OK);
    ck_assert_int_eq(db_import_expect(import, expected), DB_OK);
    ck_assert_int_eq(put_all(import, &first_said), DB_OK);
    ck_assert_int_eq(
        sqlite3_prepare_v2(fixture.db->sql,
                           "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'study' AND sql IS NOT NULL", -1, &stmt,
                           NULL),
        SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(stmt), SQLITE_ROW);
    int64_t indexes = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    db_import_abandon(import);
    return indexes;
}

START_TEST(only_many_studies_are_a_great_load)
{
    fixture_begin();
    ck_assert_int_eq(indexes_meanwhile(1000), 0);
    ck_assert_int_gt(indexes_meanwhile(999), 20);
    ck_assert_int_gt(indexes_meanwhile(0), 20);
    fixture_end();
}
END_TEST

/* ── the patients of one study at once ──────────────────────────────────────────────────────────────────────── */

static struct db_import *import_with_studies(void)
{
    static struct said said;
    struct db_import *import = NULL;
    bool is_same = false;
    said = first_said;
    memset(said.plans, 0, sizeof said.plans);
    memset(said.reports, 0, sizeof said.reports);
    ck_assert_int_eq(db_import_begin(fixture.db, &said.programme, &said.edition, &is_same, &import), DB_OK);
    ck_assert_int_eq(put_all(import, &said), DB_OK);
    return import;
}

static const struct refusal {
    const char *study;
    struct db_plan plans[2];
    struct db_report reports[3];
    const char *detail;
} refusals[] = {
    {"alpha",
     {{NULL}},
     {{"alpha", "vest", "2024-01-01", 1}, {"alpha", NULL, "2024-01-01", 1}, {"alpha", "vest", "2024-01-01", 1}},
     "report of study alpha for vest on 2024-01-01 comes twice"},
    {"alpha",
     {{"alpha", NULL, 1, "2024-01-01"}, {"alpha", NULL, 2, "2024-01-01"}},
     {{NULL}},
     "plan of study alpha for the whole study on 2024-01-01 comes twice"},
    {"omega", {{NULL}}, {{"omega", NULL, "2024-01-01", 1}}, "report: there is no study omega"},
    {"alpha", {{NULL}}, {{"alpha", "sør", "2024-01-01", 1}}, "report of study alpha: "},
};

START_TEST(counts_of_a_study_are_refused_with_a_sentence)
{
    const struct refusal *refusal = &refusals[_i];
    size_t plans = 0, reports = 0;
    fixture_begin();
    struct db_import *import = import_with_studies();
    while (plans < LEN(refusal->plans) && refusal->plans[plans].study != NULL)
        plans++;
    while (reports < LEN(refusal->reports) && refusal->reports[reports].study != NULL)
        reports++;
    ck_assert_int_eq(db_import_counts(import, refusal->study, refusal->plans, plans, refusal->reports, reports), DB_CONFLICT);
    ck_assert_msg(strncmp(db_import_detail(import), refusal->detail, strlen(refusal->detail)) == 0, "%s", db_import_detail(import));
    db_import_abandon(import);
    fixture_end();
}
END_TEST

START_TEST(a_count_comes_once_in_whatever_calls)
{
    const struct db_report one = {"alpha", NULL, "2024-01-01", 1};
    fixture_begin();
    struct db_import *import = import_with_studies();
    ck_assert_int_eq(db_import_counts(import, "alpha", NULL, 0, &one, 1), DB_OK);
    ck_assert_int_eq(db_import_counts(import, "alpha", NULL, 0, &one, 1), DB_CONFLICT);
    ck_assert_str_eq(db_import_detail(import), "report of study alpha for the whole study on 2024-01-01 comes twice");
    db_import_abandon(import);
    fixture_end();
}
END_TEST

START_TEST(counts_may_come_in_several_calls)
{
    const struct db_report one = {"alpha", NULL, "2024-01-01", 1}, other = {"alpha", NULL, "2024-02-01", 2};
    fixture_begin();
    struct db_import *import = import_with_studies();
    struct db_import_result result;
    ck_assert_int_eq(db_import_counts(import, "alpha", NULL, 0, &one, 1), DB_OK);
    ck_assert_int_eq(db_import_counts(import, "alpha", NULL, 0, NULL, 0), DB_OK);
    ck_assert_int_eq(db_import_counts(import, "alpha", NULL, 0, &other, 1), DB_OK);
    ck_assert_int_eq(db_import_finish(import, false, &result), DB_OK);
    ck_assert_int_eq(sql("SELECT count(*) FROM report"), 2);
    struct said *said = said_new();
    said->edition.digest = "d2";
    said->reports[0] = one;
    ck_assert_int_eq(import_ok(said).studies_updated, 1); /* the other report is gone */
    ck_assert_int_eq(sql("SELECT count(*) FROM report"), 1);
    fixture_end();
    free(said);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("great loads");
    tcase_add_test(cases, a_first_edition_makes_the_same_register);
    tcase_add_test(cases, later_editions_and_programmes_make_the_same_register);
    tcase_add_test(cases, what_was_set_aside_is_there_again_after_a_failure);
    tcase_add_test(cases, only_many_studies_are_a_great_load);
    tcase_add_loop_test(cases, counts_of_a_study_are_refused_with_a_sentence, 0, LEN(refusals));
    tcase_add_test(cases, a_count_comes_once_in_whatever_calls);
    tcase_add_test(cases, counts_may_come_in_several_calls);
    return run("great loads", cases, false);
}
