/* SPDX-License-Identifier: GPL-3.0-or-later
 * The contract and the errors, as the program was built with them.
 */
#include <string.h>

#include "handlers/handlers.h"
#include "handlers/json.h"
#include "gen/openapi_bytes.h"

static enum api_error constant(struct reply *ret_reply, const unsigned char *bytes, size_t len)
{
    ret_reply->constant = (const char *)bytes;
    ret_reply->len = len;
    return API_OK;
}

enum api_error openapi_yaml_get(struct request *rq, struct reply *ret_reply)
{
    (void)rq;
    return constant(ret_reply, openapi_yaml, openapi_yaml_len);
}

enum api_error openapi_json_get(struct request *rq, struct reply *ret_reply)
{
    (void)rq;
    return constant(ret_reply, openapi_json, openapi_json_len);
}

static json_t *problem_json(enum api_error error)
{
    const struct problem *p = problem_of(error);
    return json_pack("{s:s, s:i, s:s, s:s, s:s}", "slug", p->slug, "status", p->status, "title", p->title, "meaning", p->meaning, "remedy",
                     p->remedy);
}

enum api_error problems_list(struct request *rq, struct reply *ret_reply)
{
    json_t *list = json_array();
    for (int error = API_OK + 1; list && error < API_ERROR_COUNT; error++)
        if (!json_push(list, problem_json((enum api_error)error)))
            return json_decref(list), API_UNAVAILABLE;
    (void)rq;
    return reply_json(ret_reply, json_pack("{s:o}", "data", list));
}

enum api_error problems_get(struct request *rq, struct reply *ret_reply)
{
    const struct problems_get_params *params = rq->params;
    enum api_error error = problem_by_slug(params->slug);
    if (error == API_OK) {
        ret_reply->detail = "No problem has this slug; /problems lists them.";
        return API_NOT_FOUND;
    }
    return reply_json(ret_reply, problem_json(error));
}
