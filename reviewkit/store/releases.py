"""Versions of a review, frozen: counts, states and the records as they were. Appended, never changed."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reviewkit.model.records import Role
from reviewkit.prisma.partition import RecordState, State
from reviewkit.store.database import Store, to_json
from reviewkit.updates.changes import through_of

CELLS = ("title", "authors", "year", "journal", "doi", "pmid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A version: its name and time, the protocol it followed, and its flows by template ("new", "updated") as JSON."""

    number: int
    name: str
    released_at: str
    protocol_sha256: str
    last_run: int
    searched_through: str | None
    flows: Mapping[str, Any]


def add_release(
    store: Store,
    *,
    name: str,
    at: str,
    protocol: str,
    searched_through: str | None,
    flows: Mapping[str, Any],
    states: Iterable[RecordState],
) -> None:
    """Append a version inside the transaction that is open."""
    number = store.insert(
        "INSERT INTO releases (name, released_at, protocol_sha256, last_run, searched_through, flow) "
        "VALUES (?, ?, ?, (SELECT coalesce(max(run), 0) FROM runs), ?, ?)",
        [name, at, protocol, searched_through, to_json(flows)],
    )
    held = {
        record: cells
        for record, *cells in store.tuples(f"SELECT record, {', '.join(CELLS)} FROM records")
    }
    rows = [
        (number, s.record, s.source, s.role, s.state, s.reason, to_json(held[s.record]))
        for s in states
    ]
    store.write("INSERT INTO release_records VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


def releases(store: Store) -> list[Release]:
    """Every version, oldest first."""
    rows = store.rows(
        "SELECT release AS number, name, released_at, protocol_sha256, last_run, searched_through, flow AS flows "
        "FROM releases ORDER BY release"
    )
    return [Release(**{**row, "flows": json.loads(row["flows"])}) for row in rows]


def release_states(store: Store, number: int) -> list[RecordState]:
    """The partition as it was in a version, by record."""
    rows = store.rows(
        "SELECT record, source, role, state, reason FROM release_records WHERE release = ? ORDER BY record",
        [number],
    )
    return [
        RecordState(**{**row, "role": Role(row["role"]), "state": State(row["state"])})
        for row in rows
    ]


def release_cells(store: Store, number: int) -> list[tuple[str, Sequence[Any]]]:
    """By record of a version what was printed of it, in the order of CELLS."""
    rows = store.tuples(
        "SELECT record, cells FROM release_records WHERE release = ? ORDER BY record", [number]
    )
    return [(record, json.loads(cells)) for record, cells in rows]


def searched_through(store: Store) -> str | None:
    """The day up to which every searched source was searched: the oldest of the days that their whole runs reach."""
    reached: dict[str, str] = {}
    for source, query, at in store.tuples(
        "SELECT source, query, searched_at FROM search_runs WHERE status = 'complete' AND is_whole = 1"
    ):
        reached[source] = max(reached.get(source, ""), through_of(query, at))
    return min(reached.values(), default=None)


def settled_through(store: Store) -> str | None:
    """The day through which the newest version was searched that had nothing left to decide."""
    rows = store.rows(
        "SELECT searched_through FROM releases WHERE NOT EXISTS (SELECT 1 FROM release_records "
        "WHERE release_records.release = releases.release AND state IN ('awaiting_screening', 'awaiting_assessment')) "
        "ORDER BY release DESC LIMIT 1"
    )
    day: str | None = rows[0]["searched_through"] if rows else None
    return day
