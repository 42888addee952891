-- SPDX-License-Identifier: GPL-3.0-or-later
-- Kept sums. What a study contributes is put together in db/stats_question.c; here is where it is kept.

-- name: sums_of_panel
-- The cells of one panel of one scope: key, sums, oldest and newest day, leaders. Primary keys.
SELECT nullif(k.key, ''), k.studies, k.awards, k.amount, k.planned, k.included, k.remaining, k.exceeded_by, k.both_planned,
    k.both_included, k.with_planned, k.with_included, k.with_both,
    (SELECT min(v.value) FROM stats_value v WHERE v.scope = k.scope AND v.panel = k.panel AND v.key = k.key AND v.kind = 'day'),
    (SELECT max(v.value) FROM stats_value v WHERE v.scope = k.scope AND v.panel = k.panel AND v.key = k.key AND v.kind = 'day'),
    k.leaders
FROM stats_sum k WHERE k.scope = :scope AND k.panel = :panel;

-- name: sums_add
-- What came to a cell and what left it. Primary key.
INSERT INTO stats_sum (scope, panel, key, studies, awards, amount, planned, included, remaining, exceeded_by, both_planned,
    both_included, with_planned, with_included, with_both, leaders)
VALUES (:scope, :panel, :key, :studies, :awards, :amount, :planned, :included, :remaining, :exceeded_by, :both_planned,
    :both_included, :with_planned, :with_included, :with_both, :leaders)
ON CONFLICT (scope, panel, key) DO UPDATE SET studies = studies + excluded.studies, awards = awards + excluded.awards,
    amount = amount + excluded.amount, planned = planned + excluded.planned, included = included + excluded.included,
    remaining = remaining + excluded.remaining, exceeded_by = exceeded_by + excluded.exceeded_by,
    both_planned = both_planned + excluded.both_planned, both_included = both_included + excluded.both_included,
    with_planned = with_planned + excluded.with_planned, with_included = with_included + excluded.with_included,
    with_both = with_both + excluded.with_both, leaders = leaders + excluded.leaders;

-- name: sums_prune
-- Cells that nothing is in any more. scan: some dozen cells, once an import.
DELETE FROM stats_sum WHERE studies = 0;

-- name: sums_clear
-- Before all are made anew. scan: it removes all.
DELETE FROM stats_sum;

-- name: sums_all
-- Every cell. scan: all are wanted.
SELECT scope, panel, key, studies, awards, amount, planned, included, remaining, exceeded_by, both_planned, both_included,
    with_planned, with_included, with_both, leaders
FROM stats_sum ORDER BY scope, panel, key;

-- name: values_add
-- A day or leader that came or left; returns how often it is there now. Primary key.
INSERT INTO stats_value (scope, panel, key, kind, value, times) VALUES (:scope, :panel, :key, :kind, :value, :times)
ON CONFLICT (scope, panel, key, kind, value) DO UPDATE SET times = times + excluded.times
RETURNING times;

-- name: values_put
-- A day or leader that was not there. Insert.
INSERT INTO stats_value (scope, panel, key, kind, value, times) VALUES (:scope, :panel, :key, :kind, :value, :times);

-- name: values_remove
-- One that is there no more. Primary key.
DELETE FROM stats_value WHERE scope = :scope AND panel = :panel AND key = :key AND kind = :kind AND value = :value;

-- name: values_clear
-- Before all are made anew. scan: it removes all.
DELETE FROM stats_value;

-- name: values_all
-- Every day and leader. scan: all are wanted.
SELECT scope, panel, key, kind, value, times FROM stats_value ORDER BY scope, panel, key, kind, value;
