/* SPDX-License-Identifier: GPL-3.0-or-later
 * The representation of a study. It is made once per change, inside the write transaction, and kept as bytes; lists and cards
 * are joined from these bytes.
 */
#ifndef STUDYD_HANDLERS_STUDY_JSON_H
#define STUDYD_HANDLERS_STUDY_JSON_H

#include "handlers/api.h"
#include "base/buffer.h"

/* What db calls for each study that changed. */
extern const struct db_renderer study_renderer;

/* Top-level members of the representation, in order, NULL-terminated: the vocabulary of fields=. */
extern const char *const study_json_members[];

/* Appends the members picked by fields (0 = all) of a study's bytes. bytes must come from study_renderer. */
bool study_json_pick(struct buffer *buffer, const char *bytes, size_t len, fields_param fields);

#endif
