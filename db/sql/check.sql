-- SPDX-License-Identifier: GPL-3.0-or-later
-- Looking the register over. Nothing here is asked for while it serves.

-- name: check_references
-- Every reference of one column that the tables declare: from table, its column, to table, its column, whether rows are of a study. scan: the
-- schema, some thirty tables.
SELECT m.name, f."from", f."table", f."to", EXISTS (SELECT 1 FROM pragma_table_info(m.name) i WHERE i.name = 'study')
FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'
    AND NOT EXISTS (SELECT 1 FROM pragma_foreign_key_list(m.name) g WHERE g.id = f.id AND g.seq > 0) ORDER BY m.name, f.id;

-- name: check_token_scopes
-- Tokens for what is not there. scan: all tokens, a few hundred.
SELECT t.id, t.scope, t.code FROM token t WHERE NOT CASE t.scope
    WHEN 'study' THEN EXISTS (SELECT 1 FROM study s WHERE s.code = t.code)
    WHEN 'institution' THEN EXISTS (SELECT 1 FROM institution i WHERE i.code = t.code)
    WHEN 'programme' THEN EXISTS (SELECT 1 FROM programme p WHERE p.code = t.code) ELSE 0 END
ORDER BY t.id;

-- name: check_kept_answers
-- Tokens that answers are kept for and that are not there, but for the machine's own. scan: the answers of a month, along their key.
SELECT DISTINCT k.token FROM kept_answer k WHERE k.token <> 0 AND NOT EXISTS (SELECT 1 FROM token t WHERE t.id = k.token) ORDER BY k.token;

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
    UNION SELECT t.region, 'report' FROM study s JOIN report t ON t.study = s.id
        WHERE s.id = :study AND t.region IS NOT NULL AND NOT s.totals_only),
stored_place (region, known_by) AS (
    SELECT region, known_by FROM study_inclusion_region WHERE study = :study AND known_by <> 'stated'),
fresh_count (region, takes_part, planned, included, included_as_of) AS (
    SELECT r.code,
        EXISTS (SELECT 1 FROM study_inclusion_region x WHERE x.study = :study AND x.region = r.code) AS takes_part,
        (SELECT p.planned FROM plan p WHERE p.study = :study AND p.region = r.code
            ORDER BY p.as_of DESC, p.standing DESC, p.recorded DESC, p.id DESC LIMIT 1) AS planned,
        (SELECT t.included FROM report t WHERE t.study = :study AND t.region = r.code
            ORDER BY t.as_of DESC, t.standing DESC, t.recorded DESC, t.id DESC LIMIT 1) AS included,
        (SELECT t.as_of FROM report t WHERE t.study = :study AND t.region = r.code
            ORDER BY t.as_of DESC, t.standing DESC, t.recorded DESC, t.id DESC LIMIT 1)
    FROM region r WHERE takes_part OR planned IS NOT NULL OR included IS NOT NULL),
stored_count (region, takes_part, planned, included, included_as_of) AS (
    SELECT region, takes_part, planned, included, included_as_of FROM study_region WHERE study = :study),
ranked AS (
    SELECT t.as_of, COALESCE(1 + max(g.position, 0), 0) AS place, COALESCE(t.region, '') AS region, t.study, t.included,
        CASE WHEN t.region IS NULL THEN s.planned ELSE x.planned END AS planned, t.edition, t.lines,
        row_number() OVER (PARTITION BY t.region, CASE WHEN s.totals_only THEN substr(t.as_of, 1, 4) ELSE t.as_of END
            ORDER BY t.as_of DESC, t.standing DESC, t.recorded DESC, t.id DESC) AS nth
    FROM study s JOIN report t ON t.study = s.id LEFT JOIN region g ON g.code = t.region
    LEFT JOIN study_region x ON x.study = t.study AND x.region = t.region
    WHERE s.id = :study AND (t.region IS NULL OR NOT s.totals_only)),
fresh_row AS (SELECT as_of, place, region, study, included, planned, edition, lines FROM ranked WHERE nth = 1),
stored_row AS (
    SELECT r.as_of, r.place, r.region, r.study, r.included, r.planned, r.edition, r.lines FROM study s JOIN shown_report r ON r.code = s.code
    WHERE s.id = :study)
SELECT s.awards <> fact.awards AS awards, s.amount_nok <> fact.amount AS amount_nok, s.categories <> fact.categories AS categories,
    NOT EXISTS (SELECT 1 FROM award a WHERE a.study = s.id AND a.kind = 'main' AND a.call_year = s.call_year
        AND a.mechanism = s.mechanism) AS "main award",
    (SELECT count(*) FROM (SELECT * FROM fresh_place EXCEPT SELECT * FROM stored_place))
        + (SELECT count(*) FROM (SELECT * FROM stored_place EXCEPT SELECT * FROM fresh_place)) AS "inclusion regions",
    (SELECT count(*) FROM (SELECT * FROM fresh_count EXCEPT SELECT * FROM stored_count))
        + (SELECT count(*) FROM (SELECT * FROM stored_count EXCEPT SELECT * FROM fresh_count)) AS "numbers by region",
    (SELECT count(*) FROM (SELECT * FROM fresh_row EXCEPT SELECT * FROM stored_row))
        + (SELECT count(*) FROM (SELECT * FROM stored_row EXCEPT SELECT * FROM fresh_row)) AS "reports shown",
    s.report_rows <> (SELECT count(*) FROM stored_row) AS "number of reports shown"
FROM study s JOIN fact WHERE s.id = :study;

-- name: check_versions
-- The versions of a study, those that others took the place of, and the log; last, whether all is found that was filed beside an edition's:
-- in each column, how much does not fit. change_by_study, primary keys, plan_by_study, report_by_study. scan: the log of one study.
WITH logged (n, at) AS (SELECT row_number() OVER (ORDER BY id), at FROM change WHERE study = :study)
SELECT s.version <> (SELECT count(*) FROM logged) OR s.updated IS NOT (SELECT at FROM logged ORDER BY n DESC LIMIT 1)
        AS "the log does not hold its versions",
    (SELECT count(*) FROM study_past p WHERE p.study = s.id AND (p.version >= s.version
        OR p.until IS NOT COALESCE((SELECT l.since FROM study_past l WHERE l.study = p.study AND l.version = p.version + 1),
            iif(p.version + 1 = s.version, s.updated, NULL))))
        AS "its earlier versions do not follow one another",
    (SELECT count(*) FROM study_past p JOIN logged g ON g.n = p.version WHERE p.study = s.id AND g.at <> p.since)
        AS "its earlier versions began at other times than the log says",
    (SELECT count(*) FROM study_region_past r WHERE r.study = s.id
        AND NOT EXISTS (SELECT 1 FROM study_past p WHERE p.study = r.study AND p.version = r.version))
        AS "numbers by region are kept of a version that is not",
    (SELECT count(*) FROM plan t WHERE t.study = s.id AND t.standing < 'filed'
        AND EXISTS (SELECT 1 FROM plan f WHERE f.study = t.study AND f.region IS t.region AND f.as_of = t.as_of AND f.standing = 'filed')
        AND NOT EXISTS (SELECT 1 FROM filed_beside b WHERE b.study = t.study AND b.kind = 'plan' AND b.region = COALESCE(t.region, '')
            AND b.as_of = t.as_of))
    + (SELECT count(*) FROM report t WHERE t.study = s.id AND t.standing < 'filed'
        AND EXISTS (SELECT 1 FROM report f WHERE f.study = t.study AND f.region IS t.region AND f.as_of = t.as_of AND f.standing = 'filed')
        AND NOT EXISTS (SELECT 1 FROM filed_beside b WHERE b.study = t.study AND b.kind = 'report' AND b.region = COALESCE(t.region, '')
            AND b.as_of = t.as_of))
        AS "what was filed beside an edition's count is not found"
FROM study s WHERE s.id = :study;

-- name: check_shown_counts
-- Days and regions of which there are others shown than was counted. scan: all rows shown, once, in the order of shown_report_by_day.
WITH fresh AS (
    SELECT region, as_of, count(*) AS report_rows FROM shown_report GROUP BY region, as_of
    UNION ALL SELECT '*', as_of, count(*) FROM shown_report GROUP BY as_of)
SELECT region, as_of FROM (SELECT * FROM fresh EXCEPT SELECT * FROM shown_count)
UNION SELECT region, as_of FROM (SELECT * FROM shown_count EXCEPT SELECT * FROM fresh);
