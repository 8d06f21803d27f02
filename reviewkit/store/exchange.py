"""Events in and out of a database, for reviews that are screened on several machines."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from reviewkit.model.errors import DamagedFile, StoreError
from reviewkit.model.record_fields import is_value_of
from reviewkit.store.corrections import apply_corrections
from reviewkit.store.database import Store
from reviewkit.store.decisions import published_reviewers
from reviewkit.store.errors import RowRefused
from reviewkit.store.events import (
    ABOUT_EVENTS,
    ASSIGNMENT,
    CORRECTION,
    KINDS,
    PAIR,
    RENAMING,
    STOP,
    Event,
    add_event,
    event_sha256,
    named_events,
)
from reviewkit.store.reviewers import rebuild_aliases


def export_events(store: Store, reviewer: str | None) -> list[dict[str, Any]]:
    """Return one reviewer's events, or the whole team's.

    The published review's are left out: `reproduce` makes them again. Raises StoreError for an
    event that is not as it was stored: an export would give it a name of its own.
    """
    published = published_reviewers(store)
    events: list[dict[str, Any]] = []
    for kind in KINDS.values():
        for sha256, event in named_events(store, kind, who=reviewer):
            if event_sha256(event) != sha256:
                raise _changed(store, kind.name, sha256)
            if event[kind.who] not in published:
                events.append(event)

    return events


def _changed(store: Store, kind: str, sha256: str) -> StoreError:
    return StoreError(
        f"the {kind.replace('_', ' ')} {sha256[:12]} was changed outside of reviewkit",
        where=str(store.path),
        hint="reviewkit doctor names every such row; a backup may have it as it was",
    )


def unknown_records(store: Store, events: Iterable[Event]) -> list[str]:
    """Return the records that events are about and the database does not have, by key."""
    named: set[str] = set()
    for event in events:
        named.update(records_named(event))

    rows = store.rows(
        "SELECT record FROM records WHERE record IN (SELECT value FROM json_each(?))",
        [json.dumps(sorted(named))],
    )
    return sorted(named - {record for (record,) in rows})


def records_named(event: Event) -> Sequence[str]:
    """Return every record that an event is about."""
    if event["kind"] in ABOUT_EVENTS:
        return []
    if event["kind"] in {ASSIGNMENT.name, STOP.name}:
        return [row[0] for row in event["listed"]]
    if event["kind"] == PAIR.name:
        return [event["record_a"], event["record_b"]]
    if event["kind"] == RENAMING.name:
        return []
    return [event["record"]]


def import_events(store: Store, events: Sequence[Event], *, where: str) -> list[Event]:
    """Store events inside the open transaction; return those that were new.

    Corrections and new names among them count at once. Raises DamagedFile for an event that breaks
    a rule of the schema.
    """
    _check_corrections(events, where)
    try:
        new = [event for event in events if add_event(store, KINDS[event["kind"]], event)]
        _make_count(store, new)
        return new
    except RowRefused as error:
        raise _impossible(str(error.__cause__), where) from error


def _make_count(store: Store, new: Iterable[Event]) -> None:
    """Make new names and corrections count in what is derived from the events."""
    by_kind: dict[str, list[Event]] = {}
    for event in new:
        by_kind.setdefault(event["kind"], []).append(event)

    if RENAMING.name in by_kind:
        rebuild_aliases(store)
    if CORRECTION.name in by_kind:
        apply_corrections(store, [event["record"] for event in by_kind[CORRECTION.name]])


def _check_corrections(events: Iterable[Event], where: str) -> None:
    for event in events:
        if event["kind"] == CORRECTION.name and not _can_be(event):
            raise _impossible(f"no {event['field']} can be {event['value']}", where)


def _can_be(correction: Event) -> bool:
    """Return whether a correction's value may stand in its field."""
    if correction["value"] is None:
        return True
    try:
        return is_value_of(correction["field"], json.loads(correction["value"]))
    except (TypeError, json.JSONDecodeError):
        return False


def _impossible(what: str, where: str) -> DamagedFile:
    return DamagedFile(
        f"holds an event that cannot be: {what}",
        where=where,
        hint="export it again; nothing was imported",
    )
