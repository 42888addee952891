/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/import_told.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "handlers/json.h"

/* ── the question ────────────────────────────────────────────────────────────────────────────────────────────── */

struct import_task {
    const char *folder;
    bool check;
};

static enum api_error task_fault(struct request *rq, const char *name, const char *reason)
{
    faults_add(rq->faults, "body", name, reason, NULL);
    return API_UNPROCESSABLE;
}

static enum api_error task_read(struct request *rq, json_t *body, struct import_task *task)
{
    const char *folder, *name;
    json_t *value;
    if (!json_is_object(body)) {
        faults_add(rq->faults, "body", NULL, "an object was expected", NULL);
        return API_MALFORMED_BODY;
    }
    json_object_foreach(body, name, value)
    {
        if (strcmp(name, "folder") != 0 && strcmp(name, "check") != 0)
            return task_fault(rq, arena_strdup(rq->arena, name), "unknown member");
    }
    folder = json_string_value(json_object_get(body, "folder"));
    if (!folder || *folder != '/')
        return task_fault(rq, "folder", "an absolute path was expected");
    value = json_object_get(body, "check");
    if (value && !json_is_boolean(value))
        return task_fault(rq, "check", "true or false was expected");
    task->folder = arena_strdup(rq->arena, folder);
    task->check = json_is_true(value);
    return task->folder ? API_OK : API_UNAVAILABLE;
}

enum api_error import_parse(struct request *rq)
{
    json_error_t error;
    struct import_task *task = arena_alloc(rq->arena, sizeof *task);
    json_auto_t *body = json_loadb(rq->body, rq->body_len, JSON_REJECT_DUPLICATES, &error);
    if (!task)
        return API_UNAVAILABLE;
    if (!body) {
        faults_add(rq->faults, "body", NULL, "JSON was expected", NULL);
        return API_MALFORMED_BODY;
    }
    rq->task = task;
    return task_read(rq, body, task);
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
