"""The current schema as one text, read from a database that all migrations have made."""

import re
from contextlib import closing

from reviewkit.store.migrations import migrations
from reviewkit.store.sqlite import Database

_HEADER = """\
-- The schema of a review's database, whole: tables, indexes, triggers, views.
-- Made from the migrations by `python tools/write_schema.py`. Do not edit it: add a migration.
"""
_KINDS = ("table", "index", "trigger", "view")
_NEXT_ADDED = re.compile(r", (?=[a-z_]+ (?:TEXT|INTEGER|REAL)\b)")


def schema_text() -> str:
    """Return every statement that makes the schema, by kind, in the order in which they were made.

    What SQLite makes by itself is left out: the indexes of keys and the tables inside a full-text
    index.
    """
    with closing(Database(memory=True).conn) as connection:
        migrations.apply(Database(connection))
        made = connection.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL "
            "AND name NOT LIKE '%sqlite%' AND name NOT LIKE 'records\\_fts\\_%' ESCAPE '\\' "
            "AND tbl_name NOT LIKE '%sqlite%' ORDER BY rowid"
        ).fetchall()

    # A stable sort: within a kind they stay in their order.
    made.sort(key=lambda row: _KINDS.index(row[0]))
    statements = [f"{_with_added_columns(sql)};\n" for _, _, sql in made]
    return "\n".join([_HEADER, *statements])


def _with_added_columns(sql: str) -> str:
    """Put each column that a later migration added on a line: SQLite appends them to the last."""
    table, comma, added = sql.rpartition("\n, ")
    if not comma:
        return sql
    return ",\n  ".join([table, *_NEXT_ADDED.split(added)])
