/* SPDX-License-Identifier: GPL-3.0-or-later
 * The instants of transactions. Time never runs backwards here, whatever the clock does, and what was promised about an instant stays:
 * who asks what the register knew then is answered the same for ever.
 */
#include "db/internal.h"

#include <time.h>

static int64_t clock_now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t clock_begin(struct db *db)
{
    struct clock *clock = &db->clock;
    int64_t now = clock_now();
    pthread_mutex_lock(&clock->lock);
    const int64_t before[] = {db_data_updated(db), clock->last, clock->promised};
    for (size_t i = 0; i < COUNT_OF(before); i++)
        now = now > before[i] ? now : before[i] + 1;
    clock->writing = clock->last = now;
    pthread_mutex_unlock(&clock->lock);
    return now;
}

void clock_end(struct db *db)
{
    pthread_mutex_lock(&db->clock.lock);
    db->clock.writing = 0;
    pthread_mutex_unlock(&db->clock.lock);
}

bool db_known_is_settled(struct db *db, int64_t instant)
{
    struct clock *clock = &db->clock;
    int64_t now = clock_now(), committed = db_data_updated(db);
    if (now < committed) /* instants run ahead of the clock, or it was set back: what is recorded is over all the same */
        now = committed;
    pthread_mutex_lock(&clock->lock);
    bool is_settled = instant <= now && (clock->writing == 0 || clock->writing > instant);
    if (is_settled && instant > clock->promised)
        clock->promised = instant;
    pthread_mutex_unlock(&clock->lock);
    return is_settled;
}
