"""A filter is read as it is typed, and shown as it can be typed again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.model.errors import UsageError
from reviewkit.screening.filters import describe_filter, read_filter, show_filter
from reviewkit.screening.models import Filter, Only
from tests.helpers.effort import examples

NAMES = st.sampled_from(["", "methods", "key paper", "pubmed", "ölümü"])
YEARS = st.one_of(st.none(), st.integers(1000, 9999))


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("", Filter()),
        ("gut  flora", Filter(text="gut flora")),
        ('"gut flora" mice', Filter(text="gut flora mice")),
        ("only:maybe tag:methods gut", Filter(only=Only.MAYBE, tag="methods", text="gut")),
        ('tag:"key paper" source:pubmed', Filter(tag="key paper", source="pubmed")),
        ("year:2020", Filter(year_from=2020, year_to=2020)),
        ("year:2020- gut", Filter(year_from=2020, text="gut")),
        ("year:-2024", Filter(year_to=2024)),
        # No part has that name: it is a word, with all that stands behind it.
        ("doi:10.1000/1", Filter(text="doi:10.1000/1")),
        ('title:"gut flora"', Filter(text="title:gut flora")),
    ],
)
def test_a_filter_is_read_as_it_is_typed(typed: str, wanted: Filter) -> None:
    assert read_filter(typed) == wanted


@pytest.mark.parametrize("typed", ["only:some", "year:20", "year:-", "year:2020-21", "year:x"])
def test_a_wrong_part_is_named(typed: str) -> None:
    with pytest.raises(UsageError, match=typed) as raised:
        read_filter(typed)
    what_there_is = {"only": "todo, maybe", "year": "year:2020-2024"}
    assert what_there_is[typed.partition(":")[0]] in (raised.value.hint or "")


@settings(max_examples=examples(60), deadline=None)
@given(
    wanted=st.builds(
        Filter,
        only=st.sampled_from(Only),
        text=st.sampled_from(["", "gut", "gut flora", "doi:10.1000/1"]),
        tag=NAMES,
        source=NAMES,
        year_from=YEARS,
        year_to=YEARS,
    )
)
def test_a_filter_that_is_shown_can_be_typed(wanted: Filter) -> None:
    assert read_filter(show_filter(wanted)) == wanted


@pytest.mark.parametrize(
    ("shown", "described"),
    [
        ("", "still to do"),
        (
            'only:maybe tag:"key paper" source:pubmed year:2020-2024 gut flora',
            "maybe, tag key paper, from pubmed, 2020-2024, “gut flora”",
        ),
        ("year:2020", "still to do, 2020"),
        ("year:2020-", "still to do, 2020-"),
        ("year:-2024", "still to do, -2024"),
        ("only:all tag:late", "all, tag late"),
        ('source:"a library"', "still to do, from a library"),
        ("gut", "still to do, “gut”"),
    ],
)
def test_a_filter_is_shown_as_it_was_typed_and_described_in_words(
    shown: str, described: str
) -> None:
    wanted = read_filter(shown)
    assert show_filter(wanted) == shown
    assert describe_filter(wanted) == described
