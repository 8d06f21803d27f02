"""Open a review's database for a verb; check the names that people use in it."""

import datetime

from reviewkit.model.errors import UsageError
from reviewkit.protocol.model import Protocol
from reviewkit.store import Store
from reviewkit.store.protocols import add_protocol
from reviewkit.store.records import has_records
from reviewkit.store.reviewer_queries import set_stages
from reviewkit.store.runs import any_search_in_flow, any_search_taken_out
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
    need_database(project)
    store = read_store(project, now=now) if read_only else open_database(project, now=now)
    try:
        name = reviewer_in(store, project, reviewer)
        if not read_only:
            _refuse_nothing_to_read(store, project)
            _prepare(store, project)
    except BaseException:
        store.close()
        raise
    return name, store


def open_store(project: ReviewProject, *, now: datetime.datetime) -> Store:
    """The review's database for writing, with this protocol stored in it.

    A search that found nothing is enough. Raises UsageError where no search is in the flow, or the
    database is of another review.
    """
    need_database(project)
    store = open_database(project, now=now)
    try:
        _prepare(store, project)
    except BaseException:
        store.close()
        raise
    return store


def read_store(project: ReviewProject, *, now: datetime.datetime) -> Store:
    """The review's database for reading.

    Raises as `open_store`.
    """
    need_database(project)
    store = read_database(project, now=now)
    try:
        _refuse_empty(store, project)
    except UsageError:
        store.close()
        raise
    return store


def _prepare(store: Store, project: ReviewProject) -> None:
    _refuse_empty(store, project)
    with store.transaction():
        add_protocol(
            store,
            project.protocol_sha256,
            review=project.protocol.review.id,
            toml=project.protocol_text,
        )
        set_stages(store, reviewers_needed(project.protocol))
        renew_checks(store, project.protocol)


def _refuse_nothing_to_read(store: Store, project: ReviewProject) -> None:
    """Refuse a session where all searches found nothing."""
    if any_search_in_flow(store) and not has_records(store):
        raise _no_records(project)


def _refuse_empty(store: Store, project: ReviewProject) -> None:
    if has_records(store) or any_search_in_flow(store):
        return
    if any_search_taken_out(store):
        raise NoRecordsYetError(
            "every search was taken out of the flow",
            where=str(project.database),
            hint="`reviewkit log` lists them; `reviewkit undo back NUMBER` brings one back",
        )
    raise _no_records(project)


class NoRecordsYetError(UsageError):
    """The review has a protocol, and no search in its flow."""


def need_database(project: ReviewProject) -> None:
    """Raise NoRecordsYetError where the review has no database yet."""
    if not project.database.exists():
        raise _no_records(project, "there is no database yet")


def _no_records(project: ReviewProject, what: str = "holds no records yet") -> NoRecordsYetError:
    return NoRecordsYetError(
        what,
        where=str(project.database),
        hint=f"bring records in first: {first_step(project.protocol)}",
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
    "need_database",
    "open_as",
    "open_store",
    "read_store",
    "refuse_published",
    "reviewer_in",
    "reviewers_needed",
]
