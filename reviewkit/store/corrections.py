"""Corrections of records by hand: events on top of what the sources give.

The row in `records` is the corrected content, so that search, deduplication, ranking and export
read one table. What the source gives is kept in `source_contents` as long as a correction counts.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from reviewkit.model.records import Record
from reviewkit.store.database import Row, Store, insert_into, to_json, update_if_changed
from reviewkit.store.events import CORRECTION, append
from reviewkit.store.record_rows import (
    RECORD_FIELDS,
    record_of_content,
    record_row,
    stored_record,
    write_record,
)

_COLUMNS = "record, field, value, source_value, why, reviewer, corrected_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A field of a record corrected by a person.

    `value` and `source_value` are JSON. A `value` of `None` takes earlier corrections of the field
    back: what the source gives counts again.
    """

    record: str
    field: str
    value: str | None
    source_value: str | None
    why: str | None
    reviewer: str
    corrected_at: str

    @property
    def new_value(self) -> Any:
        """The corrected value, a list as a tuple."""
        return value_of(self.value)


def value_of(text: str | None) -> Any:
    """Return what a JSON value of a correction holds, a list as a tuple; `None` for `None`."""
    value = None if text is None else json.loads(text)
    return tuple(value) if isinstance(value, list) else value


def add_correction(store: Store, correction: Correction, *, protocol: str) -> None:
    """Append a correction inside the open transaction, and make it count."""
    values = {name: getattr(correction, name) for name in CORRECTION.values}
    append(store, CORRECTION, values, protocol=protocol)
    apply_corrections(store, [correction.record])


def current_corrections(store: Store, record: str) -> dict[str, Correction]:
    """Return the corrections of a record that count, by field."""
    rows = store.rows(
        f"SELECT {_COLUMNS} FROM current_corrections WHERE record = ? ORDER BY field", [record]
    )
    return {row[1]: _correction_of(row) for row in rows}


def corrections_by_record(store: Store) -> dict[str, tuple[Correction, ...]]:
    """Return all corrections that count, by record, in the order of their fields."""
    rows = store.rows(f"SELECT {_COLUMNS} FROM current_corrections ORDER BY record, field")
    by_record: dict[str, tuple[Correction, ...]] = {}

    for row in rows:
        by_record[row[0]] = (*by_record.get(row[0], ()), _correction_of(row))
    return by_record


def correction_history(store: Store, record: str) -> list[Correction]:
    """Return every correction of a record, the oldest first, those taken back too."""
    rows = store.rows(
        f"SELECT {_COLUMNS} FROM corrections WHERE record = ? ORDER BY correction",
        [record],
    )
    return [_correction_of(row) for row in rows]


def source_content(store: Store, record: str) -> Record | None:
    """Return a record as its source gives it; `None` where no record has this key."""
    return content_before_corrections(store, record) or stored_record(store, record)


def content_before_corrections(store: Store, record: str) -> Record | None:
    """Return a corrected record as its source gives it; `None` where no correction counts."""
    content = store.value("SELECT content FROM source_contents WHERE record = ?", [record])
    return None if content is None else record_of_content(content)


def apply_corrections(store: Store, records: Iterable[str]) -> None:
    """Write records as they are with the corrections that count now, in the open transaction."""
    with correcting(store):
        for record in dict.fromkeys(records):
            _apply(store, record)


def _apply(store: Store, record: str) -> None:
    given = source_content(store, record)
    if given is None:
        return

    corrections = current_corrections(store, record)
    if corrections:
        keep_source_content(store, given)
    else:
        store.write("DELETE FROM source_contents WHERE record = ?", [(record,)])

    write_record(store, with_corrections(given, corrections))


@contextmanager
def correcting(store: Store) -> Iterator[None]:
    """While this is open, the version that a record leaves names no run."""
    store.write("INSERT OR IGNORE INTO correction_marks (mark) VALUES (?)", [(1,)])
    yield
    # After an error the whole transaction is rolled back, and the mark with it.
    store.write("DELETE FROM correction_marks WHERE mark = ?", [(1,)])


def keep_source_content(store: Store, given: Record) -> None:
    """Store what a source gives of a record that is corrected."""
    values = dict(zip(("record", *RECORD_FIELDS), record_row(given), strict=True))
    key = values.pop("record")
    insert = insert_into("source_contents", ("record", "content"))
    insert += update_if_changed("record", ("content",))
    store.insert(insert, [key, to_json(values)])


def with_corrections(record: Record, corrections: Mapping[str, Correction]) -> Record:
    """Return the record with the corrected fields."""
    return replace(record, **{name: each.new_value for name, each in corrections.items()})


def correct_arriving(store: Store, record: Record) -> Record:
    """Return a record that comes in as it is to be stored: with its corrections on top.

    What comes in is kept as what the source gives. A stored record that comes in again has its
    corrections already: in those fields, what the source gave before stays known.
    """
    corrections = current_corrections(store, record.key)
    if not corrections:
        return record

    before = source_content(store, record.key) or record
    unchanged = {
        name: getattr(before, name)
        for name, correction in corrections.items()
        if getattr(record, name) == correction.new_value
    }
    keep_source_content(store, replace(record, **unchanged))
    return with_corrections(record, corrections)


def corrected_records(store: Store) -> frozenset[str]:
    """Return the records that have a correction."""
    rows = store.rows("SELECT record FROM source_contents")
    return frozenset(record for (record,) in rows)


def _correction_of(row: Row) -> Correction:
    names = _COLUMNS.split(", ")
    return Correction(**dict(zip(names, row, strict=True)))
