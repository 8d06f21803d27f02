"""A copy of a review for a dry run: a command shows what it would do, and changes nothing.

The copy starts with an empty cache and is deleted with its folder. Nothing beside the review itself
is written.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from reviewkit.store.database import copy_database
from reviewkit.workflow.project import ReviewProject


@contextmanager
def dry_run_copy(project: ReviewProject) -> Iterator[ReviewProject]:
    """The review with a copy of its database, if it has one. Raises what the store raises."""
    with tempfile.TemporaryDirectory(prefix="reviewkit-") as name:
        folder = Path(name)
        database = folder / project.database.name
        if project.database.exists():
            copy_database(project.database, database)
        yield replace(project, database=database, output=folder / "reviews", cache=folder / "cache")
