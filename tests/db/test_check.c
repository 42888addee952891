/* SPDX-License-Identifier: GPL-3.0-or-later
 * Looking a register over: a good one has no findings, and each kind of damage has its sentence.
 */
#include "fixture.h"

#include "db/image.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

static struct {
    int findings;
    char text[30000], steps[4000];
} heard;

static void hear_step(void *cls, const char *what, int64_t done, int64_t of)
{
    size_t len = strlen(heard.steps);
    (void)cls;
    snprintf(heard.steps + len, sizeof heard.steps - len, "%s %lld/%lld\n", what, (long long)done, (long long)of);
}

static void hear_finding(void *cls, const char *what)
{
    size_t len = strlen(heard.text);
    (void)cls;
    heard.findings++;
    snprintf(heard.text + len, sizeof heard.text - len, "%s\n", what);
}

static enum db_status look(int64_t *ret_findings, char **ret_detail)
{
    static const struct db_check_listener listener = {hear_step, hear_finding, NULL};
    memset(&heard, 0, sizeof heard);
    return db_check(fixture.path, &fixture.renderer, &listener, ret_findings, ret_detail);
}

static void assert_finds(const char *expected)
{
    int64_t findings = -1;
    char *detail = NULL;
    enum db_status status = look(&findings, &detail);
    ck_assert_msg(status == DB_OK, "%d %s", status, or_none(detail));
    ck_assert_str_eq(heard.text, expected);
    ck_assert_int_eq(findings, heard.findings);
}

/* ── nothing wrong ──────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(a_good_register_has_no_findings)
{
    assert_finds("");
    import_ok(&first_said);
    assert_finds(""); /* while it is held by a writer and a reader */
    ck_assert_str_eq(heard.steps, "the file 0/1\nthe file 1/1\nreferences 0/1\nreferences 1/1\nkept sums 0/1\nkept sums 1/1\n"
                                  "studies 0/2\nstudies 2/2\nshown studies 0/2\nshown studies 2/2\n"
                                  "searched texts 0/2\nsearched texts 2/2\nthe image 0/1\nthe image 1/1\n");
    struct said *said = edition_of("2025", "2025-12-31", "Report 2025");
    said->studies[0].awards = award_c;
    said->studies[0].awards_len = LEN(award_c);
    said->reports[1] = (struct db_report){"beta", "vest", "2025-06-30", 12, NULL};
    import_ok(said);
    free(said);
    assert_finds("");
    fixture_close();
    assert_finds("");
    ck_assert_int_eq(fixture_open(false, NULL), DB_OK); /* nothing was left locked */
}
END_TEST

START_TEST(it_writes_nothing)
{
    import_ok(&first_said);
    fixture_close();
    struct stat before, after;
    ck_assert_int_eq(stat(fixture.path, &before), 0);
    sql("SELECT 1");
    assert_finds("");
    ck_assert_int_eq(stat(fixture.path, &after), 0);
    ck_assert_int_eq(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
    ck_assert_int_eq(before.st_size, after.st_size);
}
END_TEST

static int64_t size_beside(const char *end)
{
    char path[128];
    struct stat st;
    snprintf(path, sizeof path, "%s%s", fixture.path, end);
    return stat(path, &st) == 0 ? st.st_size : -1;
}

START_TEST(it_leaves_nothing_beside_what_nobody_has_open)
{
    import_ok(&first_said);
    fixture_close();
    assert_finds("");
    ck_assert_int_eq(size_beside("-wal"), -1);
    ck_assert_int_eq(size_beside("-shm"), -1);
}
END_TEST

START_TEST(what_a_crash_has_left_in_the_log_stays_there)
{
    fixture_close();
    int64_t before = size_beside("");
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        ck_assert_int_eq(fixture_open(false, NULL), DB_OK);
        import_ok(&first_said);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    int64_t left = size_beside("-wal");
    ck_assert_int_gt(left, 0);
    assert_finds("");
    ck_assert_ptr_nonnull(strstr(heard.steps, "studies 2/2\n"));
    ck_assert_int_eq(size_beside("-wal"), left);
    ck_assert_int_eq(size_beside(""), before);
}
END_TEST

START_TEST(another_representation_is_not_compared)
{
    import_ok(&first_said);
    fixture.renderer = (struct db_renderer){.render = render_text, .cls = (void *)"anew ", .version = "2"};
    assert_finds("");
    ck_assert_ptr_nonnull(strstr(heard.steps, "shown studies 0/0\n"));
    fixture.renderer.version = "1";
    assert_finds("Study alpha is shown otherwise than its records say.\nStudy beta is shown otherwise than its records say.\n");
}
END_TEST

/* As a migration leaves it behind which other rules come; it is another image's too. */
START_TEST(what_was_made_by_other_rules_is_made_anew_at_open)
{
    char image[4200];
    import_ok(&first_said);
    sql("UPDATE study SET totals_only = 1 - totals_only, included = 7, permille = NULL");
    sql("UPDATE study_region SET takes_part = 1 - takes_part");
    sql("DELETE FROM study_inclusion_region WHERE known_by <> 'stated'");
    sql("DELETE FROM shown_report");
    sql("UPDATE register SET renderer = '', sums = 0");
    fixture_close();
    snprintf(image, sizeof image, "%s-image", fixture.path);
    unlink(image);
    ck_assert_int_eq(fixture_open(false, NULL), DB_OK);
    assert_finds("");
}
END_TEST

START_TEST(nobody_has_to_listen)
{
    int64_t findings = -1;
    import_ok(&first_said);
    sql("UPDATE stats_sum SET studies = 5 WHERE scope = '' AND panel = 'study'");
    ck_assert_int_eq(db_check(fixture.path, &fixture.renderer, &(struct db_check_listener){0}, &findings, NULL), DB_OK);
    ck_assert_int_eq(findings, 1);
}
END_TEST

/* ── damage ─────────────────────────────────────────────────────────────────────────────────────────────────── */

#define MADE(study, what) "Study " study ": " what " is not what its facts, plans and reports make it.\n"

static const struct {
    const char *damage, *findings;
    bool among_others; /* what is summed from it differs too */
} damages[] = {
    {"UPDATE stats_sum SET included = 61 WHERE scope = '' AND panel = 'study by mechanism' AND key = 'open-call'",
     "The kept sum “study by mechanism” of open-call in the whole register: included is 61, the records say 60.\n"},
    {"DELETE FROM stats_value WHERE scope = 'klin' AND panel = 'award' AND kind = 'day'",
     "The kept sum “award” in programme klin has the day 2024-12-31 0 times, the records 2 times.\n"},
    {"INSERT INTO stats_value VALUES ('klin', 'nothing', 'x', 'day', '2024-12-31', 1)",
     "The kept sum “nothing” of x in programme klin has the day 2024-12-31 1 times, the records 0 times.\n"},
    {"UPDATE rendered SET json = CAST('study' AS BLOB) WHERE study = 1", "Study alpha is shown otherwise than its records say.\n"},
    {"UPDATE rendered_row SET cells = CAST('row' AS BLOB) WHERE study = 1", "Study alpha is shown otherwise than its records say.\n"},
    {"DELETE FROM rendered_row WHERE study = 2", "Study beta is shown otherwise than its records say.\n"},
    {"DELETE FROM rendered WHERE study = 2", "Study beta is shown otherwise than its records say.\n"},
    {"INSERT INTO study_category VALUES (2, 5, 'nowhere')",
     "Study beta: a record of study_category refers to category nowhere, which is not there.\n" MADE("beta", "categories"), true},
    {"INSERT INTO study_arm VALUES (7, 0, 'x')", "A record of study_arm refers to study 7, which is not there.\n"},
    {"INSERT INTO edition (programme, code, as_of, document, document_title, document_lines, digest, imported)"
     " VALUES ('nobody', 'c', '2024-01-01', 'd', 'D', 1, 'x', 1)",
     "A record of edition refers to programme nobody, which is not there.\n"},
    {"UPDATE study_region SET included = 3 WHERE study = 1 AND region = 'vest'", MADE("alpha", "numbers by region"), true},
    {"INSERT INTO study_inclusion_region VALUES (2, 'vest', 'hospital')", MADE("beta", "inclusion regions"), true},
    {"UPDATE study SET remaining = 39 WHERE id = 1", MADE("alpha", "remaining"), true},
    {"UPDATE study SET permille = 5 WHERE id = 1", MADE("alpha", "percent") "Study alpha is shown otherwise than its records say.\n", true},
    {"UPDATE study SET behind_plan = 1 - behind_plan WHERE id = 1", MADE("alpha", "behind_plan"), true},
    {"UPDATE study SET included_as_of = NULL WHERE id = 1", MADE("alpha", "included as_of"), true},
    {"UPDATE study SET awards = 3 WHERE id = 1", MADE("alpha", "awards"), true},
    {"UPDATE award SET amount_nok = 7 WHERE study = 2", MADE("beta", "amount_nok"), true},
    {"UPDATE shown_report SET included = 61 WHERE study = 1", MADE("alpha", "reports shown")},
    {"UPDATE study SET report_rows = 2 WHERE id = 1", MADE("alpha", "number of reports shown")},
    {"DELETE FROM shown_report WHERE study = 1", MADE("alpha", "reports shown") MADE("alpha", "number of reports shown")},
    {"UPDATE shown_count SET report_rows = 2 WHERE region = '*'",
     "The kept number of reports of 2024-12-31 (all) is not how many are shown.\n"},
    {"DELETE FROM shown_count WHERE region = ''", "The kept number of reports of 2024-12-31 (whole studies) is not how many are shown.\n"},
    {"INSERT INTO shown_count VALUES ('vest', '2024-12-30', 1)",
     "The kept number of reports of 2024-12-30 (vest) is not how many are shown.\n"},
    {"INSERT INTO token (name, role, scope, code, hash, created) VALUES ('n', 'editor', 'study', 'haukeland', zeroblob(32), 1),"
     " ('n', 'editor', 'study', 'alpha', zeroblob(32), 1), ('n', 'editor', 'institution', 'haukeland', zeroblob(32), 1),"
     " ('n', 'editor', 'programme', 'klin', zeroblob(32), 1), ('n', 'editor', 'programme', 'nobody', zeroblob(32), 1)",
     "Token 1 is for study haukeland, which is not there.\nToken 5 is for programme nobody, which is not there.\n"},
    {"INSERT INTO kept_answer (token, key, digest, at, status, version, body) VALUES (0, 'k', zeroblob(32), 1, 201, 1, x''),"
     " (9, 'k', zeroblob(32), 1, 201, 1, x''), (9, 'l', zeroblob(32), 1, 201, 1, x'')",
     "Answers are kept for token 9, which is not there.\n"},
    {"INSERT INTO report (study, region, as_of, included, recorded, origin, standing, token)"
     " VALUES (1, NULL, '2024-12-31', 60, 5, 'filed', 'filed', 0); DELETE FROM filed_beside",
     "Study alpha: what was filed beside an edition's count is not found.\n", true},
    {"INSERT INTO plan (study, region, as_of, planned, recorded, origin, standing, token)"
     " VALUES (1, NULL, '2024-12-31', 100, 5, 'filed', 'filed', 0); DELETE FROM filed_beside",
     "Study alpha: what was filed beside an edition's count is not found.\n"},
};

/* Without the engine's own guard. */
static void damage(const char *statements)
{
    sqlite3 *direct = NULL;
    ck_assert_int_eq(sqlite3_open_v2(fixture.path, &direct, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    ck_assert_msg(sqlite3_exec(direct, statements, NULL, NULL, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(direct));
    ck_assert_int_gt(sqlite3_total_changes(direct), 0);
    sqlite3_close(direct);
}

START_TEST(each_damage_is_found_and_named)
{
    import_ok(&first_said);
    damage(damages[_i].damage);
    if (!damages[_i].among_others) {
        assert_finds(damages[_i].findings);
        return;
    }
    int64_t findings = 0;
    ck_assert_int_eq(look(&findings, NULL), DB_OK);
    ck_assert_int_gt(findings, 1);
    ck_assert_msg(strstr(heard.text, damages[_i].findings) != NULL, "«%s» is not in:\n%s", damages[_i].findings, heard.text);
}
END_TEST

/* ── the image ──────────────────────────────────────────────────────────────────────────────────────────────── */

static void turn_over(size_t at)
{
    char path[128], byte;
    snprintf(path, sizeof path, "%s-image", fixture.path);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(pread(fd, &byte, 1, (off_t)at), 1);
    byte = (char)(byte ^ 1);
    ck_assert_int_eq(pwrite(fd, &byte, 1, (off_t)at), 1);
    close(fd);
}

static void assert_image_differs(const char *what)
{
    char expected[300];
    snprintf(expected, sizeof expected,
             "The image %s-image is not what the records make it (%s): remove the file, and the next start makes it anew.\n", fixture.path,
             what);
    assert_finds(expected);
}

START_TEST(a_wrong_image_is_named)
{
    import_ok(&first_said);
    struct image *image = image_map(fixture.path, db_epoch(fixture.db), db_data_version(fixture.db));
    ck_assert_ptr_nonnull(image);
    const struct {
        size_t column;
        const char *what;
    } columns[] = {
        {COLUMN_PLANNED, "planned"},
        {COLUMN_CODES, "ids"},
        {COLUMN_UNKNOWN, "sort keys that end with the unknown"},
        {dim_column(DIM_PROGRAMME, PART_NAMES), "programme: values"},
        {dim_column(DIM_PART, PART_SETS_AT), "region that takes part: values that have a set"},
        {COLUMN_SORT, "id: order"},
        {COLUMN_COUNT - 1, "updated: places of ranks"},
    };
    for (size_t i = 0; i < LEN(columns); i++) {
        const struct image_items *items = &image->column[columns[i].column];
        size_t at = (size_t)((const char *)items->items - (const char *)image->mapped) + items->len - 1;
        turn_over(at);
        assert_image_differs(columns[i].what);
        turn_over(at);
    }
    assert_finds("");
    turn_over(48); /* its number of rows */
    assert_image_differs("the number of studies");
    image_unmap(image);
}
END_TEST

/* Whatever byte of whatever column. */
START_TEST(every_column_is_compared)
{
    import_ok(&first_said);
    struct image *image = image_map(fixture.path, db_epoch(fixture.db), db_data_version(fixture.db));
    int compared = 0;
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        const struct image_items *items = &image->column[i];
        if (items->len == 0)
            continue;
        size_t at = (size_t)((const char *)items->items - (const char *)image->mapped) + items->len / 2;
        int64_t findings = 0;
        turn_over(at);
        ck_assert_int_eq(look(&findings, NULL), DB_OK);
        turn_over(at);
        ck_assert_msg(findings == 1 && strncmp(heard.text, "The image ", 10) == 0, "column %zu: %s", i, heard.text);
        ck_assert_ptr_null(strstr(heard.text, "(null)"));
        compared++;
    }
    ck_assert_int_gt(compared, 100);
    image_unmap(image);
}
END_TEST

/* One of another version is made anew at the next opening; it is nothing wrong. */
START_TEST(an_image_of_another_version_is_not_compared)
{
    char path[128];
    snprintf(path, sizeof path, "%s-image", fixture.path);
    import_ok(&first_said);
    turn_over(40); /* its data version */
    assert_finds("");
    unlink(path);
    assert_finds("");
    ck_assert_ptr_nonnull(strstr(heard.steps, "the image 1/1\n"));
    ck_assert_int_ne(access(path, F_OK), 0); /* and looking makes none */
}
END_TEST

START_TEST(a_hundred_findings_are_told)
{
    import_ok(&first_said);
    damage("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250)"
           " INSERT INTO study_arm SELECT 1000 + i, 0, 'x' FROM n");
    int64_t findings = 0;
    ck_assert_int_eq(look(&findings, NULL), DB_OK);
    ck_assert_int_eq(findings, 250);
    ck_assert_int_eq(heard.findings, DB_CHECK_FINDINGS + 1);
    ck_assert_ptr_nonnull(strstr(heard.text, "\n… and 150 more\n"));
}
END_TEST

/* Every page but the first is spoilt in turn: nothing crashes, and all but what lies unused is found. */
START_TEST(noise_in_any_page_is_found)
{
    import_ok(&first_said);
    fixture_close();
    struct stat st;
    ck_assert_int_eq(stat(fixture.path, &st), 0);
    int fd = open(fixture.path, O_RDWR | O_CLOEXEC), found = 0, pages = 0;
    char kept[4096], noise[4096];
    memset(noise, 0x5A, sizeof noise);
    for (off_t at = sizeof kept; at + (off_t)sizeof kept <= st.st_size; at += 3 * (off_t)sizeof kept, pages++) {
        int64_t findings = 0;
        ck_assert_int_eq(pread(fd, kept, sizeof kept, at), (ssize_t)sizeof kept);
        ck_assert_int_eq(pwrite(fd, noise, sizeof noise, at), (ssize_t)sizeof noise);
        found += look(&findings, NULL) != DB_OK || findings > 0;
        ck_assert_int_eq(pwrite(fd, kept, sizeof kept, at), (ssize_t)sizeof kept);
    }
    close(fd);
    ck_assert_int_gt(pages, 10);
    ck_assert_int_eq(found, pages);
    assert_finds("");
}
END_TEST

/* ── what cannot be looked over ─────────────────────────────────────────────────────────────────────────────── */

static void assert_refused(enum db_status expected, const char *part)
{
    int64_t findings = -1;
    char *detail = NULL;
    enum db_status status = look(&findings, &detail);
    ck_assert_msg(status == expected, "%d, not %d: %s", status, expected, or_none(detail));
    ck_assert_msg(detail != NULL && strstr(detail, part) != NULL, "«%s» is not in: %s", part, or_none(detail));
    ck_assert_int_eq(findings, 0);
    free(detail);
}

START_TEST(what_is_no_register_is_refused_with_a_sentence)
{
    import_ok(&first_said);
    fixture_close();
    int64_t current = sql("PRAGMA user_version");
    sql("PRAGMA user_version = 99");
    assert_refused(DB_TOO_NEW, "later version of studyd");
    sql("PRAGMA user_version = 1");
    assert_refused(DB_CONFLICT, "earlier version of studyd");
    sql("PRAGMA user_version = %lld", (long long)current);
    damage("ALTER TABLE edition DROP COLUMN publisher; UPDATE register SET updated = updated + 1");
    assert_refused(DB_DAMAGED, "parts of the register are missing");
    sql("PRAGMA application_id = 5");
    assert_refused(DB_DAMAGED, "holds no register");
    FILE *out = fopen(fixture.path, "w");
    fputs("not at all a database, though it is a file that is longer than a header", out);
    fclose(out);
    assert_refused(DB_DAMAGED, "is not a database");
    unlink(fixture.path);
    assert_refused(DB_NOT_FOUND, "there is no such file");
    ck_assert_int_ne(access(fixture.path, F_OK), 0);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("check");
    tcase_add_test(cases, a_good_register_has_no_findings);
    tcase_add_test(cases, it_writes_nothing);
    tcase_add_test(cases, it_leaves_nothing_beside_what_nobody_has_open);
    tcase_add_test(cases, what_a_crash_has_left_in_the_log_stays_there);
    tcase_add_test(cases, another_representation_is_not_compared);
    tcase_add_test(cases, what_was_made_by_other_rules_is_made_anew_at_open);
    tcase_add_test(cases, nobody_has_to_listen);
    tcase_add_loop_test(cases, each_damage_is_found_and_named, 0, LEN(damages));
    tcase_add_test(cases, a_wrong_image_is_named);
    tcase_add_test(cases, every_column_is_compared);
    tcase_add_test(cases, an_image_of_another_version_is_not_compared);
    tcase_add_test(cases, a_hundred_findings_are_told);
    tcase_add_test(cases, noise_in_any_page_is_found);
    tcase_add_test(cases, what_is_no_register_is_refused_with_a_sentence);
    return run("check", cases, true);
}
