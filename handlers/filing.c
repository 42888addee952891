/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "handlers/filing.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "handlers/json.h"

#define NORWAY_MS INT64_C(7200000)

struct day day_in_norway(int64_t ms)
{
    time_t seconds = (time_t)((ms + NORWAY_MS) / 1000);
    struct tm tm;
    struct day day = {""};
    if (!gmtime_r(&seconds, &tm) || strftime(day.text, sizeof day.text, "%Y-%m-%d", &tm) == 0)
        day.text[0] = '\0';
    return day;
}

bool date_is_after(const char *first, const char *last)
{
    size_t len = strlen(first) < strlen(last) ? strlen(first) : strlen(last);
    return strncmp(first, last, len) > 0;
}

/* ── what stands ────────────────────────────────────────────────────────────────────────────────────────────── */

static int compare(const char *region, const char *as_of, const struct stand *stand)
{
    int by_region = strcmp(region ? region : "", stand->region ? stand->region : "");
    return by_region != 0 ? by_region : strcmp(as_of, stand->as_of);
}

static int compare_stands(const void *a, const void *b)
{
    const struct stand *stand = a;
    return compare(stand->region, stand->as_of, b);
}

struct getting {
    struct arena *arena;
    struct standing *standing;
};

static const char *copy_of(struct arena *arena, const char *text)
{
    return text ? arena_strdup(arena, text) : NULL;
}

static void plans_take(struct getting *getting, const struct db_study_recruitment *r)
{
    struct body_number *plans = arena_array(getting->arena, r->regions_len + 1, sizeof *plans);
    getting->standing->plans = plans;
    for (size_t i = 0; plans && i < r->regions_len; i++)
        if (r->regions[i].planned >= 0)
            plans[getting->standing->plans_len++] =
                (struct body_number){copy_of(getting->arena, r->regions[i].region), r->regions[i].planned};
}

static void parts_take(struct getting *getting, const struct db_study_recruitment *r)
{
    struct standing *standing = getting->standing;
    const char **parts = arena_array(getting->arena, r->regions_len + 1, sizeof *parts);
    size_t reported = 0;
    for (size_t i = 0; parts && i < r->regions_len; i++) {
        if (!r->regions[i].takes_part && r->regions[i].included < 0) /* of a small population reports do not show that one does */
            continue;
        parts[standing->parts_len++] = copy_of(getting->arena, r->regions[i].region);
        reported += r->regions[i].included >= 0;
    }
    standing->parts = parts;
    standing->parts_report = reported > 0 && reported == standing->parts_len;
}

static bool take(void *cls, const struct db_study_recruitment *r)
{
    struct getting *getting = cls;
    struct standing *standing = getting->standing;
    struct stand *known = arena_array(getting->arena, r->reports_len + 1, sizeof *known);
    standing->total = r->total;
    standing->total.as_of = copy_of(getting->arena, r->total.as_of);
    standing->known = known;
    plans_take(getting, r);
    parts_take(getting, r);
    for (size_t i = 0; known && i < r->reports_len; i++) {
        const struct db_report_row *row = &r->reports[i];
        known[standing->known_len++] = (struct stand){.region = copy_of(getting->arena, row->region),
                                                      .as_of = copy_of(getting->arena, row->as_of),
                                                      .included = row->included,
                                                      .filed = !row->document};
    }
    if (known && !getting->arena->failed)
        qsort(known, standing->known_len, sizeof *known, compare_stands);
    return false;
}

enum db_status standing_get(struct db_reader *reader, struct arena *arena, const char *study, struct standing *ret_standing)
{
    *ret_standing = (struct standing){0};
    struct getting getting = {.arena = arena, .standing = ret_standing};
    enum db_status status = db_recruitment_get(reader, study, NULL, NULL, take, &getting);
    return status == DB_OK && arena->failed ? DB_NO_MEMORY : status;
}

static void near_add(struct arena *arena, struct standing *standing, struct stand *known, const char *region, const struct db_count *count)
{
    if (count->included >= 0)
        known[standing->known_len++] = (struct stand){.region = region, .as_of = copy_of(arena, count->as_of), .included = count->included};
}

static bool has_total(const struct stand *counts, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!counts[i].region)
            return true;
    return false;
}

enum db_status standing_near(struct db_reader *reader, struct arena *arena, const char *study, const struct stand *counts, size_t len,
                             struct standing *ret_standing)
{
    *ret_standing = (struct standing){0};
    struct getting getting = {.arena = arena, .standing = ret_standing};
    struct stand *known = arena_array(arena, 3 * len + 1, sizeof *known);
    enum db_status status = known ? db_recruitment_sums(reader, study, take, &getting) : DB_NO_MEMORY;
    if (status == DB_OK && ret_standing->parts_report && has_total(counts, len))
        return standing_get(reader, arena, study, ret_standing);
    for (size_t i = 0; i < len && status == DB_OK; i++) {
        struct db_counts_beside beside;
        status = db_counts_beside(reader, study, counts[i].region, counts[i].as_of, &beside);
        const struct db_count *const found[] = {&beside.highest_before, &beside.same, &beside.lowest_after};
        for (size_t j = 0; j < sizeof found / sizeof found[0] && status == DB_OK; j++)
            near_add(arena, ret_standing, known, counts[i].region, found[j]);
    }
    ret_standing->known = known;
    if (status != DB_OK || arena->failed)
        return status == DB_OK ? DB_NO_MEMORY : status;
    qsort(known, ret_standing->known_len, sizeof *known, compare_stands);
    return DB_OK;
}

enum db_status standing_total(struct db_reader *reader, struct arena *arena, const char *study, struct db_recruitment *ret_total)
{
    struct standing standing = {0};
    struct getting getting = {.arena = arena, .standing = &standing};
    enum db_status status = db_recruitment_sums(reader, study, take, &getting);
    *ret_total = standing.total;
    return status == DB_OK && arena->failed ? DB_NO_MEMORY : status;
}

const struct stand *standing_find(const struct standing *standing, const char *region, const char *as_of)
{
    const struct stand wanted = {.region = region, .as_of = as_of};
    return standing->known_len ? bsearch(&wanted, standing->known, standing->known_len, sizeof wanted, compare_stands) : NULL;
}

static bool is_same_region(const struct stand *a, const struct stand *b)
{
    return strcmp(a->region ? a->region : "", b->region ? b->region : "") == 0;
}

/* Of equals the latest is the highest, the earliest the lowest: those nearest to whoever is compared. */
static bool bounds_find(struct arena *arena, struct series *series)
{
    size_t len = series->len;
    const struct stand *list = series->list;
    uint32_t *highest = arena_array(arena, len + 1, sizeof *highest), *lowest = arena_array(arena, len + 1, sizeof *lowest);
    if (!highest || !lowest)
        return false;
    for (size_t i = 0; i < len; i++) {
        bool follows = i > 0 && is_same_region(&list[i - 1], &list[i]);
        highest[i] = follows && list[highest[i - 1]].included > list[i].included ? highest[i - 1] : (uint32_t)i;
    }
    for (size_t i = len; i-- > 0;) {
        bool follows = i + 1 < len && is_same_region(&list[i + 1], &list[i]);
        lowest[i] = follows && list[lowest[i + 1]].included < list[i].included ? lowest[i + 1] : (uint32_t)i;
    }
    series->highest = highest;
    series->lowest = lowest;
    return true;
}

/* The newest of each, while the days go by: newest[0] of the whole study, then of each region that takes part. */
struct sweep {
    struct stand *newest; /* as_of NULL = none yet */
    size_t len;
    int64_t stood; /* the total that stood for the newest day with one, whatever is filed now; −1 = none yet */
};

/* As db/recruitment.c has it: all regions have reported, each of them after the reported total, and no less than what stood. −1 = their sum
 * is not the total. */
static int64_t sum_shown(const struct sweep *sweep)
{
    int64_t sum = 0;
    for (size_t i = 1; i < sweep->len; i++) {
        const struct stand *one = &sweep->newest[i], *total = &sweep->newest[0];
        if (!one->as_of || (total->as_of && strcmp(one->as_of, total->as_of) <= 0))
            return -1;
        sum += one->included;
    }
    return sweep->len > 1 && sum >= sweep->stood ? sum : -1;
}

struct event { /* a count, and its place in the sweep */
    const struct stand *stand;
    size_t place;
};

static int compare_events(const void *a, const void *b)
{
    const struct event *left = a, *right = b;
    return strcmp(left->stand->as_of, right->stand->as_of);
}

/* Of joined, by day; *ret_places: of the sweep. Whoever reports takes part. */
static struct event *events_make(struct arena *arena, const struct standing *standing, size_t *ret_places)
{
    const struct series *joined = &standing->joined;
    struct event *events = arena_array(arena, joined->len + 1, sizeof *events);
    size_t place = 0;
    for (size_t i = 0; events && i < joined->len; i++) {
        const struct stand *stand = &joined->list[i];
        place += stand->region && (i == 0 || !is_same_region(stand - 1, stand));
        events[i] = (struct event){stand, place};
    }
    *ret_places = place + 1;
    if (events)
        qsort(events, joined->len, sizeof *events, compare_events);
    return events;
}

static bool all_report(const struct standing *standing, const struct event *events)
{
    for (size_t i = 0; i < standing->parts_len; i++) {
        bool reports = false;
        for (size_t j = 0; j < standing->joined.len && !reports; j++)
            reports = events[j].stand->region && strcmp(events[j].stand->region, standing->parts[i]) == 0;
        if (!reports)
            return false;
    }
    return true;
}

static bool sums_make(struct arena *arena, struct standing *standing)
{
    struct sweep sweep = {.stood = -1};
    const struct event *events = events_make(arena, standing, &sweep.len);
    struct stand *sums = arena_array(arena, standing->joined.len + 1, sizeof *sums);
    sweep.newest = arena_array(arena, sweep.len, sizeof *sweep.newest);
    if (!events || !sums || !sweep.newest)
        return false;
    size_t len = all_report(standing, events) ? standing->joined.len : 0;
    for (size_t i = 0; i < len; i++) {
        const char *day = events[i].stand->as_of;
        const struct stand *stood = events[i].stand->region ? NULL : standing_find(standing, NULL, day);
        sweep.newest[events[i].place] = *events[i].stand;
        sweep.stood = stood ? stood->included : sweep.stood;
        if (i + 1 < len && strcmp(events[i + 1].stand->as_of, day) == 0)
            continue; /* the day goes on */
        int64_t sum = sum_shown(&sweep);
        if (sum >= 0)
            sums[standing->sums.len++] = (struct stand){.as_of = day, .included = sum};
    }
    standing->sums.list = sums;
    return bounds_find(arena, &standing->sums);
}

bool standing_join(struct arena *arena, struct standing *standing, const struct stand *filed, size_t len)
{
    struct stand *joined = arena_array(arena, standing->known_len + len + 1, sizeof *joined);
    size_t to = 0;
    if (!joined)
        return false;
    for (size_t i = 0; i < len; i++)
        joined[i] = filed[i];
    qsort(joined, len, sizeof *joined, compare_stands);
    size_t filed_len = len;
    for (size_t i = 0; i < standing->known_len; i++)
        if (!filed_len || !bsearch(&standing->known[i], joined, filed_len, sizeof *joined, compare_stands))
            joined[len + to++] = standing->known[i];
    qsort(joined, len + to, sizeof *joined, compare_stands);
    standing->joined = (struct series){.list = joined, .len = len + to};
    return bounds_find(arena, &standing->joined) && (!has_total(filed, len) || sums_make(arena, standing));
}

/* ── what is answered ───────────────────────────────────────────────────────────────────────────────────────── */

static void version_take(void *cls, const struct db_settled *settled)
{
    *(int64_t *)cls = settled->version;
}

enum db_status filed_settle(struct request *rq, struct db_write *write, const char *study, struct filed *ret_filed)
{
    *ret_filed = (struct filed){.recorded = db_write_now(write), .role = db_role_names[rq->author->role]};
    enum db_status status = db_write_settle(write, version_take, &ret_filed->version);
    return status == DB_OK ? standing_total(rq->db, rq->arena, study, &ret_filed->total) : status;
}

int filed_set(json_t *root, const struct filed *filed)
{
    return json_object_set_new(root, "recorded", json_instant(filed->recorded)) ||
           json_object_set_new(root, "role", json_string(filed->role)) ||
           json_object_set_new(root, "version", json_integer(filed->version)) ||
           json_object_set_new(root, "recruitment", json_recruitment(&filed->total));
}

/* ── the rules ──────────────────────────────────────────────────────────────────────────────────────────────── */

/* How that is said, in the form that the report came in. */
static const char *if_right(const struct request *rq)
{
    return rq->media == BODY_CSV ? "; if it is right, send it as a correction (true in the column correction)"
                                 : "; if it is right, send it as a correction (\"correction\": true)";
}

#define THE_SUM ", the sum of the regions,"

static void falls(struct request *rq, const struct stand *count, const struct stand *other, const char *whose, const char *name)
{
    int order = strcmp(other->as_of, count->as_of);
    body_fault(rq, name,
               arena_printf(rq->arena,
                            "rule falls: %" PRId64 " as of %s is %s than %" PRId64 "%s as of %s, %s day, and counts are cumulative%s",
                            count->included, count->as_of, order > 0 ? "higher" : "lower", other->included, whose, other->as_of,
                            order == 0  ? "the same"
                            : order < 0 ? "an earlier"
                                        : "a later",
                            if_right(rq)),
               NULL);
}

static bool is_over(int64_t included, int64_t planned)
{
    return planned >= 0 && included * 10 > planned * 11;
}

static void passes_plan(struct request *rq, int64_t included, int64_t planned, const char *whose, const char *name)
{
    body_fault(rq, name,
               arena_printf(rq->arena, "rule passes-plan: %" PRId64 " passes the %" PRId64 " planned %s by more than a tenth%s", included,
                            planned, whose, if_right(rq)),
               NULL);
}

static int64_t planned_for(const struct standing *standing, const char *region)
{
    if (!region)
        return standing->total.planned;
    for (size_t i = 0; i < standing->plans_len; i++)
        if (strcmp(standing->plans[i].code, region) == 0)
            return standing->plans[i].number;
    return -1;
}

/* How many of the series are before that region and day. */
static size_t place_of(const struct series *series, const struct stand *count)
{
    size_t first = 0, end = series->len;
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (compare_stands(&series->list[middle], count) < 0)
            first = middle + 1;
        else
            end = middle;
    }
    return first;
}

/* Among the other days of the series; same (may be NULL) is what stood for that day. */
static bool check_fall(struct request *rq, const struct series *series, const struct stand *same, const struct stand *count,
                       const char *whose, const char *name)
{
    size_t place = place_of(series, count), next = place;
    while (next < series->len && compare_stands(&series->list[next], count) == 0)
        next++;
    const struct stand *earlier = place > 0 ? &series->list[series->highest[place - 1]] : NULL;
    const struct stand *later = next < series->len ? &series->list[series->lowest[next]] : NULL;
    bool below_same = same && same->included > count->included;
    bool below = earlier && is_same_region(earlier, count) && earlier->included > count->included;
    bool above = later && is_same_region(later, count) && later->included < count->included;
    if (below_same || below)
        falls(rq, count, below_same ? same : earlier, whose, name);
    if (above)
        falls(rq, count, later, whose, name);
    return below_same || below || above;
}

bool rules_check_count(struct request *rq, const struct standing *standing, const struct stand *count, const char *name)
{
    int64_t planned = planned_for(standing, count->region);
    const struct stand *same = standing_find(standing, count->region, count->as_of);
    bool found = check_fall(rq, &standing->joined, same, count, "", name);
    if (!count->region)
        found |= check_fall(rq, &standing->sums, NULL, count, THE_SUM, name);
    if (is_over(count->included, planned))
        passes_plan(rq, count->included, planned, count->region ? "for the region" : "for the study", name);
    return found;
}

void rules_check_total(struct request *rq, const struct db_recruitment *before, const struct db_recruitment *after, const char *name)
{
    if (after->included >= 0 && after->included < before->included)
        body_fault(rq, name,
                   arena_printf(rq->arena,
                                "rule falls: the study's total would go from %" PRId64 " as of %s to %" PRId64
                                " as of %s, and counts are cumulative%s",
                                before->included, before->as_of, after->included, after->as_of, if_right(rq)),
                   NULL);
    if (after->included > before->included && is_over(after->included, after->planned) && !faults_name(rq->faults, name))
        passes_plan(rq, after->included, after->planned, "for the study, as its total then,", name);
}

void rules_check_sum(struct request *rq, const struct standing *standing, int64_t sum, const char *name)
{
    if (is_over(sum, standing->total.planned))
        passes_plan(rq, sum, standing->total.planned, "for the study, as the sum of its regions,", name);
}

void rules_check_day(struct request *rq, const char *as_of, const char *today, const char *name)
{
    if (strcmp(as_of, today) > 0)
        body_fault(rq, name,
                   arena_printf(rq->arena,
                                "rule in-future: %s is after today, which is %s in Norway (UTC+2, so that no day that has begun "
                                "there is refused)%s",
                                as_of, today, if_right(rq)),
                   NULL);
}
