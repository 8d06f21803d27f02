-- Which review the database belongs to. The last row counts; a review that is renamed gets another row.
CREATE TABLE review_names (
  position INTEGER PRIMARY KEY,
  review TEXT NOT NULL,
  why TEXT,
  named_by TEXT,  -- NULL: written when the database was made
  named_at TEXT
) STRICT;
INSERT INTO review_names (review) SELECT review FROM protocols ORDER BY rowid LIMIT 1;

CREATE TRIGGER review_names_stay BEFORE UPDATE ON review_names
BEGIN SELECT RAISE(ABORT, 'review_names are append-only: add a row, do not change one'); END;
CREATE TRIGGER review_names_are_kept BEFORE DELETE ON review_names
BEGIN SELECT RAISE(ABORT, 'review_names are append-only: add a row, do not delete one'); END;
