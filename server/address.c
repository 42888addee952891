/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static bool is_ipv4(const struct address *address)
{
    return memcmp(address->bytes, mapped, sizeof mapped) == 0;
}

void address_of_socket(const struct sockaddr *socket_address, struct address *ret_address)
{
    *ret_address = (struct address){0};
    if (socket_address->sa_family == AF_INET) {
        memcpy(ret_address->bytes, mapped, sizeof mapped);
        memcpy(ret_address->bytes + sizeof mapped, &((const struct sockaddr_in *)(const void *)socket_address)->sin_addr, 4);
    } else if (socket_address->sa_family == AF_INET6) {
        memcpy(ret_address->bytes, &((const struct sockaddr_in6 *)(const void *)socket_address)->sin6_addr, 16);
    }
}

bool address_read(const char *text, size_t len, struct address *ret_address)
{
    char copy[ADDRESS_TEXT_SIZE];
    if (len > 0 && *text == '[') {
        const char *end = memchr(text, ']', len);
        if (!end)
            return false;
        text++;
        len = (size_t)(end - text);
    } else {
        const char *colon = memchr(text, ':', len);
        if (colon && !memchr(colon + 1, ':', len - (size_t)(colon + 1 - text)))
            len = (size_t)(colon - text); /* one colon only: a port after IPv4 */
    }
    if (len == 0 || len >= sizeof copy)
        return false;
    memcpy(copy, text, len);
    copy[len] = '\0';
    memcpy(ret_address->bytes, mapped, sizeof mapped);
    return inet_pton(AF_INET, copy, ret_address->bytes + sizeof mapped) == 1 || inet_pton(AF_INET6, copy, ret_address->bytes) == 1;
}

void address_write(const struct address *address, char ret_text[ADDRESS_TEXT_SIZE])
{
    bool four = is_ipv4(address);
    if (!inet_ntop(four ? AF_INET : AF_INET6, address->bytes + (four ? sizeof mapped : 0), ret_text, ADDRESS_TEXT_SIZE))
        ret_text[0] = '\0';
}

bool address_range_read(const char *text, size_t len, struct address_range *ret_range)
{
    const char *slash = memchr(text, '/', len);
    size_t address_len = slash ? (size_t)(slash - text) : len;
    if (!address_read(text, address_len, &ret_range->base))
        return false;
    int most = is_ipv4(&ret_range->base) ? 32 : 128, bits = 0;
    size_t digits = slash ? len - address_len - 1 : 0;
    if (slash && (digits == 0 || digits > 3))
        return false;
    for (size_t i = 0; i < digits; i++) {
        if (slash[1 + i] < '0' || slash[1 + i] > '9')
            return false;
        bits = bits * 10 + (slash[1 + i] - '0');
    }
    ret_range->bits = 128 - most + (slash ? bits : most);
    return bits <= most;
}

bool address_range_holds(const struct address_range *range, const struct address *address)
{
    size_t whole = (size_t)range->bits / 8;
    if (memcmp(range->base.bytes, address->bytes, whole) != 0)
        return false;
    int rest = range->bits % 8;
    return rest == 0 || ((range->base.bytes[whole] ^ address->bytes[whole]) >> (8 - rest)) == 0;
}
