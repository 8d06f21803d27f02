"""Records that updates request from their service again, by number."""

from reviewkit.model.records import Record
from reviewkit.store.database import Row, Store
from reviewkit.store.records import records_where

_MONITOR_RUNS = "runs.kind = 'monitor' AND runs.status = 'complete'"


def monitored_records(store: Store, *, first_after: int = 0) -> list[Record]:
    """Return the records that the monitor has brought, as they are now, by key.

    With `first_after` only those that no run up to that number had.
    """
    where = (
        "records WHERE record IN (SELECT record FROM run_records JOIN runs USING (run) "
        f"WHERE {_MONITOR_RUNS} AND run > ?) "
        "AND NOT EXISTS (SELECT 1 FROM run_records AS older "
        "WHERE older.record = records.record AND older.run <= ?) ORDER BY record"
    )
    return records_where(store, where, (first_after, first_after))


def missing_from_monitor(store: Store) -> frozenset[str]:
    """Return the requested identifiers that were not returned the last time: merged or deleted."""
    return frozenset(name for name, record in _last_monitored(store) if record is None)


def present_in_monitor(store: Store) -> frozenset[str]:
    """Return the requested identifiers that were returned the last time."""
    return frozenset(name for name, record in _last_monitored(store) if record is not None)


def _last_monitored(store: Store) -> list[Row]:
    """By identifier the record that the newest run that requested it brought."""
    return store.rows(
        "SELECT identifier, record FROM run_records JOIN ("
        "SELECT identifier, max(run) AS run FROM run_records JOIN runs USING (run) "
        f"WHERE {_MONITOR_RUNS} GROUP BY identifier) USING (run, identifier)"
    )
