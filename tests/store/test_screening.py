"""Verdicts and states in a real database: by number of reviewers, resolution, retrieval, stop;
whatever happened.
"""

import datetime
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from reviewkit.model.records import Decision, Role, Stage, Verdict
from reviewkit.prisma.check import check
from reviewkit.prisma.partition import Selection, SourceName, State, count_flow
from reviewkit.store import Store, reviewer_queries, screening_queries
from reviewkit.store.decisions import add_decision, name_published_reviewer, states
from reviewkit.store.events import RETRIEVAL, append
from reviewkit.store.migrations import migrations
from tests.helpers.effort import examples
from tests.helpers.screening_review import NOW, make_review

NEEDED = {Stage.TITLE_ABSTRACT: 2, Stage.FULL_TEXT: 2}
RECORDS = [f"pubmed:0000{i}" for i in range(4)]


def decide(
    store: Store,
    record: str,
    who: str,
    verdict: Verdict,
    stage: Stage = Stage.TITLE_ABSTRACT,
    reason: str | None = None,
) -> None:
    decision = Decision(
        record=record,
        stage=stage,
        reviewer=who,
        verdict=verdict,
        reason=reason,
        note=None,
        decided_at="2026",
    )
    add_decision(store, decision, protocol=protocol_of(store))


def protocol_of(store: Store) -> str:
    return str(store.value("SELECT protocol_sha256 FROM protocols"))


def settle(
    store: Store, record: str, verdict: Verdict, stage: Stage = Stage.TITLE_ABSTRACT
) -> None:
    values = {
        "record": record,
        "stage": stage,
        "settled_by": "li",
        "verdict": verdict,
        "settled_at": "2026",
    }
    reviewer_queries.add_resolution(store, values, protocol=protocol_of(store))


def stop(store: Store, records: Sequence[str], *, lifted: bool = False) -> None:
    values: dict[str, str | int | None] = {
        "stopped_by": "li", "rule": "a rule", "evidence": "{}", "lifted": int(lifted), "stopped_at": "2026",
    }  # fmt: skip
    reviewer_queries.add_stop(store, values, records, protocol=protocol_of(store))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(make_review(tmp_path, count=4).database, now=NOW)
    with store.transaction():
        reviewer_queries.set_stages(store, NEEDED)
    return store


def state(store: Store, record: str = RECORDS[0]) -> State:
    return next(s.state for s in states(store) if s.record == record)


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


@pytest.mark.parametrize(
    "table",
    [
        "resolutions",
        "retrievals",
        "notes",
        "tags",
        "assignment_rounds",
        "assignments",
        "stops",
        "stopped_records",
    ],
)
def test_what_reviewers_said_is_append_only_for_everybody(store: Store, table: str) -> None:
    with store.transaction():
        stop(store, RECORDS[:1])
        settle(store, RECORDS[0], Verdict.INCLUDE)
        values = {
            "stage": Stage.TITLE_ABSTRACT,
            "assigned_by": "li",
            "plan": "",
            "assigned_at": "2026",
        }
        reviewer_queries.add_assignment(
            store, values, {RECORDS[0]: ("ana",)}, protocol=protocol_of(store)
        )
        for name, extra in (("retrievals", "outcome, told_at"), ("notes", "text, written_at")):
            store.write(
                f"INSERT INTO {name} (sha256, record, reviewer, {extra}, protocol_sha256, step) "
                "VALUES ('x', ?, 'ana', 'sought', '2026', ?, 1)",
                [(RECORDS[0], protocol_of(store))],
            )
        store.write(
            "INSERT INTO tags (sha256, record, reviewer, tag, present, tagged_at, protocol_sha256, step) "
            "VALUES ('x', ?, 'ana', 't', 1, '2026', ?, 1)",
            [(RECORDS[0], protocol_of(store))],
        )
    with (
        sqlite3.connect(store.path) as foreign,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        foreign.execute(f"DELETE FROM {table}")
    foreign.close()


acts = st.lists(
    st.one_of(
        st.tuples(
            st.just("decide"),
            st.sampled_from(RECORDS),
            st.sampled_from(["ana", "rui", "the published review"]),
            st.sampled_from([*Verdict]),
            st.sampled_from([*Stage]),
        ),
        st.tuples(
            st.just("settle"),
            st.sampled_from(RECORDS),
            st.sampled_from([Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.WITHDRAWN]),
            st.sampled_from([*Stage]),
        ),
        st.tuples(
            st.just("seek"),
            st.sampled_from(RECORDS),
            st.sampled_from(["sought", "retrieved", "not_retrieved"]),
        ),
        st.tuples(st.just("stop"), st.sets(st.sampled_from(RECORDS)), st.booleans()),
    ),
    max_size=25,
)
SOURCES = [SourceName(source="pubmed", label="PubMed", role=Role.DATABASE, searched=True)]


@pytest.mark.slow
@settings(
    deadline=None,
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(acts)
def test_whatever_was_said_every_record_has_one_state_and_both_flows_add_up(
    tmp_path: Path, told: list[tuple[object, ...]]
) -> None:
    with Store(make_review(tmp_path, count=4).database, now=NOW) as store:
        store._connection.execute(
            "BEGIN IMMEDIATE"
        )  # the database is left as it was for the next example
        reviewer_queries.set_stages(store, NEEDED)
        name_published_reviewer(store, "the published review")
        for act in told:
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


def carry_out(store: Store, act: tuple[object, ...]) -> None:
    match act:
        case ("decide", str(record), str(who), Verdict() as verdict, Stage() as stage):
            decide(store, record, who, verdict, stage, "r" if verdict is Verdict.EXCLUDE else None)
        case ("settle", str(record), Verdict() as verdict, Stage() as stage):
            settle(store, record, verdict, stage)
        case ("seek", str(record), str(outcome)):
            values = {"record": record, "reviewer": "ana", "outcome": outcome, "told_at": "2026"}
            append(store, RETRIEVAL, values, protocol=protocol_of(store))
        case ("stop", set() as records, bool() as lifted):
            stop(store, sorted(map(str, records)), lifted=lifted)
        case _:
            raise AssertionError(act)


def test_a_database_from_before_screening_is_carried_over(tmp_path: Path) -> None:
    path = tmp_path / "review.db"
    first = [m for m in migrations.pending(Database(memory=True)) if m.name == "m001_initial"]
    old = Database(path)
    for migration in first:
        migration.fn(old)
    old.execute("CREATE TABLE _sqlite_migrations (migration_set TEXT, name TEXT, applied_at TEXT)")
    old.execute("INSERT INTO _sqlite_migrations VALUES ('reviewkit', 'm001_initial', '2026')")
    old.execute("INSERT INTO protocols VALUES ('p', 'r', '')")
    lists = dict.fromkeys(LISTS, "[]")
    old.table("records").insert(
        {"record": "a:1", "source": "a", "source_id": "1", "title": "T", **lists}
    )
    for number, verdict in ((1, "exclude"), (2, "include")):
        old.execute(
            "INSERT INTO decisions VALUES (?, ?, 'a:1', 'title_abstract', 'the review', ?, NULL, NULL, '2026', 'p')",
            [number, f"sha{number}", verdict],
        )
    old.conn.commit()
    old.close()
    with Store(path, now=datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)) as store:
        rows = store.rows(
            "SELECT decision, verdict, step, length(decision_sha256) AS n FROM decisions"
        )
        assert rows == [
            (1, "exclude", 1, 64),
            (2, "include", 2, 64),
        ]
        current = store.rows("SELECT verdict, selection FROM current_decisions")
        assert current == [("include", "published")]
    assert len([*tmp_path.glob("*.backup")]) == 1
    with sqlite3.connect(path) as again, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        again.execute("DELETE FROM decisions")
    again.close()


LISTS = {
    "authors", "collective_authors", "issns", "languages", "headings", "keywords", "types", "links", "relations",
    "other",
}  # fmt: skip
