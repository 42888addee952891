/* SPDX-License-Identifier: GPL-3.0-or-later
 * Finding the route of a request. Nothing is decoded, folded or allocated here: another spelling is another address.
 */
#include "server/route.h"

#include <string.h>

#include "server/route_table.h"

/* Up to the slash that ends the segment at text, or to the end. */
static size_t segment_len(const char *text, size_t len)
{
    const char *slash = memchr(text, '/', len);
    return slash ? (size_t)(slash - text) : len;
}

/* An {arg} takes any segment that is not empty. */
bool route_path_matches(const char *template, const char *path, size_t path_len, struct route_match *ret_match)
{
    size_t template_len = strlen(template), arg = 0;
    for (;;) {
        size_t wanted = segment_len(template, template_len), given = segment_len(path, path_len);
        if (*template == '{' && given > 0 && arg < ROUTE_ARGS_MAX) {
            ret_match->args[arg] = path;
            ret_match->args_len[arg++] = given;
        } else if (wanted != given || memcmp(template, path, given) != 0) {
            return false;
        }
        bool template_ends = wanted == template_len, path_ends = given == path_len;
        if (template_ends || path_ends)
            return template_ends && path_ends;
        template += wanted + 1;
        template_len -= wanted + 1;
        path += given + 1;
        path_len -= given + 1;
    }
}

const struct param *param_of_type(const struct route *route, enum param_type type)
{
    const struct param *row = route->params;
    while (row && row->name && row->type != type)
        row++;
    return row && row->name ? row : NULL;
}

static void allow_add(char *allow, const char *method)
{
    size_t len = strlen(allow), more = strlen(method);
    const size_t size = sizeof((struct route_match *)NULL)->allow;
    if (len + 2 + more >= size) /* routes_verify has seen that every list fits */
        return;
    if (len > 0) {
        memcpy(allow + len, ", ", sizeof ", ");
        len += 2;
    }
    memcpy(allow + len, method, more + 1);
}

void route_table_find(const struct route *table, size_t len, enum route_place place, const char *method, const char *path, size_t path_len,
                      struct route_match *ret_match)
{
    const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method;
    const char *template = NULL; /* the first that fits; its other methods are rows with the same one */
    *ret_match = (struct route_match){.route = NULL};
    for (size_t i = 0; i < len; i++) {
        const struct route *row = &table[i];
        if (row->place == MACHINE && place != MACHINE)
            continue;
        if (template ? strcmp(row->path, template) != 0 : !route_path_matches(row->path, path, path_len, ret_match))
            continue;
        template = row->path;
        allow_add(ret_match->allow, row->method);
        if (strcmp(row->method, "GET") == 0)
            allow_add(ret_match->allow, "HEAD");
        if (strcmp(row->method, wanted) == 0)
            ret_match->route = row;
    }
    if (template)
        allow_add(ret_match->allow, "OPTIONS");
}

void route_find(enum route_place place, const char *method, const char *path, size_t path_len, struct route_match *ret_match)
{
    route_table_find(routes, routes_len, place, method, path, path_len, ret_match);
}

bool route_writes(const struct route *route)
{
    return route->write || route->alone;
}

uint32_t route_errors(const struct route *route)
{
    uint32_t errors = route->errors;
    if (route_writes(route) && route->place != MACHINE)
        errors |= E(UNAUTHORIZED) | E(FORBIDDEN);
    if (route->write)
        errors |= E(CONFLICT);
    if (route_writes(route) && route->tag == TAG_STUDY)
        errors |= E(NOT_FOUND);
    if (route->guarded)
        errors |= E(PRECONDITION_REQUIRED) | E(PRECONDITION_FAILED);
    if (route->parse)
        errors |= E(UNSUPPORTED_MEDIA_TYPE) | E(MALFORMED_BODY) | E(UNPROCESSABLE);
    return errors;
}
