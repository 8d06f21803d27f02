"""The compiled ALS list: its real pairs are found, its false friends stay apart."""

import json
from itertools import permutations
from pathlib import Path

import pytest

from reviewkit.dedupe import PairOutcome, find_duplicates, judge_pair
from reviewkit.model.records import Record, RelationKind

LIST = Path(__file__).parents[3] / "shared" / "data" / "als" / "records.json"


@pytest.fixture(scope="module")
def compiled() -> dict[str, Record]:
    if not LIST.exists():
        pytest.skip("the compiled ALS list is not on this machine")
    return {
        row["rid"]: Record(
            source="als",
            source_id=row["rid"],
            title=row["title"],
            authors=tuple(row["authors"] or ()),
            journal=row["journal"],
            journal_abbreviation=row["journal_abbrev"],
            year=row["year"],
            volume=row["volume"],
            issue=row["issue"],
            pages=row["pages"],
            doi=row["doi"],
            pmid=row["pmid"],
        )
        for row in json.loads(LIST.read_text(encoding="utf-8"))
    }


def test_real_pairs_are_found_and_nothing_else(compiled: dict[str, Record]) -> None:
    found = find_duplicates(compiled.values())
    open_or_same = {
        (pair.record_a.removeprefix("als:"), pair.record_b.removeprefix("als:"))
        for pair in found.pairs
        if pair.outcome is not PairOutcome.DIFFERENT
    }
    assert open_or_same == {("ning2022", "ning2022aiad"), ("castillo2022", "castillo2022_en")}
    for cluster in found.clusters:
        assert set(cluster.members) <= {"als:castillo2022", "als:castillo2022_en"}


def test_preprints_are_linked_not_merged(compiled: dict[str, Record]) -> None:
    links = {
        (link.record, link.kind, link.target)
        for link in find_duplicates(compiled.values()).relations
    }
    assert links == {
        ("als:xin2023pre", RelationKind.PREPRINT_OF, "als:xin2024"),
        ("als:zhangl2021pre", RelationKind.PREPRINT_OF, "als:zhangl2022"),
    }


@pytest.mark.parametrize(
    ("one", "two"),
    [("nooreddin2024", "hilaris_nd"), ("calvo2022", "encyclopedia56338"), ("nery2023", "nesi2020")],
)
def test_false_friends_stay_apart(compiled: dict[str, Record], one: str, two: str) -> None:
    for a, b in permutations((compiled[one], compiled[two])):
        assert judge_pair(a, b).outcome is PairOutcome.DIFFERENT
