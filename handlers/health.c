/* SPDX-License-Identifier: GPL-3.0-or-later
 * Whether the process lives and whether it can answer. While draining the server itself answers readiness with 503.
 */
#include "handlers/handlers.h"
#include "handlers/json.h"

enum api_error health_live(struct request *rq, struct reply *ret_reply)
{
    (void)rq;
    ret_reply->constant = "{\"status\":\"live\"}\n";
    return API_OK;
}

/* Ready means that a question to the storage is answered. */
enum api_error health_ready(struct request *rq, struct reply *ret_reply)
{
    const struct db_study_filter none = {0};
    int64_t count;
    if (db_studies_count(rq->db, &none, &count) != DB_OK) {
        ret_reply->detail = "The storage does not answer.";
        return API_UNAVAILABLE;
    }
    return reply_json(ret_reply, json_pack("{s:s, s:I, s:I}", "status", "ready", "data_version",
                                           (json_int_t)db_data_version(db_reader_db(rq->db)), "studies", (json_int_t)count));
}
