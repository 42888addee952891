/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/arena.h"
#include "server/answer.h"
#include "server/accept.h"
#include "server/auth.h"
#include "server/problem_json.h"
#include "server/reply.h"
#include "server/worker.h"
#include "server/writing.h"

#define RETRY_SOON_S  1 /* asked too fast: the bucket fills in a second */
#define RETRY_LATER_S 5 /* busy, restarting, no storage */
#define PROBLEM_TYPE  "application/problem+json"

void answer_set(struct exchange *x, int status, struct MHD_Response *response, size_t len)
{
    x->answer.status = status;
    x->answer.response = response;
    x->answer.owned = true;
    x->answer.len = len;
    x->answer.coding = coding_names[CODING_IDENTITY];
}

static const char *instance_of(struct exchange *x)
{
    return x->target_is_clean && x->target.path_len <= 1024 ? arena_strndup(x->arena, x->target.path, x->target.path_len) : NULL;
}

void answer_problem(struct exchange *x, enum api_error error, const char *detail)
{
    const struct config *config = x->worker->server->config;
    struct problem_facts facts = {.error = error,
                                  .base_url = config->base_url,
                                  .detail = detail,
                                  .remedy = x->filing ? x->filing->remedy : NULL,
                                  .instance = instance_of(x),
                                  .request_id = x->id,
                                  .faults = &x->faults};
    int status = problem_of(error)->status;
    struct reply_head head = {.content_type = PROBLEM_TYPE,
                              .request_id = x->id,
                              .challenge = error == API_UNAUTHORIZED ? auth_challenge(x) : NULL,
                              .close = x->worker->draining,
                              .retry_after = status == 429   ? RETRY_SOON_S
                                             : status == 503 ? RETRY_LATER_S
                                                             : 0,
                              .allow = error == API_METHOD_NOT_ALLOWED ? x->match.allow : NULL};
    size_t len = 0;
    char *body = problem_json(&facts, &len);
    x->answer.error = body ? error : API_UNAVAILABLE;
    x->answer.detail = detail;
    if (body)
        answer_set(x, status, reply_make(&head, body, len), len);
    else
        answer_set(x, 503, reply_make_constant(&head, PROBLEM_FALLBACK, strlen(PROBLEM_FALLBACK)), strlen(PROBLEM_FALLBACK));
}
