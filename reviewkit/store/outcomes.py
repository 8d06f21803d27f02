"""What an export says of the records, one record at a time. `hold_export` comes first."""

from collections.abc import Iterator
from typing import NamedTuple

from reviewkit.model.records import Record, Role, Stage
from reviewkit.prisma.partition import RecordState, Selection, State
from reviewkit.store.database import Store
from reviewkit.store.record_rows import RECORD_COLUMNS, record_of_row

# In this order of the two: the places come sorted from an index, and no whole record is sorted.
_WHOLE = "CROSS JOIN records ON records.record = given.record"
# Where a record first came: its run, then its place in the file or list.
_CAME = (
    "(SELECT min((run << 32) + position) FROM run_records WHERE run_records.record = states.record)"
)


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


def hold_export(store: Store, selection: Selection | None, *, by_key: bool = False) -> None:
    """Compute once what the other rows come from, by default for the selection of the flow.

    The records are in the order in which they came, or in that of their keys. For a store for
    reading; nothing is stored in the file.
    """
    store.hold_states()
    states = "record_states AS states"
    if selection:
        states = f"selection_states AS states WHERE selection = '{selection.value}'"
    place = "record" if by_key else _CAME
    columns = f"record, source, role, state, reason, {place} AS place"
    store.hold("export_states", f"SELECT {columns} FROM {states}", "place, record")
    copies = "SELECT reason AS lead, record FROM export_states WHERE state = 'duplicate'"
    store.hold("export_copies", copies, "lead, record")


def states_in_order(store: Store) -> Iterator[RecordState]:
    """Yield the state of each record of the flow."""
    sql = "SELECT record, source, role, state, reason FROM export_states ORDER BY place, record"
    for record, source, role, state, reason in store.each(sql):
        yield RecordState(
            record=record, source=source, role=Role(role), state=State(state), reason=reason
        )


def records_in_order(store: Store) -> Iterator[Record]:
    """Yield each record of the flow."""
    sql = (
        f"SELECT {RECORD_COLUMNS} FROM export_states AS given {_WHOLE} "
        "ORDER BY given.place, given.record"
    )
    return map(record_of_row, store.each(sql))


def copies_of(store: Store, lead: str) -> list[Record]:
    """Return the duplicates of a record, by key."""
    rows = store.rows(
        f"SELECT {RECORD_COLUMNS} FROM export_copies AS given {_WHOLE} "
        "WHERE lead = ? ORDER BY given.record",
        [lead],
    )
    return [record_of_row(row) for row in rows]


def verdicts_on(store: Store, selection: Selection, record: str) -> list[StageVerdict]:
    """Return a selection's verdict on a record at each stage."""
    rows = store.rows(
        "SELECT record, stage, verdict, reason FROM verdicts WHERE selection = ? AND record = ?",
        [selection, record],
    )
    return [StageVerdict(key, Stage(stage), verdict, why) for key, stage, verdict, why in rows]


def deciders_on(store: Store, selection: Selection, record: str) -> list[Decider]:
    """Return who of a selection has decided on a record at each stage, by name."""
    rows = store.rows(
        "SELECT record, stage, reviewer, note FROM current_decisions "
        "WHERE record = ? AND selection = ? ORDER BY stage, reviewer",
        [record, selection],
    )
    return [Decider(key, Stage(stage), reviewer, note) for key, stage, reviewer, note in rows]
