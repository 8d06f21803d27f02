-- The order in which events were stored here. Each link names the one before it, so an event that
-- is taken away or put between others shows.
CREATE TABLE event_chain (
  position INTEGER PRIMARY KEY,  -- from 1
  kind TEXT NOT NULL,
  event_sha256 TEXT NOT NULL UNIQUE,
  link_sha256 TEXT NOT NULL  -- of the link before, the kind and the event
) STRICT;
CREATE TRIGGER event_chain_stay BEFORE UPDATE ON event_chain
BEGIN SELECT RAISE(ABORT, 'event_chain is append-only: add a row, do not change one'); END;
CREATE TRIGGER event_chain_are_kept BEFORE DELETE ON event_chain
BEGIN SELECT RAISE(ABORT, 'event_chain is append-only: add a row, do not delete one'); END;

-- One row: the last link. It is in every backup and every file of decisions.
CREATE TABLE event_chain_head (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  events INTEGER NOT NULL,
  link_sha256 TEXT NOT NULL,
  adopted INTEGER NOT NULL DEFAULT 0  -- events that were there when the chain began
) STRICT;
CREATE TRIGGER event_chain_head_is_kept BEFORE DELETE ON event_chain_head
BEGIN SELECT RAISE(ABORT, 'event_chain_head is never deleted'); END;

-- What each record and each run was when reviewkit wrote it.
CREATE TABLE record_hashes (
  record TEXT PRIMARY KEY REFERENCES records,
  sha256 TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE run_hashes (
  run INTEGER PRIMARY KEY REFERENCES runs,
  sha256 TEXT NOT NULL  -- of the run, its pages and its list
) STRICT;

-- Under which settings of a protocol the criteria were checked, and the duplicates linked.
CREATE TABLE derived_under (
  derived TEXT PRIMARY KEY CHECK (derived IN ('checks', 'duplicates')),
  settings_sha256 TEXT NOT NULL
) STRICT;
