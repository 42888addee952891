-- SPDX-License-Identifier: GPL-3.0-or-later
-- The flat table of recruitment as it is shown, so that a page of it costs the same at any depth and any number of reports.

-- Of each study, region and day the report that stands; of a small population the last total of each calendar year alone. Made anew with
-- every change, so what may not be shown is in no question's reach. region is '' for the whole study; place orders a day: 0 the whole study,
-- else 1 + the region's position. edition NULL: filed in the register itself. planned is the plan that stands now.
CREATE TABLE shown_report (
    code TEXT NOT NULL,
    as_of TEXT NOT NULL,
    place INTEGER NOT NULL CHECK ((place = 0) = (region = '')),
    region TEXT NOT NULL,
    study INTEGER NOT NULL REFERENCES study (id),
    included INTEGER NOT NULL,
    planned INTEGER,
    edition INTEGER REFERENCES edition (id),
    lines TEXT,
    PRIMARY KEY (code, as_of, place, region)
) STRICT, WITHOUT ROWID;
-- Holds all, so that a walk from day to day never leaves it.
CREATE INDEX shown_report_by_day ON shown_report (as_of, code, place, region, study, included, planned, edition, lines);

-- How many of them a study has: made anew with every change, as the numbers beside it.
ALTER TABLE study ADD COLUMN report_rows INTEGER NOT NULL DEFAULT 0;

-- How many there are of each day and region; of region '*' each day's all, which makes it the list of days too.
CREATE TABLE shown_count (
    region TEXT NOT NULL,
    as_of TEXT NOT NULL,
    report_rows INTEGER NOT NULL,
    PRIMARY KEY (region, as_of)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER shown_report_comes AFTER INSERT ON shown_report
BEGIN
    INSERT INTO shown_count (region, as_of, report_rows) VALUES (new.region, new.as_of, 1), ('*', new.as_of, 1)
    ON CONFLICT (region, as_of) DO UPDATE SET report_rows = report_rows + 1;
END;
CREATE TRIGGER shown_report_goes AFTER DELETE ON shown_report
BEGIN
    UPDATE shown_count SET report_rows = report_rows - 1 WHERE region IN (old.region, '*') AND as_of = old.as_of;
    DELETE FROM shown_count WHERE region IN (old.region, '*') AND as_of = old.as_of AND report_rows = 0;
END;

-- As shown_reports_make in db/sql/study.sql, of every study at once.
INSERT INTO shown_report (code, as_of, place, region, study, included, planned, edition, lines)
SELECT code, as_of, place, region, study, included, planned, edition, lines FROM (
    SELECT s.code, t.as_of, COALESCE(1 + max(g.position, 0), 0) AS place, COALESCE(t.region, '') AS region, t.study, t.included,
        CASE WHEN t.region IS NULL THEN s.planned ELSE x.planned END AS planned, t.edition, t.lines,
        row_number() OVER (PARTITION BY t.study, t.region, CASE WHEN s.totals_only THEN substr(t.as_of, 1, 4) ELSE t.as_of END
            ORDER BY t.as_of DESC, t.standing DESC, t.recorded DESC, t.id DESC) AS nth
    FROM study s JOIN report t ON t.study = s.id LEFT JOIN region g ON g.code = t.region
    LEFT JOIN study_region x ON x.study = t.study AND x.region = t.region
    WHERE t.region IS NULL OR NOT s.totals_only)
WHERE nth = 1;
UPDATE study SET report_rows = (SELECT count(*) FROM shown_report r WHERE r.code = study.code);

PRAGMA user_version = 5;
