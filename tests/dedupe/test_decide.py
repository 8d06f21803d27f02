"""What is joined, asked and kept apart, pair by pair."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from reviewkit.dedupe import (
    PairOutcome,
    judge_pair,
)
from reviewkit.model.records import Record
from tests.helpers.duplicates import (
    PLACE,
    SUPPLEMENT,
    TITLE,
    made_records,
    outcome,
    record,
)
from tests.helpers.effort import examples


@pytest.mark.parametrize(
    "other",
    [
        record("b", **PLACE),
        record("b", TITLE.upper() + ".", authors=("Smith J", "Jones P", "Garcia M"), **PLACE),
        record("b", authors=("John Smith", "Paul Jones", "Maria Garcia"), **PLACE),
        record("b", journal="J Clin Oncol", volume="38 (4)", issue=None, pages="100-10"),
        record("b", TITLE[:50], **PLACE),
        record("b", "[" + TITLE + "]. [German]", **PLACE),
        record("b", authors=(), **PLACE),
        record("b", volume=None, issue=None, pages="1-11"),
        record("b", journal=None, volume=None, issue=None, pages=None),
        record(
            "b",
            TITLE.replace("randomised", "randomized"),
            pages="S100-S110",
            volume="38",
            issue="4",
        ),
    ],
)
def test_one_article_as_databases_print_it(other: Record) -> None:
    assert outcome(record("a", **PLACE), other) is PairOutcome.SAME


def test_same_doi_never_slips_through() -> None:
    bare = record(
        "b", TITLE, authors=(), journal=None, year=None, doi="https://doi.org/10.1200/JCO.20.00001"
    )
    assert outcome(record("a", doi="10.1200/jco.20.00001", **PLACE), bare) is PairOutcome.SAME


def test_translated_title_with_the_same_pages() -> None:
    spanish = record(
        "a",
        "Efectos de la música en pacientes con demencia",
        journal="Revista de Neurología",
        **PLACE,
    )
    english = record(
        "b", "Effects of music on patients with dementia", journal="Rev Neurol", **PLACE
    )
    assert outcome(spanish, english) is PairOutcome.SAME


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (
            "Phase II trial of drug X in advanced melanoma",
            "Phase III trial of drug X in advanced melanoma",
        ),
        (
            "Guidelines for asthma care in children, part I",
            "Guidelines for asthma care in children, part II",
        ),
        ("Cancer statistics for Poland 2019", "Cancer statistics for Poland 2020"),
        (
            "FOCUS 1: ceftaroline versus ceftriaxone in pneumonia",
            "FOCUS 2: ceftaroline versus ceftriaxone in pneumonia",
        ),
        ("Atypical syndrome and streptococcus (1)", "Atypical syndrome and streptococcus (2)"),
    ],
)
def test_numbers_make_another_work(one: str, two: str) -> None:
    assert (
        outcome(record("a", one, **SUPPLEMENT), record("b", two, **SUPPLEMENT))
        is PairOutcome.DIFFERENT
    )


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (
            "Vaccination of adult patients in rural Kenya",
            "Vaccination of adolescent patients in rural Kenya",
        ),
        (
            "Eculizumab in plasma therapy-resistant aHUS",
            "Eculizumab in plasma therapy-sensitive aHUS",
        ),
        (
            "Management of hypertension in elderly patients",
            "Management of hypotension in elderly patients",
        ),
        ("Dupilumab in patients with eosinophilia", "Dupilumab in patients without eosinophilia"),
        (
            "Dupilumab in patients with severe asthma",
            "Dupilumab in Japanese patients with severe asthma",
        ),
        ("Testosterone and cognition in older men", "Testosterone and cognition in older women"),
        (
            "Prevalence of hepatitis B in migrants to Europe",
            "Prevalence of hepatitis C in migrants to Europe",
        ),
    ],
)
@pytest.mark.parametrize("shared", [{}, {"doi": "10.1000/supplement"}])
def test_one_word_that_changes_the_work_is_never_merged(
    one: str, two: str, shared: dict[str, Any]
) -> None:
    assert (
        outcome(record("a", one, **SUPPLEMENT, **shared), record("b", two, **SUPPLEMENT, **shared))
        is not PairOutcome.SAME
    )


# What stands at the end of a title, and names the group, the substance or the time.
ENDS = (
    ("hepatitis A", "hepatitis B"), ("cohort A", "cohort B"), ("vitamin D", "vitamin E"),
    ("with aura", "without aura"), ("at 12 weeks", "at 24 weeks"), ("IL-4", "IL-5"),
    ("versus placebo", "versus topiramate"), ("uptake", "intake"), ("in mice", "in rats"),
    ("symptomatic persons", "asymptomatic persons"), ("invasive surgery", "noninvasive surgery"),
    ("responders", "non-responders"), ("IgG antibodies", "IgA antibodies"),
)  # fmt: skip


@pytest.mark.parametrize("ends", ENDS, ids=" ".join)
@pytest.mark.parametrize(
    "known",
    [
        {**SUPPLEMENT, "doi": "10.1000/supplement"},
        {"volume": "38", "issue": "S1", "doi": "10.1000/supplement"},
        {"volume": "38", "issue": "4"},
        {"journal": None},
    ],
)
def test_a_word_at_the_end_makes_another_work(ends: tuple[str, str], known: dict[str, Any]) -> None:
    titles = (f"Erenumab for the prevention of episodic migraine: {end}" for end in ends)
    one, two = (record(name, title, **known) for name, title in zip("ab", titles, strict=True))
    assert outcome(one, two) is not PairOutcome.SAME


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("aetiology in non-immune persons", "etiology in nonimmune persons"),
        ("a case of vitamin B12 deficiency", "case of vitamin B 12 deficiency"),
        ("PM10 from fires and asthma", "PK10 from fires and asthma"),
    ],
)
def test_another_spelling_is_no_other_work(one: str, two: str) -> None:
    shared: dict[str, Any] = {"doi": "10.1000/a1", **PLACE}
    head = "Association of particles with visits to the hospital"
    first, second = record("a", f"{head}: {one}", **shared), record("b", f"{head}: {two}", **shared)
    assert outcome(first, second) is PairOutcome.SAME


@pytest.mark.parametrize(
    "title", ["Editorial", "Book reviews", "Reply", "Abstracts", "Introduction", "News in brief"]
)
def test_recurring_titles_need_their_own_place(title: str) -> None:
    one = record("a", title, authors=(), volume="38", issue="4", pages="120")
    assert (
        outcome(one, record("b", title, authors=(), volume="38", issue="5", pages="220"))
        is not PairOutcome.SAME
    )
    assert (
        outcome(one, record("b", title, authors=(), volume="39", issue="4", pages="120"))
        is not PairOutcome.SAME
    )
    assert (
        outcome(one, record("b", title, authors=(), year=None, journal=None))
        is not PairOutcome.SAME
    )


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("Case of the month", PairOutcome.ASK),
        ("Editorial", PairOutcome.ASK),
        ("Sleep quality in chronic migraine", PairOutcome.SAME),
    ],
)
def test_a_recurring_title_on_another_page_under_one_doi_is_not_joined(
    title: str, wanted: PairOutcome
) -> None:
    shared: dict[str, Any] = {"doi": "10.1000/supplement", "volume": "41", "issue": "1_suppl"}
    one, other = (
        record(name, title, authors=("Silva, A",), pages=page, **shared)
        for name, page in (("a", "21"), ("b", "71"))
    )
    assert outcome(one, other) is wanted


TRANSLATIONS = (
    "Prevalência de depressão em idosos institucionalizados",
    "Prevalencia de depresión en ancianos institucionalizados",
    "Prévalence de la dépression chez les personnes âgées",
    "Prävalenz von Depressionen bei älteren Menschen",
    "Prevalenza della depressione negli anziani",
    "Częstość występowania depresji u osób starszych",
    "Yaşlı bireylerde depresyon sıklığı",
    "Förekomst av depression hos äldre personer",
    "Распространенность депрессии у пожилых людей",
    "老年人抑郁症患病率的系统评价",
    "高齢者におけるうつ病の有病率",
)
IN_A_JOURNAL: dict[str, Any] = {"journal": "Revista de Saude", "year": 2019}


@pytest.mark.parametrize("title", TRANSLATIONS)
@pytest.mark.parametrize(
    "known",
    [
        {**IN_A_JOURNAL, "volume": "53", "issue": "2", "pages": "100"},
        {**IN_A_JOURNAL, "volume": "53", "issue": "2", "pages": "100-106"},
        {"authors": (), "journal": None, "doi": "10.1590/abc1"},
        {"journal": None, "pmid": "3010"},
    ],
)
def test_two_languages_at_one_place_or_under_one_number_are_asked(
    title: str, known: dict[str, Any]
) -> None:
    english = record("b", "Prevalence of depression among older people", **known)
    assert outcome(record("a", title, **known), english) is not PairOutcome.DIFFERENT


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"pages": "100-106"}, {"pages": "107-112"}),
        ({"pages": "100", "doi": "10.1590/abc1"}, {"pages": "100", "doi": "10.1590/abc2"}),
    ],
)
def test_two_languages_at_two_places_are_two_works(
    one: dict[str, Any], two: dict[str, Any]
) -> None:
    place: dict[str, Any] = {**IN_A_JOURNAL, "volume": "53", "issue": "2"}
    english = record("b", "Prevalence of depression among older people", **place, **two)
    first = record("a", TRANSLATIONS[0], **place, **one)
    assert outcome(first, english) is PairOutcome.DIFFERENT


@pytest.mark.parametrize(
    "known",
    [
        {"authors": (), "journal": None},
        {"year": None, "journal": None},
        {"authors": (), "journal": None, "year": None},
    ],
)
def test_copies_that_tell_the_same_and_no_place_are_asked(known: dict[str, Any]) -> None:
    title = "Sleep apnea in rural towns of Peru"
    one, two = (record(name, title, **known) for name in ("a", "b"))
    assert outcome(one, two) is not PairOutcome.DIFFERENT
    one, two = (record(name, "Editorial", **known) for name in ("a", "b"))
    assert outcome(one, two) is PairOutcome.DIFFERENT


@settings(max_examples=examples(40), deadline=None)
@given(made_records, made_records)
def test_a_pair_is_judged_alike_both_ways(one: dict[str, Any], two: dict[str, Any]) -> None:
    a = Record(source="a", source_id="1", **one)
    b = Record(source="b", source_id="1", **two)
    swapped_a, swapped_b = replace(a, source="b"), replace(b, source="a")
    there, back = judge_pair(a, b), judge_pair(swapped_a, swapped_b)
    assert (there.outcome, there.score, there.rule, there.likeness) == (
        back.outcome,
        back.score,
        back.rule,
        back.likeness,
    )
