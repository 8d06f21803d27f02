"""Events in and out of a database, for reviews that are screened on several machines."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from reviewkit.model.errors import DamagedFile
from reviewkit.store.database import Store
from reviewkit.store.events import ASSIGNMENT, KINDS, PAIR, STOP, Event, read_events, take_in


def export_events(store: Store, reviewer: str | None) -> list[dict[str, Any]]:
    """What one reviewer said, or the whole team; never the published review's replay, which `reproduce` makes again."""
    published = {row["reviewer"] for row in store.rows("SELECT reviewer FROM published_reviewers")}
    return [
        event
        for kind in KINDS.values()
        for event in read_events(store, kind, who=reviewer)
        if event[kind.who] not in published
    ]


def unknown_records(store: Store, events: Iterable[Event]) -> list[str]:
    """The records that events speak of and the database does not have, by key."""
    named = sorted({record for event in events for record in records_named(event)})
    known = {
        row["record"]
        for row in store.rows(
            "SELECT record FROM records WHERE record IN (SELECT value FROM json_each(?))",
            [json.dumps(named)],
        )
    }
    return [record for record in named if record not in known]


def records_named(event: Event) -> Sequence[str]:
    """Every record that an event is about."""
    if event["kind"] in {ASSIGNMENT.name, STOP.name}:
        return [row[0] for row in event["listed"]]
    if event["kind"] == PAIR.name:
        return [event["record_a"], event["record_b"]]
    return [event["record"]]


def import_events(store: Store, events: Iterable[Event], *, where: str) -> int:
    """How many of the events were new. Call inside a transaction. Raises DamagedFile for one that cannot be."""
    try:
        return sum(take_in(store, KINDS[event["kind"]], event) for event in events)
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError) as error:
        raise DamagedFile(
            f"holds an event that cannot be: {error}",
            where=where,
            hint="export it again; nothing was imported",
        ) from error
