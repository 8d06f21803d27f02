"""Verdicts and states in a real database: by number of reviewers, resolution, retrieval, stop."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from reviewkit.model.records import Role, Stage, Verdict
from reviewkit.prisma.check import check
from reviewkit.prisma.partition import Selection, SourceName, State, count_flow
from reviewkit.store import Store, reviewer_queries, screening_queries
from reviewkit.store.decisions import name_published_reviewer, states
from tests.helpers.effort import examples
from tests.helpers.screening_history import (
    NEEDED,
    RECORDS,
    carry_out,
    decide,
    protocol_of,
    settle,
    statements,
    stop,
)
from tests.helpers.screening_review import NOW, make_review
from tests.helpers.stores import filled_store, set_leads, store_decision


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "review.db"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(make_review(tmp_path, count=4).database, now=NOW) as store:
        with store.transaction():
            reviewer_queries.set_stages(store, NEEDED)
        yield store


def state(store: Store, record: str = RECORDS[0]) -> State:
    return next(s.state for s in states(store) if s.record == record)


def test_states_follow_the_decisions_and_a_later_one_stands(path: Path) -> None:
    with filled_store(path) as store:
        set_leads(store, {"pubmed:3": "pubmed:2"})
        store_decision(store, "pubmed:1", Verdict.EXCLUDE)
        store_decision(store, "pubmed:1", Verdict.INCLUDE)
        store_decision(store, "pubmed:1", Verdict.EXCLUDE, Stage.FULL_TEXT)
        store_decision(store, "pubmed:2", Verdict.INCLUDE)
        store_decision(store, "pubmed:2", Verdict.EXCLUDE, who="rui")
        assert {s.record: (s.state, s.reason) for s in states(store)} == {
            "pubmed:1": ("report_excluded", "off theme"),
            "pubmed:2": ("awaiting_screening", None),
            "pubmed:3": ("duplicate", "pubmed:2"),
        }


def test_a_verdict_needs_as_many_reviewers_as_the_stage(store: Store) -> None:
    with store.transaction():
        decide(store, RECORDS[0], "ana", Verdict.EXCLUDE)
        assert state(store) is State.AWAITING_SCREENING
        decide(store, RECORDS[0], "rui", Verdict.EXCLUDE)
        assert state(store) is State.RECORD_EXCLUDED
        decide(store, RECORDS[0], "li", Verdict.INCLUDE)
        assert state(store) is State.AWAITING_SCREENING
        assert reviewer_queries.conflicts(store) == [(RECORDS[0], Stage.TITLE_ABSTRACT)]


def test_a_settled_conflict_stands_until_it_is_opened_again(store: Store) -> None:
    with store.transaction():
        decide(store, RECORDS[0], "ana", Verdict.EXCLUDE)
        decide(store, RECORDS[0], "rui", Verdict.INCLUDE)
        settle(store, RECORDS[0], Verdict.INCLUDE)
        assert state(store) is State.AWAITING_ASSESSMENT
        assert reviewer_queries.conflicts(store) == []
        decide(store, RECORDS[0], "ana", Verdict.EXCLUDE)
        assert state(store) is State.AWAITING_ASSESSMENT
        settle(store, RECORDS[0], Verdict.WITHDRAWN)
        assert reviewer_queries.conflicts(store) == [(RECORDS[0], Stage.TITLE_ABSTRACT)]


def test_several_maybes_wait_for_somebody_to_settle_them(store: Store) -> None:
    with store.transaction():
        decide(store, RECORDS[0], "ana", Verdict.MAYBE)
        assert reviewer_queries.conflicts(store) == []
        decide(store, RECORDS[0], "rui", Verdict.MAYBE)
        assert reviewer_queries.conflicts(store) == [(RECORDS[0], Stage.TITLE_ABSTRACT)]
        assert state(store) is State.AWAITING_SCREENING


def test_at_full_text_the_counted_reason_must_agree_too(store: Store) -> None:
    with store.transaction():
        for who in ("ana", "rui"):
            decide(store, RECORDS[0], who, Verdict.INCLUDE)
            decide(store, RECORDS[1], who, Verdict.EXCLUDE, reason=who)
        assert state(store, RECORDS[1]) is State.RECORD_EXCLUDED
        decide(store, RECORDS[0], "ana", Verdict.EXCLUDE, Stage.FULL_TEXT, "a")
        decide(store, RECORDS[0], "rui", Verdict.EXCLUDE, Stage.FULL_TEXT, "b")
        assert reviewer_queries.conflicts(store) == [(RECORDS[0], Stage.FULL_TEXT)]
        decide(store, RECORDS[0], "rui", Verdict.EXCLUDE, Stage.FULL_TEXT, "a")
        assert state(store) is State.REPORT_EXCLUDED


def test_an_assigned_record_needs_its_assigned_reviewers(store: Store) -> None:
    with store.transaction():
        values = {
            "stage": Stage.TITLE_ABSTRACT,
            "assigned_by": "li",
            "plan": "",
            "assigned_at": "2026",
        }
        reviewer_queries.add_assignment(
            store, values, {RECORDS[0]: ("ana",)}, protocol=protocol_of(store)
        )
        decide(store, RECORDS[0], "ana", Verdict.INCLUDE)
        assert state(store) is State.AWAITING_ASSESSMENT


def test_records_left_by_a_rule_are_their_own_state_until_it_is_lifted_or_somebody_decides(
    store: Store,
) -> None:
    with store.transaction():
        stop(store, RECORDS[:2])
        assert [s.state for s in states(store)][:3] == [State.UNSCREENED_BY_RULE] * 2 + [
            State.AWAITING_SCREENING
        ]
        assert states(store)[0].reason == "a rule"
        for who in ("ana", "rui"):
            decide(store, RECORDS[0], who, Verdict.INCLUDE)
        assert state(store) is State.AWAITING_ASSESSMENT
        stop(store, [], lifted=True)
        assert state(store, RECORDS[1]) is State.AWAITING_SCREENING


SOURCES = [SourceName(source="pubmed", label="PubMed", role=Role.DATABASE, searched=True)]


@pytest.mark.slow
@settings(
    deadline=None,
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(statements)
def test_whatever_was_said_every_record_has_one_state_and_both_flows_add_up(
    tmp_path: Path, history: list[tuple[object, ...]]
) -> None:
    with Store(make_review(tmp_path, count=4).database, now=NOW) as store:
        store._connection.execute(
            "BEGIN IMMEDIATE"
        )  # the database is left as it was for the next example
        reviewer_queries.set_stages(store, NEEDED)
        name_published_reviewer(store, "the published review")
        for act in history:
            carry_out(store, act)
        for selection in Selection:
            rows = states(store, selection)
            assert sorted(row.record for row in rows) == RECORDS
            assert check(count_flow(rows, SOURCES), own=True) == ()
        # A session's own, faster questions have the same answers as the views.
        team_rows = states(store, Selection.TEAM)
        to_screen = {
            c.record for c in screening_queries.candidates(store, Stage.TITLE_ABSTRACT, dated=True)
        }
        assert to_screen == {
            row.record
            for row in team_rows
            if row.state not in {State.DUPLICATE, State.INELIGIBLE_BY_MACHINE}
        }
        for stage in Stage:
            said = screening_queries.verdicts_by_record(store, stage)
            for record in RECORDS:
                assert (
                    said.get(record, {})
                    == screening_queries.stage_decisions(store, stage, record).decided
                )
        store._connection.execute("ROLLBACK")
