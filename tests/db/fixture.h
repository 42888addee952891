/* SPDX-License-Identifier: GPL-3.0-or-later
 * A fresh register in a folder of its own, a renderer that writes down all a study has, and a small edition to begin with. Each test
 * file is one program, so that everything here is static.
 */
#ifndef STUDYD_TESTS_DB_FIXTURE_H
#define STUDYD_TESTS_DB_FIXTURE_H

#include "db/db.h"
#include "suite.h"

#include <check.h>
#include <dirent.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LEN(array) (sizeof(array) / sizeof((array)[0]))
#define UNUSED     __attribute__((unused))

/* ── rendering ──────────────────────────────────────────────────────────────────────────────────────────────── */

static inline const char *or_none(const char *text)
{
    return text == NULL ? "-" : text;
}

static void print_pairs(FILE *out, const char *what, const struct db_pair *pairs, size_t len)
{
    for (size_t i = 0; i < len; i++)
        fprintf(out, "%s %s|%s\n", what, or_none(pairs[i].first), or_none(pairs[i].second));
}

static void print_lists(FILE *out, const struct db_study *s)
{
    for (size_t i = 0; i < s->awards_len; i++)
        fprintf(out, "award %s %d %s/%s %lld %s %s\n", s->awards[i].kind, s->awards[i].call_year, s->awards[i].mechanism.code,
                or_none(s->awards[i].mechanism.label.nb), (long long)s->awards[i].amount_nok, s->awards[i].title,
                or_none(s->awards[i].lines));
    for (size_t i = 0; i < s->categories_len; i++)
        fprintf(out, "category %s/%s/%s\n", s->categories[i].code, or_none(s->categories[i].label.nb), or_none(s->categories[i].label.en));
    for (size_t i = 0; i < s->hospitals_len; i++)
        fprintf(out, "hospital %s/%s/%s\n", s->hospitals[i].code, s->hospitals[i].name, or_none(s->hospitals[i].region));
    for (size_t i = 0; i < s->inclusion_regions_len; i++)
        fprintf(out, "includes %s\n", s->inclusion_regions[i]);
    for (size_t i = 0; i < s->arms_len; i++)
        fprintf(out, "arm %s\n", s->arms[i]);
    print_pairs(out, "identifier", s->identifiers, s->identifiers_len);
    print_pairs(out, "link", s->links, s->links_len);
    print_pairs(out, "publication", s->publications, s->publications_len);
    print_pairs(out, "source", s->sources, s->sources_len);
    for (size_t i = 0; i < s->notes_len; i++)
        fprintf(out, "note %s %s %s %s|%s %s\n", s->notes[i].record, or_none(s->notes[i].field), s->notes[i].kind,
                or_none(s->notes[i].text.nb), or_none(s->notes[i].text.en), or_none(s->notes[i].source));
}

static void print_study(FILE *out, const struct db_study *s)
{
    const struct db_recruitment *r = &s->recruitment;
    fprintf(out, "study %s version %lld updated %lld\n", s->code, (long long)s->version, (long long)s->updated);
    fprintf(out, "name %s of %s acronym %s title %s|%s (%s)\n", s->name, s->programme, or_none(s->acronym), or_none(s->title.nb),
            or_none(s->title.en), s->scientific_title);
    fprintf(out, "leader %s at %s/%s/%s status %s card %d\n", s->leader, s->institution.code, s->institution.name,
            or_none(s->institution.region), s->status, s->has_card);
    fprintf(out, "call %d %s/%s %lld\n", s->call_year, s->mechanism.code, or_none(s->mechanism.label.nb), (long long)s->amount_nok);
    fprintf(out, "age %lld %lld %s sexes %d children %d condition %s\n", (long long)s->age_min, (long long)s->age_max, or_none(s->age_text),
            s->sexes, s->children, or_none(s->condition.nb));
    fprintf(out, "sites %lld %lld aim %s design %s contact %s\n", (long long)s->hospitals_stated, (long long)s->european_sites,
            or_none(s->aim), or_none(s->design), or_none(s->contact));
    fprintf(out, "summary %s|%s about %s dates %s %s %s %s\n", or_none(s->summary.nb), or_none(s->summary.en), or_none(s->about.nb),
            or_none(s->start), or_none(s->inclusion_end), or_none(s->inclusion_end_expected), or_none(s->completion_expected));
    fprintf(out, "recruitment %lld %lld %lld %lld %lld %s\n", (long long)r->planned, (long long)r->included, (long long)r->remaining,
            (long long)r->exceeded_by, (long long)r->permille, or_none(r->as_of));
}

/* cls is a text that every study begins with: another representation. */
static bool render_text(void *cls, const struct db_study *study, struct db_rendering *ret_rendering)
{
    struct db_bytes *full = &ret_rendering->form[DB_FORM_FULL], *row = &ret_rendering->form[DB_FORM_ROW];
    FILE *out = open_memstream(&full->start, &full->len);
    if (out == NULL)
        return false;
    fputs(cls == NULL ? "" : cls, out);
    print_study(out, study);
    print_lists(out, study);
    if (fclose(out) != 0 || (out = open_memstream(&row->start, &row->len)) == NULL)
        return false;
    fprintf(out, "%srow of %s version %lld", cls == NULL ? "" : (const char *)cls, study->code, (long long)study->version);
    return fclose(out) == 0;
}

static bool great_load; /* every import says that very many studies come */

/* ── a register in a folder ─────────────────────────────────────────────────────────────────────────────────── */

static struct fixture {
    char dir[64], path[96];
    struct db_renderer renderer;
    struct db *db;
    struct db_reader *reader;
} fixture;

static void fixture_folder(void)
{
    fixture = (struct fixture){.renderer = {.render = render_text, .version = "1"}};
    snprintf(fixture.dir, sizeof fixture.dir, "%s/studyd-db-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(fixture.dir));
    snprintf(fixture.path, sizeof fixture.path, "%s/register.db", fixture.dir);
}

static UNUSED enum db_status fixture_open(bool create, char **ret_detail)
{
    struct db_options options = {.path = fixture.path, .create = create, .renderer = &fixture.renderer};
    return db_open(&options, &fixture.db, ret_detail);
}

static void fixture_close(void)
{
    db_reader_close(fixture.reader);
    db_close(fixture.db);
    fixture.reader = NULL;
    fixture.db = NULL;
}

static UNUSED void fixture_begin(void)
{
    fixture_folder();
    char *detail = NULL;
    enum db_status status = fixture_open(true, &detail);
    ck_assert_msg(status == DB_OK, "%s", or_none(detail));
    ck_assert_int_eq(db_reader_open(fixture.db, &fixture.reader), DB_OK);
}

static UNUSED void fixture_reopen(void)
{
    fixture_close();
    ck_assert_int_eq(fixture_open(false, NULL), DB_OK);
    ck_assert_int_eq(db_reader_open(fixture.db, &fixture.reader), DB_OK);
}

static UNUSED void fixture_end(void)
{
    fixture_close();
    great_load = false;
    DIR *dir = opendir(fixture.dir);
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;)
        if (entry->d_name[0] != '.')
            unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir != NULL)
        closedir(dir);
    rmdir(fixture.dir);
}

/* Directly, past the interface: what cannot be made through it yet. Returns the first number of the last row, or 0. */
static UNUSED int64_t sql(const char *format, ...) __attribute__((format(printf, 1, 2)));
static int64_t sql(const char *format, ...)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    va_list args;
    va_start(args, format);
    vfprintf(out, format, args);
    va_end(args);
    fclose(out);
    sqlite3 *direct = NULL;
    sqlite3_stmt *stmt = NULL;
    int64_t number = 0;
    ck_assert_int_eq(sqlite3_open_v2(fixture.path, &direct, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    sqlite3_busy_timeout(direct, 2000);
    ck_assert_msg(sqlite3_prepare_v2(direct, text, -1, &stmt, NULL) == SQLITE_OK, "%s: %s", text, sqlite3_errmsg(direct));
    int code;
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW)
        number = sqlite3_column_int64(stmt, 0);
    ck_assert_msg(code == SQLITE_DONE, "%s: %s", text, sqlite3_errmsg(direct));
    sqlite3_finalize(stmt);
    sqlite3_close(direct);
    free(text);
    return number;
}

/* The register is as it was before anything could be filed (migration 6): what was is an edition's. */
static UNUSED void forget_filing(void)
{
    static const char *const steps[] = {
        "DROP TRIGGER report_filed_stays",
        "UPDATE report SET token = NULL, origin = 'edition', standing = '9999-12-31', edition = 1 WHERE origin = 'filed'",
        "CREATE TRIGGER report_filed_stays BEFORE UPDATE ON report WHEN old.origin = 'filed' "
        "BEGIN SELECT RAISE(ABORT, 'a filed report is never changed'); END",
        "DROP TRIGGER plan_is_filed_beside",
        "DROP TRIGGER report_is_filed_beside",
        "DROP TABLE filed_beside",
        "DROP TABLE token",
        "DROP TABLE kept_answer",
        "ALTER TABLE report DROP COLUMN correction",
        "ALTER TABLE report DROP COLUMN comment",
        "ALTER TABLE report DROP COLUMN token",
        "ALTER TABLE plan DROP COLUMN token",
        "DROP TABLE report_past",
        "DROP TABLE plan_past",
        "DROP TABLE study_region_past",
        "DROP TABLE study_past",
        "DROP TRIGGER edition_is_kept",
        "DROP TRIGGER region_is_kept",
        "DROP TRIGGER region_change_is_kept",
        "DROP TABLE edition_past",
        "DROP TABLE region_past",
        "ALTER TABLE register DROP COLUMN known_from",
        "ALTER TABLE register DROP COLUMN facts",
        "DROP INDEX change_by_study",
        "DROP INDEX change_by_time",
        "ALTER TABLE change DROP COLUMN role",
        "ALTER TABLE change DROP COLUMN edition",
        "PRAGMA user_version = 5",
    };
    for (size_t i = 0; i < LEN(steps); i++)
        sql("%s", steps[i]);
}

/* ── an edition ─────────────────────────────────────────────────────────────────────────────────────────────── */

#define MANY 400
struct said {
    struct db_programme programme;
    struct db_edition edition;
    struct db_region regions[8];
    struct db_mechanism mechanisms[4];
    struct db_category categories[8];
    struct db_institution institutions[8];
    struct {
        const char *name, *alias;
    } leaders[4], old_ids[4];
    struct db_study studies[MANY];
    struct db_plan plans[2 * MANY];
    struct db_report reports[4 * MANY];
    struct db_figure figures[4];
    struct db_note notes[8];
};

static const struct db_award award_a[] = {{"main", 2019, {"open-call"}, 18000000, "A study of alpha", "10"},
                                          {"top-up", 2021, {"other"}, 2000000, "More", "11"}};
static const struct db_award award_b[] = {{"main", 2020, {"other"}, 5000000, "A study of beta", "12"}};
static const struct db_award award_c[] = {{"main", 2021, {"open-call"}, 7000000, "A study of gamma", "13"}};
static const struct db_ref both_categories[] = {{"cancer"}, {"stroke"}};
static const struct db_ref one_category[] = {{"stroke"}};
static const struct db_place hospitals_a[] = {{"haukeland"}, {"tromso"}};
static const char *const regions_a[] = {"sor-ost"};
static const char *const arms_a[] = {"Drug", "Placebo"};
static const struct db_pair identifiers_a[] = {{"nct", "NCT00000001"}};
static const struct db_pair links_a[] = {{"https://example.org/a", "Home"}};
static const struct db_pair sources_a[] = {{NULL, "161-289"}};

#define STUDY(study_code, study_leader, place, study_status, study_awards, from_age, to_age)                                               \
    .code = study_code, .leader = study_leader, .institution = {place}, .status = study_status, .awards = study_awards,                    \
    .awards_len = LEN(study_awards), .hospitals_stated = -1, .european_sites = -1, .age_min = from_age, .age_max = to_age, .children = -1

static UNUSED const struct said first_said = {
    .programme = {"klin", {"Programmet", "The programme"}, "KLIN", 20, "{\"id\":\"klin\"}", 13},
    .edition = {.code = "2024",
                .title = {"Utgave 2024", "Edition 2024"},
                .as_of = "2024-12-31",
                .document = "report-2024",
                .document_title = "Report 2024",
                .document_lines = 100,
                .digest = "d1"},
    .regions = {{"sor-ost", {"Sør-Øst", "South-East"}, "source", NULL, 0},
                {"vest", {"Vest", "West"}, "source", NULL, 1},
                {"nord", {"Nord", "North"}, "source", NULL, 2}},
    .mechanisms = {{"open-call", "OU", {"Åpen", "Open"}, NULL, 0}, {"other", "AT", {"Annet", "Other"}, NULL, 1}},
    .categories = {{"cancer", {"Kreft", "Cancer"}, "source", NULL, 0}, {"stroke", {"Slag", "Stroke"}, "source", NULL, 1}},
    .institutions = {{.code = "haukeland", .name = "Haukeland", .region = "vest", .part_of = "helse-bergen"},
                     {.code = "helse-bergen", .name = "Helse Bergen HF", .region = "vest"},
                     {.code = "ous", .name = "Oslo universitetssykehus", .region = "sor-ost"},
                     {.code = "tromso", .name = "Tromsø", .region = "nord"}},
    .leaders = {{"Kari Østby", "K. Østby"}},
    .studies =
        {
            {STUDY("alpha", "Kari Østby", "ous", "recruiting", award_a, 50, 85),
             .acronym = "ALPHA",
             .title = {"Alfa", "Alpha"},
             .scientific_title = "A study of alpha",
             .has_card = true,
             .categories = both_categories,
             .categories_len = 2,
             .hospitals = hospitals_a,
             .hospitals_len = 2,
             .inclusion_regions = regions_a,
             .inclusion_regions_len = 1,
             .age_text = "50-85",
             .sexes = 3,
             .condition = {"Slag", "Stroke"},
             .aim = "treatment",
             .aim_text = "Behandling",
             .arms = arms_a,
             .arms_len = 2,
             .summary = {"Om alfa", "On alpha"},
             .start = "2021-06",
             .inclusion_end_expected = "2026",
             .identifiers = identifiers_a,
             .identifiers_len = 1,
             .links = links_a,
             .links_len = 1,
             .sources = sources_a,
             .sources_len = 1},
            {STUDY("beta", "Ola Aas", "helse-bergen", "unknown", award_b, -1, -1), .scientific_title = "A study of beta",
             .categories = one_category, .categories_len = 1},
        },
    .plans = {{"alpha", NULL, 100, "2024-12-31", "2026-12", "20"}},
    .reports = {{"alpha", NULL, "2024-12-31", 60, "21"}},
    .figures = {{.code = "total-included",
                 .measure = "included",
                 .unit = "patients",
                 .value = 999,
                 .decimals = 1,
                 .as_of = "2024-12-31",
                 .label = {"I alt", "In all"},
                 .printed = "99,9",
                 .lines = "30"}},
    .notes = {{"study", "alpha", "planned", "discrepancy", {"To tall", "Two numbers"}, NULL, "161-289"}},
};

/* A copy to change and import; free() it. */
static UNUSED struct said *said_new(void)
{
    struct said *said = malloc(sizeof *said);
    ck_assert_ptr_nonnull(said);
    *said = first_said;
    return said;
}

static UNUSED struct said *edition_of(const char *code, const char *as_of, const char *title)
{
    struct said *said = said_new();
    said->edition.code = code;
    said->edition.as_of = as_of;
    said->edition.document_title = title;
    said->edition.digest = title;
    return said;
}

#define PUT_EACH(list, key, call)                                                                                                          \
    for (size_t i = 0; i < LEN(said->list) && said->list[i].key != NULL && status == DB_OK; i++)                                           \
    status = call

static enum db_status put_all(struct db_import *import, const struct said *said)
{
    enum db_status status = DB_OK;
    PUT_EACH(regions, code, db_import_region(import, &said->regions[i]));
    PUT_EACH(mechanisms, code, db_import_mechanism(import, &said->mechanisms[i]));
    PUT_EACH(categories, code, db_import_category(import, &said->categories[i]));
    PUT_EACH(institutions, code, db_import_institution(import, &said->institutions[i]));
    PUT_EACH(leaders, name, db_import_leader_alias(import, said->leaders[i].name, said->leaders[i].alias));
    PUT_EACH(studies, code, db_import_study(import, &said->studies[i]));
    PUT_EACH(old_ids, name, db_import_study_alias(import, said->old_ids[i].name, said->old_ids[i].alias));
    PUT_EACH(plans, study, db_import_plan(import, &said->plans[i]));
    PUT_EACH(reports, study, db_import_report(import, &said->reports[i]));
    PUT_EACH(figures, code, db_import_figure(import, &said->figures[i]));
    PUT_EACH(notes, record, db_import_note(import, &said->notes[i]));
    return status;
}

static char last_detail[256]; /* of the last import that failed */

/* As studyd import does it. */
static enum db_status import_into(struct db *db, const struct said *said, bool dry_run, struct db_import_result *ret_result)
{
    struct db_import *import = NULL;
    bool is_same = false;
    *ret_result = (struct db_import_result){0};
    last_detail[0] = '\0';
    enum db_status status = db_import_begin(db, &said->programme, &said->edition, &is_same, &import);
    if (status != DB_OK)
        return status;
    if (is_same) {
        ret_result->data_version = db_data_version(db);
        db_import_abandon(import);
        return DB_OK;
    }
    if (great_load)
        ck_assert_int_eq(db_import_expect(import, 1000000), DB_OK);
    status = put_all(import, said);
    if (status != DB_OK) {
        snprintf(last_detail, sizeof last_detail, "%s", db_import_detail(import));
        db_import_abandon(import);
        return status;
    }
    return db_import_finish(import, dry_run, ret_result);
}

static UNUSED struct db_import_result import_ok(const struct said *said)
{
    struct db_import_result result;
    enum db_status status = import_into(fixture.db, said, false, &result);
    ck_assert_msg(status == DB_OK, "%s: %s", db_status_text(status), last_detail);
    return result;
}

/* ── looking ────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool keep_bytes(void *cls, const char *bytes, size_t len)
{
    *(char **)cls = strndup(bytes, len);
    return true;
}

/* What stands for a study; free() it. NULL = no such study. */
static UNUSED char *study_text(const char *code)
{
    char *text = NULL, *moved = NULL;
    enum db_status status = db_studies_get(fixture.reader, code, keep_bytes, &text, &moved);
    ck_assert(status == DB_OK || status == DB_NOT_FOUND);
    free(moved);
    return text;
}

static UNUSED void assert_shows(const char *code, const char *part)
{
    char *text = study_text(code);
    ck_assert_msg(text != NULL && strstr(text, part) != NULL, "«%s» is not in:\n%s", part, or_none(text));
    free(text);
}

static UNUSED void assert_hides(const char *code, const char *part)
{
    char *text = study_text(code);
    ck_assert_msg(text != NULL && strstr(text, part) == NULL, "«%s» is in:\n%s", part, or_none(text));
    free(text);
}

static UNUSED int64_t version_of(const char *code)
{
    struct db_study_state state = {-1, -1};
    db_study_state(fixture.db, code, &state);
    return state.version;
}

static UNUSED int64_t count_of(const struct db_study_filter *filter)
{
    int64_t count = -1;
    ck_assert_int_eq(db_studies_count(fixture.reader, filter, &count), DB_OK);
    return count;
}

static UNUSED void fixture_begin_great(void)
{
    great_load = true;
    fixture_begin();
}

/* ── running ────────────────────────────────────────────────────────────────────────────────────────────────── */

static UNUSED int run(const char *name, TCase *cases, bool with_register)
{
    if (with_register)
        tcase_add_checked_fixture(cases, fixture_begin, fixture_end);
    tcase_set_timeout(cases, 120);
    Suite *suite = suite_create(name);
    suite_add_tcase(suite, cases);
    return suite_run(suite);
}

/* The same cases once more where every import is a great load. */
static UNUSED int run_both(const char *name, TCase *(*cases)(const char *name))
{
    static const struct {
        const char *name;
        void (*begin)(void);
    } loads[] = {{"ordinary", fixture_begin}, {"great", fixture_begin_great}};
    Suite *suite = suite_create(name);
    for (size_t i = 0; i < LEN(loads); i++) {
        TCase *tcase = cases(loads[i].name);
        tcase_add_checked_fixture(tcase, loads[i].begin, fixture_end);
        tcase_set_timeout(tcase, 120);
        suite_add_tcase(suite, tcase);
    }
    return suite_run(suite);
}

#endif
