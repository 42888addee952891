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

typedef bool (*tag_fits_fn)(const char *tag, size_t len, bool weak, const void *cls);

/* Whether one of the tags fits. "*" is for the caller. */
static bool any_fits(const char *value, tag_fits_fn fits, const void *cls)
{
    value += strspn(value, " \t,");
    while (*value) {
        size_t len;
        const char *begin = value, *end = tag_end(&value, &len);
        if (!end)
            return false;
        if (fits(value, len, value != begin, cls))
            return true;
        size_t gap = strspn(end, " \t,");
        if (*end && !memchr(end, ',', gap))
            return false;
        value = end + gap;
    }
    return false;
}

static bool is_star(const char *value)
{
    value += strspn(value, " \t,");
    return *value == '*' && value[1 + strspn(value + 1, " \t")] == '\0';
}

static bool is_same(const char *tag, size_t len, bool weak, const void *cls)
{
    const char *wanted = cls;
    (void)weak;
    return strlen(wanted) == len && memcmp(tag, wanted, len) == 0;
}

bool etag_named(const char *value, const char *tag)
{
    return is_star(value) || any_fits(value, is_same, tag);
}

struct version {
    const char *epoch;
    int64_t version;
};

/* One part of a tag, and the hyphen after it. */
static const char *part_end(const char *at, const char *end)
{
    const char *hyphen = memchr(at, '-', (size_t)(end - at));
    return hyphen && hyphen > at ? hyphen : NULL;
}

/* "epoch-build-version-representation-coding": the first and the third part. */
struct parts {
    const char *epoch, *version;
    size_t epoch_len, version_len;
};

static bool parts_find(const char *tag, size_t len, struct parts *ret_parts)
{
    const char *end = tag + len - 1, *epoch = tag + 1;
    const char *build = part_end(epoch, end), *version = build ? part_end(build + 1, end) : NULL;
    const char *rest = version ? part_end(version + 1, end) : NULL, *coding = rest ? part_end(rest + 1, end) : NULL;
    if (!coding || coding + 1 == end)
        return false;
    *ret_parts = (struct parts){epoch, version + 1, (size_t)(build - epoch), (size_t)(rest - version - 1)};
    return true;
}

static bool is_of_version(const char *tag, size_t len, bool weak, const void *cls)
{
    const struct version *wanted = cls;
    struct parts parts;
    char digits[24];
    if (weak || !parts_find(tag, len, &parts))
        return false;
    int digits_len = snprintf(digits, sizeof digits, "%lld", (long long)wanted->version);
    return strlen(wanted->epoch) == parts.epoch_len && memcmp(wanted->epoch, parts.epoch, parts.epoch_len) == 0 &&
           parts.version_len == (size_t)digits_len && memcmp(parts.version, digits, parts.version_len) == 0;
}

static bool is_of_any_version(const char *tag, size_t len, bool weak, const void *cls)
{
    struct parts parts;
    (void)cls;
    return !weak && parts_find(tag, len, &parts) && strspn(parts.version, "0123456789") == parts.version_len;
}

bool etag_names_version(const char *value, const char *epoch, int64_t version)
{
    const struct version wanted = {epoch, version};
    return is_star(value) || any_fits(value, is_of_version, &wanted);
}

bool etag_has_version(const char *value)
{
    return is_star(value) || any_fits(value, is_of_any_version, NULL);
}
