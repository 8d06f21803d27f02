"""Records: written as the sources gave them, read back as `Record`."""

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reviewkit.model.identifiers import doi_key, pmid_key
from reviewkit.model.records import Record, Relation, RelationKind
from reviewkit.store.database import Row, Store, insert_into, to_json, update_if_changed

_FIELDS = tuple(field.name for field in dataclasses.fields(Record))
_LIST_FIELDS = tuple(
    field.name for field in dataclasses.fields(Record) if str(field.type).startswith("tuple")
)
_JSON_FIELDS = frozenset({*_LIST_FIELDS, "other"})
# What a query has to select for `record_of_row`.
RECORD_COLUMNS = ", ".join(f"records.{name}" for name in _FIELDS)
_IN_FLOW = "record IN (SELECT record FROM flow_records)"


def add_records(store: Store, records: Iterable[Record]) -> dict[str, str]:
    """Store records, new or changed.

    Return the key of each by its id in the source, in their order.
    """
    insert = insert_into("records", ("record", *_FIELDS)) + update_if_changed("record", _FIELDS)
    keys = {}

    for record in records:
        store.insert(insert, _record_row(record))
        keys[record.source_id] = record.key
    return keys


def records_where(store: Store, rest: str, parameters: tuple[Any, ...] = ()) -> list[Record]:
    """Return the records of a query, in its order.

    `rest` is the query's text behind FROM; it has to join `records`.
    """
    rows = store.rows(f"SELECT {RECORD_COLUMNS} FROM {rest}", parameters)
    return [record_of_row(row) for row in rows]


def records_in_flow(store: Store) -> list[Record]:
    """Return every record that counts in the flow, by key."""
    return records_where(store, f"records WHERE {_IN_FLOW} ORDER BY record")


def has_records(store: Store) -> bool:
    """Whether any record counts in the flow."""
    return store.first("SELECT 1 FROM flow_records LIMIT 1") is not None


def has_records_of(store: Store, source: str) -> bool:
    """Whether there is any record of the source."""
    return store.first("SELECT 1 FROM records WHERE source = ? LIMIT 1", [source]) is not None


def record_by_key(store: Store, key: str) -> Record | None:
    """Return one record, whatever its state; `None` where no record has this key."""
    row = store.first(f"SELECT {RECORD_COLUMNS} FROM records WHERE record = ?", [key])
    return record_of_row(row) if row else None


def records_by_key(store: Store, keys: Iterable[str]) -> dict[str, Record]:
    """Return the records of these keys as they are now. Unknown keys are left out."""
    records = ((key, record_by_key(store, key)) for key in keys)
    return {key: record for key, record in records if record}


def records_known_as(store: Store, *, pmid: str | None, doi: str | None) -> list[Record]:
    """Return every record, in the flow or not, that has one of these identifiers."""
    where = "records WHERE pmid = ? OR lower(doi) = ? ORDER BY record"
    return records_where(store, where, (pmid_key(pmid) or None, doi_key(doi) or None))


def sources_in_flow(store: Store) -> dict[str, str]:
    """Return the source of every record that counts in the flow, by key."""
    return dict(store.rows(f"SELECT record, source FROM records WHERE {_IN_FLOW}"))


def pmids_by_record(store: Store) -> dict[str, str]:
    """Return the PMID of every record that has one, by key."""
    return dict(store.rows("SELECT record, pmid FROM records WHERE pmid IS NOT NULL"))


def citations_in_flow(store: Store) -> dict[str, Row]:
    """Return title, authors (JSON), year, journal, DOI and PMID of the flow's records, by key."""
    rows = store.rows(
        f"SELECT record, title, authors, year, journal, doi, pmid FROM records WHERE {_IN_FLOW}"
    )
    return {record: tuple(cells) for record, *cells in rows}


def count_records(store: Store) -> int:
    """Return how many records the database holds, in the flow or not."""
    return int(store.value("SELECT count(*) FROM records"))


def created_after(store: Store, day: str) -> frozenset[str]:
    """Return the records that their source says it added after a day (ISO 8601)."""
    rows = store.rows("SELECT record FROM records WHERE substr(created, 1, 10) > ?", [day])
    return frozenset(record for (record,) in rows)


def _record_row(record: Record) -> list[Any]:
    row: list[Any] = [record.key]

    for name in _FIELDS:
        value = getattr(record, name)
        if name == "relations":
            value = [[relation.kind, relation.target] for relation in value]
        if name in _JSON_FIELDS:
            value = to_json(value)
        row.append(value)
    return row


def record_of_row(row: Row) -> Record:
    """Return the record in a row of RECORD_COLUMNS."""
    return _record_of(dict(zip(_FIELDS, row, strict=True)))


def record_of_content(content: str) -> Record:
    """Return the record in an earlier row that was kept as JSON (`record_versions.content`)."""
    values = json.loads(content)
    return _record_of({name: values[name] for name in _FIELDS})


def _record_of(values: dict[str, Any]) -> Record:
    for name in _LIST_FIELDS:
        # Most lists are empty; parsing those would take half of the time of reading a record.
        values[name] = () if values[name] == "[]" else tuple(json.loads(values[name]))
    values["relations"] = tuple(_relations(values["relations"]))
    values["other"] = _texts_by_name(json.loads(values["other"]))

    return Record(**values)


def _relations(stored: Iterable[tuple[str, str]]) -> Iterator[Relation]:
    for kind, target in stored:
        yield Relation(kind=RelationKind(kind), target=target)


def _texts_by_name(stored: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(texts) for name, texts in stored.items()}
