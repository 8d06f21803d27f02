"""Open a review's database for a verb; check the names that people use in it."""

import datetime
from collections.abc import Collection

from reviewkit.model.errors import UsageError
from reviewkit.model.records import Stage
from reviewkit.protocol.model import Protocol
from reviewkit.store import Store
from reviewkit.store.decisions import published_reviewers
from reviewkit.store.protocols import add_protocol
from reviewkit.store.records import has_records
from reviewkit.store.reviewer_queries import set_stages
from reviewkit.workflow.project import ReviewProject


def check_reviewer(project: ReviewProject, name: str) -> str:
    """The reviewer's name, with single spaces. Raises UsageError for one that cannot be used."""
    cleaned = " ".join(name.split())
    if not cleaned or not cleaned.isprintable() or len(cleaned) > 80:
        raise UsageError(
            "a reviewer needs a name of 1 to 80 printable characters", hint="--reviewer ana"
        )
    _refuse(cleaned, {project.protocol.review.reviewer})
    return cleaned


def refuse_published(store: Store, *names: str) -> None:
    """Raises UsageError for a name in which a published selection was replayed in this database."""
    published = published_reviewers(store)
    for name in names:
        _refuse(name, published)


def _refuse(name: str, published: Collection[str]) -> None:
    if name in published:
        raise UsageError(
            f"{name!r} is the published review's own name",
            hint="screen under another name: --reviewer",
        )


def open_as(project: ReviewProject, reviewer: str, *, now: datetime.datetime) -> tuple[str, Store]:
    """A reviewer's checked name, and the review's database, opened. The caller closes the store.

    Raises UsageError for a name that cannot be used or a database without records.
    """
    name = check_reviewer(project, reviewer)
    store = open_store(project, now=now)
    try:
        refuse_published(store, name)
    except BaseException:
        store.close()
        raise
    return name, store


def open_store(project: ReviewProject, *, now: datetime.datetime) -> Store:
    """The review's database, with this protocol stored in it.

    Raises UsageError where it holds no records yet.
    """
    if not project.database.exists():
        raise _no_records(project)

    store = Store(project.database, now=now)
    try:
        _prepare(store, project)
    except BaseException:
        store.close()
        raise
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


def reviewers_needed(protocol: Protocol) -> dict[Stage, int]:
    """How many reviewers each stage needs."""
    wanted = protocol.screening.reviewers
    return {Stage.TITLE_ABSTRACT: wanted.title_abstract, Stage.FULL_TEXT: wanted.full_text}


def _no_records(project: ReviewProject) -> UsageError:
    return UsageError(
        "holds no records yet",
        where=str(project.database),
        hint=f"bring them in first: {first_step(project.protocol)}",
    )


def first_step(protocol: Protocol) -> str:
    """How a review of this kind gets its first records."""
    if protocol.is_published:
        return "run `reviewkit reproduce` or `reviewkit search`"
    return "run `reviewkit search` or `reviewkit import`"
