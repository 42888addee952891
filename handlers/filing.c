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

static bool take(void *cls, const struct db_study_recruitment *r)
{
    struct getting *getting = cls;
    struct standing *standing = getting->standing;
    struct stand *known = arena_array(getting->arena, r->reports_len + 1, sizeof *known);
    standing->total = r->total;
    standing->total.as_of = copy_of(getting->arena, r->total.as_of);
    standing->known = known;
    plans_take(getting, r);
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

enum db_status standing_near(struct db_reader *reader, struct arena *arena, const char *study, const struct stand *counts, size_t len,
                             struct standing *ret_standing)
{
    *ret_standing = (struct standing){0};
    struct getting getting = {.arena = arena, .standing = ret_standing};
    struct stand *known = arena_array(arena, 3 * len + 1, sizeof *known);
    enum db_status status = known ? db_recruitment_sums(reader, study, take, &getting) : DB_NO_MEMORY;
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
static bool bounds_find(struct arena *arena, struct standing *standing)
{
    size_t len = standing->joined_len;
    const struct stand *joined = standing->joined;
    uint32_t *highest = arena_array(arena, len + 1, sizeof *highest), *lowest = arena_array(arena, len + 1, sizeof *lowest);
    if (!highest || !lowest)
        return false;
    for (size_t i = 0; i < len; i++) {
        bool follows = i > 0 && is_same_region(&joined[i - 1], &joined[i]);
        highest[i] = follows && joined[highest[i - 1]].included > joined[i].included ? highest[i - 1] : (uint32_t)i;
    }
    for (size_t i = len; i-- > 0;) {
        bool follows = i + 1 < len && is_same_region(&joined[i + 1], &joined[i]);
        lowest[i] = follows && joined[lowest[i + 1]].included < joined[i].included ? lowest[i + 1] : (uint32_t)i;
    }
    standing->highest = highest;
    standing->lowest = lowest;
    return true;
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
    standing->joined_len = len + to;
    qsort(joined, standing->joined_len, sizeof *joined, compare_stands);
    standing->joined = joined;
    return bounds_find(arena, standing);
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

#define IF_RIGHT "; if it is right, send it as a correction (\"correction\": true)"

static void falls_below(struct request *rq, const struct stand *count, const struct stand *other, const char *name)
{
    const char *when = strcmp(other->as_of, count->as_of) == 0 ? "the same day" : "an earlier day";
    body_fault(rq, name,
               arena_printf(rq->arena,
                            "rule falls: %" PRId64 " as of %s is lower than %" PRId64 " as of %s, %s, and counts are cumulative" IF_RIGHT,
                            count->included, count->as_of, other->included, other->as_of, when),
               NULL);
}

static void falls_after(struct request *rq, const struct stand *count, const struct stand *other, const char *name)
{
    body_fault(rq, name,
               arena_printf(rq->arena,
                            "rule falls: %" PRId64 " as of %s is higher than %" PRId64
                            " as of %s, a later day, and counts are cumulative" IF_RIGHT,
                            count->included, count->as_of, other->included, other->as_of),
               NULL);
}

static bool is_over(int64_t included, int64_t planned)
{
    return planned >= 0 && included * 10 > planned * 11;
}

static void passes_plan(struct request *rq, int64_t included, int64_t planned, const char *whose, const char *name)
{
    body_fault(rq, name,
               arena_printf(rq->arena, "rule passes-plan: %" PRId64 " passes the %" PRId64 " planned %s by more than a tenth" IF_RIGHT,
                            included, planned, whose),
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

/* Its place among what would stand. */
static size_t place_of(const struct standing *standing, const struct stand *count)
{
    const struct stand *found = bsearch(count, standing->joined, standing->joined_len, sizeof *count, compare_stands);
    return found ? (size_t)(found - standing->joined) : standing->joined_len;
}

static void check_fall(struct request *rq, const struct standing *standing, const struct stand *count, const char *name)
{
    const struct stand *same = standing_find(standing, count->region, count->as_of), *joined = standing->joined;
    size_t place = place_of(standing, count);
    if (place == standing->joined_len)
        return;
    const struct stand *earlier = place > 0 ? &joined[standing->highest[place - 1]] : NULL;
    const struct stand *later = place + 1 < standing->joined_len ? &joined[standing->lowest[place + 1]] : NULL;
    if (same && same->included > count->included)
        falls_below(rq, count, same, name);
    else if (earlier && is_same_region(earlier, count) && earlier->included > count->included)
        falls_below(rq, count, earlier, name);
    if (later && is_same_region(later, count) && later->included < count->included)
        falls_after(rq, count, later, name);
}

void rules_check_count(struct request *rq, const struct standing *standing, const struct stand *count, const char *name)
{
    int64_t planned = planned_for(standing, count->region);
    check_fall(rq, standing, count, name);
    if (is_over(count->included, planned))
        passes_plan(rq, count->included, planned, count->region ? "for the region" : "for the study", name);
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
                                "there is refused)" IF_RIGHT,
                                as_of, today),
                   NULL);
}
