/* SPDX-License-Identifier: GPL-3.0-or-later
 * From a request that is well formed to its answer: negotiation, parameters, entity tag, cache, handler. Knows nothing of
 * connections. One call, in the worker's thread, start to end.
 */
#ifndef STUDYD_SERVER_ANSWER_H
#define STUDYD_SERVER_ANSWER_H

#include "server/exchange.h"

/* A cache for the responses made here: one for each worker. NULL = no memory. */
struct cache *answer_cache_new(size_t limit);

/* Fills exchange->answer. */
void answer_request(struct exchange *exchange);
/* The same with a problem document. detail NULL = the problem's meaning. */
void answer_problem(struct exchange *exchange, enum api_error error, const char *detail);

#endif
