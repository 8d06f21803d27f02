"""Decisions, append-only, and the partition that follows from them."""

from collections.abc import Iterable

from reviewkit.model.records import Decision, Role, Stage, Verdict
from reviewkit.prisma.partition import RecordState, Selection, State
from reviewkit.store.database import Store
from reviewkit.store.events import DECISION, append


def add_decisions(store: Store, decisions: Iterable[Decision], *, protocol: str) -> None:
    """Appends; a decision that stands already, word for word, is not added again."""
    for decision in decisions:
        if _standing(store, decision) != (decision.verdict, decision.reason, decision.note):
            add_decision(store, decision, protocol=protocol)


def add_decision(
    store: Store, decision: Decision, *, protocol: str, undoes: str | None = None
) -> str:
    """Append a decision, whatever stands; its SHA-256 comes back. `undoes` names the one that it takes back."""
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


def _standing(store: Store, decision: Decision) -> tuple[str, str | None, str | None] | None:
    rows = store.rows(
        "SELECT verdict, reason, note FROM decisions WHERE record = ? AND stage = ? AND reviewer = ? "
        "ORDER BY step DESC, decided_at DESC, decision_sha256 DESC LIMIT 1",
        [decision.record, decision.stage, decision.reviewer],
    )
    return (rows[0]["verdict"], rows[0]["reason"], rows[0]["note"]) if rows else None


def name_published_reviewer(store: Store, reviewer: str) -> None:
    """From now on this reviewer's decisions are the published selection, not the team's."""
    store.write("INSERT OR IGNORE INTO published_reviewers VALUES (?)", [(reviewer,)])


def published_reviewers(store: Store) -> frozenset[str]:
    return frozenset(
        row["reviewer"] for row in store.rows("SELECT reviewer FROM published_reviewers")
    )


def flow_selection(store: Store) -> Selection:
    """Whose decisions make the flow."""
    return Selection(store.rows("SELECT selection FROM flow_selection")[0]["selection"])


def verdicts_of(
    store: Store, selection: Selection
) -> dict[tuple[str, Stage], tuple[str, str | None]]:
    """By record and stage, what a selection's reviewers say together, and the reason that they agree on."""
    rows = store.tuples(
        "SELECT record, stage, verdict, reason FROM verdicts WHERE selection = ?", [selection]
    )
    return {(record, Stage(stage)): (verdict, reason) for record, stage, verdict, reason in rows}


def steps_taken(store: Store) -> dict[str, int]:
    """How far the team has come with each record that it has spoken on: 1 said something of title and abstract,
    2 included, 3 said something of the full text, 4 included.
    """
    found: dict[str, int] = {}
    for (record, stage), (verdict, _) in verdicts_of(store, Selection.TEAM).items():
        step = (1 if stage is Stage.TITLE_ABSTRACT else 3) + (verdict == Verdict.INCLUDE)
        found[record] = max(step, found.get(record, 0))
    return found


def deciders_of(
    store: Store, selection: Selection
) -> dict[tuple[str, Stage], list[tuple[str, str | None]]]:
    """By record and stage, who of a selection's reviewers has decided, and what each noted; by name."""
    found: dict[tuple[str, Stage], list[tuple[str, str | None]]] = {}
    sql = "SELECT record, stage, reviewer, note FROM current_decisions WHERE selection = ? ORDER BY reviewer"
    for record, stage, reviewer, note in store.tuples(sql, [selection]):
        found.setdefault((record, Stage(stage)), []).append((reviewer, note))
    return found


def states(
    store: Store, selection: Selection | None = None, *, later: bool = True
) -> list[RecordState]:
    """The partition: one row per record of the flow, by key; of the selection that makes the flow where none is named.

    The published selection makes it in the rerun of a published review, the team's everywhere else. On records that
    an update brought first the team decides in any case; with `later=False` they are left out.
    """
    table, where = ("selection_states", "selection = ?") if selection else ("record_states", "1")
    without = "" if later else " AND record NOT IN (SELECT record FROM later_records)"
    rows = store.rows(
        f"SELECT record, source, role, state, reason FROM {table} WHERE {where}{without}",
        [selection] if selection else [],
    )
    # Sorted here: asked to sort, SQLite plans the view by its outer query and takes fifty times as long.
    rows.sort(key=lambda row: str(row["record"]))
    return [
        RecordState(**{**row, "role": Role(row["role"]), "state": State(row["state"])})
        for row in rows
    ]


def count_pending(store: Store) -> int:
    """How many records of the flow wait for somebody to decide."""
    return int(
        store.rows("SELECT count(*) AS n FROM record_states WHERE state LIKE 'awaiting%'")[0]["n"]
    )
