"""The index of the words of titles and abstracts, for many new records at once.

A trigger of the file indexes each record when it is stored. SQLite ends the index's work after each
of them; one statement for all takes a fifth of the time.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from reviewkit.store.database import Store

_TRIGGER = "records_ai"
_INDEX_FROM = (
    "INSERT INTO records_fts (rowid, title, abstract) "
    "SELECT rowid, title, abstract FROM records WHERE rowid > ?"
)


@contextmanager
def indexed_at_once(store: Store) -> Iterator[None]:
    """Index the records that are stored inside at the end, in the open transaction.

    They must be new, and stay as they are inside. The trigger is away meanwhile; a transaction that
    is rolled back brings it back.
    """
    sql = store.value("SELECT sql FROM main.sqlite_master WHERE name = ?", [_TRIGGER])
    last = store.value("SELECT max(rowid) FROM records") or 0
    if sql:
        store.insert(f"DROP TRIGGER {_TRIGGER}", ())

    yield
    if sql:
        store.insert(_INDEX_FROM, [last])
        store.insert(sql, ())
