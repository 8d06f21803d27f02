"""Pairs that went wrong once, each an example of a kind, and what is right."""

import csv
from pathlib import Path

import pytest

from reviewkit.dedupe import PairOutcome, judge_pair
from reviewkit.importers.dedupe_csv import records_from_rows
from reviewkit.importers.read import read_file
from reviewkit.model.records import Record
from tests.conftest import SHARED
from tests.helpers.duplicates import read_rows

FOLDER = SHARED.parent / "cases" / "duplicates"
SAME, ASK, DIFFERENT = PairOutcome.SAME, PairOutcome.ASK, PairOutcome.DIFFERENT
FILES = {
    "issue_paginated_column": {DIFFERENT},
    "supplement_range_two_titles": {DIFFERENT},
    "same_doi_two_languages": {SAME, ASK},
    "short_title_same_abstract": {SAME, ASK},
    "two_registrations": {DIFFERENT},
    "vancouver_authors_in_one_AU": {SAME},
}
OUTCOMES = {"same": SAME, "ask": ASK, "diff": DIFFERENT}


@pytest.fixture(autouse=True)
def the_cases_are_here() -> None:
    if not FOLDER.exists():
        pytest.skip("the cases are not on this machine")


def two_records(path: Path) -> tuple[Record, Record]:
    one, two = read_file(path, source="case").records
    return one, two


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_two_records_is_judged_right(name: str) -> None:
    one, two = two_records(FOLDER / f"{name}.ris")
    assert judge_pair(one, two).outcome in FILES[name]


def test_names_in_one_line_are_five_authors() -> None:
    one, two = two_records(FOLDER / "vancouver_authors_in_one_AU.ris")
    assert one.authors == ("Jan RK", "Lin JC", "Lee H", "Sheridan JL", "Kydd RR")
    assert len(two.authors) == len(one.authors)


@pytest.mark.slow
def test_hostile_pairs_are_decided_or_asked_as_they_should() -> None:
    with (FOLDER / "hostile_pairs.csv").open(encoding="utf-8", newline="") as file:
        records = {
            record.source_id: record
            for record in records_from_rows(csv.DictReader(file), source="case")
        }
    expected = read_rows(FOLDER / "hostile_pairs.expected.csv")
    assert len(records) == 2 * len(expected)

    wrong = {}
    for row in expected:
        name = row["pair"]
        pair = judge_pair(records[f"{name}#a"], records[f"{name}#b"])
        if pair.outcome not in {OUTCOMES[right] for right in row["right"].split("|")}:
            wrong[name] = (row["right"], pair.outcome, pair.rule)
    assert wrong == {}
