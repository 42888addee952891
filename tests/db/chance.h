/* SPDX-License-Identifier: GPL-3.0-or-later
 * Editions by chance, the same in every run.
 */
#ifndef STUDYD_TESTS_DB_CHANCE_H
#define STUDYD_TESTS_DB_CHANCE_H

#include "fixture.h"

static uint64_t seed = 88172645463325252u;

static int chance(int below)
{
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return (int)(seed >> 33) % below;
}

#define ANY_OF(list) (list)[chance((int)LEN(list))]

#define CHANCE_STUDIES 10

static const char *const programme_codes[] = {"klin", "annet"};
static const char *const region_codes[] = {"sor-ost", "vest", "nord"};
static const char *const mechanism_codes[] = {"open-call", "other"};
static const char *const category_codes[] = {"cancer", "stroke"};
static const char *const place_codes[] = {"haukeland", "helse-bergen", "ous", "tromso"};
static const char *const leader_names[] = {"A", "B", "C", "D"};
static const char *const days[] = {"2020-06-30", "2021-06-30", "2022-06-30"};
static struct {
    struct db_award awards[3];
    struct db_ref categories[2];
    struct db_place hospitals[2];
    const char *regions[2];
    char code[24];
} parts[CHANCE_STUDIES];

static struct db_study study_by_chance(int i, const char *programme)
{
    size_t awards = (size_t)(1 + chance(3)), turn = (size_t)chance(2);
    snprintf(parts[i].code, sizeof parts[i].code, "%s-%d", programme, i);
    for (size_t k = 0; k < awards; k++)
        parts[i].awards[k] =
            (struct db_award){k == 0 ? "main" : "top-up", 2016 + chance(3), {ANY_OF(mechanism_codes)}, 100 + chance(900), "T", NULL};
    for (size_t k = 0; k < 2; k++) {
        parts[i].categories[k].code = category_codes[(turn + k) % 2];
        parts[i].hospitals[k].code = place_codes[2 * k + turn];
        parts[i].regions[k] = region_codes[turn + k];
    }
    return (struct db_study){
        .code = parts[i].code,
        .leader = ANY_OF(leader_names),
        .institution = {ANY_OF(place_codes)},
        .status = "unknown",
        .scientific_title = "T",
        .awards = parts[i].awards,
        .awards_len = awards,
        .categories = parts[i].categories,
        .categories_len = (size_t)chance(3),
        .hospitals = parts[i].hospitals,
        .hospitals_len = (size_t)chance(3),
        .inclusion_regions = parts[i].regions,
        .inclusion_regions_len = (size_t)chance(3),
        .hospitals_stated = -1,
        .european_sites = -1,
        .age_min = -1,
        .age_max = -1,
        .children = -1,
    };
}

static void counts_by_chance(struct said *said, const char *study)
{
    size_t plan = 0, report = 0;
    while (said->plans[plan].study != NULL)
        plan++;
    while (said->reports[report].study != NULL)
        report++;
    for (int r = -1; r < (int)LEN(region_codes); r++) {
        const char *region = r < 0 ? NULL : region_codes[r];
        if (chance(2) == 0)
            said->plans[plan++] = (struct db_plan){study, region, chance(80), ANY_OF(days), NULL, NULL};
        if (chance(2) == 0)
            said->reports[report++] = (struct db_report){study, region, ANY_OF(days), chance(80), NULL};
    }
}

/* Another edition each time, also older ones, and the same one with other contents. */
static struct said *said_by_chance(int round)
{
    static char digest[16], code[2];
    struct said *said = said_new();
    const char *programme = ANY_OF(programme_codes);
    snprintf(digest, sizeof digest, "round %d", round);
    snprintf(code, sizeof code, "%c", 'a' + chance(3));
    said->programme.code = programme;
    said->programme.disclosure_threshold = 10 + 10 * chance(3);
    said->edition.code = code;
    said->edition.as_of = days[code[0] - 'a'];
    said->edition.digest = digest;
    memset(said->studies, 0, sizeof said->studies);
    memset(said->plans, 0, sizeof said->plans);
    memset(said->reports, 0, sizeof said->reports);
    memset(said->notes, 0, sizeof said->notes);
    said->institutions[2].region = chance(3) == 0 ? NULL : ANY_OF(region_codes);
    for (int i = 0, n = 0; i < CHANCE_STUDIES; i++) {
        if (chance(3) == 0)
            continue;
        said->studies[n] = study_by_chance(i, programme);
        counts_by_chance(said, said->studies[n++].code);
    }
    return said;
}

#endif
