/* SPDX-License-Identifier: GPL-3.0-or-later
 * How a command on this machine asks what the routes know: of the daemon where one serves the database, and else in its own process, by
 * the same functions. The answers are alike.
 */
#ifndef STUDYD_SERVER_ASK_H
#define STUDYD_SERVER_ASK_H

#include "server/local.h"

/* What the question needs where this process has to answer it. */
enum ask_need {
    ASK_READS, /* writes nothing, so that whoever may read the file can ask; what an earlier version wrote is refused */
    ASK_WRITES,
    ASK_MAKES_TOKENS, /* writes, with the key of tokens, which is made where there is none */
};

/* Asks about the database db, once. ret_answer: a body and a status of HTTP; errors are problem documents. The caller frees its body. Of
 * the question's headers none counts but Content-Type. LOCAL_NOBODY: it could not be asked, and nothing was done; LOCAL_BROKEN: it was
 * asked, and what it asked for may have been done; then why has been said on stderr: "studyd COMMAND: …". */
enum local_result ask_question(const char *command, const char *db, enum ask_need need, const struct local_question *question,
                               struct local_answer *ret_answer);

/* Writes what a problem document says to stderr: "studyd COMMAND: …", one line for each fault, and for faults of members the option. */
void ask_problem_print(const char *command, const struct local_answer *answer);

#endif
