"""Duplicates: the lead record of each, and how records are related."""

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


def copies_by_lead(store: Store) -> dict[str, list[Record]]:
    """Return by lead record its duplicates whole, by key."""
    copies: dict[str, list[Record]] = {}
    rows = store.rows(
        f"SELECT lead, {RECORD_COLUMNS} FROM duplicates JOIN records USING (record) ORDER BY record"
    )

    for lead, *record in rows:
        copies.setdefault(lead, []).append(record_of_row(tuple(record)))
    return copies


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
