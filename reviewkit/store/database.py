"""A review's SQLite file: opened, migrated, read and written.

A store for reading changes nothing: not the file, not the names beside it. It sees the review as it
was when it was opened, whatever others write meanwhile.

The queries for each kind of row are in the modules beside this one. Every write happens inside
`Store.transaction`. Triggers in the file itself guard what is append-only.
"""

import datetime
import json
import sqlite3
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from filelock import FileLock

from reviewkit.model.errors import StoreError, StoreTooNew
from reviewkit.model.text import plural
from reviewkit.store.addresses import address_of, address_to_read
from reviewkit.store.backup import write_copy
from reviewkit.store.errors import KEEP, SQLITE_ERRORS, as_store_error, store_errors
from reviewkit.store.given_tables import GivenTable, use_tables
from reviewkit.store.held_states import hold_states
from reviewkit.store.hot_journal import copy_undone, is_hot
from reviewkit.store.migrations import NAMES, create_schema, migrations
from reviewkit.store.sqlite import Database

LOCK_WAIT_SECONDS = 10.0
# SQLite's smallest page, in bytes.
_SMALLEST = 512
# What a connection may keep of the file in memory: as SQLite has it, and while it writes.
_READING_KIB = 2_000
_WRITING_KIB = 64 * 1024
# Made once: `json.dumps` would make one for each value.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

Row = tuple[Any, ...]


class Store:
    """One open review database. Use it as a context manager, or call `close`.

    With `read_only` the file must exist; one of an older version is read through a temporary copy.
    Raises StoreError for a file that is no database or cannot be read or written, StoreTooNew for
    one that a newer reviewkit wrote, StoreLocked when another process holds it.
    """

    def __init__(self, path: Path, *, now: datetime.datetime, read_only: bool = False) -> None:
        self.path = path
        self._read_only = read_only
        # Whether it is read through a copy that was brought up to date.
        self.was_older = False
        with store_errors(path):
            if not read_only:
                path.parent.mkdir(parents=True, exist_ok=True)
            _refuse_at_sight(path)

            # Autocommit: transactions begin and end in `transaction`, nowhere else.
            is_cut_off = read_only and is_hot(path)
            address = address_to_read(path) if read_only else address_of(path)
            self._connect("" if is_cut_off else address)
            try:
                if is_cut_off:
                    copy_undone(path, self._connection)
                _refuse_other_files(self._connection, path)
                if read_only:
                    self._prepare_to_read(now)
                else:
                    self._prepare(now)
            except BaseException:
                self._connection.close()
                raise

    def _connect(self, address: str) -> None:
        self._connection = sqlite3.connect(
            address, uri=True, isolation_level=None, timeout=LOCK_WAIT_SECONDS
        )
        self._db = Database(self._connection)

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
        with store_errors(self.path):
            self._connection.close()

    def use_tables(self, *given: GivenTable) -> None:
        """Let this connection count with the rows of the protocol in hand. Nothing is stored."""
        with store_errors(self.path):
            self._connection.execute("PRAGMA query_only = OFF")
            use_tables(self._connection, given)
            if self._read_only:
                self._connection.execute("PRAGMA query_only = ON")

    def hold_states(self) -> None:
        """Compute decisions, verdicts and states once for all that is asked from now on.

        For a store for reading, whose answers do not change. Nothing is stored in the file.
        """
        with self._holding():
            hold_states(self._connection)

    def hold(self, table: str, query: str, key: str) -> None:
        """Keep a query's rows in a temporary table, to be read by its key. As `hold_states`."""
        with self._holding():
            self._connection.execute(f"CREATE TEMP TABLE {table} AS {query}")
            self._connection.execute(f"CREATE INDEX temp.{table}_first ON {table} ({key})")

    @contextmanager
    def _holding(self) -> Iterator[None]:
        if not self._read_only:
            raise RuntimeError("rows held in a store that can change")
        with store_errors(self.path):
            self._connection.execute("PRAGMA query_only = OFF")
            yield
            self._connection.execute("PRAGMA query_only = ON")

    def _prepare_to_read(self, now: datetime.datetime) -> None:
        self._connection.execute("PRAGMA query_only = ON")
        self._refuse_newer()
        self._refuse_without_review()

        if migrations.pending(self._db):
            self.was_older = True
            original = self._connection
            # No name: a temporary database, which goes with its connection.
            self._connect("")
            original.backup(self._connection)
            original.close()
            self._bring_up_to_date(now)
            self._connection.execute("PRAGMA query_only = ON")
        self._connection.execute("BEGIN")

    def _refuse_newer(self) -> None:
        applied = {migration.name for migration in migrations.applied(self._db)}
        if newer := sorted(applied - {*NAMES}):
            raise StoreTooNew(
                f"was written by a newer reviewkit (it has {', '.join(newer)})",
                where=str(self.path),
                hint="update reviewkit; nothing in the database was changed",
            )

    def _refuse_without_review(self) -> None:
        """Refuse what another program made, and a file whose tables are gone: never add to it."""
        if migrations.applied(self._db):
            return
        tables = self.rows("SELECT DISTINCT tbl_name FROM sqlite_master")
        # One that was killed while it was made has the table of migrations, empty, and no more.
        if tables == [(migrations.migrations_table,)]:
            return
        if tables:
            hint = "name another file with --db; this one was not touched"
            raise StoreError("is the database of another program", where=str(self.path), hint=hint)
        # A new one has no page, or the first one alone.
        if self.value("PRAGMA page_count") > 1:
            raise StoreError("has lost its tables", where=str(self.path), hint=KEEP)

    def _prepare(self, now: datetime.datetime) -> None:
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._refuse_newer()
        self._refuse_without_review()

        if migrations.pending(self._db):
            # Two processes may open an old database at once; the second finds it migrated.
            lock = self.path.with_name(f"{self.path.name}.migration.lock")
            with FileLock(lock, timeout=LOCK_WAIT_SECONDS):
                self._migrate(now)

    def _migrate(self, now: datetime.datetime) -> None:
        is_new = not migrations.applied(self._db)
        if not is_new and migrations.pending(self._db):
            name = f"{self.path.name}.{now:%Y%m%dT%H%M%SZ}.backup"
            write_copy(self._connection, self.path.with_name(name))

        self._connection.execute("PRAGMA journal_mode = WAL")
        self._bring_up_to_date(now)

    def _bring_up_to_date(self, now: datetime.datetime) -> None:
        if not migrations.applied(self._db):
            create_schema(self._db, now)
        migrations.apply(self._db)

    @property
    def can_write(self) -> bool:
        """Whether it was opened for writing."""
        return not self._read_only

    @property
    def in_transaction(self) -> bool:
        """Whether what is written now is committed with other writes."""
        return self._connection.in_transaction

    @property
    def changes(self) -> int:
        """How many rows this connection has inserted, updated or deleted so far."""
        return self._connection.total_changes

    @contextmanager
    def transaction(self, keep_kib: int = _WRITING_KIB) -> Iterator[None]:
        """Commit all of the writes inside, or none of them.

        Meanwhile `keep_kib` of the file may be held in memory.
        """
        if self._read_only:
            raise RuntimeError("a transaction in a store that was opened for reading")
        with store_errors(self.path):
            # A large transaction would read its own pages back, and search its log for each.
            self._connection.execute(f"PRAGMA cache_size = -{keep_kib}")
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                # A full disk can have rolled back by itself already.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            self._connection.execute(f"PRAGMA cache_size = -{_READING_KIB}")

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """Return all rows of a query, each a tuple in the order of its columns."""
        try:
            return self._connection.execute(sql, parameters).fetchall()
        except SQLITE_ERRORS as error:
            raise as_store_error(error, self.path) from error

    def first(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """Return the first row of a query, `None` where it has none."""
        try:
            row: Row | None = self._connection.execute(sql, parameters).fetchone()
            return row
        except SQLITE_ERRORS as error:
            raise as_store_error(error, self.path) from error

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """Return the first cell of the first row of a query, `None` where it has no row."""
        row = self.first(sql, parameters)
        return row and row[0]

    def each(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[Row]:
        """Yield the rows of a query one at a time, for more than memory should hold at once."""
        try:
            # A chain has no `close`: one that is left midway asks nothing of a closed database.
            yield from chain(self._connection.execute(sql, parameters))
        except SQLITE_ERRORS as error:
            raise as_store_error(error, self.path) from error

    def faults(self) -> list[str]:
        """Return what SQLite's own checks of the file find wrong with it."""
        found = [line for (line,) in self.rows("PRAGMA integrity_check") if line != "ok"]
        broken = Counter(table for table, *_ in self.rows("PRAGMA foreign_key_check"))
        return found + [
            f"{table}: {plural(count, 'row names', 'rows name')} what is not there"
            for table, count in broken.items()
        ]

    def insert(self, sql: str, parameters: Sequence[Any]) -> int:
        """Insert one row inside the open transaction; return its row id. Raises RowRefused."""
        self._require_transaction()
        try:
            return self._connection.execute(sql, parameters).lastrowid or 0
        except SQLITE_ERRORS as error:
            raise as_store_error(error, self.path) from error

    def write(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a writing statement once for each row, in the transaction. Raises RowRefused."""
        self._require_transaction()
        try:
            self._connection.executemany(sql, rows)
        except SQLITE_ERRORS as error:
            raise as_store_error(error, self.path) from error

    def replace(
        self,
        table: str,
        keys: Sequence[str],
        values: Sequence[str],
        rows: Iterable[Sequence[Any]],
        *,
        wanted: Container[Row] | None = None,
    ) -> None:
        """Make `rows` the table's rows. Rows that are there already are not touched.

        `wanted` has their keys, where they are too many to be held at once.
        """
        if wanted is None:
            rows = [*rows]
            wanted = {tuple(row[: len(keys)]) for row in rows}

        names, matching = ", ".join(keys), " AND ".join(f"{key} = ?" for key in keys)
        stored = self.each(f"SELECT {names} FROM {table}")
        stale = [key for key in stored if key not in wanted]
        self.write(f"DELETE FROM {table} WHERE {matching}", stale)

        insert = insert_into(table, (*keys, *values)) + update_if_changed(names, values)
        self.write(insert, rows)

    def _require_transaction(self) -> None:
        if not self._connection.in_transaction:
            raise RuntimeError("a write outside of Store.transaction")


def marks(count: int) -> str:
    """Return as many placeholders: "?, ?, ?"."""
    return ", ".join("?" * count)


def insert_into(table: str, columns: Sequence[str]) -> str:
    """Return an INSERT that names its columns, with a placeholder for each."""
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks(len(columns))})"


def update_if_changed(key: str, values: Sequence[str]) -> str:
    """Return the end of an INSERT that updates a row that is there already, only if it differs."""
    updates = ", ".join(f"{name} = excluded.{name}" for name in values)
    changed = " OR ".join(f"{name} IS NOT excluded.{name}" for name in values)
    then = f"UPDATE SET {updates} WHERE {changed}" if values else "NOTHING"
    return f" ON CONFLICT ({key}) DO {then}"


def to_json(value: object) -> str:
    """Return compact JSON, as sqlite's own json_array writes it."""
    return _ENCODER.encode(value)


def copy_database(path: Path, to: Path) -> None:
    """Copy the database to another file. The original stays as it is to the last byte.

    Raises StoreError, StoreLocked.
    """
    with store_errors(path):
        _refuse_at_sight(path)
        is_cut_off = is_hot(path)
        address = "" if is_cut_off else address_to_read(path)
        source = sqlite3.connect(address, uri=True, timeout=LOCK_WAIT_SECONDS)
        with closing(source):
            if is_cut_off:
                copy_undone(path, source)
            _refuse_other_files(source, path)
            write_copy(source, to)


def _refuse_at_sight(path: Path) -> None:
    if path.is_dir():
        raise StoreError("is a folder", where=str(path), hint="name a file with --db")
    # SQLite would make a database of its own out of so little.
    if path.exists() and 0 < path.stat().st_size < _SMALLEST:
        raise _no_database(path)


def _refuse_other_files(connection: sqlite3.Connection, path: Path) -> None:
    # SQLite itself has to look. Whoever else opens and closes the file ends every lock that this
    # process has on it; another process may then remove the log that a session here is writing to.
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
