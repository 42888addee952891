-- SPDX-License-Identifier: GPL-3.0-or-later
-- What is searched by words.

-- The searched texts of a study, by its id; made anew with it (db/search_row.c). The columns come in the order of their weight, the best
-- first (db/search_columns.c). A list is joined by U+001E, over which no phrase reaches; every holds that character in every study, so
-- that one can ask for all that lack a word. The words are those of base/fold.h: only studyd itself can read the table.
CREATE VIRTUAL TABLE study_search USING fts5(acronym, title_nb, title_en, scientific_title, condition_nb, condition_en, categories_nb,
    categories_en, leader, summary_nb, summary_en, institution, hospitals, every, tokenize = 'studyd', columnsize = 0);

-- By which rules the table above was made: where the program knows others, all of it is made anew at open.
ALTER TABLE register ADD COLUMN search INTEGER NOT NULL DEFAULT 0;

PRAGMA user_version = 3;
