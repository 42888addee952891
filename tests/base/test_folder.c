/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "suite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

/* In a folder of links: what is asked, and whose name it is. */
static const struct {
    const char *asked, *real; /* NULL = nobody's */
    int error;
} links[] = {
    {"file", "file", 0},
    {"./sub/../file", "file", 0},
    {"absent", "absent", 0},
    {"sub/absent", "sub/absent", 0},
    {"link", "file", 0},
    {"link-of-link", "file", 0},
    {"to-sub/absent", "sub/absent", 0},
    {"to-absent", "sub/absent", 0}, /* of what is not there yet */
    {"sub/to-to-absent", "sub/absent", 0},
    {"absolute", "sub/absent", 0},
    {"circle", NULL, ELOOP},
    {"none/file", NULL, ENOENT},
    {"to-none", NULL, ENOENT},
    {"file/absent", NULL, ENOTDIR},
};

static void make_links(void)
{
    static const struct {
        const char *name, *target;
    } made[] = {
        {"link", "file"},
        {"link-of-link", "./link"},
        {"to-sub", "sub"},
        {"to-absent", "sub/absent"},
        {"sub/to-to-absent", "../to-absent"},
        {"circle", "other-circle"},
        {"other-circle", "circle"},
        {"to-none", "none/file"},
    };
    char absolute[128];
    ck_assert_int_eq(chdir(dir), 0);
    ck_assert_int_eq(mkdir("sub", 0700), 0);
    make("file", "");
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        ck_assert_int_eq(symlink(made[i].target, made[i].name), 0);
    snprintf(absolute, sizeof absolute, "%s/sub/absent", dir);
    ck_assert_int_eq(symlink(absolute, "absolute"), 0);
}

static void remove_links(void)
{
    static const char *const names[] = {"file",     "link",   "link-of-link", "to-sub",  "to-absent", "sub/to-to-absent",
                                        "absolute", "circle", "other-circle", "to-none", "sub"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        remove(names[i]);
}

static void assert_real(const char *asked, const char *real, int error)
{
    char expected[128], *home = realpath(".", NULL), *found = folder_real(asked);
    int why = errno;
    ck_assert_ptr_nonnull(home);
    snprintf(expected, sizeof expected, "%s/%s", home, real ? real : "");
    ck_assert_msg(!found == !real, "%s: %s", asked, found ? found : strerror(why));
    if (real)
        ck_assert_str_eq(found, expected);
    else
        ck_assert_int_eq(why, error);
    free(found);
    free(home);
}

START_TEST(a_file_has_one_name_by_whatever_links)
{
    make_links();
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        assert_real(links[i].asked, links[i].real, links[i].error);
    char *root = folder_real("/no-such-file-here");
    ck_assert_str_eq(root, "/no-such-file-here");
    free(root);
    remove_links();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("folder");
    TCase *cases = tcase_create("folder");
    tcase_add_checked_fixture(cases, begin, end);
    tcase_add_loop_test(cases, a_file_lies_in_a_folder, 0, sizeof paths / sizeof *paths);
    tcase_add_test(cases, a_file_has_one_name_by_whatever_links);
    tcase_add_test(cases, a_name_that_is_taken_is_not_given);
    tcase_add_test(cases, a_folder_that_is_not_there_cannot_be_synced);
    suite_add_tcase(suite, cases);
    return suite_run(suite);
}
