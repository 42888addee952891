/* SPDX-License-Identifier: GPL-3.0-or-later
 * A daemon that is filed with, what each of its threads spends, and connections to it.
 */
#ifndef STUDYD_BENCH_SERVED_H
#define STUDYD_BENCH_SERVED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

struct served {
    pid_t pid;
    int port;
    FILE *said;
};
/* options ends with NULL. */
void served_start(struct served *served, const char *program, const char *database, const char *const *options);
void served_stop(struct served *served); /* waits for it */

/* Nanoseconds on a processor, of each thread. */
#define THREADS_MAX 64
struct spent {
    struct thread_spent {
        pid_t id;
        int64_t ns;
    } list[THREADS_MAX];
    size_t len;
};
struct spent served_spent(const struct served *served);
int64_t spent_of(const struct spent *from, const struct spent *to, pid_t id); /* between the two; id 0 = all threads */
pid_t spent_most(const struct spent *from, const struct spent *to);           /* the thread that did */

struct wire {
    int socket;
    char in[65536]; /* what came and is no whole answer yet; terminated */
    size_t len;
};
void wire_open(struct wire *connection, const struct served *served);
void wire_close(struct wire *connection);

struct answer {
    int status;
    size_t head_len, len; /* of the head, and with the body: at the start of in */
};
/* Whether a whole answer is there. Whoever has read it takes it away. */
bool answer_read(const struct wire *connection, struct answer *ret_answer);
void answer_take(struct wire *connection, const struct answer *answer);
/* The value of a header in the answer; NULL = it is not there. name: "\r\nETag: ". Terminated within in. */
bool answer_header(const struct wire *connection, const struct answer *answer, const char *name, char *ret_value, size_t room);

/* Waits for the answer, which must have this status. */
struct answer wire_ask(struct wire *connection, const char *request, size_t len, int status);

#endif
