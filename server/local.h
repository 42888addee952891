/* SPDX-License-Identifier: GPL-3.0-or-later
 * The socket beside the database (FILE.sock): commands on this machine reach the daemon that serves the database by it, in HTTP like
 * everybody. Whoever may open it (mode 0600) is the operator. Here are both ends: where it is, listening, and a client.
 */
#ifndef STUDYD_SERVER_LOCAL_H
#define STUDYD_SERVER_LOCAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/un.h>

/* false: the path is longer than a socket's may be. */
bool local_address(const char *db, struct sockaddr_un *ret_address);

/* A listening socket, non-blocking; in place of one that an earlier daemon has left: the caller holds the lock of the database. Changes the
 * umask meanwhile, so no other thread may make files. −1: *ret_why is a constant sentence. */
int local_listen(const char *db, const char **ret_why);
void local_remove(const char *db);

struct local_question {
    const char *method, *target;
    const char *content_type; /* of the body; NULL = there is none */
    const char *headers;      /* more, each with its line end; may be NULL */
    const char *body;
    size_t body_len;
};
struct local_answer {
    int status;
    char *body; /* malloc'd, followed by a NUL */
    size_t len;
};
enum local_result {
    LOCAL_ANSWERED,
    LOCAL_NOBODY, /* nobody listens there, or this user may not */
    LOCAL_BROKEN, /* the question was sent, and there was no answer that can be read: what it asked for may have been done */
};
/* Asks the daemon that serves the database and waits for as long as it takes. ret_answer is filled where it was answered; the caller frees
 * its body. */
enum local_result local_ask(const char *db, const struct local_question *question, struct local_answer *ret_answer);

#endif
