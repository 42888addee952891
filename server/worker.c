/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/worker.h"

#include <microhttpd.h>
#include <poll.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "server/answer.h"
#include "server/cache.h"
#include "server/http.h"
#include "server/lanes.h"

#define LIBRARY_LINES_PER_SECOND 10
/* libmicrohttpd accepts at most 11 connections a turn; so many turns empty a full queue of 4096. */
#define ACCEPT_TURNS  400
#define DRAIN_TURN_MS 50

/* ── what the library says ───────────────────────────────────────────────────────────────────────────────────── */

/* A flood of bad requests must not become a flood of lines. */
static bool library_may_speak(struct worker *worker)
{
    if (worker->now - worker->library_log.since >= 1000) {
        worker->library_log.since = worker->now;
        worker->library_log.lines = 0;
    }
    if (worker->library_log.lines++ < LIBRARY_LINES_PER_SECOND)
        return true;
    worker->library_log.left_out++;
    return false;
}

__attribute__((format(printf, 2, 0))) static void library_speaks(void *cls, const char *format, va_list arguments)
{
    struct worker *worker = cls;
    struct log_line line;
    char text[512];
    /* It tells of every client that leaves or errs, so nothing here is urgent. */
    if (!library_may_speak(worker) || !log_begin(&line, &worker->server->log, LOG_LEVEL_DEBUG, "libmicrohttpd"))
        return;
    int len = vsnprintf(text, sizeof text, format, arguments);
    while (len > 0 && (size_t)len < sizeof text && text[len - 1] == '\n')
        text[--len] = '\0';
    log_text(&line, "detail", text);
    if (worker->library_log.left_out > 0)
        log_number(&line, "left_out", worker->library_log.left_out);
    worker->library_log.left_out = 0;
    log_end(&line);
}

/* It does not know how to go on, so neither do we: the supervisor starts a fresh process. */
__attribute__((noreturn)) static void library_panics(void *cls, const char *file, unsigned line, const char *reason)
{
    struct log_line entry;
    if (log_begin(&entry, cls, LOG_LEVEL_ERROR, "libmicrohttpd gave up")) {
        log_text(&entry, "file", file);
        log_number(&entry, "line", line);
        log_text(&entry, "detail", reason);
        log_end(&entry);
    }
    abort();
}

/* ── one turn ────────────────────────────────────────────────────────────────────────────────────────────────── */

static int64_t coarse_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* libmicrohttpd never sees a client that leaves in the middle of a request, so this is what ends it: the socket's own end. */
static void reap(struct worker *worker)
{
    for (size_t i = 0; i < WAIT_COUNT; i++) {
        struct deadline *due;
        while ((due = deadline_take(&worker->waits[i], worker->now)) != NULL)
            shutdown(((struct connection *)due)->fd, SHUT_RDWR);
    }
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int patience(struct worker *worker, int64_t most)
{
    MHD_UNSIGNED_LONG_LONG ms;
    struct MHD_Daemon *const daemons[] = {worker->daemon, worker->local_daemon};
    for (size_t i = 0; i < 2; i++) {
        if (daemons[i] && MHD_get_timeout(daemons[i], &ms) == MHD_YES)
            most = least(most, ms > INT32_MAX ? INT32_MAX : (int64_t)ms);
    }
    for (size_t i = 0; i < WAIT_COUNT; i++)
        most = least(most, deadline_wait(&worker->waits[i], worker->now));
    return most > INT32_MAX ? -1 : (int)most;
}

bool worker_returned(struct worker *worker, struct exchange *x)
{
    pthread_mutex_lock(&worker->finished_lock);
    bool first = !worker->finished;
    x->next = worker->finished;
    worker->finished = x;
    pthread_mutex_unlock(&worker->finished_lock);
    return first;
}

void worker_finished(struct worker *worker, struct exchange *x)
{
    if (worker_returned(worker, x))
        worker_wake(worker);
}

/* The library calls the handler of each again, in the MHD_run that follows. */
static void resume_finished(struct worker *worker)
{
    pthread_mutex_lock(&worker->finished_lock);
    struct exchange *x = worker->finished, *next;
    worker->finished = NULL;
    pthread_mutex_unlock(&worker->finished_lock);
    for (; x; x = next) {
        next = x->next;
        x->waits = false;
        worker->handed--;
        MHD_resume_connection(x->mhd);
    }
}

static void run(struct worker *worker)
{
    MHD_run(worker->daemon);
    if (worker->local_daemon)
        MHD_run(worker->local_daemon);
}

/* Sleeps until something happens, at most so long, and lets the library work. Its own epolls are descriptors in ours. */
static void turn(struct worker *worker, int64_t most)
{
    struct epoll_event events[3];
    uint64_t woken;
    reap(worker);
    int count = epoll_wait(worker->epoll_fd, events, 3, patience(worker, most));
    worker->now = coarse_now();
    for (int i = 0; i < count; i++) {
        if (events[i].data.fd == worker->wake_fd && read(worker->wake_fd, &woken, sizeof woken) < 0)
            continue; /* taken before */
    }
    if (worker->handed > 0)
        resume_finished(worker);
    run(worker);
}

/* ── the end ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum server_phase phase_of(const struct worker *worker)
{
    return (enum server_phase)atomic_load(&worker->server->phase);
}

/* No connection that the kernel has accepted for us may be lost: first take them all in, then end the listening. */
static void leave_listening(struct MHD_Daemon *daemon, int listen_fd)
{
    struct pollfd queue = {.fd = listen_fd, .events = POLLIN};
    for (int i = 0; i < ACCEPT_TURNS && poll(&queue, 1, 0) > 0; i++)
        MHD_run(daemon);
    int fd = MHD_quiesce_daemon(daemon);
    if (fd != MHD_INVALID_SOCKET)
        shutdown(fd, SHUT_RDWR);
}

/* Connections without a request under way, and none waiting to be read. */
static void close_resting(struct worker *worker)
{
    struct deadline *next;
    for (struct deadline *at = worker->waits[WAIT_HEAD].first; at; at = next) {
        struct connection *connection = (struct connection *)at;
        int unread = 0;
        next = at->next;
        if (connection->exchange || ioctl(connection->fd, FIONREAD, &unread) != 0 || unread > 0)
            continue;
        deadline_clear(at);
        shutdown(connection->fd, SHUT_RDWR);
    }
}

static void drain(struct worker *worker)
{
    const struct config *config = worker->server->config;
    int64_t begun = worker->now;
    worker->draining = true;
    leave_listening(worker->daemon, worker->listen_fd);
    if (worker->local_daemon)
        leave_listening(worker->local_daemon, worker->local_fd);
    while (worker->connections > 0 && phase_of(worker) != SERVER_STOPS && worker->now - begun < config->drain_timeout) {
        if (worker->now - begun >= config->drain_grace)
            close_resting(worker);
        turn(worker, DRAIN_TURN_MS);
    }
}

static void stop(struct worker *worker)
{
    /* The library ends the process when it is stopped with a connection suspended. */
    if (worker->handed > 0)
        lanes_stop(worker->server->lanes);
    while (worker->handed > 0)
        turn(worker, DRAIN_TURN_MS);
    if (worker->local_daemon)
        MHD_stop_daemon(worker->local_daemon);
    if (worker->daemon)
        MHD_stop_daemon(worker->daemon);
    exchange_spares_free(worker);
    cache_free(worker->cache);
    if (worker->reader)
        db_reader_close(worker->reader);
}

/* ── the thread ──────────────────────────────────────────────────────────────────────────────────────────────── */

/* Handed to the thread, which answers once. */
struct start {
    struct worker *worker;
    sem_t answered;
    const char *why; /* NULL = it runs */
};

static struct MHD_Daemon *daemon_start(struct worker *worker, int listen_fd, int64_t connections, MHD_AcceptPolicyCallback admit,
                                       MHD_NotifyConnectionCallback notify)
{
    return MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_ERROR_LOG | MHD_ALLOW_SUSPEND_RESUME, 0, admit, worker, http_call, worker,
                            MHD_OPTION_EXTERNAL_LOGGER, library_speaks, worker, /* first: the others may speak */
                            MHD_OPTION_LISTEN_SOCKET, listen_fd, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
                            MHD_OPTION_CONNECTION_LIMIT, (unsigned)connections, MHD_OPTION_STRICT_FOR_CLIENT, 1,
                            MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_URI_LOG_CALLBACK, http_begin, worker,
                            MHD_OPTION_UNESCAPE_CALLBACK, http_unescape, NULL, MHD_OPTION_NOTIFY_CONNECTION, notify, worker,
                            MHD_OPTION_NOTIFY_COMPLETED, http_end, worker, MHD_OPTION_END);
}

static bool watch(struct worker *worker, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    return epoll_ctl(worker->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool watch_daemon(struct worker *worker, struct MHD_Daemon *daemon)
{
    return watch(worker, MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd);
}

static bool open_local(struct worker *worker)
{
    if (worker->local_fd < 0)
        return true;
    worker->local_daemon = daemon_start(worker, worker->local_fd, LOCAL_CONNECTIONS_MAX, http_admit_local, http_connection_local);
    return worker->local_daemon && watch_daemon(worker, worker->local_daemon);
}

static const char *open_all(struct worker *worker)
{
    const struct config *config = worker->server->config;
    if (db_reader_open(worker->server->db, &worker->reader) != DB_OK)
        return "The database cannot be opened for reading.";
    worker->cache = answer_cache_new((size_t)config->cache_bytes);
    worker->daemon = daemon_start(worker, worker->listen_fd, config->max_connections, http_admit, http_connection);
    if (!worker->cache || !worker->daemon)
        return "There is no memory for a worker.";
    bool waits = watch_daemon(worker, worker->daemon) && watch(worker, worker->wake_fd) && open_local(worker);
    return waits ? NULL : "A worker cannot wait for its sockets.";
}

static void *worker_run(void *cls)
{
    struct start *start = cls;
    struct worker *worker = start->worker;
    uint64_t one = 1;
    worker->now = coarse_now();
    const char *why = open_all(worker);
    start->why = why;
    sem_post(&start->answered); /* start is gone from here on */
    while (!why && phase_of(worker) == SERVER_RUNS)
        turn(worker, INT64_MAX);
    if (!why && phase_of(worker) == SERVER_DRAINS)
        drain(worker);
    stop(worker);
    if (write(worker->server->finished_fd, &one, sizeof one) != (ssize_t)sizeof one)
        log_say(&worker->server->log, LOG_LEVEL_ERROR, "a worker's end could not be told", NULL);
    return NULL;
}

static void close_fds(struct worker *worker)
{
    close(worker->epoll_fd);
    close(worker->wake_fd);
    pthread_mutex_destroy(&worker->finished_lock);
}

bool worker_start(struct worker *worker, struct server *server, unsigned index, const int fds[2], const char **ret_why)
{
    const struct config *config = server->config;
    *worker = (struct worker){.server = server, .index = index, .listen_fd = fds[0], .local_fd = fds[1]};
    worker->waits[WAIT_HEAD].length = config->header_timeout;
    worker->waits[WAIT_BODY].length = config->body_timeout;
    worker->waits[WAIT_SEND].length = config->send_timeout;
    worker->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    worker->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&worker->finished_lock, NULL);
    MHD_set_panic_func(library_panics, &server->log);
    struct start start = {.worker = worker};
    sem_init(&start.answered, 0, 0);
    *ret_why = "There are no descriptors or threads left for a worker.";
    bool runs = worker->epoll_fd >= 0 && worker->wake_fd >= 0 && pthread_create(&worker->thread, NULL, worker_run, &start) == 0;
    if (runs) {
        while (sem_wait(&start.answered) != 0)
            continue; /* interrupted */
        *ret_why = start.why;
        if (start.why)
            pthread_join(worker->thread, NULL);
    }
    sem_destroy(&start.answered);
    if (!*ret_why)
        return true;
    close_fds(worker);
    return false;
}

void worker_wake(struct worker *worker)
{
    uint64_t one = 1;
    if (write(worker->wake_fd, &one, sizeof one) != (ssize_t)sizeof one)
        log_say(&worker->server->log, LOG_LEVEL_WARN, "a worker could not be woken", NULL);
}

void worker_join(struct worker *worker)
{
    pthread_join(worker->thread, NULL);
    close_fds(worker);
    close(worker->listen_fd);
    if (worker->local_fd >= 0)
        close(worker->local_fd);
}
