-- SPDX-License-Identifier: GPL-3.0-or-later
-- What the image is made of (db/image_build.c), each in the order of studies. Orders by a sort key are put together there.

-- name: image_studies
-- Numbers, then the values of the dimensions that have one for each study, in their order. scan: all are wanted.
SELECT s.id, s.version, s.updated, s.amount_nok, s.planned, s.included, s.permille,
    CAST(replace(s.included_as_of, '-', '') AS INTEGER), s.awards, s.categories, s.totals_only, s.code,
    s.programme, s.call_year, s.mechanism, s.status, s.institution, i.region, s.leader, s.has_card, s.behind_plan,
    CASE WHEN COALESCE(s.age_min, s.age_max) IS NOT NULL
        THEN COALESCE(s.age_min, 0) || ' ' || COALESCE(s.age_max, 9223372036854775807) END
FROM study s JOIN institution i ON i.code = s.institution ORDER BY s.id;

-- name: image_categories
-- As printed. scan: all are wanted.
SELECT study, category FROM study_category ORDER BY study, position;

-- name: image_hospitals
-- Those named and the one that coordinates. scan: all are wanted.
SELECT study, institution FROM study_hospital UNION SELECT id, institution FROM study ORDER BY 1, 2;

-- name: image_inclusion
-- Where a study is known to include. scan: all are wanted.
SELECT DISTINCT study, region FROM study_inclusion_region ORDER BY study, region;

-- name: image_awards
-- scan: all are wanted.
SELECT study, call_year, mechanism, amount_nok FROM award ORDER BY study, position;

-- name: image_parts
-- The numbers of the regions that take part. scan: all are wanted.
SELECT study, region, planned, included, CAST(replace(included_as_of, '-', '') AS INTEGER)
FROM study_region WHERE takes_part = 1 ORDER BY study, region;

-- name: image_stands
-- An institution and all that is part of it. Primary key, institution_by_part_of. scan: what was found so far.
WITH RECURSIVE stands (code) AS (SELECT :code UNION SELECT i.code FROM stands JOIN institution i ON i.part_of = stands.code)
SELECT code FROM stands;
