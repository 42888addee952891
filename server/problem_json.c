/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/problem_json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static bool set_text(json_t *object, const char *key, const char *text)
{
    return !text || json_object_set_new(object, key, json_string(text)) == 0;
}

static json_t *fault_json(const struct fault *fault) /* new; NULL = no memory */
{
    json_t *object = json_object();
    if (object && set_text(object, "in", fault->in) && set_text(object, "name", fault->name) && set_text(object, "reason", fault->reason) &&
        set_text(object, "did_you_mean", fault->did_you_mean))
        return object;
    json_decref(object);
    return NULL;
}

static bool set_faults(json_t *object, const struct faults *faults)
{
    if (!faults || faults->len == 0)
        return true;
    json_t *errors = json_array();
    if (json_object_set_new(object, "errors", errors) != 0)
        return false;
    for (size_t i = 0; i < faults->len + faults->more_len; i++) {
        const struct fault *fault = i < faults->len ? &faults->list[i] : &faults->more[i - faults->len];
        if (json_array_append_new(errors, fault_json(fault)) != 0)
            return false;
    }
    return faults->dropped == 0 || json_object_set_new(object, "errors_left_out", json_integer((json_int_t)faults->dropped)) == 0;
}

static json_t *document(const struct problem_facts *facts) /* new; NULL = no memory */
{
    const struct problem *problem = problem_of(facts->error);
    json_auto_t *object = json_object();
    json_t *type = json_sprintf("%s/problems/%s", facts->base_url, problem->slug);
    bool good = json_object_set_new(object, "type", type) == 0 && set_text(object, "title", problem->title) &&
                json_object_set_new(object, "status", json_integer(problem->status)) == 0 &&
                set_text(object, "detail", facts->detail ? facts->detail : problem->meaning) &&
                set_text(object, "remedy", facts->remedy ? facts->remedy : problem->remedy) &&
                set_text(object, "instance", facts->instance) && set_text(object, "request_id", facts->request_id) &&
                set_faults(object, facts->faults);
    return good ? json_incref(object) : NULL;
}

char *problem_json(const struct problem_facts *facts, size_t *ret_len)
{
    json_auto_t *object = document(facts);
    char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
    size_t len = text ? strlen(text) : 0;
    char *line = text ? realloc(text, len + 1) : NULL;
    if (!line) {
        free(text);
        return NULL;
    }
    line[len] = '\n'; /* in place of the NUL: bytes with a length */
    *ret_len = len + 1;
    return line;
}
