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


def keys_of(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return [key for (key,) in connection.execute("SELECT record FROM records ORDER BY 1")]


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


def test_what_was_found_on_a_record_that_changed_is_not_used(review: Path) -> None:
    """A forged memory of a pair shows while its two records stay; not after one changed."""
    database = outputs(review.parents[1]) / "review.db"
    write(review, "UPDATE compared_pairs SET code = 2 WHERE code = 3")
    write(review, "UPDATE records SET title = title || ''")
    assert rows_of(database)["changed_records"] == [(key,) for key in keys_of(database)]
    result = json.loads(reviewkit("dedupe", "--json", "-p", review).stdout)
    assert (result["duplicates"], result["waiting_for_a_person"]) == (1, 1)
    assert rows_of(database)["changed_records"] == []


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
