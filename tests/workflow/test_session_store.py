"""What a session stores and tells of itself: its own count, batches, pace, reports that are lost."""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from reviewkit.model.errors import UsageError
from reviewkit.model.records import Stage, Verdict
from reviewkit.screening.filters import read_filter
from reviewkit.screening.models import Only, RetrievalOutcome
from reviewkit.store import Store
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.session.screening import ScreeningSession
from reviewkit.workflow.session.session_store import SessionStore
from tests.helpers.screening_review import NOW, make_review, session_of, ticking

KEYS = [f"pubmed:0000{number}" for number in range(6)]


class Ranking:
    """A ranking that is not ready at first, and then wants some records before the others."""

    def __init__(self, *wanted: str) -> None:
        self.wanted = wanted
        self.ready = False
        self.closed = False

    def learn(self, record: str, verdict: Verdict | None) -> None:
        pass

    def learn_first(self, included: Sequence[str], excluded: Sequence[str]) -> None:
        pass

    def order(self) -> Iterable[str]:
        return self.wanted

    def why(self, record: str) -> tuple[tuple[str, float], ...]:
        return ()

    def renew(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


@contextmanager
def store_of_ana(project: ReviewProject, ranking: Ranking | None = None) -> Iterator[SessionStore]:
    with session_of(project, "ana") as session:
        config = session.config
    with Store(project.database, now=NOW) as store:
        yield SessionStore(store, config, ranking)


def own(session: ScreeningSession, record: str) -> tuple[Verdict, str | None] | None:
    view = session.navigation.jump(record).view
    assert view is not None
    return None if view.own is None else (view.own.verdict, view.own.reason)


def choose(session: ScreeningSession, words: str) -> list[str]:
    session.navigation.set_filter(read_filter(words))
    return [match.record for match in session.many.matching()]


def test_a_session_counts_its_own_decisions_only(tmp_path: Path) -> None:
    project, clock = make_review(tmp_path), ticking()
    with session_of(project, clock=clock) as session:
        lines = []
        for act in (session.include, session.exclude, session.maybe, session.undo, session.undo):
            act()
            lines.append(session.progress.session)
        assert lines == [1, 2, 3, 2, 1]
    with session_of(project, clock=clock) as session:
        session.undo()
        assert (session.progress.session, session.progress.done) == (0, 0)


def test_a_session_counts_what_it_decided_at_once(tmp_path: Path) -> None:
    with session_of(make_review(tmp_path)) as session:
        session.include()
        session.many.decide(choose(session, "mice"), Verdict.EXCLUDE, 1)
        assert session.progress.session == 6
        session.undo()
        assert session.progress.session == 1


def test_undo_of_many_by_a_later_session_counts_nothing_of_its_own(tmp_path: Path) -> None:
    project, clock = make_review(tmp_path), ticking()
    with session_of(project, clock=clock) as session:
        records = choose(session, "mice")
        session.many.decide(records, Verdict.EXCLUDE, 2)
        assert own(session, records[0]) == (Verdict.EXCLUDE, "in animals only")
    with session_of(project, clock=clock) as session:
        session.navigation.jump(records[1])
        session.include()
        said = session.many.undo_last().message
        assert said == "Taken back: 5 decisions. 1 was decided on again since, and stays."
        assert session.progress.session == 0
        assert [own(session, record) for record in records[:3]] == [
            None,
            (Verdict.INCLUDE, None),
            None,
        ]


def test_many_are_none_where_others_were_first(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=1)
    with store_of_ana(project) as ana:
        with session_of(project, "rui") as rui:
            rui.include()
        assert ana.decide_many(KEYS[:1], Verdict.MAYBE, None, "words") == (None, 0)


def test_many_can_be_one(tmp_path: Path) -> None:
    with store_of_ana(make_review(tmp_path)) as ana:
        batch, count = ana.decide_many(KEYS[:1], Verdict.EXCLUDE, "not on guts", "words")
        assert batch is not None
        assert count == 1
        assert ana.take_back_many(batch) == (1, 0)


def test_what_stood_before_comes_back_with_its_reason(tmp_path: Path) -> None:
    with session_of(make_review(tmp_path)) as session:
        session.exclude(2)
        session.navigation.jump(KEYS[0])
        session.include()
        session.undo()
        assert own(session, KEYS[0]) == (Verdict.EXCLUDE, "in animals only")


@pytest.mark.parametrize("at_once", [False, True])
def test_others_are_heard_after_each_kind_of_step(tmp_path: Path, at_once: bool) -> None:
    project = make_review(tmp_path)

    def rui_decides(record: str) -> None:
        with session_of(project, "rui") as rui:
            rui.navigation.jump(record)
            rui.include()

    with store_of_ana(project) as ana:
        batch: str | None = None
        if at_once:
            batch, _ = ana.decide_many(KEYS[:2], Verdict.MAYBE, None, "words")
        else:
            name, made = ana.decide(KEYS[0], Verdict.MAYBE, None, None)
        rui_decides(KEYS[4])
        ana.refresh()
        assert ana.queue.deciders(KEYS[4]) == 1

        if batch:
            ana.take_back_many(batch)
        else:
            ana.take_back(name, made)
        rui_decides(KEYS[5])
        ana.refresh()
        assert ana.queue.deciders(KEYS[5]) == 1
        assert ana.queue.own(KEYS[0]) is None


def test_a_ranking_comes_before_the_order_of_the_queue(tmp_path: Path) -> None:
    ranking = Ranking(KEYS[4], KEYS[1], KEYS[3])
    with store_of_ana(make_review(tmp_path, count=6), ranking) as ana:
        assert ana.order_words == "random order until the ranked order is ready"
        ranking.ready = True
        assert ana.order_words == "id order"
        ana.decide(KEYS[1], Verdict.MAYBE, None, None)
        listed = [4, 3, 0, 2, 5]
        assert ana.list_records(Only.TODO, None, limit=10) == [KEYS[n] for n in listed]
        assert ana.list_records(Only.TODO, None, limit=3) == [KEYS[n] for n in listed[:3]]
        assert ana.list_records(Only.TODO, frozenset(KEYS[2:4]), limit=9) == [KEYS[3], KEYS[2]]
        # Records that are decided on are not ranked.
        assert ana.list_records(Only.MAYBE, None, limit=10) == [KEYS[1]]
        assert ana.next_after(KEYS[0], Only.TODO, None) == KEYS[4]
        ana.close_ranker()
        assert ranking.closed


def test_the_pace_begins_with_the_reviewers_own_last_decisions_at_the_stage(
    tmp_path: Path,
) -> None:
    project = make_review(tmp_path)
    hour = datetime.timedelta(hours=1)
    for who, start, seconds in (("ana", NOW, 10.0), ("rui", NOW + hour, 40.0)):
        with session_of(project, who, clock=ticking(start, seconds)) as session:
            for _ in range(5):
                session.include()
    with session_of(project, "ana", clock=ticking(NOW + 2 * hour)) as session:
        assert session.progress.seconds_each == pytest.approx(10.0)
        assert session.progress.session_per_hour is None
    with session_of(project, "ana", stage=Stage.FULL_TEXT) as session:
        assert session.progress.seconds_each is None


def test_a_report_that_is_lost_leaves_the_queue_and_comes_back(tmp_path: Path) -> None:
    project, clock = make_review(tmp_path, count=3), ticking()
    with session_of(project, clock=clock) as session:
        for _ in range(3):
            session.include()
    with session_of(project, stage=Stage.FULL_TEXT, clock=clock) as session:
        left = []
        for outcome in (RetrievalOutcome.SOUGHT, RetrievalOutcome.NOT_RETRIEVED):
            session.retrieval.set_outcome(outcome)
            left.append(session.progress.left)
        session.undo()
        left.append(session.progress.left)
        session.undo()
        assert [*left, session.progress.left] == [3, 2, 3, 3]
    with Store(project.database, now=NOW) as store:
        lines = [outcome for (outcome,) in store.rows("SELECT outcome FROM retrievals")]
        assert lines == ["sought", "not_retrieved", "sought", "withdrawn"]


def test_many_that_were_taken_back_are_not_taken_back_again(tmp_path: Path) -> None:
    project, clock = make_review(tmp_path), ticking()
    with session_of(project, clock=clock) as session:
        session.many.decide(choose(session, "mice"), Verdict.EXCLUDE, 2)
        session.undo()
    with session_of(project, clock=clock) as session, pytest.raises(UsageError, match="nothing"):
        session.undo()


def test_behind_the_last_record_of_a_filter_comes_the_first(tmp_path: Path) -> None:
    with store_of_ana(make_review(tmp_path, count=6)) as ana:
        ana.decide_many([KEYS[1], KEYS[3]], Verdict.MAYBE, None, "words")
        assert ana.next_after(KEYS[1], Only.MAYBE, None) == KEYS[3]
        assert ana.next_after(KEYS[3], Only.MAYBE, None) == KEYS[1]
