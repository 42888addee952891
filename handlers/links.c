/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "handlers/links.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

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

/* Four URLs of the longest query there is. */
#define LINKS_TEXT_MAX (2u << 20)

static char *links_written(const struct page_links *links)
{
    const struct {
        const char *url, *rel;
    } rows[] = {{links->self, "self"}, {links->first, "first"}, {links->next, "next"}, {links->prev, "prev"}};
    struct buffer buffer;
    buffer_init(&buffer, LINKS_TEXT_MAX);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].url) {
            buffer_text(&buffer, buffer.len ? ", <" : "<");
            buffer_text(&buffer, rows[i].url);
            buffer_text(&buffer, ">; rel=\"");
            buffer_text(&buffer, rows[i].rel);
            buffer_text(&buffer, "\"");
        }
    return buffer_take(&buffer, &(size_t){0});
}

char *link_header(const struct page_links *links)
{
    const struct page_links needed[] = {*links, {.next = links->next, .prev = links->prev}, {.next = links->next}, {NULL}};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        char *text = links_written(&needed[i]);
        if (!text || strlen(text) <= LINK_MAX)
            return text;
        free(text);
    }
    return NULL;
}

enum api_error table_links(struct request *rq, const struct page_links *links, struct reply *ret_reply)
{
    ret_reply->link = links->self && links->first ? link_header(links) : NULL;
    if (!ret_reply->link)
        return API_UNAVAILABLE;
    if (!links->next || *ret_reply->link)
        return API_OK;
    faults_add(rq->faults, "query", "limit",
               "the link to the next page does not fit the head of the answer to so long a question: ask for format=json, whose body has "
               "it, or for "
               "all rows without limit and cursor",
               NULL);
    return API_BAD_PARAMETER;
}
