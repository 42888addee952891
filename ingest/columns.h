/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The CSV files of a data set as tables.
 */
#ifndef STUDYD_INGEST_COLUMNS_H
#define STUDYD_INGEST_COLUMNS_H

#include "ingest/fields.h"

struct table_spec {
    enum folder_file file;
    const char *step;           /* what reading it is called */
    size_t row_size;            /* of its struct in dataset.h, which begins with int line */
    const struct field *fields; /* its columns in their order; NULL name at the end */
};

extern const struct table_spec table_specs[TABLE_COUNT];

/* What a fact may rest on; NULL at the end. */
extern const char *const column_bases[];

/* The name of its file. */
const char *table_file(enum table table);

#endif
