-- A list that named fewer records than it counted says nothing of what is gone.
DROP VIEW gone_records;
DROP VIEW latest_runs;

-- The newest run of each source and strategy that can say what is gone: whole, complete, with every record that it
-- counted on its list. LILACS counts a record once for each of its collections, so there the count says nothing.
CREATE VIEW latest_runs AS
SELECT source, family, max(run) AS run FROM search_runs
WHERE status = 'complete' AND is_whole = 1 AND (source = 'lilacs' OR count IS NULL OR count <= (
  SELECT count(*) FROM run_records WHERE run_records.run = search_runs.run))
GROUP BY source, family;

-- What was last listed before that.
CREATE VIEW gone_records AS
SELECT search_runs.source, search_runs.family, run_records.identifier, run_records.record,
  max(search_runs.run) AS last_run, latest_runs.run AS latest_run
FROM search_runs
JOIN latest_runs USING (source, family)
JOIN run_records ON run_records.run = search_runs.run
LEFT JOIN run_records AS now ON now.run = latest_runs.run AND now.identifier = run_records.identifier
WHERE search_runs.status = 'complete' AND now.run IS NULL
GROUP BY search_runs.source, search_runs.family, run_records.identifier
HAVING last_run < latest_run;
