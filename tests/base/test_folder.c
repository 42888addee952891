/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "suite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/folder.h"

static const struct {
    const char *path, *folder;
} paths[] = {
    {"register.db", "."}, {"/register.db", "/"}, {"var/register.db", "var"}, {"/var/lib/register.db", "/var/lib"},
    {"./a", "."},         {"../a/b", "../a"},
};

START_TEST(a_file_lies_in_a_folder)
{
    char *folder = folder_of(paths[_i].path);
    ck_assert_str_eq(folder, paths[_i].folder);
    free(folder);
}
END_TEST

static char dir[] = "/tmp/studyd-folder-XXXXXX", one[64], other[64];

static void begin(void)
{
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(one, sizeof one, "%s/one", dir);
    snprintf(other, sizeof other, "%s/other", dir);
}

static void end(void)
{
    unlink(one);
    unlink(other);
    rmdir(dir);
}

static void make(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    fputs(text, out);
    fclose(out);
}

START_TEST(a_name_that_is_taken_is_not_given)
{
    char text[8] = "";
    make(one, "one");
    make(other, "other");
    ck_assert(!folder_rename_new(one, other));
    ck_assert_int_eq(errno, EEXIST);
    FILE *in = fopen(other, "r");
    ck_assert_ptr_nonnull(fgets(text, sizeof text, in));
    fclose(in);
    ck_assert_str_eq(text, "other");
    unlink(other);
    ck_assert(folder_rename_new(one, other));
    ck_assert_int_ne(access(one, F_OK), 0);
    ck_assert_int_eq(access(other, F_OK), 0);
}
END_TEST

START_TEST(a_folder_that_is_not_there_cannot_be_synced)
{
    char path[80];
    ck_assert(folder_sync(one)); /* the folder is there, whether the file is or not */
    snprintf(path, sizeof path, "%s/none/file", dir);
    ck_assert(!folder_sync(path));
    ck_assert_int_eq(errno, ENOENT);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("folder");
    TCase *cases = tcase_create("folder");
    tcase_add_checked_fixture(cases, begin, end);
    tcase_add_loop_test(cases, a_file_lies_in_a_folder, 0, sizeof paths / sizeof *paths);
    tcase_add_test(cases, a_name_that_is_taken_is_not_given);
    tcase_add_test(cases, a_folder_that_is_not_there_cannot_be_synced);
    suite_add_tcase(suite, cases);
    return suite_run(suite);
}
