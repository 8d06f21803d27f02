-- Studies and their reports; why a search of a rerun could not be run; removals in the words of the exclusion.

-- A report is linked to a study, or the link is taken back. The latest event of a study and a record counts.
CREATE TABLE study_links (
  link INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  study TEXT NOT NULL,
  record TEXT NOT NULL REFERENCES records,
  linked INTEGER NOT NULL CHECK (linked IN (0, 1)),
  why TEXT,
  reviewer TEXT NOT NULL,
  linked_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL
) STRICT;
CREATE INDEX study_links_chain ON study_links(study, record, step);
CREATE INDEX study_links_record ON study_links(record);

CREATE TRIGGER study_links_stay BEFORE UPDATE ON study_links
BEGIN SELECT RAISE(ABORT, 'study_links are append-only: add a row, do not change one'); END;
CREATE TRIGGER study_links_are_kept BEFORE DELETE ON study_links
BEGIN SELECT RAISE(ABORT, 'study_links are append-only: add a row, do not delete one'); END;

CREATE VIEW current_study_links AS
SELECT study, record, why, coalesce(reviewer_aliases.new, reviewer) AS reviewer, linked_at
FROM (SELECT study_links.*, row_number() OVER (
    PARTITION BY study, record ORDER BY step DESC, sha256 DESC) AS place
  FROM study_links)
LEFT JOIN reviewer_aliases ON reviewer_aliases.old = reviewer
WHERE place = 1 AND linked = 1;

-- Derived: why a search of the newest rerun was not run.
CREATE TABLE searches_not_run (
  source TEXT NOT NULL,
  strategy TEXT NOT NULL,
  why_not TEXT NOT NULL,
  PRIMARY KEY (source, strategy)
) STRICT;

-- A record is removed by an exclusion criterion where one fits, else as "not:" an inclusion criterion.
DROP VIEW first_removals;
CREATE VIEW first_removals AS
SELECT record, criterion, wording, evidence FROM (
  SELECT checks.*,
    CASE WHEN criteria.kind = 'inclusion' THEN 'not: ' ELSE '' END || criteria.wording AS wording,
    row_number() OVER (
      PARTITION BY record ORDER BY criteria.kind = 'inclusion', criteria.position) AS place
  FROM checks JOIN criteria USING (criterion)
  WHERE checks.answer = 'no' AND criteria.removes = 1
    -- A copy that may be eligible keeps its lead: an English edition of a Spanish article, say.
    AND NOT EXISTS (
      SELECT 1 FROM duplicates JOIN checks AS copies ON copies.record = duplicates.record
      WHERE duplicates.lead = checks.record AND copies.criterion = checks.criterion AND copies.answer <> 'no'))
WHERE place = 1;
