"""The addresses under which SQLite opens a file: to write, or so that nothing changes."""

import os
from pathlib import Path


def address_of(path: Path) -> str:
    """Return the file's address for SQLite.

    On a read-only disk the file is opened as one that does not change: SQLite could not make its
    side files.
    """
    uri = path.absolute().as_uri()
    read_only = path.exists() and not os.access(path.parent, os.W_OK)
    if read_only and not _has_log(path):
        return f"{uri}?immutable=1"
    return uri


def address_to_read(path: Path) -> str:
    """Return the address of a file that must not change.

    Closing an ordinary connection would write into the file what a process that died left in the
    log; but an ordinary connection takes its side files away again, which a read-only one does not.
    """
    if _has_log(path):
        return f"{path.absolute().as_uri()}?mode=ro"
    address = address_of(path)
    return address if "?" in address else f"{address}?mode=rw"


def _has_log(path: Path) -> bool:
    """Whether the write-ahead log beside the file holds anything."""
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0
