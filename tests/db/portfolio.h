/* SPDX-License-Identifier: GPL-3.0-or-later
 * A portfolio made by chance, and what plain C says of it.
 */
#ifndef STUDYD_TESTS_DB_PORTFOLIO_H
#define STUDYD_TESTS_DB_PORTFOLIO_H

#include "fixture.h"

#define STUDIES 200

/* ── a portfolio made by chance ─────────────────────────────────────────────────────────────────────────────── */

static uint64_t seed = 88172645463325252u;

static int chance(int below)
{
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return (int)(seed >> 33) % below;
}

static const char *const programmes[] = {"klin", "annet"};
static const char *const mechanisms[] = {"open-call", "needs-identified", "other"};
static const char *const regions[] = {"sor-ost", "vest", "midt", "nord"};
static const char *const categories[] = {"cancer", "stroke", "skin", "eye", "other"};
static const char *const statuses[] = {"planned", "recruiting", "recruitment-ended", "follow-up", "completed", "stopped", "unknown"};
static const char *const leaders[] = {"Åse Ås", "Aase Øy", "Ola Zen", "Per Ærlig", "kari å", "Ö. Berg"};
static const struct {
    const char *code, *name;
    int region, part_of;
} places[] = {
    {"a-trust", "Ålesund HF", 2, -1}, {"b-trust", "Bergen HF", 1, -1}, {"c-hospital", "Haukeland", 1, 1}, {"d-ward", "Ward", 1, 2},
    {"e-trust", "Oslo HF", 0, -1},    {"f-hospital", "Aker", 0, 4},    {"g-abroad", "Uppsala", -1, -1},
};
#define ANY_OF(list) chance((int)LEN(list))

struct model {
    char code[16], title[40], programme;
    int awards, award_year[3], award_mechanism[3];
    int64_t amount, award_amount[3];
    int institution, leader, status, hospital[2], hospitals, category[4], categories_len, stated[2], stated_len;
    int64_t age_min, age_max, planned, included, updated;
    int64_t region_planned[4], region_included[4];
    bool has_card;
    /* made from these */
    int64_t reported; /* in all */
    bool is_small;    /* shows totals only */
    char as_of[11], region_as_of[4][11];
    struct db_award award[3];
    struct db_ref category_ref[4];
    struct db_place place[2];
    const char *region_code[2];
};
static struct model models[STUDIES];

static int64_t maybe(int of, int64_t value)
{
    return chance(of) == 0 ? -1 : value;
}

static void make_lists(struct model *m)
{
    m->awards = 1 + (chance(4) == 0) + (chance(8) == 0);
    for (int i = 0; i < m->awards; i++) {
        m->award_year[i] = 2016 + chance(4);
        m->award_mechanism[i] = ANY_OF(mechanisms);
        int64_t amount = 1000 * (1 + chance(6)) + (chance(3) == 0 ? chance(1000) : 0);
        m->amount += m->award_amount[i] = amount;
        m->award[i] =
            (struct db_award){i == 0 ? "main" : "top-up", m->award_year[i], {mechanisms[m->award_mechanism[i]]}, amount, "T", NULL};
    }
    m->categories_len = chance(5);
    m->category[0] = ANY_OF(categories);
    for (int i = 1, step = 1 + chance(4); i < 4; i++) /* 5 is a prime: they differ */
        m->category[i] = (m->category[i - 1] + step) % 5;
    m->hospitals = chance(3);
    m->hospital[0] = ANY_OF(places);
    m->hospital[1] = (m->hospital[0] + 1 + chance(6)) % 7;
    m->stated_len = chance(3);
    m->stated[0] = ANY_OF(regions);
    m->stated[1] = (m->stated[0] + 1 + chance(3)) % 4;
    for (int i = 0; i < 4; i++)
        m->category_ref[i].code = categories[m->category[i]];
    for (int i = 0; i < 2; i++) {
        m->place[i].code = places[m->hospital[i]].code;
        m->region_code[i] = regions[m->stated[i]];
    }
}

static void make_model(struct model *m, int i)
{
    static const char *const words[] = {"Østre", "Ålesund", "Aalesund", "alfa", "Alfa", "Ærlig", "zeta", "B-1", "B 2", "å"};
    *m = (struct model){.programme = (char)chance(2), .institution = ANY_OF(places), .leader = ANY_OF(leaders), .status = ANY_OF(statuses)};
    snprintf(m->code, sizeof m->code, "s%03d", (i * 77) % STUDIES);
    snprintf(m->title, sizeof m->title, "%s %s", words[ANY_OF(words)], words[ANY_OF(words)]);
    make_lists(m);
    m->has_card = chance(2);
    m->age_min = maybe(3, chance(80));
    m->age_max = maybe(3, m->age_min + chance(20) + 1);
    m->planned = maybe(4, chance(8) * 25);
    m->reported = maybe(3, chance(8) * 25);
    for (int r = 0; r < (int)LEN(regions); r++) {
        m->region_planned[r] = chance(3) == 0 ? chance(60) : -1;
        m->region_included[r] = chance(4) == 0 ? chance(60) : -1;
        snprintf(m->region_as_of[r], sizeof m->region_as_of[r], "2023-%02u-28", (unsigned)chance(12) % 12 + 1);
    }
}

static struct db_study study_of(const struct model *m)
{
    return (struct db_study){
        .code = m->code,
        .leader = leaders[m->leader],
        .institution = {places[m->institution].code},
        .status = statuses[m->status],
        .has_card = m->has_card,
        .scientific_title = m->title,
        .awards = m->award,
        .awards_len = (size_t)m->awards,
        .categories = m->category_ref,
        .categories_len = (size_t)m->categories_len,
        .hospitals = m->place,
        .hospitals_len = (size_t)m->hospitals,
        .inclusion_regions = m->region_code,
        .inclusion_regions_len = (size_t)m->stated_len,
        .hospitals_stated = -1,
        .european_sites = -1,
        .age_min = m->age_min,
        .age_max = m->age_max,
        .children = -1,
    };
}

/* One programme's edition; the models that belong to it. */
static void import_programme(int programme)
{
    struct said *said = calloc(1, sizeof *said);
    size_t studies = 0, plans = 0, reports = 0;
    said->programme =
        (struct db_programme){programmes[programme], .short_name = "P", .disclosure_threshold = 20, .profile = "{}", .profile_len = 2};
    said->edition = (struct db_edition){.code = "e", .as_of = "2024-12-31", .document = "d", .document_title = "D", .digest = "1"};
    for (int i = 0; i < (int)LEN(regions); i++)
        said->regions[i] = (struct db_region){.code = regions[i], .order = i};
    for (int i = 0; i < (int)LEN(mechanisms); i++)
        said->mechanisms[i] = (struct db_mechanism){.code = mechanisms[i], .order = i};
    for (int i = 0; i < (int)LEN(categories); i++)
        said->categories[i] = (struct db_category){.code = categories[i], .order = i};
    for (int i = 0; i < (int)LEN(places); i++)
        said->institutions[i] = (struct db_institution){.code = places[i].code,
                                                        .name = places[i].name,
                                                        .region = places[i].region < 0 ? NULL : regions[places[i].region],
                                                        .part_of = places[i].part_of < 0 ? NULL : places[places[i].part_of].code};
    for (int i = 0; i < STUDIES; i++) {
        struct model *m = &models[i];
        if (m->programme != programme)
            continue;
        said->studies[studies++] = study_of(m);
        if (m->planned >= 0)
            said->plans[plans++] = (struct db_plan){m->code, NULL, m->planned, "2024-01-01", NULL, NULL};
        if (m->reported >= 0)
            said->reports[reports++] = (struct db_report){m->code, NULL, "2024-12-31", m->reported, NULL};
        for (int r = 0; r < (int)LEN(regions); r++) {
            if (m->region_planned[r] >= 0)
                said->plans[plans++] = (struct db_plan){m->code, regions[r], m->region_planned[r], "2024-01-01", NULL, NULL};
            if (m->region_included[r] >= 0)
                said->reports[reports++] = (struct db_report){m->code, regions[r], m->region_as_of[r], m->region_included[r], NULL};
        }
        ck_assert_uint_le(plans, LEN(said->plans) - 5);
    }
    ck_assert_int_eq(import_ok(said).studies_added, (int64_t)studies);
    free(said);
}

/* Does the study show that it includes here? Of a small one no report tells. */
static bool includes(const struct model *m, int region)
{
    if (m->region_included[region] >= 0 && !m->is_small)
        return true;
    for (int i = 0; i < m->stated_len; i++)
        if (m->stated[i] == region)
            return true;
    for (int i = 0; i < m->hospitals; i++)
        if (places[m->hospital[i]].region == region)
            return true;
    return false;
}

/* Every report by region is older than any of the whole study: it counts where there is none, once all that take part have reported. */
static void derive(struct model *m)
{
    int take_part = 0, have_reported = 0;
    int64_t sum = 0;
    const char *newest = "";
    for (int i = 0; i < (int)LEN(regions); i++) {
        take_part += includes(m, i) || m->region_included[i] >= 0;
        if (m->region_included[i] < 0)
            continue;
        have_reported++;
        sum += m->region_included[i];
        newest = strcmp(m->region_as_of[i], newest) > 0 ? m->region_as_of[i] : newest;
    }
    bool is_sum = m->reported < 0 && take_part > 0 && have_reported == take_part;
    m->included = is_sum ? sum : m->reported;
    snprintf(m->as_of, sizeof m->as_of, "%s", is_sum ? newest : m->reported >= 0 ? "2024-12-31" : "");
    m->is_small = (m->planned >= 0 && m->planned < 20) || (m->included >= 0 && m->included < 20) ||
                  (m->included < 0 && have_reported > 0 && sum < 20);
    struct db_study_state state;
    ck_assert(db_study_state(fixture.db, m->code, &state));
    m->updated = state.updated;
}

static void portfolio(void)
{
    fixture_begin();
    for (int i = 0; i < STUDIES; i++)
        make_model(&models[i], i);
    import_programme(0);
    import_programme(1);
    for (int i = 0; i < STUDIES; i++)
        derive(&models[i]);
}

/* ── the model's answer to a filter ─────────────────────────────────────────────────────────────────────────── */

static bool is_among(const struct db_codes *codes, const char *value)
{
    for (size_t i = 0; i < codes->len; i++)
        if (strcmp(codes->values[i], value) == 0)
            return true;
    return false;
}

static bool is_within(const struct db_ranges *ranges, int64_t low, int64_t high)
{
    for (size_t i = 0; i < ranges->len; i++)
        if (low <= ranges->r[i].max && high >= ranges->r[i].min)
            return true;
    return false;
}

static bool lets(size_t len, bool negate, bool holds)
{
    return len == 0 || holds != negate;
}

static bool known_within(const struct db_ranges *ranges, int64_t value)
{
    return lets(ranges->len, ranges->negate, value >= 0 && is_within(ranges, value, value));
}

static bool stands_for(const struct db_codes *codes, int place)
{
    for (; place >= 0; place = places[place].part_of)
        if (is_among(codes, places[place].code))
            return true;
    return false;
}

static bool in_hospital(const struct db_codes *codes, const struct model *m)
{
    bool holds = stands_for(codes, m->institution);
    for (int i = 0; i < m->hospitals; i++)
        holds = holds || stands_for(codes, m->hospital[i]);
    return holds;
}

static bool has_award(const struct model *m, const struct db_ranges *years, const struct db_codes *mechanism)
{
    for (int i = 0; i < m->awards; i++)
        if ((years == NULL || is_within(years, m->award_year[i], m->award_year[i])) &&
            (mechanism == NULL || is_among(mechanism, mechanisms[m->award_mechanism[i]])))
            return true;
    return false;
}

static bool award_passes(const struct db_study_filter *f, const struct model *m)
{
    const struct db_ranges *years = &f->award_call_year;
    const struct db_codes *kinds = &f->award_mechanism;
    if (years->len == 0 || kinds->len == 0)
        return lets(years->len, years->negate, has_award(m, years, NULL)) && lets(kinds->len, kinds->negate, has_award(m, NULL, kinds));
    if (!years->negate && !kinds->negate)
        return has_award(m, years, kinds);
    if (years->negate && kinds->negate)
        return !has_award(m, years, NULL) && !has_award(m, NULL, kinds);
    return (years->negate ? has_award(m, NULL, kinds) : has_award(m, years, NULL)) && !has_award(m, years, kinds);
}

static bool includes_any(const struct db_codes *codes, const struct model *m)
{
    bool holds = false;
    for (int i = 0; i < (int)LEN(regions); i++)
        holds = holds || (includes(m, i) && is_among(codes, regions[i]));
    return lets(codes->len, codes->negate, holds);
}

static bool region_passes(const struct db_study_filter *f, const struct model *m)
{
    bool own = places[m->institution].region >= 0 && is_among(&f->region, regions[places[m->institution].region]);
    return includes_any(&f->inclusion_region, m) && includes_any(&f->and_inclusion_region, m) && lets(f->region.len, f->region.negate, own);
}

static bool in_any_category(const struct db_codes *codes, const struct model *m)
{
    bool holds = false;
    for (int i = 0; i < m->categories_len; i++)
        holds = holds || is_among(codes, categories[m->category[i]]);
    return lets(codes->len, codes->negate, holds);
}

static bool list_passes(const struct db_study_filter *f, const struct model *m)
{
    return in_any_category(&f->category, m) && in_any_category(&f->and_category, m) &&
           lets(f->hospital.len, f->hospital.negate, in_hospital(&f->hospital, m));
}

static bool code_passes(const struct db_codes *codes, const char *value)
{
    return lets(codes->len, codes->negate, is_among(codes, value));
}

static bool passes(const struct db_study_filter *f, const struct model *m)
{
    bool age = (m->age_min >= 0 || m->age_max >= 0) &&
               is_within(&f->age, m->age_min < 0 ? 0 : m->age_min, m->age_max < 0 ? INT64_MAX : m->age_max);
    return code_passes(&f->programme, programmes[(int)m->programme]) && code_passes(&f->id, m->code) &&
           code_passes(&f->mechanism, mechanisms[m->award_mechanism[0]]) && code_passes(&f->institution, places[m->institution].code) &&
           code_passes(&f->leader, leaders[m->leader]) && code_passes(&f->status, statuses[m->status]) &&
           known_within(&f->call_year, m->award_year[0]) && known_within(&f->amount_nok, m->amount) &&
           known_within(&f->planned, m->planned) && known_within(&f->included, m->included) && known_within(&f->updated, m->updated) &&
           lets(f->age.len, f->age.negate, age) && (f->has_card == DB_ANY || (f->has_card == DB_YES) == m->has_card) &&
           (f->behind_plan != DB_YES) && region_passes(f, m) && list_passes(f, m) && award_passes(f, m);
}

static UNUSED int64_t model_count(const struct db_study_filter *f)
{
    int64_t count = 0;
    for (int i = 0; i < STUDIES; i++)
        count += passes(f, &models[i]);
    return count;
}

/* ── filters by chance ──────────────────────────────────────────────────────────────────────────────────────── */

static const char *place_codes[LEN(places)], *ids[STUDIES];
static const struct {
    const char *name;
    size_t offset;
    const char *const *values;
    int len;
} code_filters[] = {
#define CODES(member, list)                                                                                                                \
    {                                                                                                                                      \
#member, offsetof(struct db_study_filter, member), list, (int)LEN(list)                                                            \
    }
    CODES(programme, programmes),
    CODES(id, ids),
    CODES(mechanism, mechanisms),
    CODES(category, categories),
    CODES(and_category, categories),
    CODES(institution, place_codes),
    CODES(hospital, place_codes),
    CODES(region, regions),
    CODES(inclusion_region, regions),
    CODES(and_inclusion_region, regions),
    CODES(leader, leaders),
    CODES(status, statuses),
    CODES(award_mechanism, mechanisms),
};
static const struct {
    const char *name;
    size_t offset;
    int64_t low, step;
} range_filters[] = {
#define RANGES(member, low, step)                                                                                                          \
    {                                                                                                                                      \
#member, offsetof(struct db_study_filter, member), low, step                                                                       \
    }
    RANGES(award_call_year, 2016, 1), RANGES(call_year, 2016, 1), RANGES(amount_nok, 1000, 1000),
    RANGES(planned, 0, 25),           RANGES(included, 0, 25),    RANGES(age, 0, 20),
};
#define FILTERS (LEN(code_filters) + LEN(range_filters) + 2) /* and updated, has_card */

static const char *value_store[FILTERS][8];

static void fill_ranges(struct db_ranges *ranges, int64_t low, int64_t step)
{
    ranges->len = (size_t)(1 + chance(3));
    for (size_t i = 0; i < ranges->len; i++) {
        ranges->r[i].min = chance(4) == 0 ? INT64_MIN : low + chance(5) * step;
        ranges->r[i].max = chance(4) == 0 ? INT64_MAX : low + chance(6) * step; /* now and then an empty one */
    }
}

static bool *fill(struct db_study_filter *f, size_t which)
{
    if (which < LEN(code_filters)) {
        struct db_codes *codes = (void *)((char *)f + code_filters[which].offset);
        codes->len = (size_t)(1 + chance(5));
        for (size_t i = 0; i < codes->len; i++)
            value_store[which][i] = code_filters[which].values[chance(code_filters[which].len)];
        codes->values = value_store[which];
        return &codes->negate;
    }
    if (which < FILTERS - 2) {
        size_t i = which - LEN(code_filters);
        struct db_ranges *ranges = (void *)((char *)f + range_filters[i].offset);
        fill_ranges(ranges, range_filters[i].low, range_filters[i].step);
        return &ranges->negate;
    }
    if (which == FILTERS - 2) {
        f->updated = (struct db_ranges){.len = 1, .r = {{models[chance(STUDIES)].updated, INT64_MAX}}};
        return &f->updated.negate;
    }
    f->has_card = chance(2) ? DB_YES : DB_NO;
    return NULL;
}

static void list_codes(void)
{
    for (size_t i = 0; i < LEN(places); i++)
        place_codes[i] = places[i].code;
    for (size_t i = 0; i < STUDIES; i++)
        ids[i] = models[i].code;
}

static UNUSED struct db_study_filter filter_by_chance(void)
{
    struct db_study_filter f = {0};
    for (int n = chance(4); n > 0; n--) {
        bool *negate = fill(&f, (size_t)chance((int)FILTERS));
        if (negate != NULL)
            *negate = chance(3) == 0;
    }
    return f;
}

#endif
