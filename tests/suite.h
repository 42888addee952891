/* SPDX-License-Identifier: GPL-3.0-or-later
 * The end of every test program's main.
 */
#ifndef STUDYD_TESTS_SUITE_H
#define STUDYD_TESTS_SUITE_H

#include <check.h>

/* Runs the suite, says what failed, and returns the exit status: 0 = every check passed. Frees suite. */
int suite_run(Suite *suite);

#endif
