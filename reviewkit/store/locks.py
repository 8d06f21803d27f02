"""Locks: one writing command and one update at a time on a review.

The operating system frees the lock of a process that dies, so none is ever left behind.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from reviewkit.model.errors import StoreLocked
from reviewkit.store.database import LOCK_WAIT_SECONDS
from reviewkit.store.errors import store_errors


@contextmanager
def write_lock(path: Path) -> Iterator[None]:
    """Hold the right to write to a review.

    A second writer waits, then gets StoreLocked with the name of the process that holds the lock.
    """
    holder = path.with_name(f"{path.name}.holder")
    with store_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path.with_name(f"{path.name}.lock"), timeout=LOCK_WAIT_SECONDS)
        try:
            lock.acquire()
        except Timeout:
            raise _locked(path, holder) from None

        try:
            holder.write_text(f"process {os.getpid()}", encoding="utf-8")
            yield
        finally:
            holder.unlink(missing_ok=True)
            lock.release()


def _locked(path: Path, holder: Path) -> StoreLocked:
    name = "another process"
    if holder.exists():
        name = holder.read_text(encoding="utf-8")

    return StoreLocked(
        f"is held by {name}",
        where=str(path),
        hint="wait until that command has ended, then try again",
    )


@contextmanager
def update_lock(database: Path) -> Iterator[bool]:
    """Yield whether this process may update the review. Never wait."""
    with store_errors(database):
        database.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(database.with_name(f"{database.name}.update.lock"), timeout=0)
        try:
            lock.acquire()
        except Timeout:
            yield False
            return

    try:
        yield True
    finally:
        lock.release()
