-- What follows from the events of screening: who has decided, who differs, what state each record has.
DROP TABLE decisions_m001;

CREATE VIEW selections AS
SELECT 'team' AS selection
UNION ALL SELECT 'published' WHERE EXISTS (SELECT 1 FROM published_reviewers);

-- Whose selection makes the flow where none is named: the published one in the rerun of a published review.
CREATE VIEW flow_selection AS
SELECT CASE WHEN EXISTS (SELECT 1 FROM published_reviewers) THEN 'published' ELSE 'team' END AS selection;

CREATE VIEW current_decisions AS
SELECT decision, decision_sha256, record, stage, reviewer, verdict, reason, note, decided_at, protocol_sha256, step,
  CASE WHEN reviewer IN (SELECT reviewer FROM published_reviewers) THEN 'published' ELSE 'team' END AS selection
FROM (SELECT decisions.*, row_number() OVER (
    PARTITION BY record, stage, reviewer ORDER BY step DESC, decided_at DESC, decision_sha256 DESC) AS place
  FROM decisions)
WHERE place = 1 AND verdict <> 'withdrawn';

CREATE VIEW current_resolutions AS
SELECT resolution, sha256, record, stage, settled_by, verdict, reason, why, settled_at
FROM (SELECT resolutions.*, row_number() OVER (
    PARTITION BY record, stage ORDER BY step DESC, settled_at DESC, sha256 DESC) AS place
  FROM resolutions)
WHERE place = 1 AND verdict <> 'withdrawn';

CREATE VIEW current_retrievals AS
SELECT record, reviewer, outcome, detail, told_at
FROM (SELECT retrievals.*, row_number() OVER (
    PARTITION BY record ORDER BY step DESC, told_at DESC, sha256 DESC) AS place
  FROM retrievals)
WHERE place = 1 AND outcome <> 'withdrawn';

CREATE VIEW current_notes AS
SELECT record, reviewer, text, written_at
FROM (SELECT notes.*, row_number() OVER (
    PARTITION BY record, reviewer ORDER BY step DESC, written_at DESC, sha256 DESC) AS place
  FROM notes)
WHERE place = 1 AND text <> '';

CREATE VIEW current_tags AS
SELECT record, reviewer, tag, tagged_at
FROM (SELECT tags.*, row_number() OVER (
    PARTITION BY record, reviewer, tag ORDER BY step DESC, tagged_at DESC, sha256 DESC) AS place
  FROM tags)
WHERE place = 1 AND present = 1;

CREATE VIEW current_assignments AS
SELECT assignments.record, rounds.stage, assignments.reviewer
FROM (SELECT assignment_rounds.*, row_number() OVER (
    PARTITION BY stage ORDER BY step DESC, assigned_at DESC, sha256 DESC) AS place
  FROM assignment_rounds) AS rounds
JOIN assignments ON assignments.round_sha256 = rounds.sha256
WHERE rounds.place = 1;

CREATE VIEW current_stop AS
SELECT stop, sha256, stopped_by, rule, evidence, stopped_at
FROM (SELECT * FROM stops ORDER BY step DESC, stopped_at DESC, sha256 DESC LIMIT 1)
WHERE lifted = 0;

-- One verdict per selection, record and stage. It needs as many decisions as the record has assigned reviewers, or
-- else as the stage needs; those who differ (at full text in the counted reason too) leave a conflict until they
-- agree or somebody settles it. 'awaiting': not enough have decided.
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
  SELECT current_decisions.selection, current_decisions.record, current_decisions.stage,
    count(*) AS decisions, count(DISTINCT verdict) AS kinds, min(verdict) AS verdict,
    count(DISTINCT coalesce(reason, '')) AS reasons, min(reason) AS reason,
    CASE WHEN current_decisions.selection = 'published' THEN 1
      ELSE coalesce(assigned.reviewers, stages.reviewers_needed, 1) END AS needed
  FROM current_decisions
  LEFT JOIN stages ON stages.stage = current_decisions.stage
  LEFT JOIN (SELECT record, stage, count(*) AS reviewers FROM current_assignments GROUP BY record, stage) AS assigned
    ON assigned.record = current_decisions.record AND assigned.stage = current_decisions.stage
  GROUP BY current_decisions.selection, current_decisions.record, current_decisions.stage) AS tallied
LEFT JOIN current_resolutions AS settled
  ON tallied.selection = 'team' AND settled.record = tallied.record AND settled.stage = tallied.stage;

-- What waits for `resolve`: reviewers who differ, and records on which several say "maybe".
CREATE VIEW conflicts AS
SELECT record, stage, verdict FROM verdicts
WHERE selection = 'team' AND (verdict = 'conflict' OR (verdict = 'maybe' AND decisions > 1));

-- The partition: in each selection every record of the review has exactly one state.
-- Every box of the flow is a sum over it.
CREATE VIEW selection_states AS
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
LEFT JOIN verdicts AS screened ON screened.selection = arrived.selection
  AND screened.record = arrived.record AND screened.stage = 'title_abstract'
LEFT JOIN verdicts AS assessed ON assessed.selection = arrived.selection
  AND assessed.record = arrived.record AND assessed.stage = 'full_text'
LEFT JOIN first_removals ON first_removals.record = arrived.record
LEFT JOIN current_retrievals AS sought ON sought.record = arrived.record
LEFT JOIN (
  SELECT stopped_records.record, current_stop.rule
  FROM current_stop JOIN stopped_records ON stopped_records.stop_sha256 = current_stop.sha256) AS left_out
  ON left_out.record = arrived.record;

CREATE VIEW record_states AS
SELECT record, source, role, state, reason FROM selection_states
WHERE selection = (SELECT selection FROM flow_selection);

CREATE VIEW flow_counts AS
SELECT role, source, state, reason_shown AS reason, count(*) AS n FROM (
  SELECT role, source, state, CASE WHEN state = 'duplicate' THEN NULL ELSE reason END AS reason_shown
  FROM record_states)
GROUP BY role, source, state, reason_shown;

CREATE VIEW included AS
SELECT records.* FROM records JOIN record_states USING (record) WHERE state = 'included';
