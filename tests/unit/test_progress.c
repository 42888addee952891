/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* posix_openpt */
#include "server/progress.h"

#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "suite.h"

static const struct line {
    const char *what;
    int64_t done, of, elapsed; /* milliseconds */
    const char *line;
} lines[] = {
    {"studies", 0, 80, 0, "studies: 0 of 80"},
    {"studies", 0, 80, 5000, "studies: 0 of 80"},
    {"studies", 40, 80, 2000, "studies: 40 of 80, 20 a second, 2 s left"},
    {"studies", 80, 80, 2000, "studies: 80 of 80, 40 a second, 0 s left"},
    {"studies", 1000, 500000, 100, "studies: 1000 of 500000, 10000 a second, 49 s left"},
    {"studies", 1, 3, 60000, "studies: 1 of 3, 0 a second, 2 min 0 s left"},
    {"rows", INT64_MAX / 2, INT64_MAX, 1000, "rows: 4611686018427387903 of 9223372036854775807, 4611686018427387903 a second, 1 s left"},
    {"more than was said", 5, 4, 1000, "more than was said: 5 of 4"},
    {"a step whose name is far longer than anybody would want to read while waiting", 1, 2, 1000,
     "a step whose name is far longer than anybody would want to r: 1 of 2, 1 a second, 1 s left"},
};

START_TEST(a_line_says_how_far_how_fast_and_how_long_still)
{
    const struct line *line = &lines[_i];
    char text[PROGRESS_LINE];
    progress_line(text, line->what, line->done, line->of, line->elapsed);
    ck_assert_str_eq(text, line->line);
}
END_TEST

/* What is written to stderr meanwhile, when it is fd. */
static char said[4096];

static void listen_to(int to, int from, void (*then)(void))
{
    int kept = dup(STDERR_FILENO);
    fflush(stderr);
    dup2(to, STDERR_FILENO);
    then();
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    size_t len = 0; /* a terminal hands it over in pieces */
    for (struct pollfd ready = {.fd = from, .events = POLLIN}; poll(&ready, 1, 200) == 1 && len + 1 < sizeof said;) {
        ssize_t more = read(from, said + len, sizeof said - 1 - len);
        ck_assert_int_gt(more, 0);
        len += (size_t)more;
    }
    said[len] = '\0';
}

static struct progress progress;
static bool with_lines;

static void step_often(void)
{
    progress = progress_begin(with_lines);
    for (int i = 0; i < 1000; i++)
        progress_step(&progress, "studies", i, 1000);
    progress_clear(&progress);
}

static void step_late(void)
{
    progress = progress_begin(with_lines);
    progress.last -= 20000;
    progress_step(&progress, "studies", 1, 2);
    progress_step(&progress, "studies", 2, 2);
    progress_clear(&progress);
}

START_TEST(a_log_gets_a_line_now_and_then_or_nothing)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    listen_to(ends[1], ends[0], step_late);
    ck_assert_str_eq(said, "");
    with_lines = true;
    listen_to(ends[1], ends[0], step_often); /* not yet: it takes ten seconds */
    ck_assert_str_eq(said, "");
    listen_to(ends[1], ends[0], step_late);
    ck_assert_str_eq(said, "studies: 1 of 2\n");
    close(ends[0]), close(ends[1]);
}
END_TEST

START_TEST(a_terminal_has_one_line_that_goes_away)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    ck_assert_int_ge(master, 0);
    ck_assert_int_eq(grantpt(master), 0);
    ck_assert_int_eq(unlockpt(master), 0);
    int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    ck_assert_int_ge(terminal, 0);
    listen_to(terminal, master, step_often);
    ck_assert_str_eq(said, "");
    listen_to(terminal, master, step_late);
    ck_assert_str_eq(said, "studies: 1 of 2\r\033[K");
    close(terminal), close(master);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("progress");
    TCase *cases = tcase_create("lines");
    tcase_add_loop_test(cases, a_line_says_how_far_how_fast_and_how_long_still, 0, sizeof lines / sizeof *lines);
    tcase_add_test(cases, a_log_gets_a_line_now_and_then_or_nothing);
    tcase_add_test(cases, a_terminal_has_one_line_that_goes_away);
    suite_add_tcase(suite, cases);
    return suite_run(suite);
}
