"""Duplicates: the lead record of each, and how records are related."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter

from reviewkit.model.records import Record, RelationKind
from reviewkit.store.database import Store
from reviewkit.store.record_rows import RECORD_COLUMNS, record_of_row
from reviewkit.store.records import records_where


def stored_leads(store: Store) -> dict[str, str]:
    """Return the lead record of each record that is a duplicate."""
    return dict(store.rows("SELECT record, lead FROM duplicates"))


def copies_of(store: Store, lead: str) -> tuple[str, ...]:
    """Return the duplicates of a lead record, in order."""
    rows = store.rows("SELECT record FROM duplicates WHERE lead = ? ORDER BY record", [lead])
    return tuple(record for (record,) in rows)


def copies_led_by(store: Store, lead: str) -> list[Record]:
    """Return the duplicates of a lead record whole, by key."""
    rest = "duplicates JOIN records USING (record) WHERE lead = ? ORDER BY record"
    return records_where(store, rest, (lead,))


def clusters(store: Store) -> Iterator[tuple[Record, list[Record]]]:
    """Yield each lead record with its duplicates whole, by key; no more than one is held."""
    rows = store.each(
        f"SELECT lead, {RECORD_COLUMNS} FROM ("
        "SELECT lead, record, 1 AS is_copy FROM duplicates "
        "UNION ALL SELECT DISTINCT lead, lead, 0 FROM duplicates) AS members "
        "JOIN records ON records.record = members.record ORDER BY lead, is_copy, members.record"
    )
    for _, members in groupby(rows, key=itemgetter(0)):
        lead, *copies = [record_of_row(row[1:]) for row in members]
        yield lead, copies


class CopiesByLead(Mapping[str, list[Record]]):
    """By lead record its duplicates whole, by key. They are read when they are asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getitem__(self, lead: str) -> list[Record]:
        copies = copies_led_by(self._store, lead)
        if not copies:
            raise KeyError(lead)
        return copies

    def __iter__(self) -> Iterator[str]:
        rows = self._store.rows("SELECT DISTINCT lead FROM duplicates ORDER BY lead")
        return (lead for (lead,) in rows)

    def __len__(self) -> int:
        return int(self._store.value("SELECT count(DISTINCT lead) FROM duplicates"))


def related_records(store: Store) -> list[tuple[str, RelationKind, str]]:
    """Return every relation found or stated: the record, its kind, the other record."""
    rows = store.rows("SELECT record, kind, target FROM relations ORDER BY record, kind, target")
    return [(record, RelationKind(kind), target) for record, kind, target in rows]


def links_to(store: Store) -> dict[str, list[tuple[RelationKind, str]]]:
    """Return by record how other records of the review name it: kind and key of each."""
    links: dict[str, list[tuple[RelationKind, str]]] = {}
    rows = store.rows("SELECT record, kind, target FROM relations ORDER BY record, kind")
    for record, kind, target in rows:
        links.setdefault(target, []).append((RelationKind(kind), record))
    return links
