"""Open a review's database for a verb; check the names that people use in it."""

import datetime

from reviewkit.model.errors import UsageError
from reviewkit.protocol.model import Protocol
from reviewkit.store import Store
from reviewkit.store.protocols import add_protocol
from reviewkit.store.records import has_records
from reviewkit.store.reviewer_queries import set_stages
from reviewkit.store.runs import any_search_in_flow
from reviewkit.workflow.criteria import renew_checks
from reviewkit.workflow.open_database import open_database, read_database, reviewers_needed
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reviewers import check_reviewer, refuse_published, reviewer_in


def open_as(
    project: ReviewProject, reviewer: str, *, now: datetime.datetime, read_only: bool = False
) -> tuple[str, Store]:
    """A reviewer's checked name, and the review's database, opened. The caller closes the store.

    Raises UsageError for a name that cannot be used or a database without records; nothing is
    written before.
    """
    check_reviewer(project, reviewer)
    if not project.database.exists():
        raise _no_records(project)

    store = read_store(project, now=now) if read_only else open_database(project, now=now)
    try:
        name = reviewer_in(store, project, reviewer)
        if not read_only:
            _prepare(store, project)
    except BaseException:
        store.close()
        raise
    return name, store


def open_store(project: ReviewProject, *, now: datetime.datetime) -> Store:
    """The review's database for writing, with this protocol stored in it.

    Raises UsageError where it holds no records yet, or is of another review.
    """
    if not project.database.exists():
        raise _no_records(project)

    store = open_database(project, now=now)
    try:
        _prepare(store, project)
    except BaseException:
        store.close()
        raise
    return store


def read_store(project: ReviewProject, *, now: datetime.datetime) -> Store:
    """The review's database for reading.

    Raises as `open_store`; a search that found nothing is enough to read.
    """
    if not project.database.exists():
        raise _no_records(project)

    store = read_database(project, now=now)
    if not (has_records(store) or any_search_in_flow(store)):
        store.close()
        raise _no_records(project)
    return store


def _prepare(store: Store, project: ReviewProject) -> None:
    if not has_records(store):
        raise _no_records(project)
    with store.transaction():
        add_protocol(
            store,
            project.protocol_sha256,
            review=project.protocol.review.id,
            toml=project.protocol_text,
        )
        set_stages(store, reviewers_needed(project.protocol))
        renew_checks(store, project.protocol)


class NoRecordsYetError(UsageError):
    """The review has a protocol and no records."""


def _no_records(project: ReviewProject) -> NoRecordsYetError:
    return NoRecordsYetError(
        "holds no records yet",
        where=str(project.database),
        hint=f"bring them in first: {first_step(project.protocol)}",
    )


def first_step(protocol: Protocol) -> str:
    """How a review of this kind gets its first records."""
    if protocol.is_published:
        return "run `reviewkit reproduce` or `reviewkit search`"
    source = protocol.sources[0].id if protocol.sources else "NAME"
    bring = f"`reviewkit import FILE --source {source}`"
    return f"run `reviewkit search` or {bring}" if protocol.strategies else f"run {bring}"


__all__ = [
    "check_reviewer",
    "first_step",
    "open_as",
    "open_store",
    "read_store",
    "refuse_published",
    "reviewer_in",
    "reviewers_needed",
]
