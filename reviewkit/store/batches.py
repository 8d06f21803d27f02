"""Decisions made at once: one step to undo."""

from collections.abc import Iterable

from reviewkit.model.records import Decision, Stage
from reviewkit.store.aliases import name_filter
from reviewkit.store.database import Store
from reviewkit.store.decisions import DECISION_COLUMNS, decision_of
from reviewkit.store.events import BATCH, append

# A batch can be taken back as long as some of its decisions are current.
_STILL_CURRENT = (
    "EXISTS (SELECT 1 FROM batch_decisions JOIN current_decisions USING (decision_sha256) "
    "WHERE batch_sha256 = batches.sha256 AND stage = ?)"
)


def add_batch(
    store: Store, decisions: Iterable[str], *, reviewer: str, chosen_by: str, at: str, protocol: str
) -> str:
    """Name decisions as made at once, inside the open transaction; return the batch's name.

    `chosen_by` says in words how their records were chosen.
    """
    values = {"reviewer": reviewer, "chosen_by": chosen_by, "decided_at": at}
    listed = [(decision,) for decision in decisions]
    return append(store, BATCH, values, protocol=protocol, listed=listed)


def last_batch(store: Store, reviewer: str, stage: Stage) -> str | None:
    """Return a reviewer's newest batch at a stage of which decisions are current."""
    name: str | None = store.value(
        "SELECT sha256 FROM batches WHERE reviewer IN (SELECT value FROM json_each(?)) "
        f"AND {_STILL_CURRENT} ORDER BY step DESC, decided_at DESC LIMIT 1",
        [name_filter(store, reviewer), stage],
    )
    return name


def batch_size(store: Store, batch: str) -> int:
    """Return how many decisions were made at once."""
    sql = "SELECT count(*) FROM batch_decisions WHERE batch_sha256 = ?"
    return int(store.value(sql, [batch]))


def current_in_batch(store: Store, batch: str) -> list[tuple[str, Decision]]:
    """Return the decisions of a batch that are current, each after its name, by record."""
    columns = ", ".join(f"current_decisions.{name}" for name in DECISION_COLUMNS.split(", "))
    rows = store.rows(
        f"SELECT decision_sha256, {columns} FROM batch_decisions "
        "JOIN current_decisions USING (decision_sha256) WHERE batch_sha256 = ? ORDER BY record",
        [batch],
    )
    return [(sha256, decision_of(tuple(row))) for sha256, *row in rows]
