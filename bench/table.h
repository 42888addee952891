/* SPDX-License-Identifier: GPL-3.0-or-later
 * Figures and the table they are printed in.
 */
#ifndef STUDYD_BENCH_TABLE_H
#define STUDYD_BENCH_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct samples {
    double *at;
    size_t len, room;
};
void samples_add(struct samples *samples, double value);
double samples_quantile(struct samples *samples, double q); /* sorts; 0 where there are none */
void samples_free(struct samples *samples);

/* One question of the table, asked in many ways. Each way has a figure and what it may be at most. */
struct row {
    const char *question;
    char limit[40];              /* as printed */
    struct samples us, of_limit; /* the figure; the figure by its limit */
    struct samples bare, ratio;  /* where bare SQL was asked the same; the figure by that */
    char worst[600];             /* the way that came nearest to its limit, or went beyond it most */
    double worst_us, worst_of_limit;
};
void row_add(struct row *row, const char *way, double us, double limit_us);
void row_bare(struct row *row, double us, double bare_us);

void table_head(void);
void table_row(struct row *row); /* prints and empties it */
void table_line(const char *question, const char *figure, const char *limit, const char *bare,
                int is_over);                                /* one figure of another kind */
void table_missing(const char *question, const char *limit); /* not there yet */
void table_foot(void);                                       /* the worst ways, and how many rows are over */

#endif
