"""A review in which two reviewers differ on every record."""

from pathlib import Path

from reviewkit.workflow.project import ReviewProject
from tests.helpers.screening_review import TWO, make_review, session_of


def in_conflict(
    folder: Path,
    records: int = 3,
    *,
    include_note: str | None = None,
    exclude_note: str | None = None,
) -> ReviewProject:
    """`ana` includes every record, `li` excludes it for the second reason."""
    project = make_review(folder, count=records, screening=TWO)
    with session_of(project, "ana") as session:
        for _ in range(records):
            session.include(include_note)
    with session_of(project, "li") as session:
        for _ in range(records):
            session.exclude(2, exclude_note)
    return project
