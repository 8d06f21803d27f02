"""A review that is copied to a place where it may be changed: for a command that says what it would do and does not.

The copy starts with an empty cache, goes with its folder, and nothing beside the review itself is written.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from reviewkit.store.database import copy_database
from reviewkit.workflow.place import Place


@contextmanager
def copy_of(place: Place) -> Iterator[Place]:
    """The same review with a copy of its database, if it has one. Raises what the store raises."""
    with tempfile.TemporaryDirectory(prefix="reviewkit-") as name:
        folder = Path(name)
        database = folder / place.database.name
        if place.database.exists():
            copy_database(place.database, database)
        yield replace(place, database=database, output=folder / "reviews", cache=folder / "cache")
