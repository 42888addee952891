/* SPDX-License-Identifier: GPL-3.0-or-later
 * A worker: one thread that has its own listening socket, libmicrohttpd daemon, database reader and cache, and shares with the
 * others only what is in struct server.
 */
#ifndef STUDYD_SERVER_WORKER_H
#define STUDYD_SERVER_WORKER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"
#include "handlers/rows.h"
#include "server/address.h"
#include "server/config.h"
#include "server/deadline.h"
#include "server/log.h"

struct MHD_Daemon;
struct cache;
struct exchange;
struct lanes;
struct renewal;
struct secret;
struct writer;

/* What libmicrohttpd may take for one connection: the head of a request, its own records of it, and the head of the answer. */
#define CONNECTION_MEMORY 16384
/* Commands on this machine that are served at a time. */
#define LOCAL_CONNECTIONS_MAX 32

enum server_phase {
    SERVER_RUNS,
    SERVER_DRAINS, /* no new connections; what is under way is finished */
    SERVER_STOPS,  /* at once */
};

/* Shared by all workers; constant but for the atomics. */
struct server {
    const struct config *config;
    struct log log;
    struct db *db;
    struct lanes *lanes;
    struct writer *writer;
    struct renewal *renewal;     /* NULL = none runs */
    const struct secret *secret; /* the key of tokens */
    struct address_table *addresses;
    struct address_range proxies[CONFIG_TEXTS_MAX];
    size_t proxies_len;
    struct exports exports;
    atomic_int_fast64_t connections; /* open ones of all workers */
    atomic_int phase;                /* enum server_phase */
    uint32_t run_id;                 /* random: request ids of two runs do not meet */
    int finished_fd;                 /* an eventfd: each worker adds 1 when it has ended */
};

enum wait { WAIT_HEAD, WAIT_BODY, WAIT_SEND, WAIT_COUNT };

struct worker {
    struct server *server;
    unsigned index;
    int listen_fd, epoll_fd, wake_fd;
    pthread_t thread;
    struct MHD_Daemon *daemon;
    int local_fd;                    /* the socket beside the database; −1 = another worker has it, or nobody */
    struct MHD_Daemon *local_daemon; /* on it; NULL = none */
    struct db_reader *reader;
    struct cache *cache;
    int64_t now;                            /* milliseconds, monotonic, coarse: of the turn */
    struct deadline_list waits[WAIT_COUNT]; /* every connection is on one of them, being closed, or suspended */
    size_t connections;
    struct exchange *spare; /* for reuse */
    size_t spares;
    uint64_t requests;  /* for request ids */
    uint64_t successes; /* for --log-sample */
    struct {
        int64_t since;
        unsigned lines, left_out;
    } library_log; /* of libmicrohttpd, at most so many lines a second */
    bool draining; /* the answers close their connections */
    size_t handed; /* exchanges that slow lanes or the writer have */
    pthread_mutex_t finished_lock;
    struct exchange *finished; /* by a lane or the writer; guarded by the lock */
};

/* Opens what the worker needs and starts its thread. The sockets become the worker's: listen_fd, and local_fd, the one beside the
 * database (−1 = none). false = it could not; *ret_why is a constant sentence, and nothing is left open but the sockets. */
bool worker_start(struct worker *worker, struct server *server, unsigned index, const int fds[2], const char **ret_why);
/* After a change of server->phase. Any thread. */
void worker_wake(struct worker *worker);
/* A slow lane is done with an exchange of this worker, which is the worker's again. The lane's thread. */
void worker_finished(struct worker *worker, struct exchange *exchange);
/* The same without waking the worker. Whether the caller has to, since nobody has before. The writer's thread. */
bool worker_returned(struct worker *worker, struct exchange *exchange);
/* Waits for the thread's end and closes everything. */
void worker_join(struct worker *worker);

#endif
