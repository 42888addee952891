/* SPDX-License-Identifier: GPL-3.0-or-later
 * How a command on this machine asks what the routes know: of the daemon where one serves the database, and else in its own process, by
 * the same functions. The answers are alike.
 */
#ifndef STUDYD_SERVER_ASK_H
#define STUDYD_SERVER_ASK_H

#include "server/local.h"

struct ask;

/* Opens the database for writing, unless a daemon serves it; with_key: and the key of tokens, which is made where there is none. NULL: it
 * cannot; *ret_why is a malloc'd sentence (NULL = no memory). */
struct ask *ask_open(const char *path, bool with_key, char **ret_why);
void ask_close(struct ask *ask); /* NULL is fine */

/* ret_answer: a body and a status of HTTP; errors are problem documents. The caller frees its body. false: there is no answer; *ret_why is
 * a malloc'd sentence (NULL = no memory). Of the question's headers none counts but Content-Type. */
bool ask_question(struct ask *ask, const struct local_question *question, struct local_answer *ret_answer, char **ret_why);

/* Writes what a problem document says to stderr: "studyd COMMAND: …", one line for each fault, and for faults of members the option. */
void ask_problem_print(const char *command, const struct local_answer *answer);

#endif
