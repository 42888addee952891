/* SPDX-License-Identifier: GPL-3.0-or-later
 * GET /stats/reconciliation: every published figure beside the computed one, and beside the other published ones it should agree with.
 */
#include <string.h>

#include "base/arena.h"
#include "handlers/figure_json.h"
#include "handlers/handlers.h"
#include "handlers/published.h"
#include "handlers/reconcile.h"
#include "handlers/statistics.h"

/* What the program itself can say of a number that is not there; where some studies know it, how many. */
static const struct db_text reasons[] = {
    [NOT_KEPT] = {"Kan ikke regnes ut: registeret kjenner ingens kjønn eller annen gruppe, og slutter det ikke av navn.",
                  "Cannot be computed: the register knows nobody's gender or other group, and infers none from names."},
    [NO_WAY] = {"Kan ikke regnes ut av det registeret har.", "Cannot be computed from what the register holds."},
};

enum status { MATCH, EXPLAINED, UNEXPLAINED, NOT_COMPUTABLE, STATUSES };
static const char *const status_names[] = {"match", "explained", "unexplained", "not-computable"};

struct reconciliation {
    struct request *rq;
    const char *asked; /* the filter of the question, without the programme */
    struct figures figures;
    json_t *rows; /* owned */
    int64_t counts[STATUSES];
    enum db_status status;
};

/* ── notes ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The note that speaks of one comparison: its field is the check's name, or "value" for the records. */
struct note_search {
    struct arena *arena;
    const char *check;
    struct db_text discrepancy, other; /* the first of each; nb NULL = none */
    bool has_discrepancy, has_other, failed;
};

static bool note_seen(void *cls, const struct db_note *note)
{
    struct note_search *search = cls;
    if (!note->field || strcmp(note->field, search->check) != 0)
        return true;
    bool is_discrepancy = strcmp(note->kind, "discrepancy") == 0;
    bool *has = is_discrepancy ? &search->has_discrepancy : &search->has_other;
    struct db_text *text = is_discrepancy ? &search->discrepancy : &search->other;
    if (*has)
        return true;
    *has = true;
    text->nb = note->text.nb ? arena_strdup(search->arena, note->text.nb) : NULL;
    text->en = note->text.en ? arena_strdup(search->arena, note->text.en) : NULL;
    search->failed |= (note->text.nb && !text->nb) || (note->text.en && !text->en);
    return !search->failed;
}

/* ── one row ────────────────────────────────────────────────────────────────────────────────────────────────── */

struct row {
    const struct db_figure *figure;
    const char *basis, *check;
    struct finding finding;
    const struct db_figure **against;
    size_t against_len;
    const char *query, *studies; /* may be NULL */
};

static bool agrees(const struct row *row)
{
    struct range allowed = figure_allows(row->figure);
    if (row->finding.why_not == COMPUTED)
        return range_meets(allowed, row->finding.range);
    return row->finding.at_least < 0 || fraction_compare(fraction_of(row->finding.at_least, 1), allowed.max) <= 0;
}

static enum status status_of(const struct row *row, const struct note_search *notes)
{
    if (!agrees(row))
        return notes->has_discrepancy ? EXPLAINED : UNEXPLAINED;
    return row->finding.why_not == COMPUTED ? MATCH : NOT_COMPUTABLE;
}

static json_t *explanation(struct arena *arena, const struct row *row, enum status status, const struct note_search *notes)
{
    if (status == EXPLAINED)
        return json_text(&notes->discrepancy);
    if (status == MATCH || status == UNEXPLAINED)
        return notes->has_other ? json_text(&notes->other) : json_null();
    const struct db_text *reason = &reasons[row->finding.why_not];
    if (row->finding.why_not != NOT_COVERED)
        return json_text(reason);
    return json_text(
        &(struct db_text){arena_printf(arena, "Kan ikke regnes ut ennå: tallet er kjent for %lld av %lld studier i registeret.",
                                       (long long)row->finding.known, (long long)row->finding.of),
                          arena_printf(arena, "Cannot be computed yet: the number is known for %lld of %lld studies in the register.",
                                       (long long)row->finding.known, (long long)row->finding.of)});
}

/* How much of its base a printed share allows. */
static json_t *implies(const struct figures *figures, const struct db_figure *f)
{
    static const struct {
        const char *share, *base;
        bool same_group, of_all;
    } bases[] = {{"included-share", "total-patients", true, false},
                 {"remaining-share", "total-patients", true, false},
                 {"leaders-share", "leaders", false, false},
                 {"amount-share", "amount", false, true}};
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
        struct db_figure like = *f;
        if (strcmp(bases[i].share, f->measure) != 0)
            continue;
        if (bases[i].of_all)
            like.mechanism = like.region = like.category = NULL;
        const struct db_figure *base = figure_like(figures, &like, bases[i].base, bases[i].same_group);
        if (!base)
            return json_null();
        struct range range = range_times(range_times(figure_allows(f), figure_allows(base)), range_exactly(fraction_of(1, 100)));
        return json_pack("{s:s, s:s, s:o, s:o}", "measure", bases[i].base, "unit", base->unit, "min", fraction_json(range.min), "max",
                         fraction_json(range.max));
    }
    return json_null();
}

static json_t *against_json(const struct row *row)
{
    json_t *list = json_array();
    for (size_t i = 0; i < row->against_len; i++)
        json_push(list, json_string(row->against[i]->code));
    return list;
}

static json_t *row_of_figure(const struct row *row)
{
    const struct db_figure *f = row->figure;
    return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:s, s:o, s:s, s:s}", "figure", f->code, "programme",
                     f->programme, "edition", f->edition, "measure", f->measure, "label", json_text(&f->label), "call_year",
                     f->call_year ? json_integer(f->call_year) : json_null(), "mechanism", json_maybe(f->mechanism), "region",
                     json_maybe(f->region), "category", json_maybe(f->category), "group", json_maybe(f->group), "basis", row->basis,
                     "check", row->check, "published", figure_value(f), "printed", f->printed, "unit", f->unit);
}

static bool row_add_numbers(json_t *json, const struct row *row, const struct figures *figures)
{
    const struct finding *found = &row->finding;
    bool computed = found->why_not == COMPUTED;
    json_t *numbers =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "computed", computed ? fraction_json(found->computed) : json_null(),
                  "computed_range", computed && found->is_range ? range_json(found->range) : json_null(), "difference",
                  computed ? fraction_json(fraction_subtract(found->computed, figure_exactly(row->figure))) : json_null(), "allows",
                  figure_is_rounded(row->figure) ? range_json(figure_allows(row->figure)) : json_null(), "implies",
                  implies(figures, row->figure), "at_least", json_known(found->at_least), "coverage",
                  found->of < 0 ? json_null() : json_pack("{s:I, s:I}", "known", (json_int_t)found->known, "of", (json_int_t)found->of));
    bool good = numbers && json_object_update(json, numbers) == 0;
    json_decref(numbers);
    return good;
}

static bool row_push(struct reconciliation *r, const struct row *row)
{
    struct note_search notes = {.arena = r->rq->arena, .check = row->check};
    const struct db_figure *f = row->figure;
    r->status = db_notes(r->rq->db, f->programme, "figure", f->code, note_seen, &notes);
    if (r->status != DB_OK || notes.failed)
        return false;
    enum status status = status_of(row, &notes);
    r->counts[status]++;
    json_t *json = row_of_figure(row);
    bool good = json && row_add_numbers(json, row, &r->figures);
    json_t *rest =
        json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "status", status_names[status], "explanation",
                  explanation(r->rq->arena, row, status, &notes), "source", json_source(f->document, f->lines), "as_of",
                  json_maybe(f->as_of), "against", against_json(row), "query", json_maybe(row->query), "studies", json_maybe(row->studies));
    good = good && rest && json_object_update(json, rest) == 0;
    json_decref(rest);
    return json_push(r->rows, json) && good;
}

/* ── the rows of a figure ───────────────────────────────────────────────────────────────────────────────────── */

static bool push_records(struct reconciliation *r, const struct db_figure *f, const char *filter)
{
    struct row row = {.figure = f, .basis = "records", .check = "value"};
    r->status = reconcile_records(r->rq, f, &row.finding, &row.query);
    if (!f->group)
        row.studies = arena_printf(r->rq->arena, "/studies?programme=%s%s%s", f->programme, *filter ? "&" : "", filter);
    return r->status == DB_OK && (f->group || row.studies) && row_push(r, &row);
}

static bool push_printed(struct reconciliation *r, const struct db_figure *f)
{
    const struct db_figure *against[FIGURES_MAX];
    bool good = true;
    for (size_t check = 0; good && check < reconcile_checks_len; check++) {
        struct row row = {.figure = f, .basis = "printed", .check = reconcile_check_name(check), .against = against};
        if (!reconcile_printed(&r->figures, check, f, &row.finding, against, &row.against_len))
            continue;
        row.query = arena_printf(r->rq->arena, "/programmes/%s", f->programme);
        good = row.query && row_push(r, &row);
    }
    return good;
}

/* Whether the figure is printed by exactly these dimensions. */
static bool printed_by(const struct db_figure *f, const struct group_by_param *group_by)
{
    bool has[DB_DIMENSIONS] = {[DB_BY_CALL_YEAR] = f->call_year != 0,
                               [DB_BY_MECHANISM] = f->mechanism,
                               [DB_BY_CATEGORY] = f->category,
                               [DB_BY_REGION] = f->region};
    size_t dimensions = 0;
    for (int i = 0; i < DB_DIMENSIONS; i++)
        dimensions += has[i];
    for (size_t i = 0; i < group_by->len; i++)
        if (!has[group_by->by[i]])
            return false;
    return group_by->len == 0 || dimensions == group_by->len;
}

static bool push_figures(struct reconciliation *r)
{
    const struct stats_params *params = r->rq->params;
    bool good = true;
    for (size_t i = 0; good && i < r->figures.len; i++) {
        const struct db_figure *f = &r->figures.list[i];
        const char *filter = figure_filter(r->rq->arena, f);
        if (!filter)
            return false;
        bool is_asked = (!*r->asked || strcmp(r->asked, filter) == 0) && printed_by(f, &params->group_by);
        good = !is_asked || (push_records(r, f, filter) && push_printed(r, f));
    }
    return good;
}

/* ── the answer ─────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct csv_column columns[] = {
    {"figure", NULL},
    {"programme", NULL},
    {"edition", NULL},
    {"measure", NULL},
    {"label_nb", "label.nb"},
    {"label_en", "label.en"},
    {"call_year", NULL},
    {"mechanism", NULL},
    {"region", NULL},
    {"category", NULL},
    {"group", NULL},
    {"basis", NULL},
    {"check", NULL},
    {"published", NULL},
    {"printed", NULL},
    {"computed", NULL},
    {"computed_min", "computed_range.min"},
    {"computed_max", "computed_range.max"},
    {"difference", NULL},
    {"unit", NULL},
    {"allows_min", "allows.min"},
    {"allows_max", "allows.max"},
    {"implies_measure", "implies.measure"},
    {"implies_min", "implies.min"},
    {"implies_max", "implies.max"},
    {"at_least", NULL},
    {"coverage_known", "coverage.known"},
    {"coverage_of", "coverage.of"},
    {"status", NULL},
    {"explanation_nb", "explanation.nb"},
    {"explanation_en", "explanation.en"},
    {"document", "source.document"},
    {"lines", "source.lines"},
    {"as_of", NULL},
    {"against", NULL},
    {"query", NULL},
    {"studies", NULL},
    {0},
};

struct programmes {
    const struct db_codes *wanted;
    struct reconciliation *r;
    const char *codes[64];
    size_t len;
};

static bool keep_programme(void *cls, const struct db_programme *programme, int64_t study_count)
{
    struct programmes *programmes = cls;
    bool is_named = false;
    (void)study_count;
    for (size_t i = 0; i < programmes->wanted->len; i++)
        is_named = is_named || strcmp(programmes->wanted->values[i], programme->code) == 0;
    if (programmes->wanted->len > 0 && is_named == programmes->wanted->negate)
        return true;
    programmes->codes[programmes->len++] = arena_strdup(programmes->r->rq->arena, programme->code);
    return programmes->len < sizeof programmes->codes / sizeof *programmes->codes;
}

static enum db_status reconcile(struct reconciliation *r)
{
    const struct stats_params *params = r->rq->params;
    struct programmes programmes = {.wanted = &params->filter.programme, .r = r};
    r->status = db_programmes(r->rq->db, NULL, keep_programme, &programmes);
    for (size_t i = 0; r->status == DB_OK && i < programmes.len; i++) {
        r->figures.len = 0;
        r->status = programmes.codes[i] ? db_figures(r->rq->db, programmes.codes[i], NULL, NULL, figures_keep, &r->figures) : DB_NO_MEMORY;
        if (r->status == DB_OK && (r->figures.failed || !push_figures(r)) && r->status == DB_OK)
            r->status = DB_NO_MEMORY;
    }
    return r->status;
}

static json_t *totals(const struct reconciliation *r)
{
    return json_pack("{s:{s:I, s:I, s:I, s:I}}", "totals", "match", (json_int_t)r->counts[MATCH], "explained",
                     (json_int_t)r->counts[EXPLAINED], "unexplained", (json_int_t)r->counts[UNEXPLAINED], "not_computable",
                     (json_int_t)r->counts[NOT_COMPUTABLE]);
}

enum api_error stats_reconciliation(struct request *rq, struct reply *ret_reply)
{
    const struct stats_params *params = rq->params;
    struct link filters = link_of_filters(rq, &params->filter, DB_GRAIN_STUDY);
    struct reconciliation *r = arena_alloc(rq->arena, sizeof *r);
    const char *asked = link_query(&filters, false);
    enum api_error error = r && asked ? api_error_of_db(db_reader_begin(rq->db)) : API_UNAVAILABLE;
    if (error != API_OK)
        return error;
    *r = (struct reconciliation){.rq = rq, .asked = asked, .figures.arena = rq->arena, .rows = json_array()};
    error = api_error_of_db(reconcile(r));
    json_t *rows = r->rows, *extra = error == API_OK ? totals(r) : NULL;
    if (error == API_OK)
        error = reply_table(rq, ret_reply, rows, extra, columns);
    else
        json_decref(rows);
    db_reader_end(rq->db);
    return error;
}
