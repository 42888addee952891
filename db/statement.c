/* SPDX-License-Identifier: GPL-3.0-or-later */
#define DB_STATEMENT_TEXTS
#include "db/internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static int prepare(struct statements *statements, enum db_statement which)
{
    sqlite3_stmt **stmt = &statements->prepared[which];
    return *stmt != NULL ? SQLITE_OK
                         : sqlite3_prepare_v3(statements->sql, db_statements[which].sql, -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL);
}

enum db_status statements_prepare_all(struct statements *statements)
{
    for (int i = 0; i < STMT_COUNT; i++) {
        int code = prepare(statements, i);
        if (code != SQLITE_OK)
            return code == SQLITE_ERROR ? DB_DAMAGED : status_of(code);
    }
    return DB_OK;
}

void statements_close(struct statements *statements)
{
    for (int i = 0; i < STMT_COUNT; i++) {
        sqlite3_finalize(statements->prepared[i]);
        statements->prepared[i] = NULL;
    }
    for (size_t i = 0; i < SHAPES_MAX; i++) {
        sqlite3_finalize(statements->shapes[i].stmt);
        free(statements->shapes[i].text);
        statements->shapes[i] = (struct shape){0};
    }
}

struct query query_begin(struct statements *statements, enum db_statement which, const struct arg *args)
{
    int code = prepare(statements, which);
    struct query query = {.stmt = statements->prepared[which], .code = code, .places = &statements->places[which]};
    query_bind(&query, args);
    return query;
}

struct query query_on(sqlite3_stmt *stmt)
{
    return (struct query){.stmt = stmt};
}

void query_end(struct query *query)
{
    if (query->stmt == NULL)
        return;
    sqlite3_reset(query->stmt); /* its error is the step's, which was seen */
    sqlite3_clear_bindings(query->stmt);
    query->stmt = NULL;
}

static int bind(sqlite3_stmt *stmt, int index, enum arg_kind kind, const void *bytes, int64_t number)
{
    switch (kind) {
    case ARG_TEXT: return sqlite3_bind_text(stmt, index, bytes, -1, SQLITE_STATIC);
    case ARG_INT: return sqlite3_bind_int64(stmt, index, number);
    case ARG_KNOWN: return number == -1 ? sqlite3_bind_null(stmt, index) : sqlite3_bind_int64(stmt, index, number);
    case ARG_POINTER: return sqlite3_bind_pointer(stmt, index, (void *)(uintptr_t)bytes, POINTER_KIND, NULL);
    case ARG_BLOB: return sqlite3_bind_blob64(stmt, index, bytes, (sqlite3_uint64)number, SQLITE_STATIC);
    }
    return SQLITE_MISUSE;
}

static int look_up_place(struct query *query, const char *name)
{
    int index = sqlite3_bind_parameter_index(query->stmt, name);
    assert(index > 0);
    if (query->places != NULL && index <= PLACES_MAX)
        query->places->name[index - 1] = name;
    return index;
}

/* Names are literals: the same address is the same name. */
static int place_of(struct query *query, const char *name)
{
    if (query->places == NULL)
        return look_up_place(query, name);
    for (int i = 0; i < PLACES_MAX; i++)
        if (query->places->name[i] == name)
            return i + 1;
    return look_up_place(query, name);
}

static void bind_named(struct query *query, const char *name, enum arg_kind kind, const void *bytes, int64_t number)
{
    if (query->code != SQLITE_OK)
        return;
    int index = place_of(query, name);
    query->code = bind(query->stmt, index, kind, bytes, number);
}

void query_bind(struct query *query, const struct arg *args)
{
    for (; args != NULL && args->name != NULL; args++)
        bind_named(query, args->name, args->kind, args->bytes, args->number);
}

static void bind_field(struct query *query, const struct field *field, const void *at)
{
    switch (field->kind) {
    case FIELD_TEXT: bind_named(query, field->name, ARG_TEXT, *(const char *const *)at, 0); break;
    case FIELD_INT64: bind_named(query, field->name, ARG_INT, NULL, *(const int64_t *)at); break;
    case FIELD_KNOWN: bind_named(query, field->name, ARG_KNOWN, NULL, *(const int64_t *)at); break;
    case FIELD_INT: bind_named(query, field->name, ARG_INT, NULL, *(const int *)at); break;
    case FIELD_INT_KNOWN: bind_named(query, field->name, ARG_KNOWN, NULL, *(const int *)at); break;
    case FIELD_BOOL: bind_named(query, field->name, ARG_INT, NULL, *(const bool *)at); break;
    }
}

void query_bind_fields(struct query *query, const struct field *fields, const void *record)
{
    for (; fields->name != NULL; fields++)
        bind_field(query, fields, (const char *)record + fields->offset);
}

bool query_row(struct query *query)
{
    if (query->code != SQLITE_OK && query->code != SQLITE_ROW)
        return false;
    query->column = 0;
    query->code = sqlite3_step(query->stmt);
    return query->code == SQLITE_ROW;
}

const char *query_text(struct query *query, int column)
{
    if (sqlite3_column_type(query->stmt, column) == SQLITE_NULL)
        return NULL;
    const char *text = (const char *)sqlite3_column_text(query->stmt, column);
    if (text == NULL)
        query->code = SQLITE_NOMEM; /* the only reason left */
    return text;
}

int64_t query_int(struct query *query, int column)
{
    return sqlite3_column_int64(query->stmt, column);
}

int64_t query_known(struct query *query, int column)
{
    return sqlite3_column_type(query->stmt, column) == SQLITE_NULL ? -1 : sqlite3_column_int64(query->stmt, column);
}

static const char *text_kept(struct query *query, int column, struct arena *arena)
{
    const char *text = query_text(query, column);
    if (text == NULL || arena == NULL)
        return text;
    const char *copy = arena_strndup(arena, text, (size_t)sqlite3_column_bytes(query->stmt, column));
    if (copy == NULL)
        query->code = SQLITE_NOMEM;
    return copy;
}

static void read_field(struct query *query, const struct field *field, void *at, struct arena *arena)
{
    int column = query->column++;
    switch (field->kind) {
    case FIELD_TEXT: *(const char **)at = text_kept(query, column, arena); break;
    case FIELD_INT64: *(int64_t *)at = query_int(query, column); break;
    case FIELD_KNOWN: *(int64_t *)at = query_known(query, column); break;
    case FIELD_INT: *(int *)at = (int)query_int(query, column); break;
    case FIELD_INT_KNOWN: *(int *)at = (int)query_known(query, column); break;
    case FIELD_BOOL: *(bool *)at = query_int(query, column) != 0; break;
    }
}

void query_fields(struct query *query, const struct field *fields, void *ret_record, struct arena *arena)
{
    for (; fields->name != NULL; fields++) {
        assert(query->column < sqlite3_column_count(query->stmt));
        assert(strcmp(sqlite3_column_name(query->stmt, query->column), fields->name + 1) == 0);
        read_field(query, fields, (char *)ret_record + fields->offset, arena);
    }
}

enum db_status query_status(const struct query *query)
{
    return status_of(query->code);
}

enum db_status query_run(struct query *query)
{
    while (query_row(query))
        ;
    return query_status(query);
}

enum db_status statement_run(struct statements *statements, enum db_statement which, const struct arg *args)
{
    struct query query CLEANUP(query_end) = query_begin(statements, which, args);
    return query_run(&query);
}
