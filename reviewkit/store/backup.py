"""Whole copies of a database, by SQLite's own online backup.

The file alone may lack what is still in its write-ahead log. A copy is written under another name
and renamed when it is complete, so a file under the final name is never torn.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path


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
