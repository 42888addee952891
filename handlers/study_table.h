/* SPDX-License-Identifier: GPL-3.0-or-later
 * A study as one row of a table: made beside its JSON, once per change, and kept; lists in CSV are joined from these rows.
 */
#ifndef STUDYD_HANDLERS_STUDY_TABLE_H
#define STUDYD_HANDLERS_STUDY_TABLE_H

#include "handlers/csv.h"

/* In the order of the members; ends with a zeroed one. docs/csv.md says what they mean. */
extern const struct csv_column study_columns[];

/* The columns of the members named by fields; 0 = all. */
void study_columns_pick(fields_param fields, struct csv_picked *ret_picked);

/* The row of a study's JSON, in DIALECT_RFC4180, without its end: malloc'd. NULL = no memory. */
char *study_row(const json_t *study, size_t *ret_len);

#endif
