/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "handlers/cell_json.h"

#include <assert.h>

static const char *const label_names[DB_DIMENSIONS] = {
    [DB_BY_CATEGORY] = "category_label", [DB_BY_INSTITUTION] = "institution_label", [DB_BY_REGION] = "region_label"};

static bool has_one_label(const struct db_stats_query *query)
{
    size_t labels = 0;
    for (size_t i = 0; i < query->by_len; i++)
        labels += dimension_has_label(query->by[i]);
    return labels == 1;
}

json_t *cell_keys(const struct db_stats_query *query, const struct db_stats_cell *cell)
{
    json_t *row = json_object();
    bool one_label = has_one_label(query);
    for (size_t i = 0; i < query->by_len; i++) {
        const struct db_stats_key *key = &cell->key[i];
        bool is_year = query->by[i] == DB_BY_CALL_YEAR;
        json_object_set_new(row, dimension_names[query->by[i]],
                            !key->known ? json_null()
                            : is_year   ? json_integer(key->year)
                                        : json_string(key->ref.code));
    }
    for (size_t i = 0; i < query->by_len; i++)
        if (dimension_has_label(query->by[i]))
            json_object_set_new(row, one_label ? "label" : label_names[query->by[i]],
                                cell->key[i].known ? json_text(&cell->key[i].ref.label) : json_null());
    return row;
}

json_t *cell_days(const struct db_stats_cell *cell)
{
    return cell && cell->oldest ? json_pack("{s:s, s:s}", "oldest", cell->oldest, "newest", cell->newest) : json_null();
}

static json_t *coverage(const struct db_stats_cell *cell)
{
    json_t *coverage = json_object();
    int failed = json_object_set_new(coverage, "planned", json_integer(cell->with_planned));
    failed |= json_object_set_new(coverage, "included", json_integer(cell->with_included));
    failed |= json_object_set_new(coverage, "both", json_integer(cell->with_both));
    failed |= json_object_set_new(coverage, "of", json_integer(cell->study_count));
    if (!failed)
        return coverage;
    json_decref(coverage);
    return NULL;
}

static const struct db_stats_cell nothing_known = {.study_count = -1,
                                                   .awards = -1,
                                                   .amount_ore = -1,
                                                   .leaders = -1,
                                                   .planned = -1,
                                                   .included = -1,
                                                   .remaining = -1,
                                                   .exceeded_by = -1,
                                                   .permille = -1};

bool cell_measures(json_t *row, unsigned shown, unsigned known, const struct db_stats_cell *cell)
{
    const struct db_stats_cell *no = &nothing_known, *c = cell ? cell : no;
    const struct db_stats_cell *money = known & HAS_AMOUNT ? c : no, *patients = known & HAS_PATIENTS ? c : no;
    int64_t ore = money->amount_ore;
    int failed = 0;
    if (shown & HAS_AMOUNT) {
        failed |= json_object_set_new(row, "amount_nok", ore < 0 || ore % 100 ? json_null() : json_integer(ore / 100));
        failed |= json_object_set_new(row, "amount_ore", json_known(ore));
    }
    if (shown & HAS_AWARDS)
        failed |= json_object_set_new(row, "awards", json_known((known & HAS_AWARDS ? c : no)->awards));
    failed |= json_object_set_new(row, "study_count", json_known((known & HAS_STUDIES ? c : no)->study_count));
    if (shown & HAS_LEADERS)
        failed |= json_object_set_new(row, "leaders", json_known((known & HAS_LEADERS ? c : no)->leaders));
    if (!(shown & HAS_PATIENTS))
        return !failed;
    failed |= json_object_set_new(row, "planned", json_known(patients->planned));
    failed |= json_object_set_new(row, "included", json_known(patients->included));
    failed |= json_object_set_new(row, "remaining", json_known(patients->remaining));
    failed |= json_object_set_new(row, "exceeded_by", json_known(patients->exceeded_by));
    failed |= json_object_set_new(row, "percent", json_percent(patients->permille));
    failed |= json_object_set_new(row, "coverage", cell && known & (HAS_PATIENTS | HAS_COVERAGE) ? coverage(cell) : json_null());
    failed |= json_object_set_new(row, "as_of", cell_days(patients));
    return !failed;
}

json_t *measure_units(unsigned shown)
{
    json_t *units = json_object();
    for (size_t i = 0; i < measures_len; i++)
        if (measures[i].group & shown)
            json_object_set_new(units, measures[i].name, json_string(measures[i].unit));
    return units;
}

json_t *measure_sums(unsigned shown, const struct db_stats_query *query)
{
    json_t *sums = json_object();
    for (size_t i = 0; i < measures_len; i++)
        if (measures[i].group & shown)
            json_object_set_new(sums, measures[i].name, json_boolean(query && measure_adds_up(query, &measures[i])));
    return sums;
}

/* ── columns ────────────────────────────────────────────────────────────────────────────────────────────────── */

void columns_add(struct cell_columns *columns, const char *name, const char *path)
{
    assert(columns->len < CELL_COLUMNS_MAX - 1);
    columns->column[columns->len++] = (struct csv_column){name, path};
}

void columns_of_keys(struct cell_columns *columns, const struct db_stats_query *query)
{
    static const struct csv_column labels[DB_DIMENSIONS][2] = {
        [DB_BY_CATEGORY] = {{"category_label_nb", "category_label.nb"}, {"category_label_en", "category_label.en"}},
        [DB_BY_INSTITUTION] = {{"institution_label_nb", "institution_label.nb"}, {"institution_label_en", "institution_label.en"}},
        [DB_BY_REGION] = {{"region_label_nb", "region_label.nb"}, {"region_label_en", "region_label.en"}},
    };
    bool one_label = has_one_label(query);
    for (size_t i = 0; i < query->by_len; i++)
        columns_add(columns, dimension_names[query->by[i]], NULL);
    for (size_t i = 0; i < query->by_len; i++)
        for (size_t k = 0; k < 2 && dimension_has_label(query->by[i]); k++)
            columns_add(columns, one_label ? (k ? "label_en" : "label_nb") : labels[query->by[i]][k].name,
                        one_label ? (k ? "label.en" : "label.nb") : labels[query->by[i]][k].path);
}

static const struct {
    unsigned group;
    struct csv_column column;
} printed[] = {
    {HAS_PATIENTS, {"coverage_planned", "coverage.planned"}},
    {HAS_PATIENTS, {"coverage_included", "coverage.included"}},
    {HAS_PATIENTS, {"coverage_both", "coverage.both"}},
    {HAS_PATIENTS, {"coverage_of", "coverage.of"}},
    {HAS_PATIENTS, {"as_of_oldest", "as_of.oldest"}},
    {HAS_PATIENTS, {"as_of_newest", "as_of.newest"}},
    {HAS_AMOUNT, {"published_amount_million_nok", "published.amount_million_nok"}},
    {HAS_AMOUNT, {"published_amount_percent", "published.amount_percent"}},
    {HAS_AWARDS, {"published_projects", "published.projects"}},
    {HAS_LEADERS, {"published_leaders", "published.leaders"}},
    {HAS_LEADERS, {"published_leaders_percent", "published.leaders_percent"}},
    {HAS_PATIENTS, {"published_planned", "published.planned"}},
    {HAS_PATIENTS, {"published_included", "published.included"}},
    {HAS_PATIENTS, {"published_total_patients", "published.total_patients"}},
    {HAS_PATIENTS, {"published_included_percent", "published.included_percent"}},
    {HAS_PATIENTS, {"published_remaining_percent", "published.remaining_percent"}},
    {HAS_STUDIES, {"published_as_of", "published.as_of"}},
    {HAS_STUDIES, {"published_programme", "published.programme"}},
    {HAS_STUDIES, {"published_edition", "published.edition"}},
    {HAS_STUDIES, {"published_document", "published.source.document"}},
    {HAS_STUDIES, {"published_lines", "published.source.lines"}},
    {HAS_STUDIES, {"studies", NULL}},
};

void columns_of_measures(struct cell_columns *columns, unsigned shown)
{
    for (size_t i = 0; i < measures_len; i++)
        if (measures[i].group & shown)
            columns_add(columns, measures[i].name, NULL);
    for (size_t i = 0; i < sizeof printed / sizeof *printed; i++)
        if (printed[i].group & shown)
            columns_add(columns, printed[i].column.name, printed[i].column.path);
}
