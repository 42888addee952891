/* SPDX-License-Identifier: GPL-3.0-or-later
 * What a GET costs its worker while others file, beside what it costs in quiet.
 */
#ifndef STUDYD_BENCH_READING_H
#define STUDYD_BENCH_READING_H

#include <stdint.h>

/* Prints the table; us: of each turn. */
void reading_measure(const char *program, const char *database, const char *token, int64_t turns, int64_t us);

#endif
