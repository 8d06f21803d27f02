"""Each rule against joining by itself: the pairs at which it holds, and those just beside them."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields

import numpy as np
import pytest

from reviewkit.dedupe.circumstances import Circumstances
from reviewkit.dedupe.compare import Likeness
from reviewkit.dedupe.compare.fields import Flags
from reviewkit.dedupe.merge_rules import (
    DOUBTS,
    NOT_ASKED,
    VETOES,
    doubts,
    not_worth_asking,
    vetoes,
)
from reviewkit.dedupe.normalise.kind import PublicationKind as Kind
from reviewkit.dedupe.prepare import Prepared
from tests.helpers.likeness import likeness, two_records

NONE = Kind(0)
NAMES = tuple(item.name for item in fields(Circumstances))


@dataclass(frozen=True)
class Pair:
    """A pair: likenesses that are named, where it agrees (`at`), and kinds."""

    values: dict[str, float] = field(default_factory=dict)
    at: str = ""
    kinds: tuple[Kind, Kind] = (NONE, NONE)

    def holds(self, rule: str, rules: Callable[..., dict[str, Flags]]) -> bool:
        flags = {name: np.array([name in self.at.split()]) for name in NAMES}
        assert set(self.at.split()) <= set(NAMES)
        prepared: Prepared = two_records(*self.kinds)
        pairs: Likeness = likeness(self.values)
        return bool(rules(prepared, pairs, Circumstances(**flags))[rule][0])


def pair(at: str = "", kinds: tuple[Kind, Kind] = (NONE, NONE), /, **values: float) -> Pair:
    return Pair(values=values, at=at, kinds=kinds)


def of_one(kind: Kind) -> tuple[Kind, Kind]:
    return kind, NONE


def of_both(kind: Kind) -> tuple[Kind, Kind]:
    return kind, kind


# By rule: pairs at which it holds, and pairs at which it does not.
Cases = dict[str, tuple[list[Pair], list[Pair]]]

NUMBERS: Cases = {
    "pmid": (
        [pair(pmid=0), pair("same_place", pmid=0), pair("title_near", pmid=0)],
        [pair(pmid=1), pair(), pair("same_place title_near", pmid=0)],
    ),
    "registration": ([pair(registration=0)], [pair(registration=1), pair()]),
    "letter_number": ([pair(letter_number=0)], [pair(letter_number=1), pair()]),
    "cochrane": ([pair(cochrane=0)], [pair(cochrane=1), pair()]),
    "version": (
        [pair(cochrane=1, cochrane_version=0), pair(cochrane=1, year_gap=2)],
        [
            pair(cochrane=1, year_gap=1),
            pair(cochrane=1, cochrane_version=1, year_gap=2),
            pair(year_gap=2),
            pair(cochrane=1, cochrane_version=1),
            pair(cochrane=1),
            pair(cochrane=0, cochrane_version=0),
            pair(cochrane_version=0),
        ],
    ),
}

KINDS: Cases = {
    "notice": (
        [
            pair("", of_one(Kind.ERRATUM)),
            pair("", of_one(Kind.RETRACTION)),
            pair("same_place", of_one(Kind.ERRATUM), doi=0),
        ],
        [
            pair("", of_both(Kind.ERRATUM)),
            pair("same_place", of_one(Kind.ERRATUM)),
            pair("same_place", of_one(Kind.ERRATUM), doi=1),
            pair("", of_one(Kind.COMMENT)),
        ],
    ),
    "reply": (
        [
            pair("", of_one(Kind.COMMENT)),
            pair("", of_one(Kind.COMMENT), first_page=1),
            pair("same_place", of_one(Kind.COMMENT)),
            pair("same_place", of_one(Kind.COMMENT), first_page=1, doi=0),
        ],
        [
            pair("", of_both(Kind.COMMENT)),
            pair("same_place", of_one(Kind.COMMENT), first_page=1),
            pair("", of_one(Kind.ERRATUM)),
        ],
    ),
    "preprint": (
        [
            pair("", of_one(Kind.PREPRINT)),
            pair("", of_one(Kind.DEPOSIT)),
            pair("", of_one(Kind.PREPRINT), doi=0),
        ],
        [
            pair("", of_both(Kind.PREPRINT)),
            pair("", of_one(Kind.PREPRINT), doi=1),
            pair("same_place", of_one(Kind.PREPRINT)),
        ],
    ),
    "other_kind": (
        [
            pair("", of_one(Kind.PROTOCOL)),
            pair("", of_one(Kind.REGISTER)),
            pair("", of_one(Kind.SUMMARY)),
            pair("same_id", of_one(Kind.PROTOCOL)),
            pair("title_near", of_one(Kind.PROTOCOL)),
        ],
        [
            pair("", of_both(Kind.PROTOCOL)),
            pair("same_id title_near", of_one(Kind.PROTOCOL)),
            pair("same_place", of_one(Kind.PROTOCOL)),
        ],
    ),
    "abstract": (
        [
            pair("", of_one(Kind.ABSTRACT), doi=0),
            pair("", of_one(Kind.ABSTRACT), doi=0, abstract=0.89),
        ],
        [
            pair("", of_one(Kind.ABSTRACT)),
            pair("", of_one(Kind.ABSTRACT), doi=1),
            pair("", of_both(Kind.ABSTRACT), doi=0),
            pair("same_place", of_one(Kind.ABSTRACT), doi=0),
            pair("", of_one(Kind.ABSTRACT), doi=0, abstract=0.9),
        ],
    ),
}

MEETING = of_one(Kind.ABSTRACT)
# A recurring title ("Editorial"), not told apart by anything.
FEW = {"telling": 2.0}

TITLES: Cases = {
    "numbers": (
        [pair("title_near", numbers=0)],
        [
            pair("title_near", numbers=0.5),
            pair("title_near", numbers=1),
            pair(numbers=0),
            pair("title_near same_range", numbers=0),
        ],
    ),
    "sibling": (
        [
            pair("title_near", swapped=1, first_page=0),
            pair("title_near", swapped=2, volume=0),
            pair("title_near", swapped=1, opposed=1),
            pair("title_near", swapped=1, doi=0),
            pair("title_near", MEETING, swapped=1),
            pair("title_near", MEETING, swapped=1, abstract=0.94),
        ],
        [
            pair("title_near", swapped=0, first_page=0),
            pair(swapped=1, first_page=0),
            pair("title_near", swapped=1),
            pair("title_near", swapped=1, first_page=1, volume=1),
            pair("title_near same_id", swapped=1, first_page=0, volume=0),
            pair("title_near same_range", swapped=1, opposed=1),
            pair("title_near same_range", swapped=1, doi=0),
            pair("title_near", swapped=1, doi=1),
            pair("title_near", MEETING, swapped=1, abstract=0.95),
        ],
    ),
    "authors": (
        [
            pair(authors=0.29, first_author=0.9),
            pair("same_id", authors=0, first_author=0),
            pair("same_place", authors=0, first_author=0),
        ],
        [
            pair(authors=0.3, first_author=0),
            pair(authors=0.29, first_author=1),
            pair(first_author=0),
            pair(authors=0),
            pair("same_id same_place", authors=0, first_author=0),
        ],
    ),
    "title": (
        [
            pair(title=0.2, title_part=0.2),
            pair(title=0.74, title_part=0.2, doi=1),
            pair(title=0.2, title_part=0.74, doi=1),
            pair(title=0.2, title_part=0.2, doi=1, beginning=1, abstract=0.94),
            pair(title=0.2, title_part=0.2, doi=1, beginning=0, abstract=0.95),
            # Not worth deciding at all, whatever the place says.
            pair("renamed", title=0.2, title_part=0.2),
            pair("main_title", title=0.2, title_part=0.2),
        ],
        [
            pair(title=0.75, title_part=0.2, doi=1),
            pair(title=0.2, title_part=0.75, doi=1),
            pair("title_near", title=0.2, title_part=0.2, doi=1),
            pair("renamed", title=0.2, title_part=0.2, doi=1),
            pair("main_title", title=0.2, title_part=0.2, doi=1),
            pair(title=0.2, title_part=0.2, beginning=1, abstract=0.95),
        ],
    ),
    "recurring": (
        [
            pair(**FEW),
            pair("same_issue other_doi", **FEW),
            pair("same_issue other_issue", **FEW),
            pair("same_issue other_issue", **FEW, doi=0),
            pair("same_id", **FEW, authors=0.49, title=0.9),
            pair("same_id", **FEW, title=0.99),
            pair("same_id", **FEW, authors=0.4, abstract=0.6),
            pair("same_id", **FEW, abstract=0.49),
            pair("same_id", MEETING, **FEW),
            pair("same_id", **FEW, first_page=0),
            pair("same_id", **FEW, volume=0),
            pair(**FEW, abstract=0.9, authors_all=0.79),
            pair(**FEW, abstract=0.89, authors_all=0.8),
            pair(**FEW, authors=1.0),
        ],
        [
            pair(telling=3),
            pair("identical other_doi", **FEW),
            pair("same_issue", **FEW, doi=0),
            pair("same_issue", **FEW),
            pair("same_issue other_issue", **FEW, doi=1),
            pair("same_place", **FEW),
            pair("same_id", **FEW, authors=0.5, title=0.9),
            pair("same_id", **FEW),
            pair("same_id", MEETING, **FEW, abstract=0.95),
            pair("same_id", **FEW, first_page=1, volume=1, abstract=0.5, authors=0.5),
            pair(**FEW, abstract=0.9, authors_all=0.8),
        ],
    ),
}

PLACES: Cases = {
    "elsewhere": (
        [pair("other_place", journal=0.59), pair("other_place", MEETING, journal=0.9)],
        [
            pair("other_place", journal=0.6),
            pair("other_place"),
            pair(journal=0.59),
            pair("other_place same_id", journal=0.59),
            pair("other_place", of_both(Kind.ABSTRACT), journal=0.9),
        ],
    ),
    "piece": (
        [pair("other_issue short"), pair("other_issue short", abstract=0.89)],
        [
            pair("other_issue"),
            pair("short"),
            pair("other_issue short same_id"),
            pair("other_issue short", abstract=0.9),
        ],
    ),
    "doi_and_place": (
        [
            pair(doi=0, first_page=0),
            pair(doi=0, first_page=0, abstract=1),
            pair("other_issue", doi=0),
            pair("other_issue", doi=0, abstract=0.89),
            pair(doi=0, volume=0, year_gap=1),
        ],
        [
            pair(doi=0),
            pair(doi=1, first_page=0),
            pair(first_page=0),
            pair(doi=0, first_page=1),
            pair("other_issue", doi=0, abstract=0.9),
            pair(doi=0, volume=0, year_gap=0),
            pair(doi=0, volume=1, year_gap=1),
            pair(doi=0, volume=0),
        ],
    ),
}

MISPRINT = {"swapped": 1.0, "title": 0.95, "authors_all": 0.8}

DOUBTED_TITLES: Cases = {
    "maybe_notice": (
        [pair("", of_one(Kind.ERRATUM)), pair("", of_one(Kind.RETRACTION))],
        [pair(), pair("", of_both(Kind.ERRATUM)), pair("", of_one(Kind.COMMENT))],
    ),
    "maybe_reply": (
        [pair("", of_one(Kind.COMMENT))],
        [
            pair(),
            pair("", of_both(Kind.COMMENT)),
            pair("same_range", of_one(Kind.COMMENT)),
            pair("", of_one(Kind.ERRATUM)),
        ],
    ),
    "two_pmids": ([pair(pmid=0)], [pair(pmid=1), pair()]),
    "numbers_differ": (
        [pair(numbers=0)],
        [pair(numbers=0.5), pair(numbers=1), pair("same_range", numbers=0)],
    ),
    "renamed": ([pair("renamed")], [pair(), pair("renamed translated")]),
    "issue_unknown": (
        [pair("short", **FEW), pair("short", **FEW, abstract=0.89)],
        [
            pair("short", telling=3),
            pair("short", **FEW, issue=1),
            pair(**FEW),
            pair("short same_id", **FEW),
            pair("short", **FEW, abstract=0.9),
        ],
    ),
    "same_issue": (
        [pair(**FEW), pair(**FEW, abstract=0.89)],
        [
            pair(telling=3),
            pair("same_place", **FEW),
            pair("same_id", **FEW),
            pair(**FEW, abstract=0.9),
        ],
    ),
    "maybe_version": (
        [
            pair("", of_both(Kind.COCHRANE), doi=0),
            pair("", of_both(Kind.COCHRANE), year_gap=1),
        ],
        [
            pair("", of_both(Kind.COCHRANE)),
            pair("", of_both(Kind.COCHRANE), doi=1, year_gap=0),
            pair("", of_one(Kind.COCHRANE), doi=0, year_gap=1),
        ],
    ),
    "exchanged": (
        [
            pair(swapped=1),
            pair(swapped=2),
            pair("same_range", swapped=1, opposed=1),
            # A misprint needs an identifier, a place or the text, and everything else to agree.
            pair("same_id", **MISPRINT),
            pair("same_id", **MISPRINT, abstract=0.94),
            pair("same_id", **MISPRINT, abstract=0.95, first_page=0),
            pair("same_place", **MISPRINT, abstract=0.95),
            pair("same_id same_place", **{**MISPRINT, "title": 0.94}),
            pair("same_id same_place", **{**MISPRINT, "authors_all": 0.79}),
            pair("same_id same_place", **MISPRINT, abstract=0.79),
            pair("same_id same_place", MEETING, **MISPRINT, abstract=0.94),
            pair("same_id same_place same_range", **MISPRINT, opposed=1),
        ],
        [
            pair(swapped=0),
            pair("same_range", swapped=1, opposed=0),
            pair("same_id same_place", **MISPRINT),
            pair("same_id same_place", **MISPRINT, first_page=0),
            pair("same_id same_place", **MISPRINT, abstract=0.8),
            pair("same_id", **MISPRINT, abstract=0.95),
            pair("same_id", MEETING, **MISPRINT, abstract=0.95),
        ],
    ),
    "added": (
        [
            pair(added=1, title_part=0.96),
            pair(added=2),
            pair(added=1, title_part=0.9, abstract=0.89),
            pair("", MEETING, added=1, title_part=0.97),
        ],
        [
            pair(added=0, title_part=0.9),
            pair("same_range", added=1, title_part=0.9),
            pair(added=1, title_part=0.9, abstract=0.9),
            pair(added=1, title_part=0.97),
        ],
    ),
    "numbers_extra": (
        [pair(numbers=0.5), pair(numbers=0)],
        [pair(numbers=1), pair("same_place", numbers=0.5), pair("same_id", numbers=0.5)],
    ),
    "longer_title": (
        [pair(title=0.84), pair("same_id", title=0.96, title_part=0.97)],
        [
            pair(title=0.85),
            pair("same_place", title=0.84),
            pair("same_id", title=0.84),
            pair("same_id", title=0.97, title_part=0.97),
            pair("same_id", title=0.96, title_part=0.96),
            pair("same_id main_title", title=0.84, title_part=1),
            pair("same_id same_place", title=0.84, title_part=1),
            pair("same_id", title=0.84, title_part=1, abstract=0.9),
        ],
    ),
}

KNOWN_ISSUE = {"abstract": 0.9, "title": 1.0}
SAME_TEXT = {"title": 0.97, "authors_all": 0.8, "first_page": 0.0}

DOUBTED_PLACES: Cases = {
    "other_issue": (
        [pair("other_issue"), pair("other_issue", first_page=1), pair(issue=0)],
        [
            pair(),
            pair(issue=1),
            pair(issue=0, first_page=1),
            pair("other_issue same_id"),
            pair("same_id", issue=0),
        ],
    ),
    "doi": ([pair("other_doi")], [pair(), pair(doi=0)]),
    "far_in_time": (
        [pair(year_gap=2), pair("same_place", year_gap=4), pair("same_id", year_gap=4)],
        [
            pair(year_gap=1),
            pair(),
            pair("same_place", year_gap=3),
            pair("same_id", year_gap=2),
        ],
    ),
    "short": (
        [pair(telling=3), pair(telling=3, first_page=0), pair(telling=3, volume=0)],
        [
            pair(telling=4),
            pair(telling=3, first_page=0.5),
            pair(telling=3, volume=1),
            pair("same_id", telling=3),
        ],
    ),
    "nobody": (
        [
            pair(),
            pair("same_issue", title=1, abstract=0.89),
            pair("same_issue", title=0.99, abstract=0.9),
            pair(**KNOWN_ISSUE),
        ],
        [
            pair(authors=0),
            pair("same_place"),
            pair("same_id"),
            pair("same_issue", **KNOWN_ISSUE),
        ],
    ),
    "few_authors": (
        [pair(authors=0.59)],
        [
            pair(authors=0.6),
            pair(),
            pair("same_range", authors=0.59),
            pair("same_id", authors=0.59),
        ],
    ),
    "other_journal": (
        [pair(journal=0.39)],
        [
            pair(journal=0.4),
            pair(),
            pair("same_range", journal=0.39),
            pair("same_id", journal=0.39),
        ],
    ),
    "other_page": (
        [
            pair(first_page=0),
            pair("same_id", first_page=0),
            pair(**SAME_TEXT),
            pair("same_id", **{**SAME_TEXT, "title": 0.96}),
            pair("same_id", **{**SAME_TEXT, "authors_all": 0.79}),
            pair("same_id", **SAME_TEXT, abstract=0.69),
            pair("same_id", **SAME_TEXT, volume=0),
        ],
        [
            pair(),
            pair(first_page=1),
            pair("same_id", **SAME_TEXT),
            pair("same_id", **SAME_TEXT, abstract=0.7, volume=1),
        ],
    ),
    "online_first": (
        [pair(year_gap=1), pair(year_gap=1, first_page=0, volume=0)],
        [
            pair(year_gap=0),
            pair(),
            pair(year_gap=1, first_page=1),
            pair(year_gap=1, volume=1),
            pair("same_id", year_gap=1),
        ],
    ),
    "other_volume": (
        [
            pair(volume=0),
            pair(volume=0, year_gap=0),
            pair(volume=0, first_page=1),
            pair(volume=0, year_gap=1, first_page=1),
            pair(volume=0, year_gap=0, first_page=0.5),
        ],
        [
            pair(),
            pair(volume=1),
            pair("same_id", volume=0),
            pair(volume=0, year_gap=0, first_page=1),
        ],
    ),
    "other_abstract": (
        [pair(abstract=0.34)],
        [
            pair(abstract=0.35),
            pair(),
            pair("same_place", abstract=0.34),
            pair("same_id", abstract=0.34),
        ],
    ),
    "venues": ([pair("other_venue")], [pair(), pair("references")]),
    "unlocated": (
        [pair(), pair(volume=0)],
        [
            pair(first_page=0),
            pair(volume=1),
            pair("same_id"),
            pair(journal=0),
            pair(abstract=0),
        ],
    ),
}

OTHER_PAGES = {"first_page": 0.0, "issue": 0.0, "last_page": 0.0}


NOT_ASKED_CASES: Cases = {
    "other_pages": (
        [
            pair(**OTHER_PAGES),
            pair(**OTHER_PAGES, abstract=0.89),
            pair("", MEETING, first_page=0),
        ],
        [
            pair(**{**OTHER_PAGES, "first_page": 1}),
            pair(**{**OTHER_PAGES, "issue": 1}),
            pair(**{**OTHER_PAGES, "last_page": 1}),
            pair(first_page=0),
            pair("same_id", **OTHER_PAGES),
            pair(**OTHER_PAGES, abstract=0.9),
            pair("", of_both(Kind.ABSTRACT), first_page=0),
        ],
    ),
    "other_volumes": (
        [pair(volume=0, year_gap=1), pair(volume=0), pair(volume=0, first_page=0.8)],
        [
            pair(volume=0, year_gap=0),
            pair(volume=0, first_page=1),
            pair(volume=0.5, year_gap=1),
            pair(volume=0, year_gap=1, abstract=0.9),
            pair("same_id", volume=0, year_gap=1),
            pair(year_gap=1),
        ],
    ),
    "again_elsewhere": (
        [
            pair("references", year_gap=1, first_page=0),
            pair("references", year_gap=1, volume=0),
            pair("references", year_gap=1, journal=0.39),
            pair("references other_venue", year_gap=1),
        ],
        [
            pair("references", year_gap=1),
            pair("references", year_gap=1, journal=0.4),
            pair("references", year_gap=0, first_page=0),
            pair("", year_gap=1, first_page=0),
            pair("references same_place", year_gap=1, journal=0.39),
            pair("references", year_gap=1, volume=1, first_page=0),
        ],
    ),
    "again": (
        [pair("references", year_gap=1), pair("references", year_gap=3, volume=0)],
        [
            pair(year_gap=1),
            pair("references", year_gap=0),
            pair("references"),
            pair("references same_place", year_gap=1),
            pair("references", year_gap=1, volume=1),
        ],
    ),
}

VETO_CASES: Cases = {**NUMBERS, **KINDS, **TITLES, **PLACES}
DOUBT_CASES: Cases = {**DOUBTED_TITLES, **DOUBTED_PLACES}


@pytest.mark.parametrize("rule", VETO_CASES)
def test_a_veto_holds_where_it_is_meant_to_and_nowhere_beside(rule: str) -> None:
    holding, not_holding = VETO_CASES[rule]
    assert [case for case in holding if not case.holds(rule, vetoes)] == []
    assert [case for case in not_holding if case.holds(rule, vetoes)] == []


@pytest.mark.parametrize("rule", DOUBT_CASES)
def test_a_doubt_holds_where_it_is_meant_to_and_nowhere_beside(rule: str) -> None:
    holding, not_holding = DOUBT_CASES[rule]
    assert [case for case in holding if not case.holds(rule, doubts)] == []
    assert [case for case in not_holding if case.holds(rule, doubts)] == []


@pytest.mark.parametrize("rule", NOT_ASKED_CASES)
def test_a_doubt_that_a_person_would_deny_is_not_asked(rule: str) -> None:
    holding, not_holding = NOT_ASKED_CASES[rule]
    assert [case for case in holding if not case.holds(rule, not_worth_asking)] == []
    assert [case for case in not_holding if case.holds(rule, not_worth_asking)] == []


def test_every_rule_has_cases_and_comes_in_the_order_of_its_list() -> None:
    assert VETO_CASES.keys() == VETOES.keys()
    assert DOUBT_CASES.keys() == DOUBTS.keys()
    assert NOT_ASKED_CASES.keys() == NOT_ASKED.keys()
    flags = {name: np.array([False]) for name in NAMES}
    given = (two_records(), likeness({}), Circumstances(**flags))
    assert list(vetoes(*given)) == list(VETOES)
    assert list(doubts(*given)) == list(DOUBTS)
    assert list(not_worth_asking(*given)) == list(NOT_ASKED)


def test_pairs_are_judged_each_for_itself() -> None:
    pairs = likeness({"pmid": 0}, {}, {"registration": 0})
    flags = {name: np.array([False] * 3) for name in NAMES}
    found = vetoes(two_records(), pairs, Circumstances(**flags))
    assert found["pmid"].tolist() == [True, False, False]
    assert found["registration"].tolist() == [False, False, True]
