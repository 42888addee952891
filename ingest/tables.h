/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * CSV files into rows of the data set, by the tables of columns.h.
 */
#ifndef STUDYD_INGEST_TABLES_H
#define STUDYD_INGEST_TABLES_H

#include "ingest/columns.h"

/* Reads one file: header, rows, keys. Faults are noted; what could not be read marks table and keys as partial. */
void tables_read(struct reading *reading, enum table table);

/* Looks up every reference of every row, once all files are read. */
void tables_refer(struct reading *reading);

#endif
