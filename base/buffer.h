/* SPDX-License-Identifier: GPL-3.0-or-later
 * Bytes that grow up to a limit. After the first failure every append fails and the content is gone, so that only the end
 * has to be checked.
 */
#ifndef STUDYD_BASE_BUFFER_H
#define STUDYD_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

struct buffer {
    char *bytes;
    size_t len, size, limit;
    bool failed;
};

void buffer_init(struct buffer *buffer, size_t limit);
void buffer_free(struct buffer *buffer);
bool buffer_append(struct buffer *buffer, const char *bytes, size_t len);
bool buffer_text(struct buffer *buffer, const char *text);
char *buffer_take(struct buffer *buffer, size_t *ret_len); /* the caller's to free; NULL = an append failed; NUL-terminated */

#endif
