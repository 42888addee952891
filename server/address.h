/* SPDX-License-Identifier: GPL-3.0-or-later
 * Network addresses, and what each may take: connections at a time, requests a second. An IPv6 client is counted by its /64, since
 * one household holds a whole one.
 *
 * Threads: a struct address_table is shared by all workers and locks itself.
 */
#ifndef STUDYD_SERVER_ADDRESS_H
#define STUDYD_SERVER_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sockaddr;

struct address {
    unsigned char bytes[16]; /* IPv4 as ::ffff:a.b.c.d; all zeros = not known */
};
#define ADDRESS_TEXT_SIZE 46

void address_of_socket(const struct sockaddr *socket_address, struct address *ret_address);
/* 192.0.2.1, 2001:db8::1, either with a port as proxies write it: 192.0.2.1:80, [2001:db8::1]:80. */
bool address_read(const char *text, size_t len, struct address *ret_address);
void address_write(const struct address *address, char ret_text[ADDRESS_TEXT_SIZE]);

/* An address, or all that share its first bits: 10.0.0.0/8. */
struct address_range {
    struct address base;
    int bits;
};
bool address_range_read(const char *text, size_t len, struct address_range *ret_range);
bool address_range_holds(const struct address_range *range, const struct address *address);

struct address_table;

struct address_limits {
    int64_t connections;         /* at a time; 0 = no limit */
    int64_t requests_per_second; /* and as many at once after a pause; 0 = no limit */
};

/* Remembers as many addresses as entries; of those without a connection it forgets the one longest not seen, and counts nothing
 * for an address that finds no place. NULL = no memory. */
struct address_table *address_table_new(const struct address_limits *limits, size_t entries);
void address_table_free(struct address_table *table); /* NULL is fine */

/* Whether one more connection may be had. It does not count yet: workers that ask at the same instant may all hear yes. */
bool address_admits(struct address_table *table, const struct address *address);
/* Counts a connection; false = it is one too many, and not counted. */
bool address_connected(struct address_table *table, const struct address *address);
void address_disconnected(struct address_table *table, const struct address *address);

/* Takes one request from what the address may ask for; false = it has asked too fast. now: milliseconds, monotonic. */
bool address_spend(struct address_table *table, const struct address *address, int64_t now);

#endif
