"""Records that updates ask their service for again, by number."""

from reviewkit.model.records import Record
from reviewkit.store.database import Store
from reviewkit.store.records import record_of_values


def monitored_records(store: Store, *, first_after: int = 0) -> list[Record]:
    """The records that watches have brought, as they are now; only those that no run up to `first_after` knew."""
    rows = store.rows(
        "SELECT * FROM records WHERE record IN (SELECT record FROM run_records JOIN runs USING (run) "
        "WHERE strategy = 'watch' AND status = 'complete' AND run > ?) "
        "AND NOT EXISTS (SELECT 1 FROM run_records AS older WHERE older.record = records.record AND older.run <= ?) "
        "ORDER BY record",
        [first_after, first_after],
    )
    return [record_of_values(row) for row in rows]


def missing_from_monitor(store: Store) -> frozenset[str]:
    """The identifiers that the last watch of each asked for by number in vain: merged or deleted."""
    return frozenset(name for name, record in _last_monitored(store) if record is None)


def present_in_monitor(store: Store) -> frozenset[str]:
    """The identifiers that the last watch of each asked for by number and got."""
    return frozenset(name for name, record in _last_monitored(store) if record is not None)


def _last_monitored(store: Store) -> list[tuple[str, str | None]]:
    """By identifier what the newest watch that asked for it got."""
    return store.tuples(
        "SELECT identifier, record FROM run_records JOIN (SELECT identifier, max(run) AS run FROM run_records "
        "JOIN runs USING (run) WHERE strategy = 'watch' AND status = 'complete' GROUP BY identifier) "
        "USING (run, identifier)"
    )
