/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/lanes.h"

#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "server/exchange.h"
#include "server/worker.h"

/* More would only wait until their time is over. */
#define WAITING_MAX 256
/* Who waits as long as it may compute, and at least so long, has waited long enough. */
#define PATIENCE_LEAST_US 1000000

struct lane {
    struct lanes *lanes;
    struct db_reader *reader;
    pthread_t thread;
};

struct lanes {
    struct server *server;
    lane_fn run;
    pthread_mutex_t lock; /* guards the queue */
    pthread_cond_t come;
    struct exchange *first, *last; /* the longest waiting first */
    size_t waiting;
    atomic_bool stop;
    size_t len;
    struct lane lane[];
};

/* ── the queue ───────────────────────────────────────────────────────────────────────────────────────────────── */

bool lanes_take(struct lanes *lanes, struct exchange *x)
{
    pthread_mutex_lock(&lanes->lock);
    bool has_room = lanes->waiting < WAITING_MAX && !atomic_load(&lanes->stop);
    if (has_room) {
        x->next = NULL;
        *(lanes->last ? &lanes->last->next : &lanes->first) = x;
        lanes->last = x;
        lanes->waiting++;
        pthread_cond_signal(&lanes->come);
    }
    pthread_mutex_unlock(&lanes->lock);
    return has_room;
}

/* NULL: it is over. */
static struct exchange *next(struct lanes *lanes)
{
    pthread_mutex_lock(&lanes->lock);
    while (!lanes->first && !atomic_load(&lanes->stop))
        pthread_cond_wait(&lanes->come, &lanes->lock);
    struct exchange *x = lanes->first;
    if (x) {
        lanes->first = x->next;
        lanes->last = lanes->first ? lanes->last : NULL;
        lanes->waiting--;
    }
    pthread_mutex_unlock(&lanes->lock);
    return x;
}

/* ── a lane ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static void *lane_run(void *cls)
{
    struct lane *lane = cls;
    struct lanes *lanes = lane->lanes;
    const int64_t time = lanes->server->config->query_timeout * 1000;
    const int64_t patience = time > PATIENCE_LEAST_US ? time : PATIENCE_LEAST_US;
    for (struct exchange *x; (x = next(lanes)) != NULL;) {
        int64_t now = exchange_clock();
        bool is_late = atomic_load(&lanes->stop) || now - x->begun > patience;
        db_reader_bound(lane->reader, (struct db_bound){now + time, &lanes->stop});
        lanes->run(x, is_late ? NULL : lane->reader);
        worker_finished(x->worker, x);
        malloc_trim(0); /* what a great answer was made with: else it stays for as long as the process */
    }
    return NULL;
}

static bool lane_start(struct lanes *lanes, struct lane *lane)
{
    lane->lanes = lanes;
    if (db_reader_open(lanes->server->db, &lane->reader) != DB_OK)
        return false;
    if (pthread_create(&lane->thread, NULL, lane_run, lane) == 0)
        return true;
    db_reader_close(lane->reader);
    return false;
}

struct lanes *lanes_start(struct server *server, size_t count, lane_fn run, const char **ret_why)
{
    struct lanes *lanes = calloc(1, sizeof *lanes + count * sizeof lanes->lane[0]);
    *ret_why = "There is no memory for the slow lanes.";
    if (!lanes)
        return NULL;
    lanes->server = server;
    lanes->run = run;
    pthread_mutex_init(&lanes->lock, NULL);
    pthread_cond_init(&lanes->come, NULL);
    while (lanes->len < count && lane_start(lanes, &lanes->lane[lanes->len]))
        lanes->len++;
    *ret_why = lanes->len == count ? NULL : "There are no threads or readers left for the slow lanes.";
    if (lanes->len == count)
        return lanes;
    lanes_stop(lanes);
    lanes_free(lanes);
    return NULL;
}

void lanes_stop(struct lanes *lanes)
{
    pthread_mutex_lock(&lanes->lock);
    atomic_store(&lanes->stop, true);
    pthread_cond_broadcast(&lanes->come);
    pthread_mutex_unlock(&lanes->lock);
}

void lanes_free(struct lanes *lanes)
{
    if (!lanes)
        return;
    for (size_t i = 0; i < lanes->len; i++) {
        pthread_join(lanes->lane[i].thread, NULL);
        db_reader_close(lanes->lane[i].reader);
    }
    pthread_cond_destroy(&lanes->come);
    pthread_mutex_destroy(&lanes->lock);
    free(lanes);
}
