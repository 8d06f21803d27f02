"""What the database says of decisions: who said what, how far the team is, what is settled."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reviewkit.model.records import Decision, Role, RunKind, Stage, Verdict
from reviewkit.prisma.partition import RecordState, Selection, State
from reviewkit.store import Store, reviewer_queries
from reviewkit.store.decisions import (
    add_decision,
    add_decisions,
    count_pending,
    current_decisions,
    flow_selection,
    includers,
    inclusions_settled,
    name_published_reviewer,
    of_work,
    published_reviewers,
    records_decided,
    settlements,
    states,
    steps_taken,
)
from reviewkit.store.events import RETRIEVAL, append
from reviewkit.store.runs import add_run
from tests.helpers.screening_history import NEEDED, decide, protocol_of, settle
from tests.helpers.screening_review import NOW, make_records, make_review, run_of
from tests.helpers.stores import set_leads
from tests.helpers.verdicts import verdicts_of

A, B, C, D = (f"pubmed:0000{i}" for i in range(4))
TITLES, FULL = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
INCLUDE, EXCLUDE, MAYBE = Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.MAYBE
TEAM, PUBLISHED = Selection.TEAM, Selection.PUBLISHED


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Four records; two reviewers are needed at each stage."""
    with Store(make_review(tmp_path, count=4).database, now=NOW) as opened:
        with opened.transaction():
            reviewer_queries.set_stages(opened, NEEDED)
        yield opened


def say(store: Store, *decided: tuple[str, str, Verdict], stage: Stage = TITLES) -> None:
    """Record, reviewer and verdict; what is excluded has the reason "off"."""
    with store.transaction():
        for record, who, verdict in decided:
            reason = "off" if verdict is EXCLUDE else None
            decide(store, record, who, verdict, stage, reason)


def publish(store: Store, reviewer: str) -> None:
    with store.transaction():
        name_published_reviewer(store, reviewer)


WHOLE = Decision(
    record=A,
    stage=FULL,
    reviewer="ana",
    verdict=EXCLUDE,
    reason="off",
    note="why",
    decided_at="2026-01-01T00:00:00Z",
)


def test_a_decision_is_read_as_it_was_stored(store: Store) -> None:
    with store.transaction():
        sha256 = add_decision(store, WHOLE, protocol=protocol_of(store))
        undone = add_decision(
            store,
            replace(WHOLE, verdict=Verdict.WITHDRAWN, reason=None, note=None),
            protocol=protocol_of(store),
            undoes=sha256,
        )
    rows = store.rows("SELECT decision_sha256, undoes, step FROM decisions ORDER BY step")
    assert rows == [(sha256, None, 1), (undone, sha256, 2)]
    with store.transaction():
        add_decision(store, WHOLE, protocol=protocol_of(store))
    (current,) = current_decisions(store)
    assert current == WHOLE
    assert (type(current.stage), type(current.verdict)) == (Stage, Verdict)


def test_what_is_current_word_for_word_is_not_stored_again(store: Store) -> None:
    def count(decision: Decision) -> int:
        with store.transaction():
            add_decisions(store, [decision], protocol=protocol_of(store))
        return int(store.value("SELECT count(*) FROM decisions"))

    assert [count(WHOLE), count(WHOLE)] == [1, 1]
    assert count(replace(WHOLE, note="other")) == 2
    assert count(WHOLE) == 3
    assert count(replace(WHOLE, decided_at="2027")) == 3
    assert count(replace(WHOLE, reviewer="rui")) == 4
    assert count(replace(WHOLE, stage=TITLES)) == 5
    assert count(replace(WHOLE, record=B)) == 6


def test_current_decisions_come_by_record_stage_and_reviewer(store: Store) -> None:
    say(store, (B, "ana", INCLUDE), (A, "rui", EXCLUDE), (A, "ana", MAYBE), (A, "ana", INCLUDE))
    say(store, (A, "ana", INCLUDE), stage=FULL)
    found = [(one.record, one.stage, one.reviewer, one.verdict) for one in current_decisions(store)]
    assert found == [
        (A, TITLES, "ana", INCLUDE),
        (A, TITLES, "rui", EXCLUDE),
        (A, FULL, "ana", INCLUDE),
        (B, TITLES, "ana", INCLUDE),
    ]


def test_a_work_is_a_record_with_its_copies(store: Store) -> None:
    set_leads(store, {C: A, B: A})
    assert of_work(store, A) == ("record IN (?, ?, ?)", [A, B, C])
    assert of_work(store, D) == ("record IN (?)", [D])


def test_who_is_published_is_named_once_and_its_decisions_are_not_the_team_s(
    store: Store,
) -> None:
    assert published_reviewers(store) == frozenset()
    publish(store, "the review")
    publish(store, "the review")
    assert published_reviewers(store) == {"the review"}
    say(store, (A, "the review", INCLUDE), (B, "ana", EXCLUDE), (B, "rui", EXCLUDE))
    assert records_decided(store) == {B}
    assert verdicts_of(store, TEAM) == {(B, TITLES): ("exclude", "off")}
    assert verdicts_of(store, PUBLISHED) == {(A, TITLES): ("include", None)}
    assert flow_selection(store) is PUBLISHED


def test_who_included_a_work_comes_by_name_copies_together(store: Store) -> None:
    set_leads(store, {B: A})
    say(store, (A, "rui", INCLUDE), (B, "ana", INCLUDE), (C, "ana", EXCLUDE), (D, "ana", MAYBE))
    publish(store, "the review")
    say(store, (D, "the review", INCLUDE))
    assert includers(store, TITLES) == {A: ("ana", "rui")}
    assert includers(store, FULL) == {}


def test_settled_conflicts_come_by_stage_and_person(store: Store) -> None:
    with store.transaction():
        settle(store, A, INCLUDE)
        settle(store, B, EXCLUDE)
        settle(store, A, INCLUDE, FULL)
    assert inclusions_settled(store, TITLES) == {A: "li"}
    assert inclusions_settled(store, FULL) == {A: "li"}
    assert settlements(store) == [(TITLES, "li", 2), (FULL, "li", 1)]


def seek(store: Store, record: str, outcome: str) -> None:
    values = {"record": record, "reviewer": "ana", "outcome": outcome, "told_at": "2026"}
    with store.transaction():
        append(store, RETRIEVAL, values, protocol=protocol_of(store))


def both(store: Store, record: str, one: Verdict, two: Verdict, stage: Stage = TITLES) -> None:
    say(store, (record, "ana", one), (record, "rui", two), stage=stage)


def test_how_far_the_team_is_with_a_record(store: Store) -> None:
    assert steps_taken(store) == {}
    say(store, (A, "ana", INCLUDE))
    assert steps_taken(store) == {A: 1}, "one of two has included it"
    say(store, (A, "rui", INCLUDE))
    both(store, B, EXCLUDE, EXCLUDE)
    both(store, C, INCLUDE, EXCLUDE)
    assert steps_taken(store) == {A: 2, B: 1, C: 1}
    with store.transaction():
        settle(store, C, INCLUDE)
    assert steps_taken(store)[C] == 2
    seek(store, C, "not_retrieved")
    seek(store, D, "not_retrieved")
    assert steps_taken(store)[D] == 3, "whatever was said of it"
    seek(store, D, "retrieved")
    seek(store, B, "retrieved")
    both(store, A, INCLUDE, EXCLUDE, FULL)
    assert steps_taken(store) == {A: 4, B: 1, C: 3}
    say(store, (A, "rui", INCLUDE), stage=FULL)
    seek(store, A, "not_retrieved")
    assert steps_taken(store) == {A: 5, B: 1, C: 3}
    publish(store, "the review")
    say(store, (D, "the review", INCLUDE))
    assert D not in steps_taken(store)


def test_each_record_counts_by_its_own_decisions_not_by_those_of_its_copies(store: Store) -> None:
    set_leads(store, {B: A})
    both(store, B, INCLUDE, INCLUDE)
    assert steps_taken(store) == {B: 2}


def test_the_partition_has_each_record_once_by_key_with_its_state(store: Store) -> None:
    both(store, C, EXCLUDE, EXCLUDE)
    set_leads(store, {B: A})
    found = states(store)
    assert found == [
        RecordState(record=key, source="pubmed", role=Role.DATABASE, state=state, reason=reason)
        for key, state, reason in (
            (A, State.AWAITING_SCREENING, None),
            (B, State.DUPLICATE, A),
            (C, State.RECORD_EXCLUDED, "off"),
            (D, State.AWAITING_SCREENING, None),
        )
    ]
    assert {(type(one.role), type(one.state)) for one in found} == {(Role, State)}
    assert count_pending(store) == 2


def test_each_selection_has_its_own_partition(store: Store) -> None:
    publish(store, "the review")
    say(store, (A, "the review", EXCLUDE))
    both(store, B, EXCLUDE, EXCLUDE)
    of = {
        selection: {one.record for one in states(store, selection) if one.reason == "off"}
        for selection in (TEAM, PUBLISHED)
    }
    assert of == {TEAM: {B}, PUBLISHED: {A}}


def test_what_an_update_brought_can_be_left_out(store: Store) -> None:
    more = make_records(1, first=4)
    run = replace(run_of(more, at="2026-02-01"), kind=RunKind.UPDATE)
    with store.transaction():
        add_run(store, run, more, protocol=protocol_of(store), counts_in_flow=True)
    assert [one.record for one in states(store)] == [A, B, C, D, more[0].key]
    assert [one.record for one in states(store, later=False)] == [A, B, C, D]
    assert [one.record for one in states(store, TEAM, later=False)] == [A, B, C, D]
