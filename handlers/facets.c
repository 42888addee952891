/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "handlers/facets.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "handlers/cell_link.h"
#include "handlers/handlers.h"

const char *const facet_names[] = {"programme", "call_year",   "mechanism", "award_call_year", "award_mechanism",
                                   "category",  "institution", "hospital",  "region",          "inclusion_region",
                                   "leader",    "status",      "has_card",  "behind_plan",     NULL};

static const struct {
    enum { JSON_CODE, JSON_YEAR, JSON_YES_NO } kind;
    bool is_several, has_label;    /* a study may have several values, so the counts do not add up */
    enum db_vocabulary vocabulary; /* of those that a study may have no value of */
} facets[DB_FACETS] = {
    [DB_FACET_PROGRAMME] = {.has_label = true},
    [DB_FACET_CALL_YEAR] = {.kind = JSON_YEAR},
    [DB_FACET_MECHANISM] = {.has_label = true},
    [DB_FACET_AWARD_CALL_YEAR] = {.kind = JSON_YEAR, .is_several = true},
    [DB_FACET_AWARD_MECHANISM] = {.is_several = true, .has_label = true},
    [DB_FACET_CATEGORY] = {.is_several = true, .has_label = true, .vocabulary = DB_VOCAB_CATEGORY},
    [DB_FACET_INSTITUTION] = {.has_label = true},
    [DB_FACET_HOSPITAL] = {.is_several = true, .has_label = true},
    [DB_FACET_REGION] = {.has_label = true, .vocabulary = DB_VOCAB_REGION},
    [DB_FACET_INCLUSION_REGION] = {.is_several = true, .has_label = true, .vocabulary = DB_VOCAB_REGION},
    [DB_FACET_HAS_CARD] = {.kind = JSON_YES_NO},
    [DB_FACET_BEHIND_PLAN] = {.kind = JSON_YES_NO},
};

/* The filters of the request without the facet's own. Its rows' links are made in memory of their own: there may be many. */
struct rows {
    enum db_facet facet;
    struct link filters;
    struct request scratch_rq; /* the request, but for its arena */
    struct arena scratch;
    json_t *json; /* the facet; NULL = it came to nothing */
    bool is_late; /* for want of time, else of memory */
};

/* There may be a hundred thousand leaders: rows between two looks at the clock. */
#define LOOK_EVERY 512

static json_t *value_json(enum db_facet facet, const char *code)
{
    if (!code)
        return json_null();
    switch (facets[facet].kind) {
    case JSON_YEAR: return json_integer(strtoll(code, NULL, 10));
    case JSON_YES_NO: return json_boolean(strcmp(code, "true") == 0);
    case JSON_CODE: break;
    }
    return json_string(code);
}

static json_t *label_json(const struct db_facet_value *value)
{
    return value->label.nb || value->label.en ? json_text(&value->label) : json_null();
}

static json_t *row_json(struct rows *rows, const struct db_facet_value *value)
{
    struct link link = rows->filters;
    link.rq = &rows->scratch_rq;
    link_value(&link, facet_names[rows->facet], value->code, facets[rows->facet].vocabulary);
    const char *url = link_url(&link);
    json_t *row = json_object();
    int failed = json_object_set_new(row, "value", value_json(rows->facet, value->code));
    if (facets[rows->facet].has_label)
        failed |= json_object_set_new(row, "label", label_json(value));
    failed |= json_object_set_new(row, "study_count", json_integer(value->study_count));
    failed |= json_object_set_new(row, "studies", url ? json_string(url) : NULL);
    arena_reset(&rows->scratch);
    if (!failed)
        return row;
    json_decref(row);
    return NULL;
}

static bool keep_counts(void *cls, const struct db_facet_counts *counts)
{
    struct rows *rows = cls;
    json_t *values = json_array();
    const char *all = link_url(&rows->filters);
    bool good = values && all;
    for (size_t i = 0; good && !rows->is_late && i < counts->values_len; i++) {
        good = json_push(values, row_json(rows, &counts->values[i]));
        rows->is_late = i % LOOK_EVERY == LOOK_EVERY - 1 && db_reader_is_late(rows->scratch_rq.db);
    }
    if (good && !rows->is_late)
        rows->json = json_pack("{s:I, s:s, s:b, s:O}", "study_count", (json_int_t)counts->study_count, "studies", all, "additive",
                               (int)!facets[rows->facet].is_several, "values", values);
    json_decref(values);
    return rows->json != NULL;
}

static enum api_error facet_add(struct request *rq, enum db_facet facet, json_t *all)
{
    const struct studies_list_params *params = rq->params;
    struct rows rows = {.facet = facet, .filters = link_of_filters(rq, &params->filter, DB_GRAIN_STUDY), .scratch_rq = *rq};
    link_unset(&rows.filters, facet_names[facet]);
    rows.scratch_rq.arena = &rows.scratch;
    enum db_status status = db_facets(rq->db, &params->filter, facet, keep_counts, &rows);
    arena_free(&rows.scratch);
    if (status != DB_OK || rows.is_late)
        return api_error_of_db(status != DB_OK ? status : DB_TIMEOUT);
    return json_object_set_new(all, facet_names[facet], rows.json) == 0 ? API_OK : API_UNAVAILABLE;
}

enum api_error facets_add(struct request *rq, json_t *meta)
{
    const struct studies_list_params *params = rq->params;
    json_t *all = params->facets ? json_object() : NULL;
    enum api_error error = params->facets && !all ? API_UNAVAILABLE : API_OK;
    for (int i = 0; i < DB_FACETS && error == API_OK; i++)
        if (params->facets >> i & 1)
            error = facet_add(rq, (enum db_facet)i, all);
    if (error == API_OK && all && json_object_set(meta, "facets", all) != 0)
        error = API_UNAVAILABLE;
    json_decref(all);
    return error;
}
