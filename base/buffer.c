/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/buffer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 256

void buffer_init(struct buffer *buffer, size_t limit)
{
    *buffer = (struct buffer){.limit = limit};
}

void buffer_free(struct buffer *buffer)
{
    free(buffer->bytes);
    buffer_init(buffer, buffer->limit);
}

static bool buffer_fail(struct buffer *buffer)
{
    buffer_free(buffer);
    buffer->failed = true;
    return false;
}

/* Room for len more bytes and the NUL that buffer_take adds. The limit counts content, not that NUL. */
static bool buffer_reserve(struct buffer *buffer, size_t len)
{
    if (buffer->failed || len > buffer->limit - buffer->len || buffer->len + len == SIZE_MAX)
        return false;
    size_t needed = buffer->len + len + 1;
    if (needed <= buffer->size)
        return true;
    size_t size = buffer->size < SIZE_MAX / 2 ? buffer->size * 2 : needed;
    if (size < FIRST_SIZE)
        size = FIRST_SIZE;
    if (size < needed)
        size = needed;
    char *bytes = realloc(buffer->bytes, size);
    if (!bytes)
        return false;
    buffer->bytes = bytes;
    buffer->size = size;
    return true;
}

bool buffer_append_slow(struct buffer *buffer, const char *bytes, size_t len)
{
    if (!buffer_reserve(buffer, len))
        return buffer_fail(buffer);
    if (len > 0)
        memcpy(buffer->bytes + buffer->len, bytes, len);
    buffer->len += len;
    return true;
}

/* By hand: whole results have millions of them. */
bool buffer_integer(struct buffer *buffer, int64_t number)
{
    char digits[24], *first = digits + sizeof digits;
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
    do
        *--first = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (number < 0)
        *--first = '-';
    return buffer_append(buffer, first, (size_t)(digits + sizeof digits - first));
}

char *buffer_take(struct buffer *buffer, size_t *ret_len)
{
    size_t len = buffer->len;
    char *bytes = NULL;
    if (buffer_reserve(buffer, 0)) {
        bytes = buffer->bytes;
        bytes[len] = '\0';
        buffer_init(buffer, buffer->limit);
    } else {
        len = 0;
        buffer_fail(buffer);
    }
    if (ret_len)
        *ret_len = len;
    return bytes;
}
