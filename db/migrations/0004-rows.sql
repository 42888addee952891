-- SPDX-License-Identifier: GPL-3.0-or-later
-- The row that stands for a study in a table, kept beside its other form: opaque bytes. Apart from it, since a list reads one or the other.
CREATE TABLE rendered_row (
    study INTEGER PRIMARY KEY REFERENCES study (id),
    cells BLOB NOT NULL
) STRICT;

-- No study has a row yet: at the next opening all are rendered anew.
UPDATE register SET renderer = '';

PRAGMA user_version = 4;
