/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the stories need to run the program: folders, registers, a daemon. The client is http.h, bare sockets are wire.h.
 *
 * Whatever a function returns lives until the process ends and is never freed by a test: a test is a process of its own. When
 * something is not as it must be, the running test fails. Nothing sleeps: what may take time is waited for, with a limit.
 */
#ifndef STUDYD_TESTS_SUPPORT_H
#define STUDYD_TESTS_SUPPORT_H

#include <check.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PATIENCE_MS 60000 /* how long anything may take, also under a sanitizer on a busy machine */

/* Runs the suite and returns main's value: 0 when every test passed and every shared daemon ended as it must. */
int support_run(Suite *suite);

/* A folder of this program's own, removed by support_run. */
const char *support_folder(void);

/* Memory as above: zeroed, a copy with a NUL, a document (stolen), a text. */
void *keep(size_t size);
char *keep_bytes(const char *bytes, size_t len);
json_t *keep_json(json_t *json);
const char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ── registers ──────────────────────────────────────────────────────────────────────────────────────────────── */

/* The closed database that `studyd import` makes of the project's data set: made once for each program. */
const char *register_of_klinbeforsk(void);

/* The same, with the data set of folder imported after it (folder NULL: of the project's data set alone). */
const char *register_with(const char *folder);

/* Writes a file, making the folders that its name holds. */
void file_write(const char *folder, const char *name, const char *content);

struct outcome {
    int status; /* exit status, or 128 + the signal */
    const char *out, *err;
};
/* Runs studyd with these arguments to its end. */
struct outcome studyd_run(const char *first, ...) __attribute__((sentinel));

struct running;
/* The same without waiting; studyd_end waits for the end. */
struct running *studyd_begin(const char *first, ...) __attribute__((sentinel));
struct outcome studyd_end(struct running *running);

/* ── the daemon ─────────────────────────────────────────────────────────────────────────────────────────────── */

struct daemon;

/* Serves a copy of the database on a port that the system picks; options of `studyd serve` follow, ended by NULL. */
struct daemon *daemon_start(const char *db, ...) __attribute__((sentinel));
/* The same with the database itself, not a copy of it. */
struct daemon *daemon_serve(const char *db, ...) __attribute__((sentinel));
int daemon_port(const struct daemon *daemon);
const char *daemon_db(const struct daemon *daemon); /* what it serves */
/* What it has written to stderr so far: its log. */
const char *daemon_log(const struct daemon *daemon);
/* Waits until it has written a line that holds what: a request is logged when its answer is sent, which the client may see before. */
const char *daemon_log_line(const struct daemon *daemon, const char *what);
void daemon_signal(const struct daemon *daemon, int number);
/* From now on none of its files grows past so many bytes, as on a disk that is full; -1 = there is room again. */
void daemon_files_bound(const struct daemon *daemon, int64_t bytes);
/* Waits for the end: it must come with status 0 and nothing said by a sanitizer. */
void daemon_wait(struct daemon *daemon);
void daemon_stop(struct daemon *daemon); /* SIGTERM, then wait */
/* For unchecked fixtures, whose failures Check does not count: support_run does. NULL is fine. */
void daemon_stop_shared(struct daemon *daemon);

#endif
