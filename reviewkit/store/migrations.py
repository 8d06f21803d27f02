"""The schema's history, one function a step. A released step is never edited; a new one is added below it.

Nothing here reads or writes a review's rows: that is `store`.
"""

import hashlib
import json
import sqlite3

from reviewkit.store import gone_schema, living_schema, quick_views_schema, screening_schema
from reviewkit.store.sqlite import Database, Migrations

migrations = Migrations("reviewkit")

_TABLES = """
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
"""

_APPEND_ONLY = """
CREATE TRIGGER {table}_stay BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} are append-only: add a row, do not change one'); END;
CREATE TRIGGER {table}_are_kept BEFORE DELETE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} are append-only: add a row, do not delete one'); END;
"""

_VIEWS = """
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
"""


@migrations()
def m001_initial(db: Database) -> None:
    append_only = "".join(
        _APPEND_ONLY.format(table=table) for table in ("protocols", "runs", "decisions")
    )
    _run_script(db, _TABLES + append_only + _VIEWS)
    db.table("records").enable_fts(["title", "abstract"], create_triggers=True)


@migrations()
def m002_screening(db: Database) -> None:
    for view in screening_schema.REPLACED_VIEWS:
        db.execute(f"DROP VIEW {view}")
    db.execute("DROP INDEX decisions_record")
    db.execute("ALTER TABLE decisions RENAME TO decisions_m001")
    append_only = "".join(
        _APPEND_ONLY.format(table=table) for table in screening_schema.APPEND_ONLY_TABLES
    )
    # The triggers of the old table went along with it under their old names, which the new table needs.
    db.execute("DROP TRIGGER decisions_stay")
    db.execute("DROP TRIGGER decisions_are_kept")
    _run_script(db, screening_schema.TABLES + append_only)
    _carry_decisions(db)
    db.execute("DROP TABLE decisions_m001")
    _run_script(db, screening_schema.VIEWS)


_PAIR_DECISIONS = """
-- What people said of a pair. Appended, never changed; the latest stands over every rule at the next linking.
CREATE TABLE pair_decisions (
  pair_decision INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  record_a TEXT NOT NULL REFERENCES records,
  record_b TEXT NOT NULL REFERENCES records,
  answer TEXT NOT NULL CHECK (answer IN ('same', 'different', 'related', 'withdrawn')),
  relation TEXT,  -- what record_a is to record_b, where they are related
  reviewer TEXT NOT NULL,
  decided_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL,
  CHECK (record_a < record_b),
  CHECK ((answer = 'related') = (relation IS NOT NULL))
) STRICT;
CREATE INDEX pair_decisions_chain ON pair_decisions(record_a, record_b, step);

CREATE VIEW current_pair_decisions AS
SELECT record_a, record_b, answer, relation, reviewer, decided_at
FROM (SELECT pair_decisions.*, row_number() OVER (
    PARTITION BY record_a, record_b ORDER BY step DESC, decided_at DESC, sha256 DESC) AS place
  FROM pair_decisions)
WHERE place = 1 AND answer <> 'withdrawn';
"""


@migrations()
def m003_pair_decisions(db: Database) -> None:
    _run_script(db, _PAIR_DECISIONS + _APPEND_ONLY.format(table="pair_decisions"))


@migrations()
def m004_updates(db: Database) -> None:
    for view in living_schema.REPLACED_VIEWS:
        db.execute(f"DROP VIEW {view}")
    append_only = "".join(
        _APPEND_ONLY.format(table=table) for table in living_schema.APPEND_ONLY_TABLES
    )
    _run_script(db, living_schema.TABLES + append_only + living_schema.VIEWS)


_COMPARED_PAIRS = """
-- What the rules alone say of each pair that a linking compared; the next one compares only pairs that are not here.
-- Codes and rules are counted as reviewkit.dedupe counts them; all are NULL where nothing speaks for a pair.
CREATE TABLE compared_pairs (
  record_a TEXT NOT NULL REFERENCES records,
  record_b TEXT NOT NULL REFERENCES records,
  closely INTEGER NOT NULL CHECK (closely IN (0, 1)),  -- whatever speaks for it, because a chain joins the two
  code INTEGER,
  score REAL,
  rule INTEGER,
  likeness TEXT,  -- JSON list
  relation TEXT,
  turned INTEGER,  -- 1: it is record_b that relates to record_a
  PRIMARY KEY (record_a, record_b, closely)
) STRICT, WITHOUT ROWID;
CREATE INDEX compared_pairs_b ON compared_pairs(record_b);

CREATE TABLE compared_under (rules_sha256 TEXT PRIMARY KEY) STRICT;

CREATE TRIGGER changed_records_are_compared_anew AFTER UPDATE ON records BEGIN
  DELETE FROM compared_pairs WHERE record_a = NEW.record OR record_b = NEW.record;
END;
"""


@migrations()
def m005_compared_pairs(db: Database) -> None:
    _run_script(db, _COMPARED_PAIRS)


@migrations()
def m006_quick_views(db: Database) -> None:
    for view in quick_views_schema.REPLACED_VIEWS:
        db.execute(f"DROP VIEW {view}")
    _run_script(db, quick_views_schema.TABLES + quick_views_schema.VIEWS)


@migrations()
def m007_gone(db: Database) -> None:
    for view in gone_schema.REPLACED_VIEWS:
        db.execute(f"DROP VIEW {view}")
    _run_script(db, gone_schema.VIEWS)


_CARRIED = (
    "record",
    "stage",
    "reviewer",
    "verdict",
    "reason",
    "note",
    "decided_at",
    "protocol_sha256",
)


def _carry_decisions(db: Database) -> None:
    """Before this step only `reproduce` decided, so every reviewer there is the published review's."""
    db.execute("INSERT INTO published_reviewers SELECT DISTINCT reviewer FROM decisions_m001")
    rows = db.execute(
        f"SELECT decision, {', '.join(_CARRIED)}, "
        "row_number() OVER (PARTITION BY record, stage, reviewer ORDER BY decision) "
        "FROM decisions_m001 ORDER BY decision"
    ).fetchall()
    for decision, *values, step in rows:
        content = dict(zip(_CARRIED, values, strict=True)) | {
            "kind": "decision",
            "step": step,
            "undoes": None,
        }
        sha256 = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        db.execute(
            f"INSERT INTO decisions (decision, decision_sha256, {', '.join(_CARRIED)}, step) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [decision, sha256, *values, step],
        )


def _run_script(db: Database, script: str) -> None:
    """Statement by statement: sqlite3's own `executescript` would commit the migration's transaction first."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""
