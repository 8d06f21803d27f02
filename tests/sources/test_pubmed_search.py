"""A search of PubMed from answers that are written down: what a run says, and a count that moves."""

from dataclasses import dataclass
from typing import Any

import pytest

from reviewkit.model.errors import NotARealAnswer
from reviewkit.model.records import CountUnit, Record, Role, RunKind, RunStatus
from reviewkit.query.compile import CompiledQuery
from reviewkit.sources.base import RECORD_MONITOR
from reviewkit.sources.pubmed import (
    count_once,
    fetch_by_pmid,
    search,
    search_page,
    uid_clause,
)
from reviewkit.sources.pubmed_listing import PubmedSettings
from tests.helpers.scripted import Flawed, ScriptedPages

QUERY = CompiledQuery(source="pubmed", strategy="main", text="gut[ti]")
SETTINGS = PubmedSettings(cap=9, batch=2)
NONE = b"<PubmedArticleSet></PubmedArticleSet>"
BUILD = (
    "<eInfoResult><DbInfo><DbBuild>B7</DbBuild><Count>39</Count>"
    "<LastUpdate>2026/11/01</LastUpdate></DbInfo></eInfoResult>"
)


def listed(*pmids: int, count: int | None = None, said: str = "") -> str:
    """An ESearch answer; a list of nothing says so."""
    number = len(pmids) if count is None else count
    nothing = "" if number else "<OutputMessage>No items found.</OutputMessage>"
    names = "".join(f"<Id>{pmid}</Id>" for pmid in pmids)
    warned = f"<WarningList>{nothing}{said}</WarningList>"
    return (
        f"<eSearchResult><Count>{number}</Count><IdList>{names}</IdList>"
        f"<QueryTranslation>gut as run</QueryTranslation>{warned}</eSearchResult>"
    )


def text(*pmids: int) -> str:
    return "\n\n".join(f"PMID- {pmid}\nTI  - Guts.\nSO  - Gut." for pmid in pmids) + "\n"


def searched(*answers: object, **options: Any) -> tuple[Any, ScriptedPages]:
    pages = ScriptedPages(answers)
    run = search(pages, QUERY, settings=SETTINGS, **options)
    assert len(pages.requests) == len(answers)
    assert pages.complete
    return run, pages


def test_what_a_run_says() -> None:
    run, pages = searched(BUILD, listed(3, 1, 2), text(1, 2), text(3), listed(count=3))
    assert (run.source, run.role, run.strategy, run.query) == (
        "pubmed", Role.DATABASE, "main", "gut[ti]",
    )  # fmt: skip
    assert (run.status, run.endpoint) == (RunStatus.COMPLETE, "https://service.invalid/")
    assert (run.count, run.count_unit, run.received) == (3, CountUnit.RECORDS, 3)
    assert (run.identifiers, run.missing, run.warnings) == (("1", "2", "3"), (), ())
    assert (run.build, run.build_records, run.build_updated) == ("B7", 39, "2026/11/01")
    assert (run.searched_at, run.translation) == ("2026-11-01T12:00:02Z", "gut as run")
    assert (run.kind, len(run.pages)) == (RunKind.OWN, 5)
    assert pages.asked("retmax", "id") == [
        ("-", "-"), ("9", "-"), ("-", "1,2"), ("-", "3"), ("0", "-"),
    ]  # fmt: skip


def test_numbers_are_in_order_and_what_did_not_come_is_named() -> None:
    run, _ = searched(BUILD, listed(10, 9), text(9), text(9), NONE, listed(count=2))
    assert (run.identifiers, run.missing, run.received) == (("9", "10"), ("10",), 1)
    assert run.warnings == ("1 listed record did not come, asked for twice: 10",)


def test_the_list_alone() -> None:
    run, _ = searched(BUILD, listed(2, 1), fetch=False)
    assert (run.count, run.received, run.identifiers, run.missing) == (2, None, ("1", "2"), ())


def test_nothing_is_believed_when_it_was_said_twice() -> None:
    run, pages = searched(BUILD, listed(), listed(), fetch=False)
    assert (run.count, run.identifiers) == (0, ())
    assert pages.asked("retmax")[1:] == [("9",), ("9",)]
    later, _ = searched(BUILD, listed(), listed(1), fetch=False)
    assert (later.count, later.identifiers) == (1, ("1",))


def test_what_pubmed_says_beside_its_list_is_kept_once() -> None:
    said = "<OutputMessage>a word</OutputMessage>"
    run, _ = searched(BUILD, listed(1, said=said + said), text(1), listed(count=1))
    assert run.warnings == ("a word",)


def test_phrases_are_acknowledged_by_the_settings_and_by_the_query() -> None:
    said = "<PhraseIgnored>a</PhraseIgnored><PhraseIgnored>b</PhraseIgnored>"
    answers = [BUILD, listed(1, said=said)]
    known = PubmedSettings(acknowledged=("a",))
    query = CompiledQuery(source="pubmed", strategy="main", text="x", acknowledged=("b",))
    assert search(ScriptedPages(answers), query, fetch=False, settings=known).count == 1
    for one, settings in ((QUERY, known), (query, SETTINGS)):
        with pytest.raises(Flawed, match="ignored"):
            search(ScriptedPages(answers), one, fetch=False, settings=settings)


def test_where_more_is_counted_at_the_end_the_list_is_made_anew() -> None:
    run, _ = searched(
        BUILD, listed(1), text(1), listed(count=2), listed(2, 1), text(2), listed(count=2)
    )
    assert (run.count, run.identifiers, run.received) == (2, ("1", "2"), 2)
    assert run.warnings == ("the count moved from 1 to 2 while records were fetched",)


def test_where_less_is_counted_at_the_end_the_list_stays_and_it_is_told() -> None:
    run, _ = searched(BUILD, listed(1, 2), text(1, 2), listed(count=1))
    assert (run.count, run.received) == (2, 2)
    assert run.warnings == ("the count moved from 2 to 1 while records were fetched",)


def test_where_the_list_has_no_more_than_before_it_is_taken_as_it_was() -> None:
    run, _ = searched(BUILD, listed(1), text(1), listed(count=2), listed(3))
    assert (run.count, run.identifiers) == (1, ("1",))


def test_a_record_that_left_the_list_meanwhile_is_not_received() -> None:
    run, _ = searched(
        BUILD, listed(1), text(1), listed(count=2), listed(3, 2), text(2, 3), listed(count=2)
    )
    assert (run.identifiers, run.received, run.missing) == (("2", "3"), 2, ())


def test_a_count_that_moves_three_times_is_an_error() -> None:
    answers: list[object] = [BUILD, listed(1), text(1)]
    for last in (2, 3, 4):
        numbers = range(1, last + 1)
        answers += [listed(count=last), listed(*numbers), text(last)]
    pages = ScriptedPages(answers[:-1])
    with pytest.raises(NotARealAnswer) as error:
        search(pages, QUERY, settings=SETTINGS)
    assert error.value.what == "the count moved each of 3 times that records were fetched"
    assert error.value.where == "PubMed"
    assert error.value.hint == "PubMed is being updated; run again in an hour"
    assert (pages.used, pages.complete) == ((), False)


@dataclass
class Counted:
    """What is known: how many records the same search counted before."""

    names: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()

    def lost(self, record: Record) -> tuple[str, ...]:
        return ()

    def count(self, query: str) -> int | None:
        return 900


def test_a_count_far_below_the_one_before_is_refused() -> None:
    pages = ScriptedPages([BUILD, listed(1)], earlier=Counted())
    with pytest.raises(NotARealAnswer, match="where the same search counted 900") as error:
        search(pages, QUERY, fetch=False, settings=SETTINGS)
    assert error.value.where == "PubMed"


def test_who_waits_sees_how_far_it_is() -> None:
    seen: list[tuple[int, int]] = []
    searched(
        BUILD, listed(1, 2, 3), text(1, 2), text(3), listed(count=3),
        progress=lambda done, whole: seen.append((done, whole)),
    )  # fmt: skip
    assert seen == [(0, 3), (2, 3), (3, 3)]


def test_records_that_are_asked_for_by_number() -> None:
    pages = ScriptedPages([BUILD, text(9), text(9), NONE])
    seen: list[tuple[int, int]] = []
    run = fetch_by_pmid(
        pages,
        ["10", "9", "10"],
        settings=SETTINGS,
        progress=lambda done, whole: seen.append((done, whole)),
    )
    assert (run.kind, run.strategy, run.query) == (RunKind.MONITOR, RECORD_MONITOR, "")
    assert (run.count, run.received, run.identifiers, run.missing) == (2, 1, ("9", "10"), ("10",))
    assert (run.searched_at, run.build, run.warnings) == ("2026-11-01T12:00:01Z", "B7", ())
    assert pages.complete
    assert seen == [(0, 2), (2, 2)]


def test_the_count_and_its_first_numbers_are_one_request() -> None:
    said = "<PhraseIgnored>a</PhraseIgnored>"
    pages = ScriptedPages([listed(5, 4, count=3, said=said)])
    counted = count_once(pages, "gut", 2)
    assert (counted.count, counted.ids, counted.is_whole) == (3, ("5", "4"), False)
    assert (counted.translation, counted.warnings) == ("gut as run", ("PhraseIgnored: a",))
    assert pages.asked("term", "retmax") == [("gut", "2")]
    assert pages.complete
    assert count_once(ScriptedPages([listed(1)]), "gut", 2).is_whole
    with pytest.raises(Flawed, match="counted 2 records but listed 1"):
        count_once(ScriptedPages([listed(1, count=2)]), "gut", 2)


def test_a_clause_and_a_page_for_a_person() -> None:
    assert uid_clause(["1", "2"]) == "(1[uid] OR 2[uid])"
    assert search_page(QUERY) == "https://pubmed.ncbi.nlm.nih.gov/?term=gut%5Bti%5D"
