/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/etag.h"

#include <stdio.h>
#include <string.h>

#ifndef STUDYD_BUILD
#define STUDYD_BUILD "dev" /* the Makefile names the build */
#endif

const char *etag_build(void)
{
    return STUDYD_BUILD;
}

void etag_representation(const char *content_type, const char *variant, char ret_name[ETAG_REPRESENTATION_SIZE])
{
    static const struct {
        const char *type, *name;
    } names[] = {
        {"application/json", "json"},       {"application/yaml", "yaml"}, {"text/csv", "csv"},
        {"application/x-ndjson", "ndjson"}, {"text/html", "html"},
    };
    size_t len = strcspn(content_type, "; ");
    const char *name = "other";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strlen(names[i].type) == len && strncmp(names[i].type, content_type, len) == 0)
            name = names[i].name;
    }
    snprintf(ret_name, ETAG_REPRESENTATION_SIZE, "%s%s%s", name, *variant ? "-" : "", variant);
}

void etag_write(char ret_tag[ETAG_SIZE], const char *epoch, int64_t version, const char *representation, const char *coding)
{
    snprintf(ret_tag, ETAG_SIZE, "\"%.16s-%s-%lld-%s-%s\"", epoch, etag_build(), (long long)version, representation, coding);
}

/* Behind the tag that begins at text, its length without W/ in *ret_len; NULL = no tag begins here. */
static const char *tag_end(const char **text, size_t *ret_len)
{
    if (strncmp(*text, "W/", 2) == 0)
        *text += 2;
    if (**text != '"')
        return NULL;
    const char *end = strchr(*text + 1, '"');
    if (!end)
        return NULL;
    *ret_len = (size_t)(end + 1 - *text);
    return end + 1;
}

bool etag_named(const char *value, const char *tag)
{
    value += strspn(value, " \t,");
    if (*value == '*')
        return value[1 + strspn(value + 1, " \t")] == '\0';
    while (*value) {
        size_t len;
        const char *end = tag_end(&value, &len);
        if (!end)
            return false;
        if (strlen(tag) == len && memcmp(value, tag, len) == 0)
            return true;
        size_t gap = strspn(end, " \t,");
        if (*end && !memchr(end, ',', gap))
            return false;
        value = end + gap;
    }
    return false;
}
