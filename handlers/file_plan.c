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

static int64_t sum_named(const struct plan_task *task)
{
    int64_t sum = 0;
    for (size_t i = 0; i < task->regions.len; i++)
        sum += task->regions.list[i].number;
    return sum;
}

/* ── the rules ──────────────────────────────────────────────────────────────────────────────────────────────── */

static void sum_fault(struct request *rq, const char *before, int64_t regions, const char *beside, int64_t planned, const char *after)
{
    body_fault(rq, "/regions",
               arena_printf(rq->arena, "%sthe regions' plans are %" PRId64 " in all%s: more than the %" PRId64 " planned for the study%s",
                            before, regions, beside, planned, after),
               NULL);
}

static bool is_too_many(const struct db_planned *planned)
{
    return planned->study >= 0 && planned->regions > planned->study;
}

/* Once it is written, so that what is looked at is what stands: on its own day, and after the plans of later days. */
static enum db_status check_sums(struct request *rq, const struct plan_task *task, const char *study, const char *as_of)
{
    struct db_planned then, now;
    enum db_status status = db_planned(rq->db, study, as_of, &then);
    if (status == DB_OK)
        status = db_planned(rq->db, study, NULL, &now);
    if (status != DB_OK)
        return status;
    const char *beside = then.regions > sum_named(task) ? ", with those that stand and are not named here" : "";
    if (is_too_many(&then))
        sum_fault(rq, "", then.regions, beside, then.study, arena_printf(rq->arena, " as of %s", as_of));
    if (is_too_many(&now) && (now.study != then.study || now.regions != then.regions))
        sum_fault(rq, "with the plans of later days, which stand, ", now.regions, "", now.study, "");
    return DB_OK;
}

static void check_day(struct request *rq, const char *as_of, const char *today)
{
    if (strcmp(as_of, today) > 0)
        body_fault(rq, "/as_of",
                   arena_printf(rq->arena, "must not be after today, which is %s in Norway: a plan is filed once it holds", today), NULL);
}

struct starting {
    struct request *rq;
    const char *planned_end;
};

static void check_start(void *cls, const struct db_study *card)
{
    const struct starting *starting = cls;
    struct arena *arena = starting->rq->arena;
    if (card->start && date_is_after(card->start, starting->planned_end))
        body_fault(starting->rq, "/planned_end",
                   arena_printf(arena, "rule ends-before-start: planned_end %s would be before %s, when the study starts",
                                starting->planned_end, card->start),
                   NULL);
}

/* ── reading ────────────────────────────────────────────────────────────────────────────────────────────────── */

enum api_error plan_put_parse(struct request *rq)
{
    struct plan_task *task = arena_alloc(rq->arena, sizeof *task);
    enum api_error error = task ? json_body(rq, plan_members, task, NULL) : API_UNAVAILABLE;
    if (error != API_OK)
        return error;
    int64_t named = sum_named(task);
    if (named > task->planned)
        sum_fault(rq, "", named, "", task->planned, "");
    rq->task = task;
    return body_faults(rq) > 0 ? API_UNPROCESSABLE : API_OK;
}

/* ── writing ────────────────────────────────────────────────────────────────────────────────────────────────── */

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
    struct starting starting = {rq, task->planned_end};
    struct filed filed;
    enum db_status status = plan_write(write, rq, task, as_of, params->id);
    check_day(rq, as_of, today.text);
    if (status == DB_OK && task->planned_end)
        status = db_write_card_get(write, params->id, check_start, &starting);
    if (status == DB_OK)
        status = check_sums(rq, task, params->id, as_of);
    if (status == DB_OK && body_faults(rq) > 0)
        return API_UNPROCESSABLE;
    if (status == DB_OK)
        status = filed_settle(rq, write, params->id, &filed);
    return status == DB_OK ? answer(task, as_of, params->id, &filed, ret_reply) : api_error_of_db(status);
}
