-- Citation searching: which index was asked in which direction and round, for which seeds, and who led to whom.

CREATE TABLE citation_searches (
  run INTEGER PRIMARY KEY REFERENCES runs,
  citation_index TEXT NOT NULL,
  direction TEXT NOT NULL CHECK (direction IN ('backward', 'forward')),
  round INTEGER NOT NULL CHECK (round >= 1),
  chosen TEXT NOT NULL CHECK (chosen IN ('included', 'named', 'found'))
) STRICT;

CREATE TABLE citation_seeds (
  run INTEGER NOT NULL REFERENCES citation_searches,
  position INTEGER NOT NULL,
  record TEXT NOT NULL REFERENCES records,
  outcome TEXT NOT NULL CHECK (outcome IN ('listed', 'no_list', 'unknown', 'not_asked')),
  asked TEXT NOT NULL,  -- JSON list of identifiers
  listed INTEGER NOT NULL,
  resolved INTEGER NOT NULL,
  PRIMARY KEY (run, position)
) STRICT;

-- An entry of a seed's list: a work by its identifier in the index, or what was printed of it.
CREATE TABLE citation_links (
  run INTEGER NOT NULL REFERENCES citation_searches,
  position INTEGER NOT NULL,
  seed TEXT NOT NULL REFERENCES records,
  identifier TEXT,
  printed TEXT,
  PRIMARY KEY (run, position),
  CHECK ((identifier IS NULL) <> (printed IS NULL))
) STRICT;

CREATE TRIGGER citation_searches_stay BEFORE UPDATE ON citation_searches
BEGIN SELECT RAISE(ABORT, 'citation_searches are append-only: add a row, do not change one'); END;
CREATE TRIGGER citation_searches_are_kept BEFORE DELETE ON citation_searches
BEGIN SELECT RAISE(ABORT, 'citation_searches are append-only: add a row, do not delete one'); END;
CREATE TRIGGER citation_seeds_stay BEFORE UPDATE ON citation_seeds
BEGIN SELECT RAISE(ABORT, 'citation_seeds are append-only: add a row, do not change one'); END;
CREATE TRIGGER citation_seeds_are_kept BEFORE DELETE ON citation_seeds
BEGIN SELECT RAISE(ABORT, 'citation_seeds are append-only: add a row, do not delete one'); END;
CREATE TRIGGER citation_links_stay BEFORE UPDATE ON citation_links
BEGIN SELECT RAISE(ABORT, 'citation_links are append-only: add a row, do not change one'); END;
CREATE TRIGGER citation_links_are_kept BEFORE DELETE ON citation_links
BEGIN SELECT RAISE(ABORT, 'citation_links are append-only: add a row, do not delete one'); END;

-- What citation searching found is screened by title and abstract, as what databases found is.
DROP VIEW selection_states;
CREATE VIEW selection_states AS
WITH judged AS MATERIALIZED (SELECT selection, record, stage, verdict, reason FROM verdicts)
SELECT arrived.selection, arrived.record, arrived.source, arrived.role,
  CASE
    WHEN duplicates.record IS NOT NULL THEN 'duplicate'
    WHEN screened.verdict IS NULL AND assessed.verdict IS NULL AND first_removals.record IS NOT NULL
      AND arrived.screens = 1 THEN 'ineligible_by_machine'
    WHEN assessed.verdict = 'include' THEN 'included'
    WHEN assessed.verdict = 'exclude' THEN 'report_excluded'
    WHEN screened.verdict = 'exclude' AND arrived.screens = 1 THEN 'record_excluded'
    WHEN (screened.verdict = 'include' OR arrived.screens = 0) AND arrived.selection = 'team'
      AND sought.outcome = 'not_retrieved' THEN 'not_retrieved'
    WHEN screened.verdict = 'include' OR arrived.screens = 0 THEN 'awaiting_assessment'
    WHEN screened.verdict IS NULL AND arrived.selection = 'team' AND left_out.record IS NOT NULL
      THEN 'unscreened_by_rule'
    ELSE 'awaiting_screening'
  END AS state,
  CASE
    WHEN duplicates.record IS NOT NULL THEN duplicates.lead
    WHEN assessed.verdict = 'exclude' THEN assessed.reason
    WHEN assessed.verdict = 'include' THEN NULL
    WHEN screened.verdict = 'exclude' AND arrived.screens = 1 THEN screened.reason
    WHEN (screened.verdict = 'include' OR arrived.screens = 0) AND arrived.selection = 'team'
      AND sought.outcome = 'not_retrieved' THEN sought.detail
    WHEN screened.verdict IS NULL AND assessed.verdict IS NULL AND arrived.screens = 1
      THEN coalesce(first_removals.wording, CASE WHEN arrived.selection = 'team' THEN left_out.rule END)
  END AS reason
FROM (
  SELECT selections.selection, flow_records.record, flow_records.source, flow_records.role,
    flow_records.role IN ('database', 'register', 'stand_in', 'citations') AS screens
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
