/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/stream.h"

#include <stdlib.h>
#include <time.h>

#include "server/exchange.h"
#include "server/worker.h"

struct stream {
    struct reply_stream body;
    struct exchange *exchange; /* alive whenever the body is read */
    int64_t begun;             /* milliseconds, monotonic */
};

static int64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct stream *stream_new(struct exchange *exchange, struct reply_stream *body)
{
    struct stream *stream = malloc(sizeof *stream);
    if (stream)
        *stream = (struct stream){.body = *body, .exchange = exchange, .begun = milliseconds()};
    else
        body->free(body);
    *body = (struct reply_stream){0};
    return stream;
}

static ssize_t broken(struct stream *stream, enum api_error error, const char *why)
{
    stream->exchange->answer.error = error;
    stream->exchange->answer.detail = why;
    return STREAM_BROKEN;
}

ssize_t stream_read(struct stream *stream, char *to, size_t max)
{
    struct exchange *x = stream->exchange;
    struct worker *worker = x->worker;
    if (milliseconds() - stream->begun > worker->server->config->export_timeout)
        return broken(stream, API_UNAVAILABLE, "It took longer than --export-timeout.");
    if (x->deadline)
        deadline_set(x->deadline, &worker->waits[WAIT_SEND], worker->now);
    ssize_t len = stream->body.read(&stream->body, to, max);
    if (len == STREAM_BROKEN)
        return broken(stream, API_STORAGE_UNAVAILABLE, stream->body.why);
    x->answer.len += len > 0 ? (size_t)len : 0;
    x->answer.rows = stream->body.rows;
    return len;
}

void stream_free(void *cls)
{
    struct stream *stream = cls;
    stream->body.free(&stream->body);
    free(stream);
}
