/* SPDX-License-Identifier: GPL-3.0-or-later
 * A portfolio made by chance against a model of it in plain C: filters, order, pages, totals.
 */
#include "db/sortkey.h"
#include "fixture.h"

#define STUDIES 200
#define ROUNDS 300

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
static const struct { const char *code, *name; int region, part_of; } places[] = {
    {"a-trust", "Ålesund HF", 2, -1}, {"b-trust", "Bergen HF", 1, -1}, {"c-hospital", "Haukeland", 1, 1}, {"d-ward", "Ward", 1, 2},
    {"e-trust", "Oslo HF", 0, -1}, {"f-hospital", "Aker", 0, 4}, {"g-abroad", "Uppsala", -1, -1},
};
#define ANY_OF(list) chance((int)LEN(list))

struct model {
    char code[16], title[40], programme;
    int awards, award_year[2], award_mechanism[2];
    int64_t amount;
    int institution, leader, status, hospital[2], hospitals, category[2], categories_len, stated[2], stated_len, report_region;
    int64_t age_min, age_max, planned, included, regional, updated;
    bool has_card;
    /* made from these */
    struct db_award award[2];
    struct db_ref category_ref[2];
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
    m->awards = 1 + (chance(4) == 0);
    for (int i = 0; i < m->awards; i++) {
        m->award_year[i] = 2016 + chance(4);
        m->award_mechanism[i] = ANY_OF(mechanisms);
        int64_t amount = 1000 * (1 + chance(6));
        m->amount += amount;
        m->award[i] = (struct db_award){i == 0 ? "main" : "top-up", m->award_year[i], {mechanisms[m->award_mechanism[i]]}, amount, "T", NULL};
    }
    m->categories_len = chance(3);
    m->category[0] = ANY_OF(categories);
    m->category[1] = (m->category[0] + 1 + chance(4)) % 5;
    m->hospitals = chance(3);
    m->hospital[0] = ANY_OF(places);
    m->hospital[1] = (m->hospital[0] + 1 + chance(6)) % 7;
    m->stated_len = chance(3);
    m->stated[0] = ANY_OF(regions);
    m->stated[1] = (m->stated[0] + 1 + chance(3)) % 4;
    for (int i = 0; i < 2; i++) {
        m->category_ref[i].code = categories[m->category[i]];
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
    m->included = maybe(4, chance(8) * 25);
    m->report_region = chance(3) == 0 ? ANY_OF(regions) : -1;
}

static struct db_study study_of(const struct model *m)
{
    return (struct db_study){
        .code = m->code, .leader = leaders[m->leader], .institution = {places[m->institution].code}, .status = statuses[m->status],
        .has_card = m->has_card, .scientific_title = m->title, .awards = m->award, .awards_len = (size_t)m->awards,
        .categories = m->category_ref, .categories_len = (size_t)m->categories_len, .hospitals = m->place,
        .hospitals_len = (size_t)m->hospitals, .inclusion_regions = m->region_code, .inclusion_regions_len = (size_t)m->stated_len,
        .hospitals_stated = -1, .european_sites = -1, .age_min = m->age_min, .age_max = m->age_max, .children = -1,
    };
}

/* One programme's edition; the models that belong to it. */
static void import_programme(int programme)
{
    struct said *said = calloc(1, sizeof *said);
    size_t studies = 0, plans = 0, reports = 0;
    said->programme = (struct db_programme){programmes[programme], .short_name = "P", .disclosure_threshold = 20, .profile = "{}", .profile_len = 2};
    said->edition = (struct db_edition){.code = "e", .as_of = "2024-12-31", .document = "d", .document_title = "D", .digest = "1"};
    for (int i = 0; i < (int)LEN(regions); i++)
        said->regions[i] = (struct db_region){.code = regions[i], .order = i};
    for (int i = 0; i < (int)LEN(mechanisms); i++)
        said->mechanisms[i] = (struct db_mechanism){.code = mechanisms[i], .order = i};
    for (int i = 0; i < (int)LEN(categories); i++)
        said->categories[i] = (struct db_category){.code = categories[i], .order = i};
    for (int i = 0; i < (int)LEN(places); i++)
        said->institutions[i] = (struct db_institution){.code = places[i].code, .name = places[i].name,
            .region = places[i].region < 0 ? NULL : regions[places[i].region],
            .part_of = places[i].part_of < 0 ? NULL : places[places[i].part_of].code};
    for (int i = 0; i < STUDIES; i++) {
        struct model *m = &models[i];
        if (m->programme != programme)
            continue;
        said->studies[studies++] = study_of(m);
        if (m->planned >= 0)
            said->plans[plans++] = (struct db_plan){m->code, NULL, m->planned, "2024-01-01", NULL, NULL};
        if (m->included >= 0)
            said->reports[reports++] = (struct db_report){m->code, NULL, "2024-12-31", m->included, NULL};
        if (m->report_region >= 0)
            said->reports[reports++] = (struct db_report){m->code, regions[m->report_region], "2023-12-31", 3, NULL};
    }
    ck_assert_int_eq(import_ok(said).studies_added, (int64_t)studies);
    free(said);
}

/* Does the study include here? */
static bool includes(const struct model *m, int region)
{
    if (m->report_region == region)
        return true;
    for (int i = 0; i < m->stated_len; i++)
        if (m->stated[i] == region)
            return true;
    for (int i = 0; i < m->hospitals; i++)
        if (places[m->hospital[i]].region == region)
            return true;
    return false;
}

/* When only one region takes part and it has reported, its count is the total; it is older than any reported total here. */
static void derive(struct model *m)
{
    int take_part = 0;
    for (int i = 0; i < (int)LEN(regions); i++)
        take_part += includes(m, i);
    if (m->included < 0 && take_part == 1 && m->report_region >= 0)
        m->included = 3;
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

static bool region_passes(const struct db_study_filter *f, const struct model *m)
{
    bool holds = false, own = places[m->institution].region >= 0 && is_among(&f->region, regions[places[m->institution].region]);
    for (int i = 0; i < (int)LEN(regions); i++)
        holds = holds || (includes(m, i) && is_among(&f->inclusion_region, regions[i]));
    return lets(f->inclusion_region.len, f->inclusion_region.negate, holds) && lets(f->region.len, f->region.negate, own);
}

static bool list_passes(const struct db_study_filter *f, const struct model *m)
{
    bool in_category = false;
    for (int i = 0; i < m->categories_len; i++)
        in_category = in_category || is_among(&f->category, categories[m->category[i]]);
    return lets(f->category.len, f->category.negate, in_category) && lets(f->hospital.len, f->hospital.negate, in_hospital(&f->hospital, m));
}

static bool code_passes(const struct db_codes *codes, const char *value)
{
    return lets(codes->len, codes->negate, is_among(codes, value));
}

static bool passes(const struct db_study_filter *f, const struct model *m)
{
    bool age = m->age_min >= 0 && is_within(&f->age, m->age_min, m->age_max < 0 ? INT64_MAX : m->age_max);
    return code_passes(&f->programme, programmes[(int)m->programme]) && code_passes(&f->id, m->code) &&
           code_passes(&f->mechanism, mechanisms[m->award_mechanism[0]]) && code_passes(&f->institution, places[m->institution].code) &&
           code_passes(&f->leader, leaders[m->leader]) && code_passes(&f->status, statuses[m->status]) &&
           known_within(&f->call_year, m->award_year[0]) && known_within(&f->amount_nok, m->amount) && known_within(&f->planned, m->planned) &&
           known_within(&f->included, m->included) && known_within(&f->updated, m->updated) && lets(f->age.len, f->age.negate, age) &&
           (f->has_card == DB_ANY || (f->has_card == DB_YES) == m->has_card) && (f->behind_plan != DB_YES) && region_passes(f, m) &&
           list_passes(f, m) && award_passes(f, m);
}

static int64_t model_count(const struct db_study_filter *f)
{
    int64_t count = 0;
    for (int i = 0; i < STUDIES; i++)
        count += passes(f, &models[i]);
    return count;
}

/* ── filters by chance ──────────────────────────────────────────────────────────────────────────────────────── */

static const char *place_codes[LEN(places)], *ids[STUDIES];
static const struct { const char *name; size_t offset; const char *const *values; int len; } code_filters[] = {
#define CODES(member, list) {#member, offsetof(struct db_study_filter, member), list, (int)LEN(list)}
    CODES(programme, programmes), CODES(id, ids), CODES(mechanism, mechanisms), CODES(category, categories), CODES(institution, place_codes),
    CODES(hospital, place_codes), CODES(region, regions), CODES(inclusion_region, regions), CODES(leader, leaders), CODES(status, statuses),
    CODES(award_mechanism, mechanisms),
};
static const struct { const char *name; size_t offset; int64_t low, step; } range_filters[] = {
#define RANGES(member, low, step) {#member, offsetof(struct db_study_filter, member), low, step}
    RANGES(award_call_year, 2016, 1), RANGES(call_year, 2016, 1), RANGES(amount_nok, 1000, 1000), RANGES(planned, 0, 25),
    RANGES(included, 0, 25), RANGES(age, 0, 20),
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

START_TEST(every_filter_and_its_negation_part_the_studies_in_two)
{
    int let_through = 0, held_back = 0;
    list_codes();
    for (size_t which = 0; which + 1 < FILTERS; which++)
        for (int round = 0; round < 20; round++) {
            struct db_study_filter f = {0};
            bool *negate = fill(&f, which);
            int64_t with = count_of(&f);
            ck_assert_msg(with == model_count(&f), "filter %zu: %lld", which, (long long)with);
            *negate = true;
            ck_assert_int_eq(count_of(&f), STUDIES - with);
            let_through += with > 0;
            held_back += with < STUDIES;
        }
    ck_assert_int_gt(let_through, 100); /* the filters did something */
    ck_assert_int_gt(held_back, 100);
}
END_TEST

static struct db_study_filter filter_by_chance(void)
{
    struct db_study_filter f = {0};
    for (int n = chance(4); n > 0; n--) {
        bool *negate = fill(&f, (size_t)chance((int)FILTERS));
        if (negate != NULL)
            *negate = chance(3) == 0;
    }
    return f;
}

START_TEST(filters_together_are_those_of_the_model)
{
    list_codes();
    for (int round = 0; round < ROUNDS * 3; round++) {
        struct db_study_filter f = filter_by_chance();
        ck_assert_int_eq(count_of(&f), model_count(&f));
    }
}
END_TEST

static const struct { struct db_ranges years; struct db_codes kinds; } award_pairs[] = {
#define PAIR(not_year, not_kind) {{{{2017, 2018}}, 1, not_year}, {&mechanisms[1], 1, not_kind}}
    PAIR(false, false), PAIR(false, true), PAIR(true, false), PAIR(true, true),
};

START_TEST(year_and_mechanism_are_of_one_award)
{
    struct db_study_filter f = {.award_call_year = award_pairs[_i].years, .award_mechanism = award_pairs[_i].kinds};
    ck_assert_int_eq(count_of(&f), model_count(&f));
    if (f.award_call_year.negate)
        return;
    f.award_mechanism.negate = !f.award_mechanism.negate; /* within the years, the mechanism parts in two */
    int64_t other = count_of(&f);
    f.award_mechanism.negate = !f.award_mechanism.negate;
    struct db_study_filter year = {.award_call_year = award_pairs[_i].years};
    ck_assert_int_eq(count_of(&f) + other, count_of(&year));
}
END_TEST

START_TEST(a_filter_may_hold_very_many_values)
{
    static const char *values[2000];
    list_codes();
    for (size_t i = 0; i < LEN(values); i++)
        values[i] = ids[i % 150];
    ck_assert_int_eq(count_of(&(struct db_study_filter){.id = {values, LEN(values), false}}), 150);
    ck_assert_int_eq(count_of(&(struct db_study_filter){.id = {values, LEN(values), true}}), STUDIES - 150);
}
END_TEST

START_TEST(what_is_sent_is_never_read_as_a_statement)
{
    static const char *const values[] = {"x') OR 1 OR ('", "'; DROP TABLE study; --", "?", "%"};
    ck_assert_int_eq(count_of(&(struct db_study_filter){.id = {values, LEN(values), false}}), 0);
    ck_assert_int_eq(count_of(&(struct db_study_filter){.hospital = {values, LEN(values), true}}), STUDIES);
}
END_TEST

/* ── order ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static int compare_keys(const char *a, const char *b)
{
    unsigned char key_a[100], key_b[100];
    size_t len_a = sortkey_nb(a, key_a, sizeof key_a), len_b = sortkey_nb(b, key_b, sizeof key_b);
    int order = memcmp(key_a, key_b, len_a < len_b ? len_a : len_b);
    return order != 0 ? order : (len_a > len_b) - (len_a < len_b);
}

static int64_t permille(const struct model *m)
{
    return m->planned <= 0 || m->included < 0 ? -1 : (2000 * m->included + m->planned) / (2 * m->planned);
}

static int64_t number_of(const struct model *m, enum db_study_sort_key key)
{
    switch (key) {
    case DB_SORT_CALL_YEAR: return m->award_year[0];
    case DB_SORT_AMOUNT_NOK: return m->amount;
    case DB_SORT_PLANNED: return m->planned;
    case DB_SORT_INCLUDED: return m->included;
    case DB_SORT_PERCENT: return permille(m);
    case DB_SORT_UPDATED: return m->updated;
    case DB_SORT_ID: case DB_SORT_NAME: case DB_SORT_LEADER: case DB_SORT_INSTITUTION: case DB_SORT_MECHANISM: case DB_SORT_STATUS: break;
    }
    ck_abort_msg("%d is no number", key);
}

static int compare_one(const struct model *a, const struct model *b, const struct db_sort *sort)
{
    int64_t x, y;
    int order = 0;
    switch (sort->key) {
    case DB_SORT_ID: order = strcmp(a->code, b->code); break;
    case DB_SORT_NAME: order = compare_keys(a->title, b->title); break;
    case DB_SORT_LEADER: order = compare_keys(leaders[a->leader], leaders[b->leader]); break;
    case DB_SORT_INSTITUTION: order = compare_keys(places[a->institution].name, places[b->institution].name); break;
    case DB_SORT_MECHANISM: order = strcmp(mechanisms[a->award_mechanism[0]], mechanisms[b->award_mechanism[0]]); break;
    case DB_SORT_STATUS: order = strcmp(statuses[a->status], statuses[b->status]); break;
    case DB_SORT_CALL_YEAR: case DB_SORT_AMOUNT_NOK: case DB_SORT_PLANNED: case DB_SORT_INCLUDED: case DB_SORT_PERCENT: case DB_SORT_UPDATED:
        x = number_of(a, sort->key), y = number_of(b, sort->key);
        if ((x < 0) != (y < 0))
            return x < 0 ? 1 : -1; /* not known: last, whichever way */
        order = (x > y) - (x < y);
    }
    return sort->descending ? -order : order;
}

static const struct db_studies_query *ordering;

static int compare(const void *a, const void *b)
{
    static const struct db_sort usual = {DB_SORT_CALL_YEAR, false}, last = {DB_SORT_ID, false};
    const struct model *x = *(const struct model *const *)a, *y = *(const struct model *const *)b;
    int order = ordering->sort_len == 0 ? compare_one(x, y, &usual) : 0;
    for (size_t i = 0; i < ordering->sort_len && order == 0; i++)
        order = compare_one(x, y, &ordering->sort[i]);
    return order != 0 ? order : compare_one(x, y, &last);
}

static size_t model_list(const struct db_studies_query *query, const struct model *ret_rows[STUDIES])
{
    size_t len = 0;
    for (int i = 0; i < STUDIES; i++)
        if (passes(&query->filter, &models[i]))
            ret_rows[len++] = &models[i];
    ordering = query;
    qsort(ret_rows, len, sizeof *ret_rows, compare);
    return len;
}

/* ── pages ──────────────────────────────────────────────────────────────────────────────────────────────────── */

struct seen { size_t len; char code[STUDIES][16]; };

static bool see(void *cls, const char *bytes, size_t len)
{
    struct seen *seen = cls;
    ck_assert_uint_gt(len, 10);
    ck_assert_int_eq(sscanf(bytes, "study %15s ", seen->code[seen->len]), 1);
    seen->len++;
    return true;
}

/* Pages of chance sizes from one end to the other: rows start … are the next to come. */
static void walk(struct db_studies_query *query, const struct model *const *rows, size_t len)
{
    struct db_position from = {0};
    size_t at = query->backwards ? len : 0;
    query->from = NULL;
    for (;;) {
        struct seen seen = {0};
        struct db_studies_page page;
        query->limit = 1 + chance(40);
        ck_assert_int_eq(db_studies_list(fixture.reader, query, see, &seen, &page), DB_OK);
        size_t left = query->backwards ? at : len - at;
        size_t expected = left < (size_t)query->limit ? left : (size_t)query->limit;
        size_t start = query->backwards ? at - expected : at;
        ck_assert_int_eq(page.total, (int64_t)len);
        ck_assert_uint_eq((size_t)page.returned, expected);
        ck_assert_uint_eq(seen.len, expected);
        for (size_t i = 0; i < expected; i++)
            ck_assert_str_eq(seen.code[i], rows[start + i]->code);
        ck_assert_int_eq(page.more_before, start > 0);
        ck_assert_int_eq(page.more_after, start + expected < len);
        ck_assert_int_eq(page.first.len == 0, expected == 0);
        at = query->backwards ? start : start + expected;
        if (!(query->backwards ? page.more_before : page.more_after))
            break;
        from = query->backwards ? page.first : page.last;
        query->from = &from;
    }
    ck_assert_uint_eq(at, query->backwards ? 0 : len);
}

START_TEST(pages_follow_one_another_both_ways_in_every_order)
{
    list_codes();
    for (int round = 0; round < ROUNDS; round++) {
        const struct model *rows[STUDIES];
        struct db_studies_query query = {.sort_len = (size_t)chance(DB_SORT_LEN + 1)};
        if (chance(3) > 0)
            query.filter = filter_by_chance();
        for (size_t i = 0; i < query.sort_len; i++)
            query.sort[i] = (struct db_sort){(enum db_study_sort_key)chance(DB_SORT_UPDATED + 1), chance(2)};
        size_t len = model_list(&query, rows);
        query.backwards = false;
        walk(&query, rows, len);
        query.backwards = true;
        walk(&query, rows, len);
    }
}
END_TEST

START_TEST(each_key_alone_sorts_both_ways)
{
    for (int key = 0; key <= DB_SORT_UPDATED; key++)
        for (int descending = 0; descending < 2; descending++) {
            const struct model *rows[STUDIES];
            struct db_studies_query query = {.sort = {{(enum db_study_sort_key)key, descending}}, .sort_len = 1};
            size_t len = model_list(&query, rows);
            walk(&query, rows, len);
            query.backwards = true;
            walk(&query, rows, len);
        }
}
END_TEST

START_TEST(a_page_turned_back_is_the_page_before)
{
    struct db_studies_query query = {.limit = 30};
    struct db_studies_page first, second, back;
    struct seen seen[3] = {{0}};
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen[0], &first), DB_OK);
    query.from = &first.last;
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen[1], &second), DB_OK);
    ck_assert(second.more_before);
    query.from = &second.first;
    query.backwards = true;
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen[2], &back), DB_OK);
    ck_assert_int_eq(memcmp(&seen[0], &seen[2], sizeof seen[0]), 0);
    ck_assert(!back.more_before && back.more_after);
}
END_TEST

START_TEST(beyond_the_end_lies_an_empty_page)
{
    struct db_studies_query query = {.limit = 500};
    struct db_studies_page page;
    struct seen seen = {0};
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen, &page), DB_OK);
    ck_assert(!page.more_before && !page.more_after);
    struct db_position last = page.last;
    query.from = &last;
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen, &page), DB_OK);
    ck_assert_int_eq(page.returned, 0);
    ck_assert(page.more_before && !page.more_after);
    ck_assert_uint_eq(page.first.len, 0);
    ck_assert_int_eq(page.total, STUDIES);
}
END_TEST

static bool stop(void *cls, const char *bytes, size_t len)
{
    (void)bytes, (void)len;
    return ++*(int *)cls < 3;
}

START_TEST(a_reader_may_stop)
{
    struct db_studies_query query = {.limit = 50};
    struct db_studies_page page;
    int calls = 0;
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, stop, &calls, &page), DB_OK);
    ck_assert_int_eq(calls, 3);
    ck_assert_int_eq(count_of(&query.filter), STUDIES); /* and nothing is left open */
}
END_TEST

/* ── positions that were tampered with ──────────────────────────────────────────────────────────────────────── */

START_TEST(a_position_fits_its_own_order_only)
{
    struct db_studies_query query = {.limit = 10, .sort = {{DB_SORT_PLANNED, false}, {DB_SORT_NAME, true}}, .sort_len = 2};
    struct db_studies_page page, other;
    struct seen seen = {0};
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen, &page), DB_OK);
    struct db_position position = page.last;
    query.from = &position;
    query.sort[1].descending = false;
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen, &other), DB_CONFLICT);
    query.sort[1] = (struct db_sort){DB_SORT_LEADER, true};
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen, &other), DB_CONFLICT);
    query.sort_len = 1;
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen, &other), DB_CONFLICT);
    query.sort_len = 2;
    query.sort[1] = (struct db_sort){DB_SORT_NAME, true};
    for (position.len = 0; position.len < page.last.len; position.len++) /* cut anywhere */
        ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen, &other), DB_CONFLICT);
    position.len = page.last.len + 1; /* or longer */
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen, &other), DB_CONFLICT);
    position.len = SIZE_MAX;
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen, &other), DB_CONFLICT);
}
END_TEST

START_TEST(a_garbled_position_never_harms)
{
    struct db_studies_query query = {.limit = 10, .sort = {{DB_SORT_INCLUDED, true}, {DB_SORT_LEADER, false}}, .sort_len = 2};
    struct db_studies_page page, other;
    struct seen seen = {0};
    int refused = 0;
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen, &page), DB_OK);
    for (int round = 0; round < 3000; round++) {
        struct db_position position = page.last;
        position.bytes[chance((int)position.len)] = (unsigned char)chance(256);
        query.from = &position;
        seen.len = 0;
        enum db_status status = db_studies_list(fixture.reader, &query, see, &seen, &other);
        ck_assert(status == DB_OK || status == DB_CONFLICT);
        refused += status == DB_CONFLICT;
    }
    ck_assert_int_gt(refused, 100);
}
END_TEST

START_TEST(the_longest_names_fit_a_position)
{
    char title[3000], code[65];
    memset(title, 'y', sizeof title - 1);
    memset(code, 'z', sizeof code - 1);
    title[sizeof title - 1] = code[sizeof code - 1] = '\0';
    struct said *said = said_new();
    said->programme.code = "third";
    said->studies[0].code = code;
    said->studies[0].acronym = title;
    said->studies[0].leader = title;
    said->institutions[2].code = "long";
    said->institutions[2].name = title;
    said->studies[0].institution.code = "long";
    said->studies[1].code = NULL;
    said->plans[0].study = said->reports[0].study = code;
    said->notes[0].record = NULL;
    import_ok(said);
    struct db_studies_query query = {.limit = 1, .sort = {{DB_SORT_NAME, false}, {DB_SORT_LEADER, false}, {DB_SORT_INSTITUTION, true}, {DB_SORT_MECHANISM, true}},
                                     .sort_len = 4, .filter.id = {&(const char *){code}, 1, false}};
    struct db_studies_page page;
    struct seen seen = {0};
    char *text = NULL;
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, keep_bytes, &text, &page), DB_OK);
    ck_assert_int_eq(page.returned, 1);
    struct db_position last = page.last;
    query.from = &last;
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen, &page), DB_OK);
    ck_assert_int_eq(page.returned, 0);
    free(text);
    free(said);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("studies");
    tcase_add_checked_fixture(cases, portfolio, fixture_end);
    tcase_add_test(cases, every_filter_and_its_negation_part_the_studies_in_two);
    tcase_add_test(cases, filters_together_are_those_of_the_model);
    tcase_add_loop_test(cases, year_and_mechanism_are_of_one_award, 0, LEN(award_pairs));
    tcase_add_test(cases, a_filter_may_hold_very_many_values);
    tcase_add_test(cases, what_is_sent_is_never_read_as_a_statement);
    tcase_add_test(cases, pages_follow_one_another_both_ways_in_every_order);
    tcase_add_test(cases, each_key_alone_sorts_both_ways);
    tcase_add_test(cases, a_page_turned_back_is_the_page_before);
    tcase_add_test(cases, beyond_the_end_lies_an_empty_page);
    tcase_add_test(cases, a_reader_may_stop);
    tcase_add_test(cases, a_position_fits_its_own_order_only);
    tcase_add_test(cases, a_garbled_position_never_harms);
    tcase_add_test(cases, the_longest_names_fit_a_position);
    return run("studies", cases, false);
}
