-- A review that is kept up to date: updates, earlier versions of records, releases, access answers.
DROP VIEW included;
DROP VIEW flow_counts;
DROP VIEW record_states;

-- What a record was before it changed. The current row stays in `records`; `run` is the run that was being taken in.
CREATE TABLE record_versions (
  version INTEGER PRIMARY KEY,
  record TEXT NOT NULL REFERENCES records,
  run INTEGER REFERENCES runs,
  content TEXT NOT NULL  -- JSON object: the earlier row
) STRICT;
CREATE INDEX record_versions_record ON record_versions(record, run);
CREATE INDEX record_versions_run ON record_versions(run);
CREATE TRIGGER records_keep_versions AFTER UPDATE ON records
BEGIN
  INSERT INTO record_versions (record, run, content)
  VALUES (OLD.record, (SELECT max(run) FROM runs), json_object('source', OLD.source, 'source_id', OLD.source_id, 'title', OLD.title, 'original_title', OLD.original_title, 'authors', OLD.authors, 'collective_authors', OLD.collective_authors, 'journal', OLD.journal, 'journal_abbreviation', OLD.journal_abbreviation, 'issns', OLD.issns, 'year', OLD.year, 'published', OLD.published, 'published_online', OLD.published_online, 'created', OLD.created, 'volume', OLD.volume, 'issue', OLD.issue, 'pages', OLD.pages, 'doi', OLD.doi, 'pmid', OLD.pmid, 'pmcid', OLD.pmcid, 'accession', OLD.accession, 'languages', OLD.languages, 'abstract', OLD.abstract, 'headings', OLD.headings, 'keywords', OLD.keywords, 'types', OLD.types, 'links', OLD.links, 'relations', OLD.relations, 'other', OLD.other));
END;

CREATE TABLE updates (
  update_number INTEGER PRIMARY KEY,
  begun_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  asked TEXT NOT NULL,   -- JSON object: as of which date, which window
  after_run INTEGER NOT NULL,      -- the last run before it
  after_version INTEGER NOT NULL   -- the last record version before it
) STRICT;

-- A source that an update has dealt with: its run, or why there is none.
CREATE TABLE update_steps (
  update_number INTEGER NOT NULL REFERENCES updates,
  step TEXT NOT NULL,
  run INTEGER REFERENCES runs,
  failed TEXT,
  PRIMARY KEY (update_number, step)
) STRICT;

-- An update without a row here was interrupted.
CREATE TABLE update_ends (
  update_number INTEGER PRIMARY KEY REFERENCES updates,
  ended_at TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('complete', 'partial', 'failed', 'cut off')),
  last_run INTEGER NOT NULL,
  summary TEXT NOT NULL  -- JSON object
) STRICT;

CREATE TABLE releases (
  release INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  released_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  last_run INTEGER NOT NULL,
  searched_through TEXT,  -- NULL: nothing was searched
  flow TEXT NOT NULL      -- JSON object: every box, as it was
) STRICT;
CREATE TABLE release_records (
  release INTEGER NOT NULL REFERENCES releases,
  record TEXT NOT NULL REFERENCES records,
  source TEXT NOT NULL,
  role TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  cells TEXT NOT NULL,    -- JSON list: title, authors, year, journal, DOI and PMID, as they were
  PRIMARY KEY (release, record)
) STRICT;

-- Whether a report could be had in full on a day: every answer of every service, the latest on top.
CREATE TABLE access_answers (
  answer INTEGER PRIMARY KEY,
  record TEXT NOT NULL REFERENCES records,
  service TEXT NOT NULL,
  checked_at TEXT NOT NULL,
  status TEXT NOT NULL,
  until TEXT,             -- of an embargo
  licence TEXT,
  pdf TEXT,
  evidence TEXT NOT NULL
) STRICT;
CREATE INDEX access_answers_record ON access_answers(record, service, answer);

CREATE TRIGGER record_versions_stay BEFORE UPDATE ON record_versions
BEGIN SELECT RAISE(ABORT, 'record_versions are append-only: add a row, do not change one'); END;
CREATE TRIGGER record_versions_are_kept BEFORE DELETE ON record_versions
BEGIN SELECT RAISE(ABORT, 'record_versions are append-only: add a row, do not delete one'); END;

CREATE TRIGGER updates_stay BEFORE UPDATE ON updates
BEGIN SELECT RAISE(ABORT, 'updates are append-only: add a row, do not change one'); END;
CREATE TRIGGER updates_are_kept BEFORE DELETE ON updates
BEGIN SELECT RAISE(ABORT, 'updates are append-only: add a row, do not delete one'); END;

CREATE TRIGGER update_steps_stay BEFORE UPDATE ON update_steps
BEGIN SELECT RAISE(ABORT, 'update_steps are append-only: add a row, do not change one'); END;
CREATE TRIGGER update_steps_are_kept BEFORE DELETE ON update_steps
BEGIN SELECT RAISE(ABORT, 'update_steps are append-only: add a row, do not delete one'); END;

CREATE TRIGGER update_ends_stay BEFORE UPDATE ON update_ends
BEGIN SELECT RAISE(ABORT, 'update_ends are append-only: add a row, do not change one'); END;
CREATE TRIGGER update_ends_are_kept BEFORE DELETE ON update_ends
BEGIN SELECT RAISE(ABORT, 'update_ends are append-only: add a row, do not delete one'); END;

CREATE TRIGGER releases_stay BEFORE UPDATE ON releases
BEGIN SELECT RAISE(ABORT, 'releases are append-only: add a row, do not change one'); END;
CREATE TRIGGER releases_are_kept BEFORE DELETE ON releases
BEGIN SELECT RAISE(ABORT, 'releases are append-only: add a row, do not delete one'); END;

CREATE TRIGGER release_records_stay BEFORE UPDATE ON release_records
BEGIN SELECT RAISE(ABORT, 'release_records are append-only: add a row, do not change one'); END;
CREATE TRIGGER release_records_are_kept BEFORE DELETE ON release_records
BEGIN SELECT RAISE(ABORT, 'release_records are append-only: add a row, do not delete one'); END;

CREATE TRIGGER access_answers_stay BEFORE UPDATE ON access_answers
BEGIN SELECT RAISE(ABORT, 'access_answers are append-only: add a row, do not change one'); END;
CREATE TRIGGER access_answers_are_kept BEFORE DELETE ON access_answers
BEGIN SELECT RAISE(ABORT, 'access_answers are append-only: add a row, do not delete one'); END;

-- The review's own searches with the strategy that they belong to, update or not.
CREATE VIEW search_runs AS
SELECT runs.*,
  CASE WHEN strategy LIKE '%.update' THEN substr(strategy, 1, length(strategy) - 7)
    WHEN strategy LIKE '%.window' THEN substr(strategy, 1, length(strategy) - 7) ELSE strategy END AS family,
  strategy LIKE '%.update' OR strategy LIKE '%.window' AS is_update,
  strategy NOT LIKE '%.window' AS is_whole
FROM runs WHERE counts_in_flow = 1 AND role NOT IN ('stand_in', 'reported');

-- The newest whole run of each source and strategy: failed ones and date windows say nothing of what is gone.
CREATE VIEW latest_runs AS
SELECT source, family, max(run) AS run FROM search_runs
WHERE status = 'complete' AND is_whole = 1 GROUP BY source, family;

CREATE VIEW gone_records AS
SELECT search_runs.source, search_runs.family, run_records.identifier, run_records.record,
  max(search_runs.run) AS last_run, latest_runs.run AS latest_run
FROM search_runs
JOIN latest_runs USING (source, family)
JOIN run_records ON run_records.run = search_runs.run
LEFT JOIN run_records AS now ON now.run = latest_runs.run AND now.identifier = run_records.identifier
WHERE search_runs.status = 'complete' AND search_runs.run < latest_runs.run AND now.run IS NULL
GROUP BY search_runs.source, search_runs.family, run_records.identifier;

-- Records that an update was the first to bring: no published review can have decided on them.
CREATE VIEW later_records AS
SELECT record FROM flow_records WHERE first_run IN (SELECT run FROM search_runs WHERE is_update = 1);

CREATE VIEW record_states AS
SELECT record, source, role, state, reason FROM selection_states
WHERE selection = CASE
  WHEN record IN (SELECT record FROM later_records) THEN 'team' ELSE (SELECT selection FROM flow_selection) END;

CREATE VIEW flow_counts AS
SELECT role, source, state, reason_shown AS reason, count(*) AS n FROM (
  SELECT role, source, state, CASE WHEN state = 'duplicate' THEN NULL ELSE reason END AS reason_shown
  FROM record_states)
GROUP BY role, source, state, reason_shown;

CREATE VIEW included AS
SELECT records.* FROM records JOIN record_states USING (record) WHERE state = 'included';

CREATE VIEW update_log AS
SELECT updates.update_number, begun_at, ended_at, coalesce(outcome, 'interrupted') AS outcome, summary
FROM updates LEFT JOIN update_ends USING (update_number);

CREATE VIEW current_access AS
SELECT record, service, checked_at, status, until, licence, pdf, evidence
FROM (SELECT access_answers.*, row_number() OVER (PARTITION BY record, service ORDER BY answer DESC) AS place
  FROM access_answers)
WHERE place = 1;
