/* SPDX-License-Identifier: GPL-3.0-or-later
 * POST /studies/{id}/recruitment: what a study office has counted by a day.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "handlers/filing.h"
#include "handlers/json.h"
#include "handlers/writing.h"

struct report_body {
    const char *as_of;
    struct body_numbers regions;
    int64_t included;
    const char *comment;
    bool correction;
};

enum { SEEN_REGIONS, SEEN_INCLUDED };

static const struct body_member report_members[] = {
    {"as_of", MEMBER_DAY, .required = true, MEMBER_AT(report_body, as_of), .min = FILED_YEAR_MIN},
    {"regions", MEMBER_NUMBERS, MEMBER_SEEN(SEEN_REGIONS), MEMBER_AT(report_body, regions), .max = COUNT_MAX,
     .vocabulary = DB_VOCAB_REGION},
    {"included", MEMBER_WHOLE, MEMBER_SEEN(SEEN_INCLUDED), MEMBER_AT(report_body, included), .max = COUNT_MAX},
    {"comment", MEMBER_TEXT, .nullable = true, MEMBER_AT(report_body, comment), .max = COMMENT_MAX},
    {"correction", MEMBER_TRUTH, MEMBER_AT(report_body, correction)},
    {0},
};

/* What is to be filed: task of the request. */
struct report_task {
    struct report_body body;
    struct stand *counts;
    const char **names; /* of each, for faults */
    size_t len;
};

static const char *number_name(struct arena *arena, const char *code)
{
    return code ? arena_printf(arena, "/regions/%s", code) : "/included";
}

static bool counts_make(struct request *rq, struct report_task *task, bool whole)
{
    const struct body_numbers *regions = &task->body.regions;
    task->len = whole ? 1 : regions->len;
    task->counts = arena_array(rq->arena, task->len, sizeof *task->counts);
    task->names = arena_array(rq->arena, task->len, sizeof *task->names);
    for (size_t i = 0; task->counts && task->names && i < task->len; i++) {
        const char *region = whole ? NULL : regions->list[i].code;
        task->counts[i] = (struct stand){region, task->body.as_of, whole ? task->body.included : regions->list[i].number, true};
        task->names[i] = number_name(rq->arena, region);
    }
    return !rq->arena->failed;
}

enum api_error recruitment_file_parse(struct request *rq)
{
    uint64_t seen = 0;
    struct report_task *task = arena_alloc(rq->arena, sizeof *task);
    enum api_error error = task ? json_body(rq, report_members, &task->body, &seen) : API_UNAVAILABLE;
    bool by_region = seen >> SEEN_REGIONS & 1, whole = seen >> SEEN_INCLUDED & 1;
    if (error != API_OK && error != API_UNPROCESSABLE)
        return error;
    bool is_object = task->body.as_of || faults_name(rq->faults, "/as_of"); /* else that it is none is all there is to say */
    /* Where one of them was there and wrong, that is said already. */
    bool is_said = faults_name(rq->faults, "/regions") || faults_name(rq->faults, "/included");
    if (is_object && by_region == whole && (by_region || !is_said))
        body_fault(rq, NULL, "must have either regions, a count for each, or included, of the whole study", NULL);
    if (body_faults(rq) > 0)
        return API_UNPROCESSABLE;
    rq->task = task;
    return counts_make(rq, task, whole) ? API_OK : API_UNAVAILABLE;
}

/* ── writing ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Whether a count falls. */
static bool rules_apply(struct request *rq, const struct report_task *task, const struct standing *standing, const char *today)
{
    bool falls = false;
    int64_t sum = 0;
    for (size_t i = 0; i < task->len; i++) {
        falls |= rules_check_count(rq, standing, &task->counts[i], task->names[i]);
        sum += task->counts[i].included;
    }
    if (task->body.regions.len > 1)
        rules_check_sum(rq, standing, sum, "/regions");
    rules_check_day(rq, task->body.as_of, today, "/as_of");
    return falls;
}

/* *ret_before: what the register shows as the study's total; where a count falls, which is said, nothing. What stands may be much more than
 * a request's memory holds. */
static enum db_status rules_check(struct request *rq, const struct report_task *task, const char *study, int64_t now,
                                  struct db_recruitment *ret_before)
{
    struct day today = day_in_norway(now);
    struct standing standing;
    struct arena *scratch = arena_new(0);
    enum db_status status = scratch ? standing_near(rq->db, scratch, study, task->counts, task->len, &standing) : DB_NO_MEMORY;
    if (status == DB_OK && !standing_join(scratch, &standing, task->counts, task->len))
        status = DB_NO_MEMORY;
    if (status == DB_OK && !rules_apply(rq, task, &standing, today.text)) {
        *ret_before = standing.total;
        ret_before->as_of = standing.total.as_of ? arena_strdup(rq->arena, standing.total.as_of) : NULL;
    }
    arena_delete(scratch);
    return status;
}

static enum db_status report_write(struct db_write *write, struct request *rq, const struct report_task *task, const char *study)
{
    struct db_filed_count *counts = arena_array(rq->arena, task->len, sizeof *counts);
    if (!counts)
        return DB_NO_MEMORY;
    for (size_t i = 0; i < task->len; i++)
        counts[i] = (struct db_filed_count){task->counts[i].region, task->counts[i].included};
    const struct db_filed_report report = {.study = study,
                                           .as_of = task->body.as_of,
                                           .counts = counts,
                                           .counts_len = task->len,
                                           .correction = task->body.correction,
                                           .comment = task->body.comment};
    return db_write_report(write, &report);
}

/* "included": n or "regions": {…} */
static int counts_set(json_t *root, const struct report_task *task)
{
    if (task->body.regions.len == 0)
        return json_object_set_new(root, "included", json_integer(task->body.included));
    json_t *regions = json_object();
    int failed = json_object_set_new(root, "regions", regions);
    for (size_t i = 0; !failed && i < task->len; i++)
        failed = json_object_set_new(regions, task->counts[i].region, json_integer(task->counts[i].included));
    return failed;
}

/* Where it can be read for ever as it was filed. */
static char *location_of(const struct request *rq, const struct filed *filed)
{
    json_auto_t *recorded = json_instant(filed->recorded);
    const char *location = recorded ? arena_printf(rq->arena, "%s?known_at=%s", rq->path, json_string_value(recorded)) : NULL;
    return location ? strdup(location) : NULL;
}

static enum api_error answer(struct request *rq, const struct report_task *task, const char *study, const struct filed *filed,
                             struct reply *ret_reply)
{
    ret_reply->location = location_of(rq, filed);
    ret_reply->study_version = filed->version;
    json_t *root = json_pack("{s:s, s:s}", "study", study, "as_of", task->body.as_of);
    bool good = root && !counts_set(root, task) && !json_object_set_new(root, "correction", json_boolean(task->body.correction)) &&
                !filed_set(root, filed);
    if (!good || !ret_reply->location) {
        json_decref(root);
        return API_UNAVAILABLE;
    }
    return reply_json(ret_reply, root);
}

enum api_error recruitment_file(struct request *rq, struct db_write *write, struct reply *ret_reply)
{
    const struct study_write_params *params = rq->params;
    const struct report_task *task = rq->task;
    struct db_recruitment before = {.included = -1};
    struct filed filed;
    enum db_status status = task->body.correction ? DB_OK : rules_check(rq, task, params->id, db_write_now(write), &before);
    if (status == DB_OK)
        status = report_write(write, rq, task, params->id);
    if (status == DB_OK)
        status = filed_settle(rq, write, params->id, &filed);
    if (status != DB_OK)
        return api_error_of_db(status);
    if (!task->body.correction)
        rules_check_total(rq, &before, &filed.total, task->body.regions.len ? "/regions" : "/included");
    return body_faults(rq) > 0 ? API_UNPROCESSABLE : answer(rq, task, params->id, &filed, ret_reply);
}
