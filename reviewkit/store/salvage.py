"""What can still be read of a damaged database, table by table and row by row.

SQLite reads what it can. Where it gives up, the rows are read from the pages themselves; there an
event proves itself by its hash, and so does a protocol.
"""

import datetime
import re
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reviewkit.model.errors import StoreError, StoreTooNew
from reviewkit.store.backup import beside
from reviewkit.store.database import Row, Store
from reviewkit.store.raw_pages import RawRow, hashed_rows, raw_rows

# What SQLite raises where it cannot read; its own message may hold bytes of the damage.
UNREADABLE = (sqlite3.Error, OverflowError, UnicodeDecodeError)
# A gap between what is read from both ends of a table is searched number by number.
_MOST_TRIES = 100_000


@dataclass(slots=True)
class Salvaged:
    """The rows of a table by number, in the columns asked for; what stopped the reading, if any."""

    rows: dict[int, Row] = field(default_factory=dict)
    stopped_by: str | None = None


def copy_as_it_is(path: Path, copy: Path, *, now: datetime.datetime) -> Path:
    """Copy a database with its log, byte by byte; bring a copy of an older one up to date.

    Raises StoreTooNew for the database of a newer reviewkit, OSError.
    """
    shutil.copyfile(path, copy)
    for ending in ("-wal", "-journal"):
        if beside(path, ending).exists():
            shutil.copyfile(beside(path, ending), beside(copy, ending))
    if _has_steps(copy):
        try:
            Store(copy, now=now).close()
        except StoreTooNew:
            raise
        except StoreError:
            return copy  # it is read as it is
    return copy


def _has_steps(copy: Path) -> bool:
    """Whether the file says its version; else opening it could write over what is left of it."""
    try:
        with closing(sqlite3.connect(copy)) as connection:
            return bool(connection.execute("SELECT 1 FROM _sqlite_migrations").fetchone())
    except UNREADABLE:
        return False


class DamagedDatabase:
    """A copy of a database, opened for reading whatever can be read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = sqlite3.connect(path, isolation_level=None)
        # A wrong byte in a text becomes a mark; an event with one does not fit its hash.
        self._connection.text_factory = lambda text: text.decode("utf-8", "replace")
        self._raw: dict[int, list[RawRow]] | None = None
        self._open_schema()

    def _open_schema(self) -> None:
        """Bring the log in, and let SQLite pass over parts of the schema that it cannot read."""
        try:
            self._connection.execute("PRAGMA writable_schema = ON")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except sqlite3.DatabaseError:
            return  # then no table can be read by SQLite, and the pages are read

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def read(self, table: str, columns: Sequence[str]) -> Salvaged:
        """Return the rows of a table that SQLite can read."""
        found = Salvaged()
        select = f'SELECT rowid, {", ".join(columns)} FROM main."{table}" NOT INDEXED'

        first = self._read_until_it_stops(f"{select} ORDER BY rowid", found)
        if found.stopped_by:
            last = self._read_until_it_stops(f"{select} ORDER BY rowid DESC", found)
            self._fill_gap(select, first, last, found)
        return found

    def read_by_key(self, table: str, columns: tuple[str, str]) -> dict[Any, Any]:
        """Return the second column by the first, as far as the table can be read."""
        found: dict[Any, Any] = {}
        sql = f'SELECT {", ".join(columns)} FROM main."{table}"'
        try:
            found.update(self._connection.execute(sql))
        except UNREADABLE:
            return found  # what is not found is computed anew
        return found

    def _read_until_it_stops(self, sql: str, found: Salvaged) -> int | None:
        """Add rows up to the end, or to what cannot be read; return the last row's number."""
        last = None
        try:
            for rowid, *row in self._connection.execute(sql):
                found.rows[rowid] = tuple(row)
                last = rowid
        except UNREADABLE as error:
            found.stopped_by = str(error)
        return last

    def _fill_gap(self, select: str, first: int | None, last: int | None, found: Salvaged) -> None:
        if first is None or last is None:
            return
        for rowid in range(first + 1, min(last, first + _MOST_TRIES)):
            try:
                row = self._connection.execute(f"{select} WHERE rowid = ?", [rowid]).fetchone()
            except UNREADABLE:
                continue  # this one is on a damaged page; the table is known to be incomplete
            if row:
                found.rows[rowid] = row[1:]

    def raw(self, columns: int) -> list[RawRow]:
        """Return the rows of so many columns that stand on any page, of whatever table."""
        if self._raw is None:
            self._raw = {}
            for row in raw_rows(self._path):
                self._raw.setdefault(len(row.values), []).append(row)
        return self._raw.get(columns, [])

    def hashed(self, columns: int) -> Iterator[Row]:
        """Yield what is left anywhere in the file of rows of so many columns with a hash."""
        yield from hashed_rows(self._path.read_bytes(), columns)


def raw_table(damaged: DamagedDatabase, table: str, columns: int) -> Iterator[tuple[int, Row]]:
    """Yield the rows of the pages that can only be of this table, by number."""
    fits = _FITS.get(table)
    for row in damaged.raw(columns) if fits else ():
        if fits and _holds(fits, row.values):
            yield row.rowid, row.values


# What a row of the table looks like: by place, what the value has to match.
_FITS: Mapping[str, Mapping[int, str]] = {
    "protocols": {0: r"[0-9a-f]{64}", 1: r"[\s\S]+", 2: r"[\s\S]*"},
    "runs": {1: r"[0-9a-f]{64}", 2: r"[\s\S]+", 10: "complete|failed"},
    "run_pages": {0: r"\d+", 1: r"\d+", 3: r"[0-9a-f]{64}"},
    "run_records": {0: r"\d+", 1: r"\d+", 2: r"[\s\S]+", 3: r"[^:\s]+:[\s\S]+|"},
    "records": {0: r"[^:\s]+:[\s\S]+", 5: r"\[[\s\S]*\]", 6: r"\[[\s\S]*\]", 28: r"\{[\s\S]*\}"},
    "record_versions": {1: r"[^:\s]+:[\s\S]+", 3: r"\{[\s\S]*\}"},
}


def _holds(fits: Mapping[int, str], values: Sequence[Any]) -> bool:
    texts = {place: "" if values[place] is None else str(values[place]) for place in fits}
    return all(re.fullmatch(pattern, texts[place]) for place, pattern in fits.items())
