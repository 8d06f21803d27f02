"""Two machines may give a decision the same step and time: then its name decides, everywhere."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reviewkit.model.records import Stage, Verdict
from reviewkit.store import Store
from reviewkit.store.events import DECISION, add_event, event_sha256
from reviewkit.store.screening_queries import (
    decision_before,
    decision_history,
    decisions_on,
    last_to_undo,
    recent_times,
    stage_decisions,
    verdicts_by_record,
)
from tests.helpers.screening_history import protocol_of
from tests.helpers.screening_review import NOW, make_review

RECORD, STAGE = "pubmed:00000", Stage.TITLE_ABSTRACT
EARLY, LATE = "2026-01-01T00:00:00+00:00", "2026-01-02T00:00:00+00:00"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(make_review(tmp_path, count=1).database, now=NOW) as store:
        yield store


def said(store: Store, verdict: Verdict, *, step: int, at: str, note: str = "") -> dict[str, Any]:
    return {
        "kind": "decision",
        "protocol_sha256": protocol_of(store),
        "step": step,
        "record": RECORD,
        "stage": STAGE,
        "reviewer": "ana",
        "verdict": verdict,
        "reason": None,
        "note": note,
        "decided_at": at,
        "undoes": None,
    }


def current(store: Store) -> set[Verdict]:
    """The verdict that counts, asked in each way that there is."""
    (on_record,) = decisions_on(store, RECORD)
    return {
        verdicts_by_record(store, STAGE)[RECORD]["ana"],
        Verdict(stage_decisions(store, STAGE, RECORD).decided["ana"]),
        on_record[0].verdict,
    }


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("one", "two"),
    [
        # The later step counts, whatever the clocks said.
        ({"step": 1, "at": LATE}, {"step": 2, "at": EARLY}),
        # Of one step the later time, and of one time the greater name.
        ({"step": 1, "at": EARLY}, {"step": 1, "at": LATE}),
        ({"step": 1, "at": EARLY}, {"step": 1, "at": EARLY}),
    ],
)
def test_the_same_decision_counts_in_whatever_order_they_came(
    store: Store, one: dict[str, Any], two: dict[str, Any], turned: bool
) -> None:
    first = said(store, Verdict.INCLUDE, **one)
    second = said(store, Verdict.EXCLUDE, **two)
    if one == two and event_sha256(first) > event_sha256(second):
        first, second = second, first
    with store.transaction():
        for event in (second, first) if turned else (first, second):
            add_event(store, DECISION, event)
    assert current(store) == {second["verdict"]}
    # A third one replaces the one that counts.
    third = said(store, Verdict.MAYBE, step=3, at=LATE)
    with store.transaction():
        add_event(store, DECISION, third)
    before = decision_before(store, event_sha256(third))
    assert before is not None
    assert before.verdict is second["verdict"]
    assert current(store) == {Verdict.MAYBE}
    assert decision_before(store, event_sha256(first)) is None
    assert decision_before(store, "no such name") is None


def test_what_was_stored_last_is_undone_first_whatever_the_clock_said(store: Store) -> None:
    events = [
        said(store, verdict, step=step, at=at)
        for step, (verdict, at) in enumerate(
            [(Verdict.INCLUDE, LATE), (Verdict.EXCLUDE, EARLY), (Verdict.MAYBE, EARLY)], start=1
        )
    ]
    with store.transaction():
        for event in events:
            add_event(store, DECISION, event)
    last = last_to_undo(store, "ana", STAGE)
    assert last is not None
    assert (last[0], last[1].verdict) == (event_sha256(events[-1]), Verdict.MAYBE)
    assert last_to_undo(store, "ana", Stage.FULL_TEXT) is None
    assert last_to_undo(store, "rui", STAGE) is None

    undoing = said(store, Verdict.EXCLUDE, step=4, at=EARLY) | {"undoes": last[0]}
    with store.transaction():
        add_event(store, DECISION, undoing)
    before_it = last_to_undo(store, "ana", STAGE)
    assert before_it is not None
    assert before_it[0] == event_sha256(events[1])


def test_the_history_is_read_as_it_was_stored_and_that_of_a_record_by_step(store: Store) -> None:
    said_at = [(Verdict.INCLUDE, LATE), (Verdict.EXCLUDE, EARLY), (Verdict.MAYBE, EARLY)]
    with store.transaction():
        for step, (verdict, at) in enumerate(said_at, start=1):
            add_event(store, DECISION, said(store, verdict, step=step, at=at))
    verdicts = [decision.verdict for decision in decision_history(store, "ana", STAGE)]
    assert verdicts == [Verdict.MAYBE, Verdict.EXCLUDE, Verdict.INCLUDE]
    of_record = decision_history(store, "ana", STAGE, record=RECORD, limit=2)
    assert [decision.verdict for decision in of_record] == [Verdict.MAYBE, Verdict.EXCLUDE]
    assert [len(decision_history(store, "ana", STAGE, limit=n)) for n in (0, 1, 9)] == [0, 1, 3]
    # The pace counts the latest that were stored, the oldest first.
    times = [time.isoformat() for time in recent_times(store, "ana", STAGE, 2)]
    assert times == [EARLY, EARLY]
    assert recent_times(store, "ana", STAGE, 9)[0].isoformat() == LATE


def test_ties_do_not_depend_on_the_order_in_which_events_came(tmp_path: Path) -> None:
    orders = list(itertools.permutations(range(3)))
    found = set()
    for number, order in enumerate(orders):
        with Store(make_review(tmp_path / str(number), count=1).database, now=NOW) as store:
            events = [
                said(store, verdict, step=1, at=EARLY, note=note)
                for verdict, note in zip([*Verdict][:3], "abc", strict=True)
            ]
            with store.transaction():
                for place in order:
                    add_event(store, DECISION, events[place])
            greatest = max(events, key=event_sha256)
            assert current(store) == {greatest["verdict"]}
        found.add(greatest["verdict"])
    assert len(found) == 1
