"""A review's tables as plain rows, out of one database and into an empty one.

What counts need goes out. What publishers own stays here: abstracts, and long texts of records. So
does what is private: notes, tags and highlight terms.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from reviewkit.model.errors import DamagedFile
from reviewkit.model.records import Stage
from reviewkit.store.database import Store, insert_into

# Derived again or private, copies of what publishers own, or hashes of what does not go out.
_LEFT_OUT = frozenset(
    {
        "changed_records",
        "compared_pairs",
        "correction_marks",
        "event_chain",
        "event_chain_head",
        "notes",
        "record_hashes",
        "record_versions",
        "reviewer_terms",
        "run_hashes",
        "stage_token",
        "tags",
    }
)
_LONGEST_VALUE = 300


def table_names(store: Store) -> list[str]:
    """Return the tables that go out, by name."""
    rows = store.rows(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
        "AND name NOT LIKE '_sqlite_%' AND name NOT LIKE 'records_fts%' ORDER BY name"
    )
    return [name for (name,) in rows if name not in _LEFT_OUT]


def columns_of(store: Store, table: str) -> list[str]:
    """Return the columns of a table, in order; none where there is no such table."""
    return [name for (name,) in store.rows("SELECT name FROM pragma_table_info(?)", [table])]


def rows_of(
    store: Store, table: str, *, abstracts: bool, withheld: frozenset[str] = frozenset()
) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a table, in an order that depends on nothing but their values.

    `withheld` are sources whose abstracts stay here in any case.
    """
    columns = columns_of(store, table)
    for row in store.each(f"SELECT {', '.join(columns)} FROM {table} ORDER BY {_order(columns)}"):
        values = dict(zip(columns, row, strict=True))
        if not abstracts or _source_of(values) in withheld:
            _without_abstract(table, values)
        yield tuple(values.values())


def sources_in(store: Store) -> list[str]:
    """Return the sources that have records, by name."""
    return [name for (name,) in store.rows("SELECT DISTINCT source FROM records ORDER BY source")]


def _order(columns: Sequence[str]) -> str:
    return ", ".join(columns[: min(4, len(columns))])


def _source_of(values: Mapping[str, Any]) -> str:
    """Return the source of the row's record; an empty text where it has none."""
    return str(values.get("record") or "").partition(":")[0]


def _without_abstract(table: str, values: dict[str, Any]) -> None:
    if table == "records":
        values["abstract"] = None
        values["other"] = _short_values(values["other"])
    if table == "source_contents":
        content = json.loads(values["content"])
        content["abstract"] = None
        content["other"] = _short_values(content.get("other") or "{}")
        values["content"] = json.dumps(content, ensure_ascii=False)


def _short_values(text: str) -> str:
    """Return a JSON object of lists of texts without its long texts."""
    values = json.loads(text)
    kept = {name: texts for name, texts in values.items() if _are_short(texts)}
    return json.dumps(kept, ensure_ascii=False)


def _are_short(texts: Sequence[Any]) -> bool:
    return all(len(str(each)) <= _LONGEST_VALUE for each in texts)


def load_rows(
    store: Store, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Put rows into a table of an empty database, inside the open transaction.

    Raises DamagedFile for a table or columns that this reviewkit does not know.
    """
    if table not in table_names(store) or list(columns) != columns_of(store, table):
        raise DamagedFile(
            f"its table {table} is not one of this reviewkit",
            hint="use the version of reviewkit that made the package",
        )
    store.write(insert_into(table, tuple(columns)), rows)


def parents_first(store: Store, tables: Iterable[str]) -> list[str]:
    """Return the tables with each behind those that its rows point to, as far as that can be.

    A row that is stored before the one it points to makes SQLite look through all of them for each
    row of the other table.
    """
    parents = {
        table: {
            name
            for (name,) in store.rows('SELECT "table" FROM pragma_foreign_key_list(?)', [table])
        }
        for table in sorted(tables)
    }
    ordered: list[str] = []
    while parents:
        free = [name for name in parents if not (parents[name] & parents.keys()) - {name}]
        chosen = free or list(parents)[:1]
        ordered += chosen
        for name in chosen:
            del parents[name]
    return ordered


def allow_any_order(store: Store) -> None:
    """Check the links between tables at the end of the open transaction, not row by row."""
    store.rows("PRAGMA defer_foreign_keys = ON")


def newest_time(store: Store) -> str:
    """Return the time of the newest search or decision (ISO 8601), or an empty text."""
    value = store.value(
        "SELECT max(at) FROM (SELECT max(searched_at) AS at FROM runs "
        "UNION ALL SELECT max(decided_at) FROM decisions "
        "UNION ALL SELECT max(linked_at) FROM study_links)"
    )
    return str(value or "")


def search_times(store: Store) -> list[tuple[str, str, str | None]]:
    """Return source, time and error of each search, the oldest first."""
    rows = store.rows("SELECT source, searched_at, error FROM runs ORDER BY searched_at, run")
    return [(str(source), str(at), error) for source, at, error in rows]


def pair_times(store: Store) -> list[tuple[str, str, str]]:
    """Return who answered pairs of records, and the times of the first and the last answer."""
    rows = store.rows(
        "SELECT reviewer, min(decided_at), max(decided_at) FROM pair_decisions "
        "GROUP BY reviewer ORDER BY min(decided_at), reviewer"
    )
    return [(reviewer, first, last) for reviewer, first, last in rows]


def screening_times(store: Store) -> list[tuple[Stage, str, str, str]]:
    """Return stage, reviewer, and the times of the first and the last decision."""
    rows = store.rows(
        "SELECT stage, reviewer, min(decided_at), max(decided_at) FROM decisions "
        "GROUP BY stage, reviewer ORDER BY min(decided_at), stage, reviewer"
    )
    return [(Stage(stage), reviewer, first, last) for stage, reviewer, first, last in rows]
