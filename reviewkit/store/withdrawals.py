"""Datasets that were taken out of the flow, and brought back. Nothing is deleted."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from reviewkit.model.records import Record
from reviewkit.store.corrections import correcting, source_content
from reviewkit.store.database import Store, to_json
from reviewkit.store.events import WITHDRAWAL, append
from reviewkit.store.record_rows import record_of_content
from reviewkit.store.records import add_records, record_by_key

_IN = "IN (SELECT value FROM json_each(?))"
# What people said of records: the table, and the column that names who.
_SAID = {
    "decisions": ("(SELECT * FROM current_decisions WHERE selection = 'team')", "reviewer"),
    "final decisions": ("current_resolutions", "settled_by"),
    "notes": ("current_notes", "reviewer"),
    "tags": ("current_tags", "reviewer"),
    "retrievals": ("current_retrievals", "reviewer"),
    "corrections": ("current_corrections", "reviewer"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A dataset that is out of the flow: why, by whom, when (ISO 8601, UTC)."""

    run: int
    why: str | None
    reviewer: str
    withdrawn_at: str


def withdrawn_runs(store: Store) -> dict[int, Withdrawal]:
    """Return by run every dataset that is out of the flow."""
    rows = store.rows("SELECT run, why, reviewer, withdrawn_at FROM withdrawn_runs ORDER BY run")
    return {
        run: Withdrawal(run=run, why=why, reviewer=reviewer, withdrawn_at=at)
        for run, why, reviewer, at in rows
    }


def add_withdrawal(store: Store, withdrawal: Withdrawal, *, withdrawn: bool, protocol: str) -> None:
    """Append that a dataset is taken out of the flow, or brought back."""
    sha256 = store.value("SELECT run_sha256 FROM runs WHERE run = ?", [withdrawal.run])
    values = {
        "run_sha256": sha256,
        "withdrawn": int(withdrawn),
        "why": withdrawal.why,
        "reviewer": withdrawal.reviewer,
        "withdrawn_at": withdrawal.withdrawn_at,
    }
    append(store, WITHDRAWAL, values, protocol=protocol)


def records_of_only(store: Store, runs: Iterable[int]) -> list[str]:
    """Return the records that no other dataset in the flow brings, by key."""
    numbers = to_json(list(runs))
    rows = store.rows(
        f"SELECT DISTINCT record FROM run_records WHERE run {_IN} AND record IS NOT NULL "
        "AND record NOT IN (SELECT record FROM run_records "
        f"WHERE record IS NOT NULL AND run IN (SELECT run FROM flow_runs) AND run NOT {_IN}) "
        "ORDER BY record",
        [numbers, numbers],
    )
    return [record for (record,) in rows]


def said_of(store: Store, runs: Iterable[int]) -> dict[str, dict[str, int]]:
    """Return what people said of the records that only these datasets bring.

    By kind ("decisions") and by person: of how many records.
    """
    keys = records_of_only(store, runs)
    listed = to_json(keys)
    said: dict[str, dict[str, int]] = {}
    for kind, (table, who) in _SAID.items():
        rows = store.rows(
            f"SELECT {who}, count(DISTINCT record) FROM {table} WHERE record {_IN} "
            f"GROUP BY {who} ORDER BY {who}",
            [listed],
        )
        if rows:
            said[kind] = dict(rows)
    return said


def take_back_changes(store: Store, run: int) -> int:
    """Give records the fields back that a run had changed and nobody has changed since.

    Return how many records that were.
    """
    changes = _changes_of(store, run)
    return _apply(store, ((before, after) for before, after in reversed(changes)))


def make_changes_again(store: Store, run: int) -> int:
    """Change the fields again that a run had changed, where nobody has changed them since."""
    return _apply(store, ((after, before) for before, after in _changes_of(store, run)))


def _changes_of(store: Store, run: int) -> list[tuple[Record, Record]]:
    """What the run changed: each record before and after it, in order."""
    rows = store.rows(
        "SELECT versions.record, versions.content, ("
        "SELECT later.content FROM record_versions AS later WHERE later.record = versions.record "
        "AND later.version > versions.version "
        "ORDER BY later.version LIMIT 1) "
        "FROM record_versions AS versions WHERE versions.run = ? ORDER BY versions.version",
        [run],
    )
    changes = []
    for key, before, after in rows:
        now = record_of_content(after) if after else record_by_key(store, key)
        if now:
            changes.append((record_of_content(before), now))
    return changes


def _apply(store: Store, changes: Iterable[tuple[Record, Record]]) -> int:
    """Give each record the values of `wanted` where it still has those of `unwanted`."""
    changed = set()
    with correcting(store):
        for wanted, unwanted in changes:
            current = source_content(store, wanted.key)
            if current is None:
                continue
            values = {
                name: getattr(wanted, name)
                for name in _names()
                if getattr(wanted, name) != getattr(unwanted, name) == getattr(current, name)
            }
            if values:
                add_records(store, [replace(current, **values)])
                changed.add(current.key)
    return len(changed)


def _names() -> list[str]:
    return [field.name for field in fields(Record) if field.name not in {"source", "source_id"}]
