"""Included works found again among records, by identifier first."""

from typing import Any

import pytest

from reviewkit.model.records import Record
from reviewkit.protocol.reported import Work
from reviewkit.reproduction.works import match_works


def record(name: str, **known: Any) -> Record:
    return Record(source="s", source_id=name, **known)


def test_an_identifier_beats_a_better_title() -> None:
    work = Work(id="w", title="Gut and nerve", pmid="12", year=2024)
    records = [
        record("title", title="Gut and nerve", year=2024),
        record("pmid", title="Gut & nerve!", pmid="12"),
    ]
    match = match_works([work], records)["w"]
    assert (match.record, match.by) == ("s:pmid", "PMID")


def test_a_title_matches_across_dashes_case_and_markup_in_the_same_year() -> None:
    work = Work(id="w", title="Dysbiosis in ALS: Unraveling the Gut-Brain Axis", year=2025)
    found = record("a", title="Dysbiosis in <i>ALS</i>: unraveling the gut–brain axis", year=2025)
    assert match_works([work], [found])["w"].by == "title and year"
    assert match_works([work], [record("b", title=found.title or "", year=2021)]) == {}


def test_a_title_never_overrules_an_identifier_that_differs() -> None:
    work = Work(id="w", title="Gut and nerve", pmid="12")
    assert match_works([work], [record("a", title="Gut and nerve", pmid="13")]) == {}


@pytest.mark.parametrize(
    "printed",
    [
        "10.1000/abc",
        "https://doi.org/10.1000/abc",
        "http://dx.doi.org/10.1000/abc",
        "DOI: 10.1000/abc",
        "doi:10.1000/ABC",
    ],
)
def test_a_doi_matches_however_it_is_printed(printed: str) -> None:
    work = Work(id="w", title="x", doi="10.1000/ABC")
    assert match_works([work], [record("a", title="y", doi=printed)])["w"].by == "DOI"


def test_a_record_stands_for_one_work_only() -> None:
    works = [Work(id="a", title="The same title"), Work(id="b", title="The same title")]
    assert len(match_works(works, [record("1", title="The same title")])) == 1
