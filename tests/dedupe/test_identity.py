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


SHARED = st.sampled_from(({"doi": "10.5555/suppl"}, {"pmid": "11"}, {"accession": "17"}))
WORKS_OF_ONE_NAME = (
    ("Erenumab in men with episodic migraine", "Erenumab in women with episodic migraine"),
    ("Results of a phase 2 trial of galcanezumab", "Results of a phase 3 trial of galcanezumab"),
    ("Sleep and chronic migraine, part 1", "Sleep and chronic migraine, part 2"),
    ("Sleep and chronic migraine", "Sleep and chronic migraine, part 2"),
    ("Sleep and chronic migraine, part I", "Sleep and chronic migraine, part II"),
    ("Migraine statistics of Norway in 2019", "Migraine statistics of Norway in 2020"),
    ("Galcanezumab in adults with headache", "Galcanezumab in adolescents with headache"),
    ("Propranolol versus topiramate in primary care", "Propranolol versus valproate in primary care"),
    ("Third workshop on headache and sleep", "Fourth workshop on headache and sleep"),
    ("Headache clinics in northern Brazil [17]", "Headache clinics in northern Brazil [18]"),
    ("Headache clinics in northern Brazil", "Erratum: Headache clinics in northern Brazil"),
    ("Headache clinics in northern Brazil", "Headache clinics in northern Brazil: reply"),
    ("Headache clinics in northern Brazil", "Headache clinics in northern Brazil: study protocol"),
    ("Sleep and chronic migraine", "Sleep and chronic migraine in relatives of sailors"),
    ("Migraine with aura and stroke", "Migraine without aura and stroke"),
    ("男性偏头痛患者的睡眠质量研究", "女性偏头痛患者的睡眠质量研究"),
    ("Боль у мужчин с мигренью и бессонницей", "Боль у женщин с мигренью и бессонницей"),
)  # fmt: skip


@given(titles=st.sampled_from(WORKS_OF_ONE_NAME), shared=SHARED, placed=st.booleans())
def test_a_shared_number_never_makes_one_record_of_two_works(
    titles: tuple[str, str], shared: dict[str, Any], placed: bool
) -> None:
    one, other = (replace(WORK, title=title, **shared) for title in titles)
    if placed:
        other = replace(other, pages=None, volume=None)
    assert not is_same_record(one, other)
    assert not is_same_record(other, one)
    assert is_same_record(one, replace(one, title=f"{titles[0].upper()}."))


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"abstract": None}, True),
        ({"authors": ("Wang, Li", "Silva, A")}, True),
        ({"year": 2022, "volume": None, "pages": None}, True),
        ({"authors": ("Wang, Ana",)}, False),
        ({"pages": "33"}, False),
        ({"abstract": "Cycling and children in the mountains of Peru: another text."}, False),
    ],
)
@pytest.mark.parametrize("number", ["doi", "accession"])
def test_a_short_title_needs_people_place_and_text_besides_a_shared_number(
    number: str, changes: dict[str, Any], same: bool
) -> None:
    shared: dict[str, Any] = {number: "10.5555/suppl", "title": "Case of the month"}
    one = replace(WORK, abstract="A man of 50 years had a headache for a week.", **shared)
    assert is_same_record(one, replace(one, **changes)) is same


@pytest.mark.parametrize(
    ("changes", "by_number", "by_doi"),
    [
        ({}, True, False),
        ({"authors": ("Wang, Li",)}, False, False),
        ({"authors": ()}, False, False),
        ({"pages": "33"}, False, False),
        ({"abstract": "The gut of mice, of rats and of other animals: methods."}, False, False),
        ({"abstract": "Forty persons were asked about their gut, and we counted."}, True, True),
    ],
)
def test_a_longer_title_needs_people_place_and_text(
    changes: dict[str, Any], by_number: bool, by_doi: bool
) -> None:
    text = "Forty persons were asked about their gut, and we counted."
    title = f"{WORK.title}: a follow-up"
    for number, same in (("pmid", by_number), ("doi", by_doi)):
        shared: dict[str, Any] = {number: "10.5555/1" if number == "doi" else "11"}
        one = replace(WORK, abstract=text, **shared)
        assert (
            is_same_record(one, replace(one, **{"abstract": None, "title": title} | changes))
            is same
        )


@pytest.mark.parametrize(
    ("title", "same"), [("Editorial", False), ("Gut microbiota and motor neurons", True)]
)
def test_an_editorial_in_another_part_of_a_volume_is_another(title: str, same: bool) -> None:
    one = replace(WORK, title=title)
    assert has_same_content(one, replace(one, source_id="x0000000000000001", issue="3")) is same


def test_another_abstract_under_one_citation_is_another_work() -> None:
    one = replace(WORK, abstract="Forty persons were asked about their gut, and we counted.")
    other = replace(WORK, abstract="Cycling and children in the mountains of Peru: a report.")
    assert has_same_content(one, WORK)
    assert not has_same_content(one, other)


@pytest.mark.parametrize(
    ("title", "same"),
    [
        ("Gut microbiota and motor neurons in a sm...", True),
        ("Gut microbiota and motor neurons in a small cohort [17]", True),
        ("Gut microbiota and motor neurons in a small cohort: a pilot", True),
        ("Gut microbiota and motor neurons in a small cohort. A pilot in 12 towns", False),
        ("Gut microbiota and motor neur", False),
    ],
)
def test_a_cut_title_or_one_without_its_subtitle_is_the_same(title: str, same: bool) -> None:
    one = replace(WORK, pmid="11")
    assert is_same_record(one, replace(one, title=title)) is same
