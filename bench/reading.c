/* SPDX-License-Identifier: GPL-3.0-or-later
 * Two workers: the clients that file are all with one, the one that reads is with the other, whose CPU time is thus that of reading alone.
 * A connection comes to whichever the kernel chooses; by whose time a few questions take, we see which it was.
 */
#include "bench/reading.h"

#include "bench/ask.h"
#include "bench/filers.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILING_RATE    1000
#define FILING_CLIENTS 8
#define TRIES          200
#define SETTLES_US     2000000 /* after filings: the image is made anew once they have paused */

/* ── who is with whom ───────────────────────────────────────────────────────────────────────────────────────── */

static pid_t worker_of(const struct served *served, struct wire *connection)
{
    static const char request[] = "GET /health/live HTTP/1.1\r\nHost: bench\r\n\r\n";
    struct spent from = served_spent(served);
    for (int i = 0; i < 100; i++) {
        struct answer answer = wire_ask(connection, request, sizeof request - 1, 200);
        answer_take(connection, &answer);
    }
    struct spent to = served_spent(served);
    return spent_most(&from, &to);
}

/* Reconnects until the worker is that one, or any other one. */
static void settle_with(const struct served *served, struct wire *connection, pid_t worker, bool same)
{
    for (int i = 0; (worker_of(served, connection) == worker) != same; i++) {
        if (i == TRIES)
            give_up("no connection comes to the worker that is wanted");
        wire_close(connection);
        wire_open(connection, served);
    }
}

/* ── filing meanwhile ───────────────────────────────────────────────────────────────────────────────────────── */

struct meanwhile {
    struct filers *filers;
    atomic_bool stop;
    double rate;
    pthread_t thread;
};

static void *file_meanwhile(void *cls)
{
    struct meanwhile *meanwhile = cls;
    meanwhile->rate = filers_run(meanwhile->filers, INT64_C(60) * 1000000, FILING_RATE, &meanwhile->stop, NULL);
    return NULL;
}

static void meanwhile_begin(struct meanwhile *meanwhile, struct filers *filers)
{
    *meanwhile = (struct meanwhile){.filers = filers};
    if (pthread_create(&meanwhile->thread, NULL, file_meanwhile, meanwhile) != 0)
        give_up("no thread");
    now_us();
}

static void meanwhile_end(struct meanwhile *meanwhile)
{
    atomic_store(&meanwhile->stop, true);
    pthread_join(meanwhile->thread, NULL);
}

/* ── reading ────────────────────────────────────────────────────────────────────────────────────────────────── */

struct question {
    const char *name, *target; /* NULL = a study that is not filed on */
    bool is_poll;              /* with If-None-Match */
};

struct reader {
    const struct served *served;
    struct wire connection;
    pid_t worker;
    char request[1024];
    size_t len;
    int status;
};

static void reader_prepare(struct reader *reader, const struct question *question, const char *study)
{
    char target[200], tag[100];
    snprintf(target, sizeof target, "%s%s", question->target == NULL ? "/studies/" : question->target,
             question->target == NULL ? study : "");
    reader->len = (size_t)snprintf(reader->request, sizeof reader->request, "GET %s HTTP/1.1\r\nHost: bench\r\n\r\n", target);
    reader->status = 200;
    struct answer answer = wire_ask(&reader->connection, reader->request, reader->len, 200);
    if (question->is_poll && answer_header(&reader->connection, &answer, "\r\nETag: ", tag, sizeof tag)) {
        reader->len = (size_t)snprintf(reader->request, sizeof reader->request,
                                       "GET %s HTTP/1.1\r\nHost: bench\r\nIf-None-Match: %s\r\n\r\n", target, tag);
        reader->status = 304;
    }
    answer_take(&reader->connection, &answer);
}

/* Microseconds of the worker's CPU for each question. */
static double reader_run(struct reader *reader, int64_t us)
{
    struct spent from = served_spent(reader->served);
    int64_t until = now_us() + us, done = 0;
    for (; now_us() < until; done++) {
        struct answer answer = wire_ask(&reader->connection, reader->request, reader->len, reader->status);
        answer_take(&reader->connection, &answer);
    }
    struct spent to = served_spent(reader->served);
    return (double)spent_of(&from, &to, reader->worker) / 1e3 / (double)done;
}

struct both {
    struct samples quiet, busy, ratio, rate;
};

static void turns_run(struct reader *reader, struct filers *filers, int64_t turns, int64_t us, struct both *both)
{
    for (int64_t turn = 0; turn < turns; turn++) {
        struct meanwhile meanwhile;
        double quiet = reader_run(reader, us);
        meanwhile_begin(&meanwhile, filers);
        reader_run(reader, us / 4); /* until it runs evenly */
        double busy = reader_run(reader, us);
        meanwhile_end(&meanwhile);
        usleep(SETTLES_US);
        samples_add(&both->quiet, quiet);
        samples_add(&both->busy, busy);
        samples_add(&both->ratio, busy / quiet);
        samples_add(&both->rate, meanwhile.rate);
    }
}

static void both_print(const char *name, struct both *both)
{
    double ratio = samples_quantile(&both->ratio, 0.5);
    printf("| %s | %.1f | %.1f | %.2f (%.2f–%.2f) | %.0f |%s\n", name, samples_quantile(&both->quiet, 0.5),
           samples_quantile(&both->busy, 0.5), ratio, samples_quantile(&both->ratio, 0.25), samples_quantile(&both->ratio, 0.75),
           samples_quantile(&both->rate, 0.5), ratio > 1.1 ? " over 1.1" : "");
    samples_free(&both->quiet);
    samples_free(&both->busy);
    samples_free(&both->ratio);
    samples_free(&both->rate);
}

static void questions_ask(const struct served *served, struct filed_studies *studies, const char *token, const struct question *questions,
                          int64_t turns, int64_t us)
{
    static struct reader reader;
    struct filers filers;
    const char *study = studies->list[--studies->len].code; /* the last one is only read */
    reader.served = served;
    wire_open(&reader.connection, served);
    reader.worker = worker_of(served, &reader.connection);
    filers_open(&filers, served, studies, token, FILING_CLIENTS);
    for (size_t i = 0; i < filers.len; i++)
        settle_with(served, &filers.list[i].connection, reader.worker, false);
    for (; questions->name != NULL; questions++) {
        struct both both = {0};
        reader_prepare(&reader, questions, study);
        turns_run(&reader, &filers, turns, us, &both);
        both_print(questions->name, &both);
    }
    filers_close(&filers);
    wire_close(&reader.connection);
}

static void table_measure(const char *program, const char *database, const char *token, const char *const *options,
                          const struct question *questions, int64_t turns, int64_t us)
{
    struct served served;
    struct filed_studies studies;
    served_start(&served, program, database, options);
    filed_studies_find(&studies, database, 100000);
    questions_ask(&served, &studies, token, questions, turns, us);
    free(studies.list);
    served_stop(&served);
}

void reading_measure(const char *program, const char *database, const char *token, int64_t turns, int64_t us)
{
    static const char *const cached[] = {"--workers", "2", NULL}, *const uncached[] = {"--workers", "2", "--cache-bytes", "0", NULL};
    static const struct question with_cache[] = {
        {"poll of a card, answered by 304", NULL, true}, {"card of another study", NULL, false}, {0}};
    static const struct question without_cache[] = {
        {"card of another study, no cache", NULL, false}, {"page of 20 studies, no cache", "/studies?limit=20", false}, {0}};
    printf("| question | quiet, CPU µs | while filed, CPU µs | ratio (quartiles) | filings/s |\n|---|---|---|---|---|\n");
    table_measure(program, database, token, cached, with_cache, turns, us);
    table_measure(program, database, token, uncached, without_cache, turns, us);
}
