"""A backup after each session, where the protocol asks for it; so many are kept."""

import datetime
import re
from pathlib import Path

from reviewkit.model.errors import StoreError
from reviewkit.store import Store
from reviewkit.store.chain import ChainHead, chain_head
from reviewkit.store.errors import store_errors
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.setup.backup import back_up


def back_up_session(project: ReviewProject, *, now: datetime.datetime) -> Path | None:
    """Back the database up where anything was stored since the last such backup.

    They are numbered, so that a clock that goes back changes nothing; the oldest beyond the number
    to keep are removed, and no other backup ever is. Return the new one. Raises as `back_up`.
    """
    wanted = project.protocol.backups
    if wanted is None or not project.database.exists():
        return None

    folder = project.database.parent
    if wanted.folder is not None:
        folder = project.home / Path(wanted.folder).expanduser()
    with store_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    before = _session_backups(folder, project)
    newest = before[max(before)] if before else None
    if newest and _head(newest, now) == _head(project.database, now):
        return None

    path = folder / f"{_name(project)}{max(before, default=0) + 1:04}.backup"
    back_up(project, path, now=now)
    kept = wanted.keep - 1
    for number in sorted(before)[: len(before) - kept]:
        with store_errors(before[number]):
            before[number].unlink()

    return path


def _name(project: ReviewProject) -> str:
    return f"{project.database.name}.{project.protocol.review.id}.session-"


def _session_backups(folder: Path, project: ReviewProject) -> dict[int, Path]:
    """The backups that sessions of this review made, by number."""
    pattern = re.compile(rf"{re.escape(_name(project))}(\d+)\.backup")
    found = ((pattern.fullmatch(path.name), path) for path in folder.iterdir())
    return {int(match[1]): path for match, path in found if match}


def _head(path: Path, now: datetime.datetime) -> ChainHead | None:
    """The last event of a database; `None` where it cannot be read."""
    try:
        with Store(path, now=now, read_only=True) as store:
            return chain_head(store)
    except StoreError:
        return None
