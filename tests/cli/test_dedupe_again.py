"""Run again, `dedupe` compares only new pairs."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.helpers.command import outputs, reviewkit, rows_of


def newly_compared(protocol: Path) -> int:
    result = json.loads(reviewkit("dedupe", "--json", "-p", protocol).stdout)
    number: int = result["new_pairs_compared"]
    return number


def write(protocol: Path, sql: str) -> None:
    with closing(sqlite3.connect(outputs(protocol.parents[1]) / "review.db")) as database, database:
        database.execute(sql)


def test_nothing_new_means_nothing_compared(review: Path) -> None:
    database = outputs(review.parents[1]) / "review.db"
    before = rows_of(database)
    assert newly_compared(review) == 0
    assert rows_of(database) == before


@pytest.mark.slow
def test_a_record_that_changed_is_compared_again_and_only_that_one(review: Path) -> None:
    write(review, "UPDATE records SET title = title || ' 2' WHERE record = 'compiled:castillo2022'")
    changed = newly_compared(review)
    assert changed > 0
    assert newly_compared(review) == 0
    write(review, "DELETE FROM compared_pairs")
    assert newly_compared(review) > changed


@pytest.mark.slow
def test_what_is_remembered_is_what_is_used(review: Path) -> None:
    """A forged memory shows: so nothing was compared behind its back."""
    write(review, "UPDATE compared_pairs SET code = 2 WHERE code = 3")
    result = json.loads(reviewkit("dedupe", "--json", "-p", review).stdout)
    assert (result["duplicates"], result["waiting_for_a_person"]) == (0, 2)


@pytest.mark.slow
def test_other_thresholds_compare_everything_again(review: Path) -> None:
    everything = rows_of(outputs(review.parents[1]) / "review.db")["compared_pairs"]
    review.write_text(review.read_text() + "\n[dedupe]\nsame_at = 0.97\n", encoding="utf-8")
    assert newly_compared(review) == len(everything) > 0
    assert newly_compared(review) == 0


def test_a_dry_run_remembers_nothing(review: Path) -> None:
    write(review, "DELETE FROM compared_pairs")
    assert reviewkit("dedupe", "--dry-run", "-p", review).returncode == 0
    assert rows_of(outputs(review.parents[1]) / "review.db")["compared_pairs"] == []


@pytest.mark.slow
def test_a_long_run_tells_how_far_it_is(tmp_path: Path) -> None:
    rows = "".join(
        f"r{n},Work number {n} on subject {n * 7},Silva A{n},2020\n" for n in range(4100)
    )
    (tmp_path / "many.csv").write_text(f"record_id,title,author,year\n{rows}")
    done = reviewkit("dedupe", tmp_path / "many.csv", "--out", tmp_path / "clusters.csv")
    assert done.returncode == 0
    assert "records prepared: 2000 of 4100" in done.stderr


@pytest.mark.slow
def test_the_first_linking_leaves_every_index_in_the_file(review: Path) -> None:
    """The index of an empty table is made after its rows."""
    write(review, "DELETE FROM compared_pairs")
    assert newly_compared(review) > 0
    sql = "SELECT sql FROM sqlite_master WHERE name = 'compared_pairs_b'"
    with closing(sqlite3.connect(outputs(review.parents[1]) / "review.db")) as connection:
        assert connection.execute(sql).fetchall() == [
            ("CREATE INDEX compared_pairs_b ON compared_pairs(record_b)",)
        ]
    assert reviewkit("doctor", "-p", review).returncode == 0
