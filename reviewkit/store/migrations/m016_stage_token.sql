-- Whether a stage still consists of the same records, under the same rules, is one look at one row.
-- Whoever keeps a queue puts a token here; the first change of what the queue was made of takes it away.
-- A decision does not, nor its settlement: they are numbered, and read one by one.

CREATE TABLE stage_token (token TEXT NOT NULL) STRICT;

-- Append-only tables.
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

-- Tables that are made again.
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

-- What an order by date or by source goes by.
CREATE TRIGGER records_change_stages AFTER UPDATE OF source, published, year, created ON records WHEN EXISTS (SELECT 1 FROM stage_token)
BEGIN DELETE FROM stage_token; END;

-- The last decisions of one reviewer are found without those before them.
CREATE INDEX decisions_latest ON decisions(reviewer, stage, decision);
