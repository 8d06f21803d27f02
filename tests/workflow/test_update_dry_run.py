"""`update --dry-run` says what an update would bring, record by record and why, and writes nothing
in the review.
"""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewkit.updates.changes import ChangeKind, ChangeReason
from reviewkit.workflow.updates.update_text import update_lines
from tests.helpers.command import reaching, reviewkit
from tests.helpers.living import LivingReview, corpus_of, make_living, work
from tests.servers.eutils_server import EutilsServer


@pytest.fixture
def review(tmp_path: Path) -> Iterator[LivingReview]:
    with EutilsServer(corpus_of(6)) as server:
        yield make_living(tmp_path, server)


def everything_below(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def change_pubmed(review: LivingReview) -> None:
    corpus = review.server.corpus
    corpus.add(
        work(2000, day="2026/01/09"),
        work(2001, day="2019/03/01", more=["MHDA- 2026/01/10 06:00"]),
        work(2002, day="2019/03/01", more=["EDAT- 2026/01/08 06:00", "MHDA- 2026/01/08 06:01"]),
    )
    corpus.delete("1003")
    corpus.revise("1004", "PT  - Journal Article", "PT  - Journal Article\nMH  - Dysbiosis")


@pytest.mark.slow
def test_what_would_come_is_told_with_titles_and_reasons(review: LivingReview) -> None:
    review.update()
    change_pubmed(review)
    found = review.update(dry_run=True, days=0)
    assert {change.identifier: (change.kind, change.why) for change in found.changes} == {
        "2000": (ChangeKind.NEW, ChangeReason.ADDED),
        "2001": (ChangeKind.NEW, ChangeReason.REINDEXED),
        "2002": (ChangeKind.NEW, ChangeReason.REDATED),
        "1003": (ChangeKind.GONE, ChangeReason.MERGED_OR_DELETED),
        "1004": (ChangeKind.CHANGED, ChangeReason.REVISED),
    }
    assert all(change.title.startswith("Invented study") for change in found.changes)
    lines = list(update_lines(found))
    assert any(
        "pubmed:2002" in line and "re-dated" in line and "entered 2026-01-08" in line
        for line in lines
    )
    assert lines[-2:] == [
        "3 new records to be screened, 9 in all.",
        "Nothing was stored: this was a dry run. reviewkit update does it.",
    ]
    real = review.update()
    assert (real.changes, real.queued) == (found.changes, found.queued)


@pytest.mark.slow
def test_nothing_is_written_neither_before_the_first_update_nor_later(
    review: LivingReview, tmp_path: Path
) -> None:
    before = everything_below(tmp_path)
    found = review.update(dry_run=True, days=0)
    assert (found.queued, found.number, everything_below(tmp_path)) == (6, None, before)
    review.update()
    change_pubmed(review)
    before = everything_below(tmp_path)
    arguments = (
        "update",
        "--dry-run",
        "--json",
        "--log",
        "x.log",
        "--summary",
        "x.md",
        "--exit-code",
    )
    done = reviewkit(*arguments, cwd=tmp_path, settings=reaching(review.server))
    assert done.returncode == 10, done.stderr
    assert everything_below(tmp_path) == before
    document = json.loads(done.stdout)
    (source,) = document["sources"]
    assert (document["dry_run"], document["new"], document["gone"], document["changed"]) == (
        True,
        3,
        1,
        1,
    )
    assert {"pubmed"} == {change["source"] for change in source["difference"]["changes"]}
    assert all(
        change["title"] and change["identifier"] and change["why"]
        for change in source["difference"]["changes"]
    )


def test_what_a_process_that_died_left_in_the_log_is_read_and_stays(
    review: LivingReview, tmp_path: Path
) -> None:
    review.update()
    # An open connection that never closes is what a killed process leaves.
    connection = sqlite3.connect(review.project.database)
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute("INSERT INTO protocols VALUES ('0', 'guts', '')")
    connection.commit()
    before = everything_below(tmp_path)
    assert before["reviews/guts/review.db-wal"]
    found = review.update(dry_run=True, days=0)
    after = everything_below(tmp_path)
    connection.close()
    shared = "reviews/guts/review.db-shm"  # SQLite's own memory of who reads, which holds nothing
    assert found.changes == ()
    assert {**after, shared: b""} == {**before, shared: b""}
