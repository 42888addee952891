/* SPDX-License-Identifier: GPL-3.0-or-later
 * Figures of a register, each beside the same question in bare SQL, asked in turns in one run. Machines are noisy: medians and ratios are
 * what is printed, and what is over is asked more often before it counts. BARE_EVERY=N asks bare SQL one of N pages (5); WAYS=1 tells
 * every figure on stderr; ONLY=pages,words asks these groups alone.
 *
 * usage: queries STUDYD FILE   FILE is served and so may be written to: give it a copy
 */
#include "bench/pages.h"

#include <stdlib.h>
#include <string.h>

#define MIB        (1024.0 * 1024.0)
#define STARTS     5
#define KEPT_BYTES (16 * MIB) /* of answers kept for a data version: what the daemon may hold beside its own 16 MiB */

/* ── opening ────────────────────────────────────────────────────────────────────────────────────────────────── */

static void open_ask(struct bench *bench)
{
    struct row row = {.question = "from the start to the first answer", .limit = "50 ms"};
    for (int i = 0; i < STARTS; i++) {
        if (i > 0)
            daemon_stop(&bench->daemon);
        row_add(&row, "start", (double)daemon_start(&bench->daemon, bench->program, bench->database), 50000);
    }
    double median = samples_quantile(&row.us, 0.5);
    struct row one = {.question = row.question, .limit = "50 ms"};
    row_add(&one, "the median of five starts", median, 50000);
    samples_free(&row.us);
    samples_free(&row.of_limit);
    table_row(&one);
}

static void memory_ask(const struct bench *bench, const char *when)
{
    char name[80], figure[40];
    double anonymous = (double)daemon_memory(&bench->daemon, "RssAnon");
    snprintf(name, sizeof name, "anonymous memory %s", when);
    snprintf(figure, sizeof figure, "%.1f MB", anonymous / MIB);
    table_line(name, figure, "16 MB + 16 MB of kept answers", "", anonymous > 16 * MIB + KEPT_BYTES);
}

static void memory_after(struct bench *bench)
{
    memory_ask(bench, "after all of this");
}

/* ── whole results ──────────────────────────────────────────────────────────────────────────────────────────── */

static void export_ask(struct bench *bench, const char *what, const char *target, const char *bare)
{
    char name[80], figure[160], beside[60];
    int64_t rows;
    struct export export = daemon_export(&bench->daemon, target);
    double rate = (double)export.rows * 1e6 / (double)export.us, growth = (double)(export.anon_most - export.anon_least);
    int64_t bare_us = bare_run(&bench->bare, bare, &rows);
    snprintf(name, sizeof name, "everything as %s", what);
    snprintf(figure, sizeof figure, "%.0f rows/s (%lld rows, %.0f MB/s), memory within %.1f MB", rate, (long long)export.rows,
             (double)export.bytes / (double)export.us, growth / MIB);
    snprintf(beside, sizeof beside, "%.0f ms", (double)bare_us / 1000);
    table_line(name, figure, "100 000 rows/s or more, 2 MB", beside, rate < 100000 || growth > 2 * MIB);
}

void exports_ask(struct bench *bench)
{
    static const char limit[] = "100 000 rows/s or more, 2 MB";
    daemon_stop(&bench->daemon); /* so that what others have left free does not hide what these take */
    daemon_start(&bench->daemon, bench->program, bench->database);
    if (!bench->has_exports) {
        table_missing("everything as CSV", limit);
        table_missing("everything as NDJSON", limit);
    } else {
        export_ask(bench, "CSV", "/studies?format=csv",
                   "SELECT r.cells FROM study s JOIN rendered_row r ON r.study = s.id ORDER BY s.call_year, s.code");
        export_ask(bench, "NDJSON", "/studies?format=ndjson",
                   "SELECT r.json FROM study s JOIN rendered r ON r.study = s.id ORDER BY s.call_year, s.code");
        export_ask(bench, "CSV by name", "/studies?format=csv&sort=name",
                   "SELECT r.cells FROM study s JOIN rendered_row r ON r.study = s.id ORDER BY s.name_key, s.code");
    }
    if (bench->has_reports)
        export_ask(bench, "CSV, all reports", "/recruitment?format=csv",
                   "SELECT s.code, r.region, r.as_of, r.included FROM study s JOIN report r ON r.study = s.id ORDER BY s.code, r.as_of");
    else
        table_missing("everything as CSV, all reports", limit);
}

/* ── all of it ──────────────────────────────────────────────────────────────────────────────────────────────── */

/* What the daemon's own contract has. */
static void read_contract(struct bench *bench)
{
    daemon_ask(&bench->daemon, "/openapi.yaml");
    const char *list = strstr(bench->daemon.body, "operationId: listStudies");
    const char *end = list == NULL ? NULL : strstr(list, "responses:");
    if (end == NULL)
        give_up("the contract has no list of studies");
    char *parameters = strndup(list, (size_t)(end - list));
    bench->has_words = strstr(parameters, "parameters/Q'") != NULL;
    bench->has_facets = strstr(parameters, "parameters/Facets'") != NULL;
    bench->has_exports = strstr(parameters, "parameters/ListFormat'") != NULL;
    bench->has_reports = strstr(bench->daemon.body, "\n  /recruitment:") != NULL;
    free(parameters);
}

static void head_print(const struct bench *bench)
{
    int64_t reports;
    bare_run((struct bare *)&bench->bare, "SELECT count(*) FROM report", &reports);
    printf("%lld studies, %lld reports; deep pages begin at row %lld. Each figure is the median of at least three askings, none asked "
           "before.\n\n",
           (long long)bench->questions.studies, (long long)reports, (long long)bench->depth);
}

static const struct {
    const char *name;
    void (*ask)(struct bench *bench);
} groups[] = {
    {"pages", pages_ask},           {"totals", totals_ask},   {"facets", facets_ask},   {"words", words_ask},
    {"statistics", statistics_ask}, {"memory", memory_after}, {"exports", exports_ask},
};

static void ask_groups(struct bench *bench)
{
    const char *only = getenv("ONLY");
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        if (only != NULL && strstr(only, groups[i].name) == NULL)
            continue;
        groups[i].ask(bench);
        if (getenv("WAYS") != NULL)
            fprintf(stderr, "%.1f MB of anonymous memory after %s\n", (double)daemon_memory(&bench->daemon, "RssAnon") / MIB,
                    groups[i].name);
    }
}

int main(int argc, char **argv)
{
    static struct bench bench;
    const char *every = getenv("BARE_EVERY");
    if (argc != 3)
        give_up("usage: queries STUDYD FILE");
    bench.program = argv[1];
    bench.database = argv[2];
    bench.bare_every = every == NULL ? 5 : (size_t)strtoul(every, NULL, 10);
    daemon_start(&bench.daemon, bench.program, bench.database); /* brings an older file up to date, and warms what is in memory */
    read_contract(&bench);
    questions_find(&bench.questions, bench.database, bench.has_words);
    bench.depth = bench.questions.studies * 2 / 5;
    bare_open(&bench.bare, bench.database);
    head_print(&bench);
    daemon_stop(&bench.daemon);
    table_head();
    open_ask(&bench);
    memory_ask(&bench, "after the start");
    ask_groups(&bench);
    memory_ask(&bench, "after whole results");
    table_foot();
    bare_close(&bench.bare);
    daemon_stop(&bench.daemon);
    return EXIT_SUCCESS;
}
