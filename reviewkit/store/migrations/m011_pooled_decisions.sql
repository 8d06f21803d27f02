-- Decisions of reviewers on the copies of one work count together, each reviewer once.

-- A reviewer's decision on the lead record goes before one on a copy, a later one before an earlier.
CREATE VIEW pooled_decisions AS
SELECT selection, work AS record, record AS decided_record, stage, reviewer, verdict, reason, decision, decided_at
FROM (SELECT current_decisions.*, coalesce(duplicates.lead, current_decisions.record) AS work,
    row_number() OVER (
      PARTITION BY selection, coalesce(duplicates.lead, current_decisions.record), stage, reviewer
      ORDER BY duplicates.record IS NOT NULL, step DESC, decided_at DESC, decision_sha256 DESC) AS place
  FROM current_decisions LEFT JOIN duplicates ON duplicates.record = current_decisions.record)
WHERE place = 1;

DROP VIEW verdicts;
CREATE VIEW verdicts AS
SELECT tallied.selection, tallied.record, tallied.stage, tallied.decisions, tallied.needed,
  CASE
    WHEN settled.verdict IS NOT NULL THEN settled.verdict
    WHEN tallied.decisions < tallied.needed THEN 'awaiting'
    WHEN tallied.kinds > 1 OR (tallied.stage = 'full_text' AND tallied.reasons > 1) THEN 'conflict'
    ELSE tallied.verdict
  END AS verdict,
  CASE
    WHEN settled.verdict IS NOT NULL THEN settled.reason
    WHEN tallied.decisions >= tallied.needed AND tallied.kinds = 1 THEN tallied.reason
  END AS reason
FROM (
  SELECT pooled_decisions.selection, pooled_decisions.record, pooled_decisions.stage,
    count(*) AS decisions, count(DISTINCT verdict) AS kinds, min(verdict) AS verdict,
    count(DISTINCT coalesce(reason, '')) AS reasons, min(reason) AS reason,
    CASE WHEN pooled_decisions.selection = 'published' THEN 1
      ELSE coalesce(assigned.reviewers, stages.reviewers_needed, 1) END AS needed
  FROM pooled_decisions
  LEFT JOIN stages ON stages.stage = pooled_decisions.stage
  LEFT JOIN (SELECT record, stage, count(*) AS reviewers FROM current_assignments GROUP BY record, stage) AS assigned
    ON assigned.record = pooled_decisions.record AND assigned.stage = pooled_decisions.stage
  GROUP BY pooled_decisions.selection, pooled_decisions.record, pooled_decisions.stage) AS tallied
LEFT JOIN current_resolutions AS settled
  ON tallied.selection = 'team' AND settled.record = tallied.record AND settled.stage = tallied.stage;
