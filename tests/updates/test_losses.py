"""What an answer has less than was known before."""

from dataclasses import replace
from typing import Any

import pytest

from reviewkit.model.records import Record
from reviewkit.updates.losses import falls_steeply, lost_fields

WHOLE = Record(
    source="pubmed",
    source_id="1",
    title="Guts and nerves",
    abstract="We looked at guts. We found nerves.",
    authors=("Person, Ann", "Person, Bea"),
    year=2020,
    journal="Gut and liver",
    other={"STAT": ("MEDLINE",)},
)


@pytest.mark.parametrize(
    ("changed", "lost"),
    [
        ({}, ()),
        ({"abstract": None}, ("abstract",)),
        ({"abstract": "We looked at guts."}, ("abstract",)),
        ({"abstract": "We looked at guts; we found nerves."}, ()),
        ({"title": None, "year": None}, ("title", "year")),
        ({"authors": ("Person, Ann",)}, ("authors",)),
        ({"authors": ("Person, Bea", "Person, Ann")}, ()),
        ({"other": {}}, ()),
        ({"title": "Guts and"}, ("title",)),
        ({"title": "Guts and nervous"}, ()),
        ({"title": "Guts and nerves, again"}, ()),
        # Only what is read to the end is compared to its end.
        ({"journal": "Gut"}, ()),
        ({"journal": None}, ("journal",)),
    ],
)
def test_a_field_is_lost_where_it_is_empty_or_only_begun(
    changed: dict[str, Any], lost: tuple[str, ...]
) -> None:
    assert lost_fields(WHOLE, replace(WHOLE, **changed)) == lost


@pytest.mark.parametrize(
    ("before", "after", "steep"),
    [
        (1741, 0, True),
        (1741, 800, True),
        (1741, 900, False),
        (4, 0, False),
        (4, 1, False),
        (5, 0, True),
        (0, 9, False),
        (9, 4, True),
        (8, 4, False),
        (10, 5, False),
        (11, 6, False),
        (13, 6, True),
    ],
)
def test_a_steep_fall(before: int, after: int, steep: bool) -> None:
    assert falls_steeply(before, after) == steep
