"""Locks: one writing command and one update at a time on a review."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from reviewkit.model.errors import StoreLocked
from reviewkit.store.database import LOCK_WAIT_SECONDS, store_errors


@contextmanager
def write_lock(path: Path) -> Iterator[None]:
    """One writing command at a time on a review; the second waits, then learns who holds it (StoreLocked).

    The operating system frees the lock of a process that dies, so none is ever left behind.
    """
    holder = path.with_name(f"{path.name}.holder")
    with store_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path.with_name(f"{path.name}.lock"), timeout=LOCK_WAIT_SECONDS)
        try:
            lock.acquire()
        except Timeout:
            told = holder.read_text(encoding="utf-8") if holder.exists() else "another process"
            raise StoreLocked(
                f"is held by {told}",
                where=str(path),
                hint="wait until that command has ended, then try again",
            ) from None
        try:
            holder.write_text(f"process {os.getpid()}", encoding="utf-8")
            yield
        finally:
            holder.unlink(missing_ok=True)
            lock.release()


@contextmanager
def update_lock(database: Path) -> Iterator[bool]:
    """Whether this process may update the review; it never waits. The system frees the lock of a process that dies."""
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
