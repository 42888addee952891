-- SPDX-License-Identifier: GPL-3.0-or-later
-- What readers ask for, apart from the list of studies (db/studies_query.c).

-- name: snapshot_begin
-- A reader's transaction; prepared, because parsing it costs more than doing it.
BEGIN;

-- name: snapshot_end
-- Its end: nothing was written.
ROLLBACK;

-- name: programmes
-- All programmes. scan: a register holds a few programmes.
SELECT p.code, p.name_nb, p.name_en, p.short_name, p.disclosure_threshold, p.profile FROM programme p ORDER BY p.code;

-- name: programme
-- One programme. Primary key.
SELECT p.code, p.name_nb, p.name_en, p.short_name, p.disclosure_threshold, p.profile FROM programme p WHERE p.code = :code;

-- name: editions
-- A programme's editions, newest first. edition_by_day.
SELECT programme, code, title_nb, title_en, as_of, collected, published, licence, attribution, document, document_title,
    publisher, document_lines, digest, imported
FROM edition WHERE programme = :programme ORDER BY as_of DESC, code DESC;

-- name: editions_newest
-- The newest edition of each programme, by programme. edition_by_day. scan: the editions, a few.
SELECT programme, code, title_nb, title_en, as_of, collected, published, licence, attribution, document, document_title,
    publisher, document_lines, digest, imported
FROM edition e WHERE code = (SELECT x.code FROM edition x WHERE x.programme = e.programme ORDER BY x.as_of DESC, x.code DESC LIMIT 1)
ORDER BY programme;

-- name: regions
-- All regions in order. scan: a handful.
SELECT code, label_nb, label_en, basis, lines, position FROM region ORDER BY position, code;

-- name: mechanisms
-- All mechanisms in order. scan: a handful.
SELECT m.code, m.report_code, m.label_nb, m.label_en, m.lines, m.position FROM mechanism m ORDER BY m.position, m.code;

-- name: categories
-- All categories in order. scan: some twenty.
SELECT c.code, c.label_nb, c.label_en, c.label_en_basis, c.lines, c.position FROM category c ORDER BY c.position, c.code;

-- name: institutions
-- All institutions by name, with what they do. study_by_institution_code, unique index (institution, study).
-- scan: all of them are wanted, in the order of institution_by_name.
SELECT i.code, i.name, i.region, i.region_basis, i.part_of, i.part_of_basis, i.lines,
    EXISTS (SELECT 1 FROM study s WHERE s.institution = i.code) AS coordinates,
    EXISTS (SELECT 1 FROM study_hospital h WHERE h.institution = i.code) AS takes_part
FROM institution i ORDER BY i.name_key, i.code;

-- name: institution_aliases
-- The other spellings of an institution. Primary key.
SELECT DISTINCT alias FROM institution_alias WHERE institution = :code ORDER BY alias;

-- name: studies_of_programme
-- How many there are, where no image says so. study_by_programme.
SELECT count(*) FROM study WHERE programme = :code;

-- name: studies_of_mechanism
-- As above. study_by_mechanism.
SELECT count(*) FROM study WHERE mechanism = :code;

-- name: studies_of_category
-- As above. Unique index (category, study).
SELECT count(*) FROM study_category WHERE category = :code;

-- name: studies_of_institution
-- As above: those it coordinates. study_by_institution_code.
SELECT count(*) FROM study WHERE institution = :code;

-- name: figures
-- Published figures of one edition, or of the newest of each programme, in the order of the file. Primary key.
-- scan: the editions, a few.
SELECT e.programme, e.code AS edition, e.document, f.code, f.measure, f.unit, f.call_year, f.mechanism, f.region, f.category,
    f.people, f.value, f.decimals, f.as_of, f.label_nb, f.label_en, f.printed, f.lines
FROM edition e JOIN figure f ON f.edition = e.id
WHERE (:programme IS NULL OR e.programme = :programme) AND (:measure IS NULL OR f.measure = :measure)
    AND e.code = COALESCE(:edition,
        (SELECT x.code FROM edition x WHERE x.programme = e.programme ORDER BY x.as_of DESC, x.code DESC LIMIT 1))
ORDER BY e.programme, e.as_of DESC, e.code DESC, f.position;

-- name: notes_of_record
-- The notes of one record, those of the newest edition first. note_by_record.
SELECT n.record, n.ref AS id, n.field, n.kind, n.text_nb, n.text_en,
    e.document_title || CASE WHEN n.lines IS NULL THEN '' ELSE ', lines ' || n.lines END AS source, n.lines
FROM note n JOIN edition e ON e.id = n.edition
WHERE n.record = :record AND n.ref = :id AND (:programme IS NULL OR e.programme = :programme)
ORDER BY e.as_of DESC, n.id;

-- name: notes_of_kind
-- The notes of all records of one kind, those of the newest edition first. note_by_record.
SELECT n.record, n.ref AS id, n.field, n.kind, n.text_nb, n.text_en,
    e.document_title || CASE WHEN n.lines IS NULL THEN '' ELSE ', lines ' || n.lines END AS source, n.lines
FROM note n JOIN edition e ON e.id = n.edition
WHERE n.record = :record AND (:programme IS NULL OR e.programme = :programme)
ORDER BY e.as_of DESC, n.id;

-- name: recruitment_total
-- The numbers of the whole study. Unique index (code).
SELECT id, version, code AS study, planned, included, remaining, exceeded_by, permille, included_as_of, totals_only
FROM study WHERE code = :code;

-- name: recruitment_regions
-- Every region in order, with what the study has there. Primary key. scan: the regions, a handful.
SELECT r.code AS region, x.planned, x.included, x.included_as_of, COALESCE(x.takes_part, 0) AS takes_part
FROM region r LEFT JOIN study_region x ON x.study = :study AND x.region = r.code ORDER BY r.position, r.code;

-- name: recruitment_reports
-- The reports of a study, by day, the total first, of one day and region the one that stands first. report_by_study.
SELECT t.region, t.as_of, t.included, e.document, t.lines
FROM report t LEFT JOIN region r ON r.code = t.region LEFT JOIN edition e ON e.id = t.edition
WHERE t.study = :study AND (:from IS NULL OR t.as_of >= :from) AND (:to IS NULL OR t.as_of <= :to)
ORDER BY t.as_of, t.region IS NOT NULL, r.position, t.region, t.standing DESC, t.recorded DESC, t.id DESC;

-- name: region_reports_back
-- The reports of a study about one region (NULL = the whole study), newest day first, of a day the one that stands first. report_by_study.
SELECT t.as_of, t.included FROM report t WHERE t.study = :study AND t.region IS :region
ORDER BY t.as_of DESC, t.standing DESC, t.recorded DESC, t.id DESC;

-- name: planned_until
-- What is planned up to a day: the newest plan of the whole study, the sum over the regions that have one, and until when. Unique index
-- (code), plan_by_study. scan: the regions, a handful.
SELECT (SELECT p.planned FROM plan p WHERE p.study = s.id AND p.region IS NULL AND p.as_of <= :day
        ORDER BY p.as_of DESC, p.standing DESC, p.recorded DESC, p.id DESC LIMIT 1),
    (SELECT COALESCE(sum((SELECT p.planned FROM plan p WHERE p.study = s.id AND p.region = r.code AND p.as_of <= :day
        ORDER BY p.as_of DESC, p.standing DESC, p.recorded DESC, p.id DESC LIMIT 1)), 0) FROM region r),
    (SELECT p.planned_end FROM plan p WHERE p.study = s.id AND p.region IS NULL AND p.as_of <= :day
        ORDER BY p.as_of DESC, p.standing DESC, p.recorded DESC, p.id DESC LIMIT 1)
FROM study s WHERE s.code = :code;

-- name: vocabulary_programmes
-- Every code, and itself. scan: all are wanted.
SELECT code, code FROM programme ORDER BY code;

-- name: vocabulary_regions
-- As above. scan: all are wanted.
SELECT code, code FROM region ORDER BY position, code;

-- name: vocabulary_mechanisms
-- As above. scan: all are wanted.
SELECT code, code FROM mechanism ORDER BY position, code;

-- name: vocabulary_categories
-- As above. scan: all are wanted.
SELECT code, code FROM category ORDER BY position, code;

-- name: vocabulary_institutions
-- Every code with what it answers to: itself, the name, the aliases; the surest first. scan: all are wanted.
SELECT code, code, 1 AS kind FROM institution UNION ALL SELECT code, name, 2 FROM institution
UNION ALL SELECT institution, alias, 3 FROM institution_alias ORDER BY kind, 1, 2;

-- name: vocabulary_leaders
-- Every leader of a study with what the name answers to: itself, the aliases. scan: all are wanted.
SELECT name, name, 1 AS kind FROM person UNION ALL SELECT name, alias, 2 FROM person_alias ORDER BY kind, 1, 2;

-- name: vocabulary_leader_aliases
-- The aliases alone, where the image knows the names. scan: all are wanted.
SELECT name, alias FROM person_alias ORDER BY name, alias;

-- name: axis_years
-- The first and the last call year. study_by_call_year.
SELECT (SELECT min(call_year) FROM study), (SELECT max(call_year) FROM study);

-- name: axis_award_years
-- The first and the last year of an award. award_by_call.
SELECT (SELECT min(call_year) FROM award), (SELECT max(call_year) FROM award);

-- name: axis_mechanisms
-- In order. scan: a handful.
SELECT code, NULL AS label_nb, NULL AS label_en FROM mechanism ORDER BY position, code;

-- name: axis_categories
-- In order. scan: some twenty.
SELECT code, label_nb, label_en FROM category ORDER BY position, code;

-- name: axis_institutions
-- Those that coordinate, by name. study_by_institution_code. scan: all of them are wanted, in the order of institution_by_name.
SELECT i.code, i.name AS label_nb, NULL AS label_en FROM institution i WHERE EXISTS (SELECT 1 FROM study s WHERE s.institution = i.code)
ORDER BY i.name_key, i.code;

-- name: axis_regions
-- In order. scan: a handful.
SELECT code, label_nb, label_en FROM region ORDER BY position, code;
