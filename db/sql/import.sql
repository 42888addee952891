-- SPDX-License-Identifier: GPL-3.0-or-later
-- What an import writes, apart from studies.

-- name: edition_known
-- The id and digest of an edition. Unique index (programme, code).
SELECT id, digest FROM edition WHERE programme = :programme AND code = :code;

-- name: edition_later
-- Whether the programme has an edition after this day. edition_by_day.
SELECT 1 FROM edition WHERE programme = :programme AND as_of > :as_of AND code <> :code LIMIT 1;

-- name: programme_put
-- A programme; one that is known changes only when the edition is the newest. Primary key.
INSERT INTO programme (code, name_nb, name_en, short_name, disclosure_threshold, profile)
VALUES (:code, :name_nb, :name_en, :short_name, :disclosure_threshold, :profile)
ON CONFLICT (code) DO UPDATE SET name_nb = excluded.name_nb, name_en = excluded.name_en, short_name = excluded.short_name,
    disclosure_threshold = excluded.disclosure_threshold, profile = excluded.profile
WHERE :newest;

-- name: edition_put
-- An edition; returns its id. Unique index (programme, code).
INSERT INTO edition (programme, code, title_nb, title_en, as_of, collected, published, licence, attribution,
    document, document_title, publisher, document_lines, digest, imported)
VALUES (:programme, :code, :title_nb, :title_en, :as_of, :collected, :published, :licence, :attribution,
    :document, :document_title, :publisher, :document_lines, :digest, :imported)
ON CONFLICT (programme, code) DO UPDATE SET title_nb = excluded.title_nb, title_en = excluded.title_en, as_of = excluded.as_of,
    collected = excluded.collected, published = excluded.published, licence = excluded.licence,
    attribution = excluded.attribution, document = excluded.document, document_title = excluded.document_title,
    publisher = excluded.publisher, document_lines = excluded.document_lines, digest = excluded.digest,
    imported = excluded.imported
RETURNING id;

-- name: attached_to_table
-- The indexes of a table that are no constraints, and its triggers: name, definition, whether it is a trigger; in the order they were
-- made. scan: the schema.
SELECT name, sql, type = 'trigger' FROM sqlite_schema
WHERE type IN ('index', 'trigger') AND tbl_name = :table AND sql IS NOT NULL ORDER BY rowid;

-- name: shown_counts_clear
-- Before all are counted anew. scan: it removes all.
DELETE FROM shown_count;

-- name: shown_days
-- The day and region of every row shown, day by day. scan: all, in the order of shown_report_by_day.
SELECT as_of, region FROM shown_report ORDER BY as_of;

-- name: shown_counts_add
-- So many rows of a day and region. Primary key.
INSERT INTO shown_count (region, as_of, report_rows) VALUES (:region, :as_of, :rows);

-- name: edition_clear_figures
-- What an edition said, before it says it anew. Primary key.
DELETE FROM figure WHERE edition = :edition;

-- name: edition_clear_notes
-- As above. note_by_edition.
DELETE FROM note WHERE edition = :edition;

-- name: edition_clear_institution_aliases
-- As above. institution_alias_by_edition.
DELETE FROM institution_alias WHERE edition = :edition;

-- name: edition_clear_person_aliases
-- As above. person_alias_by_edition.
DELETE FROM person_alias WHERE edition = :edition;

-- name: region_put
-- A region; one that is known changes only when the same programme says so, in its newest edition or the one that brought it.
-- Primary key.
INSERT INTO region (code, label_nb, label_en, basis, lines, position, programme, edition)
VALUES (:code, :label_nb, :label_en, :basis, :lines, :position, :programme, :edition)
ON CONFLICT (code) DO UPDATE SET label_nb = excluded.label_nb, label_en = excluded.label_en, basis = excluded.basis,
    lines = excluded.lines, position = excluded.position, edition = excluded.edition
WHERE region.programme = excluded.programme AND (:newest OR region.edition = excluded.edition);

-- name: mechanism_put
-- A mechanism, as region_put. Primary key.
INSERT INTO mechanism (code, report_code, label_nb, label_en, lines, position, programme, edition)
VALUES (:code, :report_code, :label_nb, :label_en, :lines, :position, :programme, :edition)
ON CONFLICT (code) DO UPDATE SET report_code = excluded.report_code, label_nb = excluded.label_nb,
    label_en = excluded.label_en, lines = excluded.lines, position = excluded.position, edition = excluded.edition
WHERE mechanism.programme = excluded.programme AND (:newest OR mechanism.edition = excluded.edition);

-- name: category_put
-- A category, as region_put. Primary key.
INSERT INTO category (code, label_nb, label_en, label_en_basis, lines, position, programme, edition)
VALUES (:code, :label_nb, :label_en, :label_en_basis, :lines, :position, :programme, :edition)
ON CONFLICT (code) DO UPDATE SET label_nb = excluded.label_nb, label_en = excluded.label_en,
    label_en_basis = excluded.label_en_basis, lines = excluded.lines, position = excluded.position, edition = excluded.edition
WHERE category.programme = excluded.programme AND (:newest OR category.edition = excluded.edition);

-- name: institution_put
-- An institution, as region_put. Primary key.
INSERT INTO institution (code, name, name_key, region, region_basis, part_of, part_of_basis, lines, programme, edition)
VALUES (:code, :name, :name_key, :region, :region_basis, :part_of, :part_of_basis, :lines, :programme, :edition)
ON CONFLICT (code) DO UPDATE SET name = excluded.name, name_key = excluded.name_key, region = excluded.region,
    region_basis = excluded.region_basis, part_of = excluded.part_of, part_of_basis = excluded.part_of_basis,
    lines = excluded.lines, edition = excluded.edition
WHERE institution.programme = excluded.programme AND (:newest OR institution.edition = excluded.edition);

-- name: institution_alias_add
-- Another spelling of an institution, unless it is the name itself. Primary key.
INSERT OR IGNORE INTO institution_alias (institution, alias, edition)
SELECT code, :alias, :edition FROM institution WHERE code = :code AND name <> :alias;

-- name: person_add
-- A leader, if not known. Primary key.
INSERT OR IGNORE INTO person (name) VALUES (:name);

-- name: person_alias_add
-- Another spelling of a leader's name. Primary key.
INSERT OR IGNORE INTO person_alias (name, alias, edition) VALUES (:name, :alias, :edition);

-- name: persons_prune
-- Leaders of no study go, their aliases with them. scan: all leaders, once an import; study_by_leader_name for each.
DELETE FROM person WHERE NOT EXISTS (SELECT 1 FROM study WHERE study.leader = person.name);

-- name: plan_of_edition
-- What this edition said of one plan: id, number, end, lines, standing and when it was stated. plan_by_study.
SELECT id, planned, planned_end, lines, standing, stated FROM plan
WHERE study = :study AND region IS :region AND as_of = :as_of AND edition = :edition;

-- name: plan_add
-- A plan of an edition. Insert.
INSERT INTO plan (study, region, as_of, planned, planned_end, lines, recorded, origin, edition, standing, stated)
VALUES (:study, :region, :as_of, :planned, :planned_end, :lines, :recorded, 'edition', :edition, :standing, :stated);

-- name: plan_change
-- What the edition says now. Primary key.
UPDATE plan SET planned = :planned, planned_end = :planned_end, lines = :lines, recorded = :recorded, standing = :standing,
    stated = :stated WHERE id = :id;

-- name: plan_confirm
-- The edition says the same again. Primary key.
UPDATE plan SET stated = :stated WHERE id = :id;

-- name: plan_filed
-- The number filed here for the same study, region and day. plan_by_study.
SELECT planned FROM plan WHERE study = :study AND region IS :region AND as_of = :as_of AND standing = 'filed'
ORDER BY recorded DESC, id DESC LIMIT 1;

-- name: filed_beside_add
-- Where an edition says something beside what was filed. Primary key.
INSERT OR IGNORE INTO filed_beside (study, kind, region, as_of) VALUES (:study, :kind, COALESCE(:region, ''), :as_of);

-- name: plan_withdraw
-- What the edition said until now, before it says otherwise. Primary key.
INSERT INTO plan_past (study, region, as_of, planned, planned_end, lines, recorded, edition, standing, withdrawn)
SELECT study, region, as_of, planned, planned_end, lines, recorded, edition, standing, :withdrawn FROM plan WHERE id = :id;

-- name: plans_withdraw
-- The same of plans that the edition no longer holds, before they go. plan_by_edition.
INSERT INTO plan_past (study, region, as_of, planned, planned_end, lines, recorded, edition, standing, withdrawn)
SELECT study, region, as_of, planned, planned_end, lines, recorded, edition, standing, :withdrawn FROM plan
WHERE edition = :edition AND stated < :stated;

-- name: plans_forgotten
-- Plans that the edition no longer holds. plan_by_edition.
DELETE FROM plan WHERE edition = :edition AND stated < :stated;

-- name: report_of_edition
-- What this edition said of one report: id, number, nothing (no end), lines, standing and when it was stated. report_by_study.
SELECT id, included, NULL, lines, standing, stated FROM report
WHERE study = :study AND region IS :region AND as_of = :as_of AND edition = :edition;

-- name: report_add
-- A report of an edition. Insert.
INSERT INTO report (study, region, as_of, included, lines, recorded, origin, edition, standing, stated)
VALUES (:study, :region, :as_of, :included, :lines, :recorded, 'edition', :edition, :standing, :stated);

-- name: report_change
-- What the edition says now. Primary key.
UPDATE report SET included = :included, lines = :lines, recorded = :recorded, standing = :standing, stated = :stated
WHERE id = :id;

-- name: report_confirm
-- The edition says the same again. Primary key.
UPDATE report SET stated = :stated WHERE id = :id;

-- name: report_filed
-- The number filed here for the same study, region and day. report_by_study.
SELECT included FROM report WHERE study = :study AND region IS :region AND as_of = :as_of AND standing = 'filed'
ORDER BY recorded DESC, id DESC LIMIT 1;

-- name: report_withdraw
-- As plan_withdraw. Primary key.
INSERT INTO report_past (study, region, as_of, included, lines, recorded, edition, standing, withdrawn)
SELECT study, region, as_of, included, lines, recorded, edition, standing, :withdrawn FROM report WHERE id = :id;

-- name: reports_withdraw
-- As plans_withdraw. report_by_edition.
INSERT INTO report_past (study, region, as_of, included, lines, recorded, edition, standing, withdrawn)
SELECT study, region, as_of, included, lines, recorded, edition, standing, :withdrawn FROM report
WHERE edition = :edition AND stated < :stated;

-- name: reports_forgotten
-- Reports that the edition no longer holds. report_by_edition.
DELETE FROM report WHERE edition = :edition AND stated < :stated;

-- name: figure_add
-- A published figure. Insert.
INSERT INTO figure (edition, position, code, measure, unit, call_year, mechanism, region, category, people, value, decimals,
    as_of, label_nb, label_en, printed, lines)
VALUES (:edition, :position, :code, :measure, :unit, :call_year, :mechanism, :region, :category, :people, :value, :decimals,
    :as_of, :label_nb, :label_en, :printed, :lines);

-- name: note_add
-- A note of an edition. Insert.
INSERT INTO note (edition, record, ref, field, kind, text_nb, text_en, lines)
VALUES (:edition, :record, :id, :field, :kind, :text_nb, :text_en, :lines);

-- name: touch
-- The study has to be made anew, for these reasons. Primary key.
INSERT INTO touched (study, added, named, reported) VALUES (:study, :added, :named, :reported)
ON CONFLICT (study) DO UPDATE SET added = max(added, excluded.added), named = max(named, excluded.named),
    reported = max(reported, excluded.reported);

-- name: touch_of_edition
-- Every study whose facts or notes come from the edition. study_by_edition, note_by_edition, unique index (code).
INSERT OR IGNORE INTO touched (study)
SELECT id FROM study WHERE edition = :edition
UNION SELECT s.id FROM note n JOIN study s ON s.code = n.ref WHERE n.edition = :edition AND n.record = 'study';

-- name: touch_of_programme
-- Every study of the programme: its threshold may have changed. study_by_programme.
INSERT OR IGNORE INTO touched (study) SELECT id FROM study WHERE programme = :code;

-- name: touch_of_region
-- Every study that includes in the region or is coordinated from it. study_inclusion_region_by_region, institution_by_region.
INSERT OR IGNORE INTO touched (study)
SELECT study FROM study_inclusion_region WHERE region = :code
UNION SELECT s.id FROM institution i JOIN study s ON s.institution = i.code WHERE i.region = :code;

-- name: touch_of_mechanism
-- Every study with an award of the mechanism. award_by_mechanism.
INSERT OR IGNORE INTO touched (study) SELECT study FROM award WHERE mechanism = :code;

-- name: touch_of_category
-- Every study of the category. Unique index (category, study).
INSERT OR IGNORE INTO touched (study) SELECT study FROM study_category WHERE category = :code;

-- name: touch_of_institution
-- Every study that names the institution. study_by_institution_code, unique index (institution, study).
INSERT OR IGNORE INTO touched (study)
SELECT id FROM study WHERE institution = :code UNION SELECT study FROM study_hospital WHERE institution = :code;

-- name: touch_forgotten
-- Every study with a plan or report that the edition no longer holds. plan_by_edition, report_by_edition.
INSERT INTO touched (study, reported)
SELECT study, 1 FROM plan WHERE edition = :edition AND stated < :stated
UNION SELECT study, 1 FROM report WHERE edition = :edition AND stated < :stated
ON CONFLICT (study) DO UPDATE SET reported = 1;

-- name: touched_depart
-- The study leaves the kept sums: no row changes when it has left them already, or never was in them. Primary key.
UPDATE touched SET departed = 1 WHERE study = :study AND departed = 0 AND added = 0;

-- name: old_ids_exist
-- Whether any study has an old id. scan: one row.
SELECT EXISTS (SELECT 1 FROM study_alias);

-- name: touched_next
-- The next studies to make anew. Primary key.
SELECT study, added, named, reported FROM touched WHERE study > :after ORDER BY study LIMIT :limit;

-- name: touched_count
-- How many that are. scan: once an import.
SELECT count(*) FROM touched;

-- name: touched_clear
-- The list is empty outside of a transaction. scan: it removes all.
DELETE FROM touched;

-- name: notes_of_conflicts
-- How many conflicts the edition has, but for counts. note_by_edition.
SELECT count(*) FROM note WHERE edition = :edition AND kind = 'conflict';
