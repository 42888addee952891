-- SPDX-License-Identifier: GPL-3.0-or-later
-- The register itself: its versions, and the log of what changed.

-- name: register_get
-- Epoch, data version, time of the last change, renderer, rules of the kept sums, data version of the facts. Primary key.
SELECT epoch, data_version, updated, renderer, sums, facts FROM register WHERE id = 1;

-- name: register_advance
-- After a change: the new data version and its time, and whether of anything but counts. Primary key.
UPDATE register SET data_version = :data_version, updated = :updated, facts = iif(:is_of_facts, :data_version, facts) WHERE id = 1;

-- name: register_set_renderer
-- The version of the representation that every study now has. Primary key.
UPDATE register SET renderer = :renderer WHERE id = 1;

-- name: register_set_sums
-- The rules that the kept sums were made by. Primary key.
UPDATE register SET sums = :sums WHERE id = 1;

-- name: versions_all
-- Code, version and time of every study. scan: read once, at open, into memory.
SELECT code, version, updated FROM study;

-- name: change_add
-- One row of the log. Insert.
INSERT INTO change (kind, study, at, data_version, role, edition) VALUES (:kind, :study, :at, :data_version, :role, :edition);

-- name: changes_added
-- A row of the log for each study that a running import added, in the order of their ids. scan: the studies touched, once an import.
INSERT INTO change (kind, study, at, data_version, role, edition)
SELECT 'study-added', study, :at, :data_version, 'edition', :edition FROM touched WHERE added = 1 ORDER BY study;

-- name: changes
-- What changed after :since, in order. Primary key, then study by primary key.
SELECT c.id, c.kind, s.code AS study, c.at, c.data_version
FROM change c LEFT JOIN study s ON s.id = c.study
WHERE c.id > :since ORDER BY c.id LIMIT :limit;
