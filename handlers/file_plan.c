/* SPDX-License-Identifier: GPL-3.0-or-later
 * PUT /studies/{id}/plan: how many patients are to be included, and where.
 */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "handlers/filing.h"
#include "handlers/json.h"
#include "handlers/writing.h"

/* What is to be filed: task of the request. */
struct plan_task {
    int64_t planned;
    struct body_numbers regions;
    const char *planned_end, *as_of; /* as_of NULL = today */
};

static const struct body_member plan_members[] = {
    {"planned", MEMBER_WHOLE, .required = true, MEMBER_AT(plan_task, planned), .max = COUNT_MAX},
    {"regions", MEMBER_NUMBERS, MEMBER_AT(plan_task, regions), .max = COUNT_MAX, .vocabulary = DB_VOCAB_REGION},
    {"planned_end", MEMBER_DATE, .nullable = true, MEMBER_AT(plan_task, planned_end)},
    {"as_of", MEMBER_DAY, MEMBER_AT(plan_task, as_of), .min = FILED_YEAR_MIN},
    {0},
};

static bool is_named(const struct plan_task *task, const char *region)
{
    for (size_t i = 0; i < task->regions.len; i++)
        if (strcmp(task->regions.list[i].code, region) == 0)
            return true;
    return false;
}

/* Regions that it does not name keep the plan they have: kept, may be NULL. */
static void check_sum(struct request *rq, const struct plan_task *task, const struct standing *kept)
{
    int64_t sum = 0;
    for (size_t i = 0; i < task->regions.len; i++)
        sum += task->regions.list[i].number;
    int64_t named = sum;
    for (size_t i = 0; kept && i < kept->plans_len; i++)
        if (!is_named(task, kept->plans[i].code))
            sum += kept->plans[i].number;
    if (sum <= task->planned)
        return;
    const char *beside = sum > named ? ", with those that stand and are not named here" : "";
    body_fault(rq, "/regions",
               arena_printf(rq->arena, "the regions' plans are %" PRId64 " in all%s: more than the %" PRId64 " planned for the study", sum,
                            beside, task->planned),
               NULL);
}

enum api_error plan_put_parse(struct request *rq)
{
    struct plan_task *task = arena_alloc(rq->arena, sizeof *task);
    enum api_error error = task ? json_body(rq, plan_members, task, NULL) : API_UNAVAILABLE;
    if (error != API_OK)
        return error;
    check_sum(rq, task, NULL);
    rq->task = task;
    return body_faults(rq) > 0 ? API_UNPROCESSABLE : API_OK;
}

static enum db_status plan_write(struct db_write *write, struct request *rq, const struct plan_task *task, const char *as_of,
                                 const char *study)
{
    struct db_filed_region_plan *regions = arena_array(rq->arena, task->regions.len + 1, sizeof *regions);
    if (!regions)
        return DB_NO_MEMORY;
    for (size_t i = 0; i < task->regions.len; i++)
        regions[i] = (struct db_filed_region_plan){task->regions.list[i].code, task->regions.list[i].number};
    const struct db_filed_plan plan = {.study = study,
                                       .as_of = as_of,
                                       .planned = task->planned,
                                       .planned_end = task->planned_end,
                                       .regions = regions,
                                       .regions_len = task->regions.len};
    return db_write_plan(write, &plan);
}

static json_t *regions_json(const struct body_numbers *regions)
{
    json_t *object = regions->len ? json_object() : json_null();
    for (size_t i = 0; object && i < regions->len; i++)
        if (json_object_set_new(object, regions->list[i].code, json_integer(regions->list[i].number)) != 0)
            return json_decref(object), NULL;
    return object;
}

static enum api_error answer(const struct plan_task *task, const char *as_of, const char *study, const struct filed *filed,
                             struct reply *ret_reply)
{
    json_t *root = json_pack("{s:s, s:I, s:o, s:o, s:s}", "study", study, "planned", (json_int_t)task->planned, "regions",
                             regions_json(&task->regions), "planned_end", json_maybe(task->planned_end), "as_of", as_of);
    ret_reply->study_version = filed->version;
    if (!root || filed_set(root, filed) != 0) {
        json_decref(root);
        return API_UNAVAILABLE;
    }
    return reply_json(ret_reply, root);
}

enum api_error plan_put(struct request *rq, struct db_write *write, struct reply *ret_reply)
{
    const struct study_write_params *params = rq->params;
    const struct plan_task *task = rq->task;
    struct day today = day_in_norway(db_write_now(write));
    const char *as_of = task->as_of ? task->as_of : today.text;
    struct filed filed;
    if (strcmp(as_of, today.text) > 0)
        body_fault(rq, "/as_of",
                   arena_printf(rq->arena, "must not be after today, which is %s in Norway: a plan is filed once it holds", today.text),
                   NULL);
    struct standing standing;
    enum db_status status = standing_near(rq->db, rq->arena, params->id, NULL, 0, &standing);
    if (status != DB_OK)
        return api_error_of_db(status);
    check_sum(rq, task, &standing);
    if (body_faults(rq) > 0)
        return API_UNPROCESSABLE;
    status = plan_write(write, rq, task, as_of, params->id);
    if (status == DB_OK)
        status = filed_settle(rq, write, params->id, &filed);
    return status == DB_OK ? answer(task, as_of, params->id, &filed, ret_reply) : api_error_of_db(status);
}
