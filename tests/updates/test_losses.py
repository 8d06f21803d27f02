"""What an answer has less than was known before."""

from dataclasses import replace

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
    ],
)
def test_a_field_is_lost_where_it_is_empty_or_only_begun(
    changed: dict[str, object], lost: tuple[str, ...]
) -> None:
    assert lost_fields(WHOLE, replace(WHOLE, **changed)) == lost  # type: ignore[arg-type]  # a table
    assert lost_fields(replace(WHOLE, **changed), WHOLE) == () or changed.get("authors")  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(
    ("before", "after", "steep"),
    [
        (1741, 0, True),
        (1741, 800, True),
        (1741, 900, False),
        (4, 0, False),
        (5, 0, True),
        (0, 9, False),
    ],
)
def test_a_steep_fall(before: int, after: int, steep: bool) -> None:
    assert falls_steeply(before, after) == steep
