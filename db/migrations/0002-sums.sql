-- SPDX-License-Identifier: GPL-3.0-or-later
-- Sums that are kept, so that the figures of the whole register cost the same at any number of studies.

-- How many awards and categories a study has: made anew with every change, as the numbers beside them.
ALTER TABLE study ADD COLUMN awards INTEGER NOT NULL DEFAULT 0;
ALTER TABLE study ADD COLUMN categories INTEGER NOT NULL DEFAULT 0;
UPDATE study SET awards = (SELECT count(*) FROM award a WHERE a.study = study.id),
    categories = (SELECT count(*) FROM study_category c WHERE c.study = study.id);

-- All that a sum over studies reads: a walk over it is a fifth of one over the studies themselves.
CREATE INDEX study_for_sums ON study (programme, mechanism, call_year, institution, status, leader, amount_nok, awards, categories,
    planned, included, remaining, exceeded_by, included_as_of, totals_only);

-- Whether the study has left the sums in this import; it enters them again when it is made anew.
ALTER TABLE touched ADD COLUMN departed INTEGER NOT NULL DEFAULT 0;

-- By which rules the sums below were made: where the program knows others, all are made anew at open.
ALTER TABLE register ADD COLUMN sums INTEGER NOT NULL DEFAULT 0;

-- The sums of one cell of a statistic. scope is a programme, or '' for the register; panel names the statistic (db/stats_kept.c);
-- key is the cell's value, '' for the unknown and for the total. Each number adds up over studies; leaders are different ones.
CREATE TABLE stats_sum (
    scope TEXT NOT NULL,
    panel TEXT NOT NULL,
    key TEXT NOT NULL,
    studies INTEGER NOT NULL,
    awards INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    planned INTEGER NOT NULL,
    included INTEGER NOT NULL,
    remaining INTEGER NOT NULL,
    exceeded_by INTEGER NOT NULL,
    both_planned INTEGER NOT NULL,
    both_included INTEGER NOT NULL,
    with_planned INTEGER NOT NULL,
    with_included INTEGER NOT NULL,
    with_both INTEGER NOT NULL,
    leaders INTEGER NOT NULL,
    PRIMARY KEY (scope, panel, key)
) STRICT, WITHOUT ROWID;

-- What cannot be subtracted from a sum: the days of the counts in a cell (for the oldest and the newest) and its leaders (for how many
-- different ones), each with how often it is there.
CREATE TABLE stats_value (
    scope TEXT NOT NULL,
    panel TEXT NOT NULL,
    key TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('day', 'leader')),
    value TEXT NOT NULL,
    times INTEGER NOT NULL,
    PRIMARY KEY (scope, panel, key, kind, value)
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 2;
