/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem, strcasestr */
#include "bench/served.h"

#include "bench/ask.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* ── the daemon ─────────────────────────────────────────────────────────────────────────────────────────────── */

static void run(const char *program, const char *database, const char *const *options, int out)
{
    const char *words[32] = {
        program, "serve", "--db", database, "--listen", "127.0.0.1:0", "--log-level", "error", "--max-connections-per-address", "0"};
    for (size_t at = 10; *options != NULL && at < 31; at++)
        words[at] = *options++;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    dup2(out, STDOUT_FILENO);
    execv(program, (char **)(uintptr_t)words);
    _exit(127);
}

void served_start(struct served *served, const char *program, const char *database, const char *const *options)
{
    int ends[2];
    char line[256];
    if (pipe(ends) != 0)
        give_up("no pipe");
    fflush(NULL);
    *served = (struct served){.pid = fork()};
    if (served->pid == 0)
        run(program, database, options, ends[1]);
    close(ends[1]);
    served->said = fdopen(ends[0], "r");
    while (served->port == 0 && fgets(line, sizeof line, served->said) != NULL)
        if (strncmp(line, "listening on http://", 20) == 0)
            served->port = (int)strtol(strrchr(line, ':') + 1, NULL, 10);
    if (served->port == 0)
        give_up("the daemon does not start");
}

void served_stop(struct served *served)
{
    kill(served->pid, SIGTERM);
    waitpid(served->pid, NULL, 0);
    fclose(served->said);
}

/* ── what its threads spend ─────────────────────────────────────────────────────────────────────────────────── */

static int64_t ns_of(pid_t process, const char *thread)
{
    char path[300], line[100] = "";
    snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", (int)process, thread);
    FILE *in = fopen(path, "r");
    if (in == NULL)
        return 0; /* it has ended meanwhile */
    char *read = fgets(line, sizeof line, in);
    fclose(in);
    return read == NULL ? 0 : strtoll(line, NULL, 10);
}

struct spent served_spent(const struct served *served)
{
    struct spent spent = {0};
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task", (int)served->pid);
    DIR *threads = opendir(path);
    if (threads == NULL)
        give_up("the daemon has ended");
    for (struct dirent *entry; (entry = readdir(threads)) != NULL && spent.len < THREADS_MAX;)
        if (entry->d_name[0] != '.')
            spent.list[spent.len++] = (struct thread_spent){(pid_t)strtol(entry->d_name, NULL, 10), ns_of(served->pid, entry->d_name)};
    closedir(threads);
    return spent;
}

static int64_t before(const struct spent *from, pid_t id)
{
    for (size_t i = 0; i < from->len; i++)
        if (from->list[i].id == id)
            return from->list[i].ns;
    return 0;
}

int64_t spent_of(const struct spent *from, const struct spent *to, pid_t id)
{
    int64_t ns = 0;
    for (size_t i = 0; i < to->len; i++)
        if (id == 0 || to->list[i].id == id)
            ns += to->list[i].ns - before(from, to->list[i].id);
    return ns;
}

pid_t spent_most(const struct spent *from, const struct spent *to)
{
    pid_t id = 0;
    int64_t most = -1;
    for (size_t i = 0; i < to->len; i++) {
        int64_t ns = to->list[i].ns - before(from, to->list[i].id);
        if (ns > most) {
            most = ns;
            id = to->list[i].id;
        }
    }
    return id;
}

/* ── connections ────────────────────────────────────────────────────────────────────────────────────────────── */

void wire_open(struct wire *connection, const struct served *served)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((in_port_t)served->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    connection->len = 0;
    connection->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection->socket < 0 || connect(connection->socket, (struct sockaddr *)&address, sizeof address) != 0)
        give_up("cannot connect to port %d", served->port);
    setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
}

void wire_close(struct wire *connection)
{
    close(connection->socket);
}

bool answer_read(const struct wire *connection, struct answer *ret_answer)
{
    const char *end = memmem(connection->in, connection->len, "\r\n\r\n", 4);
    if (end == NULL)
        return false;
    *ret_answer = (struct answer){.status = (int)strtol(connection->in + 9, NULL, 10), .head_len = (size_t)(end + 4 - connection->in)};
    char length[24];
    bool has_body = ret_answer->status != 304 && answer_header(connection, ret_answer, "\r\nContent-Length: ", length, sizeof length);
    ret_answer->len = ret_answer->head_len + (has_body ? strtoul(length, NULL, 10) : 0);
    if (ret_answer->len >= sizeof connection->in)
        give_up("an answer of %zu bytes is more than there is room for", ret_answer->len);
    return connection->len >= ret_answer->len;
}

void answer_take(struct wire *connection, const struct answer *answer)
{
    connection->len -= answer->len;
    memmove(connection->in, connection->in + answer->len, connection->len);
}

bool answer_header(const struct wire *connection, const struct answer *answer, const char *name, char *ret_value, size_t room)
{
    const char *at = memmem(connection->in, answer->head_len, name, strlen(name));
    const char *end = at == NULL ? NULL : memchr(at + 2, '\r', (size_t)(connection->in + answer->head_len - at - 2));
    size_t len = end == NULL ? 0 : (size_t)(end - at) - strlen(name);
    if (end == NULL || len >= room)
        return false;
    memcpy(ret_value, at + strlen(name), len);
    ret_value[len] = '\0';
    return true;
}

struct answer wire_ask(struct wire *connection, const char *request, size_t len, int status)
{
    struct answer answer;
    if (send(connection->socket, request, len, MSG_NOSIGNAL) != (ssize_t)len)
        give_up("a request could not be sent");
    while (!answer_read(connection, &answer)) {
        ssize_t got = recv(connection->socket, connection->in + connection->len, sizeof connection->in - 1 - connection->len, 0);
        if (got <= 0)
            give_up("the connection has ended within an answer");
        connection->len += (size_t)got;
    }
    connection->in[connection->len] = '\0';
    if (answer.status != status)
        give_up("%.*s is answered with: %.600s", (int)(strchr(request, '\r') - request), request, connection->in);
    return answer;
}
