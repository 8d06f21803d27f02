-- The views that count states take time in proportion to the records, whatever is decided and stopped.

-- A key that an expression makes has no type, and no index can be used to join it: with the CAST one can.
DROP VIEW pooled_decisions;
CREATE VIEW pooled_decisions AS
SELECT selection, work AS record, record AS decided_record, stage, reviewer, verdict, reason, decision, decided_at
FROM (SELECT current_decisions.*, CAST(coalesce(duplicates.lead, current_decisions.record) AS TEXT) AS work,
    row_number() OVER (
      PARTITION BY selection, coalesce(duplicates.lead, current_decisions.record), stage, reviewer
      ORDER BY duplicates.record IS NOT NULL, step DESC, decided_at DESC, decision_sha256 DESC) AS place
  FROM current_decisions LEFT JOIN duplicates ON duplicates.record = current_decisions.record)
WHERE place = 1;

-- The verdicts are counted once, not once for each stage. A stop's records are found by their key.
DROP VIEW selection_states;
CREATE VIEW selection_states AS
WITH judged AS MATERIALIZED (SELECT selection, record, stage, verdict, reason FROM verdicts)
SELECT arrived.selection, arrived.record, arrived.source, arrived.role,
  CASE
    WHEN duplicates.record IS NOT NULL THEN 'duplicate'
    WHEN screened.verdict IS NULL AND assessed.verdict IS NULL AND first_removals.record IS NOT NULL
      AND arrived.main = 1 THEN 'ineligible_by_machine'
    WHEN assessed.verdict = 'include' THEN 'included'
    WHEN assessed.verdict = 'exclude' THEN 'report_excluded'
    WHEN screened.verdict = 'exclude' AND arrived.main = 1 THEN 'record_excluded'
    WHEN (screened.verdict = 'include' OR arrived.main = 0) AND arrived.selection = 'team'
      AND sought.outcome = 'not_retrieved' THEN 'not_retrieved'
    WHEN screened.verdict = 'include' OR arrived.main = 0 THEN 'awaiting_assessment'
    WHEN screened.verdict IS NULL AND arrived.selection = 'team' AND left_out.record IS NOT NULL
      THEN 'unscreened_by_rule'
    ELSE 'awaiting_screening'
  END AS state,
  CASE
    WHEN duplicates.record IS NOT NULL THEN duplicates.lead
    WHEN assessed.verdict = 'exclude' THEN assessed.reason
    WHEN assessed.verdict = 'include' THEN NULL
    WHEN screened.verdict = 'exclude' AND arrived.main = 1 THEN screened.reason
    WHEN (screened.verdict = 'include' OR arrived.main = 0) AND arrived.selection = 'team'
      AND sought.outcome = 'not_retrieved' THEN sought.detail
    WHEN screened.verdict IS NULL AND assessed.verdict IS NULL AND arrived.main = 1
      THEN coalesce(first_removals.wording, CASE WHEN arrived.selection = 'team' THEN left_out.rule END)
  END AS reason
FROM (
  SELECT selections.selection, flow_records.record, flow_records.source, flow_records.role,
    flow_records.role IN ('database', 'register', 'stand_in') AS main
  FROM flow_records CROSS JOIN selections) AS arrived
LEFT JOIN duplicates ON duplicates.record = arrived.record
LEFT JOIN judged AS screened ON screened.selection = arrived.selection
  AND screened.record = arrived.record AND screened.stage = 'title_abstract'
LEFT JOIN judged AS assessed ON assessed.selection = arrived.selection
  AND assessed.record = arrived.record AND assessed.stage = 'full_text'
LEFT JOIN first_removals ON first_removals.record = arrived.record
LEFT JOIN current_retrievals AS sought ON sought.record = arrived.record
LEFT JOIN (
  SELECT record, (SELECT rule FROM current_stop) AS rule FROM stopped_records
  WHERE stop_sha256 = (SELECT sha256 FROM current_stop)) AS left_out
  ON left_out.record = arrived.record;
