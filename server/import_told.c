/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/import_told.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "handlers/body.h"
#include "handlers/json.h"

/* ── the question ────────────────────────────────────────────────────────────────────────────────────────────── */

struct import_task {
    const char *folder;
    bool check;
};

static const struct body_member members[] = {
    {"folder", MEMBER_LINE, .required = true, MEMBER_AT(import_task, folder)},
    {"check", MEMBER_TRUTH, MEMBER_AT(import_task, check)},
    {0},
};

enum api_error import_parse(struct request *rq)
{
    struct import_task *task = arena_alloc(rq->arena, sizeof *task);
    enum api_error error = task ? json_body(rq, members, task, NULL) : API_UNAVAILABLE;
    if (error != API_OK && error != API_UNPROCESSABLE)
        return error;
    /* The daemon stands in another folder than whoever asks. */
    if (task->folder && *task->folder != '/')
        body_fault(rq, "/folder", "must be an absolute path", NULL);
    rq->task = task;
    return body_faults(rq) > 0 ? API_UNPROCESSABLE : API_OK;
}

/* ── the answer ──────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *const outcome_names[] = {
    [INGEST_OK] = "good",
    [INGEST_FAULTS] = "faults",
    [INGEST_STORAGE] = "storage",
    [INGEST_UNREADABLE] = "unreadable",
};
#define OUTCOMES (sizeof outcome_names / sizeof *outcome_names)

json_t *import_told(enum ingest_status status, const struct ingest_outcome *outcome, json_t *faults)
{
    const struct db_import_result *result = &outcome->result;
    const char *detail = outcome->detail || status != INGEST_STORAGE ? outcome->detail : db_status_text(outcome->db_status);
    return json_pack("{s:s, s:s, s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:s?}", "outcome", outcome_names[status], "programme",
                     outcome->programme, "edition", outcome->edition, "changed", result->changed, "data_version",
                     (json_int_t)result->data_version, "studies_added", (json_int_t)result->studies_added, "studies_updated",
                     (json_int_t)result->studies_updated, "studies_unchanged", (json_int_t)result->studies_unchanged, "conflicts",
                     (json_int_t)result->conflicts, "fault_count", (json_int_t)outcome->faults, "faults", faults, "detail", detail);
}

static void fault_tell(void *cls, const struct ingest_fault *fault)
{
    json_array_append_new(cls, json_pack("{s:s?, s:i, s:s?, s:s}", "file", fault->file, "line", fault->line, "field", fault->field,
                                         "message", fault->message));
}

enum api_error import_alone(struct request *rq, struct db *db, struct reply *ret_reply)
{
    const struct import_task *task = rq->task;
    struct ingest_outcome outcome;
    json_t *faults = json_array();
    if (!faults)
        return API_UNAVAILABLE;
    enum ingest_status status = ingest_dataset(db, task->folder, task->check, fault_tell, faults, &outcome);
    json_t *told = import_told(status, &outcome, faults);
    free(outcome.detail);
    return reply_json(ret_reply, told);
}

/* ── reading it ──────────────────────────────────────────────────────────────────────────────────────────────── */

static int64_t number_of(const json_t *told, const char *name)
{
    return json_integer_value(json_object_get(told, name));
}

static void code_copy(char *to, size_t size, const json_t *value)
{
    const char *code = json_string_value(value);
    size_t len = code ? strlen(code) : 0;
    if (len < size)
        memcpy(to, code ? code : "", len + 1);
}

static void faults_read(const json_t *list, ingest_fault_fn report, void *cls)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        const char *message = json_string_value(json_object_get(item, "message"));
        const struct ingest_fault fault = {.file = json_string_value(json_object_get(item, "file")),
                                           .line = (int)number_of(item, "line"),
                                           .field = json_string_value(json_object_get(item, "field")),
                                           .message = message ? message : ""};
        report(cls, &fault);
    }
}

bool import_told_read(const json_t *told, ingest_fault_fn report, void *cls, enum ingest_status *ret_status,
                      struct ingest_outcome *ret_outcome)
{
    const char *name = json_string_value(json_object_get(told, "outcome")), *detail = json_string_value(json_object_get(told, "detail"));
    size_t outcome = 0;
    while (name && outcome < OUTCOMES && strcmp(outcome_names[outcome], name) != 0)
        outcome++;
    if (!name || outcome == OUTCOMES)
        return false;
    *ret_status = (enum ingest_status)outcome;
    *ret_outcome = (struct ingest_outcome){.result = {.changed = json_is_true(json_object_get(told, "changed")),
                                                      .data_version = number_of(told, "data_version"),
                                                      .studies_added = number_of(told, "studies_added"),
                                                      .studies_updated = number_of(told, "studies_updated"),
                                                      .studies_unchanged = number_of(told, "studies_unchanged"),
                                                      .conflicts = number_of(told, "conflicts")},
                                           .faults = (size_t)number_of(told, "fault_count"),
                                           .detail = detail ? strdup(detail) : NULL};
    code_copy(ret_outcome->programme, sizeof ret_outcome->programme, json_object_get(told, "programme"));
    code_copy(ret_outcome->edition, sizeof ret_outcome->edition, json_object_get(told, "edition"));
    faults_read(json_object_get(told, "faults"), report, cls);
    return true;
}
