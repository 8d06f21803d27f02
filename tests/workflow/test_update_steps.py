"""The steps of an update: when it begins, goes on or is refused; what it judges again; how it ends.

What the searches bring is in test_update.py.
"""

import datetime
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reviewkit.model.errors import ReviewkitError, UsageError
from reviewkit.model.records import Verdict
from reviewkit.protocol.model import Citations
from reviewkit.store import run_log, update_log
from reviewkit.store.locks import update_lock
from reviewkit.store.runs import add_run
from reviewkit.store.update_log import EndedUpdate
from reviewkit.workflow.project import open_project
from reviewkit.workflow.reproducing import reproduce
from reviewkit.workflow.searching.search import NetworkUse
from reviewkit.workflow.updates.update import Notify, update
from reviewkit.workflow.updates.update_models import CitationNews, UpdateOptions, UpdateResult
from tests.helpers.living import PROTOCOL, START, LivingReview, corpus_of, make_living, work
from tests.helpers.stores import search_run
from tests.servers.eutils_server import EutilsServer, Fault

pytestmark = pytest.mark.slow
AS_OF = datetime.date(2025, 12, 31)
BEGUN_AT = "2026-01-05T06:00:00.000Z"
A_WEEK_LATER = "2026-01-12T06:00:00.000Z"


@pytest.fixture(scope="module")
def pubmed() -> Iterator[EutilsServer]:
    with EutilsServer(corpus_of(0)) as server:
        yield server


@pytest.fixture
def review(tmp_path: Path, pubmed: EutilsServer) -> LivingReview:
    """A review that was never updated, of a PubMed with two works."""
    return fresh(tmp_path, pubmed)


def fresh(folder: Path, server: EutilsServer, protocol: str = PROTOCOL) -> LivingReview:
    server.corpus = corpus_of(2)
    server.requests.clear()
    server._scripts.clear()
    return make_living(folder, server, protocol)


def updated(
    review: LivingReview,
    options: UpdateOptions | None = None,
    *,
    notify: Notify = lambda result: None,
) -> UpdateResult | None:
    """An update at the review's time, which stays where it is."""
    searcher = review.searcher()
    try:
        return update(review.project, searcher, options or UpdateOptions(), notify=notify)
    finally:
        assert searcher.transport is not None
        searcher.transport.close()


def cut_off(review: LivingReview, options: UpdateOptions | None = None) -> None:
    """An update whose process ends when everything is stored, before anything was reported."""

    def end(result: UpdateResult) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        updated(review, options, notify=end)


def last(review: LivingReview) -> EndedUpdate | None:
    with review.store() as store:
        return update_log.last_update(store)


def ends(review: LivingReview) -> list[tuple[int, str, str, int, str]]:
    """Number, time, outcome, last run and summary of every end."""
    with review.store() as store:
        return store.rows(
            "SELECT update_number, ended_at, outcome, last_run, summary FROM update_ends "
            "ORDER BY update_number"
        )


# What is refused before anything happens.


def test_a_published_review_that_states_no_strategy_is_refused(review: LivingReview) -> None:
    protocol = review.project.protocol.model_copy(update={"strategies": ()})
    published = protocol.model_copy(update={"reported": object()})
    review.project = replace(review.project, protocol=published)
    with pytest.raises(UsageError, match="has no strategy") as error:
        updated(review)
    where = str(review.project.protocol_path)
    assert (error.value.where, error.value.hint) == (where, "add [[strategies]]")


@pytest.mark.parametrize(
    ("options", "where"),
    [
        (UpdateOptions(as_of=START.date() + datetime.timedelta(1)), "--as-of"),
        (UpdateOptions(window=29), "--window"),
    ],
)
def test_options_that_cannot_be_are_refused(
    review: LivingReview, options: UpdateOptions, where: str
) -> None:
    with pytest.raises(UsageError) as error:
        updated(review, options)
    assert error.value.where == where
    assert error.value.hint
    assert review.server.requests == []
    assert not review.project.database.exists()


@pytest.mark.parametrize("options", [UpdateOptions(as_of=START.date()), UpdateOptions(window=30)])
def test_today_and_the_shortest_window_are_taken(
    review: LivingReview, options: UpdateOptions
) -> None:
    found = updated(review, options)
    assert found is not None
    assert found.options == options


def test_citation_searching_without_a_place_for_its_finds_is_refused_at_once(
    review: LivingReview,
) -> None:
    wanted = Citations(directions=("forward",))
    protocol = review.project.protocol.model_copy(update={"citations": wanted})
    review.project = replace(review.project, protocol=protocol)
    with pytest.raises(UsageError, match="no source for what citation searching finds"):
        updated(review)
    assert review.server.requests == []


def test_beside_another_update_nothing_is_done(review: LivingReview) -> None:
    notified: list[UpdateResult] = []
    with update_lock(review.project.database):
        assert updated(review, notify=notified.append) is None
    assert notified == []
    assert review.server.requests == []


# How it begins.


def test_an_update_is_told_to_its_caller_once_and_ends_with_what_it_found(
    review: LivingReview,
) -> None:
    notified: list[UpdateResult] = []
    found = updated(review, notify=notified.append)
    assert notified == [found]
    assert found is not None
    assert (found.number, found.begun_at, found.options) == (1, BEGUN_AT, UpdateOptions())
    assert (found.resumed, found.dry_run, found.citations) == (False, False, None)
    assert (found.monitored, found.monitor_failed, len(found.sources)) == (0, None, 1)

    ended = last(review)
    assert ended == EndedUpdate(
        number=1,
        begun_at=BEGUN_AT,
        ended_at=BEGUN_AT,
        outcome="complete",
        last_run=1,
        summary={
            "outcome": "complete",
            "news": True,
            "new": 2,
            "gone": 0,
            "changed": 0,
            "queued": 2,
            "ineligible": 0,
            "questions": 0,
            "waiting": 2,
            "watched": 0,
            "failed": {},
            "watch_failed": None,
        },
        protocol_sha256=review.project.protocol_sha256,
    )
    with review.store() as store:
        stored = store.rows("SELECT protocol_sha256, review, toml FROM protocols")
    assert stored == [(review.project.protocol_sha256, "guts", review.project.protocol_text)]


def test_the_services_are_asked_although_the_cache_would_do(review: LivingReview) -> None:
    review.update()
    review.update()
    review.server.corpus.add(work(2000))
    searcher = replace(review.searcher(), network_use=NetworkUse.WHERE_NEEDED)
    found = update(review.project, searcher, UpdateOptions())
    assert found is not None
    assert [change.identifier for change in found.changes] == ["2000"]


def test_an_answer_that_has_far_less_than_the_store_is_doubted(review: LivingReview) -> None:
    review.server.corpus = corpus_of(30)
    review.update()
    review.server.corpus = corpus_of(2)
    found = review.update()
    assert found.outcome == "failed"
    assert (found.sources[0].failed or "").startswith("counted 2 records where")


def test_a_dry_run_is_told_as_one_and_has_no_number(review: LivingReview) -> None:
    notified: list[UpdateResult] = []
    options = UpdateOptions(as_of=AS_OF)
    found = update(review.project, review.searcher(), options, dry_run=True, notify=notified.append)
    assert notified == [found]
    assert found is not None
    assert (found.number, found.dry_run, found.queued) == (None, True, 2)
    assert found.options == options
    assert not review.project.database.exists()


CITED_FIRST = PROTOCOL.replace(
    '[[sources]]\nid = "pubmed"',
    '[[sources]]\nid = "citations"\nname = "Citation searching"\nrole = "citations"\n'
    '[[sources]]\nid = "pubmed"',
)


def test_where_citations_are_asked_apart_the_other_sources_are_searched(
    tmp_path: Path, pubmed: EutilsServer
) -> None:
    review = fresh(tmp_path, pubmed, CITED_FIRST + '[citations]\ndirections = ["forward"]\n')
    found = updated(review)
    assert found is not None
    assert [(one.source, bool(one.difference)) for one in found.sources] == [("pubmed", True)]
    assert found.citations == CitationNews(seeds=0)


# What was cut off.


@pytest.mark.parametrize("options", [UpdateOptions(), UpdateOptions(as_of=AS_OF)])
def test_an_update_that_was_cut_off_goes_on_and_is_the_same_one(
    review: LivingReview, options: UpdateOptions
) -> None:
    cut_off(review, options)
    before = len(review.server.requests)
    review.at += datetime.timedelta(days=1, seconds=-1)
    found = updated(review, options)
    assert found is not None
    assert (found.resumed, found.number, found.begun_at) == (True, 1, BEGUN_AT)
    assert len(review.server.requests) == before
    assert review.said[-1] == f"Resuming the update that began {BEGUN_AT}."
    assert [end[:3] for end in ends(review)] == [(1, BEGUN_AT, "complete")]


@pytest.mark.parametrize(
    ("days", "options"),
    [(1, UpdateOptions()), (0.5, UpdateOptions(as_of=AS_OF))],
    ids=["a day later", "with other options"],
)
def test_else_it_is_ended_as_cut_off_and_what_it_brought_is_told_by_the_next(
    review: LivingReview, days: float, options: UpdateOptions
) -> None:
    review.update(days=7)
    review.server.corpus.add(work(2000, day="2026/01/08"))
    cut_off(review)
    review.at += datetime.timedelta(days=days)
    found = updated(review, options)
    assert found is not None
    assert (found.resumed, found.number) == (True, 3)
    assert [change.identifier for change in found.changes] == ["2000"]
    assert not [said for said in review.said if said.startswith("Resuming")]

    now = found.begun_at
    assert ends(review)[1] == (2, now, "cut off", 2, "{}")
    assert [end[0] for end in ends(review)] == [1, 2, 3]
    ended = last(review)
    assert ended is not None
    assert (ended.number, ended.last_run) == (3, 3)


def test_after_the_cut_no_source_is_searched_again(tmp_path: Path, pubmed: EutilsServer) -> None:
    more = '[[sources]]\nid = "embase"\nname = "Embase"\nrole = "database"\n[[strategies]]'
    review = fresh(tmp_path, pubmed, PROTOCOL.replace("[[strategies]]", more))
    cut_off(review)
    review.server.corpus.add(work(2000))
    found = updated(review)
    assert found is not None
    searched, cannot = found.sources
    assert searched.difference is not None
    assert [change.identifier for change in searched.difference.changes] == ["1000", "1001"]
    assert "cannot search Embase" in (cannot.cannot or "")
    assert (cannot.source, cannot.failed, cannot.difference) == ("embase", None, None)


def test_a_source_whose_pages_came_before_the_cut_is_not_asked_again(
    review: LivingReview, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process ends after the pages came, and before they were stored."""

    def end(*notified: object, **named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("reviewkit.workflow.updates.source_search.store_search", end)
        with pytest.raises(KeyboardInterrupt):
            updated(review)
    before = len(review.server.requests)
    review.at += datetime.timedelta(hours=1)
    found = updated(review)
    assert found is not None
    assert (found.resumed, found.queued) == (True, 2)
    assert len(review.server.requests) == before, "its pages are in the cache"


# What is judged again.


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Each time that the records are judged, by the database that they are in."""
    calls: list[object] = []
    judge = reproduce.judge

    def noted(store: Any, project: Any) -> object:
        calls.append(project)
        return judge(store, project)

    monkeypatch.setattr(reproduce, "judge", noted)
    return calls


def test_an_update_without_news_judges_nothing(review: LivingReview, judged: list[object]) -> None:
    review.update()
    assert judged == [review.project]
    review.update()
    assert len(judged) == 1


def test_what_an_update_brings_is_judged(review: LivingReview, judged: list[object]) -> None:
    review.update()
    review.server.corpus.add(work(2000))
    review.update()
    assert len(judged) == 2


def test_what_another_command_brought_since_is_judged(
    review: LivingReview, judged: list[object]
) -> None:
    review.update()
    with review.store() as store, store.transaction():
        sha256 = review.project.protocol_sha256
        run = replace(search_run(), source="lilacs", strategy="words")
        add_run(store, run, (), protocol=sha256, counts_in_flow=True)
    review.update()
    assert len(judged) == 2


def test_under_another_protocol_everything_is_judged_again(
    review: LivingReview, judged: list[object]
) -> None:
    review.update()
    path = review.project.protocol_path
    path.write_text(PROTOCOL.replace("in English", "in English only"), encoding="utf-8")
    review.project = open_project(path)
    review.update()
    assert len(judged) == 2


def test_an_update_that_goes_on_judges_what_may_not_have_been(
    review: LivingReview, judged: list[object]
) -> None:
    review.update()
    cut_off(review)
    assert len(judged) == 1
    updated(review)
    assert len(judged) == 2


# How it ends.


def test_an_update_that_could_not_be_sent_has_ended_all_the_same(review: LivingReview) -> None:
    def fail(result: UpdateResult) -> None:
        raise ReviewkitError("the address does not answer")

    with pytest.raises(ReviewkitError, match="does not answer"):
        updated(review, notify=fail)
    assert [end[:4] for end in ends(review)] == [(1, BEGUN_AT, "complete", 1)]


def test_a_failed_source_is_named_in_the_end_with_its_reason(review: LivingReview) -> None:
    review.update()
    review.server.on("esearch", range(1, 40), Fault.SERVER_ERROR)
    found = review.update()
    ended = last(review)
    assert ended is not None
    assert (ended.outcome, ended.last_run, ended.ended_at) == ("failed", 3, A_WEEK_LATER)
    assert ended.summary["failed"] == {"pubmed": found.sources[0].failed}


def test_what_the_monitor_finds_tells_why_a_record_is_gone(review: LivingReview) -> None:
    review.update()
    review.decide("pubmed:1000", Verdict.INCLUDE)
    review.server.corpus.delete("1000")
    found = review.update()
    (change,) = found.changes
    assert (found.monitored, change.evidence) == (
        1,
        "requested by its identifier: no record returned",
    )
    with review.store() as store:
        assert run_log.newest_run_number(store) == 3
    ended = last(review)
    assert ended is not None
    assert (ended.last_run, ended.summary["watched"], ended.summary["gone"]) == (3, 1, 1)


def test_where_the_monitor_fails_the_end_says_so(review: LivingReview) -> None:
    review.update()
    review.decide("pubmed:1000", Verdict.INCLUDE)
    review.server.corpus.delete("1000")
    review.server.on("efetch", range(1, 40), Fault.SERVER_ERROR)
    found = review.update()
    assert found.monitor_failed
    ended = last(review)
    assert ended is not None
    assert (ended.outcome, ended.summary["watch_failed"]) == ("failed", found.monitor_failed)
