-- Views that stay quick in a review of many records and many updates.
DROP VIEW flow_counts;
DROP VIEW flow_records;

-- Rows of a record in the order of its runs: the first one is found at once.
CREATE INDEX run_records_first ON run_records(record, run);
DROP INDEX run_records_record;

-- A reported work that a search returns after all counts with that search, not beside it.
CREATE VIEW flow_records AS
SELECT arrived.record, arrived.first_run, runs.source, runs.role
FROM (
  SELECT records.record, (
    SELECT run_records.run FROM run_records
    WHERE run_records.record = records.record AND (
      run_records.run IN (SELECT run FROM flow_runs WHERE role <> 'reported')
      OR (run_records.run IN (SELECT run FROM flow_runs WHERE role = 'reported')
        AND EXISTS (SELECT 1 FROM works WHERE works.record = records.record)))
    ORDER BY run_records.run LIMIT 1) AS first_run
  FROM records) AS arrived
JOIN runs ON runs.run = arrived.first_run;

-- The states are worked out first, as a table: taken up into the grouping they cost seconds for 10,000 records.
CREATE VIEW flow_counts AS
WITH shown AS MATERIALIZED (
  SELECT role, source, state, CASE WHEN state = 'duplicate' THEN NULL ELSE reason END AS reason FROM record_states)
SELECT role, source, state, reason, count(*) AS n FROM shown GROUP BY role, source, state, reason;
