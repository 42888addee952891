/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is searched, and what it weighs. The order is that of the columns of study_search and of the statements about it, by weight: so
 * the first place of a term is its best. A change of a weight alone needs no new rules (db/search_row.c).
 */
#include "db/search_index.h"

const struct search_column search_columns[SEARCH_COLUMNS] = {
    {"acronym", NULL, 1000, 20000},
    {"title.nb", NULL, 600, 10000},
    {"title.en", NULL, 600, 10000},
    {"scientific_title", NULL, 400, 5000},
    {"patients.condition.nb", NULL, 100, 0},
    {"patients.condition.en", NULL, 100, 0},
    {"categories", "label.nb", 60, 0},
    {"categories", "label.en", 60, 0},
    {"leader.name", NULL, 60, 0},
    {"summary.nb", NULL, 40, 0},
    {"summary.en", NULL, 40, 0},
    {"institution.name", NULL, 20, 0},
    {"hospitals", "name", 10, 0},
};
