/* SPDX-License-Identifier: GPL-3.0-or-later
 * Is the head of a request well formed, and does everybody on its way read it alike? libmicrohttpd takes shapes by which requests
 * are smuggled past proxies (two lengths, a length beside a transfer coding, control bytes, encoded slashes); here they are
 * refused. Knows nothing of libmicrohttpd.
 */
#ifndef STUDYD_SERVER_LINT_H
#define STUDYD_SERVER_LINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "handlers/api.h"

#define LINT_TARGET_MAX 4096
#define LINT_FIELDS_MAX 64

/* A request target, parted. Everything points into the text that was read. */
struct target {
    const char *path; /* raw, at most up to '?'; "*" for OPTIONS of the whole server */
    size_t path_len;
    const char *query;     /* raw, up to the end of the text; NULL = no '?' */
    const char *authority; /* of a target in absolute form; NULL = the usual form */
    size_t authority_len;
};
/* API_OK, API_URI_TOO_LONG, or API_BAD_REQUEST with a constant sentence. The query is only freed of control bytes here: what is
 * wrong with a parameter is told by name later. text ends with NUL. */
enum api_error lint_target(const char *text, size_t len, struct target *ret_target, const char **ret_detail);

/* What a request's header fields say, gathered one by one. Zeroed but for arena to begin with. Texts are borrowed from the fields,
 * or, joined by commas where there were several lines, from the arena. */
struct head {
    struct arena *arena;
    const char *host, *accept, *accept_encoding, *if_none_match, *forwarded_for, *expect, *length, *transfer;
    const char *authorization, *content_type, *content_encoding, *if_match, *idempotency_key;
    size_t fields;
    size_t cost;          /* what fields take of the connection's memory, roughly */
    bool body;            /* a body follows (filled by lint_head) */
    uint64_t body_len;    /* as Content-Length says; 0 = it does not say */
    enum api_error error; /* the first fault found in a field */
    const char *detail;   /* of error */
};

/* One header field, name and value without the blanks around it. false = a fault was found, no need for more. */
bool lint_field(struct head *head, const char *name, size_t name_len, const char *value, size_t value_len);

/* After the last field: version, method, and how the fields stand to each other. API_OK, or an error with a sentence. room: how
 * much of the connection's memory target and fields may take. */
enum api_error lint_head(struct head *head, const char *method, const char *version, const struct target *target, size_t room,
                         const char **ret_detail);

#endif
