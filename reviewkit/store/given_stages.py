"""How many reviewers each stage needs, as the protocol in hand says, for one connection only.

The views of a database read its own table `stages`, which the last writing command filled. A
temporary table of that name, and temporary copies of the views that depend on it, hide both. So a
number follows the protocol that was given, and never what another command left behind.
"""

import re
import sqlite3
from collections.abc import Mapping

from reviewkit.model.records import Stage

_WORD = re.compile(r"[a-z_]+")


def use_stages(connection: sqlite3.Connection, needed: Mapping[Stage, int]) -> None:
    """Let every view of this connection count with these numbers. Nothing is written to the file.

    Raises sqlite3.Error.
    """
    connection.execute("DROP TABLE IF EXISTS temp.stages")
    connection.execute("CREATE TEMP TABLE stages (stage TEXT, reviewers_needed INTEGER)")
    connection.executemany("INSERT INTO temp.stages VALUES (?, ?)", needed.items())

    for name, sql in views_over(connection, "stages").items():
        connection.execute(f"DROP VIEW IF EXISTS temp.{name}")
        connection.execute(sql.replace("CREATE VIEW", "CREATE TEMP VIEW", 1))


def views_over(connection: sqlite3.Connection, table: str) -> dict[str, str]:
    """Return the views of the file that read a table or view, directly or through others.

    Each with the statement that makes it. Raises sqlite3.Error.
    """
    views = dict(connection.execute("SELECT name, sql FROM main.sqlite_master WHERE type = 'view'"))
    words = {name: {*_WORD.findall(sql)} - {name} for name, sql in views.items()}
    changing, found = {table}, {table}

    while found:
        found = {name for name in views if name not in changing and words[name] & changing}
        changing |= found
    return {name: sql for name, sql in views.items() if name in changing - {table}}
