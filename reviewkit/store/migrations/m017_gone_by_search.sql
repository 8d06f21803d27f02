-- Each record is looked up in the last search by the search's own list: not all lists are read for each one.
DROP VIEW gone_records;
CREATE VIEW gone_records AS
SELECT earlier.source, earlier.family, run_records.identifier, run_records.record,
  max(earlier.run) AS last_run, latest_runs.run AS latest_run
FROM search_runs AS earlier
JOIN latest_runs USING (source, family)
JOIN run_records ON run_records.run = earlier.run
WHERE earlier.status = 'complete' AND earlier.query <> 'added by hand' AND NOT EXISTS (
  -- CROSS JOIN: SQLite begins with the few runs, and finds the identifier in each by its key.
  SELECT 1 FROM search_runs AS newest CROSS JOIN run_records AS now ON now.run = newest.run
  WHERE newest.search = latest_runs.search AND newest.status = 'complete'
    AND now.identifier = run_records.identifier)
GROUP BY earlier.source, earlier.family, run_records.identifier
HAVING max(earlier.search) < max(latest_runs.search);
