/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the cells of a statistic are ruled by: every value of a dimension, in its order, whether anything is in it or not.
 */
#include "db/internal.h"

#include <string.h>

static const struct axis_source {
    enum db_statement statement;
    bool has_unknown;
    size_t codes, years; /* the filter that shuts values out: its offset in struct db_study_filter, 0 = none */
} sources[] = {
#define FILTER(member) offsetof(struct db_study_filter, member)
    [DB_BY_CALL_YEAR] = {STMT_axis_years, .years = FILTER(call_year)},
    [DB_BY_MECHANISM] = {STMT_axis_mechanisms, .codes = FILTER(mechanism)},
    [DB_BY_CATEGORY] = {STMT_axis_categories, .has_unknown = true},
    [DB_BY_INSTITUTION] = {STMT_axis_institutions, .codes = FILTER(institution)},
    [DB_BY_REGION] = {STMT_axis_regions, .has_unknown = true, .codes = FILTER(region)},
    [DB_BY_STATUS] = {STMT_COUNT, .codes = FILTER(status)},
};

static struct axis_source source_of(const struct db_stats_query *query, enum db_dimension by)
{
    struct axis_source source = sources[by];
    if (query->grain == DB_GRAIN_AWARD && by == DB_BY_CALL_YEAR)
        source = (struct axis_source){STMT_axis_award_years, .years = FILTER(award_call_year)};
    else if (query->grain == DB_GRAIN_AWARD && by == DB_BY_MECHANISM)
        source.codes = FILTER(award_mechanism);
    else if (query->grain == DB_GRAIN_REGION && by == DB_BY_REGION)
        source.codes = 0; /* a study includes in several: the filter chooses studies, not their regions */
    if (query->known_at != 0)
        source.statement = STMT_axis_regions_known;
    return source;
}

/* code NULL = the unknown, which a negated filter lets through. */
static bool lets_code(const struct db_stats_query *query, const struct axis_source *source, const char *code)
{
    const struct db_codes *codes = (const void *)((const char *)&query->filter + source->codes);
    bool is_named = false;
    if (source->codes == 0 || codes->len == 0)
        return true;
    for (size_t i = 0; i < codes->len && code != NULL; i++)
        is_named = is_named || strcmp(codes->values[i], code) == 0;
    return is_named != codes->negate;
}

static bool lets_year(const struct db_stats_query *query, const struct axis_source *source, int64_t year)
{
    const struct db_ranges *years = (const void *)((const char *)&query->filter + source->years);
    bool is_within = false;
    for (size_t i = 0; i < years->len; i++)
        is_within = is_within || (years->r[i].min <= year && year <= years->r[i].max);
    return years->len == 0 || is_within != years->negate;
}

static const struct field key_fields[] = {
    {":code", FIELD_TEXT, offsetof(struct db_stats_key, ref.code)},
    {":label_nb", FIELD_TEXT, offsetof(struct db_stats_key, ref.label.nb)},
    {":label_en", FIELD_TEXT, offsetof(struct db_stats_key, ref.label.en)},
    {0},
};

static enum db_status add_key(struct stats_axis *axis, struct arena *arena, struct db_stats_key key)
{
    struct db_stats_key *item = list_add(&axis->keys, arena);
    if (item == NULL || !map_reserve(&axis->index, 1))
        return DB_NO_MEMORY;
    *item = key;
    if (key.known && key.ref.code != NULL)
        map_put(&axis->index, key.ref.code)->index = axis->keys.len - 1;
    return DB_OK;
}

static enum db_status read_years(struct db_reader *reader, struct arena *arena, const struct db_stats_query *query,
                                 const struct axis_source *source, struct stats_axis *axis)
{
    struct query years CLEANUP(query_end) = query_begin(reader->st, source->statement, NO_ARGS);
    enum db_status status = DB_OK;
    axis->has_years = true;
    if (!query_row(&years) || query_known(&years, 0) < 0)
        return query_status(&years);
    for (int64_t year = query_int(&years, 0); year <= query_int(&years, 1) && status == DB_OK; year++)
        if (lets_year(query, source, year))
            status = add_key(axis, arena, (struct db_stats_key){.known = true, .year = year});
    return status;
}

static enum db_status read_codes(struct db_reader *reader, struct arena *arena, const struct db_stats_query *query,
                                 const struct axis_source *source, struct stats_axis *axis)
{
    struct query rows CLEANUP(query_end) = query_begin(reader->st, source->statement, NO_ARGS);
    enum db_status status = DB_OK;
    if (query->known_at != 0)
        query_bind(&rows, ARGS(ARG_I(":instant", query->known_at)));
    while (status == DB_OK && query_row(&rows)) {
        struct db_stats_key key = {.known = true};
        if (!lets_code(query, source, query_text(&rows, 0)))
            continue;
        rows.column = 0;
        query_fields(&rows, key_fields, &key, arena);
        status = add_key(axis, arena, key);
    }
    return status == DB_OK ? query_status(&rows) : status;
}

struct codes_added {
    const struct db_stats_query *query;
    const struct axis_source *source;
    struct stats_axis *axis;
    struct arena *arena;
    enum db_status status;
};

static bool add_constant(void *cls, const char *value)
{
    struct codes_added *added = cls;
    if (lets_code(added->query, added->source, value))
        added->status = add_key(added->axis, added->arena, (struct db_stats_key){.known = true, .ref.code = value});
    return added->status == DB_OK;
}

enum db_status stats_axis_read(struct db_reader *reader, struct arena *arena, const struct db_stats_query *query, size_t which,
                               struct stats_axis *ret_axis)
{
    struct axis_source source = source_of(query, query->by[which]);
    enum db_status status;
    *ret_axis = (struct stats_axis){.keys = {.size = sizeof(struct db_stats_key)}, .has_unknown = false};
    if (source.years != 0) {
        status = read_years(reader, arena, query, &source, ret_axis);
    } else if (source.statement == STMT_COUNT) {
        struct codes_added added = {query, &source, ret_axis, arena, DB_OK};
        db_vocabulary_each(reader, DB_VOCAB_STATUS, add_constant, &added);
        status = added.status;
    } else {
        status = read_codes(reader, arena, query, &source, ret_axis);
    }
    if (status == DB_OK && source.has_unknown && lets_code(query, &source, NULL)) {
        ret_axis->has_unknown = true;
        status = add_key(ret_axis, arena, (struct db_stats_key){.known = false});
    }
    return status;
}

void stats_axis_free(struct stats_axis *axis)
{
    map_free(&axis->index);
}
