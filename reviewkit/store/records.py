"""Records: written as the sources gave them, read back as `Record`."""

import dataclasses
import json
from collections.abc import Iterable, Mapping
from typing import Any

from reviewkit.model.identifiers import doi_key, pmid_key
from reviewkit.model.records import (
    Record,
    Relation,
    RelationKind,
)
from reviewkit.store.database import Store, marks, to_json, update_if_changed

_RECORD_FIELDS = tuple(field.name for field in dataclasses.fields(Record))


_LIST_FIELDS = tuple(
    field.name for field in dataclasses.fields(Record) if str(field.type).startswith("tuple")
)


_JSON_FIELDS = frozenset({*_LIST_FIELDS, "other"})


def add_records(store: Store, records: Iterable[Record]) -> dict[str, str]:
    """The key of every record by its id in the source, in the order in which they came."""
    names = ("record", *_RECORD_FIELDS)
    insert = (
        f"INSERT INTO records ({', '.join(names)}) VALUES ({marks(len(names))}) "
        + update_if_changed("record", _RECORD_FIELDS)
    )
    arrived = {}
    for record in records:
        store.insert(insert, _record_row(record))
        arrived[record.source_id] = record.key
    return arrived


def records_in_flow(store: Store) -> list[Record]:
    """Every record that counts in the flow, by key."""
    sql = "SELECT * FROM records WHERE record IN (SELECT record FROM flow_records) ORDER BY record"
    return [record_of_values(row) for row in store.rows(sql)]


def has_records_of(store: Store, source: str) -> bool:
    """Whether there is any record of the source."""
    return bool(store.rows("SELECT 1 FROM records WHERE source = ? LIMIT 1", [source]))


def record_by_key(store: Store, key: str) -> Record | None:
    """One record, whatever its state; `None` where there is none of this key."""
    rows = store.rows("SELECT * FROM records WHERE record = ?", [key])
    return record_of_values(rows[0]) if rows else None


def records_by_key(store: Store, keys: list[str]) -> dict[str, Record]:
    """The records of these keys as they are now."""
    found: dict[str, Record] = {}
    for key in keys:
        for row in store.rows("SELECT * FROM records WHERE record = ?", [key]):
            found[key] = record_of_values(row)
    return found


def records_known_as(store: Store, *, pmid: str | None, doi: str | None) -> list[Record]:
    """Every record of the database, in the flow or not, that has one of these identifiers."""
    rows = store.rows(
        "SELECT * FROM records WHERE pmid = ? OR lower(doi) = ? ORDER BY record",
        [pmid_key(pmid) or None, doi_key(doi) or None],
    )
    return [record_of_values(row) for row in rows]


def sources_in_flow(store: Store) -> dict[str, str]:
    """The source of every record that counts in the flow, by key."""
    return dict(
        store.tuples(
            "SELECT record, source FROM records WHERE record IN (SELECT record FROM flow_records)"
        )
    )


def pmids_by_record(store: Store) -> dict[str, str]:
    """The PMID of every record that has one."""
    return dict(store.tuples("SELECT record, pmid FROM records WHERE pmid IS NOT NULL"))


def citations_in_flow(store: Store) -> dict[str, tuple[Any, ...]]:
    """Of every record that counts in the flow: title, authors (JSON), year, journal, DOI and PMID."""
    rows = store.tuples(
        "SELECT record, title, authors, year, journal, doi, pmid FROM records "
        "WHERE record IN (SELECT record FROM flow_records)"
    )
    return {record: tuple(cells) for record, *cells in rows}


def count_records(store: Store) -> int:
    """How many records the database holds, in the flow or not."""
    return int(store.rows("SELECT count(*) AS n FROM records")[0]["n"])


def has_records(store: Store) -> bool:
    return bool(store.rows("SELECT 1 FROM flow_records LIMIT 1"))


def created_after(store: Store, day: str) -> frozenset[str]:
    """The records that their source says it added after a day (ISO 8601)."""
    return frozenset(
        record
        for (record,) in store.tuples(
            "SELECT record FROM records WHERE substr(created, 1, 10) > ?", [day]
        )
    )


def _record_row(record: Record) -> list[Any]:
    row: list[Any] = [record.key]
    for name in _RECORD_FIELDS:
        value = getattr(record, name)
        if name == "relations":
            value = [[relation.kind, relation.target] for relation in value]
        row.append(to_json(value) if name in _JSON_FIELDS else value)
    return row


def record_of_values(row: Mapping[str, Any]) -> Record:
    """The record in a row of `records`, or in what was kept of one."""
    values = {name: row[name] for name in _RECORD_FIELDS}
    for name in _LIST_FIELDS:
        # Most lists are empty, and to have that read takes half of the time of reading a record.
        values[name] = () if values[name] == "[]" else tuple(json.loads(values[name]))
    values["relations"] = tuple(
        Relation(kind=RelationKind(kind), target=target) for kind, target in values["relations"]
    )
    values["other"] = {key: tuple(texts) for key, texts in json.loads(values["other"]).items()}
    return Record(**values)
