/* SPDX-License-Identifier: GPL-3.0-or-later
 * Reports and plans that are filed. Each is a row more: what was filed is never changed, and never removed.
 */
#include "db/internal.h"

static enum db_status file_count(struct db_write *write, const struct db_filed_report *report, struct write_study *study,
                                 const struct db_filed_count *count)
{
    struct arena *arena = &write->revision.arena;
    struct report_place *place = list_add(&study->reports, arena);
    if (place == NULL)
        return DB_NO_MEMORY;
    place->region = count->region == NULL ? NULL : arena_strdup(arena, count->region);
    place->included = count->included;
    place->as_of = arena_strdup(arena, report->as_of);
    if (place->as_of == NULL || (place->region == NULL && count->region != NULL))
        return DB_NO_MEMORY;
    return statement_run(write->st, STMT_report_file,
                         ARGS(ARG_I(":study", study->id), ARG_T(":region", count->region), ARG_T(":as_of", report->as_of),
                              ARG_I(":included", count->included), ARG_I(":recorded", write->now), ARG_I(":correction", report->correction),
                              ARG_T(":comment", report->comment), ARG_I(":token", write->author.token)));
}

enum db_status db_write_report(struct db_write *write, const struct db_filed_report *report)
{
    struct write_study *study = NULL;
    enum db_status status = write_touch(write, report->study, &study);
    for (size_t i = 0; i < report->counts_len && status == DB_OK; i++)
        status = file_count(write, report, study, &report->counts[i]);
    return status;
}

static enum db_status file_plan(struct db_write *write, const struct db_filed_plan *plan, int64_t study, const char *region,
                                int64_t planned)
{
    return statement_run(write->st, STMT_plan_file,
                         ARGS(ARG_I(":study", study), ARG_T(":region", region), ARG_T(":as_of", plan->as_of), ARG_I(":planned", planned),
                              ARG_T(":planned_end", region == NULL ? plan->planned_end : NULL), ARG_I(":recorded", write->now),
                              ARG_I(":token", write->author.token)));
}

enum db_status db_write_plan(struct db_write *write, const struct db_filed_plan *plan)
{
    struct write_study *study = NULL;
    enum db_status status = write_touch(write, plan->study, &study);
    if (status == DB_OK)
        status = file_plan(write, plan, study->id, NULL, plan->planned);
    for (size_t i = 0; i < plan->regions_len && status == DB_OK; i++)
        status = file_plan(write, plan, study->id, plan->regions[i].region, plan->regions[i].planned);
    if (status == DB_OK)
        study->is_planned = true;
    return status;
}
