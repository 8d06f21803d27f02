"""Records: written as the sources gave them, read back as `Record`."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from reviewkit.model.identifiers import doi_key, pmid_key
from reviewkit.model.records import Record
from reviewkit.store.corrections import correct_arriving, corrected_records
from reviewkit.store.database import Row, Store
from reviewkit.store.given_tables import GivenTable
from reviewkit.store.record_rows import (
    RECORD_COLUMNS,
    RECORD_FIELDS,
    record_of_content,
    record_of_row,
    record_row,
    stored_record,
    write_record,
)

_NOT_COMPARED = {"headings": "'[]'", "keywords": "'[]'", "other": "'{}'"}
_IN_FLOW = "record IN (SELECT record FROM flow_records)"


def add_records(store: Store, records: Iterable[Record]) -> dict[str, str]:
    """Store records, new or changed. What people corrected in them by hand stays corrected.

    Return the key of each by its id in the source, in their order.
    """
    return {record.source_id: record.key for record in store_each(store, records)}


def store_each(store: Store, records: Iterable[Record]) -> Iterator[Record]:
    """Store records as `add_records` does, and yield each when it is stored."""
    corrected = corrected_records(store)

    for record in records:
        stored = record
        if record.key in corrected:
            stored = correct_arriving(store, record)
        write_record(store, stored)
        yield record


def records_where(store: Store, rest: str, parameters: tuple[Any, ...] = ()) -> list[Record]:
    """Return the records of a query, in its order.

    `rest` is the query's text behind FROM; it has to join `records`.
    """
    rows = store.each(f"SELECT {RECORD_COLUMNS} FROM {rest}", parameters)
    return [record_of_row(row) for row in rows]


def records_in_flow(store: Store) -> list[Record]:
    """Return every record that counts in the flow, by key."""
    return records_where(store, f"records WHERE {_IN_FLOW} ORDER BY record")


def records_to_compare(store: Store) -> list[Record]:
    """Return every record that counts in the flow, by key, without what tells no works apart.

    Subject headings, keywords and the fields that have no name are half of what a record takes.
    """
    columns = [_NOT_COMPARED.get(name, f"records.{name}") for name in RECORD_FIELDS]
    sql = f"SELECT {', '.join(columns)} FROM records WHERE {_IN_FLOW} ORDER BY record"
    return [record_of_row(row) for row in store.each(sql)]


class StoredRecords(Mapping[str, Record]):
    """The records of the flow by key. Each is read when it is asked for, and none is kept."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getitem__(self, key: str) -> Record:
        record = stored_record(self._store, key)
        if record is None:
            raise KeyError(key)
        return record

    def __iter__(self) -> Iterator[str]:
        return iter(sources_in_flow(self._store))

    def __len__(self) -> int:
        return len(sources_in_flow(self._store))


def has_records(store: Store) -> bool:
    """Whether any record counts in the flow."""
    return store.first("SELECT 1 FROM flow_records LIMIT 1") is not None


def has_record(store: Store, key: str) -> bool:
    """Return whether a record has this key, in the flow or not."""
    return store.first("SELECT 1 FROM records WHERE record = ?", [key]) is not None


def source_ids(store: Store, source: str) -> frozenset[str]:
    """Return the identifier of every record of a source."""
    rows = store.rows("SELECT source_id FROM records WHERE source = ?", [source])
    return frozenset(name for (name,) in rows)


def record_by_key(store: Store, key: str) -> Record | None:
    """Return one record, whatever its state; `None` where no record has this key."""
    return stored_record(store, key)


def record_number(store: Store, key: str) -> int:
    """Return the number of a record's row, for the open transaction.

    Raises KeyError where no record has this key.
    """
    row = store.first("SELECT rowid FROM records WHERE record = ?", [key])
    if row is None:
        raise KeyError(key)
    return int(row[0])


def record_by_number(store: Store, number: int) -> Record | None:
    """Return the record of a row; `None` where there is none."""
    found = records_where(store, "records WHERE rowid = ?", (number,))
    return found[0] if found else None


def is_in_flow(store: Store, key: str) -> bool:
    """Return whether a record counts in the flow."""
    return store.first("SELECT 1 FROM flow_records WHERE record = ?", [key]) is not None


def identities_of_source(store: Store, source: str) -> Iterator[tuple[int, Record]]:
    """Yield every record of a source after its row's number, with no more than identifies it.

    They come in the order of arrival. A record that a person corrected comes twice: as corrected,
    and as the source gives it.
    """
    names = ("source_id", "title", "original_title", "year", "doi", "pmid", "pmcid", "accession")
    rows = store.each(
        f"SELECT rowid, authors, collective_authors, {', '.join(names)} FROM records "
        "WHERE source = ? ORDER BY rowid",
        [source],
    )
    for number, authors, groups, *row in rows:
        values: dict[str, Any] = dict(zip(names, row, strict=True))
        values["authors"] = tuple(json.loads(authors))
        values["collective_authors"] = tuple(json.loads(groups))
        yield number, Record(source=source, **values)

    contents = store.rows(
        "SELECT records.rowid, content FROM source_contents JOIN records USING (record) "
        "WHERE source = ?",
        [source],
    )
    for number, content in contents:
        yield number, record_of_content(content)


def records_by_key(store: Store, keys: Iterable[str]) -> dict[str, Record]:
    """Return the records of these keys as they are now. Unknown keys are left out."""
    records = ((key, record_by_key(store, key)) for key in keys)
    return {key: record for key, record in records if record}


def records_known_as(store: Store, *, pmid: str | None, doi: str | None) -> list[Record]:
    """Return every record, in the flow or not, that has one of these identifiers."""
    where = "records WHERE pmid = ? OR lower(doi) = ? ORDER BY record"
    return records_where(store, where, (pmid_key(pmid) or None, doi_key(doi) or None))


def records_outside_flow(store: Store) -> list[Record]:
    """Return the records that count in no flow: asked for by number, or listed beside a search."""
    return records_where(store, f"records WHERE NOT ({_IN_FLOW}) ORDER BY record")


def sources_in_flow(store: Store) -> dict[str, str]:
    """Return the source of every record that counts in the flow, by key."""
    return dict(store.rows(f"SELECT record, source FROM records WHERE {_IN_FLOW}"))


def pmids_by_record(store: Store) -> dict[str, str]:
    """Return the PMID of every record that has one, by key."""
    return dict(store.rows("SELECT record, pmid FROM records WHERE pmid IS NOT NULL"))


CITATION = ("title", "authors", "year", "journal", "doi", "pmid")
"""What a list prints of a record; authors are JSON."""


def citation_of(record: Record) -> Row:
    """Return the key of a record, then what CITATION names."""
    values = dict(zip(RECORD_FIELDS, record_row(record)[1:], strict=True))
    return (record.key, *(values[name] for name in CITATION))


def citations_in_order(
    store: Store, merged: Iterable[Row], *, states: Sequence[str] = ()
) -> Iterator[Row]:
    """Yield key and CITATION of the flow's records, the newest first, then by title.

    `merged` are those of records whose copies know more; they take the place of their own. The
    columns of `record_states` that are asked for follow.
    """
    columns = ("record PRIMARY KEY", *CITATION)
    store.use_tables(GivenTable(name="merged", columns=columns, rows=merged))
    shown = [
        f"CASE WHEN merged.record IS NULL THEN records.{name} ELSE merged.{name} END AS {name}"
        for name in CITATION
    ]
    shown += [f"record_states.{name}" for name in states]
    joined = "JOIN record_states ON record_states.record = records.record " if states else ""

    yield from store.each(
        f"SELECT * FROM (SELECT records.record, {', '.join(shown)} FROM records {joined}"
        "LEFT JOIN temp.merged AS merged ON merged.record = records.record "
        f"WHERE records.{_IN_FLOW}) ORDER BY coalesce(year, 0) DESC, coalesce(title, ''), record"
    )


def count_records(store: Store) -> int:
    """Return how many records the database holds, in the flow or not."""
    return int(store.value("SELECT count(*) FROM records"))


def created_after(store: Store, day: str) -> frozenset[str]:
    """Return the records that their source says it added after a day (ISO 8601)."""
    rows = store.rows("SELECT record FROM records WHERE substr(created, 1, 10) > ?", [day])
    return frozenset(record for (record,) in rows)
