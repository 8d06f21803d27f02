-- The memory of the pairs that a linking compared.

-- What the rules alone say of each pair that a linking compared; the next one compares only pairs that are not here.
-- Codes and rules are counted as reviewkit.dedupe counts them; all are NULL where nothing speaks for a pair.
CREATE TABLE compared_pairs (
  record_a TEXT NOT NULL REFERENCES records,
  record_b TEXT NOT NULL REFERENCES records,
  closely INTEGER NOT NULL CHECK (closely IN (0, 1)),  -- whatever speaks for it, because a chain joins the two
  code INTEGER,
  score REAL,
  rule INTEGER,
  likeness TEXT,  -- JSON list
  relation TEXT,
  turned INTEGER,  -- 1: it is record_b that relates to record_a
  PRIMARY KEY (record_a, record_b, closely)
) STRICT, WITHOUT ROWID;
CREATE INDEX compared_pairs_b ON compared_pairs(record_b);

CREATE TABLE compared_under (rules_sha256 TEXT PRIMARY KEY) STRICT;

CREATE TRIGGER changed_records_are_compared_anew AFTER UPDATE ON records BEGIN
  DELETE FROM compared_pairs WHERE record_a = NEW.record OR record_b = NEW.record;
END;
