/* SPDX-License-Identifier: GPL-3.0-or-later
 * What was computed, for all readers: a table of answers to questions about one data version, the newest that anybody has asked about.
 * Who asks first computes; who asks the same meanwhile waits. The lock is never held while anything is computed or read.
 */
#include "db/internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STATS_KEPT_MAX ((size_t)16 * 1024 * 1024)

bool stats_store_begin(struct stats_store *store)
{
    store->max = STATS_KEPT_MAX;
    store->data_version = -1;
    if (pthread_mutex_init(&store->lock, NULL) != 0)
        return false;
    pthread_condattr_t clock; /* of struct db_bound */
    bool is_made = pthread_condattr_init(&clock) == 0;
    if (is_made) {
        is_made = pthread_condattr_setclock(&clock, CLOCK_MONOTONIC) == 0 && pthread_cond_init(&store->arrived, &clock) == 0;
        pthread_condattr_destroy(&clock);
    }
    if (is_made)
        return true;
    pthread_mutex_destroy(&store->lock);
    return false;
}

static void answer_free(struct stats_answer *answer)
{
    arena_free(&answer->arena);
    free(answer->key);
    free(answer);
}

static size_t size_of(const struct stats_answer *answer)
{
    return sizeof *answer + answer->key_len + answer->arena.taken;
}

/* ── the table; the lock is held ────────────────────────────────────────────────────────────────────────────── */

static uint64_t hash_of(const char *key, size_t len) /* FNV-1a */
{
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)key[i]) * 1099511628211u;
    return hash ^ hash >> 32;
}

static struct stats_answer **bucket_of(struct stats_store *store, uint64_t hash)
{
    return &store->buckets[hash % STATS_BUCKETS];
}

static void unchain(struct stats_store *store, struct stats_answer *answer)
{
    *(answer->older != NULL ? &answer->older->newer : &store->oldest) = answer->newer;
    *(answer->newer != NULL ? &answer->newer->older : &store->newest) = answer->older;
}

static void chain(struct stats_store *store, struct stats_answer *answer)
{
    answer->older = store->newest;
    answer->newer = NULL;
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): whoever is freed has left the table before */
    *(store->newest != NULL ? &store->newest->newer : &store->oldest) = answer;
    store->newest = answer;
}

static void take_out(struct stats_store *store, struct stats_answer *answer)
{
    struct stats_answer **at = bucket_of(store, answer->hash);
    while (*at != answer)
        at = &(*at)->next;
    *at = answer->next;
    unchain(store, answer);
    answer->is_stored = false;
    if (answer->state == ANSWER_HERE)
        store->bytes -= size_of(answer);
    if (answer->uses == 0)
        answer_free(answer);
}

static void put_in(struct stats_store *store, struct stats_answer *answer)
{
    struct stats_answer **bucket = bucket_of(store, answer->hash);
    answer->next = *bucket;
    *bucket = answer;
    chain(store, answer);
    answer->is_stored = true;
}

/* Those nobody uses go, the longest unused first, until the rest fits. */
static void make_room(struct stats_store *store)
{
    struct stats_answer *next;
    for (struct stats_answer *answer = store->oldest; answer != NULL && store->bytes > store->max; answer = next) {
        next = answer->newer;
        if (answer->uses == 0)
            take_out(store, answer);
    }
}

static void forget_older(struct stats_store *store, int64_t data_version)
{
    struct stats_answer *next;
    for (struct stats_answer *answer = store->oldest; answer != NULL; answer = next) {
        next = answer->newer;
        take_out(store, answer);
    }
    store->data_version = data_version;
}

static struct stats_answer *find(struct stats_store *store, uint64_t hash, const char *key, size_t key_len)
{
    struct stats_answer *answer = *bucket_of(store, hash);
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the same */
    while (answer != NULL && (answer->hash != hash || answer->key_len != key_len || memcmp(answer->key, key, key_len) != 0))
        answer = answer->next;
    return answer;
}

static struct stats_answer *answer_new(uint64_t hash, const char *key, size_t key_len)
{
    struct stats_answer *answer = calloc(1, sizeof *answer);
    char *copy = malloc(key_len);
    if (answer == NULL || copy == NULL) {
        free(answer);
        free(copy);
        return NULL;
    }
    memcpy(copy, key, key_len);
    answer->key = copy;
    answer->key_len = key_len;
    answer->hash = hash;
    answer->uses = 1;
    return answer;
}

static void let_go(struct stats_store *store, struct stats_answer *answer)
{
    if (--answer->uses > 0)
        return;
    if (!answer->is_stored)
        answer_free(answer);
    else
        make_room(store);
}

/* ── taking and giving ──────────────────────────────────────────────────────────────────────────────────────── */

/* Whether it arrived, one way or the other, before the bound passed. */
static bool await(struct stats_store *store, const struct stats_answer *answer, const struct db_bound *bound)
{
    const struct timespec until = {.tv_sec = bound->until / 1000000, .tv_nsec = bound->until % 1000000 * 1000};
    while (answer->state == ANSWER_COMING && !bound_is_passed(bound)) {
        if (bound->until == 0)
            pthread_cond_wait(&store->arrived, &store->lock);
        else
            pthread_cond_timedwait(&store->arrived, &store->lock, &until);
    }
    return answer->state != ANSWER_COMING;
}

/* NULL: there is no memory, or no time; the caller computes for itself. */
static struct stats_answer *take(struct stats_store *store, int64_t data_version, const char *key, size_t key_len,
                                 const struct db_bound *bound, bool *ret_is_mine)
{
    uint64_t hash = hash_of(key, key_len);
    if (data_version < store->data_version)
        return NULL;
    if (data_version > store->data_version)
        forget_older(store, data_version);
    struct stats_answer *answer = find(store, hash, key, key_len);
    if (answer == NULL) {
        answer = answer_new(hash, key, key_len);
        *ret_is_mine = answer != NULL;
        if (answer != NULL)
            put_in(store, answer);
        return answer;
    }
    answer->uses++;
    unchain(store, answer);
    chain(store, answer);
    bool has_arrived = await(store, answer, bound);
    if (answer->state == ANSWER_HERE)
        return answer;
    let_go(store, answer);
    /* Who computed it gave up: one of those who waited goes on, and the others wait for that one. */
    return has_arrived && data_version == store->data_version ? take(store, data_version, key, key_len, bound, ret_is_mine) : NULL;
}

struct stats_answer *stats_store_take(struct stats_store *store, int64_t data_version, const char *key, size_t key_len,
                                      const struct db_bound *bound, bool *ret_is_mine)
{
    *ret_is_mine = false;
    pthread_mutex_lock(&store->lock);
    struct stats_answer *answer = take(store, data_version, key, key_len, bound, ret_is_mine);
    pthread_mutex_unlock(&store->lock);
    return answer;
}

void stats_store_hand_over(struct stats_store *store, struct stats_answer *answer, bool is_computed)
{
    pthread_mutex_lock(&store->lock);
    assert(answer->state == ANSWER_COMING && answer->uses > 0);
    if (!is_computed && answer->is_stored)
        take_out(store, answer);
    answer->state = is_computed ? ANSWER_HERE : ANSWER_FAILED;
    if (answer->is_stored)
        store->bytes += size_of(answer);
    make_room(store);
    pthread_cond_broadcast(&store->arrived);
    pthread_mutex_unlock(&store->lock);
}

void stats_store_let_go(struct stats_store *store, struct stats_answer *answer)
{
    pthread_mutex_lock(&store->lock);
    let_go(store, answer);
    pthread_mutex_unlock(&store->lock);
}

/* ── asking ─────────────────────────────────────────────────────────────────────────────────────────────────── */

typedef void (*use_fn)(void *cls, const void *found);

static enum db_status answer_alone(struct db_reader *reader, const struct shared_question *question, use_fn use, void *cls)
{
    struct arena arena CLEANUP(arena_free) = {0};
    const void *found = NULL;
    enum db_status status = question->find_out(reader, &arena, question->asked, &found);
    if (status == DB_OK)
        use(cls, found);
    return status;
}

/* The writer's own reader, and in memory any, may see what is not committed: it has no version yet. */
static bool is_settled(const struct db_reader *reader)
{
    return !reader->is_writers && (reader->db->path != NULL || !reader->db->is_writing);
}

enum db_status answer_shared(struct db_reader *reader, const struct shared_question *question, use_fn use, void *cls)
{
    struct stats_store *store = &reader->db->answers;
    int64_t version = -1;
    size_t key_len = 0;
    bool is_mine = false;
    if (!is_settled(reader))
        return answer_alone(reader, question, use, cls);
    enum db_status status = reader_version(reader, &version);
    const char *key = sql_key(question->key, &key_len);
    if (status != DB_OK || key == NULL)
        return status != DB_OK ? status : DB_NO_MEMORY;
    struct stats_answer *answer = stats_store_take(store, version, key, key_len, &reader->bound, &is_mine);
    if (answer == NULL)
        return answer_alone(reader, question, use, cls);
    if (is_mine) {
        status = question->find_out(reader, &answer->arena, question->asked, &answer->found);
        stats_store_hand_over(store, answer, status == DB_OK);
    }
    if (status == DB_OK)
        use(cls, answer->found);
    stats_store_let_go(store, answer);
    return status;
}

void stats_store_end(struct stats_store *store)
{
    forget_older(store, -1);
    assert(store->bytes == 0);
    pthread_cond_destroy(&store->arrived);
    pthread_mutex_destroy(&store->lock);
}
