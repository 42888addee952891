/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rules that hold between records. Each notes its faults and fills in what db.h wants resolved.
 */
#ifndef STUDYD_INGEST_CHECK_H
#define STUDYD_INGEST_CHECK_H

#include "ingest/dataset.h"

/* All rules, after everything was read and every reference looked up. */
void check_dataset(struct reading *reading);

/* The parts, in the order that they need each other. */

/* aliases.csv: an alias belongs to one record and is no name itself. */
void check_aliases(struct reading *reading);
/* awards.csv: names and labels as printed → own names and codes; exactly one main award a study. */
void check_awards(struct reading *reading);
/* aliases.csv again: what an alias stands for exists. Leaders exist by their awards. */
void check_alias_targets(struct reading *reading);
/* institutions.csv: part_of leads to an end. */
void check_institutions(struct reading *reading);
/* plans.csv, reports.csv, headlines of cards. */
void check_counts(struct reading *reading);
/* notes.csv: the record exists, and something is said of it. */
void check_notes(struct reading *reading);

#endif
