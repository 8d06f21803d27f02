-- A review of one's own: searches of several datasets, what was taken back, corrections by hand, reviewers, amendments.

-- To which search a dataset belongs: the number of the search's first run. Without a row a run is a search of its own.
CREATE TABLE run_searches (
  run INTEGER PRIMARY KEY REFERENCES runs,
  search INTEGER NOT NULL REFERENCES runs
) STRICT;
CREATE INDEX run_searches_search ON run_searches(search);
-- Files of one source, day and query that were imported one after the other were parts of one search.
INSERT INTO run_searches (run, search)
WITH imports AS (
  SELECT run, source, strategy, query, substr(searched_at, 1, 10) AS day FROM runs
  WHERE status = 'complete' AND counts_in_flow = 1 AND kind = 'own' AND endpoint = ''
    AND EXISTS (SELECT 1 FROM run_pages WHERE run_pages.run = runs.run AND request LIKE 'import %'))
SELECT imports.run, min(earlier.run) FROM imports JOIN imports AS earlier USING (source, strategy, query, day)
WHERE earlier.run < imports.run GROUP BY imports.run;

-- A dataset taken out of the flow, or brought back. The latest event of a run counts.
CREATE TABLE withdrawals (
  withdrawal INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  run_sha256 TEXT NOT NULL REFERENCES runs(run_sha256),
  withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
  why TEXT,
  reviewer TEXT NOT NULL,
  withdrawn_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL
) STRICT;
CREATE INDEX withdrawals_chain ON withdrawals(run_sha256, step);

-- A source that is called otherwise now.
CREATE TABLE source_renamings (
  renaming INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  old TEXT NOT NULL,
  new TEXT NOT NULL,
  reviewer TEXT NOT NULL,
  renamed_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL
) STRICT;

-- A field of a record corrected by a person. `value` is JSON; NULL: what the source gave.
CREATE TABLE corrections (
  correction INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  record TEXT NOT NULL REFERENCES records,
  field TEXT NOT NULL,
  value TEXT,
  source_value TEXT,  -- JSON: what the source gave when it was corrected
  why TEXT,
  reviewer TEXT NOT NULL,
  corrected_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL
) STRICT;
CREATE INDEX corrections_chain ON corrections(record, field, step);
-- Holds a row while a correction is written: the version it leaves then names no run.
CREATE TABLE correction_marks (mark INTEGER PRIMARY KEY) STRICT;
-- What the source gives of a record that is corrected: its row in `records` has the corrections.
CREATE TABLE source_contents (
  record TEXT PRIMARY KEY REFERENCES records,
  content TEXT NOT NULL  -- JSON object, as in `record_versions`
) STRICT;

CREATE TABLE reviewers (
  reviewer TEXT PRIMARY KEY,
  added_at TEXT NOT NULL
) STRICT;
CREATE TABLE reviewer_renamings (
  renaming INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  old TEXT NOT NULL,
  new TEXT NOT NULL,
  prefer TEXT,  -- of two who decided on the same record: whose decision counts
  renamed_by TEXT NOT NULL,
  renamed_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL
) STRICT;

CREATE TABLE amendments (
  amendment INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  why TEXT NOT NULL,
  requeue TEXT,  -- which decisions were sent back, in words
  before_sha256 TEXT REFERENCES protocols,  -- the protocol that it amends
  undoes TEXT,  -- the amendment that this one takes back
  reviewer TEXT NOT NULL,
  amended_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL
) STRICT;
-- Decisions and settlements that an amendment sent back: kept in the history, they count no longer.
CREATE TABLE requeued_decisions (
  amendment_sha256 TEXT NOT NULL REFERENCES amendments(sha256),
  decision_sha256 TEXT NOT NULL,
  PRIMARY KEY (amendment_sha256, decision_sha256)
) STRICT;
CREATE INDEX requeued_decisions_decision ON requeued_decisions(decision_sha256);

CREATE VIEW current_amendments AS
SELECT * FROM amendments
WHERE undoes IS NULL AND sha256 NOT IN (
  SELECT undoes FROM amendments AS later WHERE later.undoes IS NOT NULL);
CREATE VIEW sent_back AS
SELECT DISTINCT decision_sha256 FROM requeued_decisions
WHERE amendment_sha256 IN (SELECT sha256 FROM current_amendments);

-- Decisions made at once; one step to undo.
CREATE TABLE batches (
  batch INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  reviewer TEXT NOT NULL,
  chosen_by TEXT NOT NULL,
  decided_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL
) STRICT;
CREATE TABLE batch_decisions (
  batch_sha256 TEXT NOT NULL REFERENCES batches(sha256),
  decision_sha256 TEXT NOT NULL,
  PRIMARY KEY (batch_sha256, decision_sha256)
) STRICT;

-- Every table above but `correction_marks`, `source_contents` and `reviewers` is append-only.
CREATE TRIGGER run_searches_stay BEFORE UPDATE ON run_searches
BEGIN SELECT RAISE(ABORT, 'run_searches are append-only: add a row, do not change one'); END;
CREATE TRIGGER run_searches_are_kept BEFORE DELETE ON run_searches
BEGIN SELECT RAISE(ABORT, 'run_searches are append-only: add a row, do not delete one'); END;
CREATE TRIGGER withdrawals_stay BEFORE UPDATE ON withdrawals
BEGIN SELECT RAISE(ABORT, 'withdrawals are append-only: add a row, do not change one'); END;
CREATE TRIGGER withdrawals_are_kept BEFORE DELETE ON withdrawals
BEGIN SELECT RAISE(ABORT, 'withdrawals are append-only: add a row, do not delete one'); END;
CREATE TRIGGER source_renamings_stay BEFORE UPDATE ON source_renamings
BEGIN SELECT RAISE(ABORT, 'source_renamings are append-only: add a row, do not change one'); END;
CREATE TRIGGER source_renamings_are_kept BEFORE DELETE ON source_renamings
BEGIN SELECT RAISE(ABORT, 'source_renamings are append-only: add a row, do not delete one'); END;
CREATE TRIGGER corrections_stay BEFORE UPDATE ON corrections
BEGIN SELECT RAISE(ABORT, 'corrections are append-only: add a row, do not change one'); END;
CREATE TRIGGER corrections_are_kept BEFORE DELETE ON corrections
BEGIN SELECT RAISE(ABORT, 'corrections are append-only: add a row, do not delete one'); END;
CREATE TRIGGER reviewer_renamings_stay BEFORE UPDATE ON reviewer_renamings
BEGIN SELECT RAISE(ABORT, 'reviewer_renamings are append-only: add a row, do not change one'); END;
CREATE TRIGGER reviewer_renamings_are_kept BEFORE DELETE ON reviewer_renamings
BEGIN SELECT RAISE(ABORT, 'reviewer_renamings are append-only: add a row, do not delete one'); END;
CREATE TRIGGER amendments_stay BEFORE UPDATE ON amendments
BEGIN SELECT RAISE(ABORT, 'amendments are append-only: add a row, do not change one'); END;
CREATE TRIGGER amendments_are_kept BEFORE DELETE ON amendments
BEGIN SELECT RAISE(ABORT, 'amendments are append-only: add a row, do not delete one'); END;
CREATE TRIGGER requeued_decisions_stay BEFORE UPDATE ON requeued_decisions
BEGIN SELECT RAISE(ABORT, 'requeued_decisions are append-only: add a row, do not change one'); END;
CREATE TRIGGER requeued_decisions_are_kept BEFORE DELETE ON requeued_decisions
BEGIN SELECT RAISE(ABORT, 'requeued_decisions are append-only: add a row, do not delete one'); END;
CREATE TRIGGER batches_stay BEFORE UPDATE ON batches
BEGIN SELECT RAISE(ABORT, 'batches are append-only: add a row, do not change one'); END;
CREATE TRIGGER batches_are_kept BEFORE DELETE ON batches
BEGIN SELECT RAISE(ABORT, 'batches are append-only: add a row, do not delete one'); END;
CREATE TRIGGER batch_decisions_stay BEFORE UPDATE ON batch_decisions
BEGIN SELECT RAISE(ABORT, 'batch_decisions are append-only: add a row, do not change one'); END;
CREATE TRIGGER batch_decisions_are_kept BEFORE DELETE ON batch_decisions
BEGIN SELECT RAISE(ABORT, 'batch_decisions are append-only: add a row, do not delete one'); END;

CREATE VIEW withdrawn_runs AS
SELECT runs.run, latest.why, latest.reviewer, latest.withdrawn_at
FROM (SELECT withdrawals.*, row_number() OVER (
    PARTITION BY run_sha256 ORDER BY step DESC, sha256 DESC) AS place
  FROM withdrawals) AS latest
JOIN runs USING (run_sha256)
WHERE latest.place = 1 AND latest.withdrawn = 1;

-- By every id that a source had: the one that counts. Made anew from `source_renamings`.
CREATE TABLE source_aliases (
  old TEXT PRIMARY KEY,
  new TEXT NOT NULL
) STRICT;

-- Every run under the id that its source has now.
CREATE VIEW named_runs AS
SELECT run, run_sha256, protocol_sha256, coalesce(source_aliases.new, source) AS source, role, strategy,
  counts_in_flow, query, endpoint, searched_at, status, count, received, translation, build, build_records,
  build_updated, warnings, error, family, kind, count_unit
FROM runs LEFT JOIN source_aliases ON source_aliases.old = runs.source;

-- What a withdrawn dataset brought is not in the flow.
DROP VIEW flow_runs;
CREATE VIEW flow_runs AS
SELECT * FROM named_runs
WHERE status = 'complete' AND counts_in_flow = 1 AND run NOT IN (SELECT run FROM withdrawn_runs)
  AND (role <> 'stand_in' OR NOT EXISTS (
    SELECT 1 FROM runs AS searches
    WHERE searches.status = 'complete' AND searches.counts_in_flow = 1
      AND searches.run NOT IN (SELECT run FROM withdrawn_runs)
      AND searches.role NOT IN ('stand_in', 'reported')));

DROP VIEW flow_records;
CREATE VIEW flow_records AS
SELECT arrived.record, arrived.first_run, named_runs.source, named_runs.role
FROM (
  SELECT records.record, (
    SELECT run_records.run FROM run_records
    WHERE run_records.record = records.record AND (
      run_records.run IN (SELECT run FROM flow_runs WHERE role <> 'reported')
      OR (run_records.run IN (SELECT run FROM flow_runs WHERE role = 'reported')
        AND EXISTS (SELECT 1 FROM works WHERE works.record = records.record)))
    ORDER BY run_records.run LIMIT 1) AS first_run
  FROM records) AS arrived
JOIN named_runs ON named_runs.run = arrived.first_run;

DROP VIEW search_runs;
CREATE VIEW search_runs AS
SELECT named_runs.*, coalesce(run_searches.search, named_runs.run) AS search,
  kind IN ('update', 'window') AS is_update, kind <> 'window' AS is_whole
FROM named_runs LEFT JOIN run_searches USING (run)
WHERE counts_in_flow = 1 AND role NOT IN ('stand_in', 'reported')
  AND named_runs.run NOT IN (SELECT run FROM withdrawn_runs);

-- The newest search of each source and strategy that can say what is gone, with its last dataset's run.
-- What a person added by hand is no search. A dataset that listed fewer records than it counted says nothing of what is gone.
DROP VIEW latest_runs;
CREATE VIEW latest_runs AS
SELECT source, family, search, run FROM (
  SELECT source, family, search, max(run) AS run,
    row_number() OVER (PARTITION BY source, family ORDER BY search DESC) AS place
  FROM search_runs
  WHERE status = 'complete' AND is_whole = 1 AND query <> 'added by hand' AND (count_unit = 'entries' OR count IS NULL OR count <= (
    SELECT count(*) FROM run_records WHERE run_records.run = search_runs.run))
  GROUP BY source, family, search)
WHERE place = 1;

-- What was last listed by an earlier search, and by no dataset of the newest one.
DROP VIEW gone_records;
CREATE VIEW gone_records AS
SELECT earlier.source, earlier.family, run_records.identifier, run_records.record,
  max(earlier.run) AS last_run, latest_runs.run AS latest_run
FROM search_runs AS earlier
JOIN latest_runs USING (source, family)
JOIN run_records ON run_records.run = earlier.run
WHERE earlier.status = 'complete' AND earlier.query <> 'added by hand' AND NOT EXISTS (
  SELECT 1 FROM search_runs AS newest JOIN run_records AS now ON now.run = newest.run
  WHERE newest.search = latest_runs.search AND newest.status = 'complete'
    AND now.identifier = run_records.identifier)
GROUP BY earlier.source, earlier.family, run_records.identifier
HAVING max(earlier.search) < max(latest_runs.search);

-- A correction by hand is no change of the source: the version that it leaves names no run.
DROP TRIGGER records_keep_versions;
CREATE TRIGGER records_keep_versions AFTER UPDATE ON records
BEGIN
  INSERT INTO record_versions (record, run, content)
  VALUES (OLD.record,
    CASE WHEN EXISTS (SELECT 1 FROM correction_marks) THEN NULL ELSE (SELECT max(run) FROM runs) END,
    json_object(
    'source', OLD.source,
    'source_id', OLD.source_id,
    'title', OLD.title,
    'original_title', OLD.original_title,
    'authors', OLD.authors,
    'collective_authors', OLD.collective_authors,
    'journal', OLD.journal,
    'journal_abbreviation', OLD.journal_abbreviation,
    'issns', OLD.issns,
    'year', OLD.year,
    'published', OLD.published,
    'published_online', OLD.published_online,
    'created', OLD.created,
    'volume', OLD.volume,
    'issue', OLD.issue,
    'pages', OLD.pages,
    'doi', OLD.doi,
    'pmid', OLD.pmid,
    'pmcid', OLD.pmcid,
    'accession', OLD.accession,
    'languages', OLD.languages,
    'abstract', OLD.abstract,
    'headings', OLD.headings,
    'keywords', OLD.keywords,
    'types', OLD.types,
    'links', OLD.links,
    'relations', OLD.relations,
    'other', OLD.other));
END;

-- By every name that a reviewer had: the name that counts. Made anew from `reviewer_renamings`.
CREATE TABLE reviewer_aliases (
  old TEXT PRIMARY KEY,
  new TEXT NOT NULL
) STRICT;

-- Decisions that an amendment sent back count no longer; a renamed reviewer's count under the new name.
DROP VIEW current_decisions;
CREATE VIEW current_decisions AS
SELECT decision, decision_sha256, record, stage, reviewer, verdict, reason, note, decided_at, protocol_sha256, step,
  CASE WHEN reviewer IN (SELECT reviewer FROM published_reviewers) THEN 'published' ELSE 'team' END AS selection
FROM (SELECT decision, decision_sha256, record, stage, coalesce(reviewer_aliases.new, reviewer) AS reviewer,
    verdict, reason, note, decided_at, protocol_sha256, step,
    row_number() OVER (
      PARTITION BY record, stage, coalesce(reviewer_aliases.new, reviewer)
      ORDER BY step DESC, decided_at DESC, decision_sha256 DESC) AS place
  FROM decisions LEFT JOIN reviewer_aliases ON reviewer_aliases.old = decisions.reviewer)
-- The last one first: what it replaced does not count again when an amendment sends it back.
WHERE place = 1 AND verdict <> 'withdrawn'
  AND decision_sha256 NOT IN (SELECT decision_sha256 FROM sent_back);

-- What a renamed reviewer said is the new name's.
DROP VIEW current_resolutions;
CREATE VIEW current_resolutions AS
SELECT resolution, sha256, record, stage, coalesce(reviewer_aliases.new, settled_by) AS settled_by,
  verdict, reason, why, settled_at
FROM (SELECT resolutions.*, row_number() OVER (
    PARTITION BY record, stage ORDER BY step DESC, settled_at DESC, sha256 DESC) AS place
  FROM resolutions)
LEFT JOIN reviewer_aliases ON reviewer_aliases.old = settled_by
WHERE place = 1 AND verdict <> 'withdrawn'
  AND sha256 NOT IN (SELECT decision_sha256 FROM sent_back);

DROP VIEW current_retrievals;
CREATE VIEW current_retrievals AS
SELECT record, coalesce(reviewer_aliases.new, reviewer) AS reviewer, outcome, detail, told_at
FROM (SELECT retrievals.*, row_number() OVER (
    PARTITION BY record ORDER BY step DESC, told_at DESC, sha256 DESC) AS place
  FROM retrievals)
LEFT JOIN reviewer_aliases ON reviewer_aliases.old = reviewer
WHERE place = 1 AND outcome <> 'withdrawn';

-- A report that was not retrieved is settled: what reviewers had said of it is no conflict.
-- What no search of the flow brings any more waits for nobody.
DROP VIEW conflicts;
CREATE VIEW conflicts AS
SELECT record, stage, verdict FROM verdicts
WHERE selection = 'team' AND (verdict = 'conflict' OR (verdict = 'maybe' AND decisions > 1))
  AND NOT (stage = 'full_text' AND record IN (
    SELECT record FROM current_retrievals WHERE outcome = 'not_retrieved'))
  AND EXISTS (SELECT 1 FROM flow_records WHERE flow_records.record = verdicts.record);

DROP VIEW current_notes;
CREATE VIEW current_notes AS
SELECT record, reviewer, text, written_at
FROM (SELECT record, coalesce(reviewer_aliases.new, reviewer) AS reviewer, text, written_at,
    row_number() OVER (
      PARTITION BY record, coalesce(reviewer_aliases.new, reviewer)
      ORDER BY step DESC, written_at DESC, sha256 DESC) AS place
  FROM notes LEFT JOIN reviewer_aliases ON reviewer_aliases.old = notes.reviewer)
WHERE place = 1 AND text <> '';

DROP VIEW current_tags;
CREATE VIEW current_tags AS
SELECT record, reviewer, tag, tagged_at
FROM (SELECT record, coalesce(reviewer_aliases.new, reviewer) AS reviewer, tag, present, tagged_at,
    row_number() OVER (
      PARTITION BY record, coalesce(reviewer_aliases.new, reviewer), tag
      ORDER BY step DESC, tagged_at DESC, sha256 DESC) AS place
  FROM tags LEFT JOIN reviewer_aliases ON reviewer_aliases.old = tags.reviewer)
WHERE place = 1 AND present = 1;

DROP VIEW current_assignments;
CREATE VIEW current_assignments AS
SELECT DISTINCT assignments.record, rounds.stage,
  coalesce(reviewer_aliases.new, assignments.reviewer) AS reviewer
FROM (SELECT assignment_rounds.*, row_number() OVER (
    PARTITION BY stage ORDER BY step DESC, assigned_at DESC, sha256 DESC) AS place
  FROM assignment_rounds) AS rounds
JOIN assignments ON assignments.round_sha256 = rounds.sha256
LEFT JOIN reviewer_aliases ON reviewer_aliases.old = assignments.reviewer
WHERE rounds.place = 1;

DROP VIEW current_pair_decisions;
CREATE VIEW current_pair_decisions AS
SELECT record_a, record_b, answer, relation, coalesce(reviewer_aliases.new, reviewer) AS reviewer,
  decided_at
FROM (SELECT pair_decisions.*, row_number() OVER (
    PARTITION BY record_a, record_b ORDER BY step DESC, decided_at DESC, sha256 DESC) AS place
  FROM pair_decisions)
LEFT JOIN reviewer_aliases ON reviewer_aliases.old = reviewer
WHERE place = 1 AND answer <> 'withdrawn';

CREATE VIEW current_corrections AS
SELECT record, field, value, source_value, why,
  coalesce(reviewer_aliases.new, reviewer) AS reviewer, corrected_at
FROM (SELECT corrections.*, row_number() OVER (
    PARTITION BY record, field ORDER BY step DESC, sha256 DESC) AS place
  FROM corrections)
LEFT JOIN reviewer_aliases ON reviewer_aliases.old = reviewer
WHERE place = 1 AND value IS NOT NULL;

DROP VIEW current_stop;
CREATE VIEW current_stop AS
SELECT stop, sha256, coalesce(reviewer_aliases.new, stopped_by) AS stopped_by, rule, evidence,
  stopped_at
FROM (SELECT * FROM stops ORDER BY step DESC, stopped_at DESC, sha256 DESC LIMIT 1)
LEFT JOIN reviewer_aliases ON reviewer_aliases.old = stopped_by
WHERE lifted = 0;
