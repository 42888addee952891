-- SPDX-License-Identifier: GPL-3.0-or-later
-- What is filed: reports, plans and edits of cards, each a part of a transaction that others share.

-- name: write_begin
-- The transaction. No table.
BEGIN IMMEDIATE;

-- name: write_commit
-- No table.
COMMIT;

-- name: part_begin
-- A part of it. No table.
SAVEPOINT part;

-- name: part_keep
-- No table.
RELEASE part;

-- name: part_undo
-- What was written since part_begin is as if it had never been; the part goes on. No table.
ROLLBACK TO part;

-- name: study_version
-- Id and version. Unique index (code).
SELECT id, version FROM study WHERE code = :code;

-- name: report_file
-- A filed count. Insert.
INSERT INTO report (study, region, as_of, included, recorded, origin, standing, correction, comment, token)
VALUES (:study, :region, :as_of, :included, :recorded, 'filed', 'filed', :correction, :comment, :token);

-- name: plan_file
-- A filed plan. Insert.
INSERT INTO plan (study, region, as_of, planned, planned_end, recorded, origin, standing, token)
VALUES (:study, :region, :as_of, :planned, :planned_end, :recorded, 'filed', 'filed', :token);

-- name: study_set_status
-- The one fact of a card that studies are filtered by. Primary key.
UPDATE study SET status = :status WHERE id = :study;

-- name: local_edit_add
-- An import leaves this field from now on. Primary key.
INSERT INTO local_edit (study, field, edited) VALUES (:study, :field, :edited)
ON CONFLICT (study, field) DO UPDATE SET edited = excluded.edited;
