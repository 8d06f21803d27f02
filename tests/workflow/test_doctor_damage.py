"""Each kind of damage to a database is named, with exit code 3, and nothing is written."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.helpers.own_review import OwnReview, own_review, ris
from tests.workflow.test_open_database import files_in


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> OwnReview:
    made = own_review(tmp_path_factory.mktemp("damage"))
    made.load(made.file("scopus.ris", ris(*range(1, 41))))
    for words in ("diet", "singing", "cycling", "cold"):
        made.done("decide", "--where", words, "--include", "-r", "ana", "--yes")
    return made


@pytest.fixture
def review(sound: OwnReview, tmp_path: Path) -> OwnReview:
    shutil.copytree(sound.folder, tmp_path, dirs_exist_ok=True)
    return OwnReview(folder=tmp_path)


def without_triggers(path: Path, sql: str) -> None:
    """Change rows behind the triggers' back, and put the triggers back."""
    with closing(sqlite3.connect(path)) as db, db:
        guards = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            db.execute(f"DROP TRIGGER {name}")
        db.execute(sql)
        for _, guard in guards:
            db.execute(guard)


def run(sql: str) -> Callable[[Path], object]:
    def change(path: Path) -> None:
        with closing(sqlite3.connect(path)) as db, db:
            db.execute(sql)

    return change


def behind(sql: str) -> Callable[[Path], object]:
    return lambda path: without_triggers(path, sql)


def overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        size = path.stat().st_size
        for at in range(8192, size, 40960):
            file.seek(at)
            file.write(b"\xa5" * 600)


def second_copy(path: Path) -> None:
    shutil.copy2(path, path.with_name("review (Ana's conflicted copy 2026-11-01).db"))


def from_the_future(path: Path) -> None:
    run("INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('reviewkit', 'm999')")(path)


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "verdicts flipped": (
        behind("UPDATE decisions SET verdict = 'exclude' WHERE decision % 2 = 1"),
        "decisions: 10 rows were changed outside of reviewkit",
    ),
    "a decision deleted": (
        behind("DELETE FROM decisions WHERE decision IN (2, 3, 5)"),
        "decisions: 3 rows are gone",
    ),
    "decisions of a batch deleted": (
        behind("DELETE FROM decisions WHERE decision > 10"),
        "batch_decisions:",
    ),
    "list rows deleted": (
        behind("DELETE FROM run_records WHERE position % 10 = 3"),
        "run_records: run 1 lacks 4 rows of its list",
    ),
    "a record deleted": (
        behind("DELETE FROM records WHERE record LIKE '%w7'"),
        "what is not there",
    ),
    "a trigger dropped": (
        run("DROP TRIGGER decisions_are_kept"),
        "the trigger decisions_are_kept is missing",
    ),
    "a view dropped": (run("DROP VIEW included"), "the view included is missing"),
    "an index dropped": (run("DROP INDEX study_links_chain"), "study_links_chain is missing"),
    "a foreign trigger": (
        run("CREATE TRIGGER spy AFTER INSERT ON notes BEGIN SELECT 1; END"),
        "the trigger spy is not one of reviewkit's",
    ),
    "a table dropped": (run("DROP TABLE tags"), "tags"),
    "empty": (lambda path: path.write_bytes(b""), "is empty"),
    "cut off": (lambda path: path.write_bytes(path.read_bytes()[:30000]), "malformed"),
    "a few bytes left": (lambda path: path.write_bytes(b"SQL"), "not a SQLite database"),
    "rubbish": (lambda path: path.write_bytes(b"x" * 9999), "not a SQLite database"),
    "bytes overwritten": (overwrite, "review.db"),
    "a conflicting copy": (second_copy, "conflicted copy 2026-11-01).db is a second database"),
    "newer": (from_the_future, "was written by a newer reviewkit"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_named_and_nothing_is_changed(review: OwnReview, name: str) -> None:
    damage, words = DAMAGE[name]
    damage(review.database)
    before = files_in(review.folder)
    done = review.run("doctor")
    assert done.returncode == 3, done.stdout + done.stderr
    assert words in done.stdout
    assert "Nothing is wrong" not in done.stdout
    assert files_in(review.folder) == before


def test_a_sound_review_has_no_fault(review: OwnReview) -> None:
    review.done("backup")
    said = review.json("doctor")
    assert said["faults"] == []
    assert "1 backup beside the database" in said["seen"]["beside"]


def test_a_forged_decision_is_not_exported_under_a_new_name(review: OwnReview) -> None:
    without_triggers(review.database, "UPDATE decisions SET verdict = 'exclude' WHERE decision = 1")
    refused = review.run("decisions", "export")
    assert refused.returncode == 1
    assert "was changed outside of reviewkit" in refused.stderr
    assert refused.stdout == ""
