"""A review's SQLite file: opened, migrated, locked. The SQL of each kind of row is in the files beside this one.

Every write happens inside `Store.transaction`; what is append-only is guarded by triggers in the file itself.
"""

import datetime
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from filelock import FileLock

from reviewkit.model.errors import StoreError, StoreLocked, StoreTooNew
from reviewkit.store.migrations import migrations
from reviewkit.store.sqlite import Database

LOCK_WAIT_SECONDS = 10.0
# SQLite's smallest page.
_SMALLEST = 512
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":")
)  # json.dumps would make one per value


class Store:
    """One open review database. Use it as a context manager.

    Raises StoreError for a file that is no database or cannot be read or written, StoreTooNew for one that a
    newer reviewkit wrote, StoreLocked when another process holds it.
    """

    def __init__(self, path: Path, *, now: datetime.datetime) -> None:
        self.path = path
        with store_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            _refuse_at_sight(path)
            # Autocommit: transactions begin and end where `transaction` says, nowhere else.
            self._connection = sqlite3.connect(
                _address(path), uri=True, isolation_level=None, timeout=LOCK_WAIT_SECONDS
            )
            self._db = Database(self._connection)
            try:
                _refuse_other_files(self._connection, path)
                self._prepare(now)
            except BaseException:
                self._connection.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection. A second call does nothing."""
        self._connection.close()

    def _prepare(self, now: datetime.datetime) -> None:
        self._connection.execute("PRAGMA foreign_keys = ON")
        known = {migration.name for migration in migrations.pending(Database(memory=True))}
        applied = {migration.name for migration in migrations.applied(self._db)}
        if newer := sorted(applied - known):
            raise StoreTooNew(
                f"was written by a newer reviewkit (it has {', '.join(newer)})",
                where=str(self.path),
                hint="update reviewkit; nothing in the database was changed",
            )
        if applied != known:
            # Two processes may open an old database at once; the second finds it migrated.
            with FileLock(
                self.path.with_name(f"{self.path.name}.migration.lock"), timeout=LOCK_WAIT_SECONDS
            ):
                self._migrate(now)

    def _migrate(self, now: datetime.datetime) -> None:
        if migrations.applied(self._db) and migrations.pending(self._db):
            # SQLite's own copy: the file alone may lack what still stands in its write-ahead log.
            backup = sqlite3.connect(
                self.path.with_name(f"{self.path.name}.{now:%Y%m%dT%H%M%SZ}.backup")
            )
            self._connection.backup(backup)
            backup.close()
        self._connection.execute("PRAGMA journal_mode = WAL")
        migrations.apply(self._db)

    @property
    def changes(self) -> int:
        """How many rows this connection has inserted, updated or deleted so far."""
        return self._connection.total_changes

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the writes inside, or none of them."""
        with store_errors(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                # A full disk can have rolled back by itself already.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """The rows of a reading query, as dictionaries."""
        with store_errors(self.path):
            return list(self._db.query(sql, parameters))

    def tuples(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a reading query as plain tuples: for many rows, where `rows` takes three times as long."""
        with store_errors(self.path):
            return self._connection.execute(sql, parameters).fetchall()

    def each(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of a reading query, one at a time: for more than should stand in memory at once."""
        with store_errors(self.path):
            yield from self._connection.execute(sql, parameters)

    def faults(self) -> list[str]:
        """What SQLite's own check of the file finds wrong with it."""
        return [line for (line,) in self.tuples("PRAGMA integrity_check") if line != "ok"]

    def insert(self, sql: str, parameters: Sequence[Any]) -> int | None:
        """The row id of one inserted row."""
        return self._connection.execute(sql, parameters).lastrowid

    def write(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a writing statement once per row."""
        self._connection.executemany(sql, rows)

    def replace(
        self, table: str, keys: Sequence[str], values: Sequence[str], rows: Iterable[Sequence[Any]]
    ) -> None:
        """Make `rows` the table's rows, touching only those that differ: nothing new, no row changed."""
        names = (*keys, *values)
        wanted = {tuple(row[: len(keys)]): tuple(row[len(keys) :]) for row in rows}
        there = {
            row[: len(keys)]: row[len(keys) :]
            for row in self._connection.execute(f"SELECT {', '.join(names)} FROM {table}")
        }
        stale = [key for key in there if key not in wanted]
        matching = " AND ".join(f"{key} = ?" for key in keys)
        self.write(f"DELETE FROM {table} WHERE {matching}", stale)
        changed = [(*key, *told) for key, told in wanted.items() if there.get(key) != told]
        insert = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks(len(names))}) "
        self.write(insert + (update_if_changed(", ".join(keys), values) if values else ""), changed)


def marks(count: int) -> str:
    """ "?, ?, ?": as many placeholders."""
    return ", ".join("?" * count)


def update_if_changed(key: str, values: Sequence[str]) -> str:
    """The end of an INSERT that updates a row that is there already, and only if it differs."""
    updates = ", ".join(f"{name} = excluded.{name}" for name in values)
    changed = " OR ".join(f"{name} IS NOT excluded.{name}" for name in values)
    return f"ON CONFLICT ({key}) DO UPDATE SET {updates} WHERE {changed}"


def to_json(value: object) -> str:
    """Compact JSON, as sqlite's own json_array writes it."""
    return _ENCODER.encode(value)


def copy_database(path: Path, to: Path) -> None:
    """The database as it stands, in another file; the one that is copied stays as it is to the last byte.

    Raises StoreError, StoreLocked.
    """
    log = path.with_name(f"{path.name}-wal")
    # What a process that died left in the log must not be written into the file by closing it; an ordinary connection
    # takes its side files away again, which a read-only one does not.
    left = log.exists() and log.stat().st_size
    with store_errors(path):
        _refuse_at_sight(path)
        address = f"{path.absolute().as_uri()}?mode=ro" if left else _address(path)
        source = sqlite3.connect(address, uri=True, timeout=LOCK_WAIT_SECONDS)
        copied = sqlite3.connect(to)
        try:
            _refuse_other_files(source, path)
            source.backup(copied)
        finally:
            copied.close()
            source.close()


def _address(path: Path) -> str:
    """The file as SQLite takes it. On a read-only disk it is read as it is: SQLite could not make its side files."""
    uri = path.absolute().as_uri()
    log = path.with_name(f"{path.name}-wal")
    still = (
        path.exists()
        and not os.access(path.parent, os.W_OK)
        and not (log.exists() and log.stat().st_size)
    )
    return f"{uri}?immutable=1" if still else uri


def _refuse_at_sight(path: Path) -> None:
    if path.is_dir():
        raise StoreError("is a folder", where=str(path), hint="name a file with --db")
    # Of so little SQLite would make a database of its own.
    if path.exists() and 0 < path.stat().st_size < _SMALLEST:
        raise _no_database(path)


def _refuse_other_files(connection: sqlite3.Connection, path: Path) -> None:
    # SQLite itself has to look: whoever else opens and closes the file ends every lock that this process has on it,
    # and another process may then take the log away that a session here is writing to.
    try:
        connection.execute("PRAGMA schema_version").fetchone()
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_NOTADB:
            raise
        raise _no_database(path) from error


def _no_database(path: Path) -> StoreError:
    return StoreError(
        "is not a SQLite database",
        where=str(path),
        hint="name another file with --db; this one was not touched",
    )


@contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """SQLite's and the system's errors in words."""
    try:
        yield
    except sqlite3.OperationalError as error:
        told = str(error)
        if "locked" in told or "busy" in told:
            raise StoreLocked(
                "is in use by another process",
                where=str(path),
                hint="wait until it has ended, then try again",
            ) from error
        raise StoreError(_IN_WORDS.get(told, told), where=str(path), hint=_hint(told)) from error
    except sqlite3.DatabaseError as error:
        hint = "restore the file from a backup, or remove it and run again: the cache still holds every page"
        raise StoreError(f"cannot be used: {error}", where=str(path), hint=hint) from error
    except OSError as error:
        raise StoreError(
            error.strerror or str(error), where=str(error.filename or path), hint=_hint("")
        ) from error


_IN_WORDS = {
    "attempt to write a readonly database": "cannot be written to",
    "unable to open database file": "cannot be opened",
    "database or disk is full": "the disk is full",
}


def _hint(told: str) -> str:
    if "full" in told:
        return "free some space and run again: nothing of this command was written"
    return "check the folder's permissions, or name another place with --db"
