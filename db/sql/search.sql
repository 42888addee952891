-- SPDX-License-Identifier: GPL-3.0-or-later
-- The searched texts of studies. To the engine, a look-up by rowid in a virtual table is a scan too.

-- name: search_make
-- The searched texts of a study as its records hold them. Primary keys. scan: its own categories and hospitals.
SELECT COALESCE(t.acronym, ''), COALESCE(t.title_nb, ''), COALESCE(t.title_en, ''), t.scientific_title, COALESCE(t.condition_nb, ''),
    COALESCE(t.condition_en, ''),
    (SELECT COALESCE(group_concat(label, char(30)), '') FROM (SELECT COALESCE(c.label_nb, '') AS label FROM study_category x
        JOIN category c ON c.code = x.category WHERE x.study = s.id ORDER BY x.position)) AS categories_nb,
    (SELECT COALESCE(group_concat(label, char(30)), '') FROM (SELECT COALESCE(c.label_en, '') AS label FROM study_category x
        JOIN category c ON c.code = x.category WHERE x.study = s.id ORDER BY x.position)) AS categories_en,
    s.leader, COALESCE(t.summary_nb, ''), COALESCE(t.summary_en, ''), i.name,
    (SELECT COALESCE(group_concat(name, char(30)), '') FROM (SELECT h.name FROM study_hospital x
        JOIN institution h ON h.code = x.institution WHERE x.study = s.id ORDER BY x.position)) AS hospitals
FROM study s JOIN study_text t ON t.study = s.id JOIN institution i ON i.code = s.institution WHERE s.id = :study;

-- name: search_get
-- The same as they are kept. scan: rowid.
SELECT acronym, title_nb, title_en, scientific_title, condition_nb, condition_en, categories_nb, categories_en, leader, summary_nb,
    summary_en, institution, hospitals
FROM study_search WHERE rowid = :study;

-- name: search_put
-- What is searched of a study. Insert.
REPLACE INTO study_search (rowid, acronym, title_nb, title_en, scientific_title, condition_nb, condition_en, categories_nb,
    categories_en, leader, summary_nb, summary_en, institution, hospitals, every)
VALUES (:study, :acronym, :title_nb, :title_en, :scientific_title, :condition_nb, :condition_en, :categories_nb, :categories_en,
    :leader, :summary_nb, :summary_en, :institution, :hospitals, char(30));

-- name: search_remake
-- Every word of every text is entered anew: they may be other words now. Writes all.
INSERT INTO study_search (study_search) VALUES ('rebuild');

-- name: search_rules
-- The rules that the searched texts were made by. Primary key.
SELECT search FROM register WHERE id = 1;

-- name: search_set_rules
-- Primary key.
UPDATE register SET search = :search WHERE id = 1;

-- name: search_strays
-- What is searched of no study. Primary key for each. scan: all are looked at, by a check alone.
SELECT x.rowid FROM study_search x WHERE NOT EXISTS (SELECT 1 FROM study s WHERE s.id = x.rowid);
