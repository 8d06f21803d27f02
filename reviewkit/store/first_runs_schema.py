"""The schema's sixth step: the run that brought a record first, found without reading every list of every run.

Released with m006 and never edited after that.
"""

# Rows of a record in the order of its runs: the first one is found at once, however many updates there have been.
TABLES = """
CREATE INDEX run_records_first ON run_records(record, run);
DROP INDEX run_records_record;
"""

REPLACED_VIEWS = ("flow_records",)

VIEWS = """
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
"""
