/* SPDX-License-Identifier: GPL-3.0-or-later
 * The synthetic register: whatever its size it is a data set without faults, marked as synthetic, and the same from the same seed.
 */
#include <check.h>
#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "handlers/study_json.h"
#include "ingest/ingest.h"
#include "suite.h"

#define LEN(array) (sizeof(array) / sizeof((array)[0]))

static char generator[PATH_MAX], dir[64];

static void setup(void)
{
    char self[PATH_MAX - 64];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    ck_assert_int_gt(len, 0);
    self[len] = '\0';
    *strrchr(self, '/') = '\0';
    snprintf(generator, sizeof generator, "%s/../../gen/scale", self);
    snprintf(dir, sizeof dir, "/tmp/studyd-scale-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void remove_all(const char *path)
{
    char inside[PATH_MAX];
    DIR *listing = opendir(path);
    for (struct dirent *entry; listing != NULL && (entry = readdir(listing)) != NULL;) {
        snprintf(inside, sizeof inside, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] != '.' && unlink(inside) != 0)
            remove_all(inside);
    }
    if (listing != NULL)
        closedir(listing);
    rmdir(path);
}

static void teardown(void)
{
    remove_all(dir);
}

/* The exit status; what it says is not read. */
static int run(const char *const argv[])
{
    int status;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
        ck_assert_ptr_nonnull(freopen("/dev/null", "w", stdout));
        execvp(argv[0], (char *const *)argv);
        _exit(127);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static const char *inside(const char *name)
{
    static char paths[4][PATH_MAX];
    static int at;
    char *path = paths[at++ % 4];
    snprintf(path, PATH_MAX, "%s/%s", dir, name);
    return path;
}

static void generate(const char *name, const char *studies, const char *reports, const char *seed)
{
    ck_assert_int_eq(run((const char *[]){generator, inside(name), studies, reports, seed, NULL}), 0);
}

static char *text_of(const char *folder, const char *name)
{
    char path[PATH_MAX], *text = NULL;
    size_t size = 0;
    snprintf(path, sizeof path, "%s/%s/%s", dir, folder, name);
    FILE *file = fopen(path, "rb"), *out = open_memstream(&text, &size);
    ck_assert_msg(file != NULL, "%s", path);
    for (int c; (c = fgetc(file)) != EOF;)
        fputc(c, out);
    fclose(file);
    fclose(out);
    return text;
}

static const char *const files[] = {"edition.json",     "programme.json", "regions.csv", "mechanisms.csv", "categories.csv",
                                    "institutions.csv", "aliases.csv",    "studies.csv", "awards.csv",     "plans.csv",
                                    "reports.csv",      "figures.csv",    "notes.csv",   "cards.ndjson"};

/* ── the same from the same seed ────────────────────────────────────────────────────────────────────────────── */

static int differing(const char *one, const char *other)
{
    int differ = 0;
    for (size_t i = 0; i < LEN(files); i++) {
        char *a = text_of(one, files[i]), *b = text_of(other, files[i]);
        differ += strcmp(a, b) != 0;
        free(a);
        free(b);
    }
    return differ;
}

START_TEST(the_same_seed_gives_the_same_bytes)
{
    generate("one", "300", "2000", "7");
    generate("two", "300", "2000", "7");
    generate("three", "300", "2000", "8");
    ck_assert_int_eq(differing("one", "two"), 0);
    ck_assert_int_ge(differing("one", "three"), 6);
}
END_TEST

/* ── as many as were asked for, and without a fault ─────────────────────────────────────────────────────────── */

static const struct {
    const char *studies, *reports;
} sizes[] = {{"1", "0"}, {"30", "0"}, {"40", "25"}, {"200", "200"}, {"500", "6000"}, {"100", "20000"}, {"3000", "1"}};

static void tell(void *cls, const struct ingest_fault *fault)
{
    (void)cls;
    ck_abort_msg("%s:%d: %s", fault->file, fault->line, fault->message);
}

START_TEST(a_size_is_met_and_the_data_set_has_no_fault)
{
    struct ingest_outcome outcome;
    generate("set", sizes[_i].studies, sizes[_i].reports, "1");
    ck_assert_int_eq(ingest_check(inside("set"), tell, NULL, &outcome), INGEST_OK);
    ck_assert_uint_eq(outcome.counts.studies, strtoul(sizes[_i].studies, NULL, 10));
    ck_assert_uint_eq(outcome.counts.reports, strtoul(sizes[_i].reports, NULL, 10));
    ck_assert_uint_ge(outcome.counts.awards, outcome.counts.studies);
    ck_assert_uint_ge(outcome.counts.notes, 2);
}
END_TEST

static const char *const refused[][5] = {
    {"0", "10", "1"}, {"10", "-1", "1"}, {"10", "10", ""}, {"1e3", "10", "1"}, {"10 ", "10", "1"}, {"2", "1000000", "1"},
};

START_TEST(what_cannot_be_made_is_refused)
{
    const char *const *given = refused[_i];
    ck_assert_int_eq(run((const char *[]){generator, inside("set"), given[0], given[1], given[2], NULL}), 1);
}
END_TEST

START_TEST(a_folder_that_is_there_is_left_alone)
{
    ck_assert_int_eq(mkdir(inside("set"), 0700), 0);
    ck_assert_int_eq(run((const char *[]){generator, inside("set"), "10", "10", "1", NULL}), 1);
    ck_assert_int_eq(rmdir(inside("set")), 0); /* it is empty still */
}
END_TEST

/* ── what is in it ──────────────────────────────────────────────────────────────────────────────────────────── */

static size_t lines_with(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; count++) {
        at += strcspn(at, "\n");
    }
    return count;
}

START_TEST(it_says_that_it_is_synthetic)
{
    static const struct {
        const char *file, *says;
    } marks[] = {
        {"edition.json", "\"en\":\"Synthetic data: 60 studies and 100 reports, seed 5\""},
        {"edition.json", "\"nb\":\"Syntetiske data: 60 studier og 100 rapporter, frø 5\""},
        {"edition.json", "\"attribution\":\"Synthetic data made by a program; no real studies, places or people.\""},
        {"programme.json", "\"en\":\"Synthetic register (invented data)\""},
        {"notes.csv", "programme,synthetic,,interpretation,"},
        {"notes.csv", "edition,,,interpretation,\"Syntetiske data."},
        {"institutions.csv", " (syntetisk),"},
    };
    generate("set", "60", "100", "5");
    for (size_t i = 0; i < LEN(marks); i++) {
        char *text = text_of("set", marks[i].file);
        ck_assert_msg(strstr(text, marks[i].says) != NULL, "%s lacks %s", marks[i].file, marks[i].says);
        free(text);
    }
    char *places = text_of("set", "institutions.csv");
    ck_assert_uint_eq(lines_with(places, "(syntetisk)"), 200);
    free(places);
}
END_TEST

/* Parts of a text, and how many of a thousand studies hold them. */
static const struct share {
    const char *file, *part;
    size_t least, most;
} shares[] = {
    {"awards.csv", "random", 280, 390},      {"awards.csv", ",top-up,", 80, 180},
    {"awards.csv", "ø", 100, 900},           {"studies.csv", ",completed", 250, 800},
    {"studies.csv", ",recruiting", 50, 500}, {"studies.csv", "?", 100, 800},
    {"plans.csv", "-", 800, 2500},           {"cards.ndjson", "\"hospitals\"", 150, 250},
    {"awards.csv", "Kreft", 150, 400},       {"awards.csv", "Ukjent", 5, 60},
    {"awards.csv", " & ", 60, 250},
};

START_TEST(words_are_as_common_as_was_meant)
{
    generate("set", "4000", "0", "3");
    for (size_t i = 0; i < LEN(shares); i++) {
        char *text = text_of("set", shares[i].file);
        size_t permille = lines_with(text, shares[i].part) / 4;
        ck_assert_msg(permille >= shares[i].least && permille <= shares[i].most, "%s: %s in %zu of 1000", shares[i].file, shares[i].part,
                      permille);
        free(text);
    }
}
END_TEST

/* In square brackets: each is in about a hundred studies, at any size. */
START_TEST(rare_words_are_in_a_hundred_studies)
{
    char word[40];
    generate("set", "4000", "0", "3");
    char *text = text_of("set", "awards.csv");
    const char *begin = strchr(text, '[');
    ck_assert_ptr_nonnull(begin);
    snprintf(word, sizeof word, "%.*s]", (int)strcspn(begin, "]"), begin);
    size_t count = lines_with(text, word);
    ck_assert_msg(count > 50 && count < 160, "%s in %zu", word, count);
    free(text);
}
END_TEST

/* The row of a report: study, region, day, included. */
struct row {
    char study[20], region[20], day[20];
    long long included;
};

static const char *row_read(const char *at, struct row *row)
{
    char included[20], *const cells[] = {row->study, row->region, row->day, included};
    for (size_t i = 0; i < LEN(cells); i++) {
        size_t len = strcspn(at, ",");
        snprintf(cells[i], 20, "%.*s", (int)len, at);
        at += len + 1;
    }
    row->included = strtoll(included, NULL, 10);
    return strchr(at, '\n') + 1;
}

/* That no series falls is a rule of data sets, and seen to above. */
START_TEST(a_total_is_what_its_regions_are_or_more)
{
    generate("set", "400", "8000", "2");
    char *text = text_of("set", "reports.csv");
    struct row row, total = {.study = ""};
    long long sum = 0, most = 0;
    size_t regions = 0;
    for (const char *at = strchr(text, '\n') + 1; *at != '\0';) {
        at = row_read(at, &row);
        bool is_total = row.region[0] == '\0';
        if (is_total) {
            total = row;
            sum = 0;
        } else {
            ck_assert_str_eq(row.study, total.study);
            ck_assert_str_eq(row.day, total.day);
            sum += row.included;
            regions++;
        }
        ck_assert_int_le(sum, total.included);
        most = row.included > most ? row.included : most;
    }
    ck_assert_uint_gt(regions, 2000);
    ck_assert_int_gt(most, 500);
    free(text);
}
END_TEST

/* ── as a register ──────────────────────────────────────────────────────────────────────────────────────────── */

static void find(void *cls, const char *what)
{
    (void)cls;
    ck_abort_msg("%s", what);
}

static bool see_edition(void *cls, const struct db_edition *edition)
{
    *(bool *)cls = strncmp(edition->title.en, "Synthetic data", 14) == 0 && strncmp(edition->attribution, "Synthetic data", 14) == 0;
    return true;
}

static const struct db_check_listener finder = {.finding = find};

START_TEST(a_check_finds_nothing_wrong_with_the_register)
{
    struct ingest_outcome outcome;
    struct db_reader *reader = NULL;
    struct db *db = NULL;
    int64_t findings = -1, studies = -1;
    bool is_marked = false;
    char path[PATH_MAX];
    generate("set", "1500", "9000", "4"); /* a great load */
    snprintf(path, sizeof path, "%s", inside("register.db"));
    const struct db_options options = {.path = path, .create = true, .renderer = &study_renderer};
    ck_assert_int_eq(db_open(&options, &db, NULL), DB_OK);
    ck_assert_int_eq(ingest_dataset(db, inside("set"), false, tell, NULL, &outcome), INGEST_OK);
    ck_assert_int_eq(outcome.result.studies_added, 1500);
    ck_assert_int_eq(db_reader_open(db, &reader), DB_OK);
    ck_assert_int_eq(db_studies_count(reader, &(struct db_study_filter){.has_card = DB_YES}, &studies), DB_OK);
    ck_assert_int_gt(studies, 200);
    ck_assert_int_eq(db_editions(reader, "synthetic", see_edition, &is_marked), DB_OK);
    ck_assert(is_marked);
    db_reader_close(reader);
    db_close(db);
    ck_assert_int_eq(db_check(path, &study_renderer, &finder, &findings, NULL), DB_OK);
    ck_assert_int_eq(findings, 0);
}
END_TEST

static size_t names_of(const char *folder)
{
    size_t count = 0;
    DIR *listing = opendir(folder);
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;)
        count += entry->d_name[0] != '.' && strncmp(entry->d_name, "some.db", 7) != 0;
    closedir(listing);
    return count;
}

START_TEST(make_scale_leaves_a_register_and_nothing_else)
{
    const char *source = getenv("STUDYD_SOURCE"), *studyd = getenv("STUDYD");
    char script[PATH_MAX];
    snprintf(script, sizeof script, "%s/tools/scale.sh", source ? source : ".");
    const char *const command[] = {"sh", script, studyd ? studyd : "build/studyd", generator, inside("some.db"), "20", "40", "1", NULL};
    ck_assert_int_eq(run(command), 0);
    ck_assert_int_eq(access(inside("some.db"), F_OK), 0);
    ck_assert_uint_eq(names_of(dir), 0);
    ck_assert_int_eq(run(command), 1); /* it is there already */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scale");
    TCase *cases = tcase_create("generator");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, the_same_seed_gives_the_same_bytes);
    tcase_add_loop_test(cases, a_size_is_met_and_the_data_set_has_no_fault, 0, LEN(sizes));
    tcase_add_loop_test(cases, what_cannot_be_made_is_refused, 0, LEN(refused));
    tcase_add_test(cases, a_folder_that_is_there_is_left_alone);
    tcase_add_test(cases, it_says_that_it_is_synthetic);
    tcase_add_test(cases, words_are_as_common_as_was_meant);
    tcase_add_test(cases, rare_words_are_in_a_hundred_studies);
    tcase_add_test(cases, a_total_is_what_its_regions_are_or_more);
    tcase_add_test(cases, a_check_finds_nothing_wrong_with_the_register);
    tcase_add_test(cases, make_scale_leaves_a_register_and_nothing_else);
    suite_add_tcase(suite, cases);
    return suite_run(suite);
}
