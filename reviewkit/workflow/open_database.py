"""Open a review's database, for writing or for reading; refuse one of another review."""

import datetime

from reviewkit.model.records import Stage
from reviewkit.protocol.model import Protocol
from reviewkit.store import Store
from reviewkit.store.protocols import refuse_other_review
from reviewkit.store.reviewer_queries import use_stages
from reviewkit.workflow.criteria import use_criteria
from reviewkit.workflow.project import ReviewProject


def open_database(project: ReviewProject, *, now: datetime.datetime) -> Store:
    """The review's database for writing; a new one where there is none.

    Raises UsageError for the database of another review, and what the store raises.
    """
    return _of_review(Store(project.database, now=now), project)


def read_database(project: ReviewProject, *, now: datetime.datetime) -> Store:
    """The review's database for reading: nothing in it, or beside it, changes.

    Raises as `open_database`.
    """
    store = _of_review(Store(project.database, now=now, read_only=True), project)
    try:
        use_criteria(store, project.protocol)
    except BaseException:
        store.close()
        raise
    return store


def _of_review(store: Store, project: ReviewProject) -> Store:
    try:
        refuse_other_review(store, project.protocol.review.id)
        use_stages(store, reviewers_needed(project.protocol))
    except BaseException:
        store.close()
        raise
    return store


def reviewers_needed(protocol: Protocol) -> dict[Stage, int]:
    """How many reviewers each stage needs."""
    wanted = protocol.screening.reviewers
    return {Stage.TITLE_ABSTRACT: wanted.title_abstract, Stage.FULL_TEXT: wanted.full_text}
