/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/param.h"

#include <string.h>

#include "base/nearest.h"
#include "server/param_kind.h"
#include "server/percent.h"

/* Aliases may be written out longer than they came, so more than any address the daemon reads. */
#define QUERY_MAX (256 * 1024)

static const struct param no_params[] = {{0}};

static const struct param *rows_of(const struct route *route)
{
    return route->params ? route->params : no_params;
}

static void *field_of(const struct param *row, void *params)
{
    return (char *)params + row->offset;
}

/* What the field holds when the parameter is absent; elsewhere than in T_INT and T_ENUM that is all zeros. */
static void default_fill(const struct param *row, void *field)
{
    memset(field, 0, param_kinds[row->type].size);
    if (row->type == T_INT)
        *(int64_t *)field = row->told ? 0 : row->def;
    else if (row->type == T_ENUM)
        *(int *)field = (int)row->def;
}

static bool is_default(const struct param *row, const void *field)
{
    union {
        int64_t number;
        int index;
        struct db_codes codes;
        struct db_ranges ranges;
        struct sort_param sort;
        struct group_by_param group_by;
        const char *text;
    } unset;
    default_fill(row, &unset);
    return memcmp(&unset, field, param_kinds[row->type].size) == 0;
}

/* ── the path ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Whatever is not a well-formed argument names nothing: no fault is said, the answer is 404. */
static bool path_fill(struct param_reading *reading, const struct route_match *match, void *params)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    struct faults unsaid = {.len = 0};
    struct param_reading path = {.in = "path", .db = reading->db, .arena = reading->arena, .faults = &unsaid};
    size_t arg = 0;
    bool good = true;
    for (const struct param *row = rows_of(match->route); good && row->name; row++) {
        if (row->in != IN_PATH)
            continue;
        char *text = arena_strndup(path.arena, match->args[arg], match->args_len[arg]);
        path.row = row;
        path.no_memory |= !text;
        good =
            text && *text && strspn(text, plain) == match->args_len[arg] && param_kinds[row->type].read(&path, text, field_of(row, params));
        arg++;
    }
    reading->no_memory = path.no_memory;
    return good;
}

/* ── the query ───────────────────────────────────────────────────────────────────────────────────────────────── */

static void query_fault(struct param_reading *reading, const char *name, const char *reason, const char *did_you_mean)
{
    if (name && reason)
        faults_add(reading->faults, "query", name, reason, did_you_mean);
    else
        reading->no_memory = true;
}

/* A name that could not be decoded, fit to be shown: as it came, with what is not printable encoded. */
static const char *name_shown(struct arena *arena, const char *raw, size_t len)
{
    static const char hex[] = "0123456789ABCDEF";
    char *shown = arena_alloc(arena, len * 3 + 1), *end = shown;
    for (size_t i = 0; shown && i < len; i++) {
        unsigned char byte = (unsigned char)raw[i];
        if (byte > 0x20 && byte < 0x7f) {
            *end++ = raw[i];
        } else {
            memcpy(end, (char[]){'%', hex[byte >> 4], hex[byte & 15]}, 3);
            end += 3;
        }
    }
    return shown;
}

static const struct param *row_named(const struct param *rows, const char *name)
{
    for (; rows->name; rows++) {
        if (rows->in == IN_QUERY && strcmp(rows->name, name) == 0)
            return rows;
    }
    return NULL;
}

static void unknown_name(struct param_reading *reading, const struct param *rows, const char *name)
{
    struct nearest nearest;
    nearest_begin(&nearest, name);
    for (; rows->name; rows++) {
        if (rows->in == IN_QUERY)
            nearest_offer(&nearest, rows->name);
    }
    const char *near = nearest_best(&nearest), *kept = near ? arena_strndup(reading->arena, near, strlen(near)) : NULL;
    reading->no_memory |= near && !kept;
    query_fault(reading, name, *name ? "unknown parameter" : "a value without the name of a parameter", kept);
}

/* The raw value with a space encoded for each plus. NULL = no memory. */
static const char *without_plus(struct arena *arena, const char *raw, size_t *len)
{
    char *text = arena_alloc(arena, *len * 3 + 1);
    size_t made = 0;
    for (size_t i = 0; text && i < *len; i++) {
        memcpy(text + made, raw[i] == '+' ? "%20" : &raw[i], raw[i] == '+' ? 3 : 1);
        made += raw[i] == '+' ? 3 : 1;
    }
    *len = made;
    return text;
}

static void value_fill(struct param_reading *reading, const char *raw, size_t len, void *params)
{
    const char *name = reading->row->name, *why = NULL;
    if (param_kinds[reading->row->type].plus_is_space)
        raw = without_plus(reading->arena, raw, &len);
    char *text = raw ? percent_decode(reading->arena, raw, len, &why) : NULL;
    if (!text)
        query_fault(reading, name, why, NULL);
    else if (*text == '\0' || strcmp(text, "!") == 0)
        query_fault(reading, name, "has no value: leave the parameter out or give it one", NULL);
    else
        param_kinds[reading->row->type].read(reading, text, field_of(reading->row, params));
}

/* One name=value. seen has a bit for each row that came before. */
static void pair_fill(struct param_reading *reading, const struct param *rows, const char *pair, size_t len, uint64_t *seen, void *params)
{
    const char *equals = memchr(pair, '=', len), *why;
    size_t name_len = equals ? (size_t)(equals - pair) : len;
    const char *name = percent_decode(reading->arena, pair, name_len, &why);
    reading->row = name ? row_named(rows, name) : NULL;
    uint64_t bit = reading->row ? UINT64_C(1) << (reading->row - rows) : 0;
    if (len == 0)
        query_fault(reading, "", "nothing stands here: take out the ? or & that is left over", NULL);
    else if (!name)
        query_fault(reading, name_shown(reading->arena, pair, name_len), why, NULL);
    else if (!reading->row)
        unknown_name(reading, rows, name);
    else if (*seen & bit)
        query_fault(reading, name,
                    param_kinds[reading->row->type].several ? "given more than once: join values with commas"
                                                            : "given more than once: it takes one value",
                    NULL);
    else if (!equals)
        query_fault(reading, name, "has no value: write name=value", NULL);
    else
        value_fill(reading, equals + 1, len - name_len - 1, params);
    *seen |= bit;
}

static void query_fill(struct param_reading *reading, const struct param *rows, const char *query, void *params)
{
    uint64_t seen = 0;
    for (const char *pair = query; pair && !reading->no_memory;) {
        size_t len = strcspn(pair, "&");
        pair_fill(reading, rows, pair, len, &seen, params);
        pair = pair[len] == '&' ? pair + len + 1 : NULL;
    }
}

static bool query_write(const struct param *rows, void *params, struct arena *arena, const char **ret_query)
{
    struct buffer query;
    buffer_init(&query, QUERY_MAX);
    for (const struct param *row = rows; row->name; row++) {
        if (row->in != IN_QUERY || is_default(row, field_of(row, params)))
            continue;
        buffer_text(&query, query.len > 0 ? "&" : "");
        buffer_text(&query, row->name);
        buffer_text(&query, "=");
        param_kinds[row->type].write(row, field_of(row, params), &query);
    }
    *ret_query = query.failed ? NULL : query.len == 0 ? "" : arena_strndup(arena, query.bytes, query.len);
    buffer_free(&query);
    return *ret_query != NULL;
}

enum api_error param_fill(const struct route_match *match, const char *query, struct db_reader *db, struct arena *arena, void *params,
                          struct faults *request_faults, const char **ret_query)
{
    const struct param *rows = rows_of(match->route);
    struct param_reading reading = {.in = "query", .db = db, .arena = arena, .faults = request_faults};
    size_t before = request_faults->len + request_faults->dropped;
    *ret_query = "";
    for (const struct param *row = rows; row->name; row++)
        default_fill(row, field_of(row, params));
    if (!path_fill(&reading, match, params))
        return reading.no_memory ? API_UNAVAILABLE : API_NOT_FOUND;
    if (query)
        query_fill(&reading, rows, query, params);
    if (reading.no_memory)
        return API_UNAVAILABLE;
    if (request_faults->len + request_faults->dropped > before)
        return API_BAD_PARAMETER;
    return query_write(rows, params, arena, ret_query) ? API_OK : API_UNAVAILABLE;
}
