/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "handlers/cursor.h"

#include <sodium.h>
#include <string.h>

/* Layout: version, direction, bytes that stand for the query, the position. */
enum { VERSION = 1, QUERY_BYTES = 16, HEAD = 2 + QUERY_BYTES, CURSOR_BYTES = HEAD + sizeof((struct db_position){0}.bytes) };

static void query_digest(const char *query, unsigned char out[QUERY_BYTES])
{
    crypto_generichash(out, QUERY_BYTES, (const unsigned char *)query, strlen(query), NULL, 0);
}

const char *cursor_write(struct arena *arena, const char *query, const struct cursor *cursor)
{
    unsigned char raw[CURSOR_BYTES] = {VERSION, cursor->backwards};
    query_digest(query, raw + 2);
    memcpy(raw + HEAD, cursor->position.bytes, cursor->position.len);
    size_t len = HEAD + cursor->position.len;
    size_t size = sodium_base64_encoded_len(len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *text = arena_alloc(arena, size);
    return text ? sodium_bin2base64(text, size, raw, len, sodium_base64_VARIANT_URLSAFE_NO_PADDING) : NULL;
}

bool cursor_read(const char *text, const char *query, struct cursor *ret_cursor)
{
    unsigned char raw[CURSOR_BYTES], digest[QUERY_BYTES];
    size_t len = 0;
    if (sodium_base642bin(raw, sizeof raw, text, strlen(text), NULL, &len, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return false;
    query_digest(query, digest);
    if (len <= HEAD || raw[0] != VERSION || raw[1] > 1 || memcmp(raw + 2, digest, QUERY_BYTES) != 0)
        return false;
    ret_cursor->backwards = raw[1];
    ret_cursor->position.len = len - HEAD;
    memcpy(ret_cursor->position.bytes, raw + HEAD, len - HEAD);
    return true;
}

enum api_error bad_cursor(struct request *rq)
{
    faults_add(rq->faults, "query", "cursor",
               "is not a cursor of this query: take it from links.next or links.prev, and keep filters and sort as they were", NULL);
    return API_BAD_PARAMETER;
}
