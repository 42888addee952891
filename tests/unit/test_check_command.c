/* SPDX-License-Identifier: GPL-3.0-or-later
 * What `studyd check` prints and how it ends, whatever storage finds. Storage is this test's; tests/faults/check.test.js runs the
 * program on files.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handlers/study_json.h"
#include "server/command.h"
#include "suite.h"

#define COUNT(table) (int)(sizeof table / sizeof *table)

static const struct check_case {
    const char *findings[3];
    int64_t steps; /* of studies */
    enum db_status status;
    const char *detail;
    int exit_status;
    const char *out, *err;
} cases[] = {
    {{NULL}, 80, DB_OK, NULL, 0, "nothing wrong: 80 studies checked\n", ""},
    {{NULL}, 0, DB_OK, NULL, 0, "nothing wrong: 0 studies checked\n", ""},
    {{"aneed: planned is 3, 4 was made"}, 80, DB_OK, NULL, 1, "aneed: planned is 3, 4 was made\n1 finding\n", ""},
    {{"a 100% loss", "%s%n"}, 80, DB_OK, NULL, 1, "a 100% loss\n%s%n\n2 findings\n", ""},
    {{NULL}, 0, DB_DAMAGED, "FILE is not a database", 1, "", "studyd check: FILE is not a database\n"},
    {{"one"}, 80, DB_DAMAGED, "FILE: a page is damaged", 1, "one\n", "studyd check: FILE: a page is damaged\n"},
    {{NULL}, 0, DB_NO_MEMORY, NULL, 1, "", NULL},
};
static const struct check_case *at_hand;

enum db_status db_check(const char *path, const struct db_renderer *renderer, const struct db_check_listener *listener,
                        int64_t *ret_findings, char **ret_detail)
{
    ck_assert_str_eq(path, "FILE");
    ck_assert_ptr_eq(renderer, &study_renderer);
    listener->step(listener->cls, "kept sums", 1, 100000);
    for (int64_t i = 0; i <= at_hand->steps; i++)
        listener->step(listener->cls, "studies", i, at_hand->steps);
    *ret_findings = 0;
    for (int i = 0; at_hand->findings[i]; i++) {
        listener->finding(listener->cls, at_hand->findings[i]);
        ++*ret_findings;
    }
    *ret_detail = at_hand->detail ? strdup(at_hand->detail) : NULL;
    return at_hand->status;
}

static char out[4096], err[4096];

static FILE *swap(int fd, FILE *stream, int *ret_kept)
{
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    fflush(stream);
    *ret_kept = dup(fd);
    dup2(fileno(file), fd);
    return file;
}

static void swap_back(int fd, FILE *stream, int kept, FILE *file, char *text, size_t size)
{
    fflush(stream);
    dup2(kept, fd);
    close(kept);
    rewind(file);
    text[fread(text, 1, size - 1, file)] = '\0';
    fclose(file);
}

static int run(const struct config *config)
{
    int kept_out, kept_err;
    FILE *out_file = swap(STDOUT_FILENO, stdout, &kept_out), *err_file = swap(STDERR_FILENO, stderr, &kept_err);
    int status = check_command(config);
    swap_back(STDOUT_FILENO, stdout, kept_out, out_file, out, sizeof out);
    swap_back(STDERR_FILENO, stderr, kept_err, err_file, err, sizeof err);
    return status;
}

START_TEST(findings_go_to_stdout_and_the_last_line_sums_them_up)
{
    at_hand = &cases[_i];
    const struct config config = {.db = "FILE"};
    ck_assert_int_eq(run(&config), cases[_i].exit_status);
    ck_assert_str_eq(out, cases[_i].out);
    if (cases[_i].err)
        ck_assert_str_eq(err, cases[_i].err); /* no progress where nobody looks */
    else
        ck_assert_int_eq(strncmp(err, "studyd check: ", 14), 0);
}
END_TEST

START_TEST(a_file_has_to_be_named)
{
    struct config config = {.db = NULL};
    ck_assert_int_eq(run(&config), 2);
    ck_assert_ptr_nonnull(strstr(err, "studyd check: --db is missing"));
    config.db = ":memory:";
    ck_assert_int_eq(run(&config), 2);
    ck_assert_ptr_nonnull(strstr(err, "a file was expected"));
    ck_assert_str_eq(out, "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("check command");
    TCase *tcase = tcase_create("check command");
    tcase_add_loop_test(tcase, findings_go_to_stdout_and_the_last_line_sums_them_up, 0, COUNT(cases));
    tcase_add_test(tcase, a_file_has_to_be_named);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
