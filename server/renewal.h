/* SPDX-License-Identifier: GPL-3.0-or-later
 * The image beside the database is made anew after filings, by a thread of its own: when they have paused, so that a wave of them costs
 * one image; but not later than long after the first, and with rests in proportion to what it costs, so that in a great register they
 * do not come to wait for it.
 */
#ifndef STUDYD_SERVER_RENEWAL_H
#define STUDYD_SERVER_RENEWAL_H

#include <stdbool.h>
#include <stdint.h>

struct renewal;
struct server;

/* NULL = no memory or no thread; *ret_why is a constant sentence. */
struct renewal *renewal_start(struct server *server, const char **ret_why);
void renewal_changed(struct renewal *renewal); /* something may have been committed. Any thread */
/* Ends what runs as soon as can be. NULL is fine. */
void renewal_stop(struct renewal *renewal);

/* ── when, for the thread and its tests ─────────────────────────────────────────────────────────────────────── */

#define RENEWAL_STILL_MS INT64_C(400)   /* without a change */
#define RENEWAL_LATE_MS  INT64_C(30000) /* of the image, whatever comes */
#define RENEWAL_REST     9              /* times as long as making it took */
#define RENEWAL_AGAIN_MS INT64_C(60000) /* after a failure */

/* Milliseconds of one clock throughout. Zeroed but for made to begin with. */
struct renewal_times {
    int64_t made;      /* the data version that the image is of */
    int64_t seen;      /* the newest that was seen; 0 = none that differs */
    int64_t stale, at; /* when the first one that differs was seen; when the newest was */
    int64_t rested;    /* not before */
};
/* How long to wait from now on; 0 = renew now, INT64_MAX = there is nothing to do. */
int64_t renewal_wait(struct renewal_times *times, int64_t version, int64_t now);
/* It was tried from begun to ended, and is now of that version; version 0 = it failed. */
void renewal_done(struct renewal_times *times, int64_t version, int64_t begun, int64_t ended);

#endif
