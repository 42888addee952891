/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/renewal.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "server/worker.h"

#define NICENESS 10 /* of 19: answers and filings go before */

struct renewal {
    struct server *server;
    pthread_t thread;
    pthread_mutex_t lock; /* guards changed */
    pthread_cond_t come;
    bool changed;
    atomic_bool stop;
};

/* ── when ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

int64_t renewal_wait(struct renewal_times *times, int64_t version, int64_t now)
{
    if (version == times->made) {
        times->seen = 0;
        return INT64_MAX;
    }
    if (times->seen == 0)
        times->stale = now;
    if (times->seen != version)
        times->at = now;
    times->seen = version;
    int64_t still = times->at + RENEWAL_STILL_MS, late = times->stale + RENEWAL_LATE_MS;
    return later(later(still < late ? still : late, times->rested) - now, 0);
}

void renewal_done(struct renewal_times *times, int64_t version, int64_t begun, int64_t ended)
{
    times->rested = ended + (version == 0 ? RENEWAL_AGAIN_MS : (ended - begun) * RENEWAL_REST);
    if (version == 0)
        return;
    times->made = version;
    times->seen = 0;
}

/* ── the thread ──────────────────────────────────────────────────────────────────────────────────────────────── */

static int64_t clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Until something has changed, it is to stop, or so much time is over. */
static void wait_for_change(struct renewal *renewal, int64_t ms)
{
    int64_t end = ms == INT64_MAX ? 0 : clock_ms() + ms;
    const struct timespec until = {.tv_sec = end / 1000, .tv_nsec = end % 1000 * 1000000};
    int over = 0;
    pthread_mutex_lock(&renewal->lock);
    while (!renewal->changed && !atomic_load(&renewal->stop) && over == 0)
        over = ms == INT64_MAX ? pthread_cond_wait(&renewal->come, &renewal->lock)
                               : pthread_cond_timedwait(&renewal->come, &renewal->lock, &until);
    renewal->changed = false;
    pthread_mutex_unlock(&renewal->lock);
}

/* The data version that was there before is at most the image's: what came in between it may hold or not. */
static void renew(struct renewal *renewal, struct renewal_times *times, int64_t version)
{
    const struct log *log = &renewal->server->log;
    bool made = false;
    int64_t begun = clock_ms();
    enum db_status status = db_image_renew(renewal->server->db, &renewal->stop, &made);
    int64_t ended = clock_ms();
    if (atomic_load(&renewal->stop))
        return;
    renewal_done(times, status == DB_OK ? version : 0, begun, ended);
    struct log_line line;
    if (status != DB_OK)
        log_say(log, LOG_LEVEL_WARN, "the image cannot be made anew", db_status_text(status));
    else if (made && log_begin(&line, log, LOG_LEVEL_DEBUG, "image")) {
        log_number(&line, "data_version", version);
        log_number(&line, "ms", ended - begun);
        log_end(&line);
    }
}

static void *renewal_run(void *cls)
{
    struct renewal *renewal = cls;
    struct db *db = renewal->server->db;
    struct renewal_times times = {.made = db_data_version(db)};
    setpriority(PRIO_PROCESS, 0, NICENESS); /* of this thread alone, in Linux; that it may fail is no harm */
    while (!atomic_load(&renewal->stop)) {
        int64_t version = db_data_version(db), wait = renewal_wait(&times, version, clock_ms());
        if (wait == 0)
            renew(renewal, &times, version);
        else
            wait_for_change(renewal, wait);
    }
    return NULL;
}

static void renewal_free(struct renewal *renewal)
{
    pthread_cond_destroy(&renewal->come);
    pthread_mutex_destroy(&renewal->lock);
    free(renewal);
}

struct renewal *renewal_start(struct server *server, const char **ret_why)
{
    struct renewal *renewal = calloc(1, sizeof *renewal);
    pthread_condattr_t attributes;
    *ret_why = "There is no memory or thread left for the image.";
    if (!renewal)
        return NULL;
    renewal->server = server;
    pthread_mutex_init(&renewal->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&renewal->come, &attributes);
    pthread_condattr_destroy(&attributes);
    if (pthread_create(&renewal->thread, NULL, renewal_run, renewal) != 0) {
        renewal_free(renewal);
        return NULL;
    }
    *ret_why = NULL;
    return renewal;
}

void renewal_changed(struct renewal *renewal)
{
    pthread_mutex_lock(&renewal->lock);
    renewal->changed = true;
    pthread_cond_signal(&renewal->come);
    pthread_mutex_unlock(&renewal->lock);
}

void renewal_stop(struct renewal *renewal)
{
    if (!renewal)
        return;
    pthread_mutex_lock(&renewal->lock);
    atomic_store(&renewal->stop, true);
    pthread_cond_signal(&renewal->come);
    pthread_mutex_unlock(&renewal->lock);
    pthread_join(renewal->thread, NULL);
    renewal_free(renewal);
}
