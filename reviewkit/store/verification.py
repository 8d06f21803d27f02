"""Whether a database keeps what it promises: its rules are there, and what was appended is whole.

Everything is read, nothing is changed. Each fault is a sentence.
"""

from collections.abc import Callable, Iterator
from contextlib import closing

from reviewkit.model.errors import StoreError
from reviewkit.model.text import plural
from reviewkit.store.database import Store
from reviewkit.store.events import (
    BATCH,
    KINDS,
    SOURCE_RENAMING,
    WITHDRAWAL,
    EventKind,
    event_sha256,
    named_events,
)
from reviewkit.store.migrations import migrations
from reviewkit.store.sqlite import Database

_SHOWN = 5
_RULES = (
    "SELECT type, name, sql FROM main.sqlite_master WHERE type IN ('trigger', 'view', 'index') "
    "AND sql IS NOT NULL AND name NOT LIKE '%sqlite%' ORDER BY type, name"
)
_ALL_KINDS = (*KINDS.values(), WITHDRAWAL, SOURCE_RENAMING)


def database_faults(store: Store) -> Iterator[str]:
    """Yield every fault that is found. Damage that stops one check does not stop the others."""
    for check in (_file_faults, _rule_faults, _event_faults, _gap_faults, _list_faults):
        yield from _as_far_as_it_goes(check, store)


def _as_far_as_it_goes(check: Callable[[Store], Iterator[str]], store: Store) -> Iterator[str]:
    try:
        yield from check(store)
    except StoreError as error:
        yield error.what


def _file_faults(store: Store) -> Iterator[str]:
    """Yield what SQLite finds; where it gives up, each table that cannot be read to its end."""
    try:
        yield from store.faults()
    except StoreError as error:
        yield error.what
        for (table,) in store.rows("SELECT name FROM main.sqlite_master WHERE type = 'table'"):
            yield from _as_far_as_it_goes(_reading(table), store)


def _reading(table: str) -> Callable[[Store], Iterator[str]]:
    def read(store: Store) -> Iterator[str]:
        count = 0
        try:
            for _ in store.each(f'SELECT * FROM main."{table}"'):
                count += 1
        except StoreError as error:
            yield f"{table}: {plural(count, 'row')} can be read, then {error.what}"

    return read


def _rule_faults(store: Store) -> Iterator[str]:
    """Compare triggers, views and indexes with those that the migrations make."""
    with closing(Database(memory=True).conn) as connection:
        migrations.apply(Database(connection))
        wanted = _rules(connection.execute(_RULES).fetchall())

    found = _rules(store.rows(_RULES))
    for (kind, name), sql in wanted.items():
        if (kind, name) not in found:
            yield f"the {kind} {name} is missing"
        elif found[kind, name] != sql:
            yield f"the {kind} {name} was changed"
    for kind, name in found.keys() - wanted.keys():
        if kind == "trigger":
            yield f"the {kind} {name} is not one of reviewkit's"


def _rules(rows: list[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    return {(kind, name): " ".join(sql.split()) for kind, name, sql in rows}


def _event_faults(store: Store) -> Iterator[str]:
    """Compute the name of every event anew: it is the hash of what the event says."""
    for kind in _ALL_KINDS:
        changed = [
            sha256
            for sha256, content in named_events(store, kind)
            if event_sha256(content) != sha256
        ]
        if changed:
            count = plural(len(changed), "row was", "rows were")
            yield f"{kind.table}: {count} changed outside of reviewkit ({_shown(changed)})"


def _shown(names: list[str]) -> str:
    return ", ".join(name[:12] for name in names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")


def _gap_faults(store: Store) -> Iterator[str]:
    """Find what is gone: events are numbered without a gap, and name each other."""
    for kind in _ALL_KINDS:
        last, count = store.rows(f"SELECT coalesce(max(rowid), 0), count(*) FROM {kind.table}")[0]
        if last != count:
            yield f"{kind.table}: {plural(last - count, 'row is', 'rows are')} gone"
    yield from _lost_by_name(store, BATCH)


def _lost_by_name(store: Store, kind: EventKind) -> Iterator[str]:
    column = kind.list_columns[0]
    lost = store.value(
        f"SELECT count(*) FROM {kind.list_table} "
        f"WHERE {column} NOT IN (SELECT decision_sha256 FROM decisions)"
    )
    if lost:
        yield f"{kind.list_table}: {plural(lost, 'decision is', 'decisions are')} not there"


def _list_faults(store: Store) -> Iterator[str]:
    """Find rows that are gone from the lists of runs: they are numbered from 0."""
    for table, words in (("run_records", "its list"), ("run_pages", "its pages")):
        rows = store.rows(
            f"SELECT run, max(position) + 1 - count(*) FROM {table} GROUP BY run "
            "HAVING max(position) + 1 <> count(*)"
        )
        for run, lost in rows:
            yield f"{table}: run {run} lacks {plural(lost, 'row')} of {words}"
