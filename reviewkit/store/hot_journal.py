"""The journal beside a database whose last change was cut off: SQLite takes that change back.

It does so in the file, whoever opens it. A command that only reads lets it do so in a copy. The
format is that of https://www.sqlite.org/fileformat2.html, section 3.
"""

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from reviewkit.store.backup import JOURNAL, beside
from reviewkit.store.log_check import LogState

_MAGIC = bytes.fromhex("d9d505f920a163d7")


def is_hot(database: Path) -> bool:
    """Return whether a change of the database was cut off. Raises OSError."""
    return _head(beside(database, JOURNAL)) == _MAGIC


def examine_journal(database: Path) -> LogState:
    """Say what the journal beside a database means, and change nothing. Raises OSError."""
    journal = beside(database, JOURNAL)
    head = _head(journal)
    if head == _MAGIC:
        return LogState(
            notice=f"{journal.name} is left of a change that was cut off: what was stored before "
            "it is there, and the next command that writes takes it back"
        )

    if head.strip(b"\0"):
        return LogState(
            fault=f"{journal.name}: its head is damaged, a change that was cut off cannot be taken "
            "back"
        )
    return LogState()


def copy_undone(database: Path, to: sqlite3.Connection) -> None:
    """Copy the database as it was before the change that was cut off. The file stays as it is.

    Raises sqlite3.Error, OSError.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / database.name
        shutil.copyfile(database, copy)
        shutil.copyfile(beside(database, JOURNAL), beside(copy, JOURNAL))

        with closing(sqlite3.connect(copy)) as undone:
            undone.backup(to)


def _head(journal: Path) -> bytes:
    if not journal.exists():
        return b""

    with journal.open("rb") as file:
        return file.read(len(_MAGIC))
