"""The works that a published review includes, with the record of each.

Derived: written anew each time.
"""

from collections.abc import Iterable

from reviewkit.store.database import Store


def set_works(store: Store, works: Iterable[tuple[str, int, str, str, str | None]]) -> None:
    """Store the works, each as id, position, title, its record, and what matched the two."""
    store.replace("works", ("work",), ("position", "title", "record", "matched_by"), works)


def stored_works(store: Store) -> dict[str, tuple[str, str | None]]:
    """Return by work its record, and what matched the two: `None` where only the published list has
    it.
    """
    rows = store.rows("SELECT work, record, matched_by FROM works")
    return {work: (record, matched_by) for work, record, matched_by in rows}
