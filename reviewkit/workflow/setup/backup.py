"""Back a review's database up, and bring a backup back. Nothing is ever overwritten or deleted."""

import datetime
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from reviewkit.model.errors import DamagedFile, ReviewkitError, StoreError, UsageError
from reviewkit.store import Store
from reviewkit.store.backup import free_name, put_in_place, sha256_of_file, use_log
from reviewkit.store.contents import Contents, contents_of, refuse_if_open
from reviewkit.store.database import copy_database
from reviewkit.store.errors import store_errors
from reviewkit.store.locks import write_lock
from reviewkit.store.protocols import refuse_other_review
from reviewkit.workflow.files import named_folder
from reviewkit.workflow.open_database import read_database
from reviewkit.workflow.open_review import need_database
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.setup.neighbours import is_sqlite

_NAME_BACKUP = "name a file that reviewkit backup wrote; its name ends in .backup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup that was written and read again: its file, hash and contents."""

    path: Path
    sha256: str
    contents: Contents

    def as_json(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {"path": str(self.path), "sha256": self.sha256, **asdict(self.contents)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came back, and where what it replaced is kept; `None` where there was nothing."""

    contents: Contents
    kept: Path | None


def back_up(project: ReviewProject, to: Path | None, *, now: datetime.datetime) -> Backup:
    """Copy the database while others may work on it, then read the copy and check it.

    By default beside the database, named by the time. Raises UsageError for a place that is taken
    and a database of another review, StoreError for a database that is damaged.
    """
    need_database(project)
    with read_database(project, now=now):
        pass

    path = _place(project.database, to, now)
    copy_database(project.database, path)
    try:
        contents = _check(path, project, now)
    except ReviewkitError:
        path.unlink()
        raise
    with store_errors(path):
        return Backup(path=path, sha256=sha256_of_file(path), contents=contents)


def _place(database: Path, to: Path | None, now: datetime.datetime) -> Path:
    if to is None or to.is_dir():
        folder = to or database.parent
        return free_name(folder / f"{database.name}.{now:%Y%m%dT%H%M%SZ}.backup")
    if to.exists():
        raise UsageError("is there already", where=str(to), hint="name a new file with --to")
    named_folder(to)
    if not to.suffix:
        hint = f"connect or make it first; a file is named with an ending: {to}.backup"
        raise UsageError("is no folder", where=str(to), hint=hint)
    return to


def _check(path: Path, project: ReviewProject, now: datetime.datetime) -> Contents:
    """Return what a copy holds. Raises DamagedFile, UsageError for a copy of another review."""
    with Store(path, now=now, read_only=True) as store:
        refuse_other_review(store, project.protocol.review.id)
        contents, faults = contents_of(store), store.faults()
    if faults:
        raise DamagedFile(
            f"is damaged: {faults[0]}", where=str(path), hint="reviewkit doctor says what is wrong"
        )

    return contents


def examine_backup(
    project: ReviewProject, file: Path, *, now: datetime.datetime
) -> tuple[Contents, Contents | None]:
    """Return what a backup holds, and what the database holds; `None` where it cannot be read.

    Raises UsageError for a file that is not there or is of another review, DamagedFile, StoreError.
    """
    if not file.is_file():
        raise UsageError("there is no such file", where=str(file), hint=_NAME_BACKUP)
    if project.database.exists() and file.samefile(project.database):
        raise UsageError("is the database itself", where=str(file), hint=_NAME_BACKUP)

    if not is_sqlite(file):
        raise UsageError("is no backup", where=str(file), hint=_NAME_BACKUP)

    there = _check(file, project, now)
    if not there.review:
        raise UsageError("is no backup of a review", where=str(file), hint=_NAME_BACKUP)
    try:
        return there, _contents_now(project, now)
    except StoreError:
        return there, None


def _contents_now(project: ReviewProject, now: datetime.datetime) -> Contents | None:
    if not project.database.exists():
        return None
    with Store(project.database, now=now, read_only=True) as store:
        return contents_of(store)


def restore(project: ReviewProject, file: Path, *, now: datetime.datetime) -> Restored:
    """Let a backup take the database's place; what it replaces is kept beside it.

    Raises as `examine_backup`, and StoreLocked while another process has the database open.
    """
    contents, _ = examine_backup(project, file, now=now)
    database = project.database

    with write_lock(database), store_errors(database):
        kept = None
        if database.exists():
            refuse_if_open(database)
            kept = free_name(database.with_name(f"{database.name}.{now:%Y%m%dT%H%M%SZ}.replaced"))
        copy = database.with_name(f"{database.name}.restored")
        copy_database(file, copy)
        use_log(copy)
        put_in_place(copy, database, kept=kept or database)

    return Restored(contents=contents, kept=kept)
