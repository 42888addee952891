/* SPDX-License-Identifier: GPL-3.0-or-later
 * What all filings of counts share: what stands already, the rules about what is likely, and the day it is in Norway.
 */
#ifndef STUDYD_HANDLERS_FILING_H
#define STUDYD_HANDLERS_FILING_H

#include "handlers/body.h"

#define FILED_YEAR_MIN 1990 /* of the day that a count is about */
#define COUNT_MAX      1000000000
#define COMMENT_MAX    1000 /* characters */

struct day {
    char text[sizeof "2026-01-31"];
};
/* The day that has begun in Norway at that instant. Norway is one or two hours before UTC; two are taken, so that no day that has begun
 * there is refused, and one hour of the next day passes in winter. */
struct day day_in_norway(int64_t ms);

/* Whether the first of two dates (2026, 2026-01, 2026-01-31) is after the last whatever their missing months and days are: as far as both
 * say it. */
bool date_is_after(const char *first, const char *last);

/* A count that stands, or will when it is filed. */
struct stand {
    const char *region; /* NULL = the whole study */
    const char *as_of;
    int64_t included;
    bool filed; /* in the register itself, not by an edition */
};

/* Counts by region, then day; which has most from its region's first to each, which has least from each to its region's last. */
struct series {
    const struct stand *list;
    size_t len;
    const uint32_t *highest, *lowest;
};

/* What is known of one study's counts. */
struct standing {
    struct db_recruitment total;
    const struct body_number *plans; /* of regions that have one */
    size_t plans_len;
    const char *const *parts; /* the regions that take part */
    size_t parts_len;
    bool parts_report;         /* each of them has reported: their sum may be the study's total */
    const struct stand *known; /* by region, then day */
    size_t known_len;
    struct series joined; /* known, and what is filed in its place */
    struct series sums;   /* where a total is filed: the days whose total is the sum of the regions then, and that sum */
};
/* DB_NOT_FOUND: no such study. All of it lives in arena. */
enum db_status standing_get(struct db_reader *reader, struct arena *arena, const char *study, struct standing *ret_standing);
/* The same, but of known only what these counts, each of another region or day, are measured by: at the cost of their regions' reports, of
 * a total at that of all reports where the sum of the regions may have been the total. */
enum db_status standing_near(struct db_reader *reader, struct arena *arena, const char *study, const struct stand *counts, size_t len,
                             struct standing *ret_standing);
/* The totals alone. */
enum db_status standing_total(struct db_reader *reader, struct arena *arena, const char *study, struct db_recruitment *ret_total);
/* What would stand with these, each of another region or day. false = no memory. */
bool standing_join(struct arena *arena, struct standing *standing, const struct stand *filed, size_t len);
/* What is known for that region and day; NULL = nothing. */
const struct stand *standing_find(const struct standing *standing, const char *region, const char *as_of);

/* ── what is answered ───────────────────────────────────────────────────────────────────────────────────────── */

/* One study after a filing. */
struct filed {
    int64_t version, recorded;
    const char *role;
    struct db_recruitment total;
};
/* Settles the part of the transaction, and looks what the study is then. */
enum db_status filed_settle(struct request *rq, struct db_write *write, const char *study, struct filed *ret_filed);
int filed_set(json_t *root, const struct filed *filed); /* recorded, role, version, recruitment; 0 = done, as jansson has it */

/* ── the rules ──────────────────────────────────────────────────────────────────────────────────────────────── */

/* The rules that a correction lifts; each that a count breaks is a fault of that name (NULL = of the body). After standing_join. True: it
 * falls. */
bool rules_check_count(struct request *rq, const struct standing *standing, const struct stand *count, const char *name);
void rules_check_sum(struct request *rq, const struct standing *standing, int64_t sum, const char *name); /* of the regions of a day */
/* Once all is written: whatever came about, what the register shows as the study's total neither falls nor grows past the plan. */
void rules_check_total(struct request *rq, const struct db_recruitment *before, const struct db_recruitment *after, const char *name);
void rules_check_day(struct request *rq, const char *as_of, const char *today, const char *name);

#endif
