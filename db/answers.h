/* SPDX-License-Identifier: GPL-3.0-or-later
 * stats_store.c: what was computed, for all readers. Part of db/internal.h, which includes it.
 */
#ifndef STUDYD_DB_ANSWERS_H
#define STUDYD_DB_ANSWERS_H

#include <pthread.h>

#include "base/arena.h"
#include "db/db.h"

struct sql;

struct stats_answer {
    struct stats_answer *next;          /* of the same bucket */
    struct stats_answer *older, *newer; /* by last use */
    char *key;
    size_t key_len;
    uint64_t hash;
    int uses;       /* by those who compute, wait for or read it */
    bool is_stored; /* others find it; else the last user frees it */
    enum stats_answer_state { ANSWER_COMING, ANSWER_HERE, ANSWER_FAILED } state;
    struct arena arena;
    const void *found; /* in arena; does not change any more once it is HERE */
};
#define STATS_BUCKETS 1024
struct stats_store {
    pthread_mutex_t lock;
    pthread_cond_t arrived;
    struct stats_answer *buckets[STATS_BUCKETS], *oldest, *newest;
    int64_t data_version; /* of all that is stored */
    size_t bytes, max;
    _Atomic int64_t computed;
};
bool stats_store_begin(struct stats_store *store); /* false = no memory */
void stats_store_end(struct stats_store *store);
/* The answer to a question about one data version, when another thread has it or is about to. Else *ret_is_mine: the caller computes it
 * into the answer's arena and hands it over. NULL = no memory, or it took too long: the caller asks for itself. Each answer is let go of in
 * the end. */
/* Waits for another thread's no longer than bound admits. */
struct stats_answer *stats_store_take(struct stats_store *store, int64_t data_version, const char *key, size_t key_len,
                                      const struct db_bound *bound, bool *ret_is_mine);
void stats_store_hand_over(struct stats_store *store, struct stats_answer *answer, bool is_computed);
void stats_store_let_go(struct stats_store *store, struct stats_answer *answer);

/* A question whose answer is the same for all who see one data version. */
struct shared_question {
    const struct sql *key; /* tells it from every other; it is not run */
    const void *asked;     /* for find_out, which makes what it finds in arena */
    enum db_status (*find_out)(struct db_reader *reader, struct arena *arena, const void *asked, const void **ret_found);
};
/* use is called once with what was found, unless finding it out failed. Inside of reader_enter. */
enum db_status answer_shared(struct db_reader *reader, const struct shared_question *question, void (*use)(void *cls, const void *found),
                             void *cls);

#endif
