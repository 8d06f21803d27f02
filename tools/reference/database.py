"""The page on the database: every table with its columns, from store/schema.sql."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tools.reference import NOTE, cell
from tools.reference.tables import TABLES, VIEWS

SCHEMA = Path(__file__).parents[2] / "reviewkit" / "store" / "schema.sql"
_COMMENT = re.compile(
    r"^\s*(\w+) [A-Z][^\n]*?(?:--\s*([^\n]*)|/\*\s*(.*?)\s*\*/[^\n]*)$", re.MULTILINE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column; `refers_to` is a table, or empty."""

    name: str
    kind: str
    is_key: bool
    may_be_empty: bool
    refers_to: str
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table or a view."""

    name: str
    columns: tuple[Column, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of the columns that make the key."""
        return tuple(column.name for column in self.columns if column.is_key)

    @property
    def references(self) -> tuple[str, ...]:
        """The tables that it refers to, each once."""
        return tuple(dict.fromkeys(c.refers_to for c in self.columns if c.refers_to))


def read_schema(kind: str = "table") -> dict[str, Table]:
    """Return every table of the schema by name, or with "view" every view."""
    text = SCHEMA.read_text(encoding="utf-8")
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(text)
        named = "SELECT name FROM sqlite_master WHERE type = ? ORDER BY rowid"
        names = [name for (name,) in connection.execute(named, (kind,))]
        own = [name for name in names if not re.search(r"_fts_|^sqlite_", name)]
        return {name: _read(connection, name, text) for name in own}


def _read(connection: sqlite3.Connection, name: str, text: str) -> Table:
    refers = {row[3]: row[2] for row in connection.execute(f"PRAGMA foreign_key_list({name})")}
    comments = _comments(text, name)
    columns = [
        Column(
            name=column,
            kind=kind,
            is_key=bool(key),
            may_be_empty=not needed and not key,
            refers_to=refers.get(column, ""),
            comment=comments.get(column, ""),
        )
        for _, column, kind, needed, _, key in connection.execute(f"PRAGMA table_info({name})")
    ]
    return Table(name=name, columns=tuple(columns))


def _comments(text: str, table: str) -> dict[str, str]:
    found = re.search(rf"^CREATE TABLE {table} \((.*?)\) STRICT", text, re.MULTILINE | re.DOTALL)
    if not found:
        return {}
    return {name: dashes or stars for name, dashes, stars in _COMMENT.findall(found[1])}


def database_page() -> str:
    """Return the page."""
    return "\n".join([NOTE, *_page()]) + "\n"


def _page() -> Iterator[str]:
    tables, views = read_schema(), read_schema("view")
    yield "# The database\n"
    yield "A review is one SQLite file, `reviews/<id>/review.db`. Any SQLite program opens it;"
    yield "open it read-only. What people did is appended and never changed."
    yield "The views say what holds now: begin with them.\n"
    picture = f"The {len(tables)} tables by subject, with their keys and references"
    yield f"[![{picture}](database.svg)](database.svg)\n"
    yield "The schema as SQL is `reviewkit/store/schema.sql`.\n"
    yield "## Views\n"
    yield "| view | what it shows | columns |\n| --- | --- | --- |"
    for name, meaning in VIEWS.items():
        columns = ", ".join(f"`{column.name}`" for column in views[name].columns)
        yield f"| `{name}` | {meaning} | {columns} |"
    for subject, meanings in TABLES.items():
        yield f"\n## {subject}"
        for name, meaning in meanings.items():
            yield f"\n### {name}\n\n{meaning[0].upper()}{meaning[1:]}.\n"
            yield from _columns(tables[name])


def _columns(table: Table) -> Iterator[str]:
    yield "| column | type | refers to | note |\n| --- | --- | --- | --- |"
    for column in table.columns:
        notes = [
            "key" if column.is_key else "",
            "may be empty" if column.may_be_empty else "",
            cell(column.comment),
        ]
        target = f"[`{column.refers_to}`](#{column.refers_to})" if column.refers_to else ""
        note = "; ".join(filter(None, notes))
        yield f"| `{column.name}` | {column.kind.lower()} | {target} | {note} |"
