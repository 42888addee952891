/* SPDX-License-Identifier: GPL-3.0-or-later
 * What plain C says of a statistic over the portfolio: study by study, award by award, region by region.
 */
#ifndef STUDYD_TESTS_DB_STATS_MODEL_H
#define STUDYD_TESTS_DB_STATS_MODEL_H

#include "portfolio.h"

#define NAIVE_CELLS 400
#define UNKNOWN     "?"

struct naive_cell {
    char key[80]; /* "first/second" */
    int64_t study_count, awards, amount_ore, planned, included, remaining, exceeded_by, both_planned, both_included;
    int64_t with_planned, with_included, with_both, exceeding;
    unsigned leaders; /* a bit each */
    char oldest[11], newest[11];
    /* of the study being added */
    bool is_touched;
    unsigned regions; /* a bit each */
};

struct naive {
    struct naive_cell cells[NAIVE_CELLS];
    size_t len;
};

/* One way in which a study is in a statistic. */
struct naive_way {
    int award, category, region; /* −1 = none, or not told apart */
};

/* ── keys ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *naive_value(const struct db_stats_query *q, enum db_dimension by, const struct model *m, const struct naive_way *way)
{
    static char year[2][8];
    static int turn;
    int own = places[m->institution].region;
    switch (by) {
    case DB_BY_CALL_YEAR:
        turn = !turn;
        snprintf(year[turn], sizeof year[turn], "%d", m->award_year[q->grain == DB_GRAIN_AWARD ? way->award : 0] % 10000);
        return year[turn];
    case DB_BY_MECHANISM: return mechanisms[m->award_mechanism[q->grain == DB_GRAIN_AWARD ? way->award : 0]];
    case DB_BY_CATEGORY: return way->category < 0 ? UNKNOWN : categories[m->category[way->category]];
    case DB_BY_INSTITUTION: return places[m->institution].code;
    case DB_BY_REGION: own = q->grain == DB_GRAIN_REGION ? way->region : own; return own < 0 ? UNKNOWN : regions[own];
    case DB_BY_STATUS: return statuses[m->status];
    default: ck_abort();
    }
}

static struct naive_cell *naive_cell(struct naive *naive, const char *key)
{
    for (size_t i = 0; i < naive->len; i++)
        if (strcmp(naive->cells[i].key, key) == 0)
            return &naive->cells[i];
    ck_assert_uint_lt(naive->len, NAIVE_CELLS);
    struct naive_cell *cell = &naive->cells[naive->len++];
    memset(cell, 0, sizeof *cell);
    snprintf(cell->key, sizeof cell->key, "%s", key);
    return cell;
}

static bool naive_by(const struct db_stats_query *q, enum db_dimension by)
{
    return (q->by_len > 0 && q->by[0] == by) || (q->by_len > 1 && q->by[1] == by);
}

/* ── amounts ────────────────────────────────────────────────────────────────────────────────────────────────── */

static int64_t naive_share(const struct db_stats_query *q, const struct model *m, const struct naive_way *way, int64_t nok)
{
    int64_t ore = nok * 100, share = 0;
    if (way->category < 0 || q->whole)
        return ore;
    share = ore / m->categories_len;
    return way->category == 0 ? ore - share * (m->categories_len - 1) : share;
}

static void naive_touch(struct naive *naive, const struct db_stats_query *q, const struct model *m, const struct naive_way *way)
{
    char key[80] = "";
    for (size_t i = 0; i < q->by_len; i++) {
        strncat(key, i > 0 ? "/" : "", sizeof key - strlen(key) - 1);
        strncat(key, naive_value(q, q->by[i], m, way), sizeof key - strlen(key) - 1);
    }
    struct naive_cell *cell = naive_cell(naive, key);
    cell->is_touched = true;
    if (q->grain == DB_GRAIN_STUDY) {
        cell->awards += m->awards;
        cell->amount_ore += naive_share(q, m, way, m->amount);
    } else if (q->grain == DB_GRAIN_AWARD) {
        cell->awards++;
        cell->amount_ore += naive_share(q, m, way, m->award_amount[way->award]);
    } else if (way->region >= 0) {
        cell->regions |= 1u << way->region;
    }
}

/* ── patients ───────────────────────────────────────────────────────────────────────────────────────────────── */

static void naive_count(struct naive_cell *cell, int64_t planned, int64_t included, const char *as_of, int64_t knows[3])
{
    bool both = planned >= 0 && included >= 0;
    cell->planned += planned >= 0 ? planned : 0;
    cell->included += included >= 0 ? included : 0;
    knows[0] |= planned >= 0, knows[1] |= included >= 0, knows[2] |= both;
    if (both) {
        cell->both_planned += planned;
        cell->both_included += included;
        cell->remaining += planned > included ? planned - included : 0;
        cell->exceeded_by += included > planned ? included - planned : 0;
    }
    if (included < 0)
        return;
    if (cell->oldest[0] == '\0' || strcmp(as_of, cell->oldest) < 0)
        snprintf(cell->oldest, sizeof cell->oldest, "%s", as_of);
    if (strcmp(as_of, cell->newest) > 0)
        snprintf(cell->newest, sizeof cell->newest, "%s", as_of);
}

/* Once for each cell that the study is in. */
static void naive_settle(struct naive_cell *cell, const struct db_stats_query *q, const struct model *m)
{
    int64_t knows[3] = {0};
    if (!cell->is_touched)
        return;
    cell->study_count++;
    cell->leaders |= 1u << m->leader;
    if (q->grain != DB_GRAIN_REGION)
        naive_count(cell, m->planned, m->included, m->as_of, knows);
    for (int r = 0; r < (int)LEN(regions) && !m->is_small; r++)
        if (cell->regions & 1u << r)
            naive_count(cell, m->region_planned[r], m->region_included[r], m->region_as_of[r], knows);
    cell->with_planned += knows[0], cell->with_included += knows[1], cell->with_both += knows[2];
    cell->is_touched = false;
    cell->regions = 0;
}

/* ── a statistic ────────────────────────────────────────────────────────────────────────────────────────────── */

static bool naive_award_passes(const struct db_study_filter *f, const struct model *m, int award)
{
    int64_t year = m->award_year[award];
    return lets(f->award_call_year.len, f->award_call_year.negate, is_within(&f->award_call_year, year, year)) &&
           code_passes(&f->award_mechanism, mechanisms[m->award_mechanism[award]]);
}

static void naive_regions(struct naive *naive, const struct db_stats_query *q, const struct model *m, struct naive_way way)
{
    bool is_anywhere = false;
    for (int r = 0; r < (int)LEN(regions) && q->grain == DB_GRAIN_REGION; r++) {
        if (!includes(m, r))
            continue;
        is_anywhere = true;
        way.region = r;
        naive_touch(naive, q, m, &way);
    }
    way.region = -1;
    if (!is_anywhere)
        naive_touch(naive, q, m, &way);
}

static void naive_categories(struct naive *naive, const struct db_stats_query *q, const struct model *m, struct naive_way way)
{
    way.category = -1;
    if (!naive_by(q, DB_BY_CATEGORY) || m->categories_len == 0)
        naive_regions(naive, q, m, way);
    else
        for (way.category = 0; way.category < m->categories_len; way.category++)
            naive_regions(naive, q, m, way);
}

static void naive_stats(const struct db_stats_query *q, struct naive *naive)
{
    struct db_study_filter f = q->filter;
    bool by_award = q->grain == DB_GRAIN_AWARD;
    naive->len = 0;
    if (by_award) {
        f.award_call_year.len = 0;
        f.award_mechanism.len = 0;
    }
    for (int i = 0; i < STUDIES; i++) {
        const struct model *m = &models[i];
        if (!passes(&f, m))
            continue;
        for (int award = 0; award < (by_award ? m->awards : 1); award++)
            if (!by_award || naive_award_passes(&q->filter, m, award))
                naive_categories(naive, q, m, (struct naive_way){.award = award});
        for (size_t c = 0; c < naive->len; c++)
            naive_settle(&naive->cells[c], q, m);
    }
}

/* ── the values of a dimension ──────────────────────────────────────────────────────────────────────────────── */

struct naive_axis {
    char values[24][32];
    size_t len;
};

static void axis_add(struct naive_axis *axis, bool is_in, const char *value)
{
    ck_assert_uint_lt(axis->len, LEN(axis->values));
    if (is_in)
        snprintf(axis->values[axis->len++], sizeof axis->values[0], "%s", value);
}

static void axis_codes(struct naive_axis *axis, const struct db_codes *filter, const char *const *codes, size_t len, bool has_unknown)
{
    for (size_t i = 0; i < len; i++)
        axis_add(axis, filter == NULL || code_passes(filter, codes[i]), codes[i]);
    axis_add(axis, has_unknown && (filter == NULL || filter->len == 0 || filter->negate), UNKNOWN);
}

/* From the first year that anything is of to the last. */
static void axis_years(struct naive_axis *axis, const struct db_ranges *filter, bool of_awards)
{
    int first = 9999, last = 0;
    for (int i = 0; i < STUDIES; i++)
        for (int k = 0; k < (of_awards ? models[i].awards : 1); k++) {
            int year = models[i].award_year[k];
            first = year < first ? year : first;
            last = year > last ? year : last;
        }
    for (int year = first; year <= last; year++) {
        char text[16];
        snprintf(text, sizeof text, "%d", year);
        axis_add(axis, lets(filter->len, filter->negate, is_within(filter, year, year)), text);
    }
}

/* Institutions by name are in the order of places[]: b-trust to g-abroad by their names, Å last. */
static void axis_institutions(struct naive_axis *axis, const struct db_codes *filter)
{
    static const int by_name[] = {5, 1, 2, 4, 6, 3, 0};
    for (size_t n = 0; n < LEN(by_name); n++) {
        bool coordinates = false;
        for (int i = 0; i < STUDIES; i++)
            coordinates = coordinates || models[i].institution == by_name[n];
        axis_add(axis, coordinates && code_passes(filter, places[by_name[n]].code), places[by_name[n]].code);
    }
}

static struct naive_axis naive_axis(const struct db_stats_query *q, enum db_dimension by)
{
    struct naive_axis axis = {.len = 0};
    const struct db_study_filter *f = &q->filter;
    bool of_awards = q->grain == DB_GRAIN_AWARD;
    switch (by) {
    case DB_BY_CALL_YEAR: axis_years(&axis, of_awards ? &f->award_call_year : &f->call_year, of_awards); break;
    case DB_BY_MECHANISM: axis_codes(&axis, of_awards ? &f->award_mechanism : &f->mechanism, mechanisms, LEN(mechanisms), false); break;
    case DB_BY_CATEGORY: axis_codes(&axis, NULL, categories, LEN(categories), true); break;
    case DB_BY_INSTITUTION: axis_institutions(&axis, &f->institution); break;
    case DB_BY_REGION: axis_codes(&axis, q->grain == DB_GRAIN_REGION ? NULL : &f->region, regions, LEN(regions), true); break;
    case DB_BY_STATUS: axis_codes(&axis, &f->status, statuses, LEN(statuses), false); break;
    default: ck_abort();
    }
    return axis;
}

#endif
