"""What an export says of the records, as rows in the order of the records' keys.

Whoever reads them side by side holds no more than one record at a time. `hold_export` comes first.
"""

from collections.abc import Iterator
from typing import NamedTuple

from reviewkit.model.records import Record, Role, Stage
from reviewkit.prisma.partition import RecordState, Selection, State
from reviewkit.store.database import Store
from reviewkit.store.record_rows import RECORD_COLUMNS, record_of_row

# In this order of the two: the keys come sorted from an index, and no whole record is sorted.
_WHOLE = "CROSS JOIN records ON records.record = given.record"


class StageVerdict(NamedTuple):
    """The joint verdict on a record at a stage, and the agreed reason."""

    record: str
    stage: Stage
    verdict: str
    reason: str | None


class Decider(NamedTuple):
    """Who has decided on a record at a stage, with the note."""

    record: str
    stage: Stage
    reviewer: str
    note: str | None


class CopyOf(NamedTuple):
    """A duplicate, under the key of its lead record."""

    lead: str
    record: Record


def hold_export(store: Store, selection: Selection | None) -> None:
    """Compute once what the other rows come from, by default for the selection of the flow.

    For a store for reading; nothing is stored in the file.
    """
    store.hold_states()
    states = "record_states"
    if selection:
        states = f"selection_states WHERE selection = '{selection.value}'"
    columns = "record, source, role, state, reason"
    store.hold("export_states", f"SELECT {columns} FROM {states}", "record")
    copies = "SELECT reason AS lead, record FROM export_states WHERE state = 'duplicate'"
    store.hold("export_copies", copies, "lead, record")


def states_in_order(store: Store) -> Iterator[RecordState]:
    """Yield the state of each record of the flow."""
    sql = "SELECT record, source, role, state, reason FROM export_states ORDER BY record"
    for record, source, role, state, reason in store.each(sql):
        yield RecordState(
            record=record, source=source, role=Role(role), state=State(state), reason=reason
        )


def records_in_order(store: Store) -> Iterator[Record]:
    """Yield each record of the flow."""
    sql = f"SELECT {RECORD_COLUMNS} FROM export_states AS given {_WHOLE} ORDER BY given.record"
    return map(record_of_row, store.each(sql))


def copies_in_order(store: Store) -> Iterator[CopyOf]:
    """Yield each duplicate whole, by its lead record, then by its own key."""
    rows = store.each(
        f"SELECT lead, {RECORD_COLUMNS} FROM export_copies AS given {_WHOLE} "
        "ORDER BY lead, given.record"
    )
    for lead, *row in rows:
        yield CopyOf(lead, record_of_row(tuple(row)))


def verdicts_in_order(store: Store, selection: Selection) -> Iterator[StageVerdict]:
    """Yield a selection's verdict on each record at each stage."""
    rows = store.each(
        "SELECT record, stage, verdict, reason FROM verdicts WHERE selection = ? ORDER BY record",
        [selection],
    )
    for record, stage, verdict, reason in rows:
        yield StageVerdict(record, Stage(stage), verdict, reason)


def deciders_in_order(store: Store, selection: Selection) -> Iterator[Decider]:
    """Yield who of a selection has decided on each record at each stage, by name."""
    rows = store.each(
        "SELECT record, stage, reviewer, note FROM current_decisions "
        "WHERE selection = ? ORDER BY record, stage, reviewer",
        [selection],
    )
    for record, stage, reviewer, note in rows:
        yield Decider(record, Stage(stage), reviewer, note)
