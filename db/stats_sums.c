/* SPDX-License-Identifier: GPL-3.0-or-later
 * Adding up the studies of a cell. remaining and exceeded_by are sums over studies: what one has too many does not fill another.
 */
#include "db/internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void day_keep(char day[DAY_BYTES], const char *other, bool latest)
{
    if (other == NULL || other[0] == '\0')
        return;
    int order = strcmp(other, day);
    if (day[0] != '\0' && (latest ? order <= 0 : order >= 0))
        return;
    size_t len = strnlen(other, DAY_BYTES - 1);
    memcpy(day, other, len);
    day[len] = '\0';
}

void stats_sums_add(struct stats_sums *sums, const struct stats_member *member)
{
    for (size_t i = 0; i < STATS_NUMBERS; i++)
        sums->number[i] += member->number[i];
    day_keep(sums->oldest, member->oldest, false);
    day_keep(sums->newest, member->newest, true);
}

static bool day_copy(const char *day, struct arena *arena, const char **ret_day)
{
    *ret_day = day[0] == '\0' ? NULL : arena_strdup(arena, day);
    return day[0] == '\0' || *ret_day != NULL;
}

bool stats_cell_of(const struct stats_sums *sums, const struct db_stats_query *query, struct arena *arena, struct db_stats_cell *cell)
{
    const int64_t *n = sums->number;
    bool has_amounts = query->grain != DB_GRAIN_REGION;
    cell->study_count = n[STATS_STUDIES];
    cell->awards = has_amounts ? n[STATS_AWARDS] : -1;
    cell->amount_ore = has_amounts ? n[STATS_AMOUNT] : -1;
    cell->leaders = query->leaders ? sums->leaders : -1;
    cell->with_planned = n[STATS_WITH_PLANNED];
    cell->with_included = n[STATS_WITH_INCLUDED];
    cell->with_both = n[STATS_WITH_BOTH];
    cell->planned = cell->with_planned > 0 ? n[STATS_PLANNED] : -1;
    cell->included = cell->with_included > 0 ? n[STATS_INCLUDED] : -1;
    cell->remaining = cell->with_both > 0 ? n[STATS_REMAINING] : -1;
    cell->exceeded_by = n[STATS_EXCEEDED_BY] > 0 ? n[STATS_EXCEEDED_BY] : -1;
    cell->permille = cell->with_both > 0 ? permille_of(n[STATS_BOTH_INCLUDED], n[STATS_BOTH_PLANNED]) : -1;
    return day_copy(sums->oldest, arena, &cell->oldest) && day_copy(sums->newest, arena, &cell->newest);
}

/* ── different leaders ──────────────────────────────────────────────────────────────────────────────────────── */

static uint64_t *slot_of(uint64_t *pairs, size_t room, uint64_t pair)
{
    size_t i = (size_t)((pair * 0x9e3779b97f4a7c15u) >> 20) & (room - 1);
    while (pairs[i] != 0 && pairs[i] != pair)
        i = (i + 1) & (room - 1);
    return &pairs[i];
}

static bool make_room(struct stats_leaders *leaders)
{
    if (2 * (leaders->len + 1) <= leaders->room)
        return true;
    size_t room = leaders->room == 0 ? 64 : 2 * leaders->room;
    uint64_t *pairs = calloc(room, sizeof *pairs);
    if (pairs == NULL)
        return false;
    for (size_t i = 0; i < leaders->room; i++)
        if (leaders->pairs[i] != 0)
            *slot_of(pairs, room, leaders->pairs[i]) = leaders->pairs[i];
    free(leaders->pairs);
    leaders->pairs = pairs;
    leaders->room = room;
    return true;
}

/* The number of a leader, from 1; 0 = no memory */
static size_t number_of(struct stats_leaders *leaders, const char *leader)
{
    const struct map_entry *known = map_find(&leaders->names, leader);
    if (known != NULL)
        return known->index;
    const char *name = arena_strdup(&leaders->arena, leader);
    if (name == NULL || !map_reserve(&leaders->names, 1))
        return 0;
    struct map_entry *entry = map_put(&leaders->names, name);
    return entry->index = leaders->names.len;
}

bool stats_leaders_add(struct stats_leaders *leaders, size_t cell, const char *leader, struct stats_sums *sums)
{
    size_t number = leader == NULL ? 0 : number_of(leaders, leader);
    return number != 0 && stats_leaders_count(leaders, cell, number, sums);
}

bool stats_leaders_count(struct stats_leaders *leaders, size_t cell, size_t number, struct stats_sums *sums)
{
    if (!make_room(leaders))
        return false;
    assert(number < UINT64_C(1) << 32 && cell < UINT64_C(1) << 32);
    uint64_t pair = (uint64_t)cell << 32 | number;
    uint64_t *slot = slot_of(leaders->pairs, leaders->room, pair);
    leaders->len += *slot == 0;
    sums->leaders += *slot == 0;
    *slot = pair;
    return true;
}

void stats_leaders_free(struct stats_leaders *leaders)
{
    map_free(&leaders->names);
    arena_free(&leaders->arena);
    free(leaders->pairs);
}
