/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/writer.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "server/answer.h"
#include "server/exchange.h"
#include "server/renewal.h"
#include "server/worker.h"
#include "server/writing.h"

/* More would wait for longer than clients do. */
#define WAITING_MAX 1024
/* Behind what works alone for longer nobody else is made to wait: an import of a great register takes minutes. */
#define ALONE_PATIENCE_US 10000000
/* What one transaction may hold: the first of a batch waits for the last. */
#define BATCH_MAX 256

struct writer {
    struct server *server;
    pthread_t thread;
    pthread_mutex_t lock; /* guards the queue */
    pthread_cond_t come;
    struct exchange *first, *last; /* the longest waiting first */
    size_t waiting;
    int64_t alone_since; /* microseconds; 0 = nothing works alone */
    bool stop;
};

/* Exchanges that are answered together. */
struct batch {
    struct exchange *list[BATCH_MAX];
    size_t len;
};

/* ── the queue ───────────────────────────────────────────────────────────────────────────────────────────────── */

/* Under the lock. */
static const char *why_not(const struct writer *writer)
{
    if (writer->alone_since > 0 && exchange_clock() - writer->alone_since > ALONE_PATIENCE_US)
        return "A data set is being loaded, which may take a while; nothing of this request was written.";
    return writer->waiting < WAITING_MAX ? NULL : "As many filings wait as are taken at a time; nothing of this request was written.";
}

const char *writer_take(struct writer *writer, struct exchange *x)
{
    pthread_mutex_lock(&writer->lock);
    const char *why = why_not(writer);
    if (!why) {
        x->next = NULL;
        *(writer->last ? &writer->last->next : &writer->first) = x;
        writer->last = x;
        writer->waiting++;
        pthread_cond_signal(&writer->come);
    }
    pthread_mutex_unlock(&writer->lock);
    return why;
}

static struct exchange *pop(struct writer *writer)
{
    struct exchange *x = writer->first;
    writer->first = x->next;
    writer->last = writer->first ? writer->last : NULL;
    writer->waiting--;
    return x;
}

static bool works_alone(const struct exchange *x)
{
    return x->match.route->alone;
}

/* What may be written together, in the order in which it came; one that works alone is a batch by itself. false: it is over. */
static bool next_batch(struct writer *writer, struct batch *batch)
{
    batch->len = 0;
    pthread_mutex_lock(&writer->lock);
    writer->alone_since = 0;
    while (!writer->first && !writer->stop)
        pthread_cond_wait(&writer->come, &writer->lock);
    while (writer->first && batch->len < BATCH_MAX && (batch->len == 0 || !works_alone(writer->first))) {
        batch->list[batch->len++] = pop(writer);
        if (works_alone(batch->list[0]))
            break;
    }
    if (batch->len > 0 && works_alone(batch->list[0]))
        writer->alone_since = exchange_clock();
    pthread_mutex_unlock(&writer->lock);
    return batch->len > 0;
}

/* ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* In place of whatever was to be answered. */
static void refuse(struct filing *filing, enum db_status status)
{
    reply_done(&filing->reply);
    filing->reply = (struct reply){0};
    filing->kept = false;
    *filing->request.faults = (struct faults){0};
    filing->error = api_error_of_db(status);
    filing->detail = NULL;
}

/* What has held in the worker's thread, and may hold no longer. */
static enum api_error check_again(struct filing *filing, struct db_write *write, const char *epoch)
{
    int64_t version = 0;
    enum api_error error = filing_seek_kept(filing, db_write_reader(write));
    if (error != API_OK || filing->kept || !filing->study)
        return error;
    enum db_status status = db_write_version(write, filing->study, &version);
    if (status != DB_OK)
        return api_error_of_db(status);
    return version == 0 ? API_NOT_FOUND : filing_match(filing, epoch, version);
}

/* So that the same question is answered alike from now on. */
static enum db_status answer_keep(struct db_write *write, const struct filing *filing, int ok)
{
    const struct reply *reply = &filing->reply;
    struct db_kept_answer answer = {.status = reply->status ? reply->status : ok,
                                    .version = reply->study_version,
                                    .location = reply->location,
                                    .body = reply->constant ? reply->constant
                                            : reply->bytes  ? reply->bytes
                                                            : "",
                                    .body_len = reply->constant && reply->len == 0 ? strlen(reply->constant) : reply->len};
    if (!filing->key)
        return DB_OK;
    memcpy(answer.digest, filing->digest, sizeof answer.digest);
    return db_write_kept_answer(write, filing->request.author->id, filing->key, &answer);
}

/* Whether anything of it stays. */
static bool write_part(struct exchange *x, struct db_write *write)
{
    struct filing *filing = x->filing;
    const struct db_author author = {filing->request.author->id, filing->request.author->role};
    filing->error = check_again(filing, write, db_epoch(x->worker->server->db));
    if (filing->error != API_OK || filing->kept)
        return false;
    enum db_status status = db_write_part_begin(write, &author);
    if (status != DB_OK) {
        refuse(filing, status);
        return false;
    }
    filing->request.db = db_write_reader(write);
    filing->error = x->match.route->write(&filing->request, write, &filing->reply);
    if (filing->error == API_OK && !filing->reply.undo)
        status = answer_keep(write, filing, x->match.route->ok);
    if (filing->error != API_OK || filing->reply.undo || status != DB_OK)
        db_write_part_undo(write);
    else
        status = db_write_part_keep(write);
    if (status != DB_OK)
        refuse(filing, status);
    return filing->error == API_OK && !filing->reply.undo;
}

/* Where it fails nothing of it was written, and what was refused may have been refused because of that. */
static void write_together(struct writer *writer, struct batch *batch)
{
    struct db_write *write = NULL;
    enum db_status status = db_write_begin(writer->server->db, &write);
    bool stays = false;
    for (size_t i = 0; status == DB_OK && i < batch->len; i++)
        stays = write_part(batch->list[i], write) || stays;
    if (stays)
        status = db_write_commit(write);
    else
        db_write_abandon(write);
    for (size_t i = 0; status != DB_OK && i < batch->len; i++)
        refuse(batch->list[i]->filing, status);
    if (stays && status == DB_OK && writer->server->renewal)
        renewal_changed(writer->server->renewal);
}

static void work_alone(struct writer *writer, struct exchange *x)
{
    x->filing->error = x->match.route->alone(&x->filing->request, writer->server->db, &x->filing->reply);
    if (writer->server->renewal)
        renewal_changed(writer->server->renewal);
}

/* ── the thread ──────────────────────────────────────────────────────────────────────────────────────────────── */

/* With one wake-up for each worker, since each resumes all that it finds. */
static void hand_back(struct batch *batch)
{
    struct worker *touched[BATCH_MAX];
    size_t len = 0;
    for (size_t i = 0; i < batch->len; i++) {
        struct worker *worker = batch->list[i]->worker;
        if (worker_returned(worker, batch->list[i])) /* the exchange is not ours any more */
            touched[len++] = worker;
    }
    for (size_t i = 0; i < len; i++)
        worker_wake(touched[i]);
}

static void *writer_run(void *cls)
{
    struct writer *writer = cls;
    struct batch batch;
    while (next_batch(writer, &batch)) {
        if (works_alone(batch.list[0]))
            work_alone(writer, batch.list[0]);
        else
            write_together(writer, &batch);
        hand_back(&batch);
    }
    return NULL;
}

static void writer_free(struct writer *writer)
{
    pthread_cond_destroy(&writer->come);
    pthread_mutex_destroy(&writer->lock);
    free(writer);
}

struct writer *writer_start(struct server *server, const char **ret_why)
{
    struct writer *writer = calloc(1, sizeof *writer);
    *ret_why = "There is no memory or thread left for writing.";
    if (!writer)
        return NULL;
    writer->server = server;
    pthread_mutex_init(&writer->lock, NULL);
    pthread_cond_init(&writer->come, NULL);
    if (pthread_create(&writer->thread, NULL, writer_run, writer) != 0) {
        writer_free(writer);
        return NULL;
    }
    *ret_why = NULL;
    return writer;
}

void writer_stop(struct writer *writer)
{
    if (!writer)
        return;
    pthread_mutex_lock(&writer->lock);
    writer->stop = true;
    pthread_cond_signal(&writer->come);
    pthread_mutex_unlock(&writer->lock);
    pthread_join(writer->thread, NULL);
    writer_free(writer);
}
