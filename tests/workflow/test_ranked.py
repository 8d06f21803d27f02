"""The ranking of a session: never older than one decision, never in the way, never silent."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from reviewkit.model.errors import ReviewkitError
from reviewkit.model.records import Verdict
from reviewkit.ranking import Vectors, rank, vectorise
from reviewkit.screening.models import Order
from reviewkit.store import Store, record_search
from reviewkit.store.runs import add_run
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.ranking.process import start_process
from reviewkit.workflow.ranking.ranked import BackgroundRanker, rank_database, rank_in_thread
from reviewkit.workflow.ranking.vector_cache import (
    vector_file,
)
from reviewkit.workflow.session.open_screening import SessionOptions, open_session
from reviewkit.workflow.session.screening import ScreeningSession
from tests.helpers.screening_review import (
    NOW,
    make_records,
    make_review,
    run_of,
    session_of,
    ticking,
    wait_until_ranked,
)

RECORDS = make_records(60)
TEXTS = ("guts and nerves",)


def counted() -> Iterator[Vectors]:
    yield vectorise(RECORDS, texts=TEXTS)


def ranked_session(project: ReviewProject) -> ScreeningSession:
    return open_session(
        project, reviewer="ana", options=SessionOptions(order=Order.RANKED), clock=ticking()
    )


def test_an_order_has_learned_from_every_verdict_but_perhaps_the_last() -> None:
    with closing(rank_in_thread(counted, seed=1)) as ranker:
        for number, record in enumerate(RECORDS[:30]):
            ranker.learn(record.key, Verdict.INCLUDE if number % 2 else Verdict.EXCLUDE)
            order = list(ranker.order())
            if order:
                assert not {r.key for r in RECORDS[:number]} & set(order)
        assert set(ranker.catch_up()) == {r.key for r in RECORDS[30:]}
        assert ranker.why(RECORDS[31].key)
        assert ranker.why("pubmed:elsewhere") == ()


@pytest.mark.slow
def test_the_process_gives_the_order_that_the_decisions_give(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=40)
    with Store(project.database, now=NOW) as store:
        vectors = vectorise(record_search.ranking_texts(store), texts=TEXTS)
    decided = {record.key: number % 3 == 0 for number, record in enumerate(RECORDS[:20])}
    with closing(rank_database(project.database, texts=TEXTS, seeds=(), seed=4)) as ranker:
        for key, relevant in reversed(decided.items()):
            ranker.learn(key, Verdict.INCLUDE if relevant else Verdict.EXCLUDE)
            ranker.order()
        assert tuple(ranker.catch_up()) == rank(vectors, decided, seed=4).keys()


def test_what_is_taken_back_or_maybe_teaches_nothing() -> None:
    seeds = [RECORDS[1].key]
    with (
        closing(rank_in_thread(counted, seeds=seeds, seed=1)) as taught,
        closing(rank_in_thread(counted, seeds=seeds, seed=1)) as plain,
    ):
        taught.learn(RECORDS[3].key, Verdict.EXCLUDE)
        taught.order()
        taught.learn(RECORDS[4].key, Verdict.MAYBE)
        taught.learn(RECORDS[3].key, None)
        taught.learn(RECORDS[1].key, Verdict.EXCLUDE)
        taught.order()
        taught.learn(RECORDS[1].key, Verdict.MAYBE)
        taught.learn("pubmed:elsewhere", Verdict.INCLUDE)
        assert list(taught.catch_up()) == list(plain.catch_up())


def test_nobody_waits_while_the_words_are_counted() -> None:
    go_on = threading.Event()

    def slowly() -> Iterator[Vectors | None]:
        yield None
        go_on.wait()
        yield from counted()

    with closing(rank_in_thread(slowly, seed=1)) as ranker:
        assert list(ranker.order()) == []
        for record in RECORDS[:5]:
            ranker.learn(record.key, Verdict.INCLUDE)
            assert list(ranker.order()) == []
        assert ranker.why(RECORDS[0].key) == ()
        assert not ranker.ready
        go_on.set()
        assert len(list(ranker.catch_up())) == 55
        assert ranker.ready


def test_words_counted_again_take_the_place_of_the_kept_ones() -> None:
    go_on = threading.Event()

    def twice() -> Iterator[Vectors]:
        yield vectorise(RECORDS[:30], texts=TEXTS)
        go_on.wait()
        yield from counted()

    with closing(rank_in_thread(twice, seed=1)) as ranker:
        assert set(ranker.catch_up()) == {r.key for r in RECORDS[:30]}
        go_on.set()
        for _ in range(600):
            if len(order := list(ranker.order())) == 60:
                break
            time.sleep(0.01)
        assert set(order) == {r.key for r in RECORDS}


def test_a_decision_on_a_record_that_came_since_has_the_words_counted_again() -> None:
    known = [RECORDS[:30], RECORDS, RECORDS]
    counts = []

    def grown() -> Iterator[Vectors]:
        counts.append(1)
        yield vectorise(known[len(counts) - 1], texts=TEXTS)

    with closing(rank_in_thread(grown, seed=1)) as ranker:
        ranker.catch_up()
        ranker.learn(RECORDS[45].key, Verdict.EXCLUDE)
        for _ in range(600):
            if len(order := list(ranker.order())) == 59:
                break
            time.sleep(0.01)
        assert set(order) == {r.key for r in RECORDS} - {RECORDS[45].key}
        ranker.learn("pubmed:elsewhere", Verdict.EXCLUDE)
        ranker.learn(RECORDS[1].key, Verdict.EXCLUDE)
        assert len(list(ranker.catch_up())) == 58


def test_what_goes_wrong_in_the_worker_is_raised_to_whoever_asks() -> None:
    def fails() -> Iterator[Vectors]:
        yield from ()
        raise OSError("the disk is gone")

    with (
        closing(rank_in_thread(fails, seed=1)) as ranker,
        pytest.raises(ReviewkitError, match="the disk is gone"),
    ):
        ranker.catch_up()


@pytest.mark.slow
def test_a_worker_that_dies_is_told_and_nobody_waits_for_it(tmp_path: Path) -> None:
    project = make_review(tmp_path)
    worker = start_process()
    assert worker is not None
    worker.end()
    ranker = rank_database(project.database, texts=TEXTS, seeds=(), seed=1, worker=worker)
    with pytest.raises(ReviewkitError, match="ended unexpectedly"):
        ranker.order()
    ranker.close()
    ranker.close()


@pytest.mark.slow
def test_a_session_says_in_which_order_records_come(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=40)
    with ranked_session(project) as session:
        wait_until_ranked(session)
        assert session.view is not None
        assert session.view.why
    assert vector_file(project.database).exists()
    with ranked_session(project) as again:
        assert again.order_words == "ranked order"
    with open_session(
        project, reviewer="ana", options=SessionOptions(order=Order.DATE), clock=ticking()
    ) as dated:
        assert dated.order_words == "date order"


@pytest.mark.slow
def test_what_others_write_meanwhile_is_neither_lost_nor_asked_twice(tmp_path: Path) -> None:
    project, mine, theirs = make_review(tmp_path, count=40), [], []
    more = make_records(6, first=40)
    with ranked_session(project) as session, session_of(project, "rui") as other:
        while session.view is not None:
            mine.append(session.view.record.key)
            session.exclude(1)
            if len(mine) in {5, 9, 20}:
                assert other.view is not None
                theirs.append(other.view.record.key)
                other.include()
            if len(mine) == 12:
                with Store(project.database, now=NOW) as store, store.transaction():
                    run = run_of(more, at="2026-02-02")
                    add_run(store, run, more, protocol=project.protocol_sha256, counts_in_flow=True)
    assert len(set(mine)) == len(mine)
    assert {*mine, *theirs} == {record.key for record in make_records(46)}


@pytest.mark.slow
def test_a_file_that_cannot_be_kept_stops_nothing(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=40)
    vector_file(project.database).mkdir()
    with closing(rank_database(project.database, texts=TEXTS, seeds=(), seed=1)) as ranker:
        assert len(list(ranker.catch_up())) == 40
        assert isinstance(ranker, BackgroundRanker)
