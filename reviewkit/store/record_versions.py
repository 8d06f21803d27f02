"""What a record was before a later run changed it. A trigger of the file keeps each earlier row."""

from reviewkit.model.records import Record
from reviewkit.store.database import Store
from reviewkit.store.record_rows import record_of_content


def changed_since(store: Store, *, version: int) -> dict[str, Record]:
    """Return by key what each record that its source has changed after a version was before that.

    A correction by hand is no change of the source: the version that it leaves names no run.
    """
    return _first_versions(store, "version > ? AND run IS NOT NULL", version)


def contents_at(store: Store, run: int) -> dict[str, Record]:
    """Return by key what each record that changed after a run was when that run was stored."""
    return _first_versions(store, "run > ?", run)


def _first_versions(store: Store, where: str, after: int) -> dict[str, Record]:
    rows = store.rows(
        f"SELECT record, content, min(version) FROM record_versions WHERE {where} GROUP BY record",
        [after],
    )
    return {record: record_of_content(content) for record, content, _ in rows}
