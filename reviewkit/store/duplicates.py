"""Duplicates: the lead record of each, and how records are related."""

from collections.abc import Iterator, Mapping

from reviewkit.model.records import Record, RelationKind
from reviewkit.store.database import Store
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
