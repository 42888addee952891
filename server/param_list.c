/* SPDX-License-Identifier: GPL-3.0-or-later
 * The kinds of parameters that hold several values joined by commas.
 */
#include <string.h>

#include "server/param_kind.h"
#include "server/percent.h"

/* ── lists: a,b,c ────────────────────────────────────────────────────────────────────────────────────────────── */

/* The next value, cut off at its comma. NULL = the end. An empty value is a fault and passed over. */
static char *list_next(struct param_reading *reading, char **rest)
{
    char *value = strsep(rest, ",");
    while (value && *value == '\0') {
        param_fault(reading, "holds an empty value: give values joined by single commas", NULL);
        value = strsep(rest, ",");
    }
    return value;
}

static size_t list_len(const char *text)
{
    size_t len = 1;
    for (; *text; text++)
        len += *text == ',';
    return len;
}

static bool list_fits(struct param_reading *reading, const char *text, size_t most)
{
    if (list_len(text) <= most)
        return true;
    return param_fault(reading, arena_printf(reading->arena, "takes at most %zu values", most), NULL);
}

static size_t faults_so_far(const struct param_reading *reading)
{
    return reading->faults->len + reading->faults->dropped + reading->no_memory;
}

/* ── the kinds ──────────────────────────────────────────────────────────────────────────────────────────── */

/* The canonical spelling, kept for the request: what the vocabulary lends may be gone when the handler sees newer data.
 * NULL = a fault was added, or no memory. */
static const char *code_known(struct param_reading *reading, const char *text)
{
    const struct param *row = reading->row;
    if (row->values) {
        int index = param_value_index(row->values, text);
        return index >= 0 ? row->values[index] : (param_unknown(reading, text), NULL);
    }
    const char *code = db_vocabulary_find(reading->db, row->vocabulary, text);
    if (!code)
        return param_unknown(reading, text), NULL;
    code = arena_strndup(reading->arena, code, strlen(code));
    reading->no_memory |= !code;
    return code;
}

static bool codes_have(const char *const *codes, size_t len, const char *code)
{
    while (len > 0) {
        if (strcmp(codes[--len], code) == 0)
            return true;
    }
    return false;
}

bool param_codes_read(struct param_reading *reading, char *text, void *field)
{
    struct db_codes *codes = field;
    codes->negate = *text == '!';
    text += codes->negate;
    if (!list_fits(reading, text, PARAM_LIST_MAX))
        return false;
    const char **kept = arena_alloc(reading->arena, list_len(text) * sizeof *kept);
    if (!kept)
        return param_fault(reading, NULL, NULL);
    size_t before = faults_so_far(reading);
    for (char *value; (value = list_next(reading, &text));) {
        const char *code = code_known(reading, value);
        if (code && !codes_have(kept, codes->len, code))
            kept[codes->len++] = code;
    }
    codes->values = kept;
    return faults_so_far(reading) == before;
}

void param_codes_write(const struct param *row, const void *field, struct buffer *query)
{
    (void)row;
    const struct db_codes *codes = field;
    for (size_t i = 0; i < codes->len; i++) {
        buffer_text(query, i > 0 ? "," : codes->negate ? "!" : "");
        percent_encode(query, codes->values[i]);
    }
}

static bool sort_has(const struct sort_param *sort, int key)
{
    for (size_t i = 0; i < sort->len; i++) {
        if ((int)sort->by[i].key == key)
            return true;
    }
    return false;
}

bool param_sort_read(struct param_reading *reading, char *text, void *field)
{
    struct sort_param *sort = field;
    if (!list_fits(reading, text, DB_SORT_LEN))
        return false;
    size_t before = faults_so_far(reading);
    for (char *value; (value = list_next(reading, &text));) {
        bool descending = *value == '-';
        int key = param_value_index(reading->row->values, value + descending);
        if (key < 0)
            param_unknown(reading, value + descending);
        else if (sort_has(sort, key))
            param_fault(reading, arena_printf(reading->arena, "sorts by %s twice", value + descending), NULL);
        else
            sort->by[sort->len++] = (struct db_sort){(enum db_study_sort_key)key, descending};
    }
    return faults_so_far(reading) == before;
}

void param_sort_write(const struct param *row, const void *field, struct buffer *query)
{
    const struct sort_param *sort = field;
    for (size_t i = 0; i < sort->len; i++) {
        buffer_text(query, i > 0 ? "," : "");
        buffer_text(query, sort->by[i].descending ? "-" : "");
        percent_encode(query, row->values[sort->by[i].key]);
    }
}

bool param_fields_read(struct param_reading *reading, char *text, void *field)
{
    if (!list_fits(reading, text, PARAM_LIST_MAX))
        return false;
    size_t before = faults_so_far(reading);
    for (char *value; (value = list_next(reading, &text));) {
        int index = param_value_index(reading->row->values, value);
        if (index < 0)
            param_unknown(reading, value);
        else
            *(fields_param *)field |= UINT64_C(1) << index;
    }
    return faults_so_far(reading) == before;
}

void param_fields_write(const struct param *row, const void *field, struct buffer *query)
{
    bool later = false;
    for (int i = 0; row->values[i]; i++) {
        if (!(*(const fields_param *)field >> i & 1))
            continue;
        buffer_text(query, later ? "," : "");
        percent_encode(query, row->values[i]);
        later = true;
    }
}

bool param_facets_read(struct param_reading *reading, char *text, void *field)
{
    facets_param *facets = field;
    if (!list_fits(reading, text, DB_FACETS))
        return false;
    size_t before = faults_so_far(reading);
    for (char *value; (value = list_next(reading, &text));) {
        int facet = param_value_index(reading->row->values, value);
        if (facet < 0)
            param_unknown(reading, value);
        else if (*facets >> facet & 1)
            param_fault(reading, arena_printf(reading->arena, "counts %s twice", value), NULL);
        else
            *facets |= UINT64_C(1) << facet;
    }
    return faults_so_far(reading) == before;
}

static bool group_by_has(const struct group_by_param *group_by, int dimension)
{
    for (size_t i = 0; i < group_by->len; i++) {
        if ((int)group_by->by[i] == dimension)
            return true;
    }
    return false;
}

bool param_group_by_read(struct param_reading *reading, char *text, void *field)
{
    struct group_by_param *group_by = field;
    if (!list_fits(reading, text, DB_BY_MAX))
        return false;
    size_t before = faults_so_far(reading);
    for (char *value; (value = list_next(reading, &text));) {
        int dimension = param_value_index(reading->row->values, value);
        if (dimension < 0)
            param_unknown(reading, value);
        else if (group_by_has(group_by, dimension))
            param_fault(reading, arena_printf(reading->arena, "groups by %s twice", value), NULL);
        else
            group_by->by[group_by->len++] = (enum db_dimension)dimension;
    }
    return faults_so_far(reading) == before;
}

void param_group_by_write(const struct param *row, const void *field, struct buffer *query)
{
    const struct group_by_param *group_by = field;
    for (size_t i = 0; i < group_by->len; i++) {
        buffer_text(query, i > 0 ? "," : "");
        percent_encode(query, row->values[group_by->by[i]]);
    }
}
