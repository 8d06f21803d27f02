"""The works that a published review includes, with the record of each. Derived: written anew each time."""

from collections.abc import Iterable

from reviewkit.store.database import Store


def set_works(store: Store, works: Iterable[tuple[str, int, str, str, str | None]]) -> None:
    """Store the works that the published review includes: id, position, title, the record for it, matched by what."""
    store.replace("works", ("work",), ("position", "title", "record", "matched_by"), works)


def stored_works(store: Store) -> dict[str, tuple[str, str | None]]:
    """By work that the published review includes: the record that stands for it, and by what it was recognised;
    `None` where only the published list has it.
    """
    return {
        work: (record, by)
        for work, record, by in store.tuples("SELECT work, record, matched_by FROM works")
    }
