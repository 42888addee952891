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

enum loop { ONE_A_COMMIT, MANY_A_COMMIT, LEAST_A_COMMIT, LOOPS };
static const struct {
    const char *name;
    enum bare_rows rows;
    int a_commit;
} loops[LOOPS] = {
    [ONE_A_COMMIT] = {"bare loop, the same rows, one a commit", BARE_ALL, 1},
    [MANY_A_COMMIT] = {"bare loop, the same rows, 64 a commit", BARE_ALL, 64},
    [LEAST_A_COMMIT] = {"bare loop, the least rows, one a commit", BARE_LEAST, 1},
};

struct figures {
    struct samples rate, cpu, of_same, of_least; /* filings a second; µs of CPU; the rate by that of the same turn's loops */
    struct samples latency, all_cpu;
};

static void loop_turn(struct bare_filing *bare, enum loop loop, int64_t us, struct figures *figures)
{
    double cpu;
    samples_add(&figures->rate, bare_filing_run(bare, loops[loop].rows, loops[loop].a_commit, us, &cpu));
    samples_add(&figures->cpu, cpu);
}

static void file_turn(const struct served *served, const struct filed_studies *studies, const char *token, size_t clients, int64_t us,
                      struct figures *figures)
{
    struct filers filers;
    filers_open(&filers, served, studies, token, clients);
    struct spent from = served_spent(served);
    double rate = filers_run(&filers, us, 0, NULL, &figures->latency);
    struct spent to = served_spent(served);
    double filings = rate * (double)us / 1e6;
    filers_close(&filers);
    samples_add(&figures->rate, rate);
    samples_add(&figures->cpu, (double)spent_of(&from, &to, spent_most(&from, &to)) / 1e3 / filings);
    samples_add(&figures->all_cpu, (double)spent_of(&from, &to, 0) / 1e3 / filings);
}

static double last_of(const struct samples *samples)
{
    return samples->at[samples->len - 1];
}

static void compare(struct figures *figures, double same, double least)
{
    samples_add(&figures->of_same, last_of(&figures->rate) / same);
    samples_add(&figures->of_least, last_of(&figures->rate) / least);
}

static void figures_print(const char *name, struct figures *figures)
{
    printf("| %s | %.0f | %.2f | %.2f | %.0f |", name, samples_quantile(&figures->rate, 0.5), samples_quantile(&figures->of_same, 0.5),
           samples_quantile(&figures->of_least, 0.5), samples_quantile(&figures->cpu, 0.5));
    if (figures->latency.len > 0)
        printf(" %.0f | %.2f | %.2f |\n", samples_quantile(&figures->all_cpu, 0.5), samples_quantile(&figures->latency, 0.5) / 1e3,
               samples_quantile(&figures->latency, 0.99) / 1e3);
    else
        printf(" | | |\n");
    samples_free(&figures->rate), samples_free(&figures->cpu), samples_free(&figures->of_same);
    samples_free(&figures->of_least), samples_free(&figures->latency), samples_free(&figures->all_cpu);
}

static void rates_print(struct figures bare[LOOPS], struct figures served[CLIENTS])
{
    printf("| who | filings/s | by the same rows | by the least rows | CPU µs of who writes | of all threads | p50 ms | p99 ms |\n"
           "|---|---|---|---|---|---|---|---|\n");
    for (int i = 0; i < LOOPS; i++)
        figures_print(loops[i].name, &bare[i]);
    for (size_t i = 0; i < CLIENTS; i++) {
        char name[60];
        snprintf(name, sizeof name, "studyd, %zu client%s", client_numbers[i], client_numbers[i] > 1 ? "s" : "");
        figures_print(name, &served[i]);
    }
    printf("\n");
}

static void rates_measure(const char *program, const char *database, const char *beside, const char *token)
{
    static const char *const options[] = {"--workers", "2", NULL};
    int64_t rounds = number_of("ROUNDS", 5), us = number_of("MS", 2000) * 1000;
    struct figures of_loops[LOOPS] = {0}, of_clients[CLIENTS] = {0};
    struct filed_studies studies, bare_studies;
    struct served served;
    served_start(&served, program, database, options);
    filed_studies_find(&studies, database, 100000);
    filed_studies_find(&bare_studies, beside, 100000);
    struct bare_filing *bare = bare_filing_open(beside, &bare_studies);
    printf(
        "%zu studies are filed on in turn, two regions each time. The bare loop writes %.1f pages a commit, with the least rows %.1f.\n\n",
        studies.len, bare_filing_pages(bare, BARE_ALL), bare_filing_pages(bare, BARE_LEAST));
    for (int64_t round = 0; round < rounds; round++) {
        for (int i = 0; i < LOOPS; i++)
            loop_turn(bare, i, us, &of_loops[i]);
        for (size_t i = 0; i < CLIENTS; i++)
            file_turn(&served, &studies, token, client_numbers[i], us, &of_clients[i]);
        double same = last_of(&of_loops[ONE_A_COMMIT].rate), least = last_of(&of_loops[LEAST_A_COMMIT].rate);
        for (int i = 0; i < LOOPS; i++)
            compare(&of_loops[i], same, least);
        for (size_t i = 0; i < CLIENTS; i++)
            compare(&of_clients[i], same, least);
    }
    bare_filing_close(bare);
    served_stop(&served);
    rates_print(of_loops, of_clients);
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
