/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/http.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "server/answer.h"
#include "server/auth.h"
#include "server/reply.h"

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

/* Over the socket beside the database come commands on this machine: no address, and no limit but the library's own. */
static void local_connection_open(struct worker *worker, struct connection *connection)
{
    connection->local = true;
    worker->connections++;
    deadline_set(&connection->deadline, &worker->waits[WAIT_HEAD], worker->now);
}

static void connection_open(struct worker *worker, struct MHD_Connection *mhd, void **socket_context, bool local)
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
    if (local) {
        local_connection_open(worker, connection);
        return;
    }
    address_of_socket(MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr, &connection->address);
    connection->trusted = is_trusted(server, &connection->address);
    bool one_too_many = atomic_fetch_add(&server->connections, 1) >= server->config->max_connections;
    connection->counted = !connection->trusted && address_connected(server->addresses, &connection->address);
    worker->connections++;
    if (one_too_many || (!connection->trusted && !connection->counted))
        shutdown(fd, SHUT_RDWR); /* workers that took one each at the same instant */
    deadline_set(&connection->deadline, &worker->waits[WAIT_HEAD], worker->now);
}

/* The end of every request: once, whatever the library does in between. */
static void request_over(struct connection *connection, bool whole)
{
    if (!connection || !connection->exchange)
        return;
    answer_abandon(connection->exchange);
    exchange_end(connection->exchange, whole);
    connection->exchange = NULL;
}

static void connection_closed(struct worker *worker, void **socket_context)
{
    struct connection *connection = *socket_context;
    if (!connection)
        return;
    /* Where cookies take more than its memory, 0.9.75 closes without telling that the request is over. */
    request_over(connection, false);
    deadline_clear(&connection->deadline);
    if (connection->counted)
        address_disconnected(worker->server->addresses, &connection->address);
    if (!connection->local)
        atomic_fetch_sub(&worker->server->connections, 1);
    worker->connections--;
    free(connection);
    *socket_context = NULL;
}

void http_connection(void *cls, struct MHD_Connection *mhd, void **socket_context, enum MHD_ConnectionNotificationCode code)
{
    switch (code) {
    case MHD_CONNECTION_NOTIFY_STARTED: connection_open(cls, mhd, socket_context, false); return;
    case MHD_CONNECTION_NOTIFY_CLOSED: connection_closed(cls, socket_context); return;
    }
}

enum MHD_Result http_admit_local(void *cls, const struct sockaddr *socket_address, socklen_t len)
{
    (void)cls;
    (void)socket_address; /* longer than the library has room for, where the client has bound itself to a path */
    (void)len;
    return MHD_YES;
}

void http_connection_local(void *cls, struct MHD_Connection *mhd, void **socket_context, enum MHD_ConnectionNotificationCode code)
{
    switch (code) {
    case MHD_CONNECTION_NOTIFY_STARTED: connection_open(cls, mhd, socket_context, true); return;
    case MHD_CONNECTION_NOTIFY_CLOSED: connection_closed(cls, socket_context); return;
    }
}

/* NULL = there was no memory for it. */
static struct connection *connection_of(struct MHD_Connection *mhd)
{
    return MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static void connection_waits(struct worker *worker, struct MHD_Connection *mhd, enum wait wait)
{
    struct connection *connection = connection_of(mhd);
    if (connection)
        deadline_set(&connection->deadline, &worker->waits[wait], worker->now);
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
    request_over(connection, false); /* there is none, but then nothing may be lost */
    struct exchange *x = connection ? exchange_new(worker) : NULL;
    if (!x)
        return NULL; /* the first call cuts the connection */
    if (target && has_parameters_beyond(target, PARAMETERS_MAX))
        shutdown(connection->fd, SHUT_RDWR);
    size_t len = target ? strlen(target) : 0;
    x->target_len = len <= LINT_TARGET_MAX ? len : LINT_TARGET_MAX + 1;
    x->target_text = arena_strndup(x->arena, target ? target : "", x->target_len);
    x->client = connection->address;
    x->local = connection->local;
    x->deadline = &connection->deadline;
    if (!x->target_text) {
        exchange_end(x, false);
        return NULL;
    }
    connection->exchange = x; /* the deadline stays: it bounds the whole head */
    return x;
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
    connection_waits(x->worker, mhd, WAIT_SEND);
    enum MHD_Result queued = MHD_queue_response(mhd, (unsigned)answer->status, answer->response);
    if (answer->owned)
        reply_drop(answer->response);
    answer->response = NULL;
    auth_forget(x);
    return queued;
}

/* No deadline is set meanwhile: a lane has its own, and the writer answers whatever it has taken. This call is made again once they are
 * done. */
static enum MHD_Result wait_for_others(struct exchange *x, struct MHD_Connection *mhd)
{
    struct connection *connection = connection_of(mhd);
    if (connection)
        deadline_clear(&connection->deadline);
    x->mhd = mhd;
    x->worker->handed++;
    MHD_suspend_connection(mhd);
    return MHD_YES;
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
    route_find(x->local ? MACHINE : EVERYWHERE, x->method, path, x->target.path_len, &x->match);
    if (!x->match.route && strcmp(x->method, "OPTIONS") != 0)
        return x->match.allow[0] ? API_METHOD_NOT_ALLOWED : API_NOT_FOUND;
    /* Health is never limited: an orchestrator would restart us. */
    bool free = x->local || (x->match.route && x->match.route->tag == TAG_NONE && !route_writes(x->match.route));
    return free || address_spend(x->worker->server->addresses, &x->client, x->worker->now) ? API_OK : API_TOO_MANY_REQUESTS;
}

/* Whether a body that follows will be read, and who sends it: of whom nobody knows, nothing is kept. */
static enum api_error admit_body(struct exchange *x, const char **ret_detail)
{
    const struct route *route = x->match.route;
    if (!route || !route_writes(route))
        return API_OK;
    enum api_error error = upload_announced(x->arena, route, &x->head, ret_detail);
    if (error == API_OK)
        x->refusal = auth_identify(x);
    return error;
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
        else if (x->refusal == API_OK)
            error = admit_body(x, &detail);
        if (error == API_OK && x->head.expect)
            error = x->refusal; /* it waits to be told whether to send at all */
    }
    if (error != API_OK) {
        answer_problem(x, error, detail);
        return send_answer(x, mhd);
    }
    if (x->head.body)
        connection_waits(x->worker, mhd, WAIT_BODY);
    return MHD_YES;
}

/* Whoever is refused has all of it read as far as can be: an answer in the middle of a body the library does not send. */
static enum MHD_Result take_body(struct exchange *x, const char *piece, size_t len)
{
    const struct route *route = x->match.route;
    if (x->refusal != API_OK || !route || !route->bodies)
        return upload_drop(&x->body, len) ? MHD_YES : MHD_NO;
    x->refusal = upload_add(&x->body, piece, len, route->body_max);
    if (x->refusal == API_PAYLOAD_TOO_LARGE)
        x->refusal_detail = upload_limit(x->arena, route);
    return MHD_YES;
}

enum MHD_Result http_call(void *cls, struct MHD_Connection *mhd, const char *url, const char *method, const char *version,
                          const char *upload, size_t *upload_size, void **context)
{
    struct exchange *x = *context;
    (void)cls;
    (void)url;
    if (!x)
        return MHD_NO;
    if (!x->headed)
        return first_call(x, mhd, method, version);
    if (*upload_size > 0) {
        size_t len = *upload_size;
        *upload_size = 0;
        return take_body(x, upload, len);
    }
    if (x->work || x->filing)
        answer_finish(x);
    else
        answer_request(x);
    return x->waits ? wait_for_others(x, mhd) : send_answer(x, mhd);
}

void http_end(void *cls, struct MHD_Connection *mhd, void **context, enum MHD_RequestTerminationCode code)
{
    *context = NULL;
    connection_waits(cls, mhd, WAIT_HEAD);
    request_over(connection_of(mhd), code == MHD_REQUEST_TERMINATED_COMPLETED_OK);
}
