"""The current schema as one text, read from a database that all migrations have made."""

from contextlib import closing

from reviewkit.store.migrations import migrations
from reviewkit.store.sqlite import Database

_HEADER = """\
-- The schema of a review's database, whole: tables, indexes, triggers, views.
-- Made from the migrations by `python tools/write_schema.py`. Do not edit it: add a migration.
"""
_KINDS = ("table", "index", "trigger", "view")


def schema_text() -> str:
    """Return every statement that makes the schema, by kind, in the order in which they were made.

    What SQLite makes by itself is left out: the indexes of keys and the tables inside a full-text index.
    """
    with closing(Database(memory=True).conn) as connection:
        migrations.apply(Database(connection))
        made = connection.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL "
            "AND name NOT LIKE '%sqlite%' AND name NOT LIKE 'records\\_fts\\_%' ESCAPE '\\' "
            "AND tbl_name NOT LIKE '%sqlite%' ORDER BY rowid"
        ).fetchall()

    statements = [
        f"{sql.rstrip(';')};\n" for wanted in _KINDS for kind, _, sql in made if kind == wanted
    ]
    return "\n".join([_HEADER, *statements])
