/* SPDX-License-Identifier: GPL-3.0-or-later
 * One row of GET /recruitment, in each format: written straight into a buffer, since a result may have millions. A buffer without memory
 * says so at its end.
 */
#ifndef STUDYD_HANDLERS_RECRUITMENT_ROW_H
#define STUDYD_HANDLERS_RECRUITMENT_ROW_H

#include "base/buffer.h"
#include "handlers/json.h"

extern const struct csv_column recruitment_columns[];

/* A JSON object; nothing follows it. */
void recruitment_row_json(struct buffer *out, const struct db_recruitment_row *row);
/* The cells of recruitment_columns and the row's end. */
void recruitment_row_csv(struct buffer *out, enum csv_dialect dialect, const struct db_recruitment_row *row);

#endif
