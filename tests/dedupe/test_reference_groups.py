"""Groups of references: many copies of two works that share title and authors."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.dedupe import find_duplicates
from reviewkit.model.records import Record
from tests.helpers.duplicates import clusters_of, record
from tests.helpers.effort import examples

many = settings(max_examples=examples(40), deadline=None)
LONG = "Silent handovers between nurses on seven coastal surgical wards"
NAMES = ("Smith, Ana", "Jones, Bo")


def reference(name: str, **values: Any) -> Record:
    """Return a reference to one title; what `values` do not state is not known."""
    return record(name, LONG, **{"authors": NAMES, "journal": None, "year": None, **values})


# Two works under one title by the same people: years, venues or pages that contradict each other.
TWO_WORKS: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    ({"year": 1994}, {"year": 1996}),
    ({"year": 1994, "journal": "Grammars of Care"}, {"year": 1994, "journal": "Lattice Theory"}),
    ({"year": 1994, "pages": "9-20"}, {"year": 1994, "pages": "129-140"}),
)


@st.composite
def copies_of_two_works(draw: st.DrawFn) -> tuple[list[Record], list[Record], list[Record]]:
    """Draw copies of the one work and of the other, and copies that say nothing of either."""
    works = draw(st.sampled_from(TWO_WORKS))
    sizes = [draw(st.integers(1, 4)) for _ in range(3)]
    stated = [*works, {}]
    drawn: list[list[Record]] = [
        [
            reference(f"{draw(st.integers(0, 9))}{work}{copy}", **stated[work])
            for copy in range(size)
        ]
        for work, size in enumerate(sizes)
    ]
    return drawn[0], drawn[1], drawn[2]


@pytest.mark.slow
@many
@given(copies=copies_of_two_works())
def test_no_chain_of_references_joins_two_works(
    copies: tuple[list[Record], list[Record], list[Record]],
) -> None:
    one, two, neither = copies
    found = find_duplicates([*one, *two, *neither])
    first, second = {work.key for work in one}, {work.key for work in two}
    assert not [group for group in clusters_of(found) if first & group and second & group]


@pytest.mark.parametrize("works", TWO_WORKS)
def test_a_reference_without_a_place_comes_to_more_of_its_likes(
    works: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    copies = [reference(f"a{number}", **works[0]) for number in range(3)]
    other, plain = reference("b", **works[1]), reference("c")
    assert clusters_of(find_duplicates([*copies, other, plain])) == {
        frozenset({"t:a0", "t:a1", "t:a2", "t:c"})
    }


@pytest.mark.parametrize(("year", "is_one"), [(1995, True), (1996, False)])
def test_a_year_that_is_one_off_is_a_slip(year: int, is_one: bool) -> None:
    copies = [reference("a", year=1994), reference("b"), reference("c", year=year)]
    assert (frozenset({"t:a", "t:b", "t:c"}) in clusters_of(find_duplicates(copies))) == is_one


def test_what_is_known_best_is_joined_first() -> None:
    """The pair of which nobody knows venue and year has the best title, and would come first."""
    known: dict[str, dict[str, Any]] = {
        "a": {"journal": "ICML", "year": 1994},
        "b": {"journal": "ICML"},
    }
    known |= {"c": {"year": 1997}, "d": {"journal": "Machine Learning Journal", "year": 1997}}
    works = [reference(name, **values) for name, values in known.items()]
    for place in (0, 3):
        works[place] = replace(works[place], title=LONG.replace("coastal", "costal"))
    assert clusters_of(find_duplicates(works)) == {
        frozenset({"t:a", "t:b"}),
        frozenset({"t:c", "t:d"}),
    }
