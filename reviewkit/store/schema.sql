-- The schema of a review's database, whole: tables, indexes, triggers, views.
-- Made from the migrations by `python tools/write_schema.py`. Do not edit it: add a migration.

CREATE TABLE protocols (
  protocol_sha256 TEXT PRIMARY KEY,
  review TEXT NOT NULL,
  toml TEXT NOT NULL
) STRICT;

CREATE TABLE runs (
  run INTEGER PRIMARY KEY,
  run_sha256 TEXT NOT NULL UNIQUE,  -- of everything the run is; the same run is never taken in twice
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  source TEXT NOT NULL,
  role TEXT NOT NULL,
  strategy TEXT NOT NULL,
  counts_in_flow INTEGER NOT NULL CHECK (counts_in_flow IN (0, 1)),
  query TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  searched_at TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('complete', 'failed')),
  count INTEGER,     -- as the source gave it; NULL: not known
  received INTEGER,  -- as it arrived
  translation TEXT,
  build TEXT,
  build_records INTEGER,
  build_updated TEXT,
  warnings TEXT NOT NULL,  -- JSON list
  error TEXT,
  family TEXT NOT NULL DEFAULT ''  /* the protocol's strategy, without what an update adds */,
  kind TEXT NOT NULL DEFAULT 'own' CHECK (kind IN ('own', 'update', 'window', 'monitor')),
  count_unit TEXT NOT NULL DEFAULT 'records' CHECK (count_unit IN ('records', 'entries'))) STRICT;

CREATE TABLE run_pages (
  run INTEGER NOT NULL REFERENCES runs,
  position INTEGER NOT NULL,
  request TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  retrieved_at TEXT NOT NULL,
  PRIMARY KEY (run, position)
) STRICT;

CREATE TABLE records (
  record TEXT PRIMARY KEY,  -- "pubmed:36674517"
  source TEXT NOT NULL,
  source_id TEXT NOT NULL,
  title TEXT,
  original_title TEXT,
  authors TEXT NOT NULL,             -- JSON list, here and below
  collective_authors TEXT NOT NULL,
  journal TEXT,
  journal_abbreviation TEXT,
  issns TEXT NOT NULL,
  year INTEGER,
  published TEXT,
  published_online TEXT,
  created TEXT,
  volume TEXT,
  issue TEXT,
  pages TEXT,
  doi TEXT,
  pmid TEXT,
  pmcid TEXT,
  accession TEXT,
  languages TEXT NOT NULL,
  abstract TEXT,
  headings TEXT NOT NULL,
  keywords TEXT NOT NULL,
  types TEXT NOT NULL,
  links TEXT NOT NULL,
  relations TEXT NOT NULL,           -- JSON list of [kind, target]
  other TEXT NOT NULL                -- JSON object: every field that has no column
) STRICT;

CREATE TABLE run_records (
  run INTEGER NOT NULL REFERENCES runs,
  position INTEGER NOT NULL,
  identifier TEXT NOT NULL,
  record TEXT REFERENCES records,
  PRIMARY KEY (run, identifier)
) STRICT;

CREATE TABLE pairs (
  record_a TEXT NOT NULL REFERENCES records,
  record_b TEXT NOT NULL REFERENCES records,
  outcome TEXT NOT NULL CHECK (outcome IN ('same', 'ask', 'different')),
  score REAL NOT NULL,
  rule TEXT NOT NULL,
  words TEXT NOT NULL,         -- the rule as a sentence
  relation TEXT,               -- how the two are related, where they are two
  similarities TEXT NOT NULL,  -- JSON object
  PRIMARY KEY (record_a, record_b),
  CHECK (record_a < record_b)
) STRICT;

CREATE TABLE duplicates (
  record TEXT PRIMARY KEY REFERENCES records,
  lead TEXT NOT NULL REFERENCES records,
  CHECK (record <> lead)
) STRICT;

CREATE TABLE relations (
  record TEXT NOT NULL REFERENCES records,
  kind TEXT NOT NULL,
  target TEXT NOT NULL REFERENCES records,
  PRIMARY KEY (record, kind, target)
) STRICT;

CREATE TABLE criteria (
  criterion TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  kind TEXT NOT NULL,
  wording TEXT NOT NULL,
  checked_by TEXT NOT NULL,
  removes INTEGER NOT NULL CHECK (removes IN (0, 1))  -- a "no" takes a record out before screening
) STRICT;

CREATE TABLE checks (
  record TEXT NOT NULL REFERENCES records,
  criterion TEXT NOT NULL REFERENCES criteria,
  answer TEXT NOT NULL CHECK (answer IN ('yes', 'no', 'unknown')),
  evidence TEXT NOT NULL,
  PRIMARY KEY (record, criterion)
) STRICT;

CREATE TABLE works (
  work TEXT PRIMARY KEY,     -- a work that the published review includes
  position INTEGER NOT NULL,
  title TEXT NOT NULL,
  record TEXT REFERENCES records,  -- the record that stands for it in the flow
  matched_by TEXT
) STRICT;

CREATE VIRTUAL TABLE "records_fts" USING FTS5 (
    "title", "abstract",
    content="records"
);

CREATE TABLE decisions (
  decision INTEGER PRIMARY KEY,
  decision_sha256 TEXT NOT NULL UNIQUE,  -- of its content and step: taken in twice, it is there once
  record TEXT NOT NULL REFERENCES records,
  stage TEXT NOT NULL CHECK (stage IN ('title_abstract', 'full_text')),
  reviewer TEXT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('include', 'exclude', 'maybe', 'withdrawn')),
  reason TEXT,
  note TEXT,
  decided_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL,
  undoes TEXT,                           -- the decision that this one takes back; what stood before stands again
  CHECK (verdict = 'exclude' OR reason IS NULL)
) STRICT;

CREATE TABLE published_reviewers (reviewer TEXT PRIMARY KEY) STRICT;

CREATE TABLE stages (
  stage TEXT PRIMARY KEY CHECK (stage IN ('title_abstract', 'full_text')),
  reviewers_needed INTEGER NOT NULL CHECK (reviewers_needed > 0)
) STRICT;

CREATE TABLE resolutions (
  resolution INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  record TEXT NOT NULL REFERENCES records,
  stage TEXT NOT NULL CHECK (stage IN ('title_abstract', 'full_text')),
  settled_by TEXT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('include', 'exclude', 'withdrawn')),
  reason TEXT,
  why TEXT,
  settled_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL,
  CHECK (verdict = 'exclude' OR reason IS NULL)
) STRICT;

CREATE TABLE retrievals (
  retrieval INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  record TEXT NOT NULL REFERENCES records,
  reviewer TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('sought', 'retrieved', 'not_retrieved', 'withdrawn')),
  detail TEXT,
  told_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL
) STRICT;

CREATE TABLE notes (
  note INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  record TEXT NOT NULL REFERENCES records,
  reviewer TEXT NOT NULL,
  text TEXT NOT NULL,  -- empty: the note before it is taken away
  written_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL
) STRICT;

CREATE TABLE tags (
  tagging INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  record TEXT NOT NULL REFERENCES records,
  reviewer TEXT NOT NULL,
  tag TEXT NOT NULL,
  present INTEGER NOT NULL CHECK (present IN (0, 1)),
  tagged_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL
) STRICT;

CREATE TABLE assignment_rounds (
  round INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  stage TEXT NOT NULL CHECK (stage IN ('title_abstract', 'full_text')),
  assigned_by TEXT NOT NULL,
  plan TEXT NOT NULL,  -- in words: among whom, with which overlap and seed
  assigned_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL
) STRICT;

CREATE TABLE assignments (
  round_sha256 TEXT NOT NULL REFERENCES assignment_rounds(sha256),
  record TEXT NOT NULL REFERENCES records,
  reviewer TEXT NOT NULL,
  PRIMARY KEY (round_sha256, record, reviewer)
) STRICT;

CREATE TABLE stops (
  stop INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  stopped_by TEXT NOT NULL,
  rule TEXT NOT NULL,
  evidence TEXT NOT NULL,  -- JSON: the rule's figures when it was applied
  lifted INTEGER NOT NULL CHECK (lifted IN (0, 1)),
  stopped_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL
) STRICT;

CREATE TABLE stopped_records (
  stop_sha256 TEXT NOT NULL REFERENCES stops(sha256),
  record TEXT NOT NULL REFERENCES records,
  PRIMARY KEY (stop_sha256, record)
) STRICT;

CREATE TABLE reviewer_terms (
  reviewer TEXT NOT NULL,
  text TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('include', 'exclude', 'own')),
  pattern INTEGER NOT NULL CHECK (pattern IN (0, 1)),
  PRIMARY KEY (reviewer, text)
) STRICT;

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

CREATE TABLE record_versions (
  version INTEGER PRIMARY KEY,
  record TEXT NOT NULL REFERENCES records,
  run INTEGER REFERENCES runs,
  content TEXT NOT NULL  -- JSON object: the earlier row
) STRICT;

CREATE TABLE updates (
  update_number INTEGER PRIMARY KEY,
  begun_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  asked TEXT NOT NULL,   -- JSON object: as of which date, which window
  after_run INTEGER NOT NULL,      -- the last run before it
  after_version INTEGER NOT NULL   -- the last record version before it
) STRICT;

CREATE TABLE update_steps (
  update_number INTEGER NOT NULL REFERENCES updates,
  step TEXT NOT NULL,
  run INTEGER REFERENCES runs,
  why_not TEXT,
  PRIMARY KEY (update_number, step)
) STRICT;

CREATE TABLE update_ends (
  update_number INTEGER PRIMARY KEY REFERENCES updates,
  ended_at TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('complete', 'partial', 'failed', 'cut off')),
  last_run INTEGER NOT NULL,
  summary TEXT NOT NULL  -- JSON object
) STRICT;

CREATE TABLE releases (
  release INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  released_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  last_run INTEGER NOT NULL,
  searched_through TEXT,  -- NULL: nothing was searched
  flow TEXT NOT NULL      -- JSON object: every box, as it was
) STRICT;

CREATE TABLE release_records (
  release INTEGER NOT NULL REFERENCES releases,
  record TEXT NOT NULL REFERENCES records,
  source TEXT NOT NULL,
  role TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  cells TEXT NOT NULL,    -- JSON list: title, authors, year, journal, DOI and PMID, as they were
  PRIMARY KEY (release, record)
) STRICT;

CREATE TABLE access_answers (
  answer INTEGER PRIMARY KEY,
  record TEXT NOT NULL REFERENCES records,
  service TEXT NOT NULL,
  checked_at TEXT NOT NULL,
  status TEXT NOT NULL,
  until TEXT,             -- of an embargo
  licence TEXT,
  pdf TEXT,
  evidence TEXT NOT NULL,
  failed INTEGER NOT NULL DEFAULT 0 CHECK (failed IN (0, 1))) STRICT;

CREATE TABLE compared_under (rules_sha256 TEXT PRIMARY KEY) STRICT;

CREATE TABLE run_searches (
  run INTEGER PRIMARY KEY REFERENCES runs,
  search INTEGER NOT NULL REFERENCES runs
) STRICT;

CREATE TABLE withdrawals (
  withdrawal INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  run_sha256 TEXT NOT NULL REFERENCES runs(run_sha256),
  withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
  why TEXT,
  reviewer TEXT NOT NULL,
  withdrawn_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL
) STRICT;

CREATE TABLE source_renamings (
  renaming INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  old TEXT NOT NULL,
  new TEXT NOT NULL,
  reviewer TEXT NOT NULL,
  renamed_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL
) STRICT;

CREATE TABLE corrections (
  correction INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  record TEXT NOT NULL REFERENCES records,
  field TEXT NOT NULL,
  value TEXT,
  source_value TEXT,  -- JSON: what the source gave when it was corrected
  why TEXT,
  reviewer TEXT NOT NULL,
  corrected_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL
) STRICT;

CREATE TABLE correction_marks (mark INTEGER PRIMARY KEY) STRICT;

CREATE TABLE source_contents (
  record TEXT PRIMARY KEY REFERENCES records,
  content TEXT NOT NULL  -- JSON object, as in `record_versions`
) STRICT;

CREATE TABLE reviewers (
  reviewer TEXT PRIMARY KEY,
  added_at TEXT NOT NULL
) STRICT;

CREATE TABLE reviewer_renamings (
  renaming INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  old TEXT NOT NULL,
  new TEXT NOT NULL,
  prefer TEXT,  -- of two who decided on the same record: whose decision counts
  renamed_by TEXT NOT NULL,
  renamed_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL
) STRICT;

CREATE TABLE amendments (
  amendment INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  why TEXT NOT NULL,
  requeue TEXT,  -- which decisions were sent back, in words
  before_sha256 TEXT REFERENCES protocols,  -- the protocol that it amends
  undoes TEXT,  -- the amendment that this one takes back
  reviewer TEXT NOT NULL,
  amended_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL
) STRICT;

CREATE TABLE requeued_decisions (
  amendment_sha256 TEXT NOT NULL REFERENCES amendments(sha256),
  decision_sha256 TEXT NOT NULL,
  PRIMARY KEY (amendment_sha256, decision_sha256)
) STRICT;

CREATE TABLE batches (
  batch INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  reviewer TEXT NOT NULL,
  chosen_by TEXT NOT NULL,
  decided_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL
) STRICT;

CREATE TABLE batch_decisions (
  batch_sha256 TEXT NOT NULL REFERENCES batches(sha256),
  decision_sha256 TEXT NOT NULL,
  PRIMARY KEY (batch_sha256, decision_sha256)
) STRICT;

CREATE TABLE source_aliases (
  old TEXT PRIMARY KEY,
  new TEXT NOT NULL
) STRICT;

CREATE TABLE reviewer_aliases (
  old TEXT PRIMARY KEY,
  new TEXT NOT NULL
) STRICT;

CREATE TABLE study_links (
  link INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  study TEXT NOT NULL,
  record TEXT NOT NULL REFERENCES records,
  linked INTEGER NOT NULL CHECK (linked IN (0, 1)),
  why TEXT,
  reviewer TEXT NOT NULL,
  linked_at TEXT NOT NULL,
  protocol_sha256 TEXT NOT NULL REFERENCES protocols,
  step INTEGER NOT NULL
) STRICT;

CREATE TABLE searches_not_run (
  source TEXT NOT NULL,
  strategy TEXT NOT NULL,
  why_not TEXT NOT NULL,
  PRIMARY KEY (source, strategy)
) STRICT;

CREATE TABLE review_names (
  position INTEGER PRIMARY KEY,
  review TEXT NOT NULL,
  why TEXT,
  named_by TEXT,  -- NULL: written when the database was made
  named_at TEXT
) STRICT;

CREATE TABLE event_chain (
  position INTEGER PRIMARY KEY,  -- from 1
  kind TEXT NOT NULL,
  event_sha256 TEXT NOT NULL UNIQUE,
  link_sha256 TEXT NOT NULL  -- of the link before, the kind and the event
) STRICT;

CREATE TABLE event_chain_head (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  events INTEGER NOT NULL,
  link_sha256 TEXT NOT NULL,
  adopted INTEGER NOT NULL DEFAULT 0  -- events that were there when the chain began
) STRICT;

CREATE TABLE record_hashes (
  record TEXT PRIMARY KEY REFERENCES records,
  sha256 TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE run_hashes (
  run INTEGER PRIMARY KEY REFERENCES runs,
  sha256 TEXT NOT NULL  -- of the run, its pages and its list
) STRICT;

CREATE TABLE derived_under (
  derived TEXT PRIMARY KEY CHECK (derived IN ('checks', 'duplicates')),
  settings_sha256 TEXT NOT NULL
) STRICT;

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

CREATE TABLE citation_links (
  run INTEGER NOT NULL REFERENCES citation_searches,
  position INTEGER NOT NULL,
  seed TEXT NOT NULL REFERENCES records,
  identifier TEXT,
  printed TEXT,
  PRIMARY KEY (run, position),
  CHECK ((identifier IS NULL) <> (printed IS NULL))
) STRICT;

CREATE TABLE stage_token (token TEXT NOT NULL) STRICT;

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

CREATE TABLE changed_records (record TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

CREATE INDEX records_pmid ON records(pmid);

CREATE INDEX records_doi ON records(doi);

CREATE INDEX duplicates_lead ON duplicates(lead);

CREATE INDEX decisions_chain ON decisions(record, stage, reviewer, step);

CREATE INDEX resolutions_chain ON resolutions(record, stage, step);

CREATE INDEX retrievals_chain ON retrievals(record, step);

CREATE INDEX notes_chain ON notes(record, reviewer, step);

CREATE INDEX tags_chain ON tags(record, reviewer, tag, step);

CREATE INDEX pair_decisions_chain ON pair_decisions(record_a, record_b, step);

CREATE INDEX record_versions_record ON record_versions(record, run);

CREATE INDEX record_versions_run ON record_versions(run);

CREATE INDEX access_answers_record ON access_answers(record, service, answer);

CREATE INDEX run_records_first ON run_records(record, run);

CREATE INDEX run_searches_search ON run_searches(search);

CREATE INDEX withdrawals_chain ON withdrawals(run_sha256, step);

CREATE INDEX corrections_chain ON corrections(record, field, step);

CREATE INDEX requeued_decisions_decision ON requeued_decisions(decision_sha256);

CREATE INDEX study_links_chain ON study_links(study, record, step);

CREATE INDEX study_links_record ON study_links(record);

CREATE INDEX decisions_latest ON decisions(reviewer, stage, decision);

CREATE INDEX decisions_undoes ON decisions(undoes) WHERE undoes IS NOT NULL;

CREATE TRIGGER protocols_stay BEFORE UPDATE ON protocols
BEGIN SELECT RAISE(ABORT, 'protocols are append-only: add a row, do not change one'); END;

CREATE TRIGGER protocols_are_kept BEFORE DELETE ON protocols
BEGIN SELECT RAISE(ABORT, 'protocols are append-only: add a row, do not delete one'); END;

CREATE TRIGGER runs_are_kept BEFORE DELETE ON runs
BEGIN SELECT RAISE(ABORT, 'runs are append-only: add a row, do not delete one'); END;

CREATE TRIGGER "records_ai" AFTER INSERT ON "records" BEGIN
  INSERT INTO "records_fts" (rowid, "title", "abstract") VALUES (new.rowid, new."title", new."abstract");
END;

CREATE TRIGGER "records_ad" AFTER DELETE ON "records" BEGIN
  INSERT INTO "records_fts" ("records_fts", rowid, "title", "abstract") VALUES('delete', old.rowid, old."title", old."abstract");
END;

CREATE TRIGGER "records_au" AFTER UPDATE ON "records" BEGIN
  INSERT INTO "records_fts" ("records_fts", rowid, "title", "abstract") VALUES('delete', old.rowid, old."title", old."abstract");
  INSERT INTO "records_fts" (rowid, "title", "abstract") VALUES (new.rowid, new."title", new."abstract");
END;

CREATE TRIGGER decisions_stay BEFORE UPDATE ON decisions
BEGIN SELECT RAISE(ABORT, 'decisions are append-only: add a row, do not change one'); END;

CREATE TRIGGER decisions_are_kept BEFORE DELETE ON decisions
BEGIN SELECT RAISE(ABORT, 'decisions are append-only: add a row, do not delete one'); END;

CREATE TRIGGER resolutions_stay BEFORE UPDATE ON resolutions
BEGIN SELECT RAISE(ABORT, 'resolutions are append-only: add a row, do not change one'); END;

CREATE TRIGGER resolutions_are_kept BEFORE DELETE ON resolutions
BEGIN SELECT RAISE(ABORT, 'resolutions are append-only: add a row, do not delete one'); END;

CREATE TRIGGER retrievals_stay BEFORE UPDATE ON retrievals
BEGIN SELECT RAISE(ABORT, 'retrievals are append-only: add a row, do not change one'); END;

CREATE TRIGGER retrievals_are_kept BEFORE DELETE ON retrievals
BEGIN SELECT RAISE(ABORT, 'retrievals are append-only: add a row, do not delete one'); END;

CREATE TRIGGER notes_stay BEFORE UPDATE ON notes
BEGIN SELECT RAISE(ABORT, 'notes are append-only: add a row, do not change one'); END;

CREATE TRIGGER notes_are_kept BEFORE DELETE ON notes
BEGIN SELECT RAISE(ABORT, 'notes are append-only: add a row, do not delete one'); END;

CREATE TRIGGER tags_stay BEFORE UPDATE ON tags
BEGIN SELECT RAISE(ABORT, 'tags are append-only: add a row, do not change one'); END;

CREATE TRIGGER tags_are_kept BEFORE DELETE ON tags
BEGIN SELECT RAISE(ABORT, 'tags are append-only: add a row, do not delete one'); END;

CREATE TRIGGER assignment_rounds_stay BEFORE UPDATE ON assignment_rounds
BEGIN SELECT RAISE(ABORT, 'assignment_rounds are append-only: add a row, do not change one'); END;

CREATE TRIGGER assignment_rounds_are_kept BEFORE DELETE ON assignment_rounds
BEGIN SELECT RAISE(ABORT, 'assignment_rounds are append-only: add a row, do not delete one'); END;

CREATE TRIGGER assignments_stay BEFORE UPDATE ON assignments
BEGIN SELECT RAISE(ABORT, 'assignments are append-only: add a row, do not change one'); END;

CREATE TRIGGER assignments_are_kept BEFORE DELETE ON assignments
BEGIN SELECT RAISE(ABORT, 'assignments are append-only: add a row, do not delete one'); END;

CREATE TRIGGER stops_stay BEFORE UPDATE ON stops
BEGIN SELECT RAISE(ABORT, 'stops are append-only: add a row, do not change one'); END;

CREATE TRIGGER stops_are_kept BEFORE DELETE ON stops
BEGIN SELECT RAISE(ABORT, 'stops are append-only: add a row, do not delete one'); END;

CREATE TRIGGER stopped_records_stay BEFORE UPDATE ON stopped_records
BEGIN SELECT RAISE(ABORT, 'stopped_records are append-only: add a row, do not change one'); END;

CREATE TRIGGER stopped_records_are_kept BEFORE DELETE ON stopped_records
BEGIN SELECT RAISE(ABORT, 'stopped_records are append-only: add a row, do not delete one'); END;

CREATE TRIGGER pair_decisions_stay BEFORE UPDATE ON pair_decisions
BEGIN SELECT RAISE(ABORT, 'pair_decisions are append-only: add a row, do not change one'); END;

CREATE TRIGGER pair_decisions_are_kept BEFORE DELETE ON pair_decisions
BEGIN SELECT RAISE(ABORT, 'pair_decisions are append-only: add a row, do not delete one'); END;

CREATE TRIGGER record_versions_stay BEFORE UPDATE ON record_versions
BEGIN SELECT RAISE(ABORT, 'record_versions are append-only: add a row, do not change one'); END;

CREATE TRIGGER record_versions_are_kept BEFORE DELETE ON record_versions
BEGIN SELECT RAISE(ABORT, 'record_versions are append-only: add a row, do not delete one'); END;

CREATE TRIGGER updates_stay BEFORE UPDATE ON updates
BEGIN SELECT RAISE(ABORT, 'updates are append-only: add a row, do not change one'); END;

CREATE TRIGGER updates_are_kept BEFORE DELETE ON updates
BEGIN SELECT RAISE(ABORT, 'updates are append-only: add a row, do not delete one'); END;

CREATE TRIGGER update_steps_stay BEFORE UPDATE ON update_steps
BEGIN SELECT RAISE(ABORT, 'update_steps are append-only: add a row, do not change one'); END;

CREATE TRIGGER update_steps_are_kept BEFORE DELETE ON update_steps
BEGIN SELECT RAISE(ABORT, 'update_steps are append-only: add a row, do not delete one'); END;

CREATE TRIGGER update_ends_stay BEFORE UPDATE ON update_ends
BEGIN SELECT RAISE(ABORT, 'update_ends are append-only: add a row, do not change one'); END;

CREATE TRIGGER update_ends_are_kept BEFORE DELETE ON update_ends
BEGIN SELECT RAISE(ABORT, 'update_ends are append-only: add a row, do not delete one'); END;

CREATE TRIGGER releases_stay BEFORE UPDATE ON releases
BEGIN SELECT RAISE(ABORT, 'releases are append-only: add a row, do not change one'); END;

CREATE TRIGGER releases_are_kept BEFORE DELETE ON releases
BEGIN SELECT RAISE(ABORT, 'releases are append-only: add a row, do not delete one'); END;

CREATE TRIGGER release_records_stay BEFORE UPDATE ON release_records
BEGIN SELECT RAISE(ABORT, 'release_records are append-only: add a row, do not change one'); END;

CREATE TRIGGER release_records_are_kept BEFORE DELETE ON release_records
BEGIN SELECT RAISE(ABORT, 'release_records are append-only: add a row, do not delete one'); END;

CREATE TRIGGER access_answers_are_kept BEFORE DELETE ON access_answers
BEGIN SELECT RAISE(ABORT, 'access_answers are append-only: add a row, do not delete one'); END;

CREATE TRIGGER runs_stay BEFORE UPDATE ON runs
BEGIN SELECT RAISE(ABORT, 'runs are append-only: add a row, do not change one'); END;

CREATE TRIGGER access_answers_stay BEFORE UPDATE ON access_answers
BEGIN SELECT RAISE(ABORT, 'access_answers are append-only: add a row, do not change one'); END;

CREATE TRIGGER run_searches_stay BEFORE UPDATE ON run_searches
BEGIN SELECT RAISE(ABORT, 'run_searches are append-only: add a row, do not change one'); END;

CREATE TRIGGER run_searches_are_kept BEFORE DELETE ON run_searches
BEGIN SELECT RAISE(ABORT, 'run_searches are append-only: add a row, do not delete one'); END;

CREATE TRIGGER withdrawals_stay BEFORE UPDATE ON withdrawals
BEGIN SELECT RAISE(ABORT, 'withdrawals are append-only: add a row, do not change one'); END;

CREATE TRIGGER withdrawals_are_kept BEFORE DELETE ON withdrawals
BEGIN SELECT RAISE(ABORT, 'withdrawals are append-only: add a row, do not delete one'); END;

CREATE TRIGGER source_renamings_stay BEFORE UPDATE ON source_renamings
BEGIN SELECT RAISE(ABORT, 'source_renamings are append-only: add a row, do not change one'); END;

CREATE TRIGGER source_renamings_are_kept BEFORE DELETE ON source_renamings
BEGIN SELECT RAISE(ABORT, 'source_renamings are append-only: add a row, do not delete one'); END;

CREATE TRIGGER corrections_stay BEFORE UPDATE ON corrections
BEGIN SELECT RAISE(ABORT, 'corrections are append-only: add a row, do not change one'); END;

CREATE TRIGGER corrections_are_kept BEFORE DELETE ON corrections
BEGIN SELECT RAISE(ABORT, 'corrections are append-only: add a row, do not delete one'); END;

CREATE TRIGGER reviewer_renamings_stay BEFORE UPDATE ON reviewer_renamings
BEGIN SELECT RAISE(ABORT, 'reviewer_renamings are append-only: add a row, do not change one'); END;

CREATE TRIGGER reviewer_renamings_are_kept BEFORE DELETE ON reviewer_renamings
BEGIN SELECT RAISE(ABORT, 'reviewer_renamings are append-only: add a row, do not delete one'); END;

CREATE TRIGGER amendments_stay BEFORE UPDATE ON amendments
BEGIN SELECT RAISE(ABORT, 'amendments are append-only: add a row, do not change one'); END;

CREATE TRIGGER amendments_are_kept BEFORE DELETE ON amendments
BEGIN SELECT RAISE(ABORT, 'amendments are append-only: add a row, do not delete one'); END;

CREATE TRIGGER requeued_decisions_stay BEFORE UPDATE ON requeued_decisions
BEGIN SELECT RAISE(ABORT, 'requeued_decisions are append-only: add a row, do not change one'); END;

CREATE TRIGGER requeued_decisions_are_kept BEFORE DELETE ON requeued_decisions
BEGIN SELECT RAISE(ABORT, 'requeued_decisions are append-only: add a row, do not delete one'); END;

CREATE TRIGGER batches_stay BEFORE UPDATE ON batches
BEGIN SELECT RAISE(ABORT, 'batches are append-only: add a row, do not change one'); END;

CREATE TRIGGER batches_are_kept BEFORE DELETE ON batches
BEGIN SELECT RAISE(ABORT, 'batches are append-only: add a row, do not delete one'); END;

CREATE TRIGGER batch_decisions_stay BEFORE UPDATE ON batch_decisions
BEGIN SELECT RAISE(ABORT, 'batch_decisions are append-only: add a row, do not change one'); END;

CREATE TRIGGER batch_decisions_are_kept BEFORE DELETE ON batch_decisions
BEGIN SELECT RAISE(ABORT, 'batch_decisions are append-only: add a row, do not delete one'); END;

CREATE TRIGGER records_keep_versions AFTER UPDATE ON records
BEGIN
  INSERT INTO record_versions (record, run, content)
  VALUES (OLD.record,
    CASE WHEN EXISTS (SELECT 1 FROM correction_marks) THEN NULL ELSE (SELECT max(run) FROM runs) END,
    json_object(
    'source', OLD.source,
    'source_id', OLD.source_id,
    'title', OLD.title,
    'original_title', OLD.original_title,
    'authors', OLD.authors,
    'collective_authors', OLD.collective_authors,
    'journal', OLD.journal,
    'journal_abbreviation', OLD.journal_abbreviation,
    'issns', OLD.issns,
    'year', OLD.year,
    'published', OLD.published,
    'published_online', OLD.published_online,
    'created', OLD.created,
    'volume', OLD.volume,
    'issue', OLD.issue,
    'pages', OLD.pages,
    'doi', OLD.doi,
    'pmid', OLD.pmid,
    'pmcid', OLD.pmcid,
    'accession', OLD.accession,
    'languages', OLD.languages,
    'abstract', OLD.abstract,
    'headings', OLD.headings,
    'keywords', OLD.keywords,
    'types', OLD.types,
    'links', OLD.links,
    'relations', OLD.relations,
    'other', OLD.other));
END;

CREATE TRIGGER study_links_stay BEFORE UPDATE ON study_links
BEGIN SELECT RAISE(ABORT, 'study_links are append-only: add a row, do not change one'); END;

CREATE TRIGGER study_links_are_kept BEFORE DELETE ON study_links
BEGIN SELECT RAISE(ABORT, 'study_links are append-only: add a row, do not delete one'); END;

CREATE TRIGGER review_names_stay BEFORE UPDATE ON review_names
BEGIN SELECT RAISE(ABORT, 'review_names are append-only: add a row, do not change one'); END;

CREATE TRIGGER review_names_are_kept BEFORE DELETE ON review_names
BEGIN SELECT RAISE(ABORT, 'review_names are append-only: add a row, do not delete one'); END;

CREATE TRIGGER event_chain_stay BEFORE UPDATE ON event_chain
BEGIN SELECT RAISE(ABORT, 'event_chain is append-only: add a row, do not change one'); END;

CREATE TRIGGER event_chain_are_kept BEFORE DELETE ON event_chain
BEGIN SELECT RAISE(ABORT, 'event_chain is append-only: add a row, do not delete one'); END;

CREATE TRIGGER event_chain_head_is_kept BEFORE DELETE ON event_chain_head
BEGIN SELECT RAISE(ABORT, 'event_chain_head is never deleted'); END;

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

CREATE TRIGGER runs_change_stages AFTER INSERT ON runs WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER withdrawals_change_stages AFTER INSERT ON withdrawals WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER assignment_rounds_change_stages AFTER INSERT ON assignment_rounds WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER assignments_change_stages AFTER INSERT ON assignments WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER stops_change_stages AFTER INSERT ON stops WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER stopped_records_change_stages AFTER INSERT ON stopped_records WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER retrievals_change_stages AFTER INSERT ON retrievals WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER amendments_change_stages AFTER INSERT ON amendments WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER requeued_decisions_change_stages AFTER INSERT ON requeued_decisions WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER updates_change_stages AFTER INSERT ON updates WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER update_ends_change_stages AFTER INSERT ON update_ends WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER run_records_change_stages AFTER INSERT ON run_records WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER run_records_updated_change_stages AFTER UPDATE ON run_records WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER run_records_deleted_change_stages AFTER DELETE ON run_records WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER works_change_stages AFTER INSERT ON works WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER works_updated_change_stages AFTER UPDATE ON works WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER works_deleted_change_stages AFTER DELETE ON works WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER source_aliases_change_stages AFTER INSERT ON source_aliases WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER source_aliases_updated_change_stages AFTER UPDATE ON source_aliases WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER source_aliases_deleted_change_stages AFTER DELETE ON source_aliases WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER duplicates_change_stages AFTER INSERT ON duplicates WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER duplicates_updated_change_stages AFTER UPDATE ON duplicates WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER duplicates_deleted_change_stages AFTER DELETE ON duplicates WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER checks_change_stages AFTER INSERT ON checks WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER checks_updated_change_stages AFTER UPDATE ON checks WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER checks_deleted_change_stages AFTER DELETE ON checks WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER criteria_change_stages AFTER INSERT ON criteria WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER criteria_updated_change_stages AFTER UPDATE ON criteria WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER criteria_deleted_change_stages AFTER DELETE ON criteria WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER reviewer_aliases_change_stages AFTER INSERT ON reviewer_aliases WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER reviewer_aliases_updated_change_stages AFTER UPDATE ON reviewer_aliases WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER reviewer_aliases_deleted_change_stages AFTER DELETE ON reviewer_aliases WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER published_reviewers_change_stages AFTER INSERT ON published_reviewers WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER published_reviewers_updated_change_stages AFTER UPDATE ON published_reviewers WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER published_reviewers_deleted_change_stages AFTER DELETE ON published_reviewers WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER records_change_stages AFTER UPDATE OF source, published, year, created ON records WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

CREATE TRIGGER changed_records_are_compared_anew AFTER UPDATE ON records BEGIN
  INSERT INTO changed_records (record) SELECT NEW.record
  WHERE NOT EXISTS (SELECT 1 FROM changed_records WHERE record = NEW.record);
END;

CREATE VIEW searches AS
SELECT run, source, strategy, searched_at, status, count, received, translation, build, query FROM runs;

CREATE VIEW selections AS
SELECT 'team' AS selection
UNION ALL SELECT 'published' WHERE EXISTS (SELECT 1 FROM published_reviewers);

CREATE VIEW flow_selection AS
SELECT CASE WHEN EXISTS (SELECT 1 FROM published_reviewers) THEN 'published' ELSE 'team' END AS selection;

CREATE VIEW later_records AS
SELECT record FROM flow_records WHERE first_run IN (SELECT run FROM search_runs WHERE is_update = 1);

CREATE VIEW record_states AS
SELECT record, source, role, state, reason FROM selection_states
WHERE selection = CASE
  WHEN record IN (SELECT record FROM later_records) THEN 'team' ELSE (SELECT selection FROM flow_selection) END;

CREATE VIEW included AS
SELECT records.* FROM records JOIN record_states USING (record) WHERE state = 'included';

CREATE VIEW update_log AS
SELECT updates.update_number, begun_at, ended_at, coalesce(outcome, 'interrupted') AS outcome, summary
FROM updates LEFT JOIN update_ends USING (update_number);

CREATE VIEW flow_counts AS
WITH shown AS MATERIALIZED (
  SELECT role, source, state, CASE WHEN state = 'duplicate' THEN NULL ELSE reason END AS reason FROM record_states)
SELECT role, source, state, reason, count(*) AS n FROM shown GROUP BY role, source, state, reason;

CREATE VIEW current_access AS
SELECT record, service, checked_at, status, until, licence, pdf, evidence, failed
FROM (SELECT access_answers.*, row_number() OVER (PARTITION BY record, service ORDER BY answer DESC) AS place
  FROM access_answers)
WHERE place = 1;

CREATE VIEW current_amendments AS
SELECT * FROM amendments
WHERE undoes IS NULL AND sha256 NOT IN (
  SELECT undoes FROM amendments AS later WHERE later.undoes IS NOT NULL);

CREATE VIEW sent_back AS
SELECT DISTINCT decision_sha256 FROM requeued_decisions
WHERE amendment_sha256 IN (SELECT sha256 FROM current_amendments);

CREATE VIEW withdrawn_runs AS
SELECT runs.run, latest.why, latest.reviewer, latest.withdrawn_at
FROM (SELECT withdrawals.*, row_number() OVER (
    PARTITION BY run_sha256 ORDER BY step DESC, sha256 DESC) AS place
  FROM withdrawals) AS latest
JOIN runs USING (run_sha256)
WHERE latest.place = 1 AND latest.withdrawn = 1;

CREATE VIEW named_runs AS
SELECT run, run_sha256, protocol_sha256, coalesce(source_aliases.new, source) AS source, role, strategy,
  counts_in_flow, query, endpoint, searched_at, status, count, received, translation, build, build_records,
  build_updated, warnings, error, family, kind, count_unit
FROM runs LEFT JOIN source_aliases ON source_aliases.old = runs.source;

CREATE VIEW flow_runs AS
SELECT * FROM named_runs
WHERE status = 'complete' AND counts_in_flow = 1 AND run NOT IN (SELECT run FROM withdrawn_runs)
  AND (role <> 'stand_in' OR NOT EXISTS (
    SELECT 1 FROM runs AS searches
    WHERE searches.status = 'complete' AND searches.counts_in_flow = 1
      AND searches.run NOT IN (SELECT run FROM withdrawn_runs)
      AND searches.role NOT IN ('stand_in', 'reported')));

CREATE VIEW flow_records AS
SELECT arrived.record, arrived.first_run, named_runs.source, named_runs.role
FROM (
  SELECT records.record, (
    SELECT run_records.run FROM run_records
    WHERE run_records.record = records.record AND (
      run_records.run IN (SELECT run FROM flow_runs WHERE role <> 'reported')
      OR (run_records.run IN (SELECT run FROM flow_runs WHERE role = 'reported')
        AND EXISTS (SELECT 1 FROM works WHERE works.record = records.record)))
    ORDER BY run_records.run LIMIT 1) AS first_run
  FROM records) AS arrived
JOIN named_runs ON named_runs.run = arrived.first_run;

CREATE VIEW search_runs AS
SELECT named_runs.*, coalesce(run_searches.search, named_runs.run) AS search,
  kind IN ('update', 'window') AS is_update, kind <> 'window' AS is_whole
FROM named_runs LEFT JOIN run_searches USING (run)
WHERE counts_in_flow = 1 AND role NOT IN ('stand_in', 'reported')
  AND named_runs.run NOT IN (SELECT run FROM withdrawn_runs);

CREATE VIEW latest_runs AS
SELECT source, family, search, run FROM (
  SELECT source, family, search, max(run) AS run,
    row_number() OVER (PARTITION BY source, family ORDER BY search DESC) AS place
  FROM search_runs
  WHERE status = 'complete' AND is_whole = 1 AND query <> 'added by hand' AND (count_unit = 'entries' OR count IS NULL OR count <= (
    SELECT count(*) FROM run_records WHERE run_records.run = search_runs.run))
  GROUP BY source, family, search)
WHERE place = 1;

CREATE VIEW current_decisions AS
SELECT decision, decision_sha256, record, stage, reviewer, verdict, reason, note, decided_at, protocol_sha256, step,
  CASE WHEN reviewer IN (SELECT reviewer FROM published_reviewers) THEN 'published' ELSE 'team' END AS selection
FROM (SELECT decision, decision_sha256, record, stage, coalesce(reviewer_aliases.new, reviewer) AS reviewer,
    verdict, reason, note, decided_at, protocol_sha256, step,
    row_number() OVER (
      PARTITION BY record, stage, coalesce(reviewer_aliases.new, reviewer)
      ORDER BY step DESC, decided_at DESC, decision_sha256 DESC) AS place
  FROM decisions LEFT JOIN reviewer_aliases ON reviewer_aliases.old = decisions.reviewer)
-- The last one first: what it replaced does not count again when an amendment sends it back.
WHERE place = 1 AND verdict <> 'withdrawn'
  AND decision_sha256 NOT IN (SELECT decision_sha256 FROM sent_back);

CREATE VIEW current_resolutions AS
SELECT resolution, sha256, record, stage, coalesce(reviewer_aliases.new, settled_by) AS settled_by,
  verdict, reason, why, settled_at
FROM (SELECT resolutions.*, row_number() OVER (
    PARTITION BY record, stage ORDER BY step DESC, settled_at DESC, sha256 DESC) AS place
  FROM resolutions)
LEFT JOIN reviewer_aliases ON reviewer_aliases.old = settled_by
WHERE place = 1 AND verdict <> 'withdrawn'
  AND sha256 NOT IN (SELECT decision_sha256 FROM sent_back);

CREATE VIEW current_retrievals AS
SELECT record, coalesce(reviewer_aliases.new, reviewer) AS reviewer, outcome, detail, told_at
FROM (SELECT retrievals.*, row_number() OVER (
    PARTITION BY record ORDER BY step DESC, told_at DESC, sha256 DESC) AS place
  FROM retrievals)
LEFT JOIN reviewer_aliases ON reviewer_aliases.old = reviewer
WHERE place = 1 AND outcome <> 'withdrawn';

CREATE VIEW conflicts AS
SELECT record, stage, verdict FROM verdicts
WHERE selection = 'team' AND (verdict = 'conflict' OR (verdict = 'maybe' AND decisions > 1))
  AND NOT (stage = 'full_text' AND record IN (
    SELECT record FROM current_retrievals WHERE outcome = 'not_retrieved'))
  AND EXISTS (SELECT 1 FROM flow_records WHERE flow_records.record = verdicts.record);

CREATE VIEW current_notes AS
SELECT record, reviewer, text, written_at
FROM (SELECT record, coalesce(reviewer_aliases.new, reviewer) AS reviewer, text, written_at,
    row_number() OVER (
      PARTITION BY record, coalesce(reviewer_aliases.new, reviewer)
      ORDER BY step DESC, written_at DESC, sha256 DESC) AS place
  FROM notes LEFT JOIN reviewer_aliases ON reviewer_aliases.old = notes.reviewer)
WHERE place = 1 AND text <> '';

CREATE VIEW current_tags AS
SELECT record, reviewer, tag, tagged_at
FROM (SELECT record, coalesce(reviewer_aliases.new, reviewer) AS reviewer, tag, present, tagged_at,
    row_number() OVER (
      PARTITION BY record, coalesce(reviewer_aliases.new, reviewer), tag
      ORDER BY step DESC, tagged_at DESC, sha256 DESC) AS place
  FROM tags LEFT JOIN reviewer_aliases ON reviewer_aliases.old = tags.reviewer)
WHERE place = 1 AND present = 1;

CREATE VIEW current_assignments AS
SELECT DISTINCT assignments.record, rounds.stage,
  coalesce(reviewer_aliases.new, assignments.reviewer) AS reviewer
FROM (SELECT assignment_rounds.*, row_number() OVER (
    PARTITION BY stage ORDER BY step DESC, assigned_at DESC, sha256 DESC) AS place
  FROM assignment_rounds) AS rounds
JOIN assignments ON assignments.round_sha256 = rounds.sha256
LEFT JOIN reviewer_aliases ON reviewer_aliases.old = assignments.reviewer
WHERE rounds.place = 1;

CREATE VIEW current_pair_decisions AS
SELECT record_a, record_b, answer, relation, coalesce(reviewer_aliases.new, reviewer) AS reviewer,
  decided_at
FROM (SELECT pair_decisions.*, row_number() OVER (
    PARTITION BY record_a, record_b ORDER BY step DESC, decided_at DESC, sha256 DESC) AS place
  FROM pair_decisions)
LEFT JOIN reviewer_aliases ON reviewer_aliases.old = reviewer
WHERE place = 1 AND answer <> 'withdrawn';

CREATE VIEW current_corrections AS
SELECT record, field, value, source_value, why,
  coalesce(reviewer_aliases.new, reviewer) AS reviewer, corrected_at
FROM (SELECT corrections.*, row_number() OVER (
    PARTITION BY record, field ORDER BY step DESC, sha256 DESC) AS place
  FROM corrections)
LEFT JOIN reviewer_aliases ON reviewer_aliases.old = reviewer
WHERE place = 1 AND value IS NOT NULL;

CREATE VIEW current_stop AS
SELECT stop, sha256, coalesce(reviewer_aliases.new, stopped_by) AS stopped_by, rule, evidence,
  stopped_at
FROM (SELECT * FROM stops ORDER BY step DESC, stopped_at DESC, sha256 DESC LIMIT 1)
LEFT JOIN reviewer_aliases ON reviewer_aliases.old = stopped_by
WHERE lifted = 0;

CREATE VIEW current_study_links AS
SELECT study, record, why, coalesce(reviewer_aliases.new, reviewer) AS reviewer, linked_at
FROM (SELECT study_links.*, row_number() OVER (
    PARTITION BY study, record ORDER BY step DESC, sha256 DESC) AS place
  FROM study_links)
LEFT JOIN reviewer_aliases ON reviewer_aliases.old = reviewer
WHERE place = 1 AND linked = 1;

CREATE VIEW first_removals AS
SELECT record, criterion, wording, evidence FROM (
  SELECT checks.*,
    CASE WHEN criteria.kind = 'inclusion' THEN 'not: ' ELSE '' END || criteria.wording AS wording,
    row_number() OVER (
      PARTITION BY record ORDER BY criteria.kind = 'inclusion', criteria.position) AS place
  FROM checks JOIN criteria USING (criterion)
  WHERE checks.answer = 'no' AND criteria.removes = 1
    -- A copy that may be eligible keeps its lead: an English edition of a Spanish article, say.
    AND NOT EXISTS (
      SELECT 1 FROM duplicates JOIN checks AS copies ON copies.record = duplicates.record
      WHERE duplicates.lead = checks.record AND copies.criterion = checks.criterion AND copies.answer <> 'no'))
WHERE place = 1;

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

CREATE VIEW pooled_decisions AS
SELECT selection, work AS record, record AS decided_record, stage, reviewer, verdict, reason, decision, decided_at
FROM (SELECT current_decisions.*, CAST(coalesce(duplicates.lead, current_decisions.record) AS TEXT) AS work,
    row_number() OVER (
      PARTITION BY selection, coalesce(duplicates.lead, current_decisions.record), stage, reviewer
      ORDER BY duplicates.record IS NOT NULL, step DESC, decided_at DESC, decision_sha256 DESC) AS place
  FROM current_decisions LEFT JOIN duplicates ON duplicates.record = current_decisions.record)
WHERE place = 1;

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

CREATE VIEW gone_records AS
SELECT earlier.source, earlier.family, run_records.identifier, run_records.record,
  max(earlier.run) AS last_run, latest_runs.run AS latest_run
FROM search_runs AS earlier
JOIN latest_runs USING (source, family)
JOIN run_records ON run_records.run = earlier.run
WHERE earlier.status = 'complete' AND earlier.query <> 'added by hand' AND NOT EXISTS (
  -- CROSS JOIN: SQLite begins with the few runs, and finds the identifier in each by its key.
  SELECT 1 FROM search_runs AS newest CROSS JOIN run_records AS now ON now.run = newest.run
  WHERE newest.search = latest_runs.search AND newest.status = 'complete'
    AND now.identifier = run_records.identifier)
GROUP BY earlier.source, earlier.family, run_records.identifier
HAVING max(earlier.search) < max(latest_runs.search);
