/* SPDX-License-Identifier: GPL-3.0-or-later
 * From a request that is well formed to its answer: negotiation, parameters, entity tag, cache, handler. Knows nothing of
 * connections. One call, in the worker's thread, start to end; but a handler that takes too long goes on in a slow lane.
 */
#ifndef STUDYD_SERVER_ANSWER_H
#define STUDYD_SERVER_ANSWER_H

#include "server/exchange.h"

/* A cache for the responses made here: one for each worker. NULL = no memory. */
struct cache *answer_cache_new(size_t limit);

/* Fills exchange->answer, or sets exchange->waits: a slow lane has the question, or the writer the filing. */
void answer_request(struct exchange *exchange);
/* For lanes_start: asks the question anew, all of it. */
void answer_in_lane(struct exchange *exchange, struct db_reader *reader);
/* Fills exchange->answer with what came of it, in the lane or at the writer's. In the worker's thread. */
void answer_finish(struct exchange *exchange);
/* Frees what a lane or the writer made and nobody will send. Before the exchange ends, whatever became of it. */
void answer_abandon(struct exchange *exchange);
/* Frees what a reply owns. */
void reply_done(struct reply *reply);
/* What will be sent. response becomes the exchange's; NULL = there was no memory for one. */
void answer_set(struct exchange *exchange, int status, struct MHD_Response *response, size_t len);
/* The same with a problem document. detail NULL = the problem's meaning. */
void answer_problem(struct exchange *exchange, enum api_error error, const char *detail);

#endif
