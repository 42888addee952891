/* SPDX-License-Identifier: GPL-3.0-or-later
 * A cell of a statistic as JSON and as CSV columns. Results are new.
 */
#ifndef STUDYD_HANDLERS_CELL_JSON_H
#define STUDYD_HANDLERS_CELL_JSON_H

#include "handlers/json.h"
#include "handlers/statistics.h"

/* The cell's place: each dimension, then the labels. */
json_t *cell_keys(const struct db_stats_query *query, const struct db_stats_cell *cell);

/* The measures of shown into row; those that known does not have are null. cell NULL: none is known. false = no memory. */
bool cell_measures(json_t *row, unsigned shown, unsigned known, const struct db_stats_cell *cell);

/* {"oldest": …, "newest": …} or null */
json_t *cell_days(const struct db_stats_cell *cell);

/* meta.unit and meta.additive (query NULL: of a single row, nothing adds up to anything). */
json_t *measure_units(unsigned shown);
json_t *measure_sums(unsigned shown, const struct db_stats_query *query);

/* The columns of measures, coverage, days, what was printed and the link, after those already in columns. */
#define CELL_COLUMNS_MAX 48
struct cell_columns {
    struct csv_column column[CELL_COLUMNS_MAX]; /* the last stays zeroed */
    size_t len;
};
void columns_add(struct cell_columns *columns, const char *name, const char *path);
void columns_of_keys(struct cell_columns *columns, const struct db_stats_query *query);
void columns_of_measures(struct cell_columns *columns, unsigned shown);

#endif
