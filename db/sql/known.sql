-- SPDX-License-Identifier: GPL-3.0-or-later
-- What the register knew at an instant. A study stood as its present version does from its updated on, and before as its past ones did,
-- each from since until another took its place. A count was known from recorded until withdrawn; one that is there still, from recorded on.

-- name: studies_get_known
-- The bytes of a study as it stood, and since when it did. Unique index (code), primary keys.
SELECT r.json, s.updated FROM study s JOIN rendered r ON r.study = s.id WHERE s.code = :code AND s.updated <= :instant
UNION ALL SELECT p.json, p.since FROM study s JOIN study_past p ON p.study = s.id
WHERE s.code = :code AND p.since <= :instant AND p.until > :instant;

-- name: study_kept_since
-- From when on it is known how a study stood. Unique index (code), primary key.
SELECT COALESCE((SELECT p.since FROM study_past p WHERE p.study = s.id ORDER BY p.version LIMIT 1), s.updated) FROM study s
WHERE s.code = :code;

-- name: recruitment_total_known
-- The numbers of the whole study as it stood, and since when it did. Unique index (code), primary key.
SELECT s.id, s.version, s.code AS study, s.planned, s.included, s.remaining, s.exceeded_by, s.permille, s.included_as_of, s.totals_only,
    s.updated
FROM study s WHERE s.code = :code AND s.updated <= :instant
UNION ALL SELECT s.id, p.version, s.code, p.planned, p.included, p.remaining, p.exceeded_by, p.permille, p.included_as_of, p.totals_only,
    p.since
FROM study s JOIN study_past p ON p.study = s.id WHERE s.code = :code AND p.since <= :instant AND p.until > :instant;

-- name: recruitment_regions_known
-- Every region that there was, in order, with what that version of the study has there. Primary keys. scan: the regions, a handful.
SELECT g.code AS region, x.planned, x.included, x.included_as_of, COALESCE(x.takes_part, 0) AS takes_part
FROM region_past g LEFT JOIN (
    SELECT n.region, n.planned, n.included, n.included_as_of, n.takes_part FROM study s JOIN study_region n ON n.study = s.id
    WHERE s.id = :study AND s.version = :version
    UNION ALL SELECT p.region, p.planned, p.included, p.included_as_of, p.takes_part FROM study_region_past p
    WHERE p.study = :study AND p.version = :version) x ON x.region = g.code
WHERE g.since = (SELECT max(l.since) FROM region_past l WHERE l.code = g.code AND l.since <= :instant)
ORDER BY g.position, g.code;

-- name: recruitment_reports_known
-- The reports of a study that were known, by day, the total first, of one day and region the one that stood first, with the document
-- that the edition was. report_by_study, report_past_by_study, primary keys. scan: the rows of one study.
SELECT t.region, t.as_of, t.included, COALESCE(
    (SELECT o.document FROM edition_past o WHERE o.edition = t.edition AND o.until > :instant ORDER BY o.until LIMIT 1), e.document)
    AS document, t.lines
FROM (SELECT n.region, n.as_of, n.included, n.edition, n.lines, n.standing, n.recorded, n.id FROM report n
    WHERE n.study = :study AND n.recorded <= :instant
    UNION ALL SELECT p.region, p.as_of, p.included, p.edition, p.lines, p.standing, p.recorded, 0 FROM report_past p
    WHERE p.study = :study AND p.recorded <= :instant AND p.withdrawn > :instant) t
LEFT JOIN edition e ON e.id = t.edition
LEFT JOIN region_past r ON r.code = t.region
    AND r.since = (SELECT max(l.since) FROM region_past l WHERE l.code = t.region AND l.since <= :instant)
WHERE (:from IS NULL OR t.as_of >= :from) AND (:to IS NULL OR t.as_of <= :to)
ORDER BY t.as_of, t.region IS NOT NULL, r.position, t.region, t.standing DESC, t.recorded DESC, t.id DESC;

-- name: data_version_known
-- The last commit that was, and when. change_by_time.
SELECT data_version, at FROM change WHERE at <= :instant ORDER BY at DESC, id DESC LIMIT 1;

-- name: known_from
-- From when on the past is known whole, and the first commit there was. change_by_time. scan: its first entry.
SELECT known_from, (SELECT at FROM change ORDER BY at LIMIT 1) FROM register WHERE id = 1;

-- name: editions_newest_known
-- The newest edition of each programme, of those that were known: programme, licence and attribution. Primary keys. scan: the editions,
-- a few.
WITH stood AS (
    SELECT programme, code, as_of, licence, attribution FROM edition WHERE imported <= :instant
    UNION ALL SELECT e.programme, e.code, p.as_of, p.licence, p.attribution FROM edition_past p JOIN edition e ON e.id = p.edition
    WHERE p.imported <= :instant AND p.until > :instant)
SELECT programme, licence, attribution FROM stood s
WHERE code = (SELECT x.code FROM stood x WHERE x.programme = s.programme ORDER BY x.as_of DESC, x.code DESC LIMIT 1)
ORDER BY programme;

-- name: axis_regions_known
-- The regions that there were, in order, as they were called. Primary key. scan: a handful.
SELECT g.code, g.label_nb, g.label_en FROM region_past g
WHERE g.since = (SELECT max(l.since) FROM region_past l WHERE l.code = g.code AND l.since <= :instant) ORDER BY g.position, g.code;

-- name: history_head
-- The study, how many versions it has had, and whether regions must not be shown. Unique index (code).
SELECT id, version, totals_only FROM study WHERE code = :code;

-- name: history_versions
-- Who made each version, the newest first: the log has a row for each. change_by_study, primary key.
SELECT c.at, c.data_version, COALESCE(c.role, 'edition') AS role, e.code AS edition FROM change c LEFT JOIN edition e ON e.id = c.edition
WHERE c.study = :study ORDER BY c.id DESC LIMIT :limit OFFSET :skip;

-- name: history_bytes
-- The bytes of one version, and whether regions were not to be shown; no row: it is not kept. Primary keys.
SELECT r.json, s.totals_only FROM study s JOIN rendered r ON r.study = s.id WHERE s.id = :study AND s.version = :version
UNION ALL SELECT p.json, p.totals_only FROM study_past p WHERE p.study = :study AND p.version = :version;

-- name: history_counts
-- The plans and reports that came at an instant: the reports first, by day, the whole study before its regions. Of a small population,
-- as in its series, neither regions nor a total that another one of its year stands before. report_by_study, report_past_by_study,
-- plan_by_study, plan_past_by_study, primary key. scan: the rows of one study.
WITH reported AS (
    SELECT correction, region, as_of, included, standing, recorded, id FROM report WHERE study = :study AND recorded <= :at
    UNION ALL SELECT 0, region, as_of, included, standing, recorded, 0 FROM report_past
    WHERE study = :study AND recorded <= :at AND withdrawn > :at),
counted AS (
    SELECT 0 AS is_plan, t.correction, t.region, t.as_of, t.included AS number, NULL AS planned_end, t.id FROM reported t
    WHERE t.recorded = :at AND (NOT :small OR (t.region IS NULL AND NOT EXISTS (SELECT 1 FROM reported l WHERE l.region IS NULL
        AND substr(l.as_of, 1, 4) = substr(t.as_of, 1, 4)
        AND (l.as_of, l.standing, l.recorded, l.id) > (t.as_of, t.standing, t.recorded, t.id))))
    UNION ALL SELECT 1, 0, region, as_of, planned, planned_end, id FROM plan
    WHERE study = :study AND recorded = :at AND (NOT :small OR region IS NULL)
    UNION ALL SELECT 1, 0, region, as_of, planned, planned_end, 0 FROM plan_past
    WHERE study = :study AND recorded = :at AND (NOT :small OR region IS NULL))
SELECT c.is_plan, c.correction, c.region, c.as_of, c.number, c.planned_end FROM counted c LEFT JOIN region r ON r.code = c.region
ORDER BY c.is_plan, c.as_of, c.region IS NOT NULL, r.position, c.region, c.id;
