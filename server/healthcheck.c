/* SPDX-License-Identifier: GPL-3.0-or-later
 * studyd healthcheck: what a container asks every few seconds. A plain socket, so that the image needs no other program.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "server/command.h"
#include "server/listen.h"

#define PATIENCE_S 3

/* The status of the answer, 0 = there was none. */
static int status_of_ready(int fd)
{
    static const char question[] = "GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    char answer[64];
    size_t len = 0;
    if (send(fd, question, sizeof question - 1, MSG_NOSIGNAL) != (ssize_t)(sizeof question - 1))
        return 0;
    while (len < 12) {
        ssize_t got = recv(fd, answer + len, sizeof answer - len, 0);
        if (got <= 0)
            return 0;
        len += (size_t)got;
    }
    if (memcmp(answer, "HTTP/1.1 ", 9) != 0)
        return 0;
    return (answer[9] - '0') * 100 + (answer[10] - '0') * 10 + (answer[11] - '0');
}

static int failed(const char *listen, const char *why)
{
    fprintf(stderr, "studyd healthcheck: %s: %s\n", listen, why);
    return 1;
}

int healthcheck_command(const struct config *config)
{
    struct endpoint endpoint;
    if (!endpoint_read(config->listen, &endpoint))
        return config_misuse(stderr, "healthcheck", "--listen: ADDR:PORT was expected");
    int fd = socket(endpoint.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    if (fd < 0)
        return failed(config->listen, strerror(errno));
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience); /* of connect too */
    int status = connect(fd, (const struct sockaddr *)&endpoint.address, endpoint.len) == 0 ? status_of_ready(fd) : 0;
    close(fd);
    if (status == 200)
        return 0;
    return failed(config->listen, status == 503 ? "not ready" : status == 0 ? "no answer" : "an unexpected answer");
}
