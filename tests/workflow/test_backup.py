"""Backups are whole and checked; restoring one keeps what it replaces."""

import hashlib
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.helpers.own_review import OwnReview, own_review, protocol_text, ris
from tests.helpers.stores import take_newest_step_back


@pytest.fixture
def review(tmp_path: Path) -> OwnReview:
    made = own_review(tmp_path)
    made.load(made.file("scopus.ris", ris(*range(1, 6))))
    decide(made, "diet")
    return made


def decide(review: OwnReview, words: str) -> None:
    review.done("decide", "--where", words, "--include", "-r", "ana", "--yes")


def decisions(review: OwnReview) -> int:
    return int(review.query("SELECT count(*) FROM decisions")[0][0])


def backups(review: OwnReview, ending: str = "backup") -> list[Path]:
    return sorted(review.database.parent.glob(f"review.db.*.{ending}"))


@pytest.mark.slow
def test_a_backup_is_checked_and_says_what_it_holds(review: OwnReview) -> None:
    before = review.database.read_bytes()
    document = review.json("backup")
    path = Path(document["path"])
    assert path == backups(review)[0]
    assert (document["review"], document["records"], document["decisions"]) == ("own", 5, 1)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == document["sha256"]
    assert review.database.read_bytes() == before

    review.done("backup")
    assert len(backups(review)) == 2
    assert not list(review.folder.rglob("*.part"))


@pytest.mark.slow
def test_a_backup_taken_beside_a_writer_is_whole(review: OwnReview) -> None:
    with closing(sqlite3.connect(review.database, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO duplicates SELECT max(record), min(record) FROM records")
        path = Path(review.json("backup")["path"])
        writer.execute("ROLLBACK")
    with closing(sqlite3.connect(path)) as copied:
        assert copied.execute("SELECT count(*) FROM duplicates").fetchone() == (0,)


@pytest.mark.slow
def test_what_is_restored_is_what_was_backed_up_and_the_rest_is_kept(review: OwnReview) -> None:
    flow = review.flow()
    path = Path(review.json("backup", "--to", review.folder / "safe.db")["path"])
    decide(review, "singing")
    changed = review.flow()
    assert changed != flow

    asked = review.run("restore", path)
    assert (asked.returncode, decisions(review)) == (2, 2)
    assert "Nothing" in review.run("restore", path, "--dry-run").stderr
    seen = review.json("restore", path, "--dry-run")
    assert seen["database"]["decisions"] > seen["backup"]["decisions"]
    document = review.json("restore", path, "--yes")
    assert review.flow() == flow

    review.done("restore", document["kept"], "--yes")
    assert review.flow() == changed


@pytest.mark.slow
def test_the_log_of_the_replaced_file_is_not_applied_to_the_backup(review: OwnReview) -> None:
    path = Path(review.json("backup", "--to", review.folder / "safe.db")["path"])
    writer = sqlite3.connect(review.database, isolation_level=None)
    writer.execute("INSERT INTO duplicates SELECT max(record), min(record) FROM records")
    log = review.database.with_name("review.db-wal")
    shutil.copy2(log, review.folder / "log")
    writer.close()
    # As a process that was killed leaves it.
    shutil.copy2(review.folder / "log", log)

    document = review.json("restore", path, "--yes")
    assert review.query("SELECT count(*) FROM duplicates") == [(0,)]
    assert Path(document["kept"]).exists()


@pytest.mark.slow
def test_a_database_that_is_destroyed_comes_back(review: OwnReview) -> None:
    flow = review.flow()
    path = Path(review.json("backup")["path"])
    review.database.write_bytes(b"rubbish" * 1000)
    refused = review.run("status")
    assert refused.returncode == 1
    assert "remove" not in refused.stderr

    kept = review.json("restore", path)["kept"]
    assert Path(kept).read_bytes().startswith(b"rubbish")
    assert review.flow() == flow


@pytest.mark.slow
def test_nothing_is_restored_under_a_session_that_is_open(review: OwnReview) -> None:
    path = Path(review.json("backup")["path"])
    with closing(sqlite3.connect(review.database, isolation_level=None)) as session:
        session.execute("BEGIN")
        session.execute("SELECT count(*) FROM records").fetchone()
        refused = review.run("restore", path)
    assert refused.returncode == 1
    assert "is open in another process" in refused.stderr
    assert backups(review, "replaced") == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["nothing.db", "notes.txt", "torn.db", "empty.db", "theirs.db"])
def test_what_is_no_backup_of_this_review_is_refused(review: OwnReview, name: str) -> None:
    path = review.folder / name
    whole = Path(review.json("backup")["path"]).read_bytes()
    if name == "theirs.db":
        (review.folder / "b").mkdir()
        theirs = own_review(review.folder / "b", protocol_text().replace('"own"', '"theirs"'))
        return_to(theirs, path)
    contents = {"notes.txt": b"some notes " * 100, "torn.db": whole[:20000], "empty.db": b""}
    if name in contents:
        path.write_bytes(contents[name])

    before = review.database.read_bytes()
    refused = review.run("restore", path, "--yes")
    assert refused.returncode in {1, 2}, refused.stdout
    assert refused.stderr.startswith("error: ")
    assert ("its name ends in .backup" in refused.stderr) == (name not in {"torn.db", "theirs.db"})
    assert review.database.read_bytes() == before
    assert backups(review, "replaced") == []


def return_to(theirs: OwnReview, path: Path) -> None:
    """Write the database of another review to a file."""
    theirs.load(theirs.file("a.ris", ris(1)), source="scopus")
    database = theirs.folder / "reviews" / "theirs" / "review.db"
    shutil.copy2(database, path)


@pytest.mark.slow
@pytest.mark.parametrize("to", ["scopus.ris", "no/folder.db", "no_stick"])
def test_a_backup_overwrites_nothing(review: OwnReview, to: str) -> None:
    before = (review.folder / "scopus.ris").read_bytes()
    refused = review.run("backup", "--to", to)
    assert refused.returncode == 2, refused.stderr
    assert (review.folder / "scopus.ris").read_bytes() == before


@pytest.mark.slow
def test_a_migration_leaves_a_whole_backup(review: OwnReview) -> None:
    take_newest_step_back(review.database)
    decide(review, "singing")
    assert len(backups(review)) == 1
    older = json.loads(review.done("restore", backups(review)[0], "--json", "--yes"))
    assert older["decisions"] == 1
    assert review.done("status")
