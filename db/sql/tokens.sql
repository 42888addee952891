-- SPDX-License-Identifier: GPL-3.0-or-later
-- Who may file, and what they were answered.

-- name: token_get
-- One token, with its hash. Primary key.
SELECT id, name, role, scope, code, hash, created, expires, revoked FROM token WHERE id = :id;

-- name: tokens
-- All tokens, in the order they were made. scan: there are a few hundred.
SELECT id, name, role, scope, code, hash, created, expires, revoked FROM token ORDER BY id;

-- name: token_covers
-- Whether a study is within a scope; no row: there is no such study. study's UNIQUE (code), institution by primary key. scan: from the
-- study's institution up to the one that all are part of, two or three.
WITH RECURSIVE above (code) AS (
    SELECT institution FROM study WHERE code = :study
    UNION SELECT i.part_of FROM above JOIN institution i ON i.code = above.code WHERE i.part_of IS NOT NULL)
SELECT CASE :scope
    WHEN 'study' THEN s.code = :code
    WHEN 'institution' THEN EXISTS (SELECT 1 FROM above WHERE above.code = :code)
    WHEN 'programme' THEN s.programme = :code
    ELSE 0 END
FROM study s WHERE s.code = :study;

-- name: token_add
-- A token and its id; no row: its scope does not exist. study's UNIQUE (code), institution and programme by primary key.
INSERT INTO token (name, role, scope, code, hash, created, expires)
SELECT :name, :role, :scope, :code, :hash, :created, :expires
WHERE CASE :scope
    WHEN 'study' THEN EXISTS (SELECT 1 FROM study WHERE study.code = :code)
    WHEN 'institution' THEN EXISTS (SELECT 1 FROM institution WHERE institution.code = :code)
    WHEN 'programme' THEN EXISTS (SELECT 1 FROM programme WHERE programme.code = :code) END
RETURNING id;

-- name: token_set_hash
-- The hash of a token that was added without. Primary key.
UPDATE token SET hash = :hash WHERE id = :id;

-- name: token_revoke
-- Once revoked it stays so, as of the first time. Primary key.
UPDATE token SET revoked = :now WHERE id = :id AND revoked IS NULL;

-- name: kept_answer_get
-- What was answered under a key. Primary key.
SELECT digest, status, version, location, body FROM kept_answer WHERE token = :token AND key = :key;

-- name: kept_answer_add
-- What was answered. Insert.
INSERT INTO kept_answer (token, key, digest, at, status, version, location, body)
VALUES (:token, :key, :digest, :at, :status, :version, :location, :body);

-- name: kept_answers_prune
-- The oldest of those from before an instant go, some at a time. kept_answer_by_age, then primary key.
DELETE FROM kept_answer WHERE (token, key) IN
    (SELECT token, key FROM kept_answer WHERE at < :before ORDER BY at LIMIT :limit);
