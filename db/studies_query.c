/* SPDX-License-Identifier: GPL-3.0-or-later
 * Questions about studies are put together from constant fragments; what a client sends is bound, never written. A question of a
 * shape that was asked before is prepared already.
 */
#include "db/search_index.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ── a statement in the making ──────────────────────────────────────────────────────────────────────────────── */

struct sql sql_begin(struct arena *arena)
{
    return (struct sql){.arena = arena, .text = {.size = 1}, .values = {.size = sizeof(struct sql_value)}};
}

void sql_add(struct sql *sql, const char *fragment)
{
    size_t len = strlen(fragment);
    char *end = list_extend(&sql->text, sql->arena, len);
    if (end == NULL)
        sql->failed = true;
    else
        memcpy(end, fragment, len);
}

void sql_value(struct sql *sql, struct sql_value value)
{
    struct sql_value *item = list_add(&sql->values, sql->arena);
    if (item == NULL)
        sql->failed = true;
    else
        *item = value;
}

void sql_int(struct sql *sql, int64_t value)
{
    sql_value(sql, (struct sql_value){.kind = ARG_INT, .number = value});
}

void sql_keep(struct sql *sql)
{
    struct sql_value *values = sql->values.items;
    for (size_t i = 0; i < sql->values.len && !sql->failed; i++) {
        if (values[i].kind == ARG_INT || values[i].bytes == NULL)
            continue;
        values[i].bytes = arena_strndup(sql->arena, values[i].bytes, (size_t)values[i].number);
        sql->failed = values[i].bytes == NULL;
    }
}

static bool write_bytes(struct list *list, struct arena *arena, const void *bytes, size_t len)
{
    char *end = len == 0 ? NULL : list_extend(list, arena, len);
    if (end != NULL)
        memcpy(end, bytes, len);
    return len == 0 || end != NULL;
}

const char *sql_key(const struct sql *sql, size_t *ret_len)
{
    struct list key = {.size = 1};
    const struct sql_value *values = sql->values.items;
    bool is_written = !sql->failed && write_bytes(&key, sql->arena, sql->text.items, sql->text.len);
    for (size_t i = 0; i < sql->values.len && is_written; i++) {
        is_written = write_bytes(&key, sql->arena, &values[i].number, sizeof values[i].number);
        if (is_written && values[i].kind != ARG_INT)
            is_written = write_bytes(&key, sql->arena, values[i].bytes, (size_t)values[i].number);
    }
    *ret_len = key.len;
    return is_written ? key.items : NULL;
}

static int bind_value(sqlite3_stmt *stmt, int index, const struct sql_value *value)
{
    if (value->kind == ARG_INT)
        return sqlite3_bind_int64(stmt, index, value->number);
    if (value->kind == ARG_POINTER)
        return sqlite3_bind_pointer(stmt, index, (void *)(uintptr_t)value->bytes, POINTER_KIND, NULL);
    if (value->kind == ARG_BLOB)
        return sqlite3_bind_blob64(stmt, index, value->bytes, (sqlite3_uint64)value->number, SQLITE_STATIC);
    return sqlite3_bind_text64(stmt, index, value->bytes, (sqlite3_uint64)value->number, SQLITE_STATIC, SQLITE_UTF8);
}

/* The shape of this text, or the one used longest ago. */
static struct shape *shape_of(struct statements *statements, const char *text)
{
    struct shape *oldest = &statements->shapes[0];
    for (size_t i = 0; i < SHAPES_MAX; i++) {
        struct shape *shape = &statements->shapes[i];
        if (shape->text != NULL && strcmp(shape->text, text) == 0)
            return shape;
        if (shape->used < oldest->used)
            oldest = shape;
    }
    return oldest;
}

static enum db_status prepare(struct statements *statements, struct shape *shape, const char *text)
{
    assert(shape->stmt == NULL || !sqlite3_stmt_busy(shape->stmt));
    sqlite3_finalize(shape->stmt);
    free(shape->text);
    *shape = (struct shape){.text = strdup(text)};
    if (shape->text == NULL)
        return DB_NO_MEMORY;
    int code = sqlite3_prepare_v3(statements->sql, text, -1, SQLITE_PREPARE_PERSISTENT, &shape->stmt, NULL);
    if (code != SQLITE_OK) {
        free(shape->text);
        *shape = (struct shape){0};
    }
    return status_of(code);
}

enum db_status sql_query(struct sql *sql, struct statements *statements, struct query *ret_query)
{
    if (!sql->failed && list_add(&sql->text, sql->arena) == NULL) /* the closing NUL */
        sql->failed = true;
    if (sql->failed)
        return DB_NO_MEMORY;
    const char *text = sql->text.items;
    struct shape *shape = shape_of(statements, text);
    enum db_status status = shape->text != NULL && strcmp(shape->text, text) == 0 ? DB_OK : prepare(statements, shape, text);
    if (status != DB_OK)
        return status;
    shape->used = ++statements->clock;
    *ret_query = query_on(shape->stmt);
    assert((size_t)sqlite3_bind_parameter_count(shape->stmt) == sql->values.len);
    const struct sql_value *values = sql->values.items;
    for (size_t i = 0; i < sql->values.len && ret_query->code == SQLITE_OK; i++)
        ret_query->code = bind_value(shape->stmt, (int)i + 1, &values[i]);
    return query_status(ret_query);
}

/* ── filters ────────────────────────────────────────────────────────────────────────────────────────────────── */

#define OF(member) offsetof(struct db_study_filter, member)

static const struct {
    size_t offset;
    const char *before, *after;
} code_filters[] = {
    {OF(programme), "s.programme IN (", ")"},
    {OF(id), "s.code IN (", ")"},
    {OF(mechanism), "s.mechanism IN (", ")"},
    {OF(institution), "s.institution IN (", ")"},
    {OF(leader), "s.leader IN (", ")"},
    {OF(status), "s.status IN (", ")"},
    {OF(category), "s.id IN (SELECT study FROM study_category WHERE category IN (", "))"},
    {OF(and_category), "s.id IN (SELECT study FROM study_category WHERE category IN (", "))"},
    {OF(region), "s.institution IN (SELECT code FROM institution WHERE region IN (", "))"},
    {OF(inclusion_region), "s.id IN (SELECT study FROM study_inclusion_region WHERE region IN (", "))"},
    {OF(and_inclusion_region), "s.id IN (SELECT study FROM study_inclusion_region WHERE region IN (", "))"},
    /* An institution also stands for what is part of it. */
    {OF(hospital), "s.id IN (WITH RECURSIVE stands (code) AS (SELECT code FROM institution WHERE code IN (",
     ") UNION SELECT i.code FROM stands JOIN institution i ON i.part_of = stands.code)"
     /* Cross: each institution is looked up, where the engine would rather go over all hospitals. */
     " SELECT h.study FROM stands CROSS JOIN study_hospital h ON h.institution = stands.code"
     " UNION SELECT c.id FROM stands CROSS JOIN study c ON c.institution = stands.code)"},
};

/* Each takes a range's two ends in this order. The expressions are those of the indexes; what is not known lies below 0. */
static const struct {
    size_t offset;
    const char *within;
} range_filters[] = {
    {OF(call_year), "s.call_year BETWEEN ? AND ?"},
    {OF(amount_nok), "s.amount_nok BETWEEN ? AND ?"},
    {OF(planned), "COALESCE(s.planned, -1) BETWEEN max(?, 0) AND ?"},
    {OF(included), "COALESCE(s.included, -1) BETWEEN max(?, 0) AND ?"},
    {OF(updated), "s.updated BETWEEN ? AND ?"},
    /* Takes patients of an age within the range: where the study's own range meets it. One end alone known: the other is open. */
    {OF(age),
     "(COALESCE(s.age_max, 9223372036854775807) >= ? AND COALESCE(s.age_min, 0) <= ? AND COALESCE(s.age_min, s.age_max) IS NOT NULL)"},
};

static const struct {
    size_t offset;
    const char *yes, *no;
} tri_filters[] = {
    {OF(has_card), "s.has_card = 1", "s.has_card = 0"},
    {OF(behind_plan), "s.behind_plan = 1", "s.behind_plan = 0"},
};

/* Padded to a power of two with the last value: a shape for each length would fill the cache. */
static void add_codes(struct sql *sql, const struct db_codes *codes)
{
    size_t room = 1;
    while (room < codes->len)
        room *= 2;
    for (size_t i = 0; i < room; i++) {
        const char *value = codes->values[i < codes->len ? i : codes->len - 1];
        sql_add(sql, i == 0 ? "?" : ",?");
        sql_value(sql, (struct sql_value){.kind = ARG_TEXT, .bytes = value, .number = (int64_t)strlen(value)});
    }
}

static void add_ranges(struct sql *sql, const struct db_ranges *ranges, const char *within)
{
    assert(ranges->len <= DB_RANGES_MAX);
    sql_add(sql, "(");
    for (size_t i = 0; i < ranges->len; i++) {
        sql_add(sql, i == 0 ? "" : " OR ");
        sql_add(sql, within);
        sql_int(sql, ranges->r[i].min);
        sql_int(sql, ranges->r[i].max);
    }
    sql_add(sql, ")");
}

/* What is not known is not within, and so is in the negation: every study is in one of the two. */
static void open_term(struct sql *sql, bool negate)
{
    sql_add(sql, negate ? " AND NOT COALESCE(" : " AND (");
}

static void close_term(struct sql *sql, bool negate)
{
    sql_add(sql, negate ? ", 0)" : ")");
}

/* ── the awards of a study: year and mechanism of one and the same ──────────────────────────────────────────── */

/* [not] a study with an award of these years (NULL = any) and these mechanisms (NULL = any) */
static void add_award(struct sql *sql, bool negate, const struct db_ranges *years, const struct db_codes *mechanisms)
{
    open_term(sql, negate);
    sql_add(sql, "s.id IN (SELECT a.study FROM award a WHERE 1");
    if (years != NULL) {
        sql_add(sql, " AND ");
        add_ranges(sql, years, "a.call_year BETWEEN ? AND ?");
    }
    if (mechanisms != NULL) {
        sql_add(sql, " AND a.mechanism IN (");
        add_codes(sql, mechanisms);
        sql_add(sql, ")");
    }
    sql_add(sql, ")");
    close_term(sql, negate);
}

void sql_award_filter(struct sql *sql, const struct db_study_filter *filter)
{
    if (filter->award_call_year.len > 0) {
        open_term(sql, filter->award_call_year.negate);
        add_ranges(sql, &filter->award_call_year, "a.call_year BETWEEN ? AND ?");
        close_term(sql, filter->award_call_year.negate);
    }
    if (filter->award_mechanism.len > 0) {
        open_term(sql, filter->award_mechanism.negate);
        sql_add(sql, "a.mechanism IN (");
        add_codes(sql, &filter->award_mechanism);
        sql_add(sql, ")");
        close_term(sql, filter->award_mechanism.negate);
    }
}

/* With one of the two negated: what the other lets through, less what both together would. So year & mechanism and year &
 * !mechanism part the studies of the year. */
static void add_awards(struct sql *sql, const struct db_study_filter *filter)
{
    const struct db_ranges *years = filter->award_call_year.len > 0 ? &filter->award_call_year : NULL;
    const struct db_codes *mechanisms = filter->award_mechanism.len > 0 ? &filter->award_mechanism : NULL;
    bool not_years = years != NULL && years->negate, not_mechanisms = mechanisms != NULL && mechanisms->negate;
    if (years != NULL && mechanisms != NULL && !(not_years && not_mechanisms)) {
        if (not_years || not_mechanisms)
            add_award(sql, false, not_years ? NULL : years, not_mechanisms ? NULL : mechanisms);
        add_award(sql, not_years || not_mechanisms, years, mechanisms);
        return;
    }
    if (years != NULL)
        add_award(sql, not_years, years, NULL);
    if (mechanisms != NULL)
        add_award(sql, not_mechanisms, NULL, mechanisms);
}

void sql_filter(struct sql *sql, const struct db_study_filter *filter)
{
    sql_add(sql, " WHERE 1");
    for (size_t i = 0; i < COUNT_OF(code_filters); i++) {
        const struct db_codes *codes = (const void *)((const char *)filter + code_filters[i].offset);
        if (codes->len == 0)
            continue;
        open_term(sql, codes->negate);
        sql_add(sql, code_filters[i].before);
        add_codes(sql, codes);
        sql_add(sql, code_filters[i].after);
        close_term(sql, codes->negate);
    }
    for (size_t i = 0; i < COUNT_OF(range_filters); i++) {
        const struct db_ranges *ranges = (const void *)((const char *)filter + range_filters[i].offset);
        if (ranges->len == 0)
            continue;
        open_term(sql, ranges->negate);
        add_ranges(sql, ranges, range_filters[i].within);
        close_term(sql, ranges->negate);
    }
    for (size_t i = 0; i < COUNT_OF(tri_filters); i++) {
        enum db_tri tri = *(const enum db_tri *)((const char *)filter + tri_filters[i].offset);
        sql_add(sql, tri == DB_ANY ? "" : " AND ");
        sql_add(sql, tri == DB_ANY ? "" : tri == DB_YES ? tri_filters[i].yes : tri_filters[i].no);
    }
    add_awards(sql, filter);
    if (filter->q != NULL)
        sql_search(sql, filter->q);
}

bool filter_is_empty(const struct db_study_filter *filter)
{
    bool is_empty = filter->award_call_year.len == 0 && filter->award_mechanism.len == 0 && filter->q == NULL;
    for (size_t i = 0; i < COUNT_OF(code_filters); i++)
        is_empty = is_empty && ((const struct db_codes *)(const void *)((const char *)filter + code_filters[i].offset))->len == 0;
    for (size_t i = 0; i < COUNT_OF(range_filters); i++)
        is_empty = is_empty && ((const struct db_ranges *)(const void *)((const char *)filter + range_filters[i].offset))->len == 0;
    for (size_t i = 0; i < COUNT_OF(tri_filters); i++)
        is_empty = is_empty && *(const enum db_tri *)(const void *)((const char *)filter + tri_filters[i].offset) == DB_ANY;
    return is_empty;
}

bool filter_is_of_facts(const struct db_study_filter *filter)
{
    return filter->inclusion_region.len == 0 && filter->and_inclusion_region.len == 0 && filter->included.len == 0 &&
           filter->updated.len == 0 && filter->behind_plan == DB_ANY;
}
