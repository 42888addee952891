-- SPDX-License-Identifier: GPL-3.0-or-later
-- The register: programmes and their editions, studies as they stand now, and every plan and report ever recorded.
-- Codes are keys: they are given in the data and never change. Days are text (YYYY-MM-DD), instants milliseconds since 1970.
PRAGMA application_id = 1400141156;

-- One row: which register this is, and how many commits have changed an answer.
CREATE TABLE register (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    epoch TEXT NOT NULL CHECK (length(epoch) = 16),
    data_version INTEGER NOT NULL CHECK (data_version >= 0),
    updated INTEGER NOT NULL,
    renderer TEXT NOT NULL
) STRICT;
INSERT INTO register (id, epoch, data_version, updated, renderer)
VALUES (1, lower(hex(randomblob(8))), 0, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), '');

CREATE TABLE programme (
    code TEXT PRIMARY KEY CHECK (length(code) BETWEEN 1 AND 64),
    name_nb TEXT,
    name_en TEXT,
    short_name TEXT,
    disclosure_threshold INTEGER NOT NULL CHECK (disclosure_threshold >= 0),
    profile TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE edition (
    id INTEGER PRIMARY KEY,
    programme TEXT NOT NULL REFERENCES programme (code),
    code TEXT NOT NULL CHECK (length(code) BETWEEN 1 AND 64),
    title_nb TEXT,
    title_en TEXT,
    as_of TEXT NOT NULL CHECK (length(as_of) = 10),
    collected TEXT,
    published TEXT,
    licence TEXT,
    attribution TEXT,
    document TEXT NOT NULL,
    document_title TEXT NOT NULL,
    publisher TEXT,
    document_lines INTEGER NOT NULL,
    digest TEXT NOT NULL,
    imported INTEGER NOT NULL,
    UNIQUE (programme, code)
) STRICT;
CREATE INDEX edition_by_day ON edition (programme, as_of);

-- Reference data are shared by programmes: programme and edition say who names the record.
CREATE TABLE region (
    code TEXT PRIMARY KEY CHECK (length(code) BETWEEN 1 AND 64),
    label_nb TEXT,
    label_en TEXT,
    basis TEXT,
    lines TEXT,
    position INTEGER NOT NULL,
    programme TEXT NOT NULL REFERENCES programme (code),
    edition INTEGER NOT NULL REFERENCES edition (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE mechanism (
    code TEXT PRIMARY KEY CHECK (length(code) BETWEEN 1 AND 64),
    report_code TEXT,
    label_nb TEXT,
    label_en TEXT,
    lines TEXT,
    position INTEGER NOT NULL,
    programme TEXT NOT NULL REFERENCES programme (code),
    edition INTEGER NOT NULL REFERENCES edition (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE category (
    code TEXT PRIMARY KEY CHECK (length(code) BETWEEN 1 AND 64),
    label_nb TEXT,
    label_en TEXT,
    label_en_basis TEXT,
    lines TEXT,
    position INTEGER NOT NULL,
    programme TEXT NOT NULL REFERENCES programme (code),
    edition INTEGER NOT NULL REFERENCES edition (id)
) STRICT, WITHOUT ROWID;

-- part_of may name a row that the same edition brings later.
CREATE TABLE institution (
    code TEXT PRIMARY KEY CHECK (length(code) BETWEEN 1 AND 64),
    name TEXT NOT NULL,
    name_key BLOB NOT NULL,
    region TEXT REFERENCES region (code),
    region_basis TEXT,
    part_of TEXT REFERENCES institution (code) DEFERRABLE INITIALLY DEFERRED,
    part_of_basis TEXT,
    lines TEXT,
    programme TEXT NOT NULL REFERENCES programme (code),
    edition INTEGER NOT NULL REFERENCES edition (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX institution_by_name ON institution (name_key, code);
CREATE INDEX institution_by_region ON institution (region);
CREATE INDEX institution_by_part_of ON institution (part_of);

CREATE TABLE institution_alias (
    institution TEXT NOT NULL REFERENCES institution (code),
    alias TEXT NOT NULL,
    edition INTEGER NOT NULL REFERENCES edition (id),
    PRIMARY KEY (institution, alias, edition)
) STRICT, WITHOUT ROWID;
CREATE INDEX institution_alias_by_edition ON institution_alias (edition);

CREATE TABLE person (
    name TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE person_alias (
    name TEXT NOT NULL REFERENCES person (name) ON DELETE CASCADE,
    alias TEXT NOT NULL,
    edition INTEGER NOT NULL REFERENCES edition (id),
    PRIMARY KEY (name, alias, edition)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_alias_by_edition ON person_alias (edition);

-- A study as it is filtered and sorted: narrow, so that a walk over all of them stays cheap. edition is where its facts come
-- from, stated the data version of the import that said so last. From planned on all is made anew with every change.
CREATE TABLE study (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE CHECK (length(code) BETWEEN 1 AND 64),
    programme TEXT NOT NULL REFERENCES programme (code),
    edition INTEGER NOT NULL REFERENCES edition (id),
    stated INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT 0 CHECK (version >= 0),
    updated INTEGER NOT NULL DEFAULT 0,
    leader TEXT NOT NULL REFERENCES person (name),
    institution TEXT NOT NULL REFERENCES institution (code),
    status TEXT NOT NULL
        CHECK (status IN ('planned', 'recruiting', 'recruitment-ended', 'follow-up', 'completed', 'stopped', 'unknown')),
    mechanism TEXT NOT NULL REFERENCES mechanism (code),
    call_year INTEGER NOT NULL,
    has_card INTEGER NOT NULL CHECK (has_card IN (0, 1)),
    amount_nok INTEGER NOT NULL,
    age_min INTEGER CHECK (age_min >= 0),
    age_max INTEGER CHECK (age_max >= 0),
    planned INTEGER CHECK (planned >= 0),
    included INTEGER CHECK (included >= 0),
    remaining INTEGER CHECK (remaining >= 0),
    exceeded_by INTEGER CHECK (exceeded_by >= 0),
    permille INTEGER CHECK (permille >= 0),
    included_as_of TEXT,
    behind_plan INTEGER NOT NULL DEFAULT 0 CHECK (behind_plan IN (0, 1)),
    totals_only INTEGER NOT NULL DEFAULT 0 CHECK (totals_only IN (0, 1)),
    name_key BLOB NOT NULL DEFAULT x'',
    leader_key BLOB NOT NULL DEFAULT x'',
    institution_key BLOB NOT NULL DEFAULT x''
) STRICT;
-- A filter alone comes out in the usual order. Unknown numbers sort last both ways, so each way has its own index
-- (db/position.c names the same expressions).
CREATE INDEX study_by_edition ON study (edition);
CREATE INDEX study_by_programme ON study (programme, call_year, code);
CREATE INDEX study_by_leader_name ON study (leader, call_year, code);
CREATE INDEX study_by_institution_code ON study (institution, call_year, code);
CREATE INDEX study_by_mechanism ON study (mechanism, call_year, code);
CREATE INDEX study_by_status ON study (status, call_year, code);
CREATE INDEX study_by_card ON study (has_card, call_year, code);
CREATE INDEX study_by_behind ON study (behind_plan, call_year, code);
CREATE INDEX study_by_age ON study (age_min, age_max);
CREATE INDEX study_by_call_year ON study (call_year, code);
CREATE INDEX study_by_call_year_down ON study (call_year DESC, code);
CREATE INDEX study_by_amount ON study (amount_nok, code);
CREATE INDEX study_by_updated ON study (updated, code);
CREATE INDEX study_by_updated_down ON study (updated DESC, code);
CREATE INDEX study_by_planned ON study (COALESCE(planned, 9223372036854775807), code);
CREATE INDEX study_by_planned_down ON study (COALESCE(planned, -1) DESC, code);
CREATE INDEX study_by_included ON study (COALESCE(included, 9223372036854775807), code);
CREATE INDEX study_by_included_down ON study (COALESCE(included, -1) DESC, code);
CREATE INDEX study_by_permille ON study (COALESCE(permille, 9223372036854775807), code);
CREATE INDEX study_by_permille_down ON study (COALESCE(permille, -1) DESC, code);
CREATE INDEX study_by_name ON study (name_key, code);
CREATE INDEX study_by_leader ON study (leader_key, code);
CREATE INDEX study_by_institution ON study (institution_key, code);

-- The rest of what is known of a study: never filtered, never sorted.
CREATE TABLE study_text (
    study INTEGER PRIMARY KEY REFERENCES study (id),
    acronym TEXT,
    title_nb TEXT,
    title_en TEXT,
    scientific_title TEXT NOT NULL,
    hospitals_stated INTEGER,
    european_sites INTEGER,
    age_text TEXT,
    sexes INTEGER NOT NULL CHECK (sexes BETWEEN 0 AND 3),
    children INTEGER,
    condition_nb TEXT,
    condition_en TEXT,
    aim TEXT,
    aim_text TEXT,
    design TEXT,
    design_text TEXT,
    summary_nb TEXT,
    summary_en TEXT,
    about_nb TEXT,
    about_en TEXT,
    novelty_nb TEXT,
    novelty_en TEXT,
    importance_nb TEXT,
    importance_en TEXT,
    progress_nb TEXT,
    progress_en TEXT,
    next_steps_nb TEXT,
    next_steps_en TEXT,
    start TEXT,
    inclusion_end TEXT,
    inclusion_end_expected TEXT,
    completion_expected TEXT,
    contact TEXT
) STRICT;

-- The bytes that stand for a study in every answer, made by the renderer in the transaction of the change.
CREATE TABLE rendered (
    study INTEGER PRIMARY KEY REFERENCES study (id),
    json BLOB NOT NULL
) STRICT;

-- An id that a study had before: it answers for ever.
CREATE TABLE study_alias (
    alias TEXT PRIMARY KEY CHECK (length(alias) BETWEEN 1 AND 64),
    study INTEGER NOT NULL REFERENCES study (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE award (
    study INTEGER NOT NULL REFERENCES study (id),
    position INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('main', 'top-up')),
    call_year INTEGER NOT NULL,
    mechanism TEXT NOT NULL REFERENCES mechanism (code),
    amount_nok INTEGER NOT NULL,
    title TEXT NOT NULL,
    lines TEXT,
    PRIMARY KEY (study, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX award_by_call ON award (call_year, mechanism, study, amount_nok);
CREATE INDEX award_by_mechanism ON award (mechanism, call_year, study);

-- In the order printed. A study's categories share it equally, so a share is one over their number and not stored.
CREATE TABLE study_category (
    study INTEGER NOT NULL REFERENCES study (id),
    position INTEGER NOT NULL,
    category TEXT NOT NULL REFERENCES category (code),
    PRIMARY KEY (study, position),
    UNIQUE (category, study)
) STRICT, WITHOUT ROWID;

CREATE TABLE study_hospital (
    study INTEGER NOT NULL REFERENCES study (id),
    position INTEGER NOT NULL,
    institution TEXT NOT NULL REFERENCES institution (code),
    PRIMARY KEY (study, position),
    UNIQUE (institution, study)
) STRICT, WITHOUT ROWID;

-- Where a study is known to include, and how that is known. 'stated' is a fact; the others are made from it.
CREATE TABLE study_inclusion_region (
    study INTEGER NOT NULL REFERENCES study (id),
    region TEXT NOT NULL REFERENCES region (code),
    known_by TEXT NOT NULL CHECK (known_by IN ('stated', 'hospital', 'report')),
    PRIMARY KEY (study, region, known_by)
) STRICT, WITHOUT ROWID;
CREATE INDEX study_inclusion_region_by_region ON study_inclusion_region (region, study);

CREATE TABLE study_arm (
    study INTEGER NOT NULL REFERENCES study (id),
    position INTEGER NOT NULL,
    label TEXT NOT NULL,
    PRIMARY KEY (study, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE study_identifier (
    study INTEGER NOT NULL REFERENCES study (id),
    position INTEGER NOT NULL,
    system TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (study, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX study_identifier_by_value ON study_identifier (value, system);

CREATE TABLE study_link (
    study INTEGER NOT NULL REFERENCES study (id),
    position INTEGER NOT NULL,
    url TEXT NOT NULL,
    label TEXT,
    PRIMARY KEY (study, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE study_publication (
    study INTEGER NOT NULL REFERENCES study (id),
    position INTEGER NOT NULL,
    citation TEXT NOT NULL,
    doi TEXT,
    PRIMARY KEY (study, position)
) STRICT, WITHOUT ROWID;

-- document NULL: the document of the edition that the study's facts come from.
CREATE TABLE study_source (
    study INTEGER NOT NULL REFERENCES study (id),
    position INTEGER NOT NULL,
    document TEXT,
    lines TEXT,
    PRIMARY KEY (study, position)
) STRICT, WITHOUT ROWID;

-- Planned patients. region NULL is the whole study. standing settles which of several for one day counts: the greatest one
-- ('filed' is greater than every day, a later edition greater than an earlier), then the latest recorded.
CREATE TABLE plan (
    id INTEGER PRIMARY KEY,
    study INTEGER NOT NULL REFERENCES study (id),
    region TEXT REFERENCES region (code),
    as_of TEXT NOT NULL CHECK (length(as_of) = 10),
    planned INTEGER NOT NULL CHECK (planned >= 0),
    planned_end TEXT,
    lines TEXT,
    recorded INTEGER NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('edition', 'filed')),
    edition INTEGER REFERENCES edition (id),
    standing TEXT NOT NULL,
    stated INTEGER NOT NULL DEFAULT 0,
    CHECK ((origin = 'edition') = (edition IS NOT NULL)),
    CHECK ((origin = 'filed') = (standing = 'filed'))
) STRICT;
CREATE INDEX plan_by_study ON plan (study, region, as_of, standing, recorded);
CREATE INDEX plan_by_edition ON plan (edition, stated) WHERE edition IS NOT NULL;

-- Included patients, cumulative. What was filed stays for ever; what an edition said goes when it no longer says so.
CREATE TABLE report (
    id INTEGER PRIMARY KEY,
    study INTEGER NOT NULL REFERENCES study (id),
    region TEXT REFERENCES region (code),
    as_of TEXT NOT NULL CHECK (length(as_of) = 10),
    included INTEGER NOT NULL CHECK (included >= 0),
    lines TEXT,
    recorded INTEGER NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('edition', 'filed')),
    edition INTEGER REFERENCES edition (id),
    standing TEXT NOT NULL,
    stated INTEGER NOT NULL DEFAULT 0,
    CHECK ((origin = 'edition') = (edition IS NOT NULL)),
    CHECK ((origin = 'filed') = (standing = 'filed'))
) STRICT;
CREATE INDEX report_by_study ON report (study, region, as_of, standing, recorded);
CREATE INDEX report_by_edition ON report (edition, stated) WHERE edition IS NOT NULL;

CREATE TRIGGER plan_filed_stays BEFORE UPDATE ON plan WHEN old.origin = 'filed'
BEGIN SELECT RAISE(ABORT, 'a filed plan is never changed'); END;
CREATE TRIGGER plan_filed_is_kept BEFORE DELETE ON plan WHEN old.origin = 'filed'
BEGIN SELECT RAISE(ABORT, 'a filed plan is never removed'); END;
CREATE TRIGGER report_filed_stays BEFORE UPDATE ON report WHEN old.origin = 'filed'
BEGIN SELECT RAISE(ABORT, 'a filed report is never changed'); END;
CREATE TRIGGER report_filed_is_kept BEFORE DELETE ON report WHEN old.origin = 'filed'
BEGIN SELECT RAISE(ABORT, 'a filed report is never removed'); END;

-- The newest plan and report of each region a study has one in or takes part in; made anew with every change.
CREATE TABLE study_region (
    study INTEGER NOT NULL REFERENCES study (id),
    region TEXT NOT NULL REFERENCES region (code),
    takes_part INTEGER NOT NULL CHECK (takes_part IN (0, 1)),
    planned INTEGER,
    included INTEGER,
    included_as_of TEXT,
    PRIMARY KEY (study, region)
) STRICT, WITHOUT ROWID;

CREATE TABLE figure (
    edition INTEGER NOT NULL REFERENCES edition (id),
    position INTEGER NOT NULL,
    code TEXT NOT NULL,
    measure TEXT NOT NULL,
    unit TEXT NOT NULL,
    call_year INTEGER NOT NULL,
    mechanism TEXT REFERENCES mechanism (code),
    region TEXT REFERENCES region (code),
    category TEXT REFERENCES category (code),
    people TEXT,
    value INTEGER NOT NULL,
    decimals INTEGER NOT NULL CHECK (decimals BETWEEN 0 AND 18),
    as_of TEXT,
    label_nb TEXT,
    label_en TEXT,
    printed TEXT,
    lines TEXT,
    PRIMARY KEY (edition, position),
    UNIQUE (edition, code)
) STRICT, WITHOUT ROWID;

-- ref is the id of the record, NULL where a kind of record has none.
CREATE TABLE note (
    id INTEGER PRIMARY KEY,
    edition INTEGER NOT NULL REFERENCES edition (id),
    record TEXT NOT NULL CHECK (record IN ('programme', 'edition', 'study', 'institution', 'leader', 'category', 'figure')),
    ref TEXT,
    field TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('discrepancy', 'ambiguous', 'interpretation', 'variant', 'missing', 'conflict')),
    text_nb TEXT,
    text_en TEXT,
    lines TEXT
) STRICT;
CREATE INDEX note_by_record ON note (record, ref);
CREATE INDEX note_by_edition ON note (edition);

-- What was edited in the register itself: an import leaves it. field is a column of study or study_text, or the name of a list.
CREATE TABLE local_edit (
    study INTEGER NOT NULL REFERENCES study (id),
    field TEXT NOT NULL,
    edited INTEGER NOT NULL,
    PRIMARY KEY (study, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE change (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('study-added', 'study-updated', 'edition-imported')),
    study INTEGER REFERENCES study (id),
    at INTEGER NOT NULL,
    data_version INTEGER NOT NULL
) STRICT;

-- The studies that a running import has to make anew; empty outside of a transaction.
CREATE TABLE touched (
    study INTEGER PRIMARY KEY REFERENCES study (id),
    added INTEGER NOT NULL DEFAULT 0,
    named INTEGER NOT NULL DEFAULT 0,
    reported INTEGER NOT NULL DEFAULT 0
) STRICT;

PRAGMA user_version = 1;
