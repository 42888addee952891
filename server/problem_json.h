/* SPDX-License-Identifier: GPL-3.0-or-later
 * The body of an error: a problem document (RFC 9457).
 */
#ifndef STUDYD_SERVER_PROBLEM_JSON_H
#define STUDYD_SERVER_PROBLEM_JSON_H

#include "handlers/api.h"

/* What is told of one error beside what problem.def says. Texts must be UTF-8; those that may be NULL are then left out. */
struct problem_facts {
    enum api_error error;
    const char *base_url;
    const char *detail;   /* NULL = the problem's meaning */
    const char *remedy;   /* NULL = the problem's */
    const char *instance; /* path of the request; may be NULL */
    const char *request_id;
    const struct faults *faults;
};

/* malloc'd; NULL = no memory, then PROBLEM_FALLBACK is sent. */
char *problem_json(const struct problem_facts *facts, size_t *ret_len);

/* A constant cannot name the request; the header that goes with it does. */
#define PROBLEM_FALLBACK                                                                                                                   \
    "{\"type\":\"/problems/unavailable\",\"title\":\"Not available right now\",\"status\":503,"                                            \
    "\"detail\":\"The daemon is short of memory.\",\"remedy\":\"Try again after the time that Retry-After says.\",\"request_id\":\"see "   \
    "X-Request-Id\"}\n"

#endif
