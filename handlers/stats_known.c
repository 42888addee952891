/* SPDX-License-Identifier: GPL-3.0-or-later
 * /stats/regions as the register knew it: what may be asked together with known_at, and from when on it can be.
 */
#include <string.h>

#include "base/arena.h"
#include "handlers/handlers.h"
#include "handlers/stats.h"

/* Everything that chooses studies, or groups them, by what is kept of the present alone. */
static const struct {
    const char *name;
    size_t offset, size;
} of_now[] = {
#define OF_NOW(name, member)                                                                                                               \
    {                                                                                                                                      \
        name, offsetof(struct stats_params, member), sizeof(typeof(((struct stats_params *)NULL)->member))                                 \
    }
#define FILTER(member) OF_NOW(#member, filter.member)
    FILTER(q),
    FILTER(id),
    FILTER(call_year),
    FILTER(mechanism),
    FILTER(award_call_year),
    FILTER(award_mechanism),
    FILTER(category),
    FILTER(and_category),
    FILTER(institution),
    FILTER(hospital),
    FILTER(region),
    FILTER(inclusion_region),
    FILTER(and_inclusion_region),
    FILTER(leader),
    FILTER(status),
    FILTER(has_card),
    FILTER(behind_plan),
    FILTER(amount_nok),
    FILTER(planned),
    FILTER(included),
    FILTER(age),
    FILTER(updated),
    OF_NOW("group_by", group_by),
};

static bool is_given(const void *field, size_t size)
{
    const unsigned char *byte = field;
    while (size > 0 && *byte == 0)
        byte++, size--;
    return size > 0;
}

void stats_regions_check(struct request *rq)
{
    const struct stats_params *params = rq->params;
    stats_check(rq);
    for (size_t i = 0; params->known_at && i < sizeof of_now / sizeof *of_now; i++)
        if (is_given((const char *)params + of_now[i].offset, of_now[i].size))
            faults_add(rq->faults, "query", of_now[i].name,
                       "does not go with known_at: of what was, only the numbers of each region are kept, by programme", NULL);
}

enum api_error stats_known(struct request *rq, struct reply *ret_reply)
{
    int64_t version = 0, since = 0;
    char instant[JSON_INSTANT_SIZE];
    enum db_status status = db_data_version_known(rq->db, rq->known_at, &version, &since);
    ret_reply->data_updated = since;
    if (status != DB_OK || version > 0)
        return api_error_of_db(status);
    ret_reply->detail = since < INT64_MAX && json_instant_text(since, instant)
                            ? arena_printf(rq->arena, "What the register knew is kept since %s.", instant)
                            : "The register holds nothing yet.";
    return API_NOT_FOUND;
}
