"""Versions of a review, frozen: counts, states and the records as they were.

Appended, never changed.
"""

import datetime
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reviewkit.model.records import Role
from reviewkit.prisma.partition import RecordState, State
from reviewkit.store.database import Row, Store, insert_into, to_json
from reviewkit.updates.changes import through_of

CreatedBounds = Callable[[str], Sequence[datetime.date]]

_RECORD_COLUMNS = ("release", "record", "source", "role", "state", "reason", "cells")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRelease:
    """A version to store: its name and time (ISO 8601, UTC), the protocol it followed, its flows.

    `flows` are JSON objects by template ("new", "updated").
    """

    name: str
    released_at: str
    protocol_sha256: str
    searched_through: str | None
    flows: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(NewRelease):
    """A stored version, with its number and the last run that it knew."""

    number: int
    last_run: int


def add_release(
    store: Store, release: NewRelease, states: Iterable[RecordState], citations: Iterable[Row]
) -> None:
    """Append a version with the state of each record, inside the open transaction.

    `citations` are key and CITATION of every record.
    """
    columns = (
        "name",
        "released_at",
        "protocol_sha256",
        "last_run",
        "searched_through",
        "flow",
    )
    number = store.insert(
        insert_into("releases", columns),
        [
            release.name,
            release.released_at,
            release.protocol_sha256,
            store.value("SELECT coalesce(max(run), 0) FROM runs"),
            release.searched_through,
            to_json(release.flows),
        ],
    )

    cells_of = {record: cells for record, *cells in citations}
    states_and_cells = [
        (number, s.record, s.source, s.role, s.state, s.reason, to_json(cells_of[s.record]))
        for s in states
    ]
    store.write(insert_into("release_records", _RECORD_COLUMNS), states_and_cells)


def releases(store: Store) -> list[Release]:
    """Return every version, oldest first."""
    rows = store.rows(
        "SELECT release, name, released_at, protocol_sha256, last_run, searched_through, flow "
        "FROM releases ORDER BY release"
    )
    return [
        Release(
            number=number,
            name=name,
            released_at=released_at,
            protocol_sha256=protocol_sha256,
            last_run=last_run,
            searched_through=searched_through,
            flows=json.loads(flow),
        )
        for number, name, released_at, protocol_sha256, last_run, searched_through, flow in rows
    ]


def release_states(store: Store, number: int) -> list[RecordState]:
    """Return the partition as it was in a version, by record."""
    rows = store.rows(
        "SELECT record, source, role, state, reason FROM release_records "
        "WHERE release = ? ORDER BY record",
        [number],
    )
    return [
        RecordState(
            record=record, source=source, role=Role(role), state=State(state), reason=reason
        )
        for record, source, role, state, reason in rows
    ]


def release_cells(store: Store, number: int) -> list[tuple[str, Sequence[Any]]]:
    """Return each record of a version with what was printed of it, in the order of CITATION."""
    rows = store.rows(
        "SELECT record, cells FROM release_records WHERE release = ? ORDER BY record", [number]
    )
    return [(record, json.loads(cells)) for record, cells in rows]


def searched_through(store: Store, created_bounds: CreatedBounds) -> str | None:
    """Return the day (ISO 8601) up to which every searched source was searched.

    It is the oldest of the days that the sources' whole runs reach. `None`: nothing was searched.
    `created_bounds` returns the last create dates that a query allows.
    """
    reached: dict[str, str] = {}
    rows = store.rows(
        "SELECT source, query, searched_at FROM search_runs "
        "WHERE status = 'complete' AND is_whole = 1"
    )

    for source, query, at in rows:
        reached[source] = max(reached.get(source, ""), through_of(created_bounds(query), at))
    return min(reached.values(), default=None)


def settled_through(store: Store) -> str | None:
    """Return the day up to which the newest version with nothing left to decide was searched."""
    day: str | None = store.value(
        "SELECT searched_through FROM releases WHERE NOT EXISTS (SELECT 1 FROM release_records "
        "WHERE release_records.release = releases.release "
        "AND state IN ('awaiting_screening', 'awaiting_assessment')) "
        "ORDER BY release DESC LIMIT 1"
    )
    return day
