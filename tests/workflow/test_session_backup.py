"""Backups after sessions: only where the protocol asks, only where anything was stored, so many."""

from pathlib import Path

import pytest

from tests.helpers.own_review import OwnReview, own_review, protocol_text, ris


@pytest.fixture
def review(tmp_path: Path) -> OwnReview:
    return made(tmp_path, "[backups]\nkeep = 2\n")


def made(folder: Path, backups: str) -> OwnReview:
    review = own_review(folder, protocol_text() + backups)
    review.load(review.file("scopus.ris", ris(*range(1, 9))))
    return review


def screen(review: OwnReview, number: int, verdict: str = "include") -> str:
    script = review.file("one.csv", f"record,verdict\nscopus:doi:10.5555/w{number},{verdict}\n")
    done = review.run("screen", "--decisions", script, "-r", "ana", "--yes")
    assert done.returncode == 0, done.stderr
    return done.stderr


def backups(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.session-*.backup"))


@pytest.mark.slow
def test_so_many_are_kept_and_a_session_that_stored_nothing_makes_none(review: OwnReview) -> None:
    folder = review.database.parent
    by_hand = Path(review.json("backup")["path"])
    for number in (1, 2, 3):
        assert "Backed up: " in screen(review, number)
    assert backups(folder) == [f"review.db.own.session-000{number}.backup" for number in (2, 3)]
    assert "Backed up" not in screen(review, 3)
    assert by_hand.exists()

    review.done("restore", folder / backups(folder)[0], "--yes")
    assert review.query("SELECT count(*) FROM decisions") == [(2,)]


@pytest.mark.slow
def test_the_folder_is_the_one_of_the_protocol(tmp_path: Path) -> None:
    review = made(tmp_path, '[backups]\nfolder = "safe/place"\n')
    screen(review, 1)
    assert backups(tmp_path / "safe" / "place") == ["review.db.own.session-0001.backup"]
    assert backups(review.database.parent) == []


def test_without_the_table_there_is_none(tmp_path: Path) -> None:
    review = made(tmp_path, "")
    assert "Backed up" not in screen(review, 1)
    assert backups(review.database.parent) == []


@pytest.mark.slow
def test_a_backup_that_cannot_be_made_is_told_and_the_session_is_stored(tmp_path: Path) -> None:
    review = made(tmp_path, '[backups]\nfolder = "taken"\n')
    review.file("taken", "a file")
    script = review.file("one.csv", "record,verdict\nscopus:doi:10.5555/w1,include\n")
    done = review.run("screen", "--decisions", script, "-r", "ana", "--yes")
    assert done.returncode == 1
    assert "The session is stored. Its backup could not be made:" in done.stderr
    assert review.query("SELECT count(*) FROM decisions") == [(1,)]
