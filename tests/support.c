/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "suite.h"
#include "support.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGS_MAX 24

/* ── memory: everything is reachable from here, so that a leak checker stays quiet ──────────────────────────── */

static struct kept {
    struct kept *next;
} * all_kept;

void *keep(size_t size)
{
    struct kept *block = calloc(1, sizeof *block + size);
    ck_assert_ptr_nonnull(block);
    block->next = all_kept;
    all_kept = block;
    return block + 1;
}

char *keep_bytes(const char *bytes, size_t len)
{
    char *copy = keep(len + 1);
    memcpy(copy, bytes, len);
    return copy;
}

static json_t *kept_json; /* an array that holds every document */

json_t *keep_json(json_t *json)
{
    if (!kept_json)
        kept_json = json_array();
    if (json)
        ck_assert_int_eq(json_array_append_new(kept_json, json), 0);
    return json;
}

const char *text_format(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *made = NULL;
    int len = vasprintf(&made, format, args);
    va_end(args);
    ck_assert_int_ge(len, 0);
    const char *text = keep_bytes(made, (size_t)len);
    free(made);
    return text;
}

/* ── files ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static char own_folder[256];
static int counter;

/* Without Check's asserts, which may only stand in a running test. */
static bool folder_make(void)
{
    const char *where = getenv("TMPDIR");
    snprintf(own_folder, sizeof own_folder, "%s/studyd-test-XXXXXX", where ? where : "/tmp");
    return mkdtemp(own_folder) != NULL;
}

const char *support_folder(void)
{
    return own_folder;
}

/* A name in the folder that nobody has used: the forked tests of one program each count on from their parent. */
static const char *new_name(const char *what)
{
    return text_format("%s/%s-%d-%d", support_folder(), what, (int)getpid(), counter++);
}

static char *file_read(const char *path, size_t *ret_len)
{
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s: %s", path, strerror(errno));
    struct stat status;
    ck_assert_int_eq(fstat(fileno(file), &status), 0);
    char *bytes = keep((size_t)status.st_size + 1);
    size_t len = fread(bytes, 1, (size_t)status.st_size, file);
    fclose(file);
    if (ret_len)
        *ret_len = len;
    return bytes;
}

void file_write(const char *folder, const char *name, const char *content)
{
    const char *path = text_format("%s/%s", folder, name);
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    FILE *file = fopen(path, "wb");
    ck_assert_msg(file != NULL, "%s: %s", path, strerror(errno));
    ck_assert_uint_eq(fwrite(content, 1, strlen(content), file), strlen(content));
    ck_assert_int_eq(fclose(file), 0);
}

/* The importer has closed the database, so it is one file. */
static const char *copy_of(const char *path)
{
    size_t len;
    const char *bytes = file_read(path, &len), *copy = new_name("register");
    FILE *file = fopen(copy, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
    return copy;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

/* ── running studyd ─────────────────────────────────────────────────────────────────────────────────────────── */

static const char *studyd_path(void)
{
    const char *path = getenv("STUDYD");
    return path ? path : "build/studyd";
}

static const char *source_folder(void)
{
    const char *path = getenv("STUDYD_SOURCE");
    return path ? path : ".";
}

/* Starts studyd; its stdout goes to out (a file descriptor), its stderr to the file err. */
static pid_t studyd_spawn(const char *const args[], int out, const char *err)
{
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child > 0)
        return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int errors = open(err, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (errors < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(errors, STDERR_FILENO) < 0)
        _exit(127);
    execv(args[0], (char *const *)(uintptr_t)args);
    _exit(127);
}

static void args_fill(const char *args[ARGS_MAX], int at, const char *first, va_list rest)
{
    for (const char *arg = first; arg; arg = va_arg(rest, const char *)) {
        ck_assert_int_lt(at, ARGS_MAX - 1);
        args[at++] = arg;
    }
    args[at] = NULL;
}

static int wait_status(pid_t child)
{
    int status;
    while (waitpid(child, &status, 0) < 0)
        ck_assert_int_eq(errno, EINTR);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

struct running {
    pid_t pid;
    int to;
    const char *out, *err;
};

static struct running *begin(const char *first, va_list rest)
{
    const char *args[ARGS_MAX] = {studyd_path()};
    struct running *running = keep(sizeof *running);
    args_fill(args, 1, first, rest);
    running->out = new_name("out");
    running->err = new_name("err");
    running->to = open(running->out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ck_assert_int_ge(running->to, 0);
    running->pid = studyd_spawn(args, running->to, running->err);
    return running;
}

struct running *studyd_begin(const char *first, ...)
{
    va_list rest;
    va_start(rest, first);
    struct running *running = begin(first, rest);
    va_end(rest);
    return running;
}

struct outcome studyd_end(struct running *running)
{
    int status = wait_status(running->pid);
    close(running->to);
    return (struct outcome){status, file_read(running->out, NULL), file_read(running->err, NULL)};
}

struct outcome studyd_run(const char *first, ...)
{
    va_list rest;
    va_start(rest, first);
    struct running *running = begin(first, rest);
    va_end(rest);
    return studyd_end(running);
}

/* ── registers ──────────────────────────────────────────────────────────────────────────────────────────────── */

static void import(const char *db, const char *folder)
{
    struct outcome outcome = studyd_run("import", "--db", db, folder, NULL);
    ck_assert_msg(outcome.status == 0, "import of %s ended with %d: %s", folder, outcome.status, outcome.err);
}

const char *register_of_klinbeforsk(void)
{
    static char made[512];
    if (!*made) {
        const char *db = new_name("klinbeforsk");
        import(db, text_format("%s/data/klinbeforsk-2024", source_folder()));
        snprintf(made, sizeof made, "%s", db);
    }
    return made;
}

const char *register_with(const char *folder)
{
    const char *db = copy_of(register_of_klinbeforsk());
    if (folder)
        import(db, folder);
    return db;
}

/* ── the daemon ─────────────────────────────────────────────────────────────────────────────────────────────── */

struct daemon {
    pid_t pid;
    int out, port;
    const char *errors; /* file */
    const char *db;
};

static bool shared_failed;

/* The port from the line "listening on http://127.0.0.1:PORT"; 0 = the daemon ended before it said so. */
static int port_read(int out)
{
    char line[256];
    size_t len = 0;
    while (len < sizeof line - 1 && read(out, line + len, 1) == 1) {
        if (line[len++] != '\n')
            continue;
        int port;
        line[len] = '\0';
        if (sscanf(line, "listening on http://127.0.0.1:%d", &port) == 1)
            return port;
        len = 0;
    }
    return 0;
}

static struct daemon *daemon_of(const char *db, va_list options)
{
    struct daemon *daemon = keep(sizeof *daemon);
    daemon->db = db;
    const char *args[ARGS_MAX] = {studyd_path(), "serve", "--db", db, "--listen", "127.0.0.1:0"};
    args_fill(args, 6, va_arg(options, const char *), options);
    int out[2];
    ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
    daemon->errors = new_name("errors");
    daemon->pid = studyd_spawn(args, out[1], daemon->errors);
    daemon->out = out[0];
    close(out[1]);
    daemon->port = port_read(daemon->out);
    if (daemon->port == 0) {
        int status = wait_status(daemon->pid);
        ck_abort_msg("studyd serve ended with %d before it listened: %s", status, file_read(daemon->errors, NULL));
    }
    return daemon;
}

struct daemon *daemon_start(const char *db, ...)
{
    va_list options;
    va_start(options, db);
    struct daemon *daemon = daemon_of(copy_of(db), options);
    va_end(options);
    return daemon;
}

struct daemon *daemon_serve(const char *db, ...)
{
    va_list options;
    va_start(options, db);
    struct daemon *daemon = daemon_of(db, options);
    va_end(options);
    return daemon;
}

int daemon_port(const struct daemon *daemon)
{
    return daemon->port;
}

const char *daemon_db(const struct daemon *daemon)
{
    return daemon->db;
}

const char *daemon_log(const struct daemon *daemon)
{
    return file_read(daemon->errors, NULL);
}

const char *daemon_log_line(const struct daemon *daemon, const char *what)
{
    for (int ms = 0; ms < PATIENCE_MS; ms += 10) {
        const char *said = daemon_log(daemon), *at = strstr(said, what);
        if (at && strchr(at, '\n')) {
            const char *begin = at;
            while (begin > said && begin[-1] != '\n')
                begin--;
            return keep_bytes(begin, strcspn(begin, "\n"));
        }
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    ck_abort_msg("the log never says %s: %s", what, daemon_log(daemon));
}

void daemon_signal(const struct daemon *daemon, int number)
{
    ck_assert_int_eq(kill(daemon->pid, number), 0);
}

void daemon_files_bound(const struct daemon *daemon, int64_t bytes)
{
    struct rlimit limit;
    ck_assert_int_eq(prlimit(daemon->pid, RLIMIT_FSIZE, NULL, &limit), 0);
    limit.rlim_cur = bytes >= 0 ? (rlim_t)bytes : limit.rlim_max;
    ck_assert_int_eq(prlimit(daemon->pid, RLIMIT_FSIZE, &limit, NULL), 0);
}

/* NULL, or what was wrong with its end. */
static const char *daemon_end(struct daemon *daemon)
{
    static const char *const reports[] = {"AddressSanitizer", "LeakSanitizer", "ThreadSanitizer", "runtime error:", NULL};
    int status = wait_status(daemon->pid);
    const char *said = file_read(daemon->errors, NULL);
    close(daemon->out);
    if (status != 0)
        return text_format("the daemon ended with %d: %s", status, said);
    for (const char *const *report = reports; *report; report++)
        if (strstr(said, *report))
            return said;
    return NULL;
}

void daemon_wait(struct daemon *daemon)
{
    const char *wrong = daemon_end(daemon);
    ck_assert_msg(!wrong, "%s", wrong);
}

void daemon_stop(struct daemon *daemon)
{
    daemon_signal(daemon, SIGTERM);
    daemon_wait(daemon);
}

void daemon_stop_shared(struct daemon *daemon)
{
    if (!daemon)
        return;
    kill(daemon->pid, SIGTERM);
    const char *wrong = daemon_end(daemon);
    if (wrong)
        fprintf(stderr, "%s\n", wrong);
    shared_failed = shared_failed || wrong;
}

int support_run(Suite *suite)
{
    curl_global_init(CURL_GLOBAL_ALL);
    signal(SIGPIPE, SIG_IGN);
    if (!folder_make()) { /* before the tests fork: one for all of them */
        perror(own_folder);
        return EXIT_FAILURE;
    }
    int failed = suite_run(suite);
    curl_global_cleanup();
    nftw(own_folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return failed || shared_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
