-- State that was read out of strings gets columns: what kind of run a run is, what its source counts, whether a
-- service failed. Rows that were there are filled in once; the guards against changes are taken away for that.

-- The strategy keeps its name ("primary.update"): it is part of the run's hash and of the keys of the cache.
DROP TRIGGER runs_stay;
ALTER TABLE runs ADD COLUMN
  family TEXT NOT NULL DEFAULT ''  /* the protocol's strategy, without what an update adds */
;
ALTER TABLE runs ADD COLUMN
  kind TEXT NOT NULL DEFAULT 'own' CHECK (kind IN ('own', 'update', 'window', 'monitor'))
;
ALTER TABLE runs ADD COLUMN
  count_unit TEXT NOT NULL DEFAULT 'records' CHECK (count_unit IN ('records', 'entries'))
;
UPDATE runs SET
  kind = CASE
    WHEN strategy LIKE '%.update' THEN 'update'
    WHEN strategy LIKE '%.window' THEN 'window'
    WHEN strategy = 'watch' AND counts_in_flow = 0 THEN 'monitor'
    ELSE 'own'
  END,
  family = CASE
    WHEN strategy LIKE '%.update' OR strategy LIKE '%.window'
      THEN substr(strategy, 1, length(strategy) - length('.update'))
    ELSE strategy
  END,
  -- Until this step one source was known to count entries. From here on every run says what its source counts.
  count_unit = CASE WHEN source = 'lilacs' THEN 'entries' ELSE 'records' END;
CREATE TRIGGER runs_stay BEFORE UPDATE ON runs
BEGIN SELECT RAISE(ABORT, 'runs are append-only: add a row, do not change one'); END;

-- The review's own searches and their updates. A window lists only what is new to its source since a day.
DROP VIEW search_runs;
CREATE VIEW search_runs AS
SELECT runs.*, kind IN ('update', 'window') AS is_update, kind <> 'window' AS is_whole
FROM runs WHERE counts_in_flow = 1 AND role NOT IN ('stand_in', 'reported');

-- The newest run of each source and strategy that can say what is gone: whole, complete, with every record that it
-- counted on its list. Where a source counts entries, several for one record, the count says nothing of the list.
DROP VIEW latest_runs;
CREATE VIEW latest_runs AS
SELECT source, family, max(run) AS run FROM search_runs
WHERE status = 'complete' AND is_whole = 1 AND (count_unit = 'entries' OR count IS NULL OR count <= (
  SELECT count(*) FROM run_records WHERE run_records.run = search_runs.run))
GROUP BY source, family;

-- Why a step of an update has no run, where it needed none. A service that failed leaves no step behind.
ALTER TABLE update_steps RENAME COLUMN failed TO why_not;

-- A service that failed to answer: `evidence` then says how.
DROP TRIGGER access_answers_stay;
ALTER TABLE access_answers ADD COLUMN
  failed INTEGER NOT NULL DEFAULT 0 CHECK (failed IN (0, 1))
;
UPDATE access_answers SET failed = 1, evidence = substr(evidence, length('failed: ') + 1)
WHERE evidence LIKE 'failed: %';
CREATE TRIGGER access_answers_stay BEFORE UPDATE ON access_answers
BEGIN SELECT RAISE(ABORT, 'access_answers are append-only: add a row, do not change one'); END;

DROP VIEW current_access;
CREATE VIEW current_access AS
SELECT record, service, checked_at, status, until, licence, pdf, evidence, failed
FROM (SELECT access_answers.*, row_number() OVER (PARTITION BY record, service ORDER BY answer DESC) AS place
  FROM access_answers)
WHERE place = 1;
