"""The names that a reviewer had, and the one that counts."""

import json

from reviewkit.store.database import Store


def canonical_name(store: Store, name: str) -> str:
    """Return the name under which a reviewer counts now: the name itself, unless it was renamed."""
    new: str | None = store.value("SELECT new FROM reviewer_aliases WHERE old = ?", [name])
    return new or name


def names_of(store: Store, name: str) -> tuple[str, ...]:
    """Return every name of a reviewer, the one that counts first."""
    counts = canonical_name(store, name)
    rows = store.rows("SELECT old FROM reviewer_aliases WHERE new = ? ORDER BY old", [counts])
    return (counts, *(old for (old,) in rows))


def name_filter(store: Store, name: str) -> str:
    """Return every name of a reviewer as JSON, for `IN (SELECT value FROM json_each(?))`."""
    return json.dumps(names_of(store, name))
