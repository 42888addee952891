/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/json_path.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct scan {
    const char *at, *end;
};

static char peek(const struct scan *scan)
{
    return scan->at < scan->end ? *scan->at : '\0';
}

/* White space, and the commas and colons between values: the text is known to be valid. */
static void skip_between(struct scan *scan)
{
    while (scan->at < scan->end && *scan->at != '\0' && strchr(" \t\r\n,:", *scan->at) != NULL)
        scan->at++;
}

static void skip_string(struct scan *scan)
{
    for (scan->at++; scan->at < scan->end && *scan->at != '"'; scan->at++)
        scan->at += *scan->at == '\\';
    scan->at++;
    if (scan->at > scan->end)
        scan->at = scan->end;
}

static void skip_value(struct scan *scan)
{
    size_t depth = 0;
    do {
        char c = peek(scan);
        if (c == '"') {
            skip_string(scan);
        } else {
            depth += c == '{' || c == '[';
            depth -= (c == '}' || c == ']') && depth > 0;
            scan->at++;
        }
        if (depth == 0 && (c == '"' || c == '}' || c == ']'))
            return;
        /* A number or a word ends where the next separator stands. */
        if (depth == 0 && scan->at < scan->end && strchr(" \t\r\n,:]}", *scan->at) != NULL)
            return;
    } while (scan->at < scan->end);
}

static bool into_member(struct scan *scan, const char *member)
{
    size_t length = strlen(member);
    scan->at++;
    for (skip_between(scan); peek(scan) == '"'; skip_between(scan)) {
        const char *key = scan->at + 1;
        skip_string(scan);
        bool same = (size_t)(scan->at - key) == length + 1 && memcmp(key, member, length) == 0;
        skip_between(scan);
        if (same)
            return scan->at < scan->end;
        skip_value(scan);
    }
    return false;
}

static bool into_element(struct scan *scan, size_t element)
{
    scan->at++;
    for (skip_between(scan); scan->at < scan->end && peek(scan) != ']'; skip_between(scan)) {
        if (element-- == 0)
            return true;
        skip_value(scan);
    }
    return false;
}

/* Moves to the value, or as far towards it as the way leads. */
static bool follow(struct scan *scan, const struct json_path *path)
{
    if (path->up == NULL) {
        skip_between(scan);
        return scan->at < scan->end;
    }
    if (!follow(scan, path->up))
        return false;
    struct scan inside = *scan;
    char wanted = path->member != NULL ? '{' : '[';
    if (peek(scan) != wanted || !(path->member != NULL ? into_member(&inside, path->member) : into_element(&inside, path->element)))
        return false;
    *scan = inside;
    return true;
}

int json_path_line(const char *text, size_t len, const struct json_path *path)
{
    struct scan scan = {.at = text, .end = text + len};
    int line = 1;
    (void)follow(&scan, path);
    for (const char *c = text; c < scan.at; c++)
        line += *c == '\n';
    return line;
}

static size_t path_append(const struct json_path *path, char *text, size_t size)
{
    if (path->up == NULL)
        return 0;
    size_t used = path_append(path->up, text, size);
    int more;
    if (path->member != NULL)
        more = snprintf(text + used, size - used, "%s%s", used > 0 ? "." : "", path->member);
    else
        more = snprintf(text + used, size - used, "[%zu]", path->element);
    used += more > 0 ? (size_t)more : 0;
    return used < size ? used : size - 1;
}

const char *json_path_text(const struct json_path *path, char *ret_text, size_t size)
{
    ret_text[0] = '\0';
    (void)path_append(path, ret_text, size);
    return ret_text;
}
