"""The records of a PubMed list, from answers that are written down: each asked for is accounted for,
each that came is whole.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from reviewkit.model.errors import CutOff, NotARealAnswer
from reviewkit.model.records import Record
from reviewkit.sources import eutils
from reviewkit.sources.eutils import EmptyAnswer
from reviewkit.sources.pubmed_fetch import fetch_all, left_out
from reviewkit.sources.pubmed_listing import PubmedSearch, PubmedSettings
from tests.helpers.scripted import ScriptedPages

NONE = b"<PubmedArticleSet></PubmedArticleSet>"
EMPTY = EmptyAnswer("answered with an empty body", where="PubMed")


def article(pmid: int, title: str = "Guts.") -> str:
    return f"PMID- {pmid}\nTI  - {title}\nSO  - Gut {pmid}."


def text(*pmids: int, end: str = "\n") -> str:
    """An answer with these records; without its last line's end the last one may be cut."""
    return "\n\n".join(article(pmid) for pmid in pmids) + end


def in_xml(*pmids: int) -> str:
    """An answer in XML, which says that these records are there."""
    articles = [
        f"<PubmedArticle><MedlineCitation><PMID>{pmid}</PMID></MedlineCitation></PubmedArticle>"
        for pmid in pmids
    ]
    return f"<PubmedArticleSet>{''.join(articles)}</PubmedArticleSet>"


def ids(*pmids: int) -> tuple[str, ...]:
    return tuple(map(str, pmids))


@dataclass
class Fetch:
    """One fetch: its pages, and what came of it."""

    pages: ScriptedPages
    batch: int = 3
    seen: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.search = PubmedSearch(
            pages=self.pages,
            query="",
            settings=PubmedSettings(batch=self.batch),
            progress=lambda done, whole: self.seen.append((done, whole)),
        )

    def all(self, *pmids: int) -> set[str]:
        received = fetch_all(self.search, ids(*pmids))
        assert len(self.pages.requests) == len(self.pages.answers)
        return received

    @property
    def asked(self) -> list[str]:
        """The numbers of each request, "xml" before those that were asked for in XML."""
        parameters = [dict(request.parameters) for request in self.pages.requests]
        return [("xml " if said["retmode"] == "xml" else "") + said["id"] for said in parameters]


def fetch(*answers: object, batch: int = 3, **options: Any) -> Fetch:
    return Fetch(ScriptedPages(answers, **options), batch=batch)


def test_batch_after_batch_is_asked_for_and_the_next_ones_are_expected() -> None:
    one = fetch(text(1, 2, 3), text(4, 5, 6), text(7))
    assert one.all(1, 2, 3, 4, 5, 6, 7) == set(ids(1, 2, 3, 4, 5, 6, 7))
    assert one.asked == ["1,2,3", "4,5,6", "7"]
    assert one.seen == [(0, 7), (3, 7), (6, 7), (7, 7)]
    requests = [eutils.ask_records(ids(*batch)).text for batch in ((1, 2, 3), (4, 5, 6), (7,))]
    assert one.pages.expected == [requests, requests[1:], requests[2:]]


def test_sixteen_batches_may_be_in_flight() -> None:
    numbers = range(1, 18)
    one = fetch(*(text(number) for number in numbers), batch=1)
    assert len(one.all(*numbers)) == 17
    assert [len(ahead) for ahead in one.pages.expected][:3] == [16, 16, 15]


def test_nothing_is_asked_for_where_nothing_is_listed() -> None:
    one = fetch()
    assert one.all() == set()
    assert one.seen == [(0, 0)]


def test_batches_get_smaller_where_they_do_not_come_whole() -> None:
    cut = CutOff("cut off", where="x")
    numbers = [*range(1, 13)]
    one = fetch(cut, *(text(*numbers[at : at + 3]) for at in range(0, 12, 3)), batch=12)
    assert one.all(*numbers) == set(ids(*numbers))
    assert one.asked[:2] == [",".join(ids(*numbers)), "1,2,3"]
    with pytest.raises(CutOff):
        fetch(cut, batch=10).all(*range(1, 11))


def test_a_batch_of_the_size_that_the_run_holds_is_taken() -> None:
    numbers = range(1, 9)
    held = frozenset({eutils.ask_records(ids(1, 2)).text})
    one = fetch(*(text(at, at + 1) for at in range(1, 9, 2)), batch=8, stored=held)
    assert one.all(*numbers) == set(ids(*numbers))
    assert one.asked == ["1,2", "3,4", "5,6", "7,8"]


# What an answer lacks.


def test_what_an_answer_lacks_is_asked_for_again_beside_its_last_record() -> None:
    one = fetch(text(1, 3), text(2, 3))
    assert one.all(1, 2, 3) == set(ids(1, 2, 3))
    assert one.asked == ["1,2,3", "2,3"]


def test_what_is_lacking_twice_is_asked_for_in_xml_and_then_is_none() -> None:
    one = fetch(text(1), text(1), NONE)
    assert one.all(1, 2, 3) == {"1"}
    assert one.asked == ["1,2,3", "1,2,3", "xml 2,3"]


def test_what_pubmed_has_and_left_out_refuses_the_answers_that_left_it_out() -> None:
    one = fetch(text(1, 2, 3), text(4), text(4), in_xml(6))
    with pytest.raises(NotARealAnswer) as error:
        one.all(1, 2, 3, 4, 5, 6)
    assert error.value.what == "left out 1 record that it has: 6"
    assert error.value.where == "PubMed"
    assert [page.sha256 for page in one.pages.used] == ["page 1"]


def test_twenty_of_those_that_were_left_out_are_named() -> None:
    numbers = range(1, 24)
    there = in_xml(*range(2, 24))
    with pytest.raises(NotARealAnswer) as error:
        fetch(text(1), text(1), there, batch=23).all(*numbers)
    assert error.value.what.startswith("left out 22 records that it has: 2, 3, ")
    assert error.value.what.endswith(", 20, 21")


def test_a_stored_run_that_was_never_asked_in_xml_is_not_asked_now() -> None:
    one = fetch(text(1), text(1), complete=True)
    assert one.all(1, 2) == {"1"}


def test_an_empty_answer_is_believed_where_xml_says_so_too() -> None:
    one = fetch(EMPTY, NONE)
    assert one.all(1, 2) == set()
    assert one.asked == ["1,2", "xml 1,2"]


def test_an_empty_set_in_xml_is_believed_at_once() -> None:
    one = fetch(NONE)
    assert one.all(1, 2) == set()


def test_records_that_were_not_asked_for_are_left_out_and_told() -> None:
    one = fetch(text(1, 8, 9))
    assert one.all(1) == {"1"}
    assert one.search.warnings == [
        "PubMed sent records that were not asked for (8, 9); they were left out"
    ]
    many = fetch(text(1, *range(11, 18)))
    many.all(1)
    assert many.search.warnings[0].count(",") == 4, "five of them are named"


def test_an_answer_with_none_of_those_asked_for_is_refused() -> None:
    one = fetch(text(8, 9))
    with pytest.raises(NotARealAnswer, match=r"sent records that were not asked for \(8, 9\)") as e:
        one.all(1)
    assert (e.value.where, e.value.hint) == ("PubMed", "run again; if it stays, report it")
    assert (len(one.pages.refused), one.pages.used) == (1, ())


# What may not be whole.


def test_a_last_record_without_a_line_s_end_is_asked_for_alone() -> None:
    one = fetch(text(1, 2, end=""), text(2))
    assert one.all(1, 2) == set(ids(1, 2))
    assert one.asked == ["1,2", "2"]


def test_two_answers_in_the_same_words_leave_no_doubt() -> None:
    one = fetch(text(1, end=""), text(1, end=""))
    assert one.all(1) == {"1"}


def test_a_record_that_comes_in_another_form_each_time_is_refused() -> None:
    forms = [article(1, title=f"Form {number}.") for number in range(5)]
    one = fetch(*forms)
    with pytest.raises(NotARealAnswer) as error:
        one.all(1)
    assert error.value.what == (
        "sent record 1 in several forms, each with less than is known of it"
    )
    assert (error.value.where, one.pages.used) == ("PubMed", ())
    assert len(one.pages.requests) == 5
    # Four further answers are compared: the last but one may still settle it.
    settled = fetch(*forms[:4], forms[3])
    assert settled.all(1) == {"1"}


def test_a_record_that_is_no_utf8_is_asked_for_alone() -> None:
    damaged = text(1, 2).encode().replace(b"Guts", b"G\xe9ts", 1)
    one = fetch(damaged, text(1))
    assert one.all(1, 2) == set(ids(1, 2))
    assert one.asked == ["1,2", "1"]


def test_an_empty_answer_about_a_doubtful_record_is_no_proof() -> None:
    one = fetch(text(1, end=""), EMPTY)
    with pytest.raises(NotARealAnswer, match="sent record 1 in several forms"):
        fetch_all(one.search, ids(1))


def test_another_record_than_the_doubtful_one_is_no_answer_about_it() -> None:
    one = fetch(text(1, end=""), text(2), text(1))
    assert one.all(1) == {"1"}


@dataclass
class Known:
    """What is stored: record 1 with a title. `lost` says what a record lacks."""

    lost: Callable[[Record], tuple[str, ...]]
    names: tuple[str, ...] = ("1",)
    pages: tuple[str, ...] = ()

    def count(self, query: str) -> int | None:
        return None


def test_a_record_with_less_than_is_known_is_asked_for_alone() -> None:
    known = Known(lost=lambda record: () if record.title else ("title",))
    poor = text(1, 2).replace("TI  - Guts.\n", "")
    one = fetch(poor, text(1), earlier=known)
    assert one.all(1, 2) == set(ids(1, 2))
    # Of record 2 nothing is known, so that it lacks nothing.
    assert one.asked == ["1,2", "1"]


def test_a_text_that_is_stored_is_in_no_doubt() -> None:
    poor = text(1).replace("TI  - Guts.\n", "")
    known = Known(lost=lambda record: ("title",), pages=("page 1",))
    pages = ScriptedPages([poor, poor], earlier=known)
    pages.get(eutils.ask_records(["1"]))
    assert Fetch(pages).all(1) == {"1"}


@pytest.mark.parametrize(
    ("count", "shown"),
    [(1, "1 listed record did not come, asked for twice: 1"), (50, ", 50"), (51, ", and 1 more")],
)
def test_what_did_not_come_is_told_by_number(count: int, shown: str) -> None:
    (flaw_of,) = left_out(ids(*range(1, count + 1)))
    assert flaw_of.endswith(shown)
    assert ("50" in flaw_of.split(": ")[1], ", 51" in flaw_of) == (count >= 50, False)


def test_where_everything_came_nothing_is_told() -> None:
    assert left_out([]) == []
