"""What a session's queue hears while others work, and what its ranking may learn."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from reviewkit.model.records import Stage, Verdict
from reviewkit.screening.models import RetrievalOutcome
from reviewkit.store import Store
from reviewkit.store.runs import add_run
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.session import session_queue
from reviewkit.workflow.session.conflicts import open_conflicts
from reviewkit.workflow.session.session_queue import SessionQueue
from tests.helpers.screening_review import (
    NOW,
    TWO,
    make_records,
    make_review,
    run_of,
    session_of,
    ticking,
)

IN, OUT = Verdict.INCLUDE, Verdict.EXCLUDE
KEYS = [f"pubmed:0000{number}" for number in range(8)]


class Listener:
    """A ranking that notes what it is told, and orders nothing."""

    ready = True

    def __init__(self) -> None:
        self.heard: list[tuple[str, Verdict | None]] = []
        self.at_first: dict[str, Verdict] = {}
        self.renewed = 0

    def learn(self, record: str, verdict: Verdict | None) -> None:
        self.heard.append((record, verdict))

    def learn_first(self, included: Sequence[str], excluded: Sequence[str]) -> None:
        self.at_first = dict.fromkeys(included, IN) | dict.fromkeys(excluded, OUT)

    def order(self) -> Iterable[str]:
        return ()

    def why(self, record: str) -> tuple[tuple[str, float], ...]:
        return ()

    def renew(self) -> None:
        self.renewed += 1

    def close(self) -> None:
        pass


@contextmanager
def queue_of_ana(
    project: ReviewProject, *, blind: bool
) -> Iterator[tuple[SessionQueue, Listener, Store]]:
    """Ana's queue, what its ranking hears, and the connection that it reads."""
    with session_of(project, "ana", blind=blind) as session:
        config = session.config
    listener = Listener()
    with Store(project.database, now=NOW) as store:
        yield SessionQueue(store, config, listener), listener, store


def says(project: ReviewProject, who: str, *verdicts: Verdict) -> None:
    """What another process does: decisions on the first records that are open to somebody."""
    with session_of(project, who) as session:
        for verdict in verdicts:
            session.include() if verdict is IN else session.exclude()


def bring(project: ReviewProject, first: int, count: int) -> None:
    """A further search."""
    with Store(project.database, now=NOW) as store, store.transaction():
        records = make_records(count, first=first)
        run = run_of(records, at=f"2026-02-0{first}")
        add_run(store, run, records, protocol=project.protocol_sha256, counts_in_flow=True)


@pytest.mark.parametrize("blind", [False, True])
def test_the_ranking_learns_of_colleagues_only_where_nobody_is_blind(
    tmp_path: Path, blind: bool
) -> None:
    project = make_review(tmp_path, count=4, screening=TWO)
    says(project, "ana", IN)
    says(project, "rui", OUT, IN)
    with queue_of_ana(project, blind=blind) as (queue, listener, _):
        # They differ on the first; the second has Rui's verdict alone.
        assert listener.at_first == ({KEYS[0]: IN} if blind else {KEYS[1]: IN})

        says(project, "rui", IN)
        says(project, "ana", IN)
        queue.refresh()
        mine = [(KEYS[2], None), (KEYS[1], IN)]
        all_of_us = [(KEYS[2], IN), (KEYS[1], IN)]
        assert sorted(listener.heard) == sorted(mine if blind else all_of_us)
        assert listener.renewed == 0
        # Nothing new: nothing is read, and nothing learned.
        before = list(listener.heard)
        queue.refresh()
        assert listener.heard == before


def test_each_decision_of_others_is_heard_once(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=4, screening=TWO)
    with queue_of_ana(project, blind=False) as (queue, listener, _):
        for number in range(3):
            says(project, "rui", OUT)
            queue.refresh()
            assert listener.heard[number:] == [(KEYS[number], OUT)]
        assert [queue.queue.deciders(key) for key in KEYS[:4]] == [1, 1, 1, 0]


def test_a_conflict_that_is_settled_is_closed_also_in_the_pilot(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=1, screening=f"{TWO}[screening.pilot]\nsize = 1\n")
    says(project, "rui", OUT)
    says(project, "li", IN)
    with queue_of_ana(project, blind=False) as (queue, _, _):
        assert queue.queue.remaining == 1
        with open_conflicts(project, "eva", clock=ticking()) as conflicts:
            conflicts.include()
        queue.refresh()
        assert queue.queue.remaining == 0
        with open_conflicts(project, "eva", clock=ticking()) as conflicts:
            conflicts.undo()
        queue.refresh()
        assert queue.queue.remaining == 1


def test_records_that_come_are_counted_until_they_are_told_and_ranked(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=2, screening=TWO)
    says(project, "rui", IN)
    with queue_of_ana(project, blind=False) as (queue, listener, _):
        queue.queue.skip(KEYS[0])
        for first in (2, 4):
            bring(project, first, 2)
            queue.refresh()
        assert listener.renewed == 2
        assert queue.count_new_records() == 4
        assert queue.count_new_records() == 0
        assert [*queue.queue.order] == KEYS[:6]
        assert queue.queue.skipped == {KEYS[0]}
        # What was known is learned again, since the ranking has begun anew.
        assert set(listener.heard) == {(KEYS[0], IN)}


def test_what_was_taken_back_is_learned_no_longer(tmp_path: Path) -> None:
    project = make_review(tmp_path, count=3, screening=TWO)
    says(project, "rui", IN, OUT)
    with queue_of_ana(project, blind=False) as (queue, listener, _):
        with session_of(project, "rui") as session:
            session.undo()
        bring(project, 3, 1)
        queue.refresh()
        assert set(listener.heard) == {(KEYS[0], IN), (KEYS[1], None)}
        assert queue.queue.verdicts(of_all=True) == {KEYS[0]: IN}
        # Reading again what has not changed renews nothing.
        queue.reload()
        assert listener.renewed == 1


def test_without_news_only_the_version_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_review(tmp_path, count=3)
    with queue_of_ana(project, blind=False) as (queue, listener, _):
        monkeypatch.setattr(session_queue, "stage_mark", None)
        queue.refresh()
        monkeypatch.undo()

        says(project, "rui", IN)
        queue.refresh()
        assert listener.heard == [(KEYS[0], IN)]
        monkeypatch.setattr(session_queue, "stage_mark", None)
        queue.refresh()


def test_what_a_session_told_of_its_reports_does_not_make_it_read_the_stage_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_review(tmp_path, count=3, screening=TWO)
    for who in ("ana", "rui"):
        says(project, who, IN, IN)
    at_full_text = Stage.FULL_TEXT
    with (
        session_of(project, "ana", stage=at_full_text) as ana,
        session_of(project, "rui", stage=at_full_text) as rui,
    ):
        ana.retrieval.set_outcome(RetrievalOutcome.RETRIEVED)
        rui.notes.write_note("a good one")
        monkeypatch.setattr(session_queue, "read_facts", None)
        assert ana.include().view is not None
        assert ana.progress.done == 1
