/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/format.h"

#include <string.h>

#include "server/accept.h"

/* What a parameter of that type says; 0 = absent, or the route has none. */
static int asked(const struct route *route, const void *params, enum param_type type)
{
    const struct param *row = param_of_type(route, type);
    return row ? *(const int *)((const char *)params + row->offset) : 0;
}

/* NULL = none is admitted. */
static const struct route_format *by_accept(const struct route_format *formats, const char *accept)
{
    const struct route_format *best = NULL;
    struct accept_wish most = {0};
    for (; formats->content_type; formats++) {
        struct accept_wish wish = accept_wish(accept, formats->content_type);
        if (wish.weight > 0 && accept_prefers(wish, most)) {
            best = formats;
            most = wish;
        }
    }
    return best;
}

static void choose_dialect(const struct route *route, const void *params, struct faults *faults, struct format_choice *choice)
{
    const struct param *row = param_of_type(route, T_DIALECT);
    int given = asked(route, params, T_DIALECT);
    choice->dialect = given > 0 ? (enum csv_dialect)(given - 1) : DIALECT_RFC4180;
    choice->variant = choice->dialect == DIALECT_RFC4180 ? "" : row->values[choice->dialect];
    if (given > 0 && choice->format != FORMAT_CSV && !faults_name(faults, "format"))
        faults_add(faults, "query", row->name, "goes with format=csv: ask for that too, or leave the dialect out", NULL);
}

enum api_error format_choose(const struct route *route, const void *params, const char *accept, struct faults *faults,
                             struct format_choice *ret_choice)
{
    const struct route_format own[] = {{NULL, FORMAT_JSON, route->content_type}, {0}};
    const struct route_format *formats = route->formats ? route->formats : own, *best;
    int given = asked(route, params, T_FORMAT);
    if (given > 0)
        best = &formats[given - 1];
    else if (faults_name(faults, "format")) /* it was meant to say: that fault comes first */
        best = formats;
    else
        best = by_accept(formats, accept);
    if (!best)
        return API_NOT_ACCEPTABLE;
    *ret_choice = (struct format_choice){.content_type = best->content_type, .format = best->format, .variant = ""};
    if (param_of_type(route, T_DIALECT))
        choose_dialect(route, params, faults, ret_choice);
    return API_OK;
}

/* Where the parameter stands in the query; NULL = nowhere. */
static const char *pair_of(const char *query, const char *name)
{
    size_t len = strlen(name);
    for (; *query; query += strcspn(query, "&"), query += *query == '&')
        if (strncmp(query, name, len) == 0 && query[len] == '=')
            return query;
    return NULL;
}

const char *format_query(struct arena *arena, const struct route *route, const char *query, const struct format_choice *choice)
{
    const struct param *format = param_of_type(route, T_FORMAT), *dialect = param_of_type(route, T_DIALECT);
    const char *at = dialect && format ? pair_of(query, dialect->name) : NULL;
    if (!at || pair_of(query, format->name))
        return query;
    return arena_printf(arena, "%.*s%s=%s&%s", (int)(at - query), query, format->name, format->values[choice->format], at);
}

const char *format_offer(struct arena *arena, const struct route *route)
{
    if (!route->formats)
        return route->content_type;
    const char *offer = NULL;
    for (const struct route_format *format = route->formats; format->content_type; format++) {
        int len = (int)strcspn(format->content_type, "; ");
        const char *between = !offer ? "" : format[1].content_type ? ", " : " or ";
        offer = arena_printf(arena, "%s%s%.*s", offer ? offer : "", between, len, format->content_type);
    }
    return offer;
}

const char *format_filename(struct arena *arena, const char *path, enum reply_format format)
{
    static const char *const endings[FORMATS] = {[FORMAT_CSV] = "csv", [FORMAT_NDJSON] = "ndjson"};
    if (!endings[format])
        return NULL;
    char *name = arena_printf(arena, "%s.%s", path + strspn(path, "/"), endings[format]);
    for (char *at = name; at && (at = strchr(at, '/'));)
        *at = '-';
    return name;
}
