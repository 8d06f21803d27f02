"""Run files of SQL."""

import sqlite3
from importlib.resources import files
from importlib.resources.abc import Traversable

from reviewkit.store.sqlite import Database


def run_step(db: Database, name: str) -> None:
    """Run an SQL file of this folder."""
    run_script(db, files(__package__).joinpath(name))


def run_script(db: Database, file: Traversable) -> None:
    """Run an SQL file statement by statement.

    sqlite3's own `executescript` would commit the migration's transaction first.
    """
    statement = ""

    for line in file.read_text(encoding="utf-8").splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""
