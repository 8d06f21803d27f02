"""What the protocol in hand says, for one connection only.

The views of a database read its own tables `stages`, `criteria` and `checks`, which the last
writing command filled. A temporary table of that name, and temporary copies of the views that
depend on it, hide them. So a number follows the protocol that was given, and never what another
command left behind.
"""

import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

_WORD = re.compile(r"[a-z_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenTable:
    """A table with other rows than the stored ones."""

    name: str
    columns: tuple[str, ...]
    rows: Iterable[Sequence[Any]]


def use_tables(connection: sqlite3.Connection, given: Sequence[GivenTable]) -> None:
    """Let every view of this connection read these rows. Nothing is written to the file.

    Raises sqlite3.Error.
    """
    for table in given:
        columns, marks = ", ".join(table.columns), ", ".join("?" * len(table.columns))
        connection.execute(f"DROP TABLE IF EXISTS temp.{table.name}")
        connection.execute(f"CREATE TEMP TABLE {table.name} ({columns})")
        connection.executemany(f"INSERT INTO temp.{table.name} VALUES ({marks})", table.rows)

    for name, sql in views_over(connection, *(table.name for table in given)).items():
        connection.execute(f"DROP VIEW IF EXISTS temp.{name}")
        connection.execute(sql.replace("CREATE VIEW", "CREATE TEMP VIEW", 1))


def views_over(connection: sqlite3.Connection, *names: str) -> dict[str, str]:
    """Return the views of the file that read these tables or views, directly or through others.

    Each with the statement that makes it. Raises sqlite3.Error.
    """
    views = dict(connection.execute("SELECT name, sql FROM main.sqlite_master WHERE type = 'view'"))
    words = {name: {*_WORD.findall(sql)} - {name} for name, sql in views.items()}
    changing, found = {*names}, {*names}

    while found:
        found = {name for name in views if name not in changing and words[name] & changing}
        changing |= found
    return {name: sql for name, sql in views.items() if name in changing - {*names}}
