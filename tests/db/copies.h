/* SPDX-License-Identifier: GPL-3.0-or-later
 * A register and a copy of it, for the tests of both.
 */
#ifndef STUDYD_TESTS_DB_COPIES_H
#define STUDYD_TESTS_DB_COPIES_H

#include "fixture.h"

#include <sys/stat.h>

static char copy[sizeof fixture.path];

static void begin(void)
{
    fixture_folder();
    snprintf(copy, sizeof copy, "%s/copy.db", fixture.dir);
}

static UNUSED const char *beside(const char *path, const char *end)
{
    static char names[4][160];
    static int next;
    char *name = names[next++ % 4];
    snprintf(name, sizeof names[0], "%s%s", path, end);
    return name;
}

static UNUSED bool is_there(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

static UNUSED void write_text(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    fputs(text, out);
    ck_assert_int_eq(fclose(out), 0);
}

static void open_well(bool create)
{
    char *detail = NULL;
    enum db_status status = fixture_open(create, &detail);
    ck_assert_msg(status == DB_OK, "%s", or_none(detail));
    ck_assert_int_eq(db_reader_open(fixture.db, &fixture.reader), DB_OK);
}

static void make(void)
{
    open_well(true);
    import_ok(&first_said);
}

/* In which alpha says something else, and one more study is. */
static UNUSED void import_later(void)
{
    struct said *said = edition_of("2025", "2025-12-31", "later");
    said->studies[0].about.nb = "Senere";
    said->studies[2] = (struct db_study){STUDY("gamma", "Ola Aas", "ous", "planned", award_c, -1, -1),
                                         .scientific_title = "A study of gamma", .categories = one_category, .categories_len = 1};
    import_ok(said);
    free(said);
}

/* Of the register that is open: all that tells one from another, but for the epoch. */
static char *state(void)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    fprintf(out, "data version %lld\n", (long long)db_data_version(fixture.db));
    static const char *const studies[] = {"alpha", "beta", "gamma"};
    for (size_t i = 0; i < LEN(studies); i++) {
        char *study = study_text(studies[i]);
        fprintf(out, "%s\n", or_none(study));
        free(study);
    }
    fclose(out);
    return text;
}

static UNUSED char *state_at(const char *path)
{
    char kept[sizeof fixture.path];
    memcpy(kept, fixture.path, sizeof kept);
    memmove(fixture.path, path, strlen(path) + 1);
    open_well(false);
    char *text = state();
    fixture_close();
    memcpy(fixture.path, kept, sizeof kept);
    return text;
}

static UNUSED void assert_sound(const char *path)
{
    int64_t findings = -1;
    char *detail = NULL;
    enum db_status status = db_check(path, &fixture.renderer, &(struct db_check_listener){0}, &findings, &detail);
    ck_assert_msg(status == DB_OK && findings == 0, "%lld findings: %s", (long long)findings, or_none(detail));
}

static void back_up(void)
{
    char *detail = NULL;
    enum db_status status = db_backup(fixture.path, copy, NULL, &detail);
    ck_assert_msg(status == DB_OK, "%s", or_none(detail));
    ck_assert_ptr_null(detail);
}

static void assert_said(enum db_status status, enum db_status expected, char *detail, const char *part)
{
    ck_assert_msg(status == expected, "%d, not %d: %s", status, expected, or_none(detail));
    ck_assert_msg(detail != NULL && strstr(detail, part) != NULL, "«%s» is not in: %s", part, or_none(detail));
    free(detail);
}

static UNUSED int files(void)
{
    int count = 0;
    DIR *dir = opendir(fixture.dir);
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

#endif
