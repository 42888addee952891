-- SPDX-License-Identifier: GPL-3.0-or-later
-- Keeping the register. Also asked of registers of an earlier format, as far as it says so.

-- name: backup_size
-- Bytes of the pages that hold something, of any format. scan: three pragmas, a row each.
SELECT (p.page_count - f.freelist_count) * s.page_size FROM pragma_page_count p, pragma_freelist_count f, pragma_page_size s;

-- name: backup_copy
-- All of the database, as it is when this begins, into the file :name. Of any format.
VACUUM INTO :name;

-- name: restore_renew_epoch
-- Another life of the same data: what was said of the one before is not said of this one. Primary key.
UPDATE register SET epoch = lower(hex(randomblob(8))) WHERE id = 1;

-- name: restore_last_token
-- The highest number that was given to a token; no row: none was. Of any format that has tokens. scan: a row for each table that numbers.
SELECT seq FROM sqlite_sequence WHERE name = 'token';

-- name: restore_count_tokens
-- Tokens are counted, also where none was made yet. scan: a row for each table that numbers.
INSERT INTO sqlite_sequence (name, seq) SELECT 'token', 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'token');

-- name: restore_go_on
-- The next token has a number past :last as well. scan: a row for each table that numbers.
UPDATE sqlite_sequence SET seq = max(seq, :last) WHERE name = 'token';
