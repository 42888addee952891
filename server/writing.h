/* SPDX-License-Identifier: GPL-3.0-or-later
 * From a request that writes to its answer. The worker refuses what can be refused before anything is written, in the order that the
 * contract gives: token, idempotency key, role, study and scope, media type, If-Match, parameters and body. The writer (writer.h) repeats
 * what may have changed meanwhile, writes and commits; only then does the worker answer.
 */
#ifndef STUDYD_SERVER_WRITING_H
#define STUDYD_SERVER_WRITING_H

#include "server/exchange.h"

#define IDEMPOTENCY_KEY_MAX 255

/* Something to be written. The worker's until it is handed to the writer, and again when that has given it back. */
struct filing {
    const char *study;                   /* that the path names; NULL = none */
    const char *if_match;                /* NULL = there is none */
    const char *key;                     /* Idempotency-Key; NULL = none */
    unsigned char digest[DB_HASH_BYTES]; /* of what is asked under the key */
    struct request request;
    struct reply reply;
    enum api_error error;
    const char *detail; /* of the error; NULL = the reply's */
    const char *remedy; /* of the error; NULL = the problem's */
    bool kept;          /* the reply is one that was given before */
    bool moved;         /* the reply leads to the study's id of today */
};

/* In the worker's thread: fills exchange->answer, or sets exchange->waits. */
void writing_request(struct exchange *exchange);
/* In the worker's thread, when the writer is done. */
void writing_answer(struct exchange *exchange);
void writing_abandon(struct exchange *exchange);

/* What has to hold both when a filing is refused or let through by the worker, and inside the writer's transaction. Whatever was answered
 * under its key: API_OK and filing->kept, the reply is it again; API_CONFLICT: to something else. */
enum api_error filing_seek_kept(struct filing *filing, struct db_reader *reader);
/* Whether If-Match names that version. API_OK or API_PRECONDITION_FAILED. */
enum api_error filing_match(const struct filing *filing, const char *epoch, int64_t version);

#endif
