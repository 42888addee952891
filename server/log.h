/* SPDX-License-Identifier: GPL-3.0-or-later
 * The log: one JSON object a line, at most LOG_LINE_MAX bytes, one write(2) each, so that lines of several threads never mix. What
 * comes from outside may hold anything: it is escaped here, and bytes that are not UTF-8 become U+FFFD.
 *
 * Threads: a struct log may be shared; a struct log_line belongs to the function that fills it.
 */
#ifndef STUDYD_SERVER_LOG_H
#define STUDYD_SERVER_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOG_LINE_MAX 4096 /* PIPE_BUF: the kernel keeps such a write whole on a pipe too */

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };
extern const char *const log_level_names[]; /* in that order, NULL-terminated */

struct log {
    int fd;
    enum log_level level; /* the least urgent that is written */
};

struct log_line {
    const struct log *log;
    size_t len;
    bool cut; /* something did not fit */
    char bytes[LOG_LINE_MAX];
};

/* false = this level is not written; the line must then not be filled. */
bool log_begin(struct log_line *line, const struct log *log, enum log_level level, const char *message);
/* Members, in the order of the calls. key is a constant of ours; text may be NULL (null). A text that does not fit is cut, later
 * members are left out, and the line says "cut":true. */
void log_text(struct log_line *line, const char *key, const char *text);
void log_bytes(struct log_line *line, const char *key, const char *bytes, size_t len);
void log_number(struct log_line *line, const char *key, int64_t number);
void log_flag(struct log_line *line, const char *key, bool flag);
void log_end(struct log_line *line); /* writes it; a log that cannot be written is no reason to stop */

/* A line with a message and one detail (may be NULL). */
void log_say(const struct log *log, enum log_level level, const char *message, const char *detail);

#endif
