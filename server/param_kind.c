/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/param_kind.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/instant.h"
#include "base/nearest.h"
#include "server/percent.h"

#define ID_MAX 64
/* Bounds on what a suggestion may cost: values of one vocabulary, and of all together in one request. */
#define COMPARED_MAX         5000
#define COMPARED_MAX_REQUEST 40000

bool param_fault(struct param_reading *reading, const char *reason, const char *did_you_mean)
{
    if (reason)
        faults_add(reading->faults, reading->in, reading->row->name, reason, did_you_mean);
    else
        reading->no_memory = true;
    return false;
}

bool param_int(const char *text, int64_t *ret_value)
{
    const char *digits = text + (*text == '-');
    size_t len = strlen(digits);
    if (len == 0 || strspn(digits, "0123456789") != len || (*digits == '0' && (len > 1 || digits != text)))
        return false;
    errno = 0;
    *ret_value = strtoll(text, NULL, 10);
    return errno == 0;
}

/* ── suggestions ─────────────────────────────────────────────────────────────────────────────────────────────── */

struct scan {
    struct nearest nearest;
    size_t left;
};

static bool scan_value(void *cls, const char *value)
{
    struct scan *scan = cls;
    nearest_offer(&scan->nearest, value);
    return --scan->left > 0;
}

static const char *suggestion(struct param_reading *reading, const char *value)
{
    struct scan scan;
    nearest_begin(&scan.nearest, value);
    for (const char *const *known = reading->row->values; known && *known; known++)
        nearest_offer(&scan.nearest, *known);
    if (!reading->row->values && reading->compared < COMPARED_MAX_REQUEST) {
        scan.left = COMPARED_MAX;
        db_vocabulary_each(reading->db, reading->row->vocabulary, scan_value, &scan);
        reading->compared += COMPARED_MAX - scan.left;
    }
    const char *best = nearest_best(&scan.nearest);
    if (!best)
        return NULL;
    const char *kept = arena_strndup(reading->arena, best, strlen(best));
    reading->no_memory |= !kept;
    return kept;
}

/* "a, b, c" in the arena; NULL = no memory. */
static const char *values_joined(struct arena *arena, const char *const *values)
{
    size_t size = 1;
    for (const char *const *value = values; *value; value++)
        size += strlen(", ") + strlen(*value);
    char *joined = arena_alloc(arena, size), *end = joined;
    for (const char *const *value = values; joined && *value; value++)
        end += snprintf(end, size - (size_t)(end - joined), "%s%s", value == values ? "" : ", ", *value);
    return joined;
}

bool param_unknown(struct param_reading *reading, const char *value)
{
    if (reading->faults->len == FAULTS_MAX && faults_name(reading->faults, reading->row->name)) /* only counted: do not pay for its words */
        return param_fault(reading, "", NULL);
    const char *near = suggestion(reading, value), *known = NULL;
    if (!reading->row->values)
        return param_fault(reading, arena_printf(reading->arena, "unknown value \"%s\"", value), near);
    known = values_joined(reading->arena, reading->row->values);
    return param_fault(reading, known ? arena_printf(reading->arena, "unknown value \"%s\": there are %s", value, known) : NULL, near);
}

int param_value_index(const char *const *values, const char *text)
{
    for (int i = 0; values[i]; i++) {
        if (strcmp(values[i], text) == 0)
            return i;
    }
    return -1;
}

/* ── one value ───────────────────────────────────────────────────────────────────────────────────────────────── */

static bool int_read(struct param_reading *reading, char *text, void *field)
{
    const struct param *row = reading->row;
    int64_t value;
    if (param_int(text, &value) && value >= row->min && value <= row->max) {
        *(int64_t *)field = value;
        return true;
    }
    return param_fault(reading, arena_printf(reading->arena, "must be a whole number from %" PRId64 " to %" PRId64, row->min, row->max),
                       NULL);
}

static void int_write(const struct param *row, const void *field, struct buffer *query)
{
    (void)row;
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRId64, *(const int64_t *)field);
    buffer_text(query, digits);
}

static bool bool_read(struct param_reading *reading, char *text, void *field)
{
    enum db_tri value = strcmp(text, "true") == 0 ? DB_YES : strcmp(text, "false") == 0 ? DB_NO : DB_ANY;
    *(enum db_tri *)field = value;
    return value != DB_ANY || param_fault(reading, "must be true or false", NULL);
}

static void bool_write(const struct param *row, const void *field, struct buffer *query)
{
    (void)row;
    buffer_text(query, *(const enum db_tri *)field == DB_YES ? "true" : "false");
}

static bool enum_read(struct param_reading *reading, char *text, void *field)
{
    int index = param_value_index(reading->row->values, text);
    if (index < 0)
        return param_unknown(reading, text);
    *(int *)field = index;
    return true;
}

static void enum_write(const struct param *row, const void *field, struct buffer *query)
{
    percent_encode(query, row->values[*(const int *)field]);
}

/* Without a default: 0 says that it was not given. */
static bool choice_read(struct param_reading *reading, char *text, void *field)
{
    if (!enum_read(reading, text, field))
        return false;
    ++*(int *)field;
    return true;
}

static void choice_write(const struct param *row, const void *field, struct buffer *query)
{
    percent_encode(query, row->values[*(const int *)field - 1]);
}

#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define DIGITS  "0123456789"

static bool cursor_read(struct param_reading *reading, char *text, void *field)
{
    size_t len = strlen(text);
    bool good = strspn(text, LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS "_-") == len && len <= (uint64_t)reading->row->max;
    *(const char **)field = text;
    return good || param_fault(reading, "is not a cursor: take it from links.next or links.prev of an answer", NULL);
}

static bool day_read(struct param_reading *reading, char *text, void *field)
{
    *(const char **)field = text;
    return day_is_real(text) || param_fault(reading, "must be a day of the calendar, as 2026-01-31", NULL);
}

/* 0 says that it is absent. Whatever lies before it is one question with one answer, that nothing was known: its first millisecond stands
 * for all. */
static bool point_in_time_read(struct param_reading *reading, char *text, void *field)
{
    int64_t first = 0, last = 0;
    if (!instant_read(text, &first, &last) || first != last)
        return param_fault(reading, "must be an instant with its offset, as 2026-01-31T12:00:00Z", NULL);
    *(int64_t *)field = first > 0 ? first : 1;
    return true;
}

static void point_in_time_write(const struct param *row, const void *field, struct buffer *query)
{
    char text[INSTANT_SIZE];
    (void)row;
    instant_write(*(const int64_t *)field, text);
    percent_encode(query, text);
}

static bool id_read(struct param_reading *reading, char *text, void *field)
{
    size_t len = strlen(text);
    bool good = len <= ID_MAX && strspn(text, LETTERS DIGITS "-") == len && text[0] != '-' && text[len - 1] != '-' && !strstr(text, "--");
    *(const char **)field = text;
    return good || param_fault(reading, "must be an id: at most 64 letters a-z and digits, with single hyphens inside", NULL);
}

static void text_write(const struct param *row, const void *field, struct buffer *query)
{
    (void)row;
    percent_encode(query, *(const char *const *)field);
}

#define FIELD(type) sizeof(type), _Alignof(type)
const struct param_kind param_kinds[] = {
    [T_INT] = {"integer", FIELD(int64_t), false, int_read, int_write},
    [T_BOOL] = {"boolean", FIELD(enum db_tri), false, bool_read, bool_write},
    [T_ENUM] = {"enum", FIELD(int), false, enum_read, enum_write},
    [T_CODES] = {"codes", FIELD(struct db_codes), false, param_codes_read, param_codes_write, true},
    [T_RANGES] = {"ranges", FIELD(struct db_ranges), false, param_ranges_read, param_ranges_write, true},
    [T_TIME_RANGES] = {"time-ranges", FIELD(struct db_ranges), false, param_time_ranges_read, param_time_ranges_write, true},
    [T_SORT] = {"sort", FIELD(struct sort_param), false, param_sort_read, param_sort_write, true},
    [T_GROUP_BY] = {"group-by", FIELD(struct group_by_param), false, param_group_by_read, param_group_by_write, true},
    [T_FORMAT] = {"format", FIELD(int), false, choice_read, choice_write},
    [T_DIALECT] = {"dialect", FIELD(int), false, choice_read, choice_write},
    [T_FIELDS] = {"fields", FIELD(fields_param), false, param_fields_read, param_fields_write, true},
    [T_FACETS] = {"facets", FIELD(facets_param), false, param_facets_read, param_fields_write, true},
    [T_CURSOR] = {"cursor", FIELD(const char *), false, cursor_read, text_write},
    [T_SEARCH] = {"search", FIELD(const struct db_search *), true, param_search_read, param_search_write},
    [T_DAY] = {"day", FIELD(const char *), false, day_read, text_write},
    [T_INSTANT] = {"instant", FIELD(int64_t), false, point_in_time_read, point_in_time_write},
    [T_ID] = {"id", FIELD(const char *), false, id_read, text_write},
};
const size_t param_kinds_len = sizeof param_kinds / sizeof *param_kinds;
