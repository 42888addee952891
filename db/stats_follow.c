/* SPDX-License-Identifier: GPL-3.0-or-later
 * Kept sums after a report: of what a study is in them, its patients alone are others, so that what it was and what it is are put
 * together from numbers at hand. It must come to what the statistic of this study says (db/stats_question.c); a recount would tell.
 */
#include "db/internal.h"

#include <string.h>

/* remaining −1: not both are known. */
static void add_patients(struct stats_member *member, int64_t planned, int64_t included, int64_t remaining, int64_t exceeded_by)
{
    int64_t *n = member->number;
    n[STATS_PLANNED] += planned > 0 ? planned : 0;
    n[STATS_INCLUDED] += included > 0 ? included : 0;
    n[STATS_WITH_PLANNED] |= planned >= 0;
    n[STATS_WITH_INCLUDED] |= included >= 0;
    if (remaining < 0)
        return;
    n[STATS_REMAINING] += remaining;
    n[STATS_EXCEEDED_BY] += exceeded_by > 0 ? exceeded_by : 0;
    n[STATS_BOTH_PLANNED] += planned;
    n[STATS_BOTH_INCLUDED] += included;
    n[STATS_WITH_BOTH] = 1;
}

static void add_day(struct stats_member *member, const char *day)
{
    if (day == NULL)
        return;
    member->oldest = member->oldest == NULL || strcmp(day, member->oldest) < 0 ? day : member->oldest;
    member->newest = member->newest == NULL || strcmp(day, member->newest) > 0 ? day : member->newest;
}

static struct stats_member member_of_study(const struct past *at)
{
    const struct db_recruitment *r = &at->numbers;
    struct stats_member member = {.number = {[STATS_STUDIES] = 1}};
    add_patients(&member, r->planned, r->included, r->remaining, r->exceeded_by);
    add_day(&member, r->as_of);
    return member;
}

static void add_region(struct stats_member *member, const struct db_region_count *region)
{
    bool has_both = region->planned >= 0 && region->included >= 0;
    int64_t left = region->planned - region->included;
    add_patients(member, region->planned, region->included, !has_both ? -1 : left > 0 ? left : 0, has_both ? -left : -1);
    add_day(member, region->as_of);
}

static bool count_all_regions(struct stats_changes *changes, const char *programme, const struct past *at, int sign)
{
    const struct db_region_count *regions = at->regions.items;
    struct stats_member member = {.number = {[STATS_STUDIES] = 1}};
    for (size_t i = 0; i < at->regions.len && !at->totals_only; i++)
        if (regions[i].takes_part)
            add_region(&member, &regions[i]);
    return stats_change(changes, STATS_REGION, programme, NULL, &member, sign);
}

/* One that takes part nowhere is among those whose region is not known. */
static bool count_regions(struct stats_changes *changes, const char *programme, const struct past *at, int sign)
{
    const struct db_region_count *regions = at->regions.items;
    bool is_done = true, takes_part = false;
    for (size_t i = 0; i < at->regions.len && is_done; i++) {
        struct stats_member member = {.number = {[STATS_STUDIES] = 1}};
        if (!regions[i].takes_part)
            continue;
        takes_part = true;
        if (!at->totals_only)
            add_region(&member, &regions[i]);
        is_done = stats_change(changes, STATS_REGION_BY_REGION, programme, regions[i].region, &member, sign);
    }
    const struct stats_member nowhere = {.number = {[STATS_STUDIES] = 1}};
    return is_done && (takes_part || stats_change(changes, STATS_REGION_BY_REGION, programme, NULL, &nowhere, sign));
}

static bool is_met_before(const struct db_study *study, size_t award)
{
    for (size_t i = 0; i < award; i++)
        if (strcmp(study->awards[i].mechanism.code, study->awards[award].mechanism.code) == 0)
            return true;
    return false;
}

/* A study counts once in each cell, however many awards it has there; what it was awarded stays. */
static bool count_study(struct stats_changes *changes, const struct db_study *study, const struct past *at, int sign)
{
    const struct stats_member member = member_of_study(at);
    bool is_done = stats_change(changes, STATS_STUDY, study->programme, NULL, &member, sign) &&
                   stats_change(changes, STATS_STUDY_BY_MECHANISM, study->programme, study->mechanism.code, &member, sign) &&
                   stats_change(changes, STATS_AWARD, study->programme, NULL, &member, sign);
    for (size_t i = 0; i < study->awards_len && is_done; i++)
        if (!is_met_before(study, i))
            is_done = stats_change(changes, STATS_AWARD_BY_MECHANISM, study->programme, study->awards[i].mechanism.code, &member, sign);
    return is_done;
}

enum db_status stats_changes_follow(struct stats_changes *changes, const struct db_study *study, const struct past *was,
                                    const struct past *is)
{
    const struct {
        const struct past *at;
        int sign;
    } turns[] = {{was, -1}, {is, 1}};
    bool is_done = true;
    for (size_t i = 0; i < COUNT_OF(turns) && is_done; i++)
        is_done = count_study(changes, study, turns[i].at, turns[i].sign) &&
                  count_all_regions(changes, study->programme, turns[i].at, turns[i].sign) &&
                  count_regions(changes, study->programme, turns[i].at, turns[i].sign);
    return is_done ? DB_OK : DB_NO_MEMORY;
}
