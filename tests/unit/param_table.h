/* SPDX-License-Identifier: GPL-3.0-or-later
 * A table with every kind of parameter, a small register behind it, and how to ask: for the tests of param.c, each of which is
 * a program of its own.
 */
#ifndef STUDYD_TESTS_PARAM_TABLE_H
#define STUDYD_TESTS_PARAM_TABLE_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "server/param.h"

/* ── the register as these tests know it ─────────────────────────────────────────────────────────────────────── */

static const struct vocabulary_entry {
    enum db_vocabulary vocabulary;
    const char *alias, *value;
} entries[] = {
    {DB_VOCAB_LEADER, "Bjørn Ødegård", "Bjørn Ødegård"},
    {DB_VOCAB_LEADER, "Kari Nordmann", "Kari Nordmann"},
    {DB_VOCAB_LEADER, "K. Nordmann", "Kari Nordmann"},
    {DB_VOCAB_INSTITUTION, "helse-bergen", "helse-bergen"},
    {DB_VOCAB_CATEGORY, "cancer", "cancer"},
    {DB_VOCAB_CATEGORY, "skin", "skin"},
    {DB_VOCAB_INSTITUTION, "haukeland", "helse-bergen"},
    {DB_VOCAB_INSTITUTION, "oslo-universitetssykehus", "oslo-universitetssykehus"},
};
#define ENTRIES (sizeof entries / sizeof *entries)
static size_t values_asked;
static char lent[64]; /* what find lends is gone with the next question, as it may be with a newer data version */

const char *db_vocabulary_find(struct db_reader *reader, enum db_vocabulary vocabulary, const char *value)
{
    (void)reader;
    for (size_t i = 0; i < ENTRIES; i++) {
        if (entries[i].vocabulary == vocabulary && strcasecmp(entries[i].alias, value) == 0) {
            snprintf(lent, sizeof lent, "%s", entries[i].value);
            return lent;
        }
    }
    return NULL;
}

void db_vocabulary_each(struct db_reader *reader, enum db_vocabulary vocabulary, bool (*each)(void *cls, const char *value), void *cls)
{
    (void)reader;
    for (size_t i = 0; i < ENTRIES; i++) {
        values_asked++;
        if (entries[i].vocabulary == vocabulary && entries[i].alias == entries[i].value && !each(cls, entries[i].value))
            return;
    }
    for (int i = 0; vocabulary == DB_VOCAB_STUDY && i < 1000000; i++) {
        char value[32];
        values_asked++;
        snprintf(value, sizeof value, "study-%d", i);
        if (!each(cls, value))
            return;
    }
}

struct all_params {
    const char *id;
    int64_t limit;
    enum db_tri has_card;
    int format;
    struct db_codes region, leader, institution, study;
    struct db_ranges call_year, shift, updated;
    struct sort_param sort;
    fields_param fields;
    const char *cursor, *from, *reference;
    struct group_by_param group_by;
    struct db_codes category, and_category, inclusion_region, and_inclusion_region;
    int layout, dialect;
    const struct db_search *q;
    int64_t size;
    facets_param facets;
    int64_t known_at;
};
#define AT(member) .offset = offsetof(struct all_params, member)
static const char *const formats[] = {"json", "csv", "ndjson", NULL};
static const char *const regions[] = {"sor-ost", "vest", "midt", "nord", NULL};
static const char *const sorts[] = {"id", "name", "call_year", "amount_nok", "planned", NULL};
static const char *const fields[] = {"id", "name", "title", "status", NULL};
static const char *const kinds[] = {"json", "csv", NULL}, *const dialects[] = {"rfc4180", "excel-nb", NULL};
static const char *const dimensions[] = {"call_year", "mechanism", "category", "institution", "region", "status", NULL};
static const char *const facets[] = {"programme", "call_year",   "mechanism", "award_call_year", "award_mechanism",
                                     "category",  "institution", "hospital",  "region",          "inclusion_region",
                                     "leader",    "status",      "has_card",  "behind_plan",     NULL};
static const struct route_format json_or_csv[] = {{"json", FORMAT_JSON, "application/json"}, {"csv", FORMAT_CSV, "text/csv"}, {0}};
static const struct param rows[] = {
    {"id", IN_PATH, T_ID, AT(id)},
    {"limit", IN_QUERY, T_INT, AT(limit), .min = 1, .max = 500, .def = 50},
    {"has_card", IN_QUERY, T_BOOL, AT(has_card)},
    {"format", IN_QUERY, T_ENUM, AT(format), .values = formats, .def = 1},
    {"region", IN_QUERY, T_CODES, AT(region), .values = regions},
    {"leader", IN_QUERY, T_CODES, AT(leader), .vocabulary = DB_VOCAB_LEADER},
    {"institution", IN_QUERY, T_CODES, AT(institution), .vocabulary = DB_VOCAB_INSTITUTION},
    {"study", IN_QUERY, T_CODES, AT(study), .vocabulary = DB_VOCAB_STUDY},
    {"call_year", IN_QUERY, T_RANGES, AT(call_year), .min = 1900, .max = 2200},
    {"shift", IN_QUERY, T_RANGES, AT(shift), .min = -100, .max = 100},
    {"updated", IN_QUERY, T_TIME_RANGES, AT(updated)},
    {"sort", IN_QUERY, T_SORT, AT(sort), .values = sorts},
    {"fields", IN_QUERY, T_FIELDS, AT(fields), .values = fields},
    {"cursor", IN_QUERY, T_CURSOR, AT(cursor), .max = 12},
    {"from", IN_QUERY, T_DAY, AT(from)},
    {"reference", IN_QUERY, T_ID, AT(reference)},
    {"group_by", IN_QUERY, T_GROUP_BY, AT(group_by), .values = dimensions},
    {"category", IN_QUERY, T_CODES, AT(category), .vocabulary = DB_VOCAB_CATEGORY},
    {"and_category", IN_QUERY, T_CODES, AT(and_category), .vocabulary = DB_VOCAB_CATEGORY},
    {"inclusion_region", IN_QUERY, T_CODES, AT(inclusion_region), .values = regions},
    {"and_inclusion_region", IN_QUERY, T_CODES, AT(and_inclusion_region), .values = regions},
    {"layout", IN_QUERY, T_FORMAT, AT(layout), .values = kinds},
    {"dialect", IN_QUERY, T_DIALECT, AT(dialect), .values = dialects},
    {"q", IN_QUERY, T_SEARCH, AT(q), .max = 500},
    {"size", IN_QUERY, T_INT, AT(size), .min = 1, .max = 9, .def = 5, .told = true},
    {"facets", IN_QUERY, T_FACETS, AT(facets), .values = facets},
    {"known_at", IN_QUERY, T_INSTANT, AT(known_at)},
    {0},
};

static enum api_error none_called(struct request *request, struct reply *ret_reply)
{
    (void)request, (void)ret_reply;
    return API_INTERNAL;
}
const struct route routes[] = {
    {"getAll", "GET", "/all/{id}", none_called, rows, sizeof(struct all_params), .formats = json_or_csv, .tag = TAG_STUDY, .ok = 200},
    {"getNone", "GET", "/none", none_called, .content_type = "application/json", .ok = 200},
};
const size_t routes_len = 2;

/* ── asking ──────────────────────────────────────────────────────────────────────────────────────────────────── */

struct asked {
    enum api_error error;
    struct all_params params;
    struct faults faults;
    const char *query;
};
static struct arena *arena;

static void setup(void)
{
    arena = arena_new(64 << 20);
    ck_assert_ptr_nonnull(arena);
}

static void teardown(void)
{
    arena_delete(arena);
}

static void ask_at(struct asked *asked, const char *path, const char *query, struct arena *room)
{
    struct route_match match;
    memset(asked, 0, sizeof *asked);
    route_find(EVERYWHERE, "GET", path, strlen(path), &match);
    if (!match.route)
        ck_abort_msg("no route to %s", path);
    asked->error = param_fill(&match, query, NULL, room, match.route->params ? &asked->params : NULL, &asked->faults, &asked->query);
}

static void ask(struct asked *asked, const char *query)
{
    ask_at(asked, "/all/x", query, arena);
}

/* These answer instead of asserting: Check's asserts are dear, and the properties below ask a hundred thousand times. */
static bool codes_equal(const struct db_codes *a, const struct db_codes *b)
{
    bool equal = a->len == b->len && a->negate == b->negate;
    for (size_t i = 0; equal && i < a->len; i++)
        equal = strcmp(a->values[i], b->values[i]) == 0;
    return equal;
}

static bool ranges_equal(const struct db_ranges *a, const struct db_ranges *b)
{
    bool equal = a->len == b->len && a->negate == b->negate;
    for (size_t i = 0; equal && i < a->len; i++)
        equal = a->r[i].min == b->r[i].min && a->r[i].max == b->r[i].max;
    return equal;
}

static bool sorts_equal(const struct sort_param *a, const struct sort_param *b)
{
    bool equal = a->len == b->len;
    for (size_t i = 0; equal && i < a->len; i++)
        equal = a->by[i].key == b->by[i].key && a->by[i].descending == b->by[i].descending;
    return equal;
}

static bool groups_equal(const struct group_by_param *a, const struct group_by_param *b)
{
    bool equal = a->len == b->len;
    for (size_t i = 0; equal && i < a->len; i++)
        equal = a->by[i] == b->by[i];
    return equal;
}

static bool texts_equal(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool searches_equal(const struct db_search *a, const struct db_search *b)
{
    bool equal = a && b ? a->len == b->len : a == b;
    for (size_t i = 0; equal && a && i < a->len; i++) {
        const struct db_search_term *one = &a->terms[i], *other = &b->terms[i];
        equal = texts_equal(one->text, other->text) && one->prefix == other->prefix && one->negate == other->negate &&
                one->or_before == other->or_before;
    }
    return equal;
}

static bool params_equal(const struct all_params *a, const struct all_params *b)
{
    return a->limit == b->limit && a->has_card == b->has_card && a->format == b->format && a->fields == b->fields &&
           codes_equal(&a->region, &b->region) && codes_equal(&a->leader, &b->leader) && codes_equal(&a->institution, &b->institution) &&
           codes_equal(&a->study, &b->study) && ranges_equal(&a->call_year, &b->call_year) && ranges_equal(&a->shift, &b->shift) &&
           ranges_equal(&a->updated, &b->updated) && sorts_equal(&a->sort, &b->sort) && texts_equal(a->cursor, b->cursor) &&
           groups_equal(&a->group_by, &b->group_by) && codes_equal(&a->category, &b->category) &&
           codes_equal(&a->and_category, &b->and_category) && codes_equal(&a->inclusion_region, &b->inclusion_region) &&
           codes_equal(&a->and_inclusion_region, &b->and_inclusion_region) && a->layout == b->layout && a->dialect == b->dialect &&
           a->facets == b->facets && searches_equal(a->q, b->q) && texts_equal(a->from, b->from) &&
           texts_equal(a->reference, b->reference) && texts_equal(a->id, b->id);
}

/* The canonical query says the same as the query it was made from, and is its own canonical query. */
static void check_canonical(const struct asked *asked)
{
    struct asked again;
    ask(&again, *asked->query ? asked->query : NULL);
    if (again.error != API_OK || strcmp(again.query, asked->query) != 0 || !params_equal(&again.params, &asked->params))
        ck_abort_msg("%s became %s", asked->query, again.query);
}

#endif
