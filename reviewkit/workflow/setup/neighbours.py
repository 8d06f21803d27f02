"""The files beside a database: its own, backups, what was left behind, and conflicting copies."""

import re
from pathlib import Path

from reviewkit.model.text import plural

_OURS = ("", "-wal", "-shm", "-journal", ".lock", ".migration.lock", ".update.lock", ".holder")
_OWN_ENDINGS = (*_OURS, ".words")
_LEFT_BEHIND = (".part", ".restored")
_KEPT = re.compile(r"\.(backup|replaced|damaged)(-wal)?$")
_SQLITE = b"SQLite format 3\x00"


def leftovers(database: Path) -> tuple[str, ...]:
    """Say how many backups are beside the database, and what an interrupted copy left behind."""
    kept = [path for path in _beside(database) if _KEPT.search(path.name)]
    parts = [path.name for path in _beside(database) if path.name.endswith(_LEFT_BEHIND)]
    said = []
    if kept:
        size = sum(path.stat().st_size for path in kept)
        said.append(f"{plural(len(kept), 'backup')} beside the database, {size:,} bytes in all")
    parts += [path.name for path in sorted(database.parent.glob(f"{database.name}.repair-*"))]
    return (*said, *(f"{name} was left by a copy that was cut off" for name in parts))


def conflicting_copies(database: Path) -> tuple[str, ...]:
    """Name each other database with this one's name in its own: a synchronising service made it."""
    return tuple(
        f"{path.name} is a second database, such as a service that synchronises folders makes: "
        "decisions may be in one of them only"
        for path in _beside(database)
        if path.suffix == database.suffix and is_sqlite(path)
    )


def _beside(database: Path) -> list[Path]:
    own = {f"{database.name}{ending}" for ending in _OWN_ENDINGS}
    return [
        path
        for path in sorted(database.parent.glob("*"))
        if path.is_file() and path.name not in own and path.name.startswith(database.stem)
    ]


def is_sqlite(path: Path) -> bool:
    """Return whether a file begins as SQLite's databases do. Raises OSError."""
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE
