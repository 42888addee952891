/* SPDX-License-Identifier: GPL-3.0-or-later
 * One request and its answer, from the request line to the last byte sent. Begins in http.c, is decided in answer.c, and ends in
 * one place: the callback by which libmicrohttpd says that a request is over.
 */
#ifndef STUDYD_SERVER_EXCHANGE_H
#define STUDYD_SERVER_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "handlers/api.h"
#include "server/address.h"
#include "server/upload.h"
#include "server/lint.h"
#include "server/route.h"

struct MHD_Connection;
struct MHD_Response;
struct deadline;
struct filing;
struct work;
struct worker;

#define REQUEST_ID_SIZE 24

/* What will be sent, or has been. */
struct answer {
    int status;                    /* 0 = nothing was decided yet */
    struct MHD_Response *response; /* NULL = no memory for one: the connection is cut */
    bool owned;                    /* response is dropped when it is queued; else it is the cache's */
    size_t len;                    /* of the body that GET would get; of a stream: what was sent so far */
    bool streamed;                 /* the body is made while it is sent */
    int64_t rows;                  /* of a stream: sent so far */
    const char *coding;            /* a name of accept.h */
    bool hit;                      /* it came from the cache */
    enum api_error error;          /* beside a status of success: why a stream was cut */
    const char *detail;            /* of the error; may be NULL */
};

struct exchange {
    struct exchange *next; /* among the spare ones, those that wait for a lane or the writer, or those that these are done with */
    struct worker *worker;
    struct arena *arena;       /* lives until the exchange is over */
    struct deadline *deadline; /* of its connection */
    int64_t begun;             /* microseconds, monotonic */
    char id[REQUEST_ID_SIZE];
    struct address client;   /* behind a trusted proxy: the client it names */
    bool local;              /* it came over the socket beside the database */
    const char *target_text; /* raw; at most LINT_TARGET_MAX + 1 bytes are kept */
    size_t target_len;
    bool headed; /* the first call of the handler has been */
    bool target_is_clean;
    const char *method; /* as sent; lives as long as the exchange */
    struct target target;
    struct head head;
    struct route_match match;
    enum api_error refusal; /* found before the last call, to be answered in it; API_OK = none */
    const char *refusal_detail;
    struct upload body;
    const struct db_token *author; /* of routes that write; NULL = not known yet */
    bool bears_token;              /* one was sent, right or wrong */
    struct faults faults;
    struct answer answer;
    struct work *work;          /* what a slow lane was given, in the arena; NULL = the worker had time enough */
    struct filing *filing;      /* what the writer was given, in the arena; NULL = nothing */
    bool waits;                 /* for the lane or the writer: the connection is suspended */
    struct MHD_Connection *mhd; /* while it waits */
};

/* Microseconds, of CLOCK_MONOTONIC. */
int64_t exchange_clock(void);

/* A new one, with an id and the time; NULL = no memory. */
struct exchange *exchange_new(struct worker *worker);
/* Logs it and keeps its memory for the next. whole: the answer went out to its last byte. */
void exchange_end(struct exchange *exchange, bool whole);
void exchange_spares_free(struct worker *worker);

#endif
