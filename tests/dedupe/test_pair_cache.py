"""Run again, deduplication compares only new pairs, and says the same as one run over everything."""

import json
import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.dedupe import DedupeSettings, find_duplicates
from reviewkit.dedupe.fingerprint import rules_sha256
from reviewkit.dedupe.pair_cache import Compared
from reviewkit.model.records import Record, RelationKind
from tests.dedupe.test_find import made_lists
from tests.dedupe.test_sets import FOLDER, SETS, read_set
from tests.helpers.command import copy_project, outputs, reviewkit, rows_of
from tests.helpers.effort import examples


@pytest.mark.slow
@settings(max_examples=examples(80), deadline=None)
@given(made_lists, st.lists(st.integers(0, 13), max_size=3))
def test_batches_with_what_was_compared_end_where_one_run_ends(
    records: list[Record], cuts: list[int]
) -> None:
    earlier: Compared = {}
    for cut in (*sorted(cuts), len(records)):
        found = find_duplicates(records[:cut], earlier=earlier)
        earlier = found.compared
    once = find_duplicates(records)
    assert found == once
    assert find_duplicates(records, earlier={}).compared == earlier
    again = find_duplicates(records, earlier=earlier)
    assert (again, again.newly_compared) == (once, 0)


@settings(max_examples=examples(40), deadline=None)
@given(made_lists)
def test_merged_relations_are_remembered_as_they_were_judged(records: list[Record]) -> None:
    merging = DedupeSettings(merge=frozenset({RelationKind.PREPRINT_OF, RelationKind.ABSTRACT_OF}))
    known = find_duplicates(records[:7], settings=merging, earlier={}).compared
    assert find_duplicates(records, settings=merging, earlier=known) == find_duplicates(
        records, settings=merging
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", SETS)
def test_a_real_set_in_five_batches_ends_where_one_run_ends(name: str) -> None:
    if not FOLDER.exists():
        pytest.skip("the data sets with truth are not on this machine")
    records = read_set(name)
    random.Random(name).shuffle(records)
    earlier: Compared = {}
    compared = 0
    for part in range(1, 6):
        found = find_duplicates(records[: len(records) * part // 5], earlier=earlier)
        earlier = found.compared
        compared += found.newly_compared
    once = find_duplicates(records)
    assert found == once
    # A word that becomes common, or a key that becomes crowded, brings other pairs together: some are never met again.
    assert once.newly_compared <= compared < 2 * once.newly_compared


def test_other_thresholds_rules_or_merges_are_another_fingerprint_and_preference_is_not() -> None:
    usual = DedupeSettings()
    others = [
        replace(usual, same_at=0.96),
        replace(usual, ask_at=0.31),
        replace(usual, merge=frozenset({RelationKind.ERRATUM_OF})),
    ]
    assert len({rules_sha256(each) for each in (usual, *others)}) == 4
    assert rules_sha256(replace(usual, prefer=("pubmed",))) == rules_sha256(usual)


@pytest.fixture
def review(tmp_path: Path) -> Path:
    protocol = copy_project(tmp_path)
    assert reviewkit("reproduce", protocol, "--offline").returncode == 0
    return protocol


def newly_compared(protocol: Path) -> int:
    told = json.loads(reviewkit("dedupe", "--json", "-p", protocol).stdout)
    number: int = told["new_pairs_compared"]
    return number


def write(protocol: Path, sql: str) -> None:
    with closing(sqlite3.connect(outputs(protocol.parents[1]) / "review.db")) as database, database:
        database.execute(sql)


def test_nothing_new_means_nothing_compared(review: Path) -> None:
    database = outputs(review.parents[1]) / "review.db"
    before = rows_of(database)
    assert newly_compared(review) == 0
    assert rows_of(database) == before


def test_a_record_that_changed_is_compared_again_and_only_that_one(review: Path) -> None:
    write(review, "UPDATE records SET title = title || ' 2' WHERE record = 'compiled:castillo2022'")
    changed = newly_compared(review)
    assert changed > 0
    assert newly_compared(review) == 0
    write(review, "DELETE FROM compared_pairs")
    assert newly_compared(review) > changed


def test_what_is_remembered_is_what_is_used(review: Path) -> None:
    """A forged memory shows: so nothing was compared behind its back."""
    write(review, "UPDATE compared_pairs SET code = 2 WHERE code = 3")
    told = json.loads(reviewkit("dedupe", "--json", "-p", review).stdout)
    assert (told["duplicates"], told["waiting_for_a_person"]) == (0, 2)


def test_other_thresholds_compare_everything_again(review: Path) -> None:
    everything = rows_of(outputs(review.parents[1]) / "review.db")["compared_pairs"]
    review.write_text(review.read_text() + "\n[dedupe]\nsame_at = 0.97\n", encoding="utf-8")
    assert newly_compared(review) == len(everything) > 0
    assert newly_compared(review) == 0


def test_a_dry_run_remembers_nothing(review: Path) -> None:
    write(review, "DELETE FROM compared_pairs")
    assert reviewkit("dedupe", "--dry-run", "-p", review).returncode == 0
    assert rows_of(outputs(review.parents[1]) / "review.db")["compared_pairs"] == []


def test_a_long_run_tells_how_far_it_is(tmp_path: Path) -> None:
    rows = "".join(
        f"r{n},Work number {n} on subject {n * 7},Silva A{n},2020\n" for n in range(4100)
    )
    (tmp_path / "many.csv").write_text(f"record_id,title,author,year\n{rows}")
    done = reviewkit("dedupe", tmp_path / "many.csv", "--out", tmp_path / "clusters.csv")
    assert done.returncode == 0
    assert "records prepared: 2000 of 4100" in done.stderr
