"""`store/schema.sql` is the current schema, whole."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from reviewkit.store import database
from reviewkit.store.migrations import migrations
from reviewkit.store.schema import schema_text

SCHEMA = Path(database.__file__).with_name("schema.sql")


def objects(connection: sqlite3.Connection) -> dict[str, str]:
    """The text of every object by name, its white space aside; without what SQLite keeps for
    itself.
    """
    rows = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name NOT LIKE '%sqlite%'"
    )
    return {name: "".join(sql.split()) for name, sql in rows}


def test_the_schema_is_current() -> None:
    written = SCHEMA.read_text(encoding="utf-8")
    assert written == schema_text(), "run python tools/write_schema.py"


def test_the_schema_alone_makes_a_database_like_the_migrations() -> None:
    with closing(sqlite3.connect(":memory:")) as one, closing(sqlite3.connect(":memory:")) as two:
        one.executescript(SCHEMA.read_text(encoding="utf-8"))
        migrations.apply(Database(two))
        assert objects(one) == objects(two)
