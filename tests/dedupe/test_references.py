"""References without identifiers: what lists of references and two databases make of one work."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewkit.dedupe import PairOutcome, find_duplicates
from reviewkit.dedupe.normalise.authors import parse_name
from reviewkit.dedupe.normalise.pages import Counting, PageRange, parse_pages
from reviewkit.dedupe.normalise.title import parallel_title, title_words
from reviewkit.model.records import Record
from tests.helpers.duplicates import outcome, record
from tests.helpers.effort import examples

SAME, DIFFERENT = PairOutcome.SAME, PairOutcome.DIFFERENT
many = settings(max_examples=examples(20), deadline=None)
LONG = "Silent handovers between nurses on seven coastal surgical wards"
NAMES = ("Smith, Ana", "Jones, Bo")
THINGS = ("lattices", "wavelets", "grammars", "markets", "sensors", "proofs", "ledgers", "rumours")
FAMILIES = ("Okonkwo", "Lindqvist", "Barbosa", "Haddad", "Novak", "Tanaka", "Whitfield", "Moreau")
VENUES = (
    "Onward!",
    "OOPSLA",
    "Proceedings of the Symposium on New Ideas in Programming and Reflections on Software",
    "Workshop on Games and Learning",
    None,
)


@st.composite
def references(draw: st.DrawFn) -> Record:
    """Draw a paper of a meeting as a list of references prints it: no identifier, no abstract."""
    first, second = draw(st.permutations(THINGS))[:2]
    families = draw(st.lists(st.sampled_from(FAMILIES), min_size=3, max_size=5, unique=True))
    page = draw(st.integers(20, 900))
    return Record(
        source="t",
        source_id="a",
        title=f"Learning {first} beside noisy {second}",
        authors=tuple(f"{family}, Ana" for family in families),
        journal=draw(st.sampled_from(VENUES)),
        year=draw(st.integers(1980, 2024)),
        pages=f"{page}-{page + draw(st.integers(3, 18))}",
    )


@pytest.mark.slow
@many
@given(work=references(), venue=st.sampled_from(VENUES), later=st.integers(0, 1))
def test_one_title_by_the_same_people_on_the_same_pages_is_one(
    work: Record, venue: str | None, later: int
) -> None:
    other = replace(work, source_id="b", journal=venue, year=(work.year or 0) + later)
    assert outcome(work, other) is SAME
    assert outcome(work, replace(other, pages="1001-1010")) is not SAME
    assert outcome(work, replace(other, authors=("Sato, K", "Ferrari, L"))) is not SAME
    later_issue = replace(other, volume="4", year=(work.year or 0) + 1)
    assert outcome(replace(work, volume="3"), later_issue) is not SAME


@pytest.mark.slow
@many
@given(work=references(), place=st.integers(0, 2), how=st.sampled_from(("lost", "other", "cut")))
def test_a_longer_title_needs_two_of_three_names(work: Record, place: int, how: str) -> None:
    names = list(work.authors[:3])
    changed = {"lost": [], "other": ["Quist, Z"], "cut": [names[place][:5]]}[how]
    others = [*names[:place], *changed, *names[place + 1 :]]
    bare = replace(work, pages=None, authors=tuple(names))
    assert outcome(bare, replace(bare, source_id="b", authors=tuple(others))) is SAME

    strangers = ("Quist, Z", "Ulm, Y", names[place])
    assert outcome(bare, replace(bare, source_id="b", authors=strangers)) is not SAME
    assert outcome(bare, replace(bare, source_id="b", year=(work.year or 0) + 1)) is not SAME


@pytest.mark.slow
@many
@given(work=references(), known=st.booleans())
def test_what_a_meeting_prints_beside_its_proceedings_is_not_its_proceedings(
    work: Record, known: bool
) -> None:
    paper = replace(work, journal=f"CHI {work.year}", pages=work.pages if known else None)
    for name in ("CHI Extended Abstracts", "CHI Companion", "Companion to CHI", "CHI Ext. Abstr."):
        poster = replace(work, source_id="b", journal=f"{name} {work.year}", pages=None)
        assert outcome(paper, poster) is not SAME
        assert outcome(poster, replace(poster, source_id="c")) is SAME

    short = replace(paper, pages=None, journal=f"CHI Ext. Abstr. {work.year}")
    long = replace(short, source_id="b", journal=f"CHI Extended Abstracts {work.year}")
    assert outcome(short, long) is SAME


@pytest.mark.slow
@many
@given(work=references(), subtitle=st.sampled_from(("a survey", "results from the field")))
def test_a_list_of_references_may_leave_out_a_subtitle(work: Record, subtitle: str) -> None:
    short = replace(work, pages=None, journal="Conference on Learning Theory")
    long = replace(short, source_id="b", title=f"{short.title}: {subtitle}")
    assert outcome(short, long) is SAME
    assert outcome(short, replace(long, year=(work.year or 0) + 1)) is not SAME
    assert outcome(short, replace(long, journal="Symposium on Theory of Computing")) is not SAME
    assert outcome(short, replace(long, title=f"{short.title}: part 2")) is not SAME
    assert outcome(short, replace(long, title=f"Demonstration of {short.title}")) is not SAME
    assert outcome(short, replace(long, title=f"{short.title} in Brazil and Chile")) is not SAME


def bare(name: str, title: str, **values: Any) -> Record:
    return record(
        name, title, **{"journal": None, "year": None, "authors": ("Croft, W",), **values}
    )


@pytest.mark.parametrize(
    ("title", "values", "expected"),
    [
        ("Typology and universals", {"year": 2002}, SAME),
        ("Typology and universals", {}, None),
        ("Typology, universals, grammars", {"journal": "Language"}, SAME),
        ("Typology, universals, grammars", {}, None),
        ("Typology, universals, grammars, change", {}, SAME),
        ("Universals", {"year": 2002}, None),
    ],
)
def test_how_many_words_are_enough(
    title: str, values: dict[str, Any], expected: PairOutcome | None
) -> None:
    found = outcome(bare("a", title, **values), bare("b", title.upper(), **values))
    assert (found is SAME) == (expected is SAME)


ISSUE: dict[str, Any] = {"journal": "Ward Quarterly", "volume": "30", "issue": "2"}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Information systems success", "Special issue - Information systems success"),
        ("Tools for sensemaking in teams", "Review - Tools for sensemaking in teams"),
        ("Tools for sensemaking in teams (panel)", "Panel: Tools for sensemaking in teams"),
        ("Coordination of business plans", "Coordination of business plans1"),
        ("Model management", "Model management: an embedded languages approach"),
        ("Electronic meeting systems", "Electronic meeting systems: results from the field"),
    ],
)
def test_one_article_of_an_issue_under_two_titles(one: str, two: str) -> None:
    assert outcome(record("a", one, **ISSUE), record("b", two, pages="9-20", **ISSUE)) is SAME
    other = record("b", two, pages="9-20", **{**ISSUE, "issue": "3"})
    assert outcome(record("a", one, **ISSUE), other) is not SAME


@pytest.mark.parametrize(
    ("one", "two", "is_one"),
    [
        ({}, {"pages": "1-2"}, True),
        ({"authors": ("Smith J",)}, {"pages": "1-2"}, False),
        ({"pages": "7-8"}, {"pages": "11-12"}, False),
        ({}, {"issue": "3", "pages": "1-2"}, False),
        ({"title": "Erratum"}, {"title": "Erratum", "pages": "1-2"}, False),
        ({"title": "Editorial introduction", "authors": ("Smith J",)},
         {"title": "Editorial introduction"}, True),
    ],
)  # fmt: skip
def test_an_issue_has_one_unsigned_editorial(
    one: dict[str, Any], two: dict[str, Any], is_one: bool
) -> None:
    base: dict[str, Any] = {"title": "Editorial", "authors": (), **ISSUE}
    found = outcome(record("a", **{**base, **one}), record("b", **{**base, **two}))
    assert (found is SAME) == is_one


def test_a_volume_is_swapped_with_no_issue_that_agrees() -> None:
    report = {"title": "Activity report of the society", "pages": "7-11", "journal": "Matters"}
    one = record("a", **report, volume="4", issue="3", year=2018)
    assert outcome(one, record("b", **report, volume="3", issue="3", year=2017)) is not SAME
    assert (
        outcome(
            record("a", volume="4", issue="3", pages="7-11"),
            record("b", volume="3", issue="4", pages="7-11"),
        )
        is SAME
    )


@pytest.mark.parametrize(
    ("printed", "pages"),
    [
        ("143:1-143:3", PageRange("143", 143, 0, Counting.ARTICLES)),
        ("7:1\u20137:29", PageRange("7", 7, 0, Counting.ARTICLES)),
        ("183:1639-183:1667", PageRange("1639", 1639, 1667, Counting.PAGES)),
    ],
)
def test_an_article_with_pages_of_its_own(printed: str, pages: PageRange) -> None:
    assert parse_pages(printed) == pages
    assert parse_pages("7:1-8:29").counting is not Counting.ARTICLES


@many
@given(number=st.integers(1, 99), family=st.sampled_from(FAMILIES))
def test_a_number_that_dblp_gives_is_no_name(number: int, family: str) -> None:
    plain = parse_name(f"{family}, Ana")
    assert parse_name(f"Ana {family} 00{number:02}") == plain
    assert parse_name(f"00{number:02}, Ana {family}") == parse_name(f"Ana {family}")


@pytest.mark.parametrize(
    ("title", "second"),
    [
        ("Special Section: Trust in wards", "trust in wards"),
        ("Trust in wards (Tutorial)", "trust in wards"),
        ("Guest Editors' Introduction: Trust in wards", "trust in wards"),
        ("Comment: Trust in wards", ""),
        ("Review of trust in wards", ""),
        ("Trust in wards (extended abstract)", ""),
    ],
)
def test_the_name_of_a_section_is_no_part_of_a_title(title: str, second: str) -> None:
    assert " ".join(parallel_title(title, None)) == second


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Coordination of plans1", "coordination of plans"),
        ("Notes on phase1", "notes on phase1"),
        ("Receptors of IL1", "receptors of il1"),
        ("Coordination of plans2", "coordination of plans2"),
    ],
)
def test_a_footnote_s_mark_is_no_part_of_a_title(title: str, words: str) -> None:
    assert " ".join(title_words(title)) == words


@many
@given(place=st.integers(0, 1), gap=st.integers(0, 3), people=st.integers(2, 3))
def test_a_volume_has_one_article_of_a_long_title_whatever_the_year(
    place: int, gap: int, people: int
) -> None:
    names = ("Smith, Ana", "Jones, Bo", "Weber, Cy")
    printed: dict[str, Any] = {"title": LONG, "journal": "Ward Quarterly", "volume": "59"}
    years = (2014, 2014 - gap)
    one = record("a", **printed, year=years[place], authors=names)
    two = record("b", **printed, year=years[1 - place], authors=names[:people])
    assert outcome(one, two) is SAME

    other = replace(two, volume="60")
    assert outcome(one, other) is not SAME
    assert outcome(replace(one, pages="9-20"), replace(two, pages="29-40")) is not SAME


@pytest.mark.parametrize(
    ("title", "authors", "is_one"),
    [
        (f"{LONG} 1", NAMES, True),
        (f"{LONG} 2", NAMES, False),
        (f"{LONG} 1", ("Smith, Ana",), False),
        (f"{LONG} ANA SMITH AND BO JONES", NAMES[1:], True),
        (f"{LONG} Ana B. Smith", NAMES, True),
        (f"{LONG} ANA SMITH AND BO KLEIN", NAMES[1:], False),
        (f"{LONG} in winter", NAMES[1:], False),
    ],
)
def test_a_title_goes_on_with_a_footnote_s_mark_or_with_its_authors(
    title: str, authors: tuple[str, ...], is_one: bool
) -> None:
    issue: dict[str, Any] = {"journal": "Ward Quarterly", "volume": "30", "issue": "2"}
    one = record("a", LONG, authors=NAMES, **issue)
    two = record("b", title, authors=authors, **issue)
    assert (outcome(one, two) is SAME) == is_one
    assert outcome(one, replace(two, issue="3")) is not SAME


@many
@given(place=st.integers(0, 1), gap=st.integers(0, 3), letter=st.sampled_from(("", " B", " w")))
def test_an_issue_has_one_article_of_a_title_whatever_the_year(
    place: int, gap: int, letter: str
) -> None:
    printed: dict[str, Any] = {"authors": NAMES, "journal": "Ward Quarterly", "volume": "30"}
    years = (2014, 2014 - gap)
    title = "Silent handovers of coastal nurses" if letter else "Silent handovers of nurses"
    one = record("a", title, **printed, issue="2", year=years[place])
    two = record("b", title + letter, **printed, issue="2", year=years[1 - place])
    assert outcome(one, two) is SAME
    assert outcome(one, replace(two, year=2005)) is not SAME
    assert outcome(one, replace(two, issue="3")) is not SAME


@pytest.mark.parametrize(
    ("printed", "is_one"),
    [
        ({}, True),
        ({"title": LONG.replace("nurses", "the senior ward nurses")}, False),
        ({"year": 1995}, False),
        ({"authors": NAMES[:1]}, False),
        ({"journal": "Grammars of Care"}, False),
        ({"pages": "9"}, False),
        ({"title": LONG.replace("nurses", "midwives")}, False),
    ],
)
def test_on_the_same_pages_at_one_meeting_a_word_may_be_lost(
    printed: dict[str, Any], is_one: bool
) -> None:
    one = bare("a", LONG, authors=NAMES, journal="OOPSLA", year=1994, pages="9-20")
    two = replace(one, source_id="b", title=LONG.replace("nurses", "ward nurses"))
    assert (outcome(one, replace(two, **printed)) is SAME) == is_one


@many
@given(order=st.permutations(range(3)), place=st.sampled_from(("pages", "journal")))
def test_no_third_reference_joins_two_of_other_years_and_places(
    order: list[int], place: str
) -> None:
    base: dict[str, Any] = {"authors": NAMES, "journal": None}
    first = {"pages": {"pages": "9-20"}, "journal": {"journal": "Journal of Wards"}}[place]
    second = {
        "pages": {"pages": "129-140"},
        "journal": {"journal": "Proceedings of the Conference on Nursing Machines"},
    }[place]
    works = [
        record("a", LONG, **{**base, "year": 1993, **first}),
        record("b", LONG, **{**base, "year": 1994, **second}),
        record("c", LONG, **{**base, "year": None}),
    ]
    found = find_duplicates([works[number] for number in order])
    assert not any({works[0].key, works[1].key} <= {*c.members} for c in found.clusters)


def test_a_reference_that_fits_two_works_is_asked() -> None:
    paper = bare("a", LONG, year=1990, authors=NAMES, journal="ICML")
    article = bare("b", LONG, year=1994, authors=NAMES, journal="Machine Learning Journal")
    reference = bare("c", LONG, authors=NAMES)
    found = find_duplicates([paper, article, reference])
    assert not found.clusters
    assert {(pair.record_a, pair.record_b) for pair in found.questions} == {
        ("t:a", "t:c"),
        ("t:b", "t:c"),
    }

    copy = replace(paper, source_id="d")
    more = find_duplicates([paper, article, reference, copy])
    assert [set(cluster.members) for cluster in more.clusters] == [{"t:a", "t:c", "t:d"}]
