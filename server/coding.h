/* SPDX-License-Identifier: GPL-3.0-or-later
 * Content coding of finished bodies.
 */
#ifndef STUDYD_SERVER_CODING_H
#define STUDYD_SERVER_CODING_H

#include <stddef.h>

/* Smaller bodies fit a packet or two anyway. */
#define CODING_LEAST 1024

/* bytes as gzip, malloc'd; NULL = no memory, or it would not get smaller. */
char *coding_gzip(const char *bytes, size_t len, size_t *ret_len);

#endif
