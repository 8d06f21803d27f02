"""What a record was before a later run changed it."""

import json

from reviewkit.model.records import Record
from reviewkit.store.database import Store
from reviewkit.store.records import record_of_values


def changed_since(store: Store, *, version: int) -> dict[str, Record]:
    """What each record that has changed after a version was before it."""
    rows = store.rows(
        "SELECT record, content, min(version) AS version FROM record_versions WHERE version > ? GROUP BY record",
        [version],
    )
    return {row["record"]: record_of_values(json.loads(row["content"])) for row in rows}


def contents_at(store: Store, run: int) -> dict[str, Record]:
    """What each record that has changed after a run was when that run had been taken in."""
    rows = store.rows(
        "SELECT record, content, min(version) AS version FROM record_versions WHERE run > ? GROUP BY record",
        [run],
    )
    return {row["record"]: record_of_values(json.loads(row["content"])) for row in rows}
