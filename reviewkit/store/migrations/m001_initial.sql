-- Protocols, runs, records, duplicates, checks, decisions, and the flow that follows from them.

CREATE TABLE protocols (
  protocol_sha256 TEXT PRIMARY KEY,
  review TEXT NOT NULL,
  toml TEXT NOT NULL
) STRICT;

CREATE TABLE runs (
  run INTEGER PRIMARY KEY,
  run_sha256 TEXT NOT NULL UNIQUE,  -- of everything the run is; the same run is never taken in twice
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  source TEXT NOT NULL,
  role TEXT NOT NULL,
  strategy TEXT NOT NULL,
  counts_in_flow INTEGER NOT NULL CHECK (counts_in_flow IN (0, 1)),
  query TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  searched_at TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('complete', 'failed')),
  count INTEGER,     -- as the source gave it; NULL: not known
  received INTEGER,  -- as it arrived
  translation TEXT,
  build TEXT,
  build_records INTEGER,
  build_updated TEXT,
  warnings TEXT NOT NULL,  -- JSON list
  error TEXT
) STRICT;

CREATE TABLE run_pages (
  run INTEGER NOT NULL REFERENCES runs,
  position INTEGER NOT NULL,
  request TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  retrieved_at TEXT NOT NULL,
  PRIMARY KEY (run, position)
) STRICT;

CREATE TABLE records (
  record TEXT PRIMARY KEY,  -- "pubmed:36674517"
  source TEXT NOT NULL,
  source_id TEXT NOT NULL,
  title TEXT,
  original_title TEXT,
  authors TEXT NOT NULL,             -- JSON list, here and below
  collective_authors TEXT NOT NULL,
  journal TEXT,
  journal_abbreviation TEXT,
  issns TEXT NOT NULL,
  year INTEGER,
  published TEXT,
  published_online TEXT,
  created TEXT,
  volume TEXT,
  issue TEXT,
  pages TEXT,
  doi TEXT,
  pmid TEXT,
  pmcid TEXT,
  accession TEXT,
  languages TEXT NOT NULL,
  abstract TEXT,
  headings TEXT NOT NULL,
  keywords TEXT NOT NULL,
  types TEXT NOT NULL,
  links TEXT NOT NULL,
  relations TEXT NOT NULL,           -- JSON list of [kind, target]
  other TEXT NOT NULL                -- JSON object: every field that has no column
) STRICT;
CREATE INDEX records_pmid ON records(pmid);
CREATE INDEX records_doi ON records(doi);

-- The list that a run gave, and the record that came for each identifier. NULL: none came, or none was asked for.
CREATE TABLE run_records (
  run INTEGER NOT NULL REFERENCES runs,
  position INTEGER NOT NULL,
  identifier TEXT NOT NULL,
  record TEXT REFERENCES records,
  PRIMARY KEY (run, identifier)
) STRICT;
CREATE INDEX run_records_record ON run_records(record);

CREATE TABLE pairs (
  record_a TEXT NOT NULL REFERENCES records,
  record_b TEXT NOT NULL REFERENCES records,
  outcome TEXT NOT NULL CHECK (outcome IN ('same', 'ask', 'different')),
  score REAL NOT NULL,
  rule TEXT NOT NULL,
  words TEXT NOT NULL,         -- the rule as a sentence
  relation TEXT,               -- how the two are related, where they are two
  similarities TEXT NOT NULL,  -- JSON object
  PRIMARY KEY (record_a, record_b),
  CHECK (record_a < record_b)
) STRICT;

CREATE TABLE duplicates (
  record TEXT PRIMARY KEY REFERENCES records,
  lead TEXT NOT NULL REFERENCES records,
  CHECK (record <> lead)
) STRICT;
CREATE INDEX duplicates_lead ON duplicates(lead);

CREATE TABLE relations (
  record TEXT NOT NULL REFERENCES records,
  kind TEXT NOT NULL,
  target TEXT NOT NULL REFERENCES records,
  PRIMARY KEY (record, kind, target)
) STRICT;

CREATE TABLE criteria (
  criterion TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  kind TEXT NOT NULL,
  wording TEXT NOT NULL,
  checked_by TEXT NOT NULL,
  removes INTEGER NOT NULL CHECK (removes IN (0, 1))  -- a "no" takes a record out before screening
) STRICT;

CREATE TABLE checks (
  record TEXT NOT NULL REFERENCES records,
  criterion TEXT NOT NULL REFERENCES criteria,
  answer TEXT NOT NULL CHECK (answer IN ('yes', 'no', 'unknown')),
  evidence TEXT NOT NULL,
  PRIMARY KEY (record, criterion)
) STRICT;

CREATE TABLE decisions (
  decision INTEGER PRIMARY KEY,
  decision_sha256 TEXT NOT NULL UNIQUE,  -- of its content: taken in twice, it is there once
  record TEXT NOT NULL REFERENCES records,
  stage TEXT NOT NULL CHECK (stage IN ('title_abstract', 'full_text')),
  reviewer TEXT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('include', 'exclude', 'maybe')),
  reason TEXT,
  note TEXT,
  decided_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  CHECK (verdict = 'exclude' OR reason IS NULL)
) STRICT;
CREATE INDEX decisions_record ON decisions(record, stage);

CREATE TABLE works (
  work TEXT PRIMARY KEY,     -- a work that the published review includes
  position INTEGER NOT NULL,
  title TEXT NOT NULL,
  record TEXT REFERENCES records,  -- the record that stands for it in the flow
  matched_by TEXT
) STRICT;

CREATE TRIGGER protocols_stay BEFORE UPDATE ON protocols
BEGIN SELECT RAISE(ABORT, 'protocols are append-only: add a row, do not change one'); END;
CREATE TRIGGER protocols_are_kept BEFORE DELETE ON protocols
BEGIN SELECT RAISE(ABORT, 'protocols are append-only: add a row, do not delete one'); END;

CREATE TRIGGER runs_stay BEFORE UPDATE ON runs
BEGIN SELECT RAISE(ABORT, 'runs are append-only: add a row, do not change one'); END;
CREATE TRIGGER runs_are_kept BEFORE DELETE ON runs
BEGIN SELECT RAISE(ABORT, 'runs are append-only: add a row, do not delete one'); END;

CREATE TRIGGER decisions_stay BEFORE UPDATE ON decisions
BEGIN SELECT RAISE(ABORT, 'decisions are append-only: add a row, do not change one'); END;
CREATE TRIGGER decisions_are_kept BEFORE DELETE ON decisions
BEGIN SELECT RAISE(ABORT, 'decisions are append-only: add a row, do not delete one'); END;

-- Runs whose records make the flow: the primary strategy's. A stand-in counts only while no search counts.
CREATE VIEW flow_runs AS
SELECT * FROM runs
WHERE status = 'complete' AND counts_in_flow = 1
  AND (role <> 'stand_in' OR NOT EXISTS (
    SELECT 1 FROM runs AS searches
    WHERE searches.status = 'complete' AND searches.counts_in_flow = 1
      AND searches.role NOT IN ('stand_in', 'reported')));

-- A reported work that a search returns after all counts with that search, not beside it.
CREATE VIEW flow_records AS
SELECT run_records.record, min(run_records.run) AS first_run, flow_runs.source, flow_runs.role
FROM run_records JOIN flow_runs USING (run)
WHERE run_records.record IS NOT NULL AND (flow_runs.role <> 'reported' OR EXISTS (
  SELECT 1 FROM works WHERE works.record = run_records.record))
GROUP BY run_records.record;

CREATE VIEW current_decisions AS
SELECT * FROM decisions WHERE decision IN (
  SELECT max(decision) FROM decisions GROUP BY record, stage, reviewer);

-- One verdict per record and stage. Reviewers who differ leave a conflict until one of them decides anew.
CREATE VIEW verdicts AS
SELECT record, stage,
  CASE WHEN count(DISTINCT verdict) = 1 THEN min(verdict) ELSE 'conflict' END AS verdict,
  CASE WHEN count(DISTINCT verdict) = 1 THEN min(reason) END AS reason
FROM current_decisions GROUP BY record, stage;

CREATE VIEW first_removals AS
SELECT record, criterion, wording, evidence FROM (
  SELECT checks.*, criteria.wording,
    row_number() OVER (PARTITION BY record ORDER BY criteria.position) AS place
  FROM checks JOIN criteria USING (criterion)
  WHERE checks.answer = 'no' AND criteria.removes = 1
    -- A copy that may be eligible keeps its lead: an English edition of a Spanish article, say.
    AND NOT EXISTS (
      SELECT 1 FROM duplicates JOIN checks AS copies ON copies.record = duplicates.record
      WHERE duplicates.lead = checks.record AND copies.criterion = checks.criterion AND copies.answer <> 'no'))
WHERE place = 1;

-- The partition: every record of the review has exactly one state. Every box of the flow is a sum over it.
CREATE VIEW record_states AS
SELECT flow_records.record, flow_records.source, flow_records.role,
  CASE
    WHEN duplicates.record IS NOT NULL THEN 'duplicate'
    WHEN screened.verdict IS NULL AND assessed.verdict IS NULL AND first_removals.record IS NOT NULL
      AND flow_records.role IN ('database', 'register', 'stand_in') THEN 'ineligible_by_machine'
    WHEN assessed.verdict = 'include' THEN 'included'
    WHEN assessed.verdict = 'exclude' THEN 'report_excluded'
    WHEN screened.verdict = 'exclude' THEN 'record_excluded'
    WHEN screened.verdict = 'include' OR flow_records.role NOT IN ('database', 'register', 'stand_in')
      THEN 'awaiting_assessment'
    ELSE 'awaiting_screening'
  END AS state,
  CASE
    WHEN duplicates.record IS NOT NULL THEN duplicates.lead
    WHEN assessed.verdict = 'exclude' THEN assessed.reason
    WHEN assessed.verdict = 'include' THEN NULL
    WHEN screened.verdict = 'exclude' THEN screened.reason
    WHEN screened.verdict IS NULL THEN first_removals.wording
  END AS reason
FROM flow_records
LEFT JOIN duplicates ON duplicates.record = flow_records.record
LEFT JOIN verdicts AS screened ON screened.record = flow_records.record AND screened.stage = 'title_abstract'
LEFT JOIN verdicts AS assessed ON assessed.record = flow_records.record AND assessed.stage = 'full_text'
LEFT JOIN first_removals ON first_removals.record = flow_records.record;

CREATE VIEW flow_counts AS
SELECT role, source, state, reason_shown AS reason, count(*) AS n FROM (
  SELECT role, source, state, CASE WHEN state = 'duplicate' THEN NULL ELSE reason END AS reason_shown
  FROM record_states)
GROUP BY role, source, state, reason_shown;

CREATE VIEW included AS
SELECT records.* FROM records JOIN record_states USING (record) WHERE state = 'included';

CREATE VIEW searches AS
SELECT run, source, strategy, searched_at, status, count, received, translation, build, query FROM runs;

-- Full-text search over title and abstract, kept current by triggers.
CREATE VIRTUAL TABLE "records_fts" USING FTS5 (
    "title", "abstract",
    content="records"
);
CREATE TRIGGER "records_ai" AFTER INSERT ON "records" BEGIN
  INSERT INTO "records_fts" (rowid, "title", "abstract") VALUES (new.rowid, new."title", new."abstract");
END;
CREATE TRIGGER "records_ad" AFTER DELETE ON "records" BEGIN
  INSERT INTO "records_fts" ("records_fts", rowid, "title", "abstract") VALUES('delete', old.rowid, old."title", old."abstract");
END;
CREATE TRIGGER "records_au" AFTER UPDATE ON "records" BEGIN
  INSERT INTO "records_fts" ("records_fts", rowid, "title", "abstract") VALUES('delete', old.rowid, old."title", old."abstract");
  INSERT INTO "records_fts" (rowid, "title", "abstract") VALUES (new.rowid, new."title", new."abstract");
END;
