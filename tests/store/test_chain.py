"""The chain of events: what is taken away, put in, or written anew shows."""

import json
from pathlib import Path

import pytest

from tests.helpers.damage import behind
from tests.helpers.own_review import OwnReview, own_review, ris
from tests.helpers.stores import take_newest_step_back

SAME_BATCH = {
    "batch_decisions": "batch_sha256 = (SELECT sha256 FROM batches WHERE batch = 1)",
    "batches": "batch = 1",
    "decisions": "decision IN (1, 2)",
}


@pytest.fixture
def review(tmp_path: Path) -> OwnReview:
    made = own_review(tmp_path)
    made.load(made.file("scopus.ris", ris(*range(1, 19))))
    made.done("decide", "--where", "diet", "--include", "-r", "ana", "--yes")
    return made


def faults(review: OwnReview, *more: str | Path) -> str:
    done = review.run("doctor", *more)
    assert done.returncode == 3, done.stdout
    return done.stdout


@pytest.mark.slow
def test_every_event_is_in_the_chain_in_the_order_of_its_arrival(review: OwnReview) -> None:
    kinds = review.query("SELECT kind FROM event_chain ORDER BY position")
    assert kinds == [("decision",), ("decision",), ("batch",)]
    assert "events: 3, the last one" in review.done("doctor")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("DELETE FROM decisions WHERE decision = 2", "decisions: the chain names 1 event not"),
        ("DELETE FROM event_chain WHERE position = 2", "1 link is gone before link 3"),
        ("DELETE FROM event_chain WHERE position = 3", "its end is not the stored head"),
        ("UPDATE event_chain SET kind = 'note' WHERE position = 1", "link 1 does not follow"),
        ("DELETE FROM event_chain_head", "its end is not the stored head"),
        (
            "INSERT INTO decisions SELECT 3, 'x', record, stage, 'rui', verdict, reason, note, "
            "decided_at, protocol_sha256, step, undoes FROM decisions WHERE decision = 1",
            "decisions: 1 event was put in outside of reviewkit (x)",
        ),
    ],
)
def test_what_is_taken_away_or_put_in_shows(review: OwnReview, sql: str, words: str) -> None:
    behind(sql)(review.database)
    assert words in faults(review)


@pytest.mark.slow
def test_a_head_that_was_kept_elsewhere_finds_who_writes_everything_anew(
    review: OwnReview, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.db"
    review.done("backup", "--to", kept)
    exported = review.file("ana.jsonl", review.done("decisions", "export"))
    assert json.loads(exported.read_text().splitlines()[0])["chain"]["events"] == 3
    review.done("decide", "--where", "singing", "--include", "-r", "ana", "--yes")
    for file in (kept, exported):
        assert "Nothing is wrong" in review.done("doctor", "--compare", file)

    # Everything of the first command is taken away; the chain begins anew and is sound in itself.
    for table in ("batch_decisions", "batches", "decisions"):
        behind(f"DELETE FROM {table} WHERE rowid <= 2 AND {SAME_BATCH[table]}")(review.database)
    behind("UPDATE decisions SET decision = decision - 2")(review.database)
    behind("UPDATE batches SET batch = batch - 1")(review.database)
    take_newest_step_back(review.database)
    review.done("dedupe")
    assert "losses before cannot be seen" in review.done("doctor")
    for file in (kept, exported):
        assert "are not the first ones here" in faults(review, "--compare", file)


@pytest.mark.slow
@pytest.mark.parametrize("text", ["", "{}", "[1]", "no", '{"chain": {"events": "x"}}'])
def test_a_file_without_a_head_is_refused(review: OwnReview, text: str) -> None:
    refused = review.run("doctor", "--compare", review.file("a.jsonl", text))
    assert refused.returncode in {1, 2}
    assert "names no last event" in refused.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE records SET title = 'Forged' WHERE rowid = 1", "records: 1 row was changed"),
        ("UPDATE run_records SET identifier = 'x' WHERE position = 1", "runs: run 1, its pages"),
        ("UPDATE runs SET searched_at = '2020' WHERE run = 1", "runs: run 1, its pages"),
        ("DELETE FROM runs", "runs: 1 row is not there any more (1)"),
        ("UPDATE protocols SET toml = toml || ' '", "protocols: the text of"),
        ("DELETE FROM records_fts_docsize WHERE id = 1", "1 record is not searched for words"),
    ],
)
def test_what_searches_brought_is_held_against_its_hash(
    review: OwnReview, sql: str, words: str
) -> None:
    behind(sql)(review.database)
    assert words in faults(review)
