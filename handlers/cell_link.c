/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "handlers/cell_link.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/percent.h"
#include "handlers/links.h"
#include "handlers/statistics.h"

/* What asks for a form of the answer, and chooses no studies. */
static const char *const not_filters[] = {"group_by", "weighting", "format", "dialect", "sort", "limit",
                                          "cursor",   "fields",    "facets", "include", NULL};

bool link_names(const struct link *link, const char *name)
{
    for (size_t i = 0; i < link->len; i++)
        if (strcmp(link->pairs[i].name, name) == 0)
            return true;
    return false;
}

/* Kept by name, so that equal filters are equal texts. */
void link_set(struct link *link, const char *name, const char *value)
{
    size_t at = 0;
    link->failed |= !name || !value;
    while (!link->failed && at < link->len && strcmp(link->pairs[at].name, name) < 0)
        at++;
    bool is_there = !link->failed && at < link->len && strcmp(link->pairs[at].name, name) == 0;
    if (!link->failed && !is_there) {
        link->failed = link->len == LINK_PAIRS_MAX;
        if (!link->failed)
            memmove(&link->pairs[at + 1], &link->pairs[at], (link->len++ - at) * sizeof *link->pairs);
    }
    if (!link->failed)
        link->pairs[at] = (struct link_pair){name, value};
}

void link_unset(struct link *link, const char *name)
{
    for (size_t i = 0; i < link->len; i++)
        if (strcmp(link->pairs[i].name, name) == 0) {
            memmove(&link->pairs[i], &link->pairs[i + 1], (--link->len - i) * sizeof *link->pairs);
            return;
        }
}

static void set_pair(struct link *link, const char *pair, size_t len)
{
    size_t name = strcspn(pair, "=");
    link_set(link, arena_strndup(link->rq->arena, pair, name), arena_strndup(link->rq->arena, pair + name + 1, len - name - 1));
}

/* ── the other awards ───────────────────────────────────────────────────────────────────────────────────────── */

static int by_min(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static const char *range_added(struct arena *arena, const char *text, int64_t min, int64_t max)
{
    const char *comma = *text ? "," : "";
    if (max >= CALL_YEAR_MAX)
        return arena_printf(arena, "%s%s%" PRId64 "..", text, comma, min);
    if (min <= CALL_YEAR_MIN)
        return arena_printf(arena, "%s%s..%" PRId64, text, comma, max);
    return arena_printf(arena, "%s%s%" PRId64 "..%" PRId64, text, comma, min, max);
}

/* The years between the ranges, no others than may be asked for; "" when there are none, NULL = no memory. */
static const char *years_between(struct arena *arena, const struct db_ranges *ranges, size_t *ret_len)
{
    struct db_ranges sorted = *ranges;
    const char *text = "";
    int64_t next = CALL_YEAR_MIN;
    *ret_len = 0;
    qsort(sorted.r, sorted.len, sizeof sorted.r[0], by_min);
    for (size_t i = 0; i < sorted.len && text && next <= CALL_YEAR_MAX; i++) {
        if (sorted.r[i].min > next) {
            text = range_added(arena, text, next, sorted.r[i].min - 1);
            ++*ret_len;
        }
        if (sorted.r[i].max >= next)
            next = sorted.r[i].max < CALL_YEAR_MAX ? sorted.r[i].max + 1 : CALL_YEAR_MAX + 1;
    }
    *ret_len += next <= CALL_YEAR_MAX;
    return text && next <= CALL_YEAR_MAX ? range_added(arena, text, next, CALL_YEAR_MAX) : text;
}

bool link_holds_years(struct arena *arena, const struct db_ranges *negated)
{
    size_t len;
    return !years_between(arena, negated, &len) || len <= DB_RANGES_MAX;
}

struct codes_text {
    struct arena *arena;
    const struct db_codes *without; /* may be NULL */
    const char *text;               /* NULL = no memory */
};

static bool add_code(void *cls, const char *code)
{
    struct codes_text *codes = cls;
    for (size_t i = 0; codes->without && i < codes->without->len; i++)
        if (strcmp(codes->without->values[i], code) == 0)
            return true;
    codes->text = arena_printf(codes->arena, "%s%s%s", codes->text, *codes->text ? "," : "", code);
    return codes->text != NULL;
}

static void turn_negation(struct link *link, const struct db_study_filter *filter)
{
    struct codes_text others = {link->rq->arena, &filter->award_mechanism, ""};
    if (filter->award_call_year.len > 0 && filter->award_call_year.negate) {
        const char *between = years_between(link->rq->arena, &filter->award_call_year, &(size_t){0});
        if (!between || *between)
            link_set(link, "award_call_year", between);
    }
    if (filter->award_mechanism.len > 0 && filter->award_mechanism.negate) {
        db_vocabulary_each(link->rq->db, DB_VOCAB_MECHANISM, add_code, &others);
        if (!others.text || *others.text)
            link_set(link, "award_mechanism", others.text);
    }
}

struct link link_of_filters(struct request *rq, const struct db_study_filter *filter, enum db_grain grain)
{
    struct link link = {.rq = rq};
    const char *query = query_without(rq->arena, rq->query, not_filters);
    link.failed = !query;
    while (query && *query) {
        size_t len = strcspn(query, "&");
        set_pair(&link, query, len);
        query += len + (query[len] == '&');
    }
    if (grain == DB_GRAIN_AWARD)
        turn_negation(&link, filter);
    return link;
}

/* ── one cell ───────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *encoded(struct arena *arena, const char *code)
{
    struct buffer buffer;
    buffer_init(&buffer, 3 * strlen(code) + 1);
    const char *text = percent_encode(&buffer, code) ? arena_strndup(arena, buffer.len ? buffer.bytes : "", buffer.len) : NULL;
    buffer_free(&buffer);
    return text;
}

void link_value(struct link *link, const char *name, const char *code, enum db_vocabulary vocabulary)
{
    struct codes_text all = {link->rq->arena, NULL, ""};
    if (!code)
        db_vocabulary_each(link->rq->db, vocabulary, add_code, &all);
    link_set(link, name, code ? encoded(link->rq->arena, code) : all.text ? arena_printf(link->rq->arena, "!%s", all.text) : NULL);
}

void link_cell(struct link *link, enum db_grain grain, enum db_dimension dimension, const struct db_stats_key *key)
{
    const char *name = dimension_parameter(grain, dimension), *second = dimension_second(grain, dimension);
    const char *code = !key->known                    ? NULL
                       : dimension == DB_BY_CALL_YEAR ? arena_printf(link->rq->arena, "%" PRId64, key->year)
                                                      : key->ref.code;
    link->failed |= key->known && !code;
    link_value(link, second && link_names(link, name) ? second : name, code,
               dimension == DB_BY_CATEGORY ? DB_VOCAB_CATEGORY : DB_VOCAB_REGION);
}

const char *link_query(const struct link *link, bool programme)
{
    const char *text = link->failed ? NULL : "";
    for (size_t i = 0; text && i < link->len; i++)
        if (programme || strcmp(link->pairs[i].name, "programme") != 0)
            text = arena_printf(link->rq->arena, "%s%s%s=%s", text, *text ? "&" : "", link->pairs[i].name, link->pairs[i].value);
    return text;
}

const char *link_url(const struct link *link)
{
    return url_with(link->rq->arena, "/studies", link_query(link, true), NULL, NULL);
}

bool link_around(const struct link *link, const char *name, const char **ret_before, const char **ret_after)
{
    static const char place[] = "\n"; /* nothing encoded has it */
    struct link with = *link;
    link_set(&with, name, place);
    const char *url = link_url(&with), *at = url ? strchr(url, *place) : NULL;
    *ret_before = at ? arena_strndup(link->rq->arena, url, (size_t)(at - url)) : NULL;
    *ret_after = at ? at + 1 : NULL;
    return *ret_before != NULL;
}
