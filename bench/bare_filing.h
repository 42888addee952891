/* SPDX-License-Identifier: GPL-3.0-or-later
 * A plain C loop that writes what filings write, one commit each with synchronous=FULL: prepared statements on a copy of the register, into
 * the same tables with their indexes and triggers. It reads nothing, checks nothing, makes no JSON and answers nobody.
 */
#ifndef STUDYD_BENCH_BARE_FILING_H
#define STUDYD_BENCH_BARE_FILING_H

#include "bench/filers.h"

#include <sqlite3.h>

enum bare_rows {
    BARE_ALL,   /* every row that a filing writes, and all that is in them */
    BARE_LEAST, /* the report, the count that stands, a row of the log */
    BARE_KINDS
};
struct bare_filing;
struct bare_filing *bare_filing_open(const char *database, const struct filed_studies *studies);
void bare_filing_close(struct bare_filing *bare);

/* Files for so many microseconds, each commit with so many filings. Returns filings a second; ret_cpu: the microseconds of CPU of each. */
double bare_filing_run(struct bare_filing *bare, enum bare_rows rows, int a_commit, int64_t us, double *ret_cpu);

/* The pages that a commit of one filing writes into the log. */
double bare_filing_pages(struct bare_filing *bare, enum bare_rows rows);

#endif
