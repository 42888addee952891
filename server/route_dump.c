/* SPDX-License-Identifier: GPL-3.0-or-later
 * --dump-routes: what the daemon does, for the test that compares it with what openapi.yaml says.
 */
#include <stdio.h>
#include <string.h>

#include "server/param_kind.h"
#include "server/route.h"
#include "server/route_table.h"

static const char *const tag_names[] = {
    [TAG_NONE] = "none",
    [TAG_BUILD] = "build",
    [TAG_DATA] = "data",
    [TAG_STUDY] = "study",
};

static const char *const vocabulary_names[] = {
    [DB_VOCAB_NONE] = "none",
    [DB_VOCAB_PROGRAMME] = "programme",
    [DB_VOCAB_STUDY] = "study",
    [DB_VOCAB_REGION] = "region",
    [DB_VOCAB_MECHANISM] = "mechanism",
    [DB_VOCAB_CATEGORY] = "category",
    [DB_VOCAB_INSTITUTION] = "institution",
    [DB_VOCAB_LEADER] = "leader",
    [DB_VOCAB_STATUS] = "status",
};

/* New. What they return NULL for is out of memory; json_*_new functions take NULL and fail in turn, which `good` gathers. */
static json_t *strings_json(const char *const *texts)
{
    json_t *list = json_array();
    bool good = list != NULL;
    for (; good && *texts; texts++)
        good = json_array_append_new(list, json_string(*texts)) == 0;
    if (good)
        return list;
    json_decref(list);
    return NULL;
}

/* Those members that mean something for the type. */
static bool param_details_put(const struct param *row, json_t *object)
{
    bool number = row->type == T_INT || row->type == T_RANGES, good = true;
    if (number)
        good = json_object_set_new(object, "minimum", json_integer(row->min)) == 0;
    if (good && (number || row->type == T_CURSOR || row->type == T_SEARCH))
        good = json_object_set_new(object, "maximum", json_integer(row->max)) == 0;
    if (good && row->type == T_INT && row->in == IN_QUERY)
        good = json_object_set_new(object, "default", json_integer(row->def)) == 0;
    if (good && row->type == T_ENUM && row->in == IN_QUERY)
        good = json_object_set_new(object, "default", json_string(row->values[row->def])) == 0;
    if (good && row->values)
        good = json_object_set_new(object, "values", strings_json(row->values)) == 0;
    if (good && row->vocabulary != DB_VOCAB_NONE)
        good = json_object_set_new(object, "vocabulary", json_string(vocabulary_names[row->vocabulary])) == 0;
    return good;
}

static json_t *param_json(const struct param *row)
{
    json_t *object = json_pack("{s:s, s:s, s:s, s:b}", "name", row->name, "in", row->in == IN_PATH ? "path" : "query", "type",
                               param_kinds[row->type].name, "required", row->in == IN_PATH);
    if (object && param_details_put(row, object))
        return object;
    json_decref(object);
    return NULL;
}

static json_t *params_json(const struct param *row)
{
    json_t *list = json_array();
    bool good = list != NULL;
    for (; good && row && row->name; row++)
        good = json_array_append_new(list, param_json(row)) == 0;
    if (good)
        return list;
    json_decref(list);
    return NULL;
}

/* Ascending, each once. extra ends with 0. */
static json_t *statuses_json(uint32_t errors, const int *extra)
{
    bool known[600] = {false};
    for (; *extra; extra++)
        known[*extra] = true;
    for (int error = API_OK + 1; error < API_ERROR_COUNT; error++) {
        if (errors >> error & 1)
            known[problem_of((enum api_error)error)->status] = true;
    }
    json_t *list = json_array();
    bool good = list != NULL;
    for (int status = 0; good && status < 600; status++)
        good = !known[status] || json_array_append_new(list, json_integer(status)) == 0;
    if (good)
        return list;
    json_decref(list);
    return NULL;
}

/* The media types, without their parameters. */
static json_t *content_types_json(const struct route *route)
{
    const struct route_format own[] = {{NULL, FORMAT_JSON, route->content_type}, {0}}, *row = route->formats ? route->formats : own;
    json_t *list = json_array();
    bool good = list != NULL;
    for (; good && row->content_type; row++)
        good = json_array_append_new(list, json_stringn(row->content_type, strcspn(row->content_type, "; "))) == 0;
    if (good)
        return list;
    json_decref(list);
    return NULL;
}

static json_t *body_types_json(const struct route *route)
{
    const struct route_body *row = route->bodies;
    json_t *list = json_array();
    bool good = list != NULL;
    for (; good && row && row->content_type; row++)
        good = json_array_append_new(list, json_string(row->content_type)) == 0;
    if (good)
        return list;
    json_decref(list);
    return NULL;
}

static json_t *route_json(const struct route *route)
{
    bool writes = route_writes(route);
    /* A status that this route has not is replaced by one that it has anyway. */
    const int extra[] = {
        route->ok, route->ok_too ? route->ok_too : 406, 406, route->moves ? 301 : 406, route->tag == TAG_NONE || writes ? 406 : 304, 0};
    return json_pack("{s:s, s:s, s:s, s:s, s:i, s:o, s:o, s:I, s:s, s:b, s:b, s:s, s:o, s:o}", "operationId", route->operation, "method",
                     route->method, "path", route->path, "place", route->place == MACHINE ? "machine" : "everywhere", "ok", route->ok,
                     "contentTypes", content_types_json(route), "bodyTypes", body_types_json(route), "bodyMax", (json_int_t)route->body_max,
                     "role", db_role_names[route->role], "guarded", route->guarded, "keyed", route->write != NULL, "tag",
                     tag_names[route->tag], "parameters", params_json(route->params), "statuses",
                     statuses_json(route_errors(route), extra));
}

static json_t *routes_json(const struct route *table, size_t len)
{
    json_t *list = json_array();
    bool good = list != NULL;
    for (size_t i = 0; good && i < len; i++)
        good = json_array_append_new(list, route_json(&table[i])) == 0;
    if (good)
        return list;
    json_decref(list);
    return NULL;
}

static json_t *problems_json(void)
{
    json_t *list = json_array();
    bool good = list != NULL;
    for (int error = API_OK + 1; good && error < API_ERROR_COUNT; error++) {
        const struct problem *problem = problem_of((enum api_error)error);
        good = json_array_append_new(
                   list, json_pack("{s:s, s:i, s:s}", "slug", problem->slug, "status", problem->status, "title", problem->title)) == 0;
    }
    if (good)
        return list;
    json_decref(list);
    return NULL;
}

json_t *route_table_json(const struct route *table, size_t len)
{
    const int none[] = {0};
    return json_pack("{s:o, s:o, s:o}", "routes", routes_json(table, len), "everywhere", statuses_json(ERRORS_EVERYWHERE, none), "problems",
                     problems_json());
}

bool routes_dump(void)
{
    json_auto_t *dump = route_table_json(routes, routes_len);
    return dump && json_dumpf(dump, stdout, JSON_INDENT(2) | JSON_SORT_KEYS) == 0 && fputc('\n', stdout) != EOF && fflush(stdout) == 0;
}
