"""Decisions, append-only, and the partition that follows from them."""

import dataclasses
from collections.abc import Iterable

from reviewkit.partition import RecordState, State
from reviewkit.records import Decision, Role
from reviewkit.store.database import Store, marks
from reviewkit.store.runs import digest


def add_decisions(store: Store, decisions: Iterable[Decision], *, protocol: str) -> None:
    """Appends; a decision that is there already, word for word, is not added again."""
    rows = [
        (
            digest(dataclasses.asdict(d)),
            d.record,
            d.stage,
            d.reviewer,
            d.verdict,
            d.reason,
            d.note,
            d.decided_at,
            protocol,
        )
        for d in decisions
    ]
    store.write(
        "INSERT OR IGNORE INTO decisions (decision_sha256, record, stage, reviewer, verdict, reason, note, "
        f"decided_at, protocol_sha256) VALUES ({marks(9)})",
        rows,
    )


def states(store: Store) -> list[RecordState]:
    """The partition: one row per record of the flow, by key."""
    rows = store.rows("SELECT record, source, role, state, reason FROM record_states ORDER BY record")
    return [RecordState(**{**row, "role": Role(row["role"]), "state": State(row["state"])}) for row in rows]
