-- What people decided on pairs of records.

-- What people said of a pair. Appended, never changed; the latest stands over every rule at the next linking.
CREATE TABLE pair_decisions (
  pair_decision INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  record_a TEXT NOT NULL REFERENCES records,
  record_b TEXT NOT NULL REFERENCES records,
  answer TEXT NOT NULL CHECK (answer IN ('same', 'different', 'related', 'withdrawn')),
  relation TEXT,  -- what record_a is to record_b, where they are related
  reviewer TEXT NOT NULL,
  decided_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL,
  CHECK (record_a < record_b),
  CHECK ((answer = 'related') = (relation IS NOT NULL))
) STRICT;
CREATE INDEX pair_decisions_chain ON pair_decisions(record_a, record_b, step);

CREATE VIEW current_pair_decisions AS
SELECT record_a, record_b, answer, relation, reviewer, decided_at
FROM (SELECT pair_decisions.*, row_number() OVER (
    PARTITION BY record_a, record_b ORDER BY step DESC, decided_at DESC, sha256 DESC) AS place
  FROM pair_decisions)
WHERE place = 1 AND answer <> 'withdrawn';

CREATE TRIGGER pair_decisions_stay BEFORE UPDATE ON pair_decisions
BEGIN SELECT RAISE(ABORT, 'pair_decisions are append-only: add a row, do not change one'); END;
CREATE TRIGGER pair_decisions_are_kept BEFORE DELETE ON pair_decisions
BEGIN SELECT RAISE(ABORT, 'pair_decisions are append-only: add a row, do not delete one'); END;
