"""The index of names behind an import of millions of records."""

from hypothesis import given
from hypothesis import strategies as st

from reviewkit.workflow.searching.name_index import NameIndex, NumberSet

ENTRIES = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 40)), max_size=400)


@given(ENTRIES)
def test_every_name_has_its_numbers_in_order(entries: list[tuple[int, int]]) -> None:
    index = NameIndex()
    expected: dict[str, dict[int, None]] = {}

    for name, number in entries:
        index.add(f"name {name}", number)
        expected.setdefault(f"name {name}", {})[number] = None

    assert {name: index.find(name) for name in expected} == {
        name: list(numbers) for name, numbers in expected.items()
    }
    assert index.find("no such name") == []


def test_the_index_grows_with_its_names_and_keeps_the_order_of_each() -> None:
    index = NameIndex()
    for number in range(1, 20_001):
        index.add(f"name {number}", number)
        index.add(f"name {number % 7_000}", number + 20_000)
        index.add("shared by all", number)

    assert index.find("name 6999") == [6_999, 26_999, 33_999]
    assert len(index.find("shared by all")) == 20_000


def test_a_set_of_numbers_holds_what_was_added() -> None:
    numbers = NumberSet()
    for number in (3, 70_000, 1):
        numbers.add(number)

    assert [number for number in range(80_000) if number in numbers] == [1, 3, 70_000]
