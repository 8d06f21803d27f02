"""Events: what reviewers decide and write, appended and never changed.

All kinds go through `append`.

The name of an event is the hash of its content. So two databases that have the same events agree,
in whatever order they got them.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reviewkit.store.aliases import names_of
from reviewkit.store.chain import add_link
from reviewkit.store.database import Store, insert_into, marks

Value = str | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKind:
    """A kind of event: its table and columns.

    Events with the same values in the columns `chain` follow each other. `who` and `at` name the
    columns with its author and time. An event about many records has them in `list_table`, under
    `list_key`, with the columns `list_columns`.
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
CORRECTION = EventKind(
    name="correction",
    table="corrections",
    values=("record", "field", "value", "source_value", "why", "reviewer", "corrected_at"),
    chain=("record", "field"),
    who="reviewer",
    at="corrected_at",
)
# All renamings follow each other: a later one takes earlier ones along.
RENAMING = EventKind(
    name="renaming",
    table="reviewer_renamings",
    values=("old", "new", "prefer", "renamed_by", "renamed_at"),
    chain=(),
    who="renamed_by",
    at="renamed_at",
)
STUDY_LINK = EventKind(
    name="study_link",
    table="study_links",
    values=("study", "record", "linked", "why", "reviewer", "linked_at"),
    chain=("study", "record"),
    who="reviewer",
    at="linked_at",
)
# These two are about a database's own runs, and are in no export of decisions.
WITHDRAWAL = EventKind(
    name="withdrawal",
    table="withdrawals",
    values=("run_sha256", "withdrawn", "why", "reviewer", "withdrawn_at"),
    chain=("run_sha256",),
    who="reviewer",
    at="withdrawn_at",
)
SOURCE_RENAMING = EventKind(
    name="source_renaming",
    table="source_renamings",
    values=("old", "new", "reviewer", "renamed_at"),
    chain=(),
    who="reviewer",
    at="renamed_at",
)
AMENDMENT = EventKind(
    name="amendment",
    table="amendments",
    values=("why", "requeue", "before_sha256", "undoes", "reviewer", "amended_at"),
    chain=(),
    who="reviewer",
    at="amended_at",
    list_table="requeued_decisions",
    list_key="amendment_sha256",
    list_columns=("decision_sha256",),
)
BATCH = EventKind(
    name="batch",
    table="batches",
    values=("reviewer", "chosen_by", "decided_at"),
    chain=("reviewer",),
    who="reviewer",
    at="decided_at",
    list_table="batch_decisions",
    list_key="batch_sha256",
    list_columns=("decision_sha256",),
)
# What these list are events, not records.
ABOUT_EVENTS = frozenset({AMENDMENT.name, BATCH.name})
_ALL = (
    DECISION,
    RESOLUTION,
    RETRIEVAL,
    NOTE,
    TAG,
    ASSIGNMENT,
    STOP,
    PAIR,
    CORRECTION,
    RENAMING,
    AMENDMENT,
    BATCH,
    STUDY_LINK,
)
KINDS = {kind.name: kind for kind in _ALL}
# With those that are in no export of decisions.
ALL_KINDS = (*_ALL, WITHDRAWAL, SOURCE_RENAMING)

# An event as its hash names it and as an export has it: a JSON object of plain values.
Event = Mapping[str, Any]


def event_sha256(event: Event) -> str:
    """Return the name of an event: the SHA-256 of its content, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()


def append(
    store: Store,
    kind: EventKind,
    values: Mapping[str, Value],
    *,
    protocol: str,
    listed: Sequence[Sequence[str]] = (),
) -> str:
    """Append an event at the end of its chain, inside the open transaction; return its name."""
    content: dict[str, Any] = {"kind": kind.name, "protocol_sha256": protocol}
    content |= {name: values.get(name) for name in kind.values}

    content["step"] = _last_step(store, kind, values) + 1
    if kind.list_table:
        content["listed"] = sorted(list(row) for row in listed)

    add_event(store, kind, content)
    return event_sha256(content)


def _last_step(store: Store, kind: EventKind, values: Mapping[str, Value]) -> int:
    """Return the last step of an event's chain; 0 where it is the first.

    What a reviewer said under earlier names belongs to the same chain.
    """
    parts: list[str] = ["1"]
    parameters: list[Value] = []
    for name in kind.chain:
        if name == "reviewer":
            names = names_of(store, str(values[name]))
            parts.append(f"{name} IN ({marks(len(names))})")
            parameters += names
        else:
            parts.append(f"{name} = ?")
            parameters.append(values[name])

    where = " AND ".join(parts)
    return int(
        store.value(f"SELECT coalesce(max(step), 0) FROM {kind.table} WHERE {where}", parameters)
    )


def add_event(store: Store, kind: EventKind, content: Event) -> bool:
    """Store an event with its own step, inside the open transaction. Return whether it was new."""
    sha256 = event_sha256(content)
    names = (kind.key, "protocol_sha256", "step", *kind.values)
    before = store.changes

    # Not OR IGNORE: that would pass over an event that breaks a rule of the schema as well.
    insert = f"{insert_into(kind.table, names)} ON CONFLICT ({kind.key}) DO NOTHING"
    store.insert(insert, [sha256, *(content[name] for name in names[1:])])
    if store.changes == before:
        return False

    add_link(store, kind.name, sha256)
    if kind.list_table:
        columns = (kind.list_key, *kind.list_columns)
        rows = [(sha256, *row) for row in content["listed"]]
        store.write(insert_into(kind.list_table, columns), rows)
    return True


def read_events(store: Store, kind: EventKind, *, who: str | None = None) -> list[dict[str, Any]]:
    """Return every event of a kind, or one author's under all names, each as its content.

    They are in the order of their times, then of their steps and names.
    """
    return [content for _, content in named_events(store, kind, who=who)]


def named_events(
    store: Store, kind: EventKind, *, who: str | None = None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the same, each with the name under which it is stored.

    The name of an event that was changed outside of this program is not its content's hash.
    """
    names = ("protocol_sha256", "step", *kind.values)
    where: str = ""
    parameters: list[str] = []
    if who is not None:
        parameters += names_of(store, who)
        where = f"WHERE {kind.who} IN ({marks(len(parameters))})"

    rows = store.each(
        f"SELECT {kind.key}, {', '.join(names)} FROM {kind.table} {where} "
        f"ORDER BY {kind.at}, step, 1",
        parameters,
    )

    for sha256, *values in rows:
        content = {"kind": kind.name, **dict(zip(names, values, strict=True))}
        if kind.list_table:
            content["listed"] = _listed(store, kind, sha256)
        yield sha256, content


def _listed(store: Store, kind: EventKind, sha256: str) -> list[list[str]]:
    """The records, and other columns, that an event is about, in order."""
    columns = ", ".join(kind.list_columns)
    rows = store.rows(
        f"SELECT {columns} FROM {kind.list_table} WHERE {kind.list_key} = ?", [sha256]
    )
    return sorted(list(row) for row in rows)
