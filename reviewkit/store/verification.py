"""Whether a database keeps what it promises: its rules are there, and what was appended is whole.

Everything is read, nothing is changed. Each fault is a sentence.
"""

from collections.abc import Callable, Iterator
from contextlib import closing

from reviewkit.model.errors import StoreError
from reviewkit.model.text import plural
from reviewkit.store.chain import link_faults, member_faults
from reviewkit.store.database import Store
from reviewkit.store.events import ALL_KINDS, BATCH, EventKind, event_sha256, named_events
from reviewkit.store.hashes import RECORD_HASHED, row_sha256, run_content_sha256
from reviewkit.store.migrations import migrations
from reviewkit.store.protocols import is_text_of
from reviewkit.store.sqlite import Database

_SHOWN = 5
_RULES = (
    "SELECT type, name, sql FROM main.sqlite_master "
    "WHERE type IN ('table', 'trigger', 'view', 'index') "
    "AND sql IS NOT NULL AND name NOT LIKE '%sqlite%' ORDER BY type, name"
)


def database_faults(store: Store) -> Iterator[str]:
    """Yield every fault that is found. Damage that stops one check does not stop the others."""
    for check in (
        _file_faults,
        _rule_faults,
        _event_faults,
        _gap_faults,
        _chain_faults,
        _list_faults,
        _record_faults,
        _run_faults,
        _word_faults,
        _protocol_faults,
    ):
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
        if kind != "index" and not name.startswith("records_fts_"):
            yield f"the {kind} {name} is not one of reviewkit's"


def _rules(rows: list[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    # A table that a step added to has other blanks than a new one.
    return {(kind, name): "".join(sql.split()) for kind, name, sql in rows}


def _event_faults(store: Store) -> Iterator[str]:
    """Compute the name of every event anew: it is the hash of what the event says."""
    for kind in ALL_KINDS:
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
    for kind in ALL_KINDS:
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


def _chain_faults(store: Store) -> Iterator[str]:
    """Find events that were taken away, or put in by other means."""
    yield from link_faults(store)
    for kind in ALL_KINDS:
        yield from member_faults(store, kind.name, kind.table, kind.key)


def _record_faults(store: Store) -> Iterator[str]:
    """Hash every record anew."""
    columns = ", ".join(f"records.{name}" for name in RECORD_HASHED)
    rows = store.each(
        f"SELECT sha256, {columns} FROM records LEFT JOIN record_hashes USING (record)"
    )
    changed = [str(row[0]) for sha256, *row in rows if row_sha256(row) != sha256]
    if changed:
        count = plural(len(changed), "row was", "rows were")
        yield f"records: {count} changed outside of reviewkit ({', '.join(changed[:_SHOWN])})"
    yield from _not_there(store, "record_hashes", "record", "records")


def _run_faults(store: Store) -> Iterator[str]:
    """Hash every run anew, with its pages and its list."""
    rows = store.rows("SELECT run, sha256 FROM runs LEFT JOIN run_hashes USING (run)")
    for run, sha256 in rows:
        if run_content_sha256(store.each, run) != sha256:
            yield f"runs: run {run}, its pages or its list were changed outside of reviewkit"
    yield from _not_there(store, "run_hashes", "run", "runs")


def _not_there(store: Store, hashes: str, key: str, table: str) -> Iterator[str]:
    lost = store.rows(f"SELECT {key} FROM {hashes} WHERE {key} NOT IN (SELECT {key} FROM {table})")
    if lost:
        names = [str(name) for (name,) in lost[:_SHOWN]]
        count = plural(len(lost), "row is", "rows are")
        yield f"{table}: {count} not there any more ({', '.join(names)})"


def _word_faults(store: Store) -> Iterator[str]:
    """Find records that the search for words passes over, and words of records that are gone."""
    ids = "SELECT id FROM records_fts_docsize"
    lost = store.value(f"SELECT count(*) FROM records WHERE rowid NOT IN ({ids})")
    if lost:
        yield f"records_fts: {plural(lost, 'record is', 'records are')} not searched for words"
    strange = store.value(
        "SELECT count(*) FROM records_fts_docsize WHERE id NOT IN (SELECT rowid FROM records)"
    )
    if strange:
        yield f"records_fts: it has the words of {plural(strange, 'record')} not there"


def _protocol_faults(store: Store) -> Iterator[str]:
    """Compare every version of the protocol with its hash."""
    for sha256, toml in store.each("SELECT protocol_sha256, toml FROM protocols"):
        if not is_text_of(sha256, toml):
            yield f"protocols: the text of {sha256[:12]} is not the one that was stored"
