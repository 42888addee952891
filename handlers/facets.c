/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "handlers/facets.h"

#include "base/percent.h"
#include "handlers/cell_link.h"
#include "handlers/handlers.h"
#include "handlers/json_put.h"

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

/* A row is written straight into the answer, its link between two texts that all rows share: there may be a hundred thousand leaders. */
struct writing {
    enum db_facet facet;
    struct link filters; /* of the request, without the facet's own */
    struct buffer *out;
    const char *before, *after; /* the value, in a row's link */
    enum api_error error;
};

/* Rows between two looks at the clock. */
#define LOOK_EVERY 512

static void put_value(struct buffer *out, enum db_facet facet, const char *code)
{
    if (code && facets[facet].kind != JSON_CODE)
        buffer_text(out, code); /* a year, true or false */
    else
        json_put_text(out, code);
}

static void put_label(struct buffer *out, const struct db_text *label)
{
    buffer_text(out, ",\"label\":");
    if (label->nb || label->en) {
        buffer_text(out, "{\"nb\":");
        json_put_text(out, label->nb);
        buffer_text(out, ",\"en\":");
        json_put_text(out, label->en);
        buffer_text(out, "}");
    } else {
        buffer_text(out, "null");
    }
}

/* What all those ask for that have no value says every value. */
static bool put_link_without(struct writing *w)
{
    struct link link = w->filters;
    link_value(&link, facet_names[w->facet], NULL, facets[w->facet].vocabulary);
    const char *url = link_url(&link);
    return url && buffer_text(w->out, url);
}

static bool put_link(struct writing *w, const char *code)
{
    if (!code)
        return put_link_without(w);
    buffer_text(w->out, w->before);
    percent_encode(w->out, code);
    return buffer_text(w->out, w->after);
}

static bool put_row(struct writing *w, const struct db_facet_value *value)
{
    buffer_text(w->out, "{\"value\":");
    put_value(w->out, w->facet, value->code);
    if (facets[w->facet].has_label)
        put_label(w->out, &value->label);
    buffer_text(w->out, ",\"study_count\":");
    buffer_integer(w->out, value->study_count);
    buffer_text(w->out, ",\"studies\":\"");
    return put_link(w, value->code) && buffer_text(w->out, "\"}");
}

static bool put_counts(void *cls, const struct db_facet_counts *counts)
{
    struct writing *w = cls;
    const char *all = link_url(&w->filters);
    bool good = all != NULL;
    buffer_text(w->out, "{\"study_count\":");
    buffer_integer(w->out, counts->study_count);
    buffer_text(w->out, ",\"studies\":");
    json_put_text(w->out, all);
    buffer_text(w->out, facets[w->facet].is_several ? ",\"additive\":false,\"values\":[" : ",\"additive\":true,\"values\":[");
    for (size_t i = 0; good && w->error == API_OK && i < counts->values_len; i++) {
        good = buffer_text(w->out, i > 0 ? "," : "") && put_row(w, &counts->values[i]);
        if (i % LOOK_EVERY == LOOK_EVERY - 1 && db_reader_is_late(w->filters.rq->db))
            w->error = api_error_of_db(DB_TIMEOUT);
    }
    if (!buffer_text(w->out, "]}") || !good)
        w->error = API_UNAVAILABLE;
    return w->error == API_OK;
}

static enum api_error put_facet(struct request *rq, enum db_facet facet, struct buffer *out)
{
    const struct studies_list_params *params = rq->params;
    struct writing w = {.facet = facet, .filters = link_of_filters(rq, &params->filter, DB_GRAIN_STUDY), .out = out};
    link_unset(&w.filters, facet_names[facet]);
    if (!link_around(&w.filters, facet_names[facet], &w.before, &w.after))
        return API_UNAVAILABLE;
    enum db_status status = db_facets(rq->db, &params->filter, facet, put_counts, &w);
    return status != DB_OK ? api_error_of_db(status) : w.error;
}

enum api_error facets_put(struct request *rq, struct buffer *out)
{
    const struct studies_list_params *params = rq->params;
    enum api_error error = API_OK;
    const char *between = "{\"";
    for (int i = 0; i < DB_FACETS && error == API_OK; i++)
        if (params->facets >> i & 1) {
            buffer_text(out, between);
            buffer_text(out, facet_names[i]);
            buffer_text(out, "\":");
            error = put_facet(rq, (enum db_facet)i, out);
            between = ",\"";
        }
    return error != API_OK || buffer_text(out, "}") ? error : API_UNAVAILABLE;
}
