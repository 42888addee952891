-- SPDX-License-Identifier: GPL-3.0-or-later
-- One study: writing its facts, reading it whole, and what is made from it.

-- name: study_known
-- Id, programme, edition and when it was stated. Unique index (code).
SELECT id, programme, edition, stated FROM study WHERE code = :code;

-- name: study_alias_get
-- The study that an old id stands for. Primary key, then study by primary key.
SELECT s.id, s.code FROM study_alias a JOIN study s ON s.id = a.study WHERE a.alias = :alias;

-- name: study_alias_add
-- An old id. Primary key.
INSERT OR IGNORE INTO study_alias (alias, study) VALUES (:alias, :study);

-- name: study_add
-- The facts that are filtered and sorted; with them comes the first version. Insert.
INSERT INTO study (code, programme, edition, stated, leader, institution, status, mechanism, call_year, has_card, amount_nok,
    age_min, age_max, version, updated)
VALUES (:code, :programme, :edition, :stated, :leader, :institution, :status, :mechanism, :call_year, :has_card, :amount_nok,
    :age_min, :age_max, 1, :updated);

-- name: study_change
-- The same of a study that is known; its programme stays. Unique index (code).
UPDATE study SET edition = :edition, stated = :stated, leader = :leader, institution = :institution, status = :status,
    mechanism = :mechanism, call_year = :call_year, has_card = :has_card, amount_nok = :amount_nok, age_min = :age_min,
    age_max = :age_max
WHERE code = :code AND programme = :programme;

-- name: study_text_put
-- The other facts. Primary key.
REPLACE INTO study_text (study, acronym, title_nb, title_en, scientific_title, hospitals_stated, european_sites, age_text,
    sexes, children, condition_nb, condition_en, aim, aim_text, design, design_text, summary_nb, summary_en, about_nb,
    about_en, novelty_nb, novelty_en, importance_nb, importance_en, progress_nb, progress_en, next_steps_nb, next_steps_en,
    start, inclusion_end, inclusion_end_expected, completion_expected, contact)
VALUES (:study, :acronym, :title_nb, :title_en, :scientific_title, :hospitals_stated, :european_sites, :age_text,
    :sexes, :children, :condition_nb, :condition_en, :aim, :aim_text, :design, :design_text, :summary_nb, :summary_en, :about_nb,
    :about_en, :novelty_nb, :novelty_en, :importance_nb, :importance_en, :progress_nb, :progress_en, :next_steps_nb, :next_steps_en,
    :start, :inclusion_end, :inclusion_end_expected, :completion_expected, :contact);

-- name: local_edits
-- The fields of a study that were edited here. Primary key.
SELECT field FROM local_edit WHERE study = :study ORDER BY field;

-- name: study_settle_conflicts
-- Before a newer edition speaks: what earlier ones said against the register. note_by_record.
DELETE FROM note WHERE record = 'study' AND ref = :code AND kind = 'conflict';

-- name: studies_forgotten
-- The studies whose facts come from the edition though it no longer holds them. study_by_edition.
SELECT code FROM study WHERE edition = :edition AND stated < :stated ORDER BY code;

-- name: study_load
-- One study but for its lists: the facts, then names and labels, then numbers. Primary keys.
SELECT s.code, s.programme, s.leader, s.institution, s.status, s.mechanism, s.call_year, s.has_card, s.amount_nok, s.age_min,
    s.age_max,
    t.acronym, t.title_nb, t.title_en, t.scientific_title, t.hospitals_stated, t.european_sites, t.age_text, t.sexes,
    t.children, t.condition_nb, t.condition_en, t.aim, t.aim_text, t.design, t.design_text, t.summary_nb, t.summary_en,
    t.about_nb, t.about_en, t.novelty_nb, t.novelty_en, t.importance_nb, t.importance_en, t.progress_nb, t.progress_en,
    t.next_steps_nb, t.next_steps_en, t.start, t.inclusion_end, t.inclusion_end_expected, t.completion_expected, t.contact,
    i.name AS institution_name, i.region AS institution_region, m.label_nb AS mechanism_nb, m.label_en AS mechanism_en,
    COALESCE(t.acronym, t.title_nb, t.title_en, t.scientific_title) AS name,
    s.planned, s.included, s.remaining, s.exceeded_by, s.permille, s.included_as_of, s.version, s.updated
FROM study s JOIN study_text t ON t.study = s.id JOIN institution i ON i.code = s.institution
JOIN mechanism m ON m.code = s.mechanism
WHERE s.id = :study;

-- name: study_next
-- The next study by id. Primary key.
SELECT id FROM study WHERE id > :after ORDER BY id LIMIT 1;

-- name: awards_clear
-- Primary key.
DELETE FROM award WHERE study = :study;

-- name: awards_add
-- Primary key.
INSERT INTO award (study, position, kind, call_year, mechanism, amount_nok, title, lines)
VALUES (:study, :position, :kind, :call_year, :mechanism, :amount_nok, :title, :lines);

-- name: awards_load
-- A study's awards, main first. Primary keys.
SELECT a.kind, a.call_year, a.mechanism, a.amount_nok, a.title, a.lines, m.label_nb, m.label_en
FROM award a JOIN mechanism m ON m.code = a.mechanism WHERE a.study = :study ORDER BY a.position;

-- name: categories_clear
-- Primary key.
DELETE FROM study_category WHERE study = :study;

-- name: categories_add
-- Primary key.
INSERT INTO study_category (study, position, category) VALUES (:study, :position, :category);

-- name: categories_load
-- A study's categories as printed. Primary keys.
SELECT x.category, c.label_nb, c.label_en FROM study_category x JOIN category c ON c.code = x.category
WHERE x.study = :study ORDER BY x.position;

-- name: hospitals_clear
-- Primary key.
DELETE FROM study_hospital WHERE study = :study;

-- name: hospitals_add
-- Primary key.
INSERT INTO study_hospital (study, position, institution) VALUES (:study, :position, :institution);

-- name: hospitals_load
-- A study's hospitals as printed. Primary keys.
SELECT h.institution, i.name, i.region FROM study_hospital h JOIN institution i ON i.code = h.institution
WHERE h.study = :study ORDER BY h.position;

-- name: inclusion_regions_clear
-- The regions an edition states, and those made from hospitals and reports. Primary key.
DELETE FROM study_inclusion_region WHERE study = :study;

-- name: inclusion_regions_add
-- A stated region. Primary key.
INSERT INTO study_inclusion_region (study, region, known_by) VALUES (:study, :region, 'stated');

-- name: inclusion_regions_load
-- Where a study is known to include, in region order. Primary keys. scan: the regions, a handful.
SELECT r.code AS region FROM region r
WHERE EXISTS (SELECT 1 FROM study_inclusion_region x WHERE x.study = :study AND x.region = r.code) ORDER BY r.position, r.code;

-- name: arms_clear
-- Primary key.
DELETE FROM study_arm WHERE study = :study;

-- name: arms_add
-- Primary key.
INSERT INTO study_arm (study, position, label) VALUES (:study, :position, :label);

-- name: arms_load
-- Primary key.
SELECT label FROM study_arm WHERE study = :study ORDER BY position;

-- name: identifiers_clear
-- Primary key.
DELETE FROM study_identifier WHERE study = :study;

-- name: identifiers_add
-- Primary key.
INSERT INTO study_identifier (study, position, system, value) VALUES (:study, :position, :first, :second);

-- name: identifiers_load
-- Primary key.
SELECT system AS first, value AS second FROM study_identifier WHERE study = :study ORDER BY position;

-- name: links_clear
-- Primary key.
DELETE FROM study_link WHERE study = :study;

-- name: links_add
-- Primary key.
INSERT INTO study_link (study, position, url, label) VALUES (:study, :position, :first, :second);

-- name: links_load
-- Primary key.
SELECT url AS first, label AS second FROM study_link WHERE study = :study ORDER BY position;

-- name: publications_clear
-- Primary key.
DELETE FROM study_publication WHERE study = :study;

-- name: publications_add
-- Primary key.
INSERT INTO study_publication (study, position, citation, doi) VALUES (:study, :position, :first, :second);

-- name: publications_load
-- Primary key.
SELECT citation AS first, doi AS second FROM study_publication WHERE study = :study ORDER BY position;

-- name: sources_clear
-- Primary key.
DELETE FROM study_source WHERE study = :study;

-- name: sources_add
-- Primary key.
INSERT INTO study_source (study, position, document, lines) VALUES (:study, :position, :first, :second);

-- name: sources_load
-- Where a study stands: the title of the document, and lines. Primary keys.
SELECT COALESCE(x.document, e.document_title) AS first, x.lines AS second
FROM study s JOIN edition e ON e.id = s.edition JOIN study_source x ON x.study = s.id
WHERE s.id = :study ORDER BY x.position;

-- name: study_notes_load
-- The notes of the edition that the facts come from, and every conflict, but for counts. Primary key, note_by_record.
SELECT n.record, n.ref AS id, n.field, n.kind, n.text_nb, n.text_en,
    e.document_title || CASE WHEN n.lines IS NULL THEN '' ELSE ', lines ' || n.lines END AS source, n.lines
FROM study s JOIN note n ON n.record = 'study' AND n.ref = s.code AND (n.edition = s.edition OR n.kind = 'conflict')
JOIN edition e ON e.id = n.edition
WHERE s.id = :study ORDER BY n.id;

-- name: study_is_filed_beside
-- Whether anything was filed beside what an edition says. Primary key.
SELECT EXISTS (SELECT 1 FROM filed_beside WHERE study = :study);

-- name: study_notes_load_beside
-- As study_notes_load, of a study of which something was. Where an edition counts otherwise is found here each time, so that it is never
-- stale; a small population shows none of it. In the order in which an import tells: what it says against edits, then against counts,
-- plans first, then the rest. Primary keys, note_by_record, plan_by_study, report_by_study. scan: the notes of one study.
WITH beside AS (
    SELECT 1 AS place, 'planlagte' AS what_nb, 'planned' AS what_en, t.id, t.region, t.as_of, t.lines, t.edition, t.planned AS said,
        (SELECT f.planned FROM plan f WHERE f.study = t.study AND f.region IS t.region AND f.as_of = t.as_of AND f.standing = 'filed'
            ORDER BY f.recorded DESC, f.id DESC LIMIT 1) AS filed
    FROM filed_beside b CROSS JOIN plan t ON t.study = b.study AND t.region IS NULLIF(b.region, '') AND t.as_of = b.as_of
        AND t.standing < 'filed'
    WHERE b.study = :study AND b.kind = 'plan'
    UNION ALL SELECT 2, 'inkluderte', 'included', t.id, t.region, t.as_of, t.lines, t.edition, t.included,
        (SELECT f.included FROM report f WHERE f.study = t.study AND f.region IS t.region AND f.as_of = t.as_of AND f.standing = 'filed'
            ORDER BY f.recorded DESC, f.id DESC LIMIT 1)
    FROM filed_beside b CROSS JOIN report t ON t.study = b.study AND t.region IS NULLIF(b.region, '') AND t.as_of = b.as_of
        AND t.standing < 'filed'
    WHERE b.study = :study AND b.kind = 'report')
SELECT record, id, field, kind, text_nb, text_en, source, lines FROM (
    SELECT n.record, n.ref AS id, n.field, n.kind, n.text_nb, n.text_en,
        e.document_title || CASE WHEN n.lines IS NULL THEN '' ELSE ', lines ' || n.lines END AS source, n.lines,
        e.imported, CASE WHEN n.kind = 'conflict' AND n.field IS NOT NULL THEN 0 ELSE 3 END AS place, n.id AS nth
    FROM study s JOIN note n ON n.record = 'study' AND n.ref = s.code AND (n.edition = s.edition OR n.kind = 'conflict')
    JOIN edition e ON e.id = n.edition
    WHERE s.id = :study
    UNION ALL SELECT 'study', s.code, 'recruitment', 'conflict',
        format('Registeret har %d %s pasienter per %s (%s); utgaven %s sier %d.',
            c.filed, c.what_nb, c.as_of, COALESCE(c.region, 'i alt'), e.code, c.said),
        format('The register holds %d %s patients as of %s (%s); the edition %s says %d.',
            c.filed, c.what_en, c.as_of, COALESCE(c.region, 'in all'), e.code, c.said),
        e.document_title || CASE WHEN c.lines IS NULL THEN '' ELSE ', lines ' || c.lines END, c.lines, e.imported, c.place, c.id
    FROM study s CROSS JOIN beside c CROSS JOIN edition e ON e.id = c.edition
    WHERE s.id = :study AND NOT s.totals_only AND c.said <> c.filed
)
ORDER BY imported, place, nth;

-- name: regions_forget
-- Before the regions of hospitals and reports are made anew. Primary key.
DELETE FROM study_inclusion_region WHERE study = :study AND known_by <> 'stated';

-- name: regions_make
-- The regions of a study's hospitals, and those it has reported from. Primary keys, report_by_study. scan: the regions, a handful.
INSERT OR IGNORE INTO study_inclusion_region (study, region, known_by)
SELECT h.study, i.region, 'hospital' FROM study_hospital h JOIN institution i ON i.code = h.institution
WHERE h.study = :study AND i.region IS NOT NULL
UNION ALL SELECT :study, r.code, 'report' FROM region r
WHERE EXISTS (SELECT 1 FROM report t WHERE t.study = :study AND t.region = r.code);

-- name: regions_hide
-- Where totals alone are shown: regions that nothing but a report tells of. Primary key.
DELETE FROM study_inclusion_region WHERE study = :study AND known_by = 'report';

-- name: regions_take_part
-- As the regions that are shown say. Primary keys.
UPDATE study_region SET takes_part = NOT takes_part WHERE study = :study AND takes_part <>
    EXISTS (SELECT 1 FROM study_inclusion_region x WHERE x.study = study_region.study AND x.region = study_region.region);

-- name: region_counts_forget
-- Primary key.
DELETE FROM study_region WHERE study = :study;

-- name: region_counts_make
-- The newest plan and report of each region. plan_by_study, report_by_study. scan: the regions, a handful.
INSERT INTO study_region (study, region, takes_part, planned, included, included_as_of)
SELECT :study, r.code,
    EXISTS (SELECT 1 FROM study_inclusion_region x WHERE x.study = :study AND x.region = r.code) AS takes_part,
    (SELECT p.planned FROM plan p WHERE p.study = :study AND p.region = r.code
        ORDER BY p.as_of DESC, p.standing DESC, p.recorded DESC, p.id DESC LIMIT 1) AS planned,
    (SELECT t.included FROM report t WHERE t.study = :study AND t.region = r.code
        ORDER BY t.as_of DESC, t.standing DESC, t.recorded DESC, t.id DESC LIMIT 1),
    (SELECT t.as_of FROM report t WHERE t.study = :study AND t.region = r.code
        ORDER BY t.as_of DESC, t.standing DESC, t.recorded DESC, t.id DESC LIMIT 1)
FROM region r WHERE takes_part OR planned IS NOT NULL;

-- name: region_reports
-- A region that was reported from takes part. Primary key.
INSERT OR IGNORE INTO study_inclusion_region (study, region, known_by) VALUES (:study, :region, 'report');

-- name: region_count_follow
-- After a report of a region, as region_counts_make: there is no plan that is not there already. Primary key, report_by_study.
INSERT INTO study_region (study, region, takes_part, planned, included, included_as_of)
SELECT t.study, t.region, 1, NULL, t.included, t.as_of FROM report t WHERE t.study = :study AND t.region = :region
ORDER BY t.as_of DESC, t.standing DESC, t.recorded DESC, t.id DESC LIMIT 1
ON CONFLICT (study, region) DO UPDATE SET takes_part = 1, included = excluded.included, included_as_of = excluded.included_as_of
WHERE (takes_part, included, included_as_of) IS NOT (1, excluded.included, excluded.included_as_of);

-- name: study_inputs
-- What the numbers of a study are made from: its dates and its programme's threshold; then what it sorts by: its name, leader and
-- institution. Primary keys.
SELECT p.disclosure_threshold, t.start, t.inclusion_end_expected,
    COALESCE(t.acronym, t.title_nb, t.title_en, t.scientific_title), s.leader, i.name
FROM study s JOIN programme p ON p.code = s.programme JOIN study_text t ON t.study = s.id JOIN institution i ON i.code = s.institution
WHERE s.id = :study;

-- name: plan_total
-- The newest plan of the whole study. plan_by_study.
SELECT planned, planned_end FROM plan WHERE study = :study AND region IS NULL
ORDER BY as_of DESC, standing DESC, recorded DESC, id DESC LIMIT 1;

-- name: report_total
-- The newest report of the whole study. report_by_study.
SELECT included, as_of FROM report WHERE study = :study AND region IS NULL
ORDER BY as_of DESC, standing DESC, recorded DESC, id DESC LIMIT 1;

-- name: region_sums
-- Over the regions that take part, shown or not: how many, how many have a plan, their sum; have reported, their sum, oldest, newest.
-- Primary key.
SELECT count(*), count(planned), sum(planned), count(included), sum(included), min(included_as_of), max(included_as_of)
FROM study_region WHERE study = :study AND (takes_part = 1 OR included IS NOT NULL);

-- name: study_refresh
-- What is made from the facts. Primary keys.
UPDATE study SET planned = :planned, included = :included, remaining = :remaining, exceeded_by = :exceeded_by,
    permille = :permille, included_as_of = :included_as_of, behind_plan = :behind_plan, totals_only = :totals_only,
    name_key = :name_key, leader_key = :leader_key, institution_key = :institution_key,
    awards = (SELECT count(*) FROM award a WHERE a.study = :study),
    categories = (SELECT count(*) FROM study_category c WHERE c.study = :study)
WHERE id = :study;

-- name: study_follow_count
-- After a report: the numbers that follow from it, where they are others. Primary key.
UPDATE study SET included = :included, remaining = :remaining, exceeded_by = :exceeded_by, permille = :permille,
    included_as_of = :included_as_of
WHERE id = :study AND (included, remaining, exceeded_by, permille, included_as_of)
    IS NOT (:included, :remaining, :exceeded_by, :permille, :included_as_of);

-- name: study_follow_marks
-- What else does; it is seldom another. Primary key.
UPDATE study SET behind_plan = :behind_plan, totals_only = :totals_only
WHERE id = :study AND (behind_plan, totals_only) IS NOT (:behind_plan, :totals_only);

-- name: shown_reports_forget
-- The rows of /recruitment that a study shows no longer. Primary keys, report_by_study. scan: the rows of one study, made once.
WITH ranked AS (
    SELECT s.code, t.as_of, COALESCE(1 + max(g.position, 0), 0) AS place, COALESCE(t.region, '') AS region, t.study, t.included,
        CASE WHEN t.region IS NULL THEN s.planned ELSE x.planned END AS planned, t.edition, t.lines,
        row_number() OVER (PARTITION BY t.region, CASE WHEN s.totals_only THEN substr(t.as_of, 1, 4) ELSE t.as_of END
            ORDER BY t.as_of DESC, t.standing DESC, t.recorded DESC, t.id DESC) AS nth
    FROM study s JOIN report t ON t.study = s.id LEFT JOIN region g ON g.code = t.region
    LEFT JOIN study_region x ON x.study = t.study AND x.region = t.region
    WHERE s.id = :study AND (t.region IS NULL OR NOT s.totals_only))
DELETE FROM shown_report WHERE code = (SELECT code FROM study WHERE id = :study)
    AND (as_of, place, region) NOT IN (SELECT as_of, place, region FROM ranked WHERE nth = 1);

-- name: shown_reports_make
-- The rows that a study shows: of each region and day the report that stands; of a small population the last total of each calendar year.
-- Rows that are there as they should be are not written. Primary keys, report_by_study, which also finds the one that stands above.
INSERT INTO shown_report (code, as_of, place, region, study, included, planned, edition, lines)
SELECT s.code, t.as_of, COALESCE(1 + max(g.position, 0), 0), COALESCE(t.region, ''), t.study, t.included,
    CASE WHEN t.region IS NULL THEN s.planned ELSE x.planned END, t.edition, t.lines
FROM study s CROSS JOIN report t ON t.study = s.id LEFT JOIN region g ON g.code = t.region
LEFT JOIN study_region x ON x.study = t.study AND x.region = t.region
WHERE s.id = :study AND (t.region IS NULL OR NOT s.totals_only)
    AND NOT EXISTS (SELECT 1 FROM report l WHERE l.study = t.study AND l.region IS t.region AND l.as_of >= t.as_of
        AND l.as_of <= CASE WHEN s.totals_only THEN substr(t.as_of, 1, 4) || '-12-31' ELSE t.as_of END
        AND (l.as_of, l.standing, l.recorded, l.id) > (t.as_of, t.standing, t.recorded, t.id))
ON CONFLICT (code, as_of, place, region) DO UPDATE SET included = excluded.included, planned = excluded.planned, edition = excluded.edition,
    lines = excluded.lines
WHERE (included, planned, edition, lines) IS NOT (excluded.included, excluded.planned, excluded.edition, excluded.lines);

-- name: shown_report_add
-- After a report that stands, where nothing is withheld: the row of its region and day, unless there is one. Primary keys.
INSERT INTO shown_report (code, as_of, place, region, study, included, planned)
SELECT s.code, :as_of, COALESCE(1 + max(g.position, 0), 0), COALESCE(:region, ''), s.id, :included,
    CASE WHEN :region IS NULL THEN s.planned ELSE x.planned END
FROM study s LEFT JOIN region g ON g.code = :region LEFT JOIN study_region x ON x.study = s.id AND x.region = :region
WHERE s.id = :study
ON CONFLICT (code, as_of, place, region) DO NOTHING;

-- name: shown_report_change
-- Where there was one: what stands now. Primary keys.
UPDATE shown_report SET included = :included, edition = NULL, lines = NULL
WHERE code = (SELECT code FROM study WHERE id = :study) AND as_of = :as_of AND region = COALESCE(:region, '')
    AND place = COALESCE((SELECT 1 + max(position, 0) FROM region WHERE code = :region), 0);

-- name: shown_reports_more
-- One row more than there was. Primary key.
UPDATE study SET report_rows = report_rows + 1 WHERE id = :study;

-- name: shown_reports_count
-- How many rows that are. Primary keys.
UPDATE study SET report_rows = (SELECT count(*) FROM shown_report r WHERE r.code = study.code) WHERE id = :study;

-- name: present_version
-- The version that a study has, since when, and its numbers. Primary key.
SELECT version, updated AS since, planned, included, remaining, exceeded_by, permille, included_as_of, totals_only
FROM study WHERE id = :study;

-- name: present_regions
-- Its numbers by region. Primary key.
SELECT region, takes_part, planned, included, included_as_of FROM study_region WHERE study = :study;

-- name: past_add
-- A version that ends, with the bytes that are still stored. Primary key.
INSERT INTO study_past (study, version, since, until, planned, included, remaining, exceeded_by, permille, included_as_of,
    totals_only, json)
SELECT study, :version, :since, :until, :planned, :included, :remaining, :exceeded_by, :permille, :included_as_of, :totals_only, json
FROM rendered WHERE study = :study;

-- name: past_region_add
-- Its numbers of one region. Primary key.
INSERT INTO study_region_past (study, version, region, takes_part, planned, included, included_as_of)
VALUES (:study, :version, :region, :takes_part, :planned, :included, :included_as_of);

-- name: study_advance
-- A new version. Primary key.
UPDATE study SET version = :version, updated = :updated WHERE id = :study;

-- name: rendered_get
-- The bytes that stand for a study. Primary key.
SELECT json FROM rendered WHERE study = :study;

-- name: rendered_put
-- Primary key.
REPLACE INTO rendered (study, json) VALUES (:study, :bytes);

-- name: rendered_row_get
-- The row that stands for a study in a table. Primary key.
SELECT cells FROM rendered_row WHERE study = :study;

-- name: rendered_row_put
-- Primary key.
REPLACE INTO rendered_row (study, cells) VALUES (:study, :bytes);

-- name: studies_get
-- The bytes that stand for a study, by its code. Unique index (code), primary key.
SELECT r.json FROM study s JOIN rendered r ON r.study = s.id WHERE s.code = :code;
