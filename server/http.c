/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/http.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "handlers/arena.h"
#include "server/accept.h"
#include "server/answer.h"
#include "server/reply.h"

/* More than the widest query's canonical form and the texts of its faults. */
#define REQUEST_MEMORY (4 * 1024 * 1024)
#define SPARES_MAX     256
/* libmicrohttpd parses the query too, into a record for each parameter, and where its memory does not suffice it neither answers
 * nor closes. No resource takes a quarter of this. */
#define PARAMETERS_MAX 128

/* ── connections ─────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_trusted(const struct server *server, const struct address *address)
{
    for (size_t i = 0; i < server->proxies_len; i++) {
        if (address_range_holds(&server->proxies[i], address))
            return true;
    }
    return false;
}

enum MHD_Result http_admit(void *cls, const struct sockaddr *socket_address, socklen_t len)
{
    struct server *server = ((struct worker *)cls)->server;
    struct address address;
    (void)len;
    address_of_socket(socket_address, &address);
    if (atomic_load(&server->connections) >= server->config->max_connections)
        return MHD_NO;
    return is_trusted(server, &address) || address_admits(server->addresses, &address) ? MHD_YES : MHD_NO;
}

static void connection_open(struct worker *worker, struct MHD_Connection *mhd, void **socket_context)
{
    struct server *server = worker->server;
    int fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    struct connection *connection = calloc(1, sizeof *connection);
    *socket_context = connection;
    if (!connection) {
        shutdown(fd, SHUT_RDWR); /* without a deadline it could stay for ever */
        return;
    }
    connection->fd = fd;
    address_of_socket(MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr, &connection->address);
    connection->trusted = is_trusted(server, &connection->address);
    if (!connection->trusted)
        address_connected(server->addresses, &connection->address);
    atomic_fetch_add(&server->connections, 1);
    worker->connections++;
    deadline_set(&connection->deadline, &worker->waits[WAIT_HEAD], worker->now);
}

static void connection_closed(struct worker *worker, void **socket_context)
{
    struct connection *connection = *socket_context;
    if (!connection)
        return;
    deadline_clear(&connection->deadline);
    if (!connection->trusted)
        address_disconnected(worker->server->addresses, &connection->address);
    atomic_fetch_sub(&worker->server->connections, 1);
    worker->connections--;
    free(connection);
    *socket_context = NULL;
}

void http_connection(void *cls, struct MHD_Connection *mhd, void **socket_context, enum MHD_ConnectionNotificationCode code)
{
    switch (code) {
    case MHD_CONNECTION_NOTIFY_STARTED: connection_open(cls, mhd, socket_context); return;
    case MHD_CONNECTION_NOTIFY_CLOSED: connection_closed(cls, socket_context); return;
    }
}

/* NULL = there was no memory for it. */
static struct connection *connection_of(struct MHD_Connection *mhd)
{
    return MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static void connection_waits(struct worker *worker, struct MHD_Connection *mhd, enum wait wait, bool busy)
{
    struct connection *connection = connection_of(mhd);
    if (!connection)
        return;
    connection->busy = busy;
    deadline_set(&connection->deadline, &worker->waits[wait], worker->now);
}

/* ── exchanges ───────────────────────────────────────────────────────────────────────────────────────────────── */

static int64_t microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static char *hex_write(char *at, uint64_t number, unsigned digits)
{
    static const char hex[] = "0123456789abcdef";
    for (unsigned i = digits; i-- > 0; number >>= 4)
        at[i] = hex[number & 15];
    return at + digits;
}

/* Run, worker, number: 8-2-8 hexadecimal digits. */
static void id_write(struct worker *worker, char ret_id[REQUEST_ID_SIZE])
{
    char *at = hex_write(ret_id, worker->server->run_id, 8);
    *at++ = '-';
    at = hex_write(at, worker->index, 2);
    *at++ = '-';
    *hex_write(at, ++worker->requests, 8) = '\0';
}

static void exchange_free(struct exchange *x)
{
    if (!x)
        return;
    arena_free(x->arena);
    free(x);
}

static struct exchange *exchange_new(struct worker *worker)
{
    struct exchange *x = worker->spare;
    if (x) {
        worker->spare = x->next;
        worker->spares--;
    } else {
        x = calloc(1, sizeof *x);
        if (x)
            x->arena = arena_new(REQUEST_MEMORY);
        if (!x || !x->arena) {
            exchange_free(x);
            return NULL;
        }
    }
    *x = (struct exchange){.worker = worker, .arena = x->arena, .begun = microseconds()};
    x->head.arena = x->arena;
    id_write(worker, x->id);
    return x;
}

static void exchange_spare(struct worker *worker, struct exchange *x)
{
    if (worker->spares == SPARES_MAX) {
        exchange_free(x);
        return;
    }
    arena_reset(x->arena);
    x->next = worker->spare;
    worker->spare = x;
    worker->spares++;
}

void http_spares_free(struct worker *worker)
{
    for (struct exchange *x; (x = worker->spare) != NULL;) {
        worker->spare = x->next;
        exchange_free(x);
    }
}

/* ── the log of requests ─────────────────────────────────────────────────────────────────────────────────────── */

/* A failure of ours is an error; unavailability is how overload and shutdown look, and worth a warning. */
static enum log_level level_of(const struct exchange *x)
{
    int status = x->answer.status;
    if (status == 0)
        return LOG_LEVEL_DEBUG;
    return status >= 500 && status != 501 && status != 505
               ? status == 503 && x->answer.error == API_UNAVAILABLE ? LOG_LEVEL_WARN : LOG_LEVEL_ERROR
               : LOG_LEVEL_INFO;
}

static void log_answer(struct log_line *line, const struct exchange *x, bool whole)
{
    const struct answer *answer = &x->answer;
    bool bodiless = answer->status == 304 || answer->status == 204 || (x->method && strcmp(x->method, "HEAD") == 0);
    log_number(line, "status", answer->status);
    log_number(line, "bytes", bodiless ? 0 : (int64_t)answer->len);
    log_number(line, "us", microseconds() - x->begun);
    log_text(line, "coding", answer->coding);
    log_flag(line, "hit", answer->hit);
    if (answer->error != API_OK)
        log_text(line, "problem", problem_of(answer->error)->slug);
    if (answer->detail)
        log_text(line, "detail", answer->detail);
    if (!whole)
        log_flag(line, "cut_off", true);
}

static void log_exchange(const struct exchange *x, bool whole)
{
    struct worker *worker = x->worker;
    const struct config *config = worker->server->config;
    bool success = x->answer.status > 0 && x->answer.status < 400 && whole;
    if (success && worker->successes++ % (uint64_t)config->log_sample != 0)
        return;
    struct log_line line;
    if (!log_begin(&line, &worker->server->log, level_of(x), "request"))
        return;
    char client[ADDRESS_TEXT_SIZE];
    address_write(&x->client, client);
    log_text(&line, "request_id", x->id);
    log_text(&line, "address", client);
    log_text(&line, "method", x->method);
    log_text(&line, "route", x->match.route ? x->match.route->path : NULL);
    log_answer(&line, x, whole);
    log_bytes(&line, "target", x->target_text, x->target_len); /* last: it may be cut */
    log_end(&line);
}

/* ── the calls of one request ────────────────────────────────────────────────────────────────────────────────── */

static bool has_parameters_beyond(const char *target, size_t most)
{
    for (size_t count = 0; (target = strchr(target, '&')) != NULL; target++) {
        if (++count > most)
            return true;
    }
    return false;
}

void *http_begin(void *cls, const char *target, struct MHD_Connection *mhd)
{
    struct worker *worker = cls;
    struct connection *connection = connection_of(mhd);
    struct exchange *x = connection ? exchange_new(worker) : NULL;
    if (!x)
        return NULL; /* the first call cuts the connection */
    if (target && has_parameters_beyond(target, PARAMETERS_MAX))
        shutdown(connection->fd, SHUT_RDWR);
    size_t len = target ? strlen(target) : 0;
    x->target_len = len <= LINT_TARGET_MAX ? len : LINT_TARGET_MAX + 1;
    x->target_text = arena_strndup(x->arena, target ? target : "", x->target_len);
    x->client = connection->address;
    connection->busy = true; /* its deadline stays: it bounds the whole head */
    if (x->target_text)
        return x;
    exchange_spare(worker, x);
    return NULL;
}

size_t http_unescape(void *cls, struct MHD_Connection *mhd, char *text)
{
    (void)cls;
    (void)mhd;
    return strlen(text);
}

static enum MHD_Result send_answer(struct exchange *x, struct MHD_Connection *mhd)
{
    struct answer *answer = &x->answer;
    if (!answer->response)
        return MHD_NO;
    connection_waits(x->worker, mhd, WAIT_SEND, true);
    enum MHD_Result queued = MHD_queue_response(mhd, (unsigned)answer->status, answer->response);
    if (answer->owned)
        reply_drop(answer->response);
    answer->response = NULL;
    return queued;
}

static enum MHD_Result take_field(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_len, const char *value,
                                  size_t value_len)
{
    (void)kind;
    return lint_field(cls, name, name_len, value ? value : "", value_len) ? MHD_YES : MHD_NO;
}

/* Version and method are said first: what follows them might not be meant for this protocol at all. */
static enum api_error lint(struct exchange *x, struct MHD_Connection *mhd, const char *version, const char **ret_detail)
{
    const char *target_detail = NULL;
    enum api_error target = lint_target(x->target_text, x->target_len, &x->target, &target_detail);
    x->target_is_clean = target == API_OK;
    MHD_get_connection_values_n(mhd, MHD_HEADER_KIND, take_field, &x->head);
    enum api_error head = lint_head(&x->head, x->method, version, &x->target, CONNECTION_MEMORY - REPLY_HEAD_ROOM, ret_detail);
    if (target == API_OK || head == API_VERSION_NOT_SUPPORTED || head == API_NOT_IMPLEMENTED)
        return head;
    *ret_detail = target_detail;
    return target;
}

/* Behind a proxy of ours the client is the last address it has added; what stands before that anybody may have written. */
static void client_read(struct exchange *x, const struct connection *connection)
{
    const char *hops = x->head.forwarded_for;
    if (!connection || !connection->trusted || !hops)
        return;
    const char *comma = strrchr(hops, ','), *last = comma ? comma + 1 : hops;
    last += strspn(last, " \t");
    struct address client;
    if (address_read(last, strcspn(last, " \t"), &client))
        x->client = client;
}

static enum api_error route(struct exchange *x)
{
    const char *path = x->target.path;
    if (x->target.path_len == 1 && *path == '*')
        return API_OK;
    route_find(x->method, path, x->target.path_len, &x->match);
    if (!x->match.route && strcmp(x->method, "OPTIONS") != 0)
        return x->match.allow[0] ? API_METHOD_NOT_ALLOWED : API_NOT_FOUND;
    bool health = x->match.route && x->match.route->tag == TAG_NONE; /* never limited: an orchestrator would restart us */
    return health || address_spend(x->worker->server->addresses, &x->client, x->worker->now) ? API_OK : API_TOO_MANY_REQUESTS;
}

/* Refuses at once, which closes the connection, where the message itself is doubtful or a body would follow that nobody reads.
 * Another refusal waits for the last call, so that the connection lives on. */
static enum MHD_Result first_call(struct exchange *x, struct MHD_Connection *mhd, const char *method, const char *version)
{
    const char *detail = NULL;
    x->headed = true;
    x->method = method;
    enum api_error error = lint(x, mhd, version, &detail);
    if (error == API_OK) {
        client_read(x, connection_of(mhd));
        x->refusal = route(x);
        if (x->head.body && x->refusal != API_OK)
            error = x->refusal;
    }
    if (error != API_OK) {
        answer_problem(x, error, detail);
        return send_answer(x, mhd);
    }
    if (x->head.body)
        connection_waits(x->worker, mhd, WAIT_BODY, true);
    return MHD_YES;
}

enum MHD_Result http_call(void *cls, struct MHD_Connection *mhd, const char *url, const char *method, const char *version,
                          const char *upload, size_t *upload_size, void **context)
{
    struct exchange *x = *context;
    (void)cls;
    (void)url;
    (void)upload;
    if (!x)
        return MHD_NO;
    if (!x->headed)
        return first_call(x, mhd, method, version);
    if (*upload_size > 0) { /* no route takes a body yet; one that does collects it here, up to its limit */
        *upload_size = 0;
        return MHD_YES;
    }
    answer_request(x);
    return send_answer(x, mhd);
}

void http_end(void *cls, struct MHD_Connection *mhd, void **context, enum MHD_RequestTerminationCode code)
{
    struct worker *worker = cls;
    struct exchange *x = *context;
    *context = NULL;
    connection_waits(worker, mhd, WAIT_HEAD, false);
    if (!x)
        return;
    log_exchange(x, code == MHD_REQUEST_TERMINATED_COMPLETED_OK);
    exchange_spare(worker, x);
}
