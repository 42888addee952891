/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A checked data set into the database, in one transaction.
 */
#ifndef STUDYD_INGEST_STORE_H
#define STUDYD_INGEST_STORE_H

#include "ingest/dataset.h"

/* data must be without faults; it is empty afterwards, or freed by the caller. On failure nothing is stored and *ret_detail may be a
 * malloc'd sentence. The same edition again is no failure: ret_result->changed is false. */
enum db_status store_dataset(struct db *db, struct dataset *data, bool dry_run, const struct steps *steps,
                             struct db_import_result *ret_result, char **ret_detail);

#endif
