-- SPDX-License-Identifier: GPL-3.0-or-later
-- Looking the register over. Nothing here is asked for while it serves.

-- name: check_references
-- Every reference that the tables declare: from table, its column, to table, its column, whether rows are of a study. scan: the
-- schema, some thirty tables.
SELECT m.name, f."from", f."table", f."to", EXISTS (SELECT 1 FROM pragma_table_info(m.name) i WHERE i.name = 'study')
FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY m.name, f.id;

-- name: check_studies
-- How many studies there are. scan: once.
SELECT count(*) FROM study;

-- name: check_code
-- What a study is called. Primary key.
SELECT code FROM study WHERE id = :study;

-- name: check_numbers
-- The numbers of a study as they are stored. Primary key.
SELECT planned, included, remaining, exceeded_by, permille, behind_plan, totals_only, included_as_of FROM study WHERE id = :study;

-- name: check_made
-- What else is made of a study: in each column, how much of it differs from a fresh making. Primary keys, plan_by_study,
-- report_by_study. scan: the regions, a handful, and what the study itself has.
WITH fact (awards, amount, categories) AS (
    SELECT count(*), COALESCE(sum(amount_nok), 0), (SELECT count(*) FROM study_category c WHERE c.study = :study)
    FROM award WHERE study = :study),
fresh_place (region, known_by) AS (
    SELECT i.region, 'hospital' FROM study_hospital h JOIN institution i ON i.code = h.institution
        WHERE h.study = :study AND i.region IS NOT NULL
    UNION SELECT region, 'report' FROM report WHERE study = :study AND region IS NOT NULL),
stored_place (region, known_by) AS (
    SELECT region, known_by FROM study_inclusion_region WHERE study = :study AND known_by <> 'stated'),
fresh_count (region, takes_part, planned, included, included_as_of) AS (
    SELECT r.code,
        EXISTS (SELECT 1 FROM study_inclusion_region x WHERE x.study = :study AND x.region = r.code) AS takes_part,
        (SELECT p.planned FROM plan p WHERE p.study = :study AND p.region = r.code
            ORDER BY p.as_of DESC, p.standing DESC, p.recorded DESC, p.id DESC LIMIT 1) AS planned,
        (SELECT t.included FROM report t WHERE t.study = :study AND t.region = r.code
            ORDER BY t.as_of DESC, t.standing DESC, t.recorded DESC, t.id DESC LIMIT 1),
        (SELECT t.as_of FROM report t WHERE t.study = :study AND t.region = r.code
            ORDER BY t.as_of DESC, t.standing DESC, t.recorded DESC, t.id DESC LIMIT 1)
    FROM region r WHERE takes_part OR planned IS NOT NULL),
stored_count (region, takes_part, planned, included, included_as_of) AS (
    SELECT region, takes_part, planned, included, included_as_of FROM study_region WHERE study = :study)
SELECT s.awards <> fact.awards AS awards, s.amount_nok <> fact.amount AS amount_nok, s.categories <> fact.categories AS categories,
    NOT EXISTS (SELECT 1 FROM award a WHERE a.study = s.id AND a.kind = 'main' AND a.call_year = s.call_year
        AND a.mechanism = s.mechanism) AS "main award",
    (SELECT count(*) FROM (SELECT * FROM fresh_place EXCEPT SELECT * FROM stored_place))
        + (SELECT count(*) FROM (SELECT * FROM stored_place EXCEPT SELECT * FROM fresh_place)) AS "inclusion regions",
    (SELECT count(*) FROM (SELECT * FROM fresh_count EXCEPT SELECT * FROM stored_count))
        + (SELECT count(*) FROM (SELECT * FROM stored_count EXCEPT SELECT * FROM fresh_count)) AS "numbers by region"
FROM study s JOIN fact WHERE s.id = :study;
