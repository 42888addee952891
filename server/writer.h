/* SPDX-License-Identifier: GPL-3.0-or-later
 * The thread that writes. Filings that have come together share one transaction, each a part of it that stands or falls as one; when it is
 * on disk all of them are handed back to their workers, and nothing is said to anybody before. What works alone (an import) has its turn
 * between two transactions.
 */
#ifndef STUDYD_SERVER_WRITER_H
#define STUDYD_SERVER_WRITER_H

struct exchange;
struct server;
struct writer;

/* NULL = no memory or no thread; *ret_why is a constant sentence. */
struct writer *writer_start(struct server *server, const char **ret_why);
/* Any worker's thread. NULL = taken: exchange->filing is the writer's, which hands it back when it is done. Else a constant sentence that
 * says why not: too many wait already, or something else has worked alone for long. Who was taken before that goes on waiting. */
const char *writer_take(struct writer *writer, struct exchange *exchange);
/* Writes what it was given, then ends. When no worker runs any more. NULL is fine. */
void writer_stop(struct writer *writer);

#endif
