/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A client for the stories over HTTP. Each exchange is written as one JSON object a line to the file that $STUDYD_EXCHANGES
 * names, for the contract check. Memory and failures: see support.h.
 */
#ifndef STUDYD_TESTS_HTTP_H
#define STUDYD_TESTS_HTTP_H

#include <stdbool.h>

#include "support.h"

/* ── asking ─────────────────────────────────────────────────────────────────────────────────────────────────── */

struct answer {
    int status;
    const char *body;          /* any coding taken off; "" = none */
    size_t body_len, wire_len; /* wire_len: as it came */
    json_t *json;              /* NULL = the body is not JSON */
    const char *target;        /* what was asked, for messages */
    json_t *headers;           /* [[name, value], …] as they came */
};

/* headers are "Name: value", ended by NULL. */
struct answer *http_get(const struct daemon *daemon, const char *target, ...) __attribute__((sentinel));
struct answer *http_ask(const struct daemon *daemon, const char *method, const char *target, const char *body, ...)
    __attribute__((sentinel));

/* The same over the socket beside the database: by the operator. */
struct answer *socket_ask(const struct daemon *daemon, const char *method, const char *target, const char *body, ...)
    __attribute__((sentinel));

/* The value of a header, whatever the case of its name; NULL = none. */
const char *answer_header(const struct answer *answer, const char *name);
void assert_status(const struct answer *answer, int status);
void assert_header(const struct answer *answer, const char *name, const char *value);
/* A problem document with this slug. */
void assert_problem(const struct answer *answer, int status, const char *slug);
/* The problem names this parameter with this suggestion (NULL = none). */
void assert_fault(const struct answer *answer, const char *name, const char *did_you_mean);

/* Asks for a 200 and returns it. */
struct answer *must_get(const struct daemon *daemon, const char *target);
/* meta.total of a list. */
json_int_t total_of(const struct daemon *daemon, const char *target);

/* ── reading JSON: path is names and numbers joined by dots, data.0.id; what it names must be there ─────────── */

json_t *json_at(const json_t *root, const char *path);
json_int_t int_at(const json_t *root, const char *path);
const char *text_at(const json_t *root, const char *path);
bool is_null_at(const json_t *root, const char *path);
/* The member of the array whose member name is text. */
json_t *json_where(const json_t *array, const char *name, const char *text);

/* ── for wire.c: answers that came another way ──────────────────────────────────────────────────────────────── */

/* "Name: value" is added to [[name, value], …]; a status line empties it. */
void header_add(json_t *headers, const char *line, size_t len);
/* bytes: the body as it came. */
void answer_finish(struct answer *answer, const char *bytes, size_t len);
void answer_record(const struct answer *answer, const char *method, json_t *request_headers, bool malformed);

#endif
