/* SPDX-License-Identifier: GPL-3.0-or-later
 * What came of an import, as it is told over the socket beside the database: written by the daemon, read by `studyd import`.
 */
#ifndef STUDYD_SERVER_IMPORT_TOLD_H
#define STUDYD_SERVER_IMPORT_TOLD_H

#include <jansson.h>

#include "handlers/api.h"
#include "ingest/ingest.h"

/* POST /import: {"folder": an absolute path, "check": false}. In the writer's thread, alone. */
enum api_error import_parse(struct request *request);
enum api_error import_alone(struct request *request, struct db *db, struct reply *ret_reply);

/* New; faults is stolen. NULL = no memory. */
json_t *import_told(enum ingest_status status, const struct ingest_outcome *outcome, json_t *faults);
/* The other way round: every fault goes to report. false: it is something else. */
bool import_told_read(const json_t *told, ingest_fault_fn report, void *cls, enum ingest_status *ret_status,
                      struct ingest_outcome *ret_outcome);

#endif
