"""One issue has one article of a title: what two databases make of it, and what stays apart."""

from typing import Any

import pytest

from reviewkit.dedupe import PairOutcome, find_duplicates
from reviewkit.model.records import Record
from tests.helpers.duplicates import PEOPLE, clusters_of, outcome, record

SAME, DIFFERENT = PairOutcome.SAME, PairOutcome.DIFFERENT
TITLE = "Trust in wards without walls: an inquiry into nurses' handovers"
ISSUE: dict[str, Any] = {"journal": "Ward Quarterly", "volume": "30", "issue": "2"}


def printed(name: str, title: str = TITLE, **values: Any) -> Record:
    return record(name, title, **{**ISSUE, **values})


@pytest.mark.parametrize(
    ("one", "two"),
    [
        # an archive gave a DOI of its own
        ({"doi": "10.2307/1"}, {"doi": "10.25300/a", "pages": "9-20"}),
        ({"doi": "10.2307/1"}, {"doi": "10.25300/a", "authors": ("Smith J",)}),
        ({"doi": "10.2307/1", "pages": "9-20"}, {"doi": "10.25300/a", "pages": "9"}),
        # one prints the main title, or a heading before it
        ({}, {"title": "Trust in wards without walls", "pages": "9-20"}),
        ({}, {"title": f"Research note: {TITLE}"}),
        ({"pages": "9-20"}, {"title": "Trust in wards without walls", "authors": ()}),
        ({"title": "Rooms: how trust grew", "pages": "9-20"}, {"title": "Rooms", "pages": "9"}),
        ({"pages": "9-20"}, {"title": "An inquiry into nurses' handovers", "pages": "9-20"}),
        # the year of another edition of the database
        ({}, {"year": 2024}),
        # a list of authors that was cut, under a short title
        ({"title": "Silent handovers"}, {"title": "Silent handovers", "authors": ("Smith J",)}),
        # one editorial by one editor
        (
            {"title": "Guest editorial", "authors": ("Smith J",)},
            {"title": "Guest editorial", "authors": ("John Smith",), "pages": "1-2"},
        ),
        # the same pages of the volume, and a slip in the number of the issue
        ({"pages": "9-20"}, {"issue": "3", "pages": "9-20"}),
    ],
)
def test_one_article_of_an_issue(one: dict[str, Any], two: dict[str, Any]) -> None:
    assert outcome(printed("a", **one), printed("b", **two)) is SAME


@pytest.mark.parametrize(
    ("one", "two"),
    [
        # one publisher's two DOIs are two articles, unless pages or text say otherwise
        ({"doi": "10.2307/1"}, {"doi": "10.2307/2"}),
        ({"doi": "10.2307/1", "pages": "9-20"}, {"doi": "10.25300/a", "pages": "29-40"}),
        # what one person may write twice in an issue
        ({"title": "Book review", "authors": ("Smith J",)}, {"title": "Book review"}),
        ({"title": "Letter", "authors": ("Smith J",)}, {"title": "Letter", "pages": "4"}),
        ({"title": "Wards", "pages": "9-20"}, {"title": "Wards: an inquiry", "pages": "30-39"}),
        ({"title": "Wards: part 1"}, {"title": "Wards: part 2"}),
        ({"pages": "9"}, {"issue": "3", "pages": "9"}),
    ],
)
def test_two_pieces_of_an_issue_are_not_joined(one: dict[str, Any], two: dict[str, Any]) -> None:
    assert outcome(printed("a", **one), printed("b", **two)) is not SAME


@pytest.mark.parametrize(
    ("archive", "authors", "is_one"),
    [
        ("10.2307/1", PEOPLE, True),
        # one publisher's two DOIs, and another author's piece
        ("10.25300/b", PEOPLE, False),
        ("10.2307/1", PEOPLE[:2], False),
    ],
)
def test_a_copy_with_pages_joins_an_archive_s_copy_of_a_short_title(
    archive: str, authors: tuple[str, ...], is_one: bool
) -> None:
    placed = {"doi": "10.25300/a", "pages": "9-20"}
    works = [
        printed("a", "Silent wards", **placed),
        printed("b", "Silent wards", doi="10.25300/a"),
        printed("c", "Silent wards", **{**placed, "doi": archive, "authors": authors}),
    ]
    whole = frozenset(work.key for work in works)
    assert (whole in clusters_of(find_duplicates(works))) == is_one
    assert outcome(works[1], works[2]) is not SAME


def test_no_third_copy_joins_one_publisher_s_two_dois_of_a_short_title() -> None:
    dois = {"a": "10.25300/a", "b": "10.25300/b", "c": None}
    works = [printed(name, "Silent wards", doi=doi) for name, doi in dois.items()]
    assert all(len(group) == 2 for group in clusters_of(find_duplicates(works)))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        # a word is exchanged, and each has a DOI
        (
            {"title": "Plan for the northern range: fire topic", "doi": "10.3133/1"},
            {"title": "Plan for the northern range: weeds topic", "doi": "10.3133/2"},
        ),
        # an abstract of a meeting, a supplement, another issue
        (
            {"issue": None, "pages": "22", "journal": "Wards. Conference: 6th Congress"},
            {"issue": None, "pages": "52", "journal": "Wards"},
        ),
        ({"issue": None, "pages": "S33-S38"}, {"issue": None, "pages": "162-168"}),
        ({"pages": "9-20"}, {"issue": "4", "pages": "31-40"}),
        # printed again, in a book of another year
        (
            {"doi": "10.3390/1", "year": 2021, "abstract": "We asked nurses on wards. " * 9},
            {
                "doi": "10.37247/2",
                "year": 2022,
                "abstract": "We asked nurses on wards. " * 9,
                "journal": "Prime Archives",
                "volume": None,
                "issue": None,
            },
        ),
    ],
)
def test_what_a_person_would_deny_is_not_asked(one: dict[str, Any], two: dict[str, Any]) -> None:
    assert outcome(printed("a", **one), printed("b", **two)) is DIFFERENT


REFERENCE: dict[str, Any] = {"volume": None, "issue": None}


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ({"journal": "ICML"}, {"journal": "Proc. Int. Conf. on Machine Learning"}, {SAME}),
        ({"journal": "VLDB"}, {"journal": "The VLDB Journal"}, {PairOutcome.ASK, DIFFERENT}),
        (
            {"journal": "Proc. 12th Conf. on Machine Learning"},
            {"journal": "Machine Learning Journal"},
            {PairOutcome.ASK, DIFFERENT},
        ),
        ({"journal": "ICML"}, {"journal": "Technical Report 7"}, {PairOutcome.ASK, DIFFERENT}),
        ({"journal": "VLDB"}, {"journal": "The VLDB Journal", "year": 2021}, {DIFFERENT}),
    ],
)
def test_a_paper_of_a_meeting_is_no_article_and_no_report(
    one: dict[str, Any], two: dict[str, Any], expected: set[PairOutcome]
) -> None:
    pair = printed("a", **{**REFERENCE, **one}), printed("b", **{**REFERENCE, **two})
    assert outcome(*pair) in expected


UNSIGNED: dict[str, Any] = {"authors": (), "pages": "9-20"}
OTHER_FIRST = ("Roe B", *PEOPLE[:2])
TEXT = "We asked nurses on wards. " * 9
NO_ISSUE: dict[str, Any] = {"issue": None}
FORMULA = (
    '<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML" overflow="scroll">'
    + "<mml:mi></mml:mi>" * 60
)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        # one database lost the names
        ({"title": "Silent rooms"}, {"title": "Silent rooms", **UNSIGNED}),
        (
            {"title": "Rooms for silent trust: a view"},
            {"title": "Rooms for silent trust", **UNSIGNED},
        ),
        ({"title": "Guest editors' remarks"}, {"title": "Guest Editors\u2019 Remarks", **UNSIGNED}),
        # what the subtitle says of a year
        ({"title": "Wards and trust"}, {"title": "Wards and trust: panel report from 2018"}),
        # a footnote's mark before the subtitle
        ({}, {"title": TITLE.replace(":", " 1:")}),
        # letters of as many strokes
        (
            {"title": "Tuning nurses' trust on coastal surgical wards"},
            {"title": "Timing nurses' trust on coastal surgical wards"},
        ),
        # the markup of a formula
        ({}, {"title": f"{FORMULA}Trust</mml:math>{TITLE.removeprefix('Trust')}"}),
        # the year in which it was received
        (
            {"authors": ("Smith J", "Doe A", "Roe B")},
            {"authors": ("Smith J", "Doe A"), "year": 2018},
        ),
        # a volume without issues
        (
            {"title": "Introduction to the special issue", **NO_ISSUE},
            {"title": "Introduction to the special issue", **NO_ISSUE, "pages": "9-11"},
        ),
        (
            {"title": "Silent trust between nurses", **NO_ISSUE, "abstract": TEXT, "year": 2018},
            {"title": "Silent trust between nurses"},
        ),
    ],
)
def test_one_article_in_the_words_of_two_databases(
    one: dict[str, Any], two: dict[str, Any]
) -> None:
    assert outcome(printed("a", **one), printed("b", **two)) is SAME


@pytest.mark.parametrize(
    ("one", "two"),
    [
        # two may be unsigned, and what recurs may be another's
        ({"title": "Silent rooms", "authors": ()}, {"title": "Silent rooms", **UNSIGNED}),
        ({"title": "Book reviews"}, {"title": "Book reviews", **UNSIGNED}),
        ({"title": "Call for papers", "authors": ()}, {"title": "Call for papers", **UNSIGNED}),
        ({"title": "Letter to the editor"}, {"title": "Letter to the editor", **UNSIGNED}),
        ({"title": "Silent rooms"}, {"title": "Silent rooms", **UNSIGNED, "issue": "3"}),
        # a part is no year, and another year is another report
        ({"title": "Wards and trust"}, {"title": "Wards and trust: part 2"}),
        ({"title": "Wards and trust: report 2017"}, {"title": "Wards and trust: report 2018"}),
        # letters of other strokes, or by another author
        (
            {"title": "Nurses' imports of trust on coastal surgical wards"},
            {"title": "Nurses' exports of trust on coastal surgical wards"},
        ),
        (
            {"title": "Tuning nurses' trust on coastal surgical wards"},
            {"title": "Timing nurses' trust on coastal surgical wards", "authors": OTHER_FIRST},
        ),
    ],
)
def test_two_pieces_that_look_alike_are_not_joined(
    one: dict[str, Any], two: dict[str, Any]
) -> None:
    assert outcome(printed("a", **one), printed("b", **two)) is not SAME
