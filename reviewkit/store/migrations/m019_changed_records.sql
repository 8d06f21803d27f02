-- A changed record is noted; its compared pairs are passed over, not looked for and deleted.
-- So they need no second index.

DROP TRIGGER changed_records_are_compared_anew;

-- Without links to `records`: what was compared is derived, and a check of a large file would look
-- up each of millions.
ALTER TABLE compared_pairs RENAME TO pairs_compared_before;
CREATE TABLE compared_pairs (
  record_a TEXT NOT NULL,
  record_b TEXT NOT NULL,
  closely INTEGER NOT NULL CHECK (closely IN (0, 1)),  -- whatever speaks for it, because a chain joins the two
  code INTEGER,
  score REAL,
  rule INTEGER,
  likeness TEXT,  -- JSON list
  relation TEXT,
  turned INTEGER,  -- 1: it is record_b that relates to record_a
  PRIMARY KEY (record_a, record_b, closely)
) STRICT, WITHOUT ROWID;
INSERT INTO compared_pairs
  SELECT record_a, record_b, closely, code, score, rule, likeness, relation, turned
  FROM pairs_compared_before
  ORDER BY record_a, record_b, closely;
DROP TABLE pairs_compared_before;

-- Changed after they were last compared: what `compared_pairs` says of them holds no more.
CREATE TABLE changed_records (record TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

CREATE TRIGGER changed_records_are_compared_anew AFTER UPDATE ON records BEGIN
  INSERT INTO changed_records (record) SELECT NEW.record
  WHERE NOT EXISTS (SELECT 1 FROM changed_records WHERE record = NEW.record);
END;
