"""Which copy leads, and how the gaps of a record are filled: a place of publication is never
mixed.
"""

from typing import Any

import pytest

from reviewkit.dedupe.merge import describe_place, fill_gaps, lead_of, merge, places_differ
from reviewkit.model.records import Record
from tests.helpers.duplicates import PLACE
from tests.helpers.duplicates import record as article


def record(name: str = "1", source: str = "s", **values: Any) -> Record:
    return Record(source=source, source_id=name, **values)


def place_of(record: Record) -> tuple[int | None, str | None, str | None, str | None]:
    return record.year, record.volume, record.issue, record.pages


def test_what_a_record_says_is_never_overwritten_and_what_it_lacks_is_filled_in() -> None:
    stored = record(title="As it was", abstract="Long", other={"a": ("1",)})
    again = record(title="Another", doi="10.1000/1", other={"a": ("2",), "b": ("3",)})
    filled = fill_gaps(stored, [again], keep_year=True).record
    assert (filled.title, filled.abstract, filled.doi) == ("As it was", "Long", "10.1000/1")
    assert filled.other == {"a": ("1",), "b": ("3",)}
    assert fill_gaps(filled, [again], keep_year=True).record is filled


def test_the_tags_of_another_source_are_not_added() -> None:
    lead = record(other={"a": ("1",)})
    assert merge(lead, [record("2", other={"b": ("2",)})]).record.other == {"a": ("1",)}


def test_two_places_are_never_mixed() -> None:
    stored = record(year=2021, volume="12")
    again = record(year=2021, volume="13", pages="551-560")
    assert fill_gaps(stored, [again]).record is stored
    assert places_differ(stored, again)
    assert describe_place(stored) == "2021, volume 12"
    assert describe_place(again) == "2021, volume 13, pages 551-560"


def test_the_same_entry_exported_more_fully_completes_its_place() -> None:
    stored = record(year=2021, volume="12")
    again = record(year=2021, volume="12", issue="3", pages="551-560")
    assert place_of(fill_gaps(stored, [again]).record) == (2021, "12", "3", "551-560")
    assert not places_differ(stored, again)
    other_entry = record("2", year=2021, volume="12", issue="3", pages="551-560")
    assert fill_gaps(stored, [other_entry]).record is stored


def test_a_place_comes_from_one_copy_with_its_year() -> None:
    lead = record("a", year=2020, published="2020-11-02")
    part = record("b", year=2021, volume="13")
    whole = record("c", year=2021, published="2021-02", volume="12", pages="551-560")
    merged = merge(lead, [part, whole])
    assert place_of(merged.record) == (2021, "12", None, "551-560")
    assert merged.record.published == "2021-02"
    assert set(merged.filled.values()) == {"s:c"}


def test_a_copy_in_the_same_year_is_preferred() -> None:
    lead = record("a", year=2020)
    later = record("b", year=2021, volume="13", issue="1", pages="1-9")
    same = record("c", year=2020, volume="12", pages="551-560")
    assert place_of(merge(lead, [later, same]).record) == (2020, "12", None, "551-560")


def test_a_stored_year_is_kept_on_import() -> None:
    stored = record(year=2020)
    again = record(year=2021, volume="12", pages="551-560")
    assert fill_gaps(stored, [again], keep_year=True).record is stored
    assert places_differ(stored, again)


def test_a_year_does_not_come_from_a_copy_in_another_place() -> None:
    lead = record("a", volume="12")
    assert merge(lead, [record("b", year=2021, volume="13")]).record.year is None
    assert merge(lead, [record("b", year=2021, volume="12")]).record.year == 2021


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ({"pages": "551-60"}, {"pages": "551-560"}, False),
        ({"pages": "551"}, {"pages": "551-560"}, False),
        ({"pages": "551-559"}, {"pages": "551-560"}, True),
        ({"volume": "12"}, {"volume": "12 (3)"}, False),
        ({"issue": "Suppl A"}, {"issue": "suppl a"}, False),
        ({"volume": "12"}, {"pages": "551"}, False),
        ({"year": 2020}, {"year": 2021}, True),
        ({}, {"year": 2021, "volume": "1"}, False),
    ],
)
def test_places_differ_where_both_name_a_part_and_the_parts_differ(
    one: dict[str, Any], other: dict[str, Any], differ: bool
) -> None:
    assert places_differ(record(**one), record(**other)) is differ
    assert places_differ(record(**other), record(**one)) is differ


def test_the_preferred_source_leads_then_the_first_to_arrive() -> None:
    keys = ["scopus:1", "embase:9", "pubmed:3"]
    assert lead_of(keys, prefer=("pubmed",)) == "pubmed:3"
    assert lead_of(keys, arrival={"scopus:1": 0, "pubmed:3": 1}) == "scopus:1"
    assert lead_of(keys) == lead_of(keys[::-1]) == "embase:9"


def test_merge_fills_gaps_and_says_from_where() -> None:
    lead = article("a", doi=None, abstract=None)
    other = article("b", doi="10.1000/x", abstract="Words.", **PLACE)
    merged = merge(lead, [other, lead])
    assert merged.record.key == "t:a"
    assert (merged.record.doi, merged.record.abstract, merged.record.pages) == (
        "10.1000/x",
        "Words.",
        "100-110",
    )
    assert merged.filled == dict.fromkeys(("doi", "abstract", "volume", "issue", "pages"), "t:b")


def test_merge_never_mixes_two_places() -> None:
    merged = merge(article("a", volume="37"), [article("b", **PLACE)])
    assert place_of(merged.record) == (2020, "37", None, None)


def test_a_place_in_part_gives_way_to_the_whole_of_one_copy() -> None:
    merged = merge(article("a", volume="38"), [article("b", **PLACE), article("c", volume="38")])
    assert place_of(merged.record) == (2020, "38", "4", "100-110")
    assert merged.filled == dict.fromkeys(("volume", "issue", "pages", "year"), "t:b")


ABSTRACT = " ".join(f"Word{n}" for n in range(60))


@pytest.mark.parametrize(
    ("field", "poor", "good"),
    [
        ("title", "EFFECTS OF MUSIC ON DEMENTIA", "Effects of music on dementia"),
        ("title", "Effects of music on peop...", "Effects of music on people with dementia"),
        ("authors", ("Smith J", "Li W"), ("Smith, John", "Li, Wei")),
        ("authors", ("Smith, J",), ("Smith, J", "Li, W", "Cole, B")),
        ("abstract", ABSTRACT[:250] + "...", ABSTRACT),
        ("abstract", ABSTRACT[:250], ABSTRACT),
        ("abstract", f"{ABSTRACT} (ABSTRACT TRUNCATED AT 250 WORDS)", f"{ABSTRACT} And more."),
    ],
)
def test_the_best_copy_gives_a_field(field: str, poor: Any, good: Any) -> None:
    lead, copy = article("a", **{field: poor}), article("b", **{field: good})
    merged = merge(lead, [copy])
    assert getattr(merged.record, field) == good
    assert merged.filled == {field: "t:b"}
    assert getattr(lead, field) == poor

    better_lead = merge(copy, [lead])
    assert better_lead.filled == {}
    assert merge(lead, [copy], chosen={field}).record == lead


@pytest.mark.parametrize(
    ("field", "own", "other"),
    [
        ("title", "Music for dementia", "Effects of music on dementia"),
        ("title", "EFFECTS OF MUSIC ON DEMENTIA", "Effects of music on old people"),
        ("authors", ("Smith J", "Li W"), ("Smith, John", "Cole, B", "Novak, A")),
        ("abstract", ABSTRACT, "Another text. " * 100),
    ],
)
def test_another_wording_is_never_better(field: str, own: Any, other: Any) -> None:
    lead, copy = article("a", **{field: own}), article("b", **{field: other})
    assert merge(lead, [copy]).record == lead


def test_a_field_that_a_person_emptied_stays_empty() -> None:
    lead, copy = article("a", doi=None), article("b", doi="10.1000/x")
    assert merge(lead, [copy], chosen={"doi"}).record.doi is None


def test_a_record_without_copies_is_itself() -> None:
    lead = record(year=2020)
    for copies in ([], [lead]):
        merged = merge(lead, copies)
        assert (merged.record, merged.filled) == (lead, {})
    # A copy that states the place in as many parts gives nothing.
    assert merge(article("a", volume="38"), [article("b", volume="38 (4)")]).filled == {}


@pytest.mark.parametrize("settled", ["volume", "issue", "pages"])
def test_a_place_of_which_a_person_settled_a_part_is_settled_as_a_whole(settled: str) -> None:
    whole = article("b", published="2020-05", **PLACE)
    lead = article("a", volume="38", year=None)
    assert place_of(merge(lead, [whole]).record) == (2020, "38", "4", "100-110")
    assert place_of(merge(lead, [whole], chosen={settled}).record) == (None, "38", None, None)
    # Another field that is settled settles no place.
    assert place_of(merge(lead, [whole], chosen={"doi"}).record)[0] == 2020


@pytest.mark.parametrize(
    ("own", "dates", "published"),
    [
        # Of the record's own year only.
        ({"year": 2020}, ["2019-12-31", "2020-11-02"], "2020-11-02"),
        ({"year": 2020}, ["2019-12-31"], None),
        ({"year": 2020, "published": "2020"}, ["2020-11-02"], "2020"),
        ({}, ["2019-12-31", "2020-11-02"], "2019-12-31"),
    ],
)
def test_a_date_is_of_the_record_s_year(
    own: dict[str, Any], dates: list[str], published: str | None
) -> None:
    copies = [record(str(place), published=date) for place, date in enumerate(dates)]
    merged = merge(record("a", **own), copies)
    assert merged.record.published == published
    filled = {} if published == own.get("published") else {"published": f"s:{len(dates) - 1}"}
    assert merged.filled == (filled if own else {"published": "s:0"})


def test_a_date_is_of_the_year_that_a_copy_gives() -> None:
    lead = record("a", volume="12")
    other = record("b", published="2020-01-01")
    same_place = record("c", volume="12", year=2021)
    dated = record("d", published="2021-03")
    merged = merge(lead, [other, same_place, dated])
    assert (merged.record.year, merged.record.published) == (2021, "2021-03")
    assert merged.filled == {"year": "s:c", "published": "s:d"}


def test_a_date_of_another_year_goes_with_its_place() -> None:
    """The copy's place and year are taken, so a date of the year before would be wrong."""
    lead = record("a", year=2020, published="2020-11-02")
    placed = record("b", year=2021, volume="13")
    merged = merge(lead, [placed])
    assert (merged.record.year, merged.record.published) == (2021, None)
    assert merged.filled == dict.fromkeys(("volume", "year", "published"), "s:b")
    dated = merge(record("a", year=2020), [record("b", year=2021, volume="13", published="2021")])
    assert dated.record.published == "2021"


def test_only_the_parts_that_lack_are_filled() -> None:
    stored = record(year=2021, volume="12")
    again = record(year=2021, volume="12", issue="3", pages="551-560")
    assert fill_gaps(stored, [again]).filled == dict.fromkeys(("issue", "pages"), stored.key)


def test_a_key_may_hold_a_colon_and_a_place_may_be_unknown() -> None:
    assert lead_of(["scopus:1", "pubmed:a:b"], prefer=("pubmed",)) == "pubmed:a:b"
    assert describe_place(record()) == "no year, volume or pages"
    assert places_differ(record(pages="in press"), record(pages="online"))
