"""Duplicates: the lead record of each, and how records are related."""

from reviewkit.model.records import (
    Record,
    RelationKind,
)
from reviewkit.store.database import Store
from reviewkit.store.records import record_of_values


def stored_leads(store: Store) -> dict[str, str]:
    """The copy that leads, for each record that is a duplicate."""
    return {row["record"]: row["lead"] for row in store.rows("SELECT record, lead FROM duplicates")}


def copies_led_by(store: Store, lead: str) -> list[Record]:
    """The records that stand for the same report as the one that leads, without it; by key."""
    sql = "SELECT records.* FROM duplicates JOIN records USING (record) WHERE lead = ? ORDER BY record"
    return [record_of_values(row) for row in store.rows(sql, [lead])]


def copies_by_lead(store: Store) -> dict[str, list[Record]]:
    """By the record that leads, the records that stand for the same report; without the lead itself."""
    rows = store.rows(
        "SELECT lead, records.* FROM duplicates JOIN records USING (record) ORDER BY record"
    )
    found: dict[str, list[Record]] = {}
    for row in rows:
        found.setdefault(row["lead"], []).append(record_of_values(row))
    return found


def copies_of(store: Store, record: str) -> tuple[str, ...]:
    rows = store.rows("SELECT record FROM duplicates WHERE lead = ? ORDER BY record", [record])
    return tuple(row["record"] for row in rows)


def links_to(store: Store) -> dict[str, list[tuple[RelationKind, str]]]:
    """By record, how other records of the review name it: the kind of link, and the other's key."""
    found: dict[str, list[tuple[RelationKind, str]]] = {}
    for row in store.rows("SELECT record, kind, target FROM relations ORDER BY record, kind"):
        found.setdefault(row["target"], []).append((RelationKind(row["kind"]), row["record"]))
    return found


def related_records(store: Store) -> list[tuple[str, RelationKind, str]]:
    """Every relation that was found or stated: the record, what it is, and to which."""
    rows = store.tuples("SELECT record, kind, target FROM relations ORDER BY record, kind, target")
    return [(record, RelationKind(kind), target) for record, kind, target in rows]
