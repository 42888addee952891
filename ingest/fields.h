/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fields of a record, as rows of a table: one table fills and checks the struct of a CSV row or of a JSON object.
 */
#ifndef STUDYD_INGEST_FIELDS_H
#define STUDYD_INGEST_FIELDS_H

#include "ingest/dataset.h"

enum field_type {
    /* strings: const char *, NULL = not known */
    FIELD_LINE, /* a text on one line */
    FIELD_TEXT, /* a text that may have line feeds */
    FIELD_ID,
    FIELD_DATE,
    FIELD_DAY,
    FIELD_MONTH_DAY,
    FIELD_LINES, /* lines of the edition's document */
    FIELD_URL,
    FIELD_DOI,
    FIELD_MEMBER,
    FIELD_ENUM, /* one of .values */
    /* numbers */
    FIELD_INT,     /* int or int64_t within .min … .max; .unknown = not known */
    FIELD_DECIMAL, /* the value and decimals of a struct db_figure, which the field's offset is in */
    /* JSON only */
    FIELD_OBJECT, /* .members, into the struct at .offset; FIELD_SAME: into the struct that has the object */
    FIELD_LIST,   /* .item for each element, .item_size bytes each; pointer at .offset, number at .len_offset */
    FIELD_SEXES,  /* ["female", "male"]: bits in an int */
    FIELD_TRUE,   /* true: 1, null: .unknown; an int */
};

struct field {
    const char *name;
    enum field_type type;
    bool required;                   /* neither empty nor null */
    bool distinct;                   /* FIELD_LIST of strings: none twice */
    size_t offset, size;             /* of the struct's member; size 0 = checked but not kept */
    const char *const *values;       /* FIELD_ENUM, NULL at the end */
    int64_t min, max, unknown;       /* FIELD_INT */
    enum key key;                    /* CSV: rows are found by it, so it is unique. KEY_NONE: no */
    enum key refers;                 /* the value must be such a key */
    size_t found_offset, found_size; /* CSV, with refers: the int32_t that gets the row referred to */
    const struct field *members;     /* FIELD_OBJECT; NULL name at the end */
    const struct field *item;        /* FIELD_LIST: of an element that is a string or (FIELD_OBJECT) an object */
    size_t item_size, len_offset;
};

/* Where a member of a struct lies, for a row of a table. */
#define FIELD_AT(type, member)    .offset = offsetof(struct type, member), .size = sizeof(((struct type *)0)->member)
#define FIELD_SAME                .offset = 0, .size = 1
#define FIELD_FOUND(type, member) .found_offset = offsetof(struct type, member), .found_size = sizeof(((struct type *)0)->member)

/* Longest list in a JSON file. A study has some thirty hospitals. */
#define FIELD_LIST_MAX 1000

struct field_message {
    char text[FAULT_MESSAGE_SIZE];
};

/* Puts value into the struct at row (NULL = check only). value is borrowed for as long as the row lives; "" = not known.
 * false = a fault: *ret_message says which, the member is left as not known. References are not looked up here. */
bool field_take(struct reading *reading, const struct field *field, const char *value, void *row, struct field_message *ret_message);
/* The same for a number that is one already. */
bool field_take_integer(const struct field *field, int64_t value, void *row, struct field_message *ret_message);
/* Sets the member to "not known". */
void field_forget(const struct field *field, void *row);
/* The string in the struct at row. */
const char *field_string(const struct field *field, const void *row);

/* The row that value refers to. LOOKUP_NONE: there is none, and *ret_message says so, or is "" when that proves nothing. */
int32_t field_refer(struct reading *reading, enum key key, const char *value, struct field_message *ret_message);

#endif
