/* SPDX-License-Identifier: GPL-3.0-or-later
 * The reference data: codes, labels, other spellings, and how many studies refer to each.
 */
#include "base/arena.h"
#include "handlers/handlers.h"
#include "handlers/json.h"

struct collect {
    struct request *rq;
    json_t *array;
    bool failed;
};

/* Adds the study count and the URL of exactly those studies; steals row. */
static bool collect_row(struct collect *collect, json_t *row, const char *filter, const char *code, int64_t study_count)
{
    const char *url = arena_printf(collect->rq->arena, "/studies?%s=%s", filter, code);
    bool ok = row && url && json_object_set_new(row, "study_count", json_integer(study_count)) == 0 &&
              json_object_set_new(row, "studies", json_string(url)) == 0;
    collect->failed = !json_push(collect->array, ok ? row : (json_decref(row), NULL));
    return !collect->failed;
}

static enum api_error reply_collected(struct collect *collect, enum db_status status, struct reply *ret_reply)
{
    enum api_error error = api_error_of_db(status);
    if (error == API_OK && collect->failed)
        error = API_UNAVAILABLE;
    if (error != API_OK)
        return json_decref(collect->array), error;
    return reply_whole_list(collect->rq, ret_reply, collect->array, NULL);
}

static json_t *strings(const char *const *values, size_t len)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < len; i++)
        if (!json_push(list, json_string(values[i])))
            return json_decref(list), NULL;
    return list;
}

static bool collect_institution(void *cls, const struct db_institution *i, int64_t study_count)
{
    json_t *row = json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:b, s:b}", "id", i->code, "name", i->name, "aliases",
                            strings(i->aliases, i->aliases_len), "region", json_maybe(i->region), "region_basis",
                            json_maybe(i->region_basis), "part_of", json_maybe(i->part_of), "part_of_basis", json_maybe(i->part_of_basis),
                            "coordinates", i->coordinates, "takes_part", i->takes_part);
    return collect_row(cls, row, "institution", i->code, study_count);
}

enum api_error institutions_list(struct request *rq, struct reply *ret_reply)
{
    struct collect collect = {.rq = rq, .array = json_array()};
    return reply_collected(&collect, db_institutions(rq->db, collect_institution, &collect), ret_reply);
}

static bool collect_region(void *cls, const struct db_region *r)
{
    struct collect *collect = cls;
    json_t *row =
        json_pack("{s:s, s:o, s:s, s:o}", "code", r->code, "label", json_text(&r->label), "basis", r->basis, "lines", json_maybe(r->lines));
    collect->failed = !json_push(collect->array, row);
    return !collect->failed;
}

enum api_error regions_list(struct request *rq, struct reply *ret_reply)
{
    struct collect collect = {.rq = rq, .array = json_array()};
    return reply_collected(&collect, db_regions(rq->db, collect_region, &collect), ret_reply);
}

static bool collect_category(void *cls, const struct db_category *c, int64_t study_count)
{
    json_t *row = json_pack("{s:s, s:o, s:o, s:o}", "code", c->code, "label", json_text(&c->label), "label_en_basis",
                            json_maybe(c->label_en_basis), "lines", json_maybe(c->lines));
    return collect_row(cls, row, "category", c->code, study_count);
}

enum api_error categories_list(struct request *rq, struct reply *ret_reply)
{
    struct collect collect = {.rq = rq, .array = json_array()};
    return reply_collected(&collect, db_categories(rq->db, collect_category, &collect), ret_reply);
}

static bool collect_mechanism(void *cls, const struct db_mechanism *m, int64_t study_count)
{
    json_t *row = json_pack("{s:s, s:s, s:o, s:o}", "code", m->code, "report_code", m->report_code, "label", json_text(&m->label), "lines",
                            json_maybe(m->lines));
    return collect_row(cls, row, "mechanism", m->code, study_count);
}

enum api_error mechanisms_list(struct request *rq, struct reply *ret_reply)
{
    struct collect collect = {.rq = rq, .array = json_array()};
    return reply_collected(&collect, db_mechanisms(rq->db, collect_mechanism, &collect), ret_reply);
}

static bool collect_call(void *cls, const struct db_call *call)
{
    struct collect *collect = cls;
    const char *url =
        arena_printf(collect->rq->arena, "/studies?award_call_year=%d&award_mechanism=%s", call->call_year, call->mechanism.code);
    json_t *row = json_pack("{s:i, s:s, s:o, s:I, s:I, s:I, s:s}", "call_year", call->call_year, "mechanism", call->mechanism.code, "label",
                            json_text(&call->mechanism.label), "awards", (json_int_t)call->awards, "amount_nok",
                            (json_int_t)call->amount_nok, "study_count", (json_int_t)call->study_count, "studies", url ? url : "");
    collect->failed = !url || !json_push(collect->array, row);
    return !collect->failed;
}

enum api_error calls_list(struct request *rq, struct reply *ret_reply)
{
    struct collect collect = {.rq = rq, .array = json_array()};
    return reply_collected(&collect, db_calls(rq->db, collect_call, &collect), ret_reply);
}
