/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ceiling: libmicrohttpd in the same mode as the daemon, answering every request with the bytes of one file and nothing
 * else. What studyd costs above this is studyd's own.
 *
 * usage: bare FILE   prints "listening on http://127.0.0.1:PORT", serves until it is ended
 */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

static enum MHD_Result answer(void *cls, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
                              const char *upload_data, size_t *upload_data_size, void **con_cls)
{
    static int seen;
    (void)url, (void)method, (void)version, (void)upload_data, (void)upload_data_size;
    if (!*con_cls) {
        *con_cls = &seen;
        return MHD_YES;
    }
    return MHD_queue_response(connection, MHD_HTTP_OK, cls);
}

static struct MHD_Response *response_of(const char *path)
{
    static char bytes[1 << 20];
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    size_t len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    return MHD_create_response_from_buffer(len, bytes, MHD_RESPMEM_PERSISTENT);
}

static int listen_any_port(in_port_t *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 4096) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &len) != 0)
        return -1;
    *ret_port = ntohs(address.sin_port);
    return fd;
}

int main(int argc, char **argv)
{
    in_port_t port = 0;
    struct MHD_Response *response = argc == 2 ? response_of(argv[1]) : NULL;
    int fd = response ? listen_any_port(&port) : -1;
    struct MHD_Daemon *daemon = fd < 0 ? NULL
                                       : MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, answer, response, MHD_OPTION_LISTEN_SOCKET, fd,
                                                          MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)8192, MHD_OPTION_END);
    const union MHD_DaemonInfo *info = daemon ? MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
    if (!info)
        return fprintf(stderr, "usage: bare FILE\n"), EXIT_FAILURE;
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN};
    epoll_ctl(epoll, EPOLL_CTL_ADD, info->epoll_fd, &event);
    printf("listening on http://127.0.0.1:%d\n", port);
    fflush(stdout);
    for (;;) {
        MHD_UNSIGNED_LONG_LONG ms;
        epoll_wait(epoll, &event, 1, MHD_get_timeout(daemon, &ms) == MHD_YES ? (int)(ms < 1000 ? ms : 1000) : 1000);
        MHD_run(daemon);
    }
}
