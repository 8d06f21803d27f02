"""Whole copies of a database, by SQLite's own online backup.

The file alone may lack what is still in its write-ahead log. A copy is written under another name
and renamed when it is complete, so a file under the final name is never torn.
"""

import hashlib
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

_LOG, _INDEX, JOURNAL = "-wal", "-shm", "-journal"


def write_copy(source: sqlite3.Connection, to: Path) -> None:
    """Copy the open database to a file, which it replaces. Raises sqlite3.Error, OSError."""
    part = to.with_name(f"{to.name}.part")
    part.unlink(missing_ok=True)

    try:
        with closing(sqlite3.connect(part)) as copied:
            source.backup(copied)
            # One file that needs no other beside it.
            copied.execute("PRAGMA journal_mode = DELETE")
        _to_disk(part)
        part.replace(to)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _to_disk(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def put_in_place(copy: Path, database: Path, *, kept: Path) -> None:
    """Move a copy to a database's place; what was there is kept under another name.

    The log or journal beside the old file belongs to that file alone: it is kept with it, and never
    applied to the copy. At every moment the old file or the copy is whole in its place. Raises
    OSError.
    """
    if database.exists():
        shutil.copy2(database, kept)
        for ending in (_LOG, JOURNAL):
            if beside(database, ending).exists():
                shutil.copy2(beside(database, ending), beside(kept, ending))
    for ending in (_LOG, _INDEX, JOURNAL):
        beside(database, ending).unlink(missing_ok=True)
    copy.replace(database)


def free_name(path: Path) -> Path:
    """Return the path, or one with a number where that is taken."""
    free, number = path, 1
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free


def use_log(database: Path) -> None:
    """Let a copy be one that several work on: readers do not wait for a writer.

    Raises sqlite3.Error.
    """
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


def beside(database: Path, ending: str) -> Path:
    """Return the file beside a database whose name has another ending after its own."""
    return database.with_name(database.name + ending)


def sha256_of_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
