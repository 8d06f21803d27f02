"""The works that a published review includes, with the record of each, and what was not run.

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


def set_searches_not_run(store: Store, reasons: Iterable[tuple[str, str, str]]) -> None:
    """Store why searches of the rerun were not run: source, strategy and reason of each."""
    store.replace("searches_not_run", ("source", "strategy"), ("why_not",), reasons)


def searches_not_run(store: Store) -> dict[tuple[str, str], str]:
    """Return why a search of the newest rerun was not run, by source and strategy."""
    rows = store.rows("SELECT source, strategy, why_not FROM searches_not_run")
    return {(source, strategy): why_not for source, strategy, why_not in rows}
