/* SPDX-License-Identifier: GPL-3.0-or-later
 * The table of routes checks itself at start. A broken row is our own mistake, so the program ends and says which one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/param_kind.h"
#include "server/route.h"
#include "server/route_table.h"

_Static_assert(API_ERROR_COUNT <= 32, "route.errors has a bit for each error");
_Static_assert(sizeof(fields_param) * 8 == 64, "as many fields as bits");
_Static_assert(DB_FACETS <= 64 && sizeof(facets_param) == sizeof(fields_param), "a bit for each facet; written as fields are");

/* Not assert(): it must not vanish with NDEBUG, and must name the row. */
static void must(bool holds, const struct route *route, const char *subject, const char *promise)
{
    if (holds)
        return;
    const char *operation = route->operation ? route->operation : "(a row without operation)";
    fprintf(stderr, "routes: %s: it does not hold that %s %s\n", operation, subject ? subject : "(null)", promise);
    abort();
}

static bool made_of(const char *text, size_t len, const char *characters)
{
    return len > 0 && strspn(text, characters) >= len;
}

static bool one_of(const char *text, const char *const *values)
{
    for (; *values; values++) {
        if (strcmp(*values, text) == 0)
            return true;
    }
    return false;
}

#define SMALL  "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

/* ── paths ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct param *next_in_path(const struct param *row)
{
    while (row && row->name && row->in != IN_PATH)
        row++;
    return row && row->name ? row : NULL;
}

/* /, or segments that are words or whole {args}, which stand in the order of the IN_PATH rows. */
static void verify_path(const struct route *route)
{
    const struct param *arg = next_in_path(route->params);
    const char *at = route->path;
    int args = 0;
    must(*at == '/', route, route->path, "begins with a slash");
    while (strcmp(route->path, "/") != 0 && *at == '/') {
        size_t len = strcspn(++at, "/");
        if (*at != '{') {
            must(made_of(at, len, SMALL DIGITS "-._"), route, route->path, "is made of plain segments");
        } else {
            must(len > 2 && at[len - 1] == '}', route, route->path, "has arguments that are whole segments");
            must(arg && strlen(arg->name) == len - 2 && memcmp(arg->name, at + 1, len - 2) == 0, route, route->path,
                 "has its arguments in the order of the IN_PATH rows");
            arg = next_in_path(arg + 1);
            args++;
        }
        at += len;
    }
    must(!arg, route, route->path, "has every IN_PATH row as an argument");
    must(args <= ROUTE_ARGS_MAX, route, route->path, "has at most ROUTE_ARGS_MAX arguments");
}

/* ── parameters ──────────────────────────────────────────────────────────────────────────────────────────────── */

static size_t values_len(const struct param *row)
{
    size_t len = 0;
    while (row->values && row->values[len])
        len++;
    return len;
}

static void verify_values(const struct route *route, const struct param *row)
{
    for (size_t i = 0; i < values_len(row); i++) {
        const char *value = row->values[i];
        must(*value && !strpbrk(value, ",!") && (*value != '-' || row->type == T_ENUM), route, row->name,
             "has values that a list can hold");
        must(!one_of(value, row->values + i + 1), route, row->name, "has each value once");
    }
}

static void verify_formats(const struct route *route, const struct param *row, size_t values)
{
    const struct route_format *format = route->formats;
    must(format, route, row->name, "belongs to a route that has formats");
    for (size_t i = 0; format && i < values; i++, format++)
        must(format->content_type && format->format < FORMATS && strcmp(format->name, row->values[i]) == 0, route, row->name,
             "has the names of the route's formats");
    must(values > 0 && format && !format->content_type, route, row->name, "has the names of all the route's formats");
}

static void verify_bounds(const struct route *route, const struct param *row)
{
    size_t values = values_len(row);
    switch (row->type) {
    case T_INT:
        must(row->min <= row->def && row->def <= row->max, route, row->name, "has its default inside its bounds");
        must(!row->told || row->min > 0, route, row->name, "has bounds above 0, since 0 says that it is absent");
        break;
    case T_ENUM: must(row->def >= 0 && (uint64_t)row->def < values, route, row->name, "has its default among its values"); break;
    case T_CODES: must((values > 0) == (row->vocabulary == DB_VOCAB_NONE), route, row->name, "has values or a vocabulary, not both"); break;
    case T_RANGES:
        must(row->min < row->max && row->min > INT64_MIN && row->max < INT64_MAX, route, row->name,
             "has bounds that are not the open ends");
        break;
    case T_SORT: must(values > 0 && values <= DB_SORT_KEYS, route, row->name, "has the names of enum db_study_sort_key"); break;
    case T_GROUP_BY: must(values > 0 && values <= DB_DIMENSIONS, route, row->name, "has the names of enum db_dimension"); break;
    case T_FORMAT: verify_formats(route, row, values); break;
    case T_DIALECT: must(values == DIALECT_EXCEL_NB + 1, route, row->name, "has the names of enum csv_dialect"); break;
    case T_FIELDS: must(values > 0 && values <= 64, route, row->name, "has 1 to 64 values"); break;
    case T_FACETS: must(values == DB_FACETS, route, row->name, "has the names of enum db_facet"); break;
    case T_SEARCH:
    case T_CURSOR: must(row->max > 0, route, row->name, "has a greatest length"); break;
    case T_BOOL:
    case T_TIME_RANGES:
    case T_DAY:
    case T_INSTANT:
    case T_ID: break;
    }
}

static void verify_field(const struct route *route, const struct param *row)
{
    const struct param_kind *kind = &param_kinds[row->type];
    must(row->offset % kind->align == 0, route, row->name, "is aligned");
    must(kind->size <= route->params_size && row->offset <= route->params_size - kind->size, route, row->name,
         "lies inside the typed struct");
    for (const struct param *other = route->params; other < row; other++) {
        must((row->type != T_FORMAT && row->type != T_DIALECT && row->type != T_INSTANT) || other->type != row->type, route, row->name,
             "is the only one of its type");
        size_t end = other->offset + param_kinds[other->type].size;
        must(end <= row->offset || row->offset + kind->size <= other->offset, route, row->name, "overlaps no other field");
        must(strcmp(other->name, row->name) != 0, route, row->name, "is there once");
    }
}

static void verify_params(const struct route *route)
{
    const struct param *row = route->params;
    for (; row && row->name; row++) {
        must(row - route->params < ROUTE_PARAMS_MAX, route, row->name, "is among the first ROUTE_PARAMS_MAX");
        must(row->in == IN_PATH || row->in == IN_QUERY, route, row->name, "is in the path or in the query");
        must((size_t)row->type < param_kinds_len, route, row->name, "has a type");
        must(made_of(row->name, strlen(row->name), SMALL DIGITS "_"), route, row->name, "is snake_case");
        verify_field(route, row);
        verify_values(route, row);
        verify_bounds(route, row);
    }
    must(!row || row->in == IN_END, route, "params", "ends with a zeroed row");
}

/* ── the rows, and one against the others ────────────────────────────────────────────────────────────────────── */

static void verify_bodies(const struct route *route)
{
    const struct route_body *row = route->bodies;
    must(!route->parse == !row && (route->body_max > 0) == !!row, route, "bodies", "stand with a function that reads them and a limit");
    must(!row || row->content_type, route, "bodies", "have at least one type");
    for (; row && row->content_type; row++)
        must(made_of(row->content_type, strlen(row->content_type), SMALL DIGITS "/+-."), route, row->content_type, "is a type alone");
}

static void verify_writing(const struct route *route)
{
    bool writes = route_writes(route), reads = strcmp(route->method, "GET") == 0;
    must(reads != writes, route, route->method, "is GET for what reads, and another for what writes");
    must(!writes || route->role != DB_ROLE_NONE, route, "role", "is said of what writes");
    must(writes || route->role == DB_ROLE_NONE || route->place == MACHINE, route, "role", "is not said of what everybody may read");
    must((unsigned)route->role < DB_ROLES && (route->role == DB_ROLE_OPERATOR) <= (route->place == MACHINE), route, "role",
         "is one that tokens have, or the machine's own");
    must(!route->guarded || (route->write && route->tag == TAG_STUDY), route, "guarded", "is what writes to one study");
    must(!writes || route->tag == TAG_NONE || (route->tag == TAG_STUDY && route->write), route, "tag", "is none, or the study written to");
    must(!writes || !route->formats, route, "row", "answers what is written in one format");
    must(!writes || route->moves == (route->tag == TAG_STUDY), route, "row", "leads on from an old id where it writes to a study");
    verify_bodies(route);
}

static void verify_row(const struct route *route)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", NULL};
    const struct param *arg = next_in_path(route->params);
    while (arg && strcmp(arg->name, "id") != 0)
        arg = next_in_path(arg + 1);
    must(route->operation && route->method && route->path && (!!route->handler + !!route->write + !!route->alone) == 1, route, "row",
         "is whole");
    must(!route->content_type == !!route->formats, route, "row", "has a content type or formats, not both");
    must(!route->formats || param_of_type(route, T_FORMAT), route, "formats", "can be chosen by a T_FORMAT row");
    must(route->formats || !param_of_type(route, T_DIALECT), route, "params", "has a dialect only beside formats");
    must(one_of(route->method, methods), route, route->method, "is a method that a route may have");
    must(route->ok >= 200 && route->ok < 300 && (!route->ok_too || (route->ok_too >= 200 && route->ok_too < 300)), route, "ok",
         "is a status of success");
    must(((uint64_t)route->errors >> API_ERROR_COUNT) == 0 && (route->errors & 1) == 0, route, "errors", "are errors");
    must(route->tag != TAG_STUDY || arg, route, route->path, "has {id}, since its tag is the study's");
    verify_writing(route);
    verify_path(route);
    verify_params(route);
}

static void verify_pair(const struct route *earlier, const struct route *later)
{
    struct route_match unused;
    bool same = strcmp(earlier->path, later->path) == 0;
    must(strcmp(earlier->operation, later->operation) != 0, later, later->operation, "is there once");
    must(!same || strcmp(earlier->method, later->method) != 0, later, later->path, "takes a method once");
    must(same || !route_path_matches(earlier->path, later->path, strlen(later->path), &unused), later, later->path,
         "is not hidden by an earlier path");
}

static void verify_allow(const struct route *table, size_t len, const struct route *route)
{
    size_t needed = strlen("HEAD, OPTIONS");
    for (size_t i = 0; i < len; i++)
        needed += strcmp(table[i].path, route->path) == 0 ? strlen(table[i].method) + 2 : 0;
    must(needed < sizeof((struct route_match *)NULL)->allow, route, route->path, "has methods that fit in Allow");
}

void route_table_verify(const struct route *table, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        verify_row(&table[i]);
        for (size_t earlier = 0; earlier < i; earlier++)
            verify_pair(&table[earlier], &table[i]);
    }
    for (size_t i = 0; i < len; i++)
        verify_allow(table, len, &table[i]);
}

void routes_verify(void)
{
    route_table_verify(routes, routes_len);
}
