-- Nothing is read by the time of a decision any more: what came last is known by its place.
DROP INDEX decisions_author;
-- Few decisions take another one back: the others need no entry.
DROP INDEX decisions_undoes;
CREATE INDEX decisions_undoes ON decisions(undoes) WHERE undoes IS NOT NULL;
