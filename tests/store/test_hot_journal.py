"""A change that was cut off leaves a rollback journal: reading takes nothing back in the file."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from reviewkit.store import Store
from reviewkit.store.backup import put_in_place
from reviewkit.store.database import copy_database
from reviewkit.store.hot_journal import examine_journal
from reviewkit.workflow.project import ReviewProject
from tests.helpers.command import reviewkit
from tests.helpers.screening_review import NOW, make_review

CHANGED = "SELECT count(*) FROM records WHERE length(abstract) > 3000"


@pytest.fixture
def cut_off(tmp_path: Path) -> ReviewProject:
    """A review whose file was copied, with its journal, in the middle of a change."""
    project = make_review(tmp_path, count=300)
    database, journal = project.database, project.database.with_name("review.db-journal")
    aside = [tmp_path / database.name, tmp_path / journal.name]
    with closing(sqlite3.connect(database, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = DELETE")
        writer.execute("PRAGMA cache_size = 1")
        writer.execute("BEGIN")
        writer.execute("UPDATE records SET abstract = abstract || hex(randomblob(3000))")
        for file, copy in zip((database, journal), aside, strict=True):
            shutil.copyfile(file, copy)
        writer.execute("ROLLBACK")
    for file, copy in zip((database, journal), aside, strict=True):
        copy.replace(file)
    return project


def files_of(project: ReviewProject) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in project.database.parent.iterdir()}


def test_the_file_is_torn_and_its_journal_is_hot(cut_off: ReviewProject) -> None:
    """What the other tests stand on: without the journal the file is not sound."""
    cut_off.database.with_name("review.db-journal").unlink()
    with closing(sqlite3.connect(cut_off.database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() != ("ok",)


@pytest.mark.parametrize("verb", ["status", "prisma", "doctor", "log"])
def test_reading_shows_the_review_before_the_change_and_leaves_every_byte(
    cut_off: ReviewProject, verb: str
) -> None:
    before = files_of(cut_off)
    done = reviewkit(verb, "-p", cut_off.protocol_path)
    assert done.returncode == 0, done.stderr
    assert files_of(cut_off) == before
    with Store(cut_off.database, now=NOW, read_only=True) as store:
        assert (store.value(CHANGED), store.faults()) == (0, [])
    assert files_of(cut_off) == before


def test_doctor_names_it_and_a_damaged_one_is_a_fault(cut_off: ReviewProject) -> None:
    said = reviewkit("doctor", "-p", cut_off.protocol_path).stdout
    assert "review.db-journal is left of a change that was cut off" in said
    journal = cut_off.database.with_name("review.db-journal")
    content = journal.read_bytes()
    journal.write_bytes(b"x" + content[1:])
    assert "its head is damaged" in str(examine_journal(cut_off.database).fault)
    done = reviewkit("doctor", "-p", cut_off.protocol_path)
    assert (done.returncode, "review.db-journal: its head is damaged" in done.stdout) == (3, True)
    # SQLite's own way of putting a journal away.
    journal.write_bytes(bytes(8) + content[8:])
    assert examine_journal(cut_off.database).fault is examine_journal(cut_off.database).notice
    journal.unlink()
    assert examine_journal(cut_off.database).notice is None


def test_writing_takes_the_change_back(cut_off: ReviewProject) -> None:
    with Store(cut_off.database, now=NOW) as store:
        assert (store.value(CHANGED), store.faults()) == (0, [])
    assert not cut_off.database.with_name("review.db-journal").exists()


def test_a_copy_is_of_the_review_before_the_change(cut_off: ReviewProject, tmp_path: Path) -> None:
    before = files_of(cut_off)
    copy_database(cut_off.database, tmp_path / "copy.db")
    assert files_of(cut_off) == before
    with Store(tmp_path / "copy.db", now=NOW, read_only=True) as store:
        assert (store.value(CHANGED), store.faults()) == (0, [])


def test_a_journal_is_kept_with_the_file_that_is_replaced(cut_off: ReviewProject) -> None:
    database = cut_off.database
    copy, kept = database.with_name("copy.db"), database.with_name("kept.db")
    copy_database(database, copy)
    before = files_of(cut_off)
    put_in_place(copy, database, kept=kept)
    after = files_of(cut_off)
    assert "review.db-journal" not in after
    assert (after["kept.db"], after["kept.db-journal"]) == (
        before["review.db"],
        before["review.db-journal"],
    )
    assert after["review.db"] == before["copy.db"]


def test_a_restored_backup_never_gets_the_journal_of_what_it_replaced(
    cut_off: ReviewProject, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"
    done = reviewkit("backup", "--to", backup, "-p", cut_off.protocol_path)
    assert done.returncode == 0, done.stderr
    done = reviewkit("restore", backup, "--yes", "-p", cut_off.protocol_path)
    assert done.returncode == 0, done.stderr
    assert not cut_off.database.with_name("review.db-journal").exists()
    with Store(cut_off.database, now=NOW) as store:
        assert (store.value(CHANGED), store.faults()) == (0, [])
