"""A record as a row of the table `records`, and back."""

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from reviewkit.model.errors import StoreError
from reviewkit.model.records import Record, Relation, RelationKind, make_record
from reviewkit.store.database import Row, Store, insert_into, to_json, update_if_changed
from reviewkit.store.errors import KEEP
from reviewkit.store.hashes import row_sha256

RECORD_FIELDS = tuple(field.name for field in dataclasses.fields(Record))
LIST_FIELDS = tuple(
    field.name for field in dataclasses.fields(Record) if str(field.type).startswith("tuple")
)
_JSON_FIELDS = frozenset({*LIST_FIELDS, "other"})
# What a query has to select for `record_of_row`.
RECORD_COLUMNS = ", ".join(f"records.{name}" for name in RECORD_FIELDS)
_INSERT = insert_into("records", ("record", *RECORD_FIELDS)) + update_if_changed(
    "record", RECORD_FIELDS
)
_INSERT_HASH = insert_into("record_hashes", ("record", "sha256")) + update_if_changed(
    "record", ("sha256",)
)


def stored_record(store: Store, key: str) -> Record | None:
    """Return one record as it is stored; `None` where no record has this key."""
    row = store.first(f"SELECT {RECORD_COLUMNS} FROM records WHERE record = ?", [key])
    return record_of_row(row) if row else None


def write_record(store: Store, record: Record) -> None:
    """Store a record, new or changed, with the hash of its row, in the open transaction."""
    row = record_row(record)
    store.insert(_INSERT, row)
    store.insert(_INSERT_HASH, [record.key, row_sha256(row)])


def record_row(record: Record) -> list[Any]:
    """Return the row of a record: its key, then RECORD_FIELDS."""
    row: list[Any] = [record.key]

    for name in RECORD_FIELDS:
        value = getattr(record, name)
        if name == "relations" and value:
            value = [[relation.kind, relation.target] for relation in value]
        if name in _JSON_FIELDS:
            value = "[]" if value == () else to_json(value)
        row.append(value)
    return row


def record_of_row(row: Row) -> Record:
    """Return the record in a row of RECORD_COLUMNS. Raises StoreError for one that is damaged."""
    values = dict(zip(RECORD_FIELDS, row, strict=True))
    key = f"{values['source']}:{values['source_id']}"
    try:
        return _record_of(values)
    except (ValueError, TypeError, AttributeError) as error:
        raise StoreError(f"the record {key} is damaged: {error}", hint=KEEP) from error


def record_of_content(content: str) -> Record:
    """Return the record in an earlier row that was kept as JSON (`record_versions.content`)."""
    values = json.loads(content)
    return _record_of({name: values[name] for name in RECORD_FIELDS})


def _record_of(values: dict[str, Any]) -> Record:
    for name in LIST_FIELDS:
        # Most lists are empty; parsing those would take half of the time of reading a record.
        parse = _shared_list if name in _SHARED_FIELDS else _list
        values[name] = () if values[name] == "[]" else parse(values[name])
    values["relations"] = tuple(_relations(values["relations"]))
    values["other"] = _texts_by_name(json.loads(values["other"]))

    return make_record(values)


def _list(stored: str) -> tuple[Any, ...]:
    return tuple(json.loads(stored))


# Thousands of records have the same journal's numbers, the same type and the same language.
_SHARED_FIELDS = frozenset({"issns", "languages", "types"})
_shared_list = lru_cache(maxsize=4096)(_list)


def _relations(stored: Iterable[tuple[str, str]]) -> Iterator[Relation]:
    for kind, target in stored:
        yield Relation(kind=RelationKind(kind), target=target)


def _texts_by_name(stored: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(texts) for name, texts in stored.items()}
