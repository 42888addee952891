/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/exchange.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "server/secret.h"
#include "server/worker.h"

/* More than the widest query's canonical form and the texts of its faults. */
#define REQUEST_MEMORY (4 * 1024 * 1024)
#define SPARES_MAX     256

int64_t exchange_clock(void)
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
    arena_delete(x->arena);
    free(x);
}

struct exchange *exchange_new(struct worker *worker)
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
    x->arena->limit = REQUEST_MEMORY;
    *x = (struct exchange){.worker = worker, .arena = x->arena, .begun = exchange_clock()};
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

void exchange_spares_free(struct worker *worker)
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
    bool cut = status < 400 && x->answer.error != API_OK;
    if (cut || (status >= 500 && status != 501 && status != 505))
        return x->answer.error == API_UNAVAILABLE || x->answer.error == API_TOO_MANY_EXPORTS ? LOG_LEVEL_WARN : LOG_LEVEL_ERROR;
    return LOG_LEVEL_INFO;
}

static void log_answer(struct log_line *line, const struct exchange *x, bool whole)
{
    const struct answer *answer = &x->answer;
    bool bodiless = answer->status == 304 || answer->status == 204 || (x->method && strcmp(x->method, "HEAD") == 0);
    log_number(line, "status", answer->status);
    log_number(line, "bytes", bodiless ? 0 : (int64_t)answer->len);
    if (answer->streamed)
        log_number(line, "rows", answer->rows);
    log_number(line, "us", exchange_clock() - x->begun);
    log_text(line, "coding", answer->coding);
    log_flag(line, "hit", answer->hit);
    if (x->work)
        log_flag(line, "slow_lane", true);
    if (answer->error != API_OK)
        log_text(line, "problem", problem_of(answer->error)->slug);
    if (answer->detail)
        log_text(line, "detail", answer->detail);
    if (!whole)
        log_flag(line, "cut_off", true);
}

/* Who puts a token into an address has given it away, but not to our log. */
static size_t target_shown(const struct exchange *x)
{
    const char *at = strstr(x->target_text, SECRET_TOKEN_PREFIX);
    return at ? (size_t)(at - x->target_text) : x->target_len;
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
    log_text(&line, "request_id", x->id);
    if (!x->local)
        address_write(&x->client, client);
    log_text(&line, "address", x->local ? "socket" : client);
    if (x->author && !x->local)
        log_number(&line, "token", x->author->id);
    log_text(&line, "method", x->method);
    log_text(&line, "route", x->match.route ? x->match.route->path : NULL);
    log_answer(&line, x, whole);
    log_bytes(&line, "target", x->target_text, target_shown(x)); /* last: it may be cut */
    log_end(&line);
}

void exchange_end(struct exchange *x, bool whole)
{
    log_exchange(x, whole);
    upload_free(&x->body);
    exchange_spare(x->worker, x);
}
