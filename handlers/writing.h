/* SPDX-License-Identifier: GPL-3.0-or-later
 * Handlers that write, and the typed structs their parameters fill. server/routes.c ties them to paths; handlers/api.h says in which
 * thread each runs.
 */
#ifndef STUDYD_HANDLERS_WRITING_H
#define STUDYD_HANDLERS_WRITING_H

#include "handlers/api.h"

struct study_write_params {
    const char *id;
};

/* file_report.c: POST /studies/{id}/recruitment */
enum api_error recruitment_file_parse(struct request *rq);
enum api_error recruitment_file(struct request *rq, struct db_write *write, struct reply *ret_reply);

/* file_plan.c: PUT /studies/{id}/plan */
enum api_error plan_put_parse(struct request *rq);
enum api_error plan_put(struct request *rq, struct db_write *write, struct reply *ret_reply);

/* edit_study.c: PATCH /studies/{id} */
enum api_error study_edit_parse(struct request *rq);
enum api_error study_edit(struct request *rq, struct db_write *write, struct reply *ret_reply);

/* file_reports.c: POST /recruitment */
struct recruitment_bulk_params {
    enum db_tri dry_run;
};
enum api_error recruitment_bulk_parse(struct request *rq);
enum api_error recruitment_bulk(struct request *rq, struct db_write *write, struct reply *ret_reply);

/* history.c: GET /studies/{id}/history */
struct history_get_params {
    const char *id;
    int64_t limit;
    const char *cursor;
};
void history_check(struct request *rq);
enum api_error history_get(struct request *rq, struct reply *ret_reply);

#endif
