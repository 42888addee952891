/* SPDX-License-Identifier: GPL-3.0-or-later
 * What each enum param_type is: the field it fills, how its text is read and how it is written again. Between param.c and the
 * files that know one kind; nobody else needs it.
 */
#ifndef STUDYD_SERVER_PARAM_KIND_H
#define STUDYD_SERVER_PARAM_KIND_H

#include "base/arena.h"
#include "base/buffer.h"
#include "server/route.h"

/* Most values of one list. */
#define PARAM_LIST_MAX 100

/* The reading of one request; row and in belong to the parameter at hand. */
struct param_reading {
    const struct param *row;
    const char *in; /* query, path */
    struct db_reader *db;
    struct arena *arena;
    struct faults *faults;
    size_t compared; /* values of vocabularies looked at for suggestions */
    bool no_memory;
};

struct param_kind {
    const char *name;   /* in --dump-routes */
    size_t size, align; /* of the field */
    bool plus_is_space; /* as forms and many clients write one; elsewhere a plus is a fault, since it is read in two ways */
    /* text is decoded, not empty, in the arena, and may be cut up. false = a fault was added, or no memory. */
    bool (*read)(struct param_reading *reading, char *text, void *field);
    /* Appends the value, encoded. The field is not the default. */
    void (*write)(const struct param *row, const void *field, struct buffer *query);
    bool several; /* takes values joined by commas */
};
extern const struct param_kind param_kinds[]; /* by enum param_type */
extern const size_t param_kinds_len;

/* Adds a fault of the parameter at hand; reason NULL = no memory. Always false. */
bool param_fault(struct param_reading *reading, const char *reason, const char *did_you_mean);
/* The fault of a value that values or the vocabulary do not have, with the nearest that they do. Always false. */
bool param_unknown(struct param_reading *reading, const char *value);

/* −1 = not among values. */
int param_value_index(const char *const *values, const char *text);

/* 0, 7, −12: no leading zeros, no plus. */
bool param_int(const char *text, int64_t *ret_value);

bool param_ranges_read(struct param_reading *reading, char *text, void *field);
void param_ranges_write(const struct param *row, const void *field, struct buffer *query);
bool param_time_ranges_read(struct param_reading *reading, char *text, void *field);
void param_time_ranges_write(const struct param *row, const void *field, struct buffer *query);

/* param_list.c */
bool param_codes_read(struct param_reading *reading, char *text, void *field);
void param_codes_write(const struct param *row, const void *field, struct buffer *query);
bool param_sort_read(struct param_reading *reading, char *text, void *field);
void param_sort_write(const struct param *row, const void *field, struct buffer *query);
bool param_fields_read(struct param_reading *reading, char *text, void *field);
void param_fields_write(const struct param *row, const void *field, struct buffer *query);
bool param_facets_read(struct param_reading *reading, char *text, void *field); /* and written as fields are */
bool param_group_by_read(struct param_reading *reading, char *text, void *field);
void param_group_by_write(const struct param *row, const void *field, struct buffer *query);

/* param_search.c */
bool param_search_read(struct param_reading *reading, char *text, void *field);
void param_search_write(const struct param *row, const void *field, struct buffer *query);

#endif
