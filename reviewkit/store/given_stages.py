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
    views = connection.execute(
        "SELECT name, sql FROM main.sqlite_master WHERE type = 'view'"
    ).fetchall()

    connection.execute("DROP TABLE IF EXISTS temp.stages")
    connection.execute("CREATE TEMP TABLE stages (stage TEXT, reviewers_needed INTEGER)")
    connection.executemany("INSERT INTO temp.stages VALUES (?, ?)", needed.items())

    for name, sql in _dependent(dict(views)).items():
        connection.execute(f"DROP VIEW IF EXISTS temp.{name}")
        connection.execute(sql.replace("CREATE VIEW", "CREATE TEMP VIEW", 1))


def _dependent(views: Mapping[str, str]) -> dict[str, str]:
    """Return the views that read `stages`, directly or through others, with their statements."""
    words = {name: {*_WORD.findall(sql)} - {name} for name, sql in views.items()}
    changing, found = {"stages"}, {"stages"}

    while found:
        found = {name for name in views if name not in changing and words[name] & changing}
        changing |= found
    return {name: sql for name, sql in views.items() if name in changing}
