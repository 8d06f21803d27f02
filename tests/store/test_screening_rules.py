"""What a record needs: the database's views and Python agree on generated histories."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewkit.model.records import Stage
from reviewkit.prisma.partition import Selection, State
from reviewkit.screening.models import Only
from reviewkit.screening.queue import Queue
from reviewkit.screening.rules import Rules
from reviewkit.screening.standings import stand
from reviewkit.store import Store, reviewer_queries, screening_queries
from reviewkit.store.decisions import (
    counted_states,
    each_state,
    name_published_reviewer,
    states,
)
from reviewkit.store.reviewer_queries import add_assignment, set_stages
from tests.helpers.effort import examples
from tests.helpers.screening_history import NEEDED, RECORDS, carry_out, protocol_of, statements
from tests.helpers.screening_review import NOW, make_review
from tests.helpers.verdicts import verdicts_of

REVIEWERS = ("ana", "rui", "li")
assignments = st.tuples(
    st.just("assign"),
    st.sampled_from([*Stage]),
    st.dictionaries(
        st.sampled_from(RECORDS), st.lists(st.sampled_from(REVIEWERS), min_size=1, unique=True)
    ),
)
# What is said of the records, before and after a round of assignments.
histories = st.tuples(statements, st.none() | assignments, statements)


def assign(store: Store, stage: Stage, reviewers_of: dict[str, list[str]]) -> None:
    values = {"stage": stage, "assigned_by": "li", "plan": "", "assigned_at": "2026"}
    add_assignment(store, values, reviewers_of, protocol=protocol_of(store))


def rules_of(store: Store, stage: Stage) -> Rules:
    stopped = lost = frozenset[str]()
    if stage is Stage.TITLE_ABSTRACT:
        stopped = screening_queries.stopped_records(store)
    else:
        lost = screening_queries.not_retrieved_records(store)
    return Rules(
        needed=NEEDED[stage],
        assigned=screening_queries.assigned_reviewers(store, stage),
        stopped=stopped,
        not_retrieved=lost,
    )


@pytest.mark.slow
@settings(
    deadline=None,
    max_examples=examples(80),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(histories)
def test_the_views_and_the_rules_agree_whatever_was_said(
    tmp_path: Path,
    history: tuple[
        list[tuple[object, ...]],
        tuple[str, Stage, dict[str, list[str]]] | None,
        list[tuple[object, ...]],
    ],
) -> None:
    before, assignment, after = history
    with Store(make_review(tmp_path, count=4).database, now=NOW) as store:
        # The database is left as it was for the next example.
        store._connection.execute("BEGIN IMMEDIATE")
        set_stages(store, NEEDED)
        name_published_reviewer(store, "the published review")
        for act in before:
            carry_out(store, act)
        if assignment:
            assign(store, *assignment[1:])
        for act in after:
            carry_out(store, act)

        for stage in Stage:
            compare_verdicts(store, stage)
            compare_streamed(store, stage)
        compare_states(store)
        compare_partitions(store)
        store._connection.execute("ROLLBACK")


def compare_verdicts(store: Store, stage: Stage) -> None:
    """What the view says of each record that anybody has decided on."""
    rules = rules_of(store, stage)
    settled = screening_queries.settled_records(store, stage)
    decided = screening_queries.verdicts_by_record(store, stage)
    rows = store.rows(
        "SELECT record, decisions, needed, verdict FROM verdicts "
        "WHERE selection = 'team' AND stage = ?",
        [stage],
    )
    assert {record for record, *_ in rows} == {key for key, verdicts in decided.items() if verdicts}
    for record, decisions, needed, verdict in rows:
        deciders = decided[record]
        assert decisions == len(deciders)
        assert needed == rules.about(record).needs
        lacks = rules.about(record).lacks_decisions(deciders, settled=record in settled)
        assert lacks == (verdict == "awaiting" and record not in rules.not_retrieved)


def compare_streamed(store: Store, stage: Stage) -> None:
    """What `status` reads record by record is what a session reads at once."""
    decided = screening_queries.verdicts_by_record(store, stage)
    joint = reviewer_queries.verdicts_at(store, stage)
    wanted = [
        (record, joint.get(record), decided.get(record, {}))
        for record in sorted(
            each.record for each in screening_queries.candidates(store, stage, dated=False)
        )
    ]
    assert [*screening_queries.records_with_verdicts(store, stage)] == wanted


def compare_states(store: Store) -> None:
    """A record waits for screening by the view exactly where some reviewer still has to decide."""
    stage = Stage.TITLE_ABSTRACT
    rules = rules_of(store, stage)
    settled = screening_queries.settled_records(store, stage)
    decided = screening_queries.verdicts_by_record(store, stage)
    verdicts = verdicts_of(store, Selection.TEAM)

    standings = stand(RECORDS, rules, decided, settled)
    queues = {name: Queue(standings, reviewer=name) for name in (*REVIEWERS, "somebody")}
    for row in states(store, Selection.TEAM):
        if row.state not in {State.AWAITING_SCREENING, State.UNSCREENED_BY_RULE}:
            continue
        verdict, _ = verdicts.get((row.record, stage), ("awaiting", None))
        waits = row.state is State.AWAITING_SCREENING and verdict == "awaiting"
        deciders = decided.get(row.record, {})
        lacks = rules.about(row.record).lacks_decisions(deciders, settled=row.record in settled)
        assert lacks == waits
        if lacks:
            assert any(queue.belongs(row.record, Only.TODO) for queue in queues.values())


def compare_partitions(store: Store) -> None:
    """The ways to read the partition: whole, one by one, one state alone, and to be counted."""
    whole = states(store)
    assert [*each_state(store)] == whole
    for state in State:
        assert states(store, only=state) == [row for row in whole if row.state is state]

    included = [row for row in whole if row.state is State.INCLUDED]
    counted = counted_states(store)
    assert [row for row in counted if row.record] == included
    wanted = Counter((row.source, row.role, row.state, row.reason) for row in whole)
    found = Counter((row.source, row.role, row.state, row.reason) for row in counted)
    assert found == wanted


def test_a_report_that_was_not_retrieved_is_closed_whatever_was_said_of_it() -> None:
    rules = Rules(needed=2, not_retrieved=frozenset("a"))
    assert not rules.about("a").is_open_to("rui", {"ana"}, settled=False)
    assert not rules.about("a").lacks_decisions(set(), settled=False)


def test_a_settled_record_without_any_decision_waits_again() -> None:
    rules = Rules(needed=2)
    assert not rules.about("a").is_open_to("bea", {"ana", "rui"}, settled=True)
    assert rules.about("a").is_open_to("ana", set(), settled=True)


def test_a_record_that_a_stop_left_is_open_once_somebody_has_decided_on_it() -> None:
    rules = Rules(needed=2, stopped=frozenset("a"))
    assert not rules.about("a").is_open_to("rui", set(), settled=False)
    assert rules.about("a").is_open_to("rui", {"ana"}, settled=False)
    assert rules.about("a").lacks_decisions({"ana"}, settled=False)
