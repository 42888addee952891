/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support.h"

#include <netinet/in.h>
#include <pthread.h>
#include <string.h>

#include "server/address.h"

#define COUNT(table) (int)(sizeof table / sizeof *table)

static struct address address(const char *text)
{
    struct address read;
    ck_assert_msg(address_read(text, strlen(text), &read), "%s", text);
    return read;
}

static const struct {
    const char *text, *written; /* NULL = not an address */
} texts[] = {
    {"192.0.2.1", "192.0.2.1"},
    {"192.0.2.1:8080", "192.0.2.1"},
    {"2001:db8::1", "2001:db8::1"},
    {"[2001:db8::1]", "2001:db8::1"},
    {"[2001:db8::1]:443", "2001:db8::1"},
    {"::ffff:192.0.2.1", "192.0.2.1"},
    {"::1", "::1"},
    {"", NULL},
    {"unknown", NULL},
    {"_hidden", NULL},
    {"192.0.2", NULL},
    {"192.0.2.256", NULL},
    {"[2001:db8::1", NULL},
    {"[]", NULL},
    {"2001:db8::1::2", NULL},
    {"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000", NULL},
};

START_TEST(addresses_are_read_as_proxies_write_them)
{
    struct address read;
    char written[ADDRESS_TEXT_SIZE];
    bool good = address_read(texts[_i].text, strlen(texts[_i].text), &read);
    ck_assert_msg(good == (texts[_i].written != NULL), "%s", texts[_i].text);
    if (!good)
        return;
    address_write(&read, written);
    ck_assert_str_eq(written, texts[_i].written);
}
END_TEST

START_TEST(a_socket_address_is_the_same_as_its_text)
{
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0xc0000201)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = {.s6_addr = {[10] = 0xff, [11] = 0xff, 192, 0, 2, 1}}};
    struct address wanted = address("192.0.2.1"), read;
    address_of_socket((struct sockaddr *)&four, &read);
    ck_assert_mem_eq(&read, &wanted, sizeof read);
    address_of_socket((struct sockaddr *)&six, &read); /* as a socket for both families tells it */
    ck_assert_mem_eq(&read, &wanted, sizeof read);
}
END_TEST

static const struct {
    const char *range, *inside, *outside;
} ranges[] = {
    {"10.0.0.7", "10.0.0.7", "10.0.0.8"},
    {"10.0.0.0/8", "10.255.1.2", "11.0.0.0"},
    {"10.0.0.0/30", "10.0.0.3", "10.0.0.4"},
    {"192.0.2.0/25", "192.0.2.127", "192.0.2.128"},
    {"0.0.0.0/0", "203.0.113.9", "2001:db8::1"},
    {"2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"},
    {"::1", "::1", "::2"},
    {"::/0", "2001:db8::1", NULL},
};

START_TEST(a_range_holds_what_shares_its_bits)
{
    struct address_range range;
    ck_assert(address_range_read(ranges[_i].range, strlen(ranges[_i].range), &range));
    struct address inside = address(ranges[_i].inside);
    ck_assert(address_range_holds(&range, &inside));
    if (!ranges[_i].outside)
        return;
    struct address outside = address(ranges[_i].outside);
    ck_assert(!address_range_holds(&range, &outside));
}
END_TEST

static const char *const no_ranges[] = {"",       "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/x", "10.0.0.0/8x", "10.0.0.0/0008",
                                        "::/129", "ten",       "/8"};

START_TEST(what_is_no_range_is_refused)
{
    struct address_range range;
    ck_assert_msg(!address_range_read(no_ranges[_i], strlen(no_ranges[_i]), &range), "%s", no_ranges[_i]);
}
END_TEST

START_TEST(connections_are_counted_per_address_and_per_half_of_ipv6)
{
    const struct address_limits limits = {.connections = 2};
    struct address_table *table = address_table_new(&limits, 16);
    struct address one = address("192.0.2.1"), other = address("192.0.2.2"), six = address("2001:db8::1"), near = address("2001:db8::2"),
                   far = address("2001:db8:0:1::1");
    ck_assert(address_admits(table, &one));
    ck_assert(address_connected(table, &one));
    ck_assert(address_connected(table, &one));
    ck_assert(!address_connected(table, &one)); /* one too many is not counted */
    ck_assert(!address_admits(table, &one));
    ck_assert(address_admits(table, &other));
    address_disconnected(table, &one);
    ck_assert(address_admits(table, &one));
    address_connected(table, &six);
    address_connected(table, &near);
    ck_assert(!address_admits(table, &six));
    ck_assert(address_admits(table, &far));
    address_table_free(table);
}
END_TEST

START_TEST(a_full_table_forgets_the_idle_and_never_those_connected)
{
    const struct address_limits limits = {.connections = 1};
    struct address_table *table = address_table_new(&limits, 4);
    char text[20];
    for (int i = 0; i < 6; i++) { /* two more than it has places */
        snprintf(text, sizeof text, "192.0.2.%d", i);
        struct address each = address(text);
        address_connected(table, &each);
    }
    struct address first = address("192.0.2.0"), last = address("192.0.2.5");
    ck_assert(!address_admits(table, &first));
    ck_assert(address_admits(table, &last)); /* no place, so not counted */
    address_disconnected(table, &last);      /* and nothing to take back */
    address_disconnected(table, &first);
    address_connected(table, &last); /* in the place of the one that is idle now */
    ck_assert(!address_admits(table, &last));
    ck_assert(address_admits(table, &first));
    address_table_free(table);
}
END_TEST

START_TEST(requests_are_granted_by_the_rate_and_a_second_of_it_after_a_pause)
{
    const struct address_limits limits = {.requests_per_second = 5};
    struct address_table *table = address_table_new(&limits, 16);
    struct address one = address("192.0.2.1"), other = address("192.0.2.2");
    for (int i = 0; i < 5; i++)
        ck_assert(address_spend(table, &one, 1000));
    ck_assert(!address_spend(table, &one, 1000));
    ck_assert(address_spend(table, &other, 1000));
    ck_assert(!address_spend(table, &one, 1199));
    ck_assert(address_spend(table, &one, 1200));
    ck_assert(!address_spend(table, &one, 1200));
    int granted = 0;
    for (int64_t now = 1200; now < 11200; now++)
        granted += address_spend(table, &one, now);
    ck_assert_int_ge(granted, 49);
    ck_assert_int_le(granted, 50);
    granted = 0;
    for (int i = 0; i < 100; i++)
        granted += address_spend(table, &one, INT64_C(1) << 50); /* a long pause saves no more than a second */
    ck_assert_int_eq(granted, 5);
    address_table_free(table);
}
END_TEST

START_TEST(without_limits_everything_is_granted)
{
    const struct address_limits limits = {0};
    struct address_table *table = address_table_new(&limits, 1);
    struct address one = address("192.0.2.1");
    for (int i = 0; i < 1000; i++) {
        address_connected(table, &one);
        ck_assert(address_admits(table, &one));
        ck_assert(address_spend(table, &one, 0));
    }
    address_table_free(table);
    address_table_free(NULL);
}
END_TEST

static void *come_and_go(void *cls)
{
    struct address_table *table = cls;
    char text[20];
    for (int i = 0; i < 20000; i++) {
        snprintf(text, sizeof text, "192.0.2.%d", i % 200);
        struct address each;
        address_read(text, strlen(text), &each);
        bool counted = address_connected(table, &each);
        address_spend(table, &each, i);
        if (counted)
            address_disconnected(table, &each);
    }
    return NULL;
}

START_TEST(threads_leave_no_connection_behind)
{
    const struct address_limits limits = {.connections = 1, .requests_per_second = 3};
    struct address_table *table = address_table_new(&limits, 256);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, come_and_go, table);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < 200; i++) {
        struct address each = address(text_format("192.0.2.%d", i));
        ck_assert(address_admits(table, &each));
    }
    address_table_free(table);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("address");
    TCase *tcase = tcase_create("address");
    tcase_add_loop_test(tcase, addresses_are_read_as_proxies_write_them, 0, COUNT(texts));
    tcase_add_test(tcase, a_socket_address_is_the_same_as_its_text);
    tcase_add_loop_test(tcase, a_range_holds_what_shares_its_bits, 0, COUNT(ranges));
    tcase_add_loop_test(tcase, what_is_no_range_is_refused, 0, COUNT(no_ranges));
    tcase_add_test(tcase, connections_are_counted_per_address_and_per_half_of_ipv6);
    tcase_add_test(tcase, a_full_table_forgets_the_idle_and_never_those_connected);
    tcase_add_test(tcase, requests_are_granted_by_the_rate_and_a_second_of_it_after_a_pause);
    tcase_add_test(tcase, without_limits_everything_is_granted);
    tcase_add_test(tcase, threads_leave_no_connection_behind);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
