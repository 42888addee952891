/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The JSON files of a data set: edition.json, programme.json, cards/ID.json.
 */
#ifndef STUDYD_INGEST_RECORDS_H
#define STUDYD_INGEST_RECORDS_H

#include "ingest/document.h"

/* { "nb": …, "en": … } into a struct db_text. */
extern const struct field record_text[];

/* First of all files: it says how many lines the document has. */
void edition_read(struct reading *reading);
/* After the CSV files, whose codes they name. */
void programme_read(struct reading *reading);
/* Each card is hung on its study. */
void cards_read(struct reading *reading);

#endif
