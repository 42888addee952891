/* SPDX-License-Identifier: GPL-3.0-or-later
 * How far a long command is, on stderr: on a terminal in one place, at most once a second; elsewhere a line every ten seconds, or nothing.
 */
#ifndef STUDYD_SERVER_PROGRESS_H
#define STUDYD_SERVER_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROGRESS_LINE 160

struct progress {
    bool terminal;
    bool lines;    /* where stderr is no terminal: a line now and then, else nothing */
    bool shown;    /* something stands on the terminal */
    char what[64]; /* the step */
    int64_t begun; /* when it began, in milliseconds */
    int64_t last;  /* when something was said */
};

struct progress progress_begin(bool lines);
void progress_step(struct progress *progress, const char *what, int64_t done, int64_t of);
void progress_clear(struct progress *progress); /* before anything else is said, and at the end */

/* What is said of done of so many, elapsed milliseconds after the step began. */
void progress_line(char ret_line[PROGRESS_LINE], const char *what, int64_t done, int64_t of, int64_t elapsed);

#endif
