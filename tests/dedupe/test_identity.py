"""When two entries of one source are one record: property tests of the rules."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewkit.dedupe.identity import has_same_content, is_same_record, shared_identifier
from reviewkit.model.records import Record

WORK = Record(
    source="scopus",
    source_id="x0000000000000000",
    title="Gut microbiota and motor neurons in a small cohort",
    authors=("Silva, Ana",),
    journal="Journal of A",
    year=2021,
    volume="12",
    pages="1-9",
)
IDENTIFIERS = {
    "accession": st.sampled_from(("2-s2.0-1", "2-s2.0-2")),
    "pmid": st.sampled_from(("11", "12")),
    "pmcid": st.sampled_from(("PMC1", "PMC2")),
    "doi": st.sampled_from(("10.5555/a", "10.5555/B")),
}
TITLES = st.sampled_from(
    (
        None,
        "Gut microbiota and motor neurons in a small cohort",
        "Gut Microbiota & motor neurons in a small cohort.",
        "Deep learning for chest radiographs",
        "Vascular calcification and magnesium in children",
    )
)


@st.composite
def entries(draw: st.DrawFn) -> Record:
    chosen: dict[str, Any] = {
        name: draw(st.none() | values) for name, values in IDENTIFIERS.items()
    }
    name = draw(st.sampled_from(("x0000000000000000", "x0000000000000001", "doi:10.5555/a")))
    return replace(
        WORK,
        source_id=name,
        title=draw(TITLES),
        year=draw(st.none() | st.integers(2018, 2022)),
        volume=draw(st.none() | st.sampled_from(("12", "13"))),
        other={"ID": ("Wang2020",)},
        **chosen,
    )


@given(one=entries(), other=entries())
def test_the_rule_is_the_same_both_ways(one: Record, other: Record) -> None:
    assert is_same_record(one, other) is is_same_record(other, one)
    assert shared_identifier(one, other) == shared_identifier(other, one)


@given(one=entries())
def test_an_entry_is_itself_or_nothing_identifies_it(one: Record) -> None:
    assert is_same_record(one, one)


@pytest.mark.slow
@given(one=entries(), other=entries())
def test_records_that_disagree_in_title_are_never_one(one: Record, other: Record) -> None:
    titles = {one.title, other.title}
    if None not in titles and {"Deep learning for chest radiographs"} < titles:
        same_digest = one.source_id == other.source_id and one.source_id.startswith("x")
        assert not is_same_record(one, other) or same_digest


@given(one=entries(), other=entries())
def test_another_number_of_the_same_database_is_another_record(one: Record, other: Record) -> None:
    if one.accession and other.accession and one.accession != other.accession:
        assert not is_same_record(one, other)


@given(label=st.text(max_size=12))
def test_a_label_changes_nothing(label: str) -> None:
    other = replace(WORK, title="Deep learning for chest radiographs", doi="10.5555/c")
    for one in (WORK, other):
        named = replace(one, other={"ID": (label,), "key": (label,)})
        assert is_same_record(named, WORK) is is_same_record(one, WORK)


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"volume": "13"}, False),
        ({"year": 2022}, False),
        ({"authors": ("Wang, Li",)}, False),
        ({"journal": "Journal of B"}, False),
        ({"pages": None, "issue": "3"}, True),
        ({"volume": None, "pages": None}, False),
        ({"title": "Gut microbiota and motor neurons in a small cohort, again"}, False),
    ],
)
def test_content_is_title_year_author_and_place(changes: dict[str, Any], same: bool) -> None:
    other = replace(WORK, source_id="x0000000000000001", **changes)
    assert has_same_content(WORK, other) is same


@pytest.mark.parametrize(
    ("kind", "value", "same"), [("pmid", "11", True), ("doi", "10.5555/a", False)]
)
def test_an_article_ahead_of_print_gets_its_year_later(kind: str, value: str, same: bool) -> None:
    number: dict[str, Any] = {kind: value}
    early = replace(WORK, year=2019, volume=None, pages=None, **number)
    assert is_same_record(replace(WORK, **number), early) is same


def test_two_exports_of_a_database_write_one_number_differently() -> None:
    one = replace(WORK, accession="L2029880245", source_id="L2029880245")
    other = replace(WORK, accession="2029880245", source_id="2029880245", volume="13")
    assert is_same_record(one, other)
