-- Screening: decisions as events, resolutions, retrievals, notes, tags, assignments, stops.
-- The rows of the old decisions are carried over by m002_screening.py.
DROP VIEW included;
DROP VIEW flow_counts;
DROP VIEW record_states;
DROP VIEW verdicts;
DROP VIEW current_decisions;
DROP INDEX decisions_record;
ALTER TABLE decisions RENAME TO decisions_m001;
-- The triggers of the old table went along under their names, which the new table needs.
DROP TRIGGER decisions_stay;
DROP TRIGGER decisions_are_kept;

CREATE TABLE decisions (
  decision INTEGER PRIMARY KEY,
  decision_sha256 TEXT NOT NULL UNIQUE,  -- of its content and step: taken in twice, it is there once
  record TEXT NOT NULL REFERENCES records,
  stage TEXT NOT NULL CHECK (stage IN ('title_abstract', 'full_text')),
  reviewer TEXT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('include', 'exclude', 'maybe', 'withdrawn')),
  reason TEXT,
  note TEXT,
  decided_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL,
  undoes TEXT,                           -- the decision that this one takes back; what stood before stands again
  CHECK (verdict = 'exclude' OR reason IS NULL)
) STRICT;
CREATE INDEX decisions_chain ON decisions(record, stage, reviewer, step);
CREATE INDEX decisions_author ON decisions(reviewer, stage, decided_at);
CREATE INDEX decisions_undoes ON decisions(undoes);

CREATE TABLE published_reviewers (reviewer TEXT PRIMARY KEY) STRICT;

CREATE TABLE stages (
  stage TEXT PRIMARY KEY CHECK (stage IN ('title_abstract', 'full_text')),
  reviewers_needed INTEGER NOT NULL CHECK (reviewers_needed > 0)
) STRICT;

CREATE TABLE resolutions (
  resolution INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  record TEXT NOT NULL REFERENCES records,
  stage TEXT NOT NULL CHECK (stage IN ('title_abstract', 'full_text')),
  settled_by TEXT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('include', 'exclude', 'withdrawn')),
  reason TEXT,
  why TEXT,
  settled_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL,
  CHECK (verdict = 'exclude' OR reason IS NULL)
) STRICT;
CREATE INDEX resolutions_chain ON resolutions(record, stage, step);

CREATE TABLE retrievals (
  retrieval INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  record TEXT NOT NULL REFERENCES records,
  reviewer TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('sought', 'retrieved', 'not_retrieved', 'withdrawn')),
  detail TEXT,
  told_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL
) STRICT;
CREATE INDEX retrievals_chain ON retrievals(record, step);

CREATE TABLE notes (
  note INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  record TEXT NOT NULL REFERENCES records,
  reviewer TEXT NOT NULL,
  text TEXT NOT NULL,  -- empty: the note before it is taken away
  written_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL
) STRICT;
CREATE INDEX notes_chain ON notes(record, reviewer, step);

CREATE TABLE tags (
  tagging INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  record TEXT NOT NULL REFERENCES records,
  reviewer TEXT NOT NULL,
  tag TEXT NOT NULL,
  present INTEGER NOT NULL CHECK (present IN (0, 1)),
  tagged_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL
) STRICT;
CREATE INDEX tags_chain ON tags(record, reviewer, tag, step);

-- Who screens what. The latest round of a stage stands alone; a record that it does not name is anybody's.
CREATE TABLE assignment_rounds (
  round INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  stage TEXT NOT NULL CHECK (stage IN ('title_abstract', 'full_text')),
  assigned_by TEXT NOT NULL,
  plan TEXT NOT NULL,  -- in words: among whom, with which overlap and seed
  assigned_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL
) STRICT;
CREATE TABLE assignments (
  round_sha256 TEXT NOT NULL REFERENCES assignment_rounds(sha256),
  record TEXT NOT NULL REFERENCES records,
  reviewer TEXT NOT NULL,
  PRIMARY KEY (round_sha256, record, reviewer)
) STRICT;

-- Screening ended by a rule: the records that nobody had decided on then. The latest stop stands; lifted, none does.
CREATE TABLE stops (
  stop INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  stopped_by TEXT NOT NULL,
  rule TEXT NOT NULL,
  evidence TEXT NOT NULL,  -- JSON: the rule's figures when it was applied
  lifted INTEGER NOT NULL CHECK (lifted IN (0, 1)),
  stopped_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL
) STRICT;
CREATE TABLE stopped_records (
  stop_sha256 TEXT NOT NULL REFERENCES stops(sha256),
  record TEXT NOT NULL REFERENCES records,
  PRIMARY KEY (stop_sha256, record)
) STRICT;

-- A reviewer's own highlight terms: a setting, not a statement about a record.
CREATE TABLE reviewer_terms (
  reviewer TEXT NOT NULL,
  text TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('include', 'exclude', 'own')),
  pattern INTEGER NOT NULL CHECK (pattern IN (0, 1)),
  PRIMARY KEY (reviewer, text)
) STRICT;

CREATE TRIGGER decisions_stay BEFORE UPDATE ON decisions
BEGIN SELECT RAISE(ABORT, 'decisions are append-only: add a row, do not change one'); END;
CREATE TRIGGER decisions_are_kept BEFORE DELETE ON decisions
BEGIN SELECT RAISE(ABORT, 'decisions are append-only: add a row, do not delete one'); END;

CREATE TRIGGER resolutions_stay BEFORE UPDATE ON resolutions
BEGIN SELECT RAISE(ABORT, 'resolutions are append-only: add a row, do not change one'); END;
CREATE TRIGGER resolutions_are_kept BEFORE DELETE ON resolutions
BEGIN SELECT RAISE(ABORT, 'resolutions are append-only: add a row, do not delete one'); END;

CREATE TRIGGER retrievals_stay BEFORE UPDATE ON retrievals
BEGIN SELECT RAISE(ABORT, 'retrievals are append-only: add a row, do not change one'); END;
CREATE TRIGGER retrievals_are_kept BEFORE DELETE ON retrievals
BEGIN SELECT RAISE(ABORT, 'retrievals are append-only: add a row, do not delete one'); END;

CREATE TRIGGER notes_stay BEFORE UPDATE ON notes
BEGIN SELECT RAISE(ABORT, 'notes are append-only: add a row, do not change one'); END;
CREATE TRIGGER notes_are_kept BEFORE DELETE ON notes
BEGIN SELECT RAISE(ABORT, 'notes are append-only: add a row, do not delete one'); END;

CREATE TRIGGER tags_stay BEFORE UPDATE ON tags
BEGIN SELECT RAISE(ABORT, 'tags are append-only: add a row, do not change one'); END;
CREATE TRIGGER tags_are_kept BEFORE DELETE ON tags
BEGIN SELECT RAISE(ABORT, 'tags are append-only: add a row, do not delete one'); END;

CREATE TRIGGER assignment_rounds_stay BEFORE UPDATE ON assignment_rounds
BEGIN SELECT RAISE(ABORT, 'assignment_rounds are append-only: add a row, do not change one'); END;
CREATE TRIGGER assignment_rounds_are_kept BEFORE DELETE ON assignment_rounds
BEGIN SELECT RAISE(ABORT, 'assignment_rounds are append-only: add a row, do not delete one'); END;

CREATE TRIGGER assignments_stay BEFORE UPDATE ON assignments
BEGIN SELECT RAISE(ABORT, 'assignments are append-only: add a row, do not change one'); END;
CREATE TRIGGER assignments_are_kept BEFORE DELETE ON assignments
BEGIN SELECT RAISE(ABORT, 'assignments are append-only: add a row, do not delete one'); END;

CREATE TRIGGER stops_stay BEFORE UPDATE ON stops
BEGIN SELECT RAISE(ABORT, 'stops are append-only: add a row, do not change one'); END;
CREATE TRIGGER stops_are_kept BEFORE DELETE ON stops
BEGIN SELECT RAISE(ABORT, 'stops are append-only: add a row, do not delete one'); END;

CREATE TRIGGER stopped_records_stay BEFORE UPDATE ON stopped_records
BEGIN SELECT RAISE(ABORT, 'stopped_records are append-only: add a row, do not change one'); END;
CREATE TRIGGER stopped_records_are_kept BEFORE DELETE ON stopped_records
BEGIN SELECT RAISE(ABORT, 'stopped_records are append-only: add a row, do not delete one'); END;
