"""Events: what reviewers say, appended and never changed. One way in for all kinds of them.

An event is named by the hash of its content, so that two databases that took in the same events, in any order, agree.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reviewkit.store.database import Store, marks

Value = str | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKind:
    """A kind of event: its table, its columns, and the `chain` of columns within which events follow each other.

    `who` and `at` name the columns with its author and time. `list_table` has the records of an event that is about
    many, under `list_key`, with the columns `list_columns`.
    """

    name: str
    table: str
    values: tuple[str, ...]
    chain: tuple[str, ...]
    who: str
    at: str
    key: str = "sha256"
    list_table: str = ""
    list_key: str = ""
    list_columns: tuple[str, ...] = ()


DECISION = EventKind(
    name="decision",
    table="decisions",
    values=("record", "stage", "reviewer", "verdict", "reason", "note", "decided_at", "undoes"),
    chain=("record", "stage", "reviewer"),
    who="reviewer",
    at="decided_at",
    key="decision_sha256",
)
RESOLUTION = EventKind(
    name="resolution",
    table="resolutions",
    values=("record", "stage", "settled_by", "verdict", "reason", "why", "settled_at"),
    chain=("record", "stage"),
    who="settled_by",
    at="settled_at",
)
RETRIEVAL = EventKind(
    name="retrieval",
    table="retrievals",
    values=("record", "reviewer", "outcome", "detail", "told_at"),
    chain=("record",),
    who="reviewer",
    at="told_at",
)
NOTE = EventKind(
    name="note",
    table="notes",
    values=("record", "reviewer", "text", "written_at"),
    chain=("record", "reviewer"),
    who="reviewer",
    at="written_at",
)
TAG = EventKind(
    name="tag",
    table="tags",
    values=("record", "reviewer", "tag", "present", "tagged_at"),
    chain=("record", "reviewer", "tag"),
    who="reviewer",
    at="tagged_at",
)
ASSIGNMENT = EventKind(
    name="assignment",
    table="assignment_rounds",
    values=("stage", "assigned_by", "plan", "assigned_at"),
    chain=("stage",),
    who="assigned_by",
    at="assigned_at",
    list_table="assignments",
    list_key="round_sha256",
    list_columns=("record", "reviewer"),
)
STOP = EventKind(
    name="stop",
    table="stops",
    values=("stopped_by", "rule", "evidence", "lifted", "stopped_at"),
    chain=(),
    who="stopped_by",
    at="stopped_at",
    list_table="stopped_records",
    list_key="stop_sha256",
    list_columns=("record",),
)
PAIR = EventKind(
    name="pair",
    table="pair_decisions",
    values=("record_a", "record_b", "answer", "relation", "reviewer", "decided_at"),
    chain=("record_a", "record_b"),
    who="reviewer",
    at="decided_at",
)
KINDS = {
    kind.name: kind for kind in (DECISION, RESOLUTION, RETRIEVAL, NOTE, TAG, ASSIGNMENT, STOP, PAIR)
}

Event = Mapping[str, Any]


def event_sha256(event: Event) -> str:
    """The name of an event: the SHA-256 of its content, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()


def append(
    store: Store,
    kind: EventKind,
    values: Mapping[str, Value],
    *,
    protocol: str,
    listed: Sequence[Sequence[str]] = (),
) -> str:
    """Append an event at the end of its chain, inside the transaction that is open; its name comes back."""
    content: dict[str, Any] = {
        "kind": kind.name,
        "protocol_sha256": protocol,
        **{name: values.get(name) for name in kind.values},
    }
    chain = " AND ".join(f"{name} = ?" for name in kind.chain) or "1"
    last = store.rows(
        f"SELECT coalesce(max(step), 0) AS step FROM {kind.table} WHERE {chain}",
        [values[n] for n in kind.chain],
    )
    content["step"] = last[0]["step"] + 1
    if kind.list_table:
        content["listed"] = sorted(list(row) for row in listed)
    take_in(store, kind, content)
    return event_sha256(content)


def take_in(store: Store, kind: EventKind, content: Event) -> bool:
    """Store an event with its step as it stands; whether it was new."""
    sha256 = event_sha256(content)
    names = (kind.key, "protocol_sha256", "step", *kind.values)
    before = store.changes
    # Not OR IGNORE: that would pass over an event that breaks a rule of the schema as well.
    insert = f"INSERT INTO {kind.table} ({', '.join(names)}) VALUES ({marks(len(names))})"
    store.insert(
        f"{insert} ON CONFLICT ({kind.key}) DO NOTHING",
        [sha256, *(content[name] for name in names[1:])],
    )
    if store.changes == before:
        return False
    if kind.list_table:
        columns = (kind.list_key, *kind.list_columns)
        insert = (
            f"INSERT INTO {kind.list_table} ({', '.join(columns)}) VALUES ({marks(len(columns))})"
        )
        store.write(insert, [(sha256, *row) for row in content["listed"]])
    return True


def read_events(store: Store, kind: EventKind, *, who: str | None = None) -> list[dict[str, Any]]:
    """Every event of a kind, or one author's, as the content that names it; in the order of time, then of name."""
    names = ("protocol_sha256", "step", *kind.values)
    where, values = (f" WHERE {kind.who} = ?", [who]) if who is not None else ("", [])
    rows = store.rows(
        f"SELECT {kind.key} AS sha256, {', '.join(names)} FROM {kind.table}{where} ORDER BY {kind.at}, step, 1",
        values,
    )
    events = []
    for row in rows:
        content = {"kind": kind.name, **{name: row[name] for name in names}}
        if kind.list_table:
            listed = f"SELECT {', '.join(kind.list_columns)} FROM {kind.list_table} WHERE {kind.list_key} = ?"
            content["listed"] = sorted(
                list(item.values()) for item in store.rows(listed, [row["sha256"]])
            )
        events.append(content)
    return events
