"""The sets with known truth, if they are on this machine: no work lost, few missed or asked."""

import json
from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from reviewkit.dedupe import Duplicates, PairOutcome, find_duplicates, judge_pair
from reviewkit.importers.dedupe_csv import records_from_rows
from reviewkit.model.records import Record, RelationKind
from reviewkit.workflow.duplicates.dedupe_files import ResultFiles, dedupe_lists
from tests.helpers.duplicates import FOLDER, SETS, read_rows, read_set


@pytest.fixture(autouse=True)
def the_sets_are_here() -> None:
    if not FOLDER.exists():
        pytest.skip("the data sets with truth are not on this machine")


@lru_cache(maxsize=1)
def run(name: str) -> tuple[list[Record], Duplicates]:
    records = read_set(name)
    return records, find_duplicates(records)


@pytest.mark.slow
@pytest.mark.parametrize("name", SETS)
def test_no_work_is_lost_and_few_copies_are_missed(name: str) -> None:
    truth = {
        f"{name}:{row['record_id']}": row["cluster_id"]
        for row in read_rows(FOLDER / f"{name}.truth.csv")
    }
    ambiguous = {
        frozenset((f"{name}:{row['record_id_a']}", f"{name}:{row['record_id_b']}"))
        for row in read_rows(FOLDER / f"{name}.ambiguous.csv")
    }
    unsure = {key for pair in ambiguous for key in pair}
    records, found = run(name)
    joined = 0
    for cluster in found.clusters:
        works: dict[str, set[str]] = defaultdict(set)
        for key in cluster.members:
            works[truth[key]].add(key)
        for one in works.values():
            for other in works.values():
                assert one is other or any(
                    frozenset((a, b)) in ambiguous for a in one for b in other
                ), cluster
        joined += len(cluster.members) - len(works)
    needed = len({key for key in truth if key not in unsure}) - len(
        {truth[key] for key in truth if key not in unsure}
    )
    assert joined >= 0.985 * needed
    assert len(found.questions) <= len(records) / 100
    assert found.doubts == ()
    asked = [(pair.record_a, pair.record_b) for pair in found.questions]
    true = [truth[a] == truth[b] for a, b in asked if frozenset((a, b)) not in ambiguous]
    assert 2 * sum(true) >= len(true)


def case_rows(case: dict[str, Any], side: str) -> dict[str, str | None]:
    raw = {
        name: None if value is None else str(value)
        for name, value in case[f"record_{side}"].items()
    }
    return {
        **raw,
        "record_id": side,
        "issue": raw.get("number"),
        "journal": raw.get("journal") or raw.get("booktitle"),
        "type": raw.get("ENTRYTYPE"),
    }


# The cases call two versions of one Cochrane review duplicates; here the later updates the earlier.
TWO_VERSIONS = "tan_2004_2005_pub2_vs_pub3"


def test_hand_made_cases_are_decided_as_expected_or_asked() -> None:
    cases = json.loads((FOLDER / "bibdedupe_test_cases.json").read_text(encoding="utf-8"))["cases"]
    assert len(cases) == 25
    for case in cases:
        one, two = records_from_rows([case_rows(case, "a"), case_rows(case, "b")], source="case")
        expected = PairOutcome.SAME if case["expected_duplicate"] else PairOutcome.DIFFERENT
        pair = judge_pair(one, two)
        if case["id"] == TWO_VERSIONS:
            assert pair.outcome is PairOutcome.DIFFERENT
            assert pair.relation is RelationKind.UPDATE_OF
            continue
        assert pair.outcome in (expected, PairOutcome.ASK), (case["id"], pair)


def test_files_hold_every_record_and_every_question(tmp_path: Path) -> None:
    records, found = run("tafenoquine")
    result = dedupe_lists(
        [records[:90], records[90:]],
        into=ResultFiles(clusters=tmp_path / "c.csv", pairs=tmp_path / "p.csv"),
    )
    clusters = read_rows(tmp_path / "c.csv")
    assert [row["record_id"] for row in clusters] == [record.source_id for record in records]
    assert (
        len({row["cluster_id"] for row in clusters})
        == result.remaining
        == len(records) - result.duplicates
    )
    assert sum(result.per_source.values()) == result.remaining
    assert len(read_rows(tmp_path / "p.csv")) == result.questions == len(found.questions)
