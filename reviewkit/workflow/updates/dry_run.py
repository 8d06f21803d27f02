"""A review that is copied to a place where it may be changed: for a command that says what it would do and does not.

The copy starts with an empty cache, goes with its folder, and nothing beside the review itself is written.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from reviewkit.store.database import copy_database
from reviewkit.workflow.project import ReviewProject


@contextmanager
def copy_of(project: ReviewProject) -> Iterator[ReviewProject]:
    """The same review with a copy of its database, if it has one. Raises what the store raises."""
    with tempfile.TemporaryDirectory(prefix="reviewkit-") as name:
        folder = Path(name)
        database = folder / project.database.name
        if project.database.exists():
            copy_database(project.database, database)
        yield replace(project, database=database, output=folder / "reviews", cache=folder / "cache")
