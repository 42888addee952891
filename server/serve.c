/* SPDX-License-Identifier: GPL-3.0-or-later
 * studyd serve: configuration → database → sockets → workers → wait for a signal → drain.
 */
#include <errno.h>
#include <jansson.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "handlers/study_json.h"
#include "server/command.h"
#include "server/answer.h"
#include "server/lanes.h"
#include "server/listen.h"
#include "server/local.h"
#include "server/renewal.h"
#include "server/route.h"
#include "server/secret.h"
#include "server/worker.h"
#include "server/writer.h"

#define WORKERS_MAX 64
/* Descriptors beside the connections: for the process, each worker, and each whole result being sent. */
#define FDS_OF_PROCESS      (32 + LOCAL_CONNECTIONS_MAX)
#define FDS_OF_WORKER       12
#define FDS_OF_LANE         4
#define FDS_OF_EXPORT       4
#define CONNECTIONS_DEFAULT 4096
/* Addresses remembered beyond those that hold connections. */
#define ADDRESSES_MORE 4096

struct service {
    struct server server;
    size_t workers_len; /* of those that run */
    struct worker workers[WORKERS_MAX];
    int signal_fd;
    int local_fd; /* the socket beside the database, until a worker has it; −1 = none */
};

/* what: "" where why tells it already. */
static int refused(const char *what, const char *why)
{
    fprintf(stderr, "studyd serve: %s%s%s\n", what, *what ? ": " : "", why);
    return 1;
}

/* ── before anything is opened ───────────────────────────────────────────────────────────────────────────────── */

static size_t workers_wanted(const struct config *config)
{
    if (config->workers > 0)
        return (size_t)config->workers;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 1 ? 1 : cores > WORKERS_MAX ? WORKERS_MAX : (size_t)cores;
}

/* Without a descriptor for each connection libmicrohttpd would spin in accept(): so the limit on open files is raised to what is
 * wanted, or, where nobody said what, as many connections are taken as it admits. */
static bool connections_settle(struct config *config, size_t workers)
{
    const rlim_t rest = FDS_OF_PROCESS + (rlim_t)workers * FDS_OF_WORKER + (rlim_t)config->slow_lanes * FDS_OF_LANE +
                        (rlim_t)config->max_exports * FDS_OF_EXPORT;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return false;
    rlim_t room = limit.rlim_max > rest ? limit.rlim_max - rest : 0;
    if (config->max_connections == 0)
        config->max_connections = (int64_t)(room < CONNECTIONS_DEFAULT ? room : CONNECTIONS_DEFAULT);
    if (config->max_connections == 0 || (rlim_t)config->max_connections > room) {
        fprintf(stderr, "studyd serve: --max-connections %lld needs %llu open files, the limit is %llu (ulimit -n)\n",
                (long long)config->max_connections, (unsigned long long)config->max_connections + rest, (unsigned long long)limit.rlim_max);
        return false;
    }
    rlim_t needed = (rlim_t)config->max_connections + rest;
    if (limit.rlim_cur >= needed)
        return true;
    limit.rlim_cur = needed;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

static bool proxies_read(const struct config *config, struct server *server)
{
    const struct config_texts *texts = &config->trusted_proxies;
    for (size_t i = 0; i < texts->len; i++) {
        if (!address_range_read(texts->text[i], texts->len_of[i], &server->proxies[server->proxies_len++]))
            return false;
    }
    return true;
}

static bool base_url_is_valid(const char *url)
{
    size_t len = strlen(url);
    if (len == 0)
        return true;
    bool scheme = strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0;
    for (size_t i = 0; i < len; i++)
        scheme = scheme && url[i] > 0x20 && url[i] < 0x7f && !strchr("\"<>\\^`{|}?#", url[i]);
    const char *host = strstr(url, "://");
    return scheme && host[3] != '\0' && !strchr(host + 3, '/');
}

/* SIGTERM and SIGINT are read from a descriptor, by the main thread only: blocked before any thread is made. */
static int signals_catch(void)
{
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_IGN); /* there is nothing to read anew */
    if (pthread_sigmask(SIG_BLOCK, &ends, NULL) != 0)
        return -1;
    return signalfd(-1, &ends, SFD_CLOEXEC);
}

/* ── up ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool server_init(struct server *server, const struct config *config)
{
    const struct address_limits limits = {config->max_connections_per_address, config->max_requests_per_second};
    server->config = config;
    server->log = (struct log){STDERR_FILENO, (enum log_level)config->log_level};
    server->exports = (struct exports){.rows_max = config->max_rows, .most = (int)config->max_exports};
    server->addresses = address_table_new(&limits, (size_t)config->max_connections + ADDRESSES_MORE);
    server->finished_fd = eventfd(0, EFD_CLOEXEC);
    if (getrandom(&server->run_id, sizeof server->run_id, 0) != (ssize_t)sizeof server->run_id)
        server->run_id = (uint32_t)getpid();
    return server->addresses && server->finished_fd >= 0;
}

static void phase_set(struct service *service, enum server_phase phase)
{
    atomic_store(&service->server.phase, (int)phase);
    for (size_t i = 0; i < service->workers_len; i++)
        worker_wake(&service->workers[i]);
}

static void workers_join(struct service *service)
{
    while (service->workers_len > 0)
        worker_join(&service->workers[--service->workers_len]);
}

/* When no worker runs any more: so nothing waits for an answer. */
static void threads_end(struct server *server)
{
    writer_stop(server->writer);
    renewal_stop(server->renewal);
    if (server->lanes)
        lanes_stop(server->lanes);
    lanes_free(server->lanes);
}

static const char *workers_start(struct service *service, const int *fds, size_t count)
{
    const char *why = NULL;
    struct server *server = &service->server;
    server->lanes = lanes_start(server, (size_t)server->config->slow_lanes, answer_in_lane, &why);
    if (!why)
        server->writer = writer_start(server, &why);
    if (!why)
        server->renewal = renewal_start(server, &why);
    for (size_t i = 0; i < count; i++) {
        const int sockets[] = {fds[i], i == 0 ? service->local_fd : -1};
        if (!why && worker_start(&service->workers[i], server, (unsigned)i, sockets, &why))
            service->workers_len++;
        else
            close(fds[i]);
    }
    if (service->workers_len > 0)
        service->local_fd = -1; /* the first one's */
    if (why) {
        phase_set(service, SERVER_STOPS);
        workers_join(service);
    }
    return why;
}

/* ── until the end ───────────────────────────────────────────────────────────────────────────────────────────── */

static void signal_take(struct service *service)
{
    struct signalfd_siginfo info;
    if (read(service->signal_fd, &info, sizeof info) != (ssize_t)sizeof info)
        return;
    bool first = atomic_load(&service->server.phase) == SERVER_RUNS;
    log_say(&service->server.log, LOG_LEVEL_INFO, first ? "draining" : "stopping at once", info.ssi_signo == SIGINT ? "SIGINT" : "SIGTERM");
    phase_set(service, first ? SERVER_DRAINS : SERVER_STOPS);
}

static void wait_for_end(struct service *service)
{
    struct pollfd fds[] = {{.fd = service->signal_fd, .events = POLLIN}, {.fd = service->server.finished_fd, .events = POLLIN}};
    for (uint64_t ended = 0, more; ended < service->workers_len;) {
        if (poll(fds, 2, -1) < 0)
            continue; /* EINTR */
        if (fds[0].revents)
            signal_take(service);
        if (fds[1].revents && read(service->server.finished_fd, &more, sizeof more) == (ssize_t)sizeof more)
            ended += more;
    }
}

static int serve_on(struct service *service, struct endpoint *endpoint, size_t count)
{
    int fds[WORKERS_MAX];
    char url[ENDPOINT_URL_SIZE];
    if (!endpoint_listen(endpoint, count, fds))
        return refused(service->server.config->listen, strerror(errno));
    const char *why = workers_start(service, fds, count);
    if (why)
        return refused("cannot start", why);
    endpoint_url(endpoint, url);
    printf("listening on %s\n", url);
    fflush(stdout);
    log_say(&service->server.log, LOG_LEVEL_INFO, "listening", url);
    wait_for_end(service);
    workers_join(service);
    log_say(&service->server.log, LOG_LEVEL_INFO, "ended", NULL);
    return 0;
}

static void storage_says(void *cls, const char *line)
{
    log_say(cls, LOG_LEVEL_ERROR, "storage", line);
}

/* A daemon without its socket serves as well; commands that write then have to wait until it has ended. */
static void local_open(struct service *service)
{
    const char *why = NULL;
    service->local_fd = local_listen(service->server.config->db, &why);
    if (service->local_fd < 0)
        log_say(&service->server.log, LOG_LEVEL_WARN, "there is no socket for commands on this machine", why);
}

static bool any_token(void *cls, const struct db_token *token)
{
    (void)token;
    *(bool *)cls = true;
    return false;
}

/* A key that was left behind when the register came here. */
static void warn_of_new_key(struct server *server)
{
    struct db_reader *reader = NULL;
    bool any = false;
    if (secret_was_made(server->secret) && db_reader_open(server->db, &reader) == DB_OK)
        db_tokens(reader, any_token, &any);
    db_reader_close(reader);
    if (any)
        log_say(&server->log, LOG_LEVEL_WARN, "the key of the tokens was not there and is made anew",
                "No token that was made before is valid; see Restore in docs/operations.md.");
}

/* The register is open. */
static int serve_register(struct service *service, struct endpoint *endpoint, size_t count)
{
    struct server *server = &service->server;
    const char *db = server->config->db;
    char *why = NULL;
    struct secret *secret = secret_open(db, &why);
    if (!secret) {
        int status = refused(why ? "" : db, why ? why : "The key of tokens cannot be read.");
        free(why);
        return status;
    }
    server->secret = secret;
    warn_of_new_key(server);
    local_open(service);
    int status = serve_on(service, endpoint, count);
    threads_end(server);
    if (service->local_fd >= 0)
        close(service->local_fd);
    local_remove(db);
    secret_close(secret);
    return status;
}

static int serve_from(struct service *service, struct endpoint *endpoint, size_t count)
{
    const struct config *config = service->server.config;
    const struct db_options options = {.path = config->db, .create = false, .renderer = &study_renderer};
    const struct db_listener listener = {storage_says, &service->server.log};
    char *why = NULL;
    db_complain_to(&listener);
    enum db_status opened = db_open(&options, &service->server.db, &why);
    int status =
        opened == DB_OK ? serve_register(service, endpoint, count) : refused(why ? "" : config->db, why ? why : db_status_text(opened));
    free(why);
    if (opened == DB_OK)
        db_close(service->server.db);
    return status;
}

/* What is great goes back as soon as it is free. Left alone, the allocator keeps as much as the greatest answer once took. */
static void memory_settle(void)
{
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    mallopt(M_TRIM_THRESHOLD, 4 << 20);
}

int serve_command(const struct config *given)
{
    struct config settled = *given, *config = &settled;
    struct endpoint endpoint;
    struct service *service = calloc(1, sizeof *service);
    size_t count = workers_wanted(config);
    int status = 1;
    memory_settle();
    if (!connections_settle(config, count))
        goto out;
    if (!service || !server_init(&service->server, config)) {
        refused("cannot start", "out of memory");
        goto out;
    }
    status = 2;
    if (!config->db)
        config_misuse(stderr, "serve", "--db is missing");
    else if (strcmp(config->db, ":memory:") == 0)
        config_misuse(stderr, "serve", "--db: a file was expected");
    else if (!endpoint_read(config->listen, &endpoint))
        config_misuse(stderr, "serve", "--listen: ADDR:PORT was expected, as in 127.0.0.1:8080 or [::1]:8080");
    else if (!base_url_is_valid(config->base_url))
        config_misuse(stderr, "serve", "--base-url: http://HOST or https://HOST without a path was expected");
    else if (!proxies_read(config, &service->server))
        config_misuse(stderr, "serve", "--trusted-proxy: an address was expected, as in 10.0.0.7 or 10.0.0.0/8");
    else
        status = 0;
    if (status != 0)
        goto out;
    if (!secret_forbid_dumps())
        log_say(&service->server.log, LOG_LEVEL_WARN, "dumps of this process cannot be forbidden", NULL);
    routes_verify();
    json_object_seed(0); /* before any thread hashes */
    service->signal_fd = signals_catch();
    status = service->signal_fd >= 0 ? serve_from(service, &endpoint, count) : refused("cannot start", strerror(errno));
out:
    if (service)
        address_table_free(service->server.addresses);
    free(service);
    return status;
}
