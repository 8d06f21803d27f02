"""Run the SQL files of the migrations."""

import sqlite3
from importlib.resources import files

from reviewkit.store.sqlite import Database


def run_script(db: Database, name: str) -> None:
    """Run an SQL file of this folder, statement by statement.

    sqlite3's own `executescript` would commit the migration's transaction first.
    """
    script = files(__package__).joinpath(name).read_text(encoding="utf-8")
    statement = ""

    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""
