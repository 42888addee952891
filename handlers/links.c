/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "handlers/links.h"

#include <string.h>

static bool named(const char *pair, const char *const *names)
{
    for (; *names; names++) {
        size_t len = strlen(*names);
        if (strncmp(pair, *names, len) == 0 && pair[len] == '=')
            return true;
    }
    return false;
}

const char *query_without(struct arena *arena, const char *query, const char *const *names)
{
    char *out = arena_alloc(arena, strlen(query) + 1);
    size_t len = 0;
    while (out && *query) {
        size_t pair = strcspn(query, "&");
        if (!named(query, names)) {
            if (len)
                out[len++] = '&';
            memcpy(out + len, query, pair);
            len += pair;
        }
        query += pair + (query[pair] == '&');
    }
    return out;
}

const char *url_with(struct arena *arena, const char *path, const char *query, const char *more, const char *value)
{
    if (!query)
        return NULL;
    if (!more)
        return arena_printf(arena, "%s%s%s", path, *query ? "?" : "", query);
    return arena_printf(arena, "%s?%s%s%s=%s", path, query, *query ? "&" : "", more, value);
}
