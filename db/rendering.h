/* SPDX-License-Identifier: GPL-3.0-or-later
 * Studies being rendered and stored, one after the other; of many, another thread renders them while this one asks for the next.
 */
#ifndef STUDYD_DB_RENDERING_H
#define STUDYD_DB_RENDERING_H

#include "db/ahead.h"
#include "db/internal.h"

struct making {
    struct arena arena; /* of study */
    struct db_study study;
    int64_t id;
    struct db_rendering rendering;
    enum db_status status;
};
struct makings {
    struct statements *statements;
    const struct db_renderer *renderer;
    struct ahead *ahead; /* NULL: each is rendered at once */
    struct making one;   /* then */
};
struct makings makings_begin(struct db *db, bool are_many);
struct making *making_next(struct makings *makings, enum db_status *status); /* for the next study, its arena empty */
enum db_status making_put(struct makings *makings, struct making *making);   /* to be rendered and stored */
enum db_status makings_finish(struct makings *makings);                      /* all of them are stored */
void makings_end(struct makings *makings);                                   /* for CLEANUP */

#endif
