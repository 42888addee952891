/* SPDX-License-Identifier: GPL-3.0-or-later
 * GET /studies/{id}/recruitment: plan and count of one study, per region and over time.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "handlers/handlers.h"
#include "handlers/json.h"

struct answer {
    struct request *rq;
    json_t *root;     /* owned */
    bool whole_years; /* reports were asked for without from and to, which then choose among the finished points */
    bool again;       /* small population: they have to be */
};

/* ── regions ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Of a small population not even which regions have reported: the total that changes with a report would be theirs. */
static const char *region_status(const struct db_region_count *region, bool totals_only)
{
    if (totals_only)
        return region->takes_part ? "withheld" : "unknown";
    if (region->included >= 0)
        return "reported";
    return region->takes_part ? "not-reported" : "unknown";
}

static json_t *region_json(const struct db_region_count *region, bool totals_only)
{
    int64_t planned = totals_only ? -1 : region->planned, included = totals_only ? -1 : region->included;
    return json_pack("{s:s, s:o, s:o, s:o, s:s}", "region", region->region, "planned", json_known(planned), "included",
                     json_known(included), "as_of", included < 0 ? json_null() : json_maybe(region->as_of), "status",
                     region_status(region, totals_only));
}

static json_t *regions_json(const struct db_study_recruitment *r)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < r->regions_len; i++)
        if (!json_push(list, region_json(&r->regions[i], r->totals_only)))
            return json_decref(list), NULL;
    return list;
}

static const char *status_of(const struct db_study_recruitment *r)
{
    if (r->total.included >= 0 || r->included_at_least >= 0)
        return "reported";
    for (size_t i = 0; i < r->regions_len; i++)
        if (r->regions[i].takes_part)
            return "not-reported";
    return r->total.planned >= 0 ? "not-reported" : "unknown";
}

/* ── series: one point per date, or the last of each month, quarter or year ─────────────────────────────────── */

/* Dates with the same key share a point. */
static int bucket(const char *as_of, enum recruitment_interval interval)
{
    int year = (as_of[0] - '0') * 1000 + (as_of[1] - '0') * 100 + (as_of[2] - '0') * 10 + (as_of[3] - '0');
    int month = (as_of[5] - '0') * 10 + (as_of[6] - '0'), day = (as_of[8] - '0') * 10 + (as_of[9] - '0');
    switch (interval) {
    case INTERVAL_REPORT: return (year * 12 + month) * 31 + day;
    case INTERVAL_MONTH: return year * 12 + month;
    case INTERVAL_QUARTER: return year * 4 + (month - 1) / 3;
    case INTERVAL_YEAR: return year;
    }
    abort();
}

/* The rows first … last of a point, in the order of their days. */
struct span {
    const struct db_report_row *first, *last;
};

/* What rows say of the whole study, as db/recruitment.c has it of all: the newest total, or what the regions make once each has reported
 * after it, and no less. */
struct total {
    int64_t included; /* −1 = not known */
    const struct db_report_row *row;
};

/* The newest row of a region (NULL = the whole study); NULL = there is none. */
static const struct db_report_row *newest_of(const struct span *span, const char *region)
{
    for (const struct db_report_row *row = span->last; row >= span->first; row--)
        if (region ? row->region && strcmp(row->region, region) == 0 : !row->region)
            return row;
    return NULL;
}

static struct total total_of(const struct db_study_recruitment *r, const struct span *span)
{
    const struct db_report_row *reported = newest_of(span, NULL);
    struct total by_regions = {-1, NULL}, total = {reported ? reported->included : -1, reported};
    for (size_t i = 0; i < r->regions_len; i++) {
        const struct db_region_count *region = &r->regions[i];
        const struct db_report_row *row = newest_of(span, region->region);
        if (!row && !region->takes_part)
            continue;
        if (!row || (reported && strcmp(row->as_of, reported->as_of) <= 0))
            return total;
        by_regions.included = (by_regions.row ? by_regions.included : 0) + row->included;
        if (!by_regions.row || row > by_regions.row)
            by_regions.row = row;
    }
    return by_regions.row && by_regions.included >= total.included ? by_regions : total;
}

/* Every region that takes part, in their order, and what it has reported in the point. */
static json_t *regions_of(const struct db_study_recruitment *r, const struct span *span)
{
    json_t *regions = json_object();
    bool is_done = regions != NULL;
    for (size_t i = 0; i < r->regions_len && is_done; i++) {
        const struct db_report_row *row = newest_of(span, r->regions[i].region);
        if (row || r->regions[i].takes_part)
            is_done = json_object_set_new(regions, r->regions[i].region, row ? json_integer(row->included) : json_null()) == 0;
    }
    if (is_done)
        return regions;
    json_decref(regions);
    return NULL;
}

static bool within(const char *as_of, const struct recruitment_get_params *params)
{
    return (!params->from || strcmp(as_of, params->from) >= 0) && (!params->to || strcmp(as_of, params->to) <= 0);
}

static json_t *point_json(const struct db_report_row *of, int64_t included, const struct db_report_row *source, json_t *regions)
{
    return json_pack("{s:s, s:o, s:o, s:o}", "as_of", of->as_of, "included", json_known(included), "regions", regions, "source",
                     json_source(source->document, source->lines));
}

/* A small population has a point for each year in which its total changed: what it was when the year ended, after all that was reported
 * until then, of the day of that total. So a point depends on no later report, and not on which region reported. */
static bool push_total(json_t *list, const struct db_study_recruitment *r, const struct span *span,
                       const struct recruitment_get_params *params)
{
    const struct total total = total_of(r, &(struct span){r->reports, span->last});
    if (!total.row || total.row < span->first || !within(total.row->as_of, params))
        return true;
    return json_push(list, point_json(total.row, total.included, total.row, json_null()));
}

static bool push_point(json_t *list, const struct db_study_recruitment *r, const struct span *span,
                       const struct recruitment_get_params *params)
{
    if (!within(span->last->as_of, params))
        return true;
    const struct total total = total_of(r, span);
    return json_push(list, point_json(span->last, total.included, total.row ? total.row : span->last, regions_of(r, span)));
}

static json_t *series_json(const struct db_study_recruitment *r, enum recruitment_interval interval,
                           const struct recruitment_get_params *params)
{
    json_t *list = json_array();
    for (size_t first = 0, last; list && first < r->reports_len; first = last + 1) {
        int key = bucket(r->reports[first].as_of, interval);
        for (last = first; last + 1 < r->reports_len && bucket(r->reports[last + 1].as_of, interval) == key;)
            last++;
        const struct span span = {&r->reports[first], &r->reports[last]};
        if (!(r->totals_only ? push_total : push_point)(list, r, &span, params))
            return json_decref(list), NULL;
    }
    return list;
}

/* ── the answer ─────────────────────────────────────────────────────────────────────────────────────────────── */

static bool answer_make(void *cls, const struct db_study_recruitment *r)
{
    struct answer *answer = cls;
    const struct recruitment_get_params *params = answer->rq->params;
    /* A year cut by from or to would show a count from within it. */
    answer->again = r->totals_only && !answer->whole_years && (params->from || params->to);
    if (answer->again)
        return false;
    enum recruitment_interval interval = r->totals_only ? INTERVAL_YEAR : (enum recruitment_interval)params->interval;
    int64_t at_least = r->total.included >= 0 || r->totals_only ? -1 : r->included_at_least;
    answer->root =
        json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:s, s:o, s:o}", "study", r->study, "planned",
                  json_known(r->total.planned), "included", json_known(r->total.included), "included_at_least", json_known(at_least),
                  "remaining", json_known(r->total.remaining), "exceeded_by", json_known(r->total.exceeded_by), "percent",
                  json_percent(r->total.permille), "as_of", json_maybe(r->total.as_of), "status", status_of(r), "disclosure",
                  r->totals_only ? "totals-only" : "full", "regions", regions_json(r), "series", series_json(r, interval, params));
    return false;
}

static bool ignore_bytes(void *cls, const char *bytes, size_t len)
{
    (void)cls, (void)bytes, (void)len;
    return false;
}

static enum api_error not_here(struct request *rq, struct reply *ret_reply, const char *id, int64_t since)
{
    char *moved = NULL;
    enum db_status status = db_studies_get(rq->db, id, ignore_bytes, NULL, &moved);
    enum api_error error =
        status == DB_NOT_FOUND || status == DB_OK ? study_not_known(rq, ret_reply, since, moved, "/recruitment") : api_error_of_db(status);
    free(moved);
    return error;
}

void days_check(struct request *rq, const char *from, const char *to)
{
    bool known = from && to && !faults_name(rq->faults, "from") && !faults_name(rq->faults, "to");
    if (known && strcmp(from, to) > 0)
        faults_add(rq->faults, "query", "from", "must not be later than to", NULL);
}

void recruitment_check(struct request *rq)
{
    const struct recruitment_get_params *params = rq->params;
    days_check(rq, params->from, params->to);
}

/* *ret_since: with known_at, since when it was so, or is known at all. */
static enum db_status ask(struct answer *answer, const char *from, const char *to, int64_t *ret_since)
{
    const struct request *rq = answer->rq;
    const struct recruitment_get_params *params = rq->params;
    *ret_since = -1;
    if (rq->known_at)
        return db_recruitment_get_known(rq->db, params->id, rq->known_at, from, to, answer_make, answer, ret_since);
    return db_recruitment_get(rq->db, params->id, from, to, answer_make, answer);
}

enum api_error recruitment_get(struct request *rq, struct reply *ret_reply)
{
    const struct recruitment_get_params *params = rq->params;
    struct answer answer = {.rq = rq};
    int64_t since = -1;
    enum db_status status = ask(&answer, params->from, params->to, &since);
    answer.whole_years = answer.again;
    if (status == DB_OK && answer.whole_years)
        status = ask(&answer, NULL, NULL, &since);
    ret_reply->data_updated = since;
    if (status == DB_NOT_FOUND)
        return not_here(rq, ret_reply, params->id, since);
    if (status != DB_OK) {
        json_decref(answer.root);
        return api_error_of_db(status);
    }
    return reply_json(ret_reply, answer.root);
}
