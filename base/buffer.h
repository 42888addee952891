/* SPDX-License-Identifier: GPL-3.0-or-later
 * Bytes that grow up to a limit. After the first failure every append fails and the content is gone, so that only the end
 * has to be checked.
 */
#ifndef STUDYD_BASE_BUFFER_H
#define STUDYD_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buffer {
    char *bytes;
    size_t len, size, limit;
    bool failed;
};

void buffer_init(struct buffer *buffer, size_t limit);
void buffer_free(struct buffer *buffer);
bool buffer_append_slow(struct buffer *buffer, const char *bytes, size_t len); /* the same, where there may be no room yet */
/* Here, because a great answer is made of millions of short pieces. */
static inline bool buffer_append(struct buffer *buffer, const char *bytes, size_t len)
{
    if (len >= buffer->size - buffer->len || len > buffer->limit - buffer->len)
        return buffer_append_slow(buffer, bytes, len);
    if (len > 0)
        memcpy(buffer->bytes + buffer->len, bytes, len);
    buffer->len += len;
    return true;
}
static inline bool buffer_text(struct buffer *buffer, const char *text)
{
    return buffer_append(buffer, text, strlen(text));
}
bool buffer_integer(struct buffer *buffer, int64_t number); /* in decimal */
char *buffer_take(struct buffer *buffer, size_t *ret_len);  /* the caller's to free; NULL = an append failed; NUL-terminated */

#endif
