/* SPDX-License-Identifier: GPL-3.0-or-later
 * Slow lanes: threads, each with a database reader of its own, for questions that took longer than their worker has time for. The
 * worker goes on serving its other connections; when the answer is there the exchange is handed back to it.
 */
#ifndef STUDYD_SERVER_LANES_H
#define STUDYD_SERVER_LANES_H

#include <stdbool.h>
#include <stddef.h>

struct db_bound;
struct db_reader;
struct exchange;
struct lanes;
struct server;

/* Computes the answer: in a lane's thread, with its reader, which is bound already. reader NULL = it waited too long, or the daemon
 * ends: the question is not asked at all. Nobody else touches the exchange meanwhile. */
typedef void (*lane_fn)(struct exchange *exchange, struct db_reader *reader);

/* Starts the threads. NULL = no memory or no threads; *ret_why is a constant sentence. */
struct lanes *lanes_start(struct server *server, size_t count, lane_fn run, const char **ret_why);
/* Any worker's thread. false = too many wait already. When it is done the lane calls worker_finished. */
bool lanes_take(struct lanes *lanes, struct exchange *exchange);
/* Ends what runs and what waits as soon as can be; each exchange is still handed back. Any thread, any number of times. */
void lanes_stop(struct lanes *lanes);
/* After lanes_stop, when no worker runs any more. NULL is fine. */
void lanes_free(struct lanes *lanes);

#endif
