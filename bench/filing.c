/* SPDX-License-Identifier: GPL-3.0-or-later
 * What filing costs: durable filings a second over HTTP beside a plain C loop over the engine that commits the same rows, and what reading
 * costs while others file. All in turns within one run; medians. ROUNDS (5) and MS (2000) of each turn, TURNS (12) of reading.
 *
 * usage: filing STUDYD REGISTER TOKEN   beside REGISTER lies a copy of it, REGISTER.bare; both are written to
 */
#include "bench/bare_filing.h"
#include "bench/reading.h"

#include "bench/ask.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int64_t number_of(const char *name, int64_t otherwise)
{
    const char *text = getenv(name);
    return text == NULL ? otherwise : strtoll(text, NULL, 10);
}

/* ── the disk ───────────────────────────────────────────────────────────────────────────────────────────────── */

static void disk_tell(const char *beside)
{
    static char page[4096];
    char path[4200];
    struct samples us = {0};
    snprintf(path, sizeof path, "%s.disk", beside);
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0)
        give_up("%s cannot be written", path);
    for (int i = 0; i < 1000; i++) {
        memset(page, i, sizeof page);
        int64_t from = now_us();
        if (pwrite(file, page, sizeof page, (off_t)i * 4096) != sizeof page || fdatasync(file) != 0)
            give_up("%s cannot be written", path);
        samples_add(&us, (double)(now_us() - from));
    }
    close(file);
    unlink(path);
    printf("A page of 4 KiB written and fdatasync: %.0f µs, 99 %% within %.0f µs.\n\n", samples_quantile(&us, 0.5),
           samples_quantile(&us, 0.99));
    samples_free(&us);
}

/* ── filings a second ───────────────────────────────────────────────────────────────────────────────────────── */

static const size_t client_numbers[] = {1, 8, 64};
#define CLIENTS (sizeof client_numbers / sizeof *client_numbers)

struct figures {
    struct samples rate[CLIENTS], latency[CLIENTS], writer[CLIENTS], all[CLIENTS], bare[BARE_KINDS], bare_many;
};

static void file_turn(const struct served *served, const struct filed_studies *studies, const char *token, size_t i, int64_t us,
                      struct figures *figures)
{
    struct filers filers;
    filers_open(&filers, served, studies, token, client_numbers[i]);
    struct spent from = served_spent(served);
    double rate = filers_run(&filers, us, 0, NULL, &figures->latency[i]);
    struct spent to = served_spent(served);
    double filings = rate * (double)us / 1e6;
    filers_close(&filers);
    samples_add(&figures->rate[i], rate);
    samples_add(&figures->writer[i], (double)spent_of(&from, &to, spent_most(&from, &to)) / 1e3 / filings);
    samples_add(&figures->all[i], (double)spent_of(&from, &to, 0) / 1e3 / filings);
}

static void rates_print(struct figures *figures)
{
    double all = samples_quantile(&figures->bare[BARE_ALL], 0.5), least = samples_quantile(&figures->bare[BARE_LEAST], 0.5);
    printf("| who | filings/s | by the same rows | by the least rows | p50 | p99 | busiest thread's CPU µs | all threads' "
           "|\n|---|---|---|---|---|---|---|---|\n");
    printf("| bare loop, the same rows, one a commit | %.0f | 1.00 | %.2f | | | | |\n", all, all / least);
    printf("| bare loop, the same rows, 64 a commit | %.0f | %.2f | %.2f | | | | |\n", samples_quantile(&figures->bare_many, 0.5),
           samples_quantile(&figures->bare_many, 0.5) / all, samples_quantile(&figures->bare_many, 0.5) / least);
    printf("| bare loop, the least rows, one a commit | %.0f | %.2f | 1.00 | | | | |\n", least, least / all);
    for (size_t i = 0; i < CLIENTS; i++) {
        double rate = samples_quantile(&figures->rate[i], 0.5);
        printf("| studyd, %zu client%s | %.0f | %.2f | %.2f | %.2f ms | %.2f ms | %.0f | %.0f |\n", client_numbers[i],
               client_numbers[i] > 1 ? "s" : "", rate, rate / all, rate / least, samples_quantile(&figures->latency[i], 0.5) / 1e3,
               samples_quantile(&figures->latency[i], 0.99) / 1e3, samples_quantile(&figures->writer[i], 0.5),
               samples_quantile(&figures->all[i], 0.5));
    }
    printf("\n");
}

static void rates_measure(const char *program, const char *database, const char *beside, const char *token)
{
    static const char *const options[] = {"--workers", "2", NULL};
    int64_t rounds = number_of("ROUNDS", 5), us = number_of("MS", 2000) * 1000;
    struct figures figures = {0};
    struct filed_studies studies, bare_studies;
    struct served served;
    served_start(&served, program, database, options);
    filed_studies_find(&studies, database, 100000);
    filed_studies_find(&bare_studies, beside, 100000);
    struct bare_filing *bare = bare_filing_open(beside, &bare_studies);
    printf("%zu studies are filed on in turn, each filing two regions. The bare loop writes %.1f pages a commit, with the least rows "
           "%.1f.\n\n",
           studies.len, bare_filing_pages(bare, BARE_ALL), bare_filing_pages(bare, BARE_LEAST));
    for (int64_t round = 0; round < rounds; round++) {
        samples_add(&figures.bare[BARE_ALL], bare_filing_run(bare, BARE_ALL, 1, us));
        samples_add(&figures.bare[BARE_LEAST], bare_filing_run(bare, BARE_LEAST, 1, us));
        samples_add(&figures.bare_many, bare_filing_run(bare, BARE_ALL, 64, us));
        for (size_t i = 0; i < CLIENTS; i++)
            file_turn(&served, &studies, token, i, us, &figures);
    }
    bare_filing_close(bare);
    served_stop(&served);
    rates_print(&figures);
}

int main(int argc, char **argv)
{
    char beside[4200];
    if (argc != 4)
        give_up("usage: filing STUDYD REGISTER TOKEN");
    snprintf(beside, sizeof beside, "%s.bare", argv[2]);
    disk_tell(argv[2]);
    if (getenv("READING_ONLY") == NULL)
        rates_measure(argv[1], argv[2], beside, argv[3]);
    reading_measure(argv[1], argv[2], argv[3], number_of("TURNS", 12), number_of("READ_MS", 400) * 1000);
    return EXIT_SUCCESS;
}
