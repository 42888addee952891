/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/coding.h"

#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

/* Each body is compressed once per version and then served from the cache many times, but a page nobody asked for before pays at
 * once and holds up its worker. */
#define LEVEL        4
#define GZIP_WRAPPER 16
#define MEMORY       9

char *coding_gzip(const char *bytes, size_t len, size_t *ret_len)
{
    z_stream stream = {0};
    if (len > UINT32_MAX || deflateInit2(&stream, LEVEL, Z_DEFLATED, MAX_WBITS + GZIP_WRAPPER, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        return NULL;
    char *coded = malloc(len);
    stream.next_in = (unsigned char *)(size_t)bytes; /* zlib only reads it */
    stream.avail_in = (uInt)len;
    stream.next_out = (unsigned char *)coded;
    stream.avail_out = (uInt)len;
    int end = coded ? deflate(&stream, Z_FINISH) : Z_MEM_ERROR;
    deflateEnd(&stream);
    if (end != Z_STREAM_END) {
        free(coded);
        return NULL;
    }
    *ret_len = stream.total_out;
    char *exact = realloc(coded, *ret_len);
    return exact ? exact : coded;
}
