/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/table.h"

#include "bench/ask.h"

#include <stdlib.h>
#include <string.h>

/* ── figures ────────────────────────────────────────────────────────────────────────────────────────────────── */

void samples_add(struct samples *samples, double value)
{
    if (samples->len == samples->room) {
        samples->room = samples->room * 2 + 64;
        samples->at = realloc(samples->at, samples->room * sizeof *samples->at);
        if (samples->at == NULL)
            give_up("no memory");
    }
    samples->at[samples->len++] = value;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double samples_quantile(struct samples *samples, double q)
{
    if (samples->len == 0)
        return 0;
    qsort(samples->at, samples->len, sizeof *samples->at, ascending);
    return samples->at[(size_t)(q * (double)(samples->len - 1) + 0.5)];
}

void samples_free(struct samples *samples)
{
    free(samples->at);
    *samples = (struct samples){.len = 0};
}

void row_add(struct row *row, const char *way, double us, double limit_us)
{
    samples_add(&row->us, us);
    samples_add(&row->of_limit, us / limit_us);
    if (getenv("WAYS") != NULL)
        fprintf(stderr, "%.0f\t%.0f\t%s\t%s\n", us, limit_us, row->question, way);
    if (us / limit_us > row->worst_of_limit) {
        row->worst_of_limit = us / limit_us;
        row->worst_us = us;
        snprintf(row->worst, sizeof row->worst, "%s", way);
    }
}

void row_bare(struct row *row, double us, double bare_us)
{
    samples_add(&row->bare, bare_us);
    samples_add(&row->ratio, us / (bare_us > 0 ? bare_us : 1));
}

/* ── the table ──────────────────────────────────────────────────────────────────────────────────────────────── */

static char worst[20000]; /* lines for the foot */
static int rows, over;

static const char *time_text(double us, char out[24])
{
    if (us < 1000)
        snprintf(out, 24, "%.0f µs", us);
    else
        snprintf(out, 24, us < 10000 ? "%.2f ms" : us < 100000 ? "%.1f ms" : "%.0f ms", us / 1000);
    return out;
}

static void count_row(int is_over)
{
    rows++;
    over += is_over;
    fflush(stdout);
}

void table_head(void)
{
    puts("| question | asked | median | 95 % | at most | over | bare SQL | ratio | |");
    puts("|---|---|---|---|---|---|---|---|---|");
}

static size_t count_over(const struct samples *of_limit)
{
    size_t count = 0;
    for (size_t i = 0; i < of_limit->len; i++)
        count += of_limit->at[i] > 1;
    return count;
}

void table_row(struct row *row)
{
    char median[24], most[24], bare[24] = "", ratio[24] = "", line[800];
    size_t beyond = count_over(&row->of_limit);
    if (row->bare.len > 0) {
        time_text(samples_quantile(&row->bare, 0.5), bare);
        snprintf(ratio, sizeof ratio, "%.3g", samples_quantile(&row->ratio, 0.5));
    }
    printf("| %s | %zu | %s | %s | %s | %zu | %s | %s | %s |\n", row->question, row->us.len,
           time_text(samples_quantile(&row->us, 0.5), median), time_text(samples_quantile(&row->us, 0.95), most), row->limit, beyond, bare,
           ratio, beyond > 0 ? "over" : "ok");
    snprintf(line, sizeof line, "- %s: %s, %.2f of what it may be: `%s`\n", row->question, time_text(row->worst_us, median),
             row->worst_of_limit, row->worst);
    if (strlen(worst) + strlen(line) < sizeof worst)
        strncat(worst, line, sizeof worst - strlen(worst) - 1);
    count_row(beyond > 0);
    samples_free(&row->us);
    samples_free(&row->of_limit);
    samples_free(&row->bare);
    samples_free(&row->ratio);
    *row = (struct row){.question = NULL};
}

void table_line(const char *question, const char *figure, const char *limit, const char *bare, int is_over)
{
    printf("| %s | | %s | | %s | | %s | | %s |\n", question, figure, limit, bare, is_over ? "over" : "ok");
    count_row(is_over);
}

void table_missing(const char *question, const char *limit)
{
    printf("| %s | | | | %s | | | | not there yet |\n", question, limit);
    fflush(stdout);
}

void table_foot(void)
{
    printf("\n%d of %d rows over. The worst way of asking, row by row:\n\n%s", over, rows, worst);
}
