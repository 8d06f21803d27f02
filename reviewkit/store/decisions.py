"""Decisions, append-only, and the partition that follows from them."""

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from sys import intern
from typing import Any

from reviewkit.model.records import Decision, Role, Stage, Verdict
from reviewkit.prisma.partition import RecordState, Selection, State
from reviewkit.store.database import Row, Store, marks
from reviewkit.store.events import DECISION, append
from reviewkit.store.records import CITATION, citations_in_order

# What a query has to select for `decision_of`.
DECISION_COLUMNS = "record, stage, reviewer, verdict, reason, note, decided_at"
# How far the team is with a record that has a verdict at this stage; one more if it includes.
_STEPS = {Stage.TITLE_ABSTRACT: 1, Stage.FULL_TEXT: 4}
_NOT_RETRIEVED = 3


def of_work(store: Store, record: str) -> tuple[str, list[str]]:
    """Return the condition for a record or a copy of it, and the condition's values.

    The keys are listed: with a query in their place, SQLite would go through all decisions.
    """
    copies = store.rows("SELECT record FROM duplicates WHERE lead = ? ORDER BY record", [record])
    keys = [record, *(copy for (copy,) in copies)]
    return f"record IN ({marks(len(keys))})", keys


def add_decisions(store: Store, decisions: Iterable[Decision], *, protocol: str) -> None:
    """Append decisions. One that is current already, word for word, is not added again."""
    for decision in decisions:
        content = (decision.verdict, decision.reason, decision.note)
        if _current_content(store, decision) != content:
            add_decision(store, decision, protocol=protocol)


def add_decision(
    store: Store, decision: Decision, *, protocol: str, undoes: str | None = None
) -> str:
    """Append a decision in any case; return its SHA-256.

    `undoes` names the one that it takes back.
    """
    values = {
        "record": decision.record,
        "stage": decision.stage,
        "reviewer": decision.reviewer,
        "verdict": decision.verdict,
        "reason": decision.reason,
        "note": decision.note,
        "decided_at": decision.decided_at,
        "undoes": undoes,
    }
    return append(store, DECISION, values, protocol=protocol)


def _current_content(store: Store, decision: Decision) -> Row | None:
    """Verdict, reason and note of the reviewer's last decision on the same record and stage."""
    return store.first(
        "SELECT verdict, reason, note FROM (SELECT * FROM decisions "
        "WHERE record = ? AND stage = ? AND reviewer = ? "
        "ORDER BY step DESC, decided_at DESC, decision_sha256 DESC LIMIT 1) "
        "WHERE decision_sha256 NOT IN (SELECT decision_sha256 FROM sent_back)",
        [decision.record, decision.stage, decision.reviewer],
    )


def decision_of(row: Row) -> Decision:
    """Return the decision in a row of DECISION_COLUMNS."""
    record, stage, reviewer, verdict, reason, note, decided_at = row
    return Decision(
        record=record,
        stage=Stage(stage),
        reviewer=reviewer,
        verdict=Verdict(verdict),
        reason=reason,
        note=note,
        decided_at=decided_at,
    )


def current_decisions(store: Store) -> tuple[Decision, ...]:
    """Return the current decision of each reviewer, by record, stage and reviewer."""
    rows = store.rows(
        f"SELECT {DECISION_COLUMNS} FROM current_decisions ORDER BY record, stage DESC, reviewer"
    )
    return tuple(decision_of(row) for row in rows)


def name_published_reviewer(store: Store, reviewer: str) -> None:
    """From now on, count this reviewer's decisions as the published selection, not the team's."""
    store.write("INSERT OR IGNORE INTO published_reviewers (reviewer) VALUES (?)", [(reviewer,)])


def published_reviewers(store: Store) -> frozenset[str]:
    """Return the names under which a published review is replayed."""
    rows = store.rows("SELECT reviewer FROM published_reviewers")
    return frozenset(reviewer for (reviewer,) in rows)


def flow_selection(store: Store) -> Selection:
    """Return whose decisions make the flow."""
    return Selection(store.value("SELECT selection FROM flow_selection"))


def steps_taken(store: Store) -> dict[str, int]:
    """Return by record how far the team has come with it, for records with any verdict.

    1: title and abstract screened. 2: included there. 3: not retrieved. 4: full text assessed.
    5: included there.
    Each record by the decisions on itself: which copy leads must not depend on which led before.
    """
    steps: dict[str, int] = {}
    rows = store.rows(
        "SELECT decided.record, decided.stage, coalesce(settled.verdict, "
        "CASE WHEN count(DISTINCT decided.verdict) = 1 "
        "AND count(*) >= coalesce(stages.reviewers_needed, 1) THEN min(decided.verdict) END) "
        "FROM current_decisions AS decided LEFT JOIN stages ON stages.stage = decided.stage "
        "LEFT JOIN current_resolutions AS settled "
        "ON settled.record = decided.record AND settled.stage = decided.stage "
        "WHERE decided.selection = 'team' GROUP BY decided.record, decided.stage"
    )
    for record, stage, verdict in rows:
        step = _STEPS[Stage(stage)] + (verdict == Verdict.INCLUDE)
        steps[record] = max(step, steps.get(record, 0))

    sought = store.rows("SELECT record FROM current_retrievals WHERE outcome = 'not_retrieved'")
    for (record,) in sought:
        steps[record] = max(_NOT_RETRIEVED, steps.get(record, 0))
    return steps


def records_decided(store: Store) -> frozenset[str]:
    """Return the records, copies among them, on which somebody of the team has a decision."""
    rows = store.rows("SELECT DISTINCT record FROM current_decisions WHERE selection = 'team'")
    return frozenset(record for (record,) in rows)


def includers(store: Store, stage: Stage) -> dict[str, tuple[str, ...]]:
    """Return by record who of the team included it at a stage, by name; copies count together."""
    found: dict[str, list[str]] = {}
    rows = store.rows(
        "SELECT DISTINCT record, reviewer FROM pooled_decisions "
        "WHERE selection = ? AND stage = ? AND verdict = 'include' ORDER BY reviewer",
        [Selection.TEAM, stage],
    )
    for record, reviewer in rows:
        found.setdefault(record, []).append(reviewer)
    return {record: tuple(names) for record, names in found.items()}


def inclusions_settled(store: Store, stage: Stage) -> dict[str, str]:
    """Return by record who settled a conflict at a stage in favour of including it."""
    rows = store.rows(
        "SELECT record, settled_by FROM current_resolutions "
        "WHERE stage = ? AND verdict = 'include'",
        [stage],
    )
    return dict(rows)


def states(
    store: Store,
    selection: Selection | None = None,
    *,
    later: bool = True,
    only: State | None = None,
) -> list[RecordState]:
    """Return the partition: the state of each record of the flow, by key; `only` those in one.

    Without `selection`, of the one that makes the flow: the published one in the rerun of a
    published review, else the team's. The team decides in any case on records that an update
    brought first; `later=False` leaves those out.
    """
    sql = "SELECT record, source, role, state, reason FROM record_states WHERE 1"
    parameters: list[str] = []
    if selection:
        sql = "SELECT record, source, role, state, reason FROM selection_states WHERE selection = ?"
        parameters = [selection]
    if not later:
        sql += " AND record NOT IN (SELECT record FROM later_records)"
    if only:
        sql, parameters = f"{sql} AND state = ?", [*parameters, only]

    partition = [_state_of(row) for row in store.each(sql, parameters)]

    # Sorted here: with ORDER BY, SQLite plans the view by the outer query and takes fifty times as
    # long.
    partition.sort(key=attrgetter("record"))
    return partition


def each_state(store: Store) -> Iterator[RecordState]:
    """Yield the partition of `states` one by one. For a store with `hold_states`."""
    rows = store.each("SELECT record, source, role, state, reason FROM record_states ORDER BY 1")
    return map(_state_of, rows)


def _state_of(row: Sequence[Any]) -> RecordState:
    record, source, role, state, reason = row
    if reason and state != State.DUPLICATE:
        reason = intern(reason)
    # Each source's name once, and each reason: there may be a million records.
    return RecordState(
        record=record, source=intern(source), role=Role(role), state=State(state), reason=reason
    )


def counted_states(store: Store, *, later: bool = True) -> list[RecordState]:
    """Return the partition of `states` to be counted: a million records are a few hundred states.

    Only the included records are named, and no lead of a duplicate is: all others that are in one
    state for one reason are the same object.
    """
    also_later = "" if later else "WHERE record NOT IN (SELECT record FROM later_records)"
    # Materialised first, as the view `flow_counts` does: else SQLite plans the view by the groups.
    rows = store.each(
        "WITH shown AS MATERIALIZED (SELECT "
        "CASE WHEN state = ? THEN record ELSE '' END AS named, source, role, state, "
        "CASE WHEN state <> ? THEN reason END AS why "
        f"FROM record_states {also_later}) "
        "SELECT named, source, role, state, why, count(*) FROM shown "
        "GROUP BY named, source, role, state, why",
        [State.INCLUDED, State.DUPLICATE],
    )
    partition: list[RecordState] = []
    for *row, count in rows:
        partition += [_state_of(row)] * count
    return partition


def cited_states(store: Store, merged: Iterable[Row]) -> Iterator[tuple[RecordState, Row]]:
    """Yield the state of each record with its citation, in the order of `citations_in_order`.

    For a store with `hold_states`.
    """
    columns = ("source", "role", "state", "reason")
    for record, *cells in citations_in_order(store, merged, states=columns):
        at = len(CITATION)
        yield _state_of((record, *cells[at:])), tuple(cells[:at])


def count_pending(store: Store) -> int:
    """Return how many records of the flow wait for somebody to decide."""
    return int(store.value("SELECT count(*) FROM record_states WHERE state LIKE 'awaiting%'"))


def settlements(store: Store) -> list[tuple[Stage, str, int]]:
    """Return how many conflicts each person has settled at each stage."""
    rows = store.rows(
        "SELECT stage, settled_by, count(*) FROM current_resolutions "
        "GROUP BY stage, settled_by ORDER BY stage DESC, settled_by"
    )
    return [(Stage(stage), person, count) for stage, person, count in rows]
