"""SQLite's and the system's errors as the project's own, in words."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reviewkit.model.errors import TYPE_AGAIN, StoreError, StoreLocked, not_utf8

_IN_WORDS = {
    "attempt to write a readonly database": "cannot be written to",
    "unable to open database file": "cannot be opened",
    "database or disk is full": "the disk is full",
    "disk I/O error": "the disk could not be read or written",
}
# What the system says where there is no room: on the disk, for this user, in one file.
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
# Never "remove it": decisions may be nowhere else.
KEEP = (
    "keep this file, decisions may be nowhere else; reviewkit doctor says what is wrong, reviewkit "
    "repair builds it anew from what can be read, reviewkit restore FILE brings a backup back"
)
# What sqlite3 raises for a row that breaks a rule of the schema or has a value of a wrong type.
_REFUSALS = (
    sqlite3.IntegrityError,
    sqlite3.ProgrammingError,
    sqlite3.InterfaceError,
    OverflowError,
    UnicodeEncodeError,
)
# All that a statement can raise.
SQLITE_ERRORS = (sqlite3.Error, OverflowError, UnicodeEncodeError)


class RowRefused(StoreError):
    """A row breaks a rule of the schema, or holds a value that SQLite cannot store."""


@contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """Raise SQLite's and the system's errors as StoreError, StoreLocked or RowRefused."""
    try:
        yield
    except (sqlite3.Error, OSError, UnicodeDecodeError) as error:
        raise as_store_error(error, path) from error


def as_store_error(error: Exception, path: Path) -> StoreError:
    """The project's error for one of SQLite's or the system's."""
    where = str(path)
    if isinstance(error, OSError):
        return StoreError(
            error.strerror or str(error),
            where=str(error.filename or path),
            hint=_hint("full" if error.errno in _NO_ROOM else ""),
        )
    if isinstance(error, sqlite3.OperationalError):
        return _operational(str(error), where)
    if isinstance(error, UnicodeEncodeError):
        return RowRefused(not_utf8(error), where=where, hint=f"{TYPE_AGAIN}; nothing was stored")
    if isinstance(error, _REFUSALS):
        return RowRefused(f"cannot be used: {error}", where=where, hint=KEEP)

    return StoreError(f"cannot be used: {error}", where=where, hint=KEEP)


def _operational(message: str, where: str) -> StoreError:
    if "locked" in message or "busy" in message:
        return StoreLocked(
            "is in use by another process",
            where=where,
            hint="wait until it has ended, then try again",
        )

    return StoreError(_IN_WORDS.get(message, message), where=where, hint=_hint(message))


def _hint(message: str) -> str:
    if "full" in message:
        return "free some space and run again: nothing of this command was written"
    if message == "disk I/O error":
        return (
            "free some space, and look at the medium and the folder's permissions; then run again, "
            "or name another place with --db"
        )
    return "check the folder's permissions, or name another place with --db"
