/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "server/listen.h"

#define COUNT(table) (int)(sizeof table / sizeof *table)

static const struct {
    const char *text, *url; /* url NULL = refused */
} endpoints[] = {
    {"127.0.0.1:8080", "http://127.0.0.1:8080"},
    {"0.0.0.0:0", "http://0.0.0.0:0"},
    {"[::1]:65535", "http://[::1]:65535"},
    {"[::]:80", "http://[::]:80"},
    {"", NULL},
    {":", NULL},
    {":80", NULL},
    {"8080", NULL},
    {"127.0.0.1", NULL},
    {"127.0.0.1:", NULL},
    {"127.0.0.1:65536", NULL},
    {"127.0.0.1:+80", NULL},
    {"127.0.0.1:80x", NULL},
    {"127.0.0.1:000080", NULL},
    {"::1:80", NULL},
    {"[::1]", NULL},
    {"[]:80", NULL},
    {"[127.0.0.1]:80", NULL},
    {"localhost:80", NULL},
};

START_TEST(an_endpoint_is_an_address_and_a_port)
{
    struct endpoint endpoint;
    char url[ENDPOINT_URL_SIZE];
    bool good = endpoint_read(endpoints[_i].text, &endpoint);
    ck_assert_msg(good == (endpoints[_i].url != NULL), "%s", endpoints[_i].text);
    if (!good)
        return;
    endpoint_url(&endpoint, url);
    ck_assert_str_eq(url, endpoints[_i].url);
}
END_TEST

START_TEST(several_sockets_share_a_port_that_nobody_else_gets)
{
    struct endpoint ours, theirs;
    int fds[3], more[1];
    char url[ENDPOINT_URL_SIZE];
    ck_assert(endpoint_read("127.0.0.1:0", &ours));
    ck_assert(endpoint_listen(&ours, 3, fds));
    endpoint_url(&ours, url);
    ck_assert_str_ne(url, "http://127.0.0.1:0");
    ck_assert(endpoint_read(url + strlen("http://"), &theirs));
    ck_assert(!endpoint_listen(&theirs, 1, more));
    ck_assert_int_eq(errno, EADDRINUSE);
    for (int i = 0; i < 3; i++)
        close(fds[i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("listen");
    TCase *tcase = tcase_create("listen");
    tcase_add_loop_test(tcase, an_endpoint_is_an_address_and_a_port, 0, COUNT(endpoints));
    tcase_add_test(tcase, several_sockets_share_a_port_that_nobody_else_gets);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
