"""A run that knows the compared pairs finds what one run over everything finds."""

import random
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.dedupe import (
    DedupeSettings,
    find_duplicates,
)
from reviewkit.dedupe.pair_cache import ComparedPairs, JudgedPair, pair_number
from reviewkit.model.records import Record, RelationKind
from tests.helpers.duplicates import (
    FOLDER,
    SETS,
    made_lists,
    read_set,
)
from tests.helpers.effort import examples


@pytest.mark.slow
@settings(max_examples=examples(80), deadline=None)
@given(made_lists, st.lists(st.integers(0, 13), max_size=3))
def test_batches_with_what_was_compared_end_where_one_run_ends(
    records: list[Record], cuts: list[int]
) -> None:
    earlier = ComparedPairs()
    for cut in (*sorted(cuts), len(records)):
        found = find_duplicates(records[:cut], earlier=earlier)
        earlier = found.compared
    once = find_duplicates(records)
    assert found == once
    assert find_duplicates(records, earlier=ComparedPairs()).compared == earlier
    again = find_duplicates(records, earlier=earlier)
    assert (again, again.newly_compared) == (once, 0)


@settings(max_examples=examples(40), deadline=None)
@given(made_lists)
def test_merged_relations_are_remembered_as_they_were_judged(records: list[Record]) -> None:
    merging = DedupeSettings(merge=frozenset({RelationKind.PREPRINT_OF, RelationKind.ABSTRACT_OF}))
    known = find_duplicates(records[:7], settings=merging, earlier=ComparedPairs()).compared
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
    earlier = ComparedPairs()
    compared = 0
    for part in range(1, 6):
        found = find_duplicates(records[: len(records) * part // 5], earlier=earlier)
        earlier = found.compared
        compared += found.newly_compared
    once = find_duplicates(records)
    assert found == once
    # When a word becomes common or a key crowded, other pairs are compared: some only in one of the
    # two ways.
    assert once.newly_compared <= compared < 2 * once.newly_compared


def test_a_pair_is_found_by_its_records_and_how_it_was_compared() -> None:
    judged = JudgedPair(3, 0.9, 1, (1.0, None))
    numbers = array("q", [pair_number(0, 1, 3), pair_number(0, 2, 3) + 1])
    compared = ComparedPairs(["a", "b", "c"], numbers, {numbers[1]: judged})
    assert dict(compared) == {("a", "b", False): None, ("a", "c", True): judged}
    absent = [("a", "c", False), ("a", "b", True), ("b", "c", False), ("a", "d", False)]
    assert [pair for pair in absent if pair in compared] == []


def test_what_was_compared_among_other_records_is_known_by_its_keys() -> None:
    """Records came and went: the places of those that stayed are others."""
    records = [record("b", "Exercise for sleep in care homes"), record("d", "Light in the morning")]
    twin = record("c", "Exercise for sleep in care homes")
    before = find_duplicates([*records, twin], earlier=ComparedPairs()).compared
    found = find_duplicates([record("a", "Naps"), records[0], twin], earlier=before)
    assert (found.newly_compared, [*found.compared]) == (0, [("test:b", "test:c", False)])
    assert found.clusters == find_duplicates([records[0], twin]).clusters


def record(name: str, title: str) -> Record:
    return Record(source="test", source_id=name, title=title, authors=("Silva, Ana",), year=2020)
