/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/known_at.h"

#include <time.h>

int64_t known_at_of(const struct route *route, const void *params)
{
    const struct param *row = param_of_type(route, T_INSTANT);
    return row ? *(const int64_t *)((const char *)params + row->offset) : 0;
}

enum api_error known_at_check(struct db *db, int64_t instant, struct faults *faults)
{
    struct timespec now;
    if (db_known_is_settled(db, instant))
        return API_OK;
    clock_gettime(CLOCK_REALTIME, &now);
    if (instant <= (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000)
        return API_UNAVAILABLE;
    faults_add(faults, "query", "known_at", "lies in the future: what the register will know then is not known", NULL);
    return API_BAD_PARAMETER;
}
