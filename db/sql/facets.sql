-- SPDX-License-Identifier: GPL-3.0-or-later
-- The values that facets may have, in their order. What is counted is put together in db/facets.c, or comes from the image.

-- name: facet_programmes
-- In order. scan: a few.
SELECT code, name_nb AS label_nb, name_en AS label_en, NULL AS part_of FROM programme ORDER BY code;

-- name: facet_mechanisms
-- In order. scan: a handful.
SELECT code, label_nb, label_en, NULL AS part_of FROM mechanism ORDER BY position, code;

-- name: facet_categories
-- In order. scan: some twenty.
SELECT code, label_nb, label_en, NULL AS part_of FROM category ORDER BY position, code;

-- name: facet_institutions
-- All of them by name, with what they are part of. scan: all are wanted, in the order of institution_by_name.
SELECT code, name AS label_nb, NULL AS label_en, part_of FROM institution ORDER BY name_key, code;

-- name: facet_regions
-- In order. scan: a handful.
SELECT code, label_nb, label_en, NULL AS part_of FROM region ORDER BY position, code;
