"""Give a review the id that its protocol has now: in its database, and in its folders' names."""

import datetime
from dataclasses import dataclass
from pathlib import Path

from reviewkit.model.errors import UsageError
from reviewkit.store import Store
from reviewkit.store.locks import write_lock
from reviewkit.store.protocols import add_protocol, add_review_name, review_names
from reviewkit.workflow.clock import timestamp
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reviewers import check_reviewer


@dataclass(frozen=True, slots=True, kw_only=True)
class RenamedReview:
    """The old id, the new one, the database, and each folder that was moved: from and to."""

    old: str
    new: str
    database: Path
    moved: tuple[tuple[Path, Path], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameOptions:
    """By whom and why. With `folders`, the review's folders are named after it, and move."""

    reviewer: str
    why: str | None = None
    folders: bool = True


def rename_review(
    project: ReviewProject, old: str, options: RenameOptions, *, now: datetime.datetime
) -> RenamedReview:
    """Record the new id in the database of `old`, then move its folders.

    What was interrupted is completed when it is run again. Raises UsageError where there is no
    such database, or where the new place is taken.
    """
    new = project.protocol.review.id
    if not old or Path(old).name != old:
        raise UsageError(f"{old!r} cannot be a review's id", hint="name the id that it had")
    if old == new:
        raise UsageError(
            f"the protocol's review is called {new!r} already",
            where=str(project.protocol_path),
            hint="change the id under [review] first, then name the old one here",
        )

    moves = _moves(project, old) if options.folders else ()
    database = project.database
    for before, after in moves:
        if database.is_relative_to(after):
            database = before / database.relative_to(after)
    if not database.exists():
        raise UsageError("there is no database here", where=str(database), hint="name it with --db")

    _record(project, database, old, options, now)
    for before, after in moves:
        before.rename(after)
    return RenamedReview(old=old, new=new, database=project.database, moved=moves)


def _moves(project: ReviewProject, old: str) -> tuple[tuple[Path, Path], ...]:
    """Return the folders that move. Raises UsageError where a new one is there already."""
    folders = [after for after in (project.cache, project.output) if _folder(after, old).exists()]
    taken = [after for after in folders if after.exists()]
    if taken:
        raise UsageError(
            f"is there already, beside {_folder(taken[0], old)}",
            where=str(taken[0]),
            hint="move one of them away first; nothing was changed",
        )

    return tuple((_folder(after, old), after) for after in folders)


def _folder(after: Path, old: str) -> Path:
    return after.with_name(old)


def _record(
    project: ReviewProject,
    database: Path,
    old: str,
    options: RenameOptions,
    now: datetime.datetime,
) -> None:
    new = project.protocol.review.id
    by = check_reviewer(project, options.reviewer)

    with write_lock(database), Store(database, now=now) as store:
        names = review_names(store) or ("",)
        owner = names[-1]
        if owner == new and old in names:
            return
        if owner != old:
            raise UsageError(
                f"is the database of the review {owner!r}, not of {old!r}",
                where=str(database),
                hint="name its id, or another database with --db",
            )
        with store.transaction():
            add_review_name(store, new, why=options.why, by=by, at=timestamp(now))
            add_protocol(store, project.protocol_sha256, review=new, toml=project.protocol_text)
