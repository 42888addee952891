/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "db/ahead.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>

/* The other thread is woken for so many at a time: to wake it for each would cost more than most of the work. */
#define WAKE_FOR 16

struct ahead {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t come, done_one; /* items to work on; an item that somebody waits for */
    size_t len, size;
    uint64_t put, done, taken; /* items so far; taken ≤ done ≤ put ≤ taken + len */
    bool ends, waits;          /* waits: for the next item, whatever WAKE_FOR says */
    void (*work)(void *cls, void *item);
    void *cls;
    char *items;
};

static void *item_at(const struct ahead *ahead, uint64_t number)
{
    return ahead->items + number % ahead->len * ahead->size;
}

/* false: there is none any more. */
static bool wait_for_work(struct ahead *ahead, uint64_t *ret_number)
{
    pthread_mutex_lock(&ahead->lock);
    while (ahead->done == ahead->put && !ahead->ends)
        pthread_cond_wait(&ahead->come, &ahead->lock);
    bool has_work = ahead->done < ahead->put;
    *ret_number = ahead->done;
    pthread_mutex_unlock(&ahead->lock);
    return has_work;
}

static void *run(void *cls)
{
    struct ahead *ahead = cls;
    uint64_t number;
    while (wait_for_work(ahead, &number)) {
        ahead->work(ahead->cls, item_at(ahead, number));
        pthread_mutex_lock(&ahead->lock);
        ahead->done++;
        if (ahead->waits)
            pthread_cond_signal(&ahead->done_one);
        pthread_mutex_unlock(&ahead->lock);
    }
    return NULL;
}

/* Signals are for the threads that the program made. */
static bool start(struct ahead *ahead)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool is_started = pthread_create(&ahead->thread, NULL, run, ahead) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return is_started;
}

static void destroy(struct ahead *ahead)
{
    pthread_mutex_destroy(&ahead->lock);
    pthread_cond_destroy(&ahead->come);
    pthread_cond_destroy(&ahead->done_one);
    free(ahead->items);
    free(ahead);
}

struct ahead *ahead_begin(size_t len, size_t size, void (*work)(void *cls, void *item), void *cls)
{
    struct ahead *ahead = calloc(1, sizeof *ahead);
    if (ahead == NULL)
        return NULL;
    *ahead = (struct ahead){.len = len, .size = size, .work = work, .cls = cls, .items = calloc(len, size)};
    pthread_mutex_init(&ahead->lock, NULL); /* with no attributes none of these fails */
    pthread_cond_init(&ahead->come, NULL);
    pthread_cond_init(&ahead->done_one, NULL);
    if (ahead->items != NULL && start(ahead))
        return ahead;
    destroy(ahead);
    return NULL;
}

void *ahead_free_item(struct ahead *ahead)
{
    pthread_mutex_lock(&ahead->lock);
    bool is_full = ahead->put - ahead->taken >= ahead->len;
    pthread_mutex_unlock(&ahead->lock);
    return is_full ? NULL : item_at(ahead, ahead->put);
}

void ahead_put(struct ahead *ahead)
{
    pthread_mutex_lock(&ahead->lock);
    ahead->put++;
    if (ahead->put - ahead->done >= WAKE_FOR)
        pthread_cond_signal(&ahead->come);
    pthread_mutex_unlock(&ahead->lock);
}

void *ahead_take(struct ahead *ahead)
{
    pthread_mutex_lock(&ahead->lock);
    bool has_item = ahead->taken < ahead->put;
    ahead->waits = has_item;
    if (has_item && ahead->done == ahead->taken)
        pthread_cond_signal(&ahead->come);
    while (has_item && ahead->done == ahead->taken)
        pthread_cond_wait(&ahead->done_one, &ahead->lock);
    ahead->waits = false;
    void *item = has_item ? item_at(ahead, ahead->taken++) : NULL;
    pthread_mutex_unlock(&ahead->lock);
    return item;
}

void ahead_end(struct ahead *ahead, void (*then)(void *item))
{
    if (ahead == NULL)
        return;
    pthread_mutex_lock(&ahead->lock);
    ahead->ends = true;
    pthread_cond_signal(&ahead->come);
    pthread_mutex_unlock(&ahead->lock);
    pthread_join(ahead->thread, NULL);
    for (size_t i = 0; i < ahead->len && then != NULL; i++)
        then(ahead->items + i * ahead->size);
    destroy(ahead);
}
