-- SPDX-License-Identifier: GPL-3.0-or-later
-- What study offices file, who may, and everything that was, as it stood.

-- Who may file. Only a keyed hash of the secret is here (server/secret.c); the key lies beside the database, not in it.
CREATE TABLE token (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    role TEXT NOT NULL CHECK (role IN ('reporter', 'editor')),
    scope TEXT NOT NULL CHECK (scope IN ('study', 'institution', 'programme')),
    code TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    created INTEGER NOT NULL,
    expires INTEGER,
    revoked INTEGER
) STRICT;

-- What a client that sends its Idempotency-Key again is answered. token 0: a command on the machine itself. digest: of what was asked.
CREATE TABLE kept_answer (
    token INTEGER NOT NULL,
    key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    at INTEGER NOT NULL,
    status INTEGER NOT NULL,
    version INTEGER NOT NULL,
    location TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (token, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX kept_answer_by_age ON kept_answer (at);

-- Of what is filed. token 0: a command on the machine itself. Comments are for the office and leave the register nowhere.
ALTER TABLE report ADD COLUMN correction INTEGER NOT NULL DEFAULT 0 CHECK (correction IN (0, 1));
ALTER TABLE report ADD COLUMN comment TEXT;
ALTER TABLE report ADD COLUMN token INTEGER CHECK ((origin = 'filed') = (token IS NOT NULL));
ALTER TABLE plan ADD COLUMN token INTEGER CHECK ((origin = 'filed') = (token IS NOT NULL));

-- Where something was filed beside what an edition says: found without looking at all counts of a study, since one is made anew with every
-- filing. region is '' for the whole study. A place stays when the edition says nothing of it any more. What is filed enters itself, an
-- import enters the rest. Before this nothing was filed.
CREATE TABLE filed_beside (
    study INTEGER NOT NULL REFERENCES study (id),
    kind TEXT NOT NULL CHECK (kind IN ('plan', 'report')),
    region TEXT NOT NULL,
    as_of TEXT NOT NULL,
    PRIMARY KEY (study, kind, region, as_of)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER plan_is_filed_beside AFTER INSERT ON plan WHEN new.origin = 'filed' AND EXISTS (
    SELECT 1 FROM plan t WHERE t.study = new.study AND t.region IS new.region AND t.as_of = new.as_of AND t.standing < 'filed')
BEGIN INSERT OR IGNORE INTO filed_beside (study, kind, region, as_of) VALUES (new.study, 'plan', COALESCE(new.region, ''), new.as_of); END;
CREATE TRIGGER report_is_filed_beside AFTER INSERT ON report WHEN new.origin = 'filed' AND EXISTS (
    SELECT 1 FROM report t WHERE t.study = new.study AND t.region IS new.region AND t.as_of = new.as_of AND t.standing < 'filed')
BEGIN INSERT OR IGNORE INTO filed_beside (study, kind, region, as_of) VALUES (new.study, 'report', COALESCE(new.region, ''), new.as_of); END;

-- That an edition counts otherwise is seen by looking at both numbers; it was a note, which went stale and showed what a small population
-- does not.
DELETE FROM note WHERE kind = 'conflict' AND field = 'recruitment';

-- What an edition said and says no longer, or says otherwise: from recorded until withdrawn the register knew it.
CREATE TABLE report_past (
    study INTEGER NOT NULL REFERENCES study (id),
    region TEXT REFERENCES region (code),
    as_of TEXT NOT NULL,
    included INTEGER NOT NULL,
    lines TEXT,
    recorded INTEGER NOT NULL,
    edition INTEGER NOT NULL REFERENCES edition (id),
    standing TEXT NOT NULL,
    withdrawn INTEGER NOT NULL
) STRICT;
CREATE INDEX report_past_by_study ON report_past (study, region, as_of);
CREATE TABLE plan_past (
    study INTEGER NOT NULL REFERENCES study (id),
    region TEXT REFERENCES region (code),
    as_of TEXT NOT NULL,
    planned INTEGER NOT NULL,
    planned_end TEXT,
    lines TEXT,
    recorded INTEGER NOT NULL,
    edition INTEGER NOT NULL REFERENCES edition (id),
    standing TEXT NOT NULL,
    withdrawn INTEGER NOT NULL
) STRICT;
CREATE INDEX plan_past_by_study ON plan_past (study, region, as_of);

-- A study as it stood from since until another version took its place: its bytes, and the numbers that answers are made from. The present
-- version is in study, study_region and rendered. Versions that ended before this table was there are not in it. It has a rowid, so that
-- whole rows are only ever added at the end.
CREATE TABLE study_past (
    study INTEGER NOT NULL REFERENCES study (id),
    version INTEGER NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL CHECK (until >= since),
    planned INTEGER,
    included INTEGER,
    remaining INTEGER,
    exceeded_by INTEGER,
    permille INTEGER,
    included_as_of TEXT,
    totals_only INTEGER NOT NULL CHECK (totals_only IN (0, 1)),
    json BLOB NOT NULL,
    PRIMARY KEY (study, version)
) STRICT;
CREATE INDEX study_past_by_time ON study_past (until, since);
CREATE TABLE study_region_past (
    study INTEGER NOT NULL,
    version INTEGER NOT NULL,
    region TEXT NOT NULL REFERENCES region (code),
    takes_part INTEGER NOT NULL CHECK (takes_part IN (0, 1)),
    planned INTEGER,
    included INTEGER,
    included_as_of TEXT,
    PRIMARY KEY (study, version, region),
    FOREIGN KEY (study, version) REFERENCES study_past (study, version)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER study_past_stays BEFORE UPDATE ON study_past
BEGIN SELECT RAISE(ABORT, 'what stood is never changed'); END;

-- What answers about the past need of records that are not studies. Nothing else writes these.
-- An edition as it stood until it was imported anew.
CREATE TABLE edition_past (
    edition INTEGER NOT NULL REFERENCES edition (id),
    until INTEGER NOT NULL,
    as_of TEXT NOT NULL,
    licence TEXT,
    attribution TEXT,
    document TEXT NOT NULL,
    imported INTEGER NOT NULL,
    PRIMARY KEY (edition, until)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER edition_is_kept BEFORE UPDATE ON edition WHEN new.imported <> old.imported
BEGIN INSERT INTO edition_past (edition, until, as_of, licence, attribution, document, imported)
    VALUES (old.id, new.imported, old.as_of, old.licence, old.attribution, old.document, old.imported); END;
-- A region as it was called and where it stood among the others, from an instant on. Those of before this was kept: from ever on.
CREATE TABLE region_past (
    code TEXT NOT NULL REFERENCES region (code),
    since INTEGER NOT NULL,
    label_nb TEXT,
    label_en TEXT,
    position INTEGER NOT NULL,
    PRIMARY KEY (code, since)
) STRICT, WITHOUT ROWID;
INSERT INTO region_past (code, since, label_nb, label_en, position) SELECT code, 0, label_nb, label_en, position FROM region;
CREATE TRIGGER region_is_kept AFTER INSERT ON region
BEGIN INSERT INTO region_past (code, since, label_nb, label_en, position)
    SELECT new.code, e.imported, new.label_nb, new.label_en, new.position FROM edition e WHERE e.id = new.edition; END;
CREATE TRIGGER region_change_is_kept AFTER UPDATE ON region
WHEN (old.label_nb, old.label_en, old.position) IS NOT (new.label_nb, new.label_en, new.position)
BEGIN REPLACE INTO region_past (code, since, label_nb, label_en, position)
    SELECT new.code, e.imported, new.label_nb, new.label_en, new.position FROM edition e WHERE e.id = new.edition; END;

-- From this instant on the past is known whole: what is superseded after it is kept.
ALTER TABLE register ADD COLUMN known_from INTEGER NOT NULL DEFAULT 0;
UPDATE register SET known_from = COALESCE((SELECT max(at) FROM change), 0);

-- The data version of the last change of anything but counts: what is neither a count nor made of counts is as it was since.
ALTER TABLE register ADD COLUMN facts INTEGER NOT NULL DEFAULT 0;
UPDATE register SET facts = data_version;

-- The log has a row for each version of a study, in their order. role: by whom; NULL = before this was kept: an edition.
ALTER TABLE change ADD COLUMN role TEXT CHECK (role IN ('edition', 'reporter', 'editor', 'operator'));
ALTER TABLE change ADD COLUMN edition INTEGER REFERENCES edition (id);
CREATE INDEX change_by_study ON change (study, id) WHERE study IS NOT NULL;
CREATE INDEX change_by_time ON change (at);

-- Which study is small, what its regions tell, and when they make its total follow other rules now: all is made and summed anew.
UPDATE register SET renderer = '', sums = 0;

PRAGMA user_version = 6;
