/* SPDX-License-Identifier: GPL-3.0-or-later
 * A published figure computed from the register's own records: which statistic, which cell, which number of it.
 */
#include "handlers/reconcile.h"

#include <string.h>

#include "handlers/statistics.h"

enum number { AMOUNT, AMOUNT_SHARE, STUDIES, LEADERS, PLANNED, INCLUDED, INCLUDED_SHARE, REMAINING_SHARE, NOWHERE };

static const struct source {
    const char *measure;
    enum number number;
    enum db_grain grain;
    const char *path;
} sources[] = {
    {"amount", AMOUNT, DB_GRAIN_AWARD, "/stats/funding"},
    {"amount-share", AMOUNT_SHARE, DB_GRAIN_AWARD, "/stats/funding"},
    {"projects", STUDIES, DB_GRAIN_STUDY, "/stats/summary"},
    {"leaders", LEADERS, DB_GRAIN_STUDY, "/stats/leaders"},
    {"leaders-share", NOWHERE, DB_GRAIN_STUDY, "/stats/leaders"},
    {"planned", PLANNED, DB_GRAIN_STUDY, "/stats/calls"},
    {"included", INCLUDED, DB_GRAIN_STUDY, "/stats/calls"},
    {"total-patients", PLANNED, DB_GRAIN_STUDY, "/stats/calls"},
    {"included-share", INCLUDED_SHARE, DB_GRAIN_STUDY, "/stats/calls"},
    {"remaining-share", REMAINING_SHARE, DB_GRAIN_STUDY, "/stats/calls"},
};

static const struct source *source_of(const char *measure)
{
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (strcmp(sources[i].measure, measure) == 0)
            return &sources[i];
    return NULL;
}

/* The dimensions that the figure has. false = more than a statistic has, or a mix that none has. */
static bool question_of(const struct db_figure *f, const struct source *source, struct db_stats_query *query)
{
    const struct {
        bool has;
        enum db_dimension by;
    } dimensions[] = {{f->call_year != 0, DB_BY_CALL_YEAR},
                      {f->mechanism != NULL, DB_BY_MECHANISM},
                      {f->category != NULL, DB_BY_CATEGORY},
                      {f->region != NULL, DB_BY_REGION}};
    query->grain = f->region ? DB_GRAIN_REGION : source->grain;
    for (size_t i = 0; i < sizeof dimensions / sizeof *dimensions; i++) {
        if (dimensions[i].has && query->by_len == DB_BY_MAX)
            return false;
        if (dimensions[i].has)
            query->by[query->by_len++] = dimensions[i].by;
    }
    return !f->region || source->number == PLANNED || source->number == INCLUDED;
}

static bool key_is(const struct db_figure *f, enum db_dimension by, const struct db_stats_key *key)
{
    const char *code = by == DB_BY_MECHANISM ? f->mechanism : by == DB_BY_CATEGORY ? f->category : f->region;
    return key->known && (by == DB_BY_CALL_YEAR ? key->year == f->call_year : strcmp(key->ref.code, code) == 0);
}

/* ── the number of a cell ───────────────────────────────────────────────────────────────────────────────────── */

struct reading {
    const struct db_figure *figure;
    const struct source *source;
    const struct db_stats_query *query;
    struct finding finding;
};

static struct finding found(struct fraction computed)
{
    return (struct finding){.why_not = COMPUTED, .computed = computed, .range = range_exactly(computed), .at_least = -1, .of = -1};
}

static struct finding not_found(enum why_not why_not)
{
    return (struct finding){.why_not = why_not, .at_least = -1, .of = -1};
}

/* A sum is the sum of all only when all know it. */
static struct finding patients(int64_t sum, int64_t known, int64_t of)
{
    struct finding finding = known == of && of > 0 ? found(fraction_of(sum, 1)) : not_found(NOT_COVERED);
    if (finding.why_not != COMPUTED)
        finding.at_least = sum;
    finding.known = known;
    finding.of = of;
    return finding;
}

static struct finding share_of_plan(const struct db_stats_cell *cell, int64_t part)
{
    struct finding finding =
        cell->with_both == cell->study_count && cell->planned > 0 ? found(fraction_of(part * 100, cell->planned)) : not_found(NOT_COVERED);
    finding.known = cell->with_both;
    finding.of = cell->study_count;
    return finding;
}

static struct finding number_of(const struct source *source, const struct db_stats_cell *cell, const struct db_stats_cell *total,
                                int64_t unplaced)
{
    switch (source->number) {
    case AMOUNT: return found(fraction_of(cell->amount_ore, INT64_C(100000000)));
    case AMOUNT_SHARE: return total->amount_ore > 0 ? found(fraction_of(cell->amount_ore * 100, total->amount_ore)) : not_found(NO_WAY);
    case STUDIES: return found(fraction_of(cell->study_count, 1));
    case LEADERS: return found(fraction_of(cell->leaders, 1));
    case PLANNED: return patients(cell->planned, cell->with_planned, cell->study_count + unplaced);
    case INCLUDED: return patients(cell->included, cell->with_included, cell->study_count + unplaced);
    case INCLUDED_SHARE: return share_of_plan(cell, cell->included);
    case REMAINING_SHARE: return share_of_plan(cell, cell->remaining);
    case NOWHERE: break;
    }
    return not_found(NO_WAY);
}

static bool read_cell(void *cls, const struct db_stats *stats)
{
    struct reading *reading = cls;
    const struct db_stats_query *query = reading->query;
    const struct db_stats_cell *cell = query->by_len == 0 ? &stats->total : NULL;
    int64_t unplaced = 0; /* studies that may include here, but nobody knows where they do */
    for (size_t i = 0; i < stats->cells_len && query->by_len > 0; i++) {
        bool is_it = true;
        for (size_t k = 0; k < query->by_len; k++) {
            is_it = is_it && key_is(reading->figure, query->by[k], &stats->cells[i].key[k]);
            if (query->by[k] == DB_BY_REGION && !stats->cells[i].key[k].known)
                unplaced += stats->cells[i].study_count;
        }
        if (is_it)
            cell = &stats->cells[i];
    }
    if (cell)
        reading->finding = number_of(reading->source, cell, &stats->total, unplaced);
    return true;
}

static const char *query_url(struct arena *arena, const struct db_figure *f, const struct source *source,
                             const struct db_stats_query *query)
{
    const char *path = f->region ? "/stats/regions" : source->path;
    const char *first = query->by_len > 0 ? dimension_names[query->by[0]] : NULL,
               *second = query->by_len > 1 ? dimension_names[query->by[1]] : NULL;
    return arena_printf(arena, "%s?programme=%s%s%s%s%s", path, f->programme, first ? "&group_by=" : "", first ? first : "",
                        second ? "," : "", second ? second : "");
}

enum db_status reconcile_records(struct request *rq, const struct db_figure *f, struct finding *ret_finding, const char **ret_query)
{
    const struct source *source = source_of(f->measure);
    const char *programme[] = {f->programme};
    struct db_stats_query query = {.filter.programme = {.values = programme, .len = 1}};
    *ret_finding = not_found(NO_WAY);
    *ret_query = NULL;
    if (!source || !question_of(f, source, &query))
        return DB_OK;
    query.leaders = source->number == LEADERS;
    *ret_query = query_url(rq->arena, f, source, &query);
    if (f->group || source->number == NOWHERE) {
        *ret_finding = not_found(NOT_KEPT);
        return *ret_query ? DB_OK : DB_NO_MEMORY;
    }
    struct reading reading = {f, source, &query, not_found(NO_WAY)};
    enum db_status status = *ret_query ? db_stats(rq->db, &query, read_cell, &reading) : DB_NO_MEMORY;
    *ret_finding = reading.finding;
    return status;
}
