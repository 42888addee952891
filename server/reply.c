/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/reply.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "server/stream.h"

#define ONE_DAY "86400"
/* What is asked of a stream at once for HTTP/1.0; a chunk is as long as the connection's memory has room for. */
#define STREAM_BLOCK 65536

/* On every answer: open data, for pages of any origin, never to be run. */
static const struct {
    const char *name, *value;
} everywhere[] = {
    {"Access-Control-Allow-Origin", "*"},
    {"Access-Control-Expose-Headers", "ETag, Link, Location, Retry-After, X-Request-Id, Last-Modified, Content-Disposition, "
                                      "X-Total-Count, X-Row-Count"},
    {"X-Content-Type-Options", "nosniff"},
    {"Content-Security-Policy", "default-src 'none'"},
};

static bool add(struct MHD_Response *response, const char *name, const char *value)
{
    return !value || MHD_add_response_header(response, name, value) == MHD_YES;
}

/* RFC 9110, 5.6.7; the program's locale is C, so the names are English. */
static bool add_modified(struct MHD_Response *response, int64_t modified)
{
    time_t seconds = modified / 1000;
    struct tm utc;
    char text[32];
    if (modified <= 0 || !gmtime_r(&seconds, &utc) || strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc) == 0)
        return true;
    return add(response, "Last-Modified", text);
}

static bool add_filename(struct MHD_Response *response, const char *filename)
{
    char text[REPLY_FILENAME_MAX + sizeof "inline; filename=\"\""];
    if (!filename || strlen(filename) > REPLY_FILENAME_MAX)
        return true;
    snprintf(text, sizeof text, "inline; filename=\"%s\"", filename);
    return add(response, "Content-Disposition", text);
}

static bool add_retry_after(struct MHD_Response *response, int seconds)
{
    char digits[4] = {(char)('0' + seconds / 100 % 10), (char)('0' + seconds / 10 % 10), (char)('0' + seconds % 10), '\0'};
    const char *text = digits + strspn(digits, "0");
    return seconds == 0 || add(response, "Retry-After", text);
}

static bool add_number(struct MHD_Response *response, const char *name, int64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)number);
    return add(response, name, text);
}

static bool add_counts(struct MHD_Response *response, const struct reply_head *head)
{
    return !head->counted || (add_number(response, "X-Total-Count", head->total) && add_number(response, "X-Row-Count", head->rows));
}

static bool add_preflight(struct MHD_Response *response, const struct reply_head *head)
{
    /* The star is all headers but Authorization, and to old browsers none (Fetch, 4.8). */
    return add(response, "Access-Control-Allow-Methods", head->allow) &&
           add(response, "Access-Control-Allow-Headers", "*, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match") &&
           add(response, "Access-Control-Max-Age", ONE_DAY);
}

static const char *cache_control(const struct reply_head *head)
{
    return !head->store ? "no-store" : head->immutable ? "public, max-age=31536000, immutable" : "public, no-cache";
}

static bool add_all(struct MHD_Response *response, const struct reply_head *head)
{
    for (size_t i = 0; i < sizeof everywhere / sizeof *everywhere; i++) {
        if (!add(response, everywhere[i].name, everywhere[i].value))
            return false;
    }
    const char *coding = head->coding && strcmp(head->coding, "identity") != 0 ? head->coding : NULL;
    const char *link = head->link && *head->link && strlen(head->link) <= LINK_MAX ? head->link : NULL;
    return add(response, "Content-Type", head->content_type) && add(response, "Content-Encoding", coding) &&
           add(response, "ETag", head->etag) && add(response, "Cache-Control", cache_control(head)) && add(response, "Vary", head->vary) &&
           add(response, "Location", head->location) && add(response, "Link", link) && add(response, "Allow", head->allow) &&
           add(response, "X-Request-Id", head->request_id) && add(response, "WWW-Authenticate", head->challenge) &&
           add_modified(response, head->modified) && add_filename(response, head->filename) && add_counts(response, head) &&
           add_retry_after(response, head->retry_after) && (!head->preflight || add_preflight(response, head)) &&
           add(response, "Connection", head->close ? "close" : NULL);
}

static struct MHD_Response *dressed(struct MHD_Response *response, const struct reply_head *head)
{
    if (response && add_all(response, head))
        return response;
    reply_drop(response);
    return NULL;
}

struct MHD_Response *reply_make(const struct reply_head *head, char *bytes, size_t len)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(len, bytes, bytes ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
    if (!response)
        free(bytes);
    return dressed(response, head);
}

struct MHD_Response *reply_make_constant(const struct reply_head *head, const char *bytes, size_t len)
{
    /* MHD_RESPMEM_PERSISTENT: only read */
    return dressed(MHD_create_response_from_buffer(len, (char *)(uintptr_t)bytes, MHD_RESPMEM_PERSISTENT), head);
}

static ssize_t read_stream(void *cls, uint64_t at, char *to, size_t max)
{
    (void)at;
    ssize_t len = stream_read(cls, to, max);
    switch (len) {
    case STREAM_END: return MHD_CONTENT_READER_END_OF_STREAM;
    case STREAM_BROKEN: return MHD_CONTENT_READER_END_WITH_ERROR;
    default: return len;
    }
}

struct MHD_Response *reply_make_stream(const struct reply_head *head, struct stream *stream)
{
    struct MHD_Response *response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, read_stream, stream, stream_free);
    if (!response)
        stream_free(stream);
    return dressed(response, head);
}

void reply_drop(void *response)
{
    if (response)
        MHD_destroy_response(response);
}
