"""A new database out of what can be read of a damaged one.

Events first: they are nowhere else. Then what searches brought. What follows from these (names that
count, words, pairs) is made anew. Nothing is made up: a record whose content is lost is kept by its
key, and every loss is told.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reviewkit.model.records import Verdict
from reviewkit.store.database import Row, Store, insert_into
from reviewkit.store.errors import RowRefused
from reviewkit.store.events import ALL_KINDS, Event, EventKind, add_event, event_sha256
from reviewkit.store.hashes import RECORD_HASHED, row_sha256, run_content_sha256
from reviewkit.store.protocols import is_text_of
from reviewkit.store.repair_needs import Needs
from reviewkit.store.repair_rows import is_content, readable_row
from reviewkit.store.reviewers import rebuild_aliases
from reviewkit.store.salvage import DamagedDatabase, Salvaged, raw_table
from reviewkit.store.source_names import rebuild_source_names
from reviewkit.store.tables import allow_any_order, columns_of

# What is no event and follows from nothing else, each table after those that it names.
_FACTS = (
    "protocols",
    "review_names",
    "published_reviewers",
    "reviewers",
    "reviewer_terms",
    "runs",
    "run_pages",
    "records",
    "run_records",
    "run_searches",
    "source_contents",
    "record_versions",
    "criteria",
    "checks",
    "works",
    "stages",
    "searches_not_run",
    "updates",
    "update_steps",
    "update_ends",
    "releases",
    "release_records",
    "access_answers",
)
_VERDICTS = tuple(Verdict)
_MOST_ALIKE = 5000
_LINKED = ("pairs", "duplicates", "compared_under")


@dataclass(slots=True)
class Repair:
    """What came back, and what did not.

    `kept` counts rows by table. `partly` says what stopped the reading of a table. `lost_events`
    are named by the chain and nowhere found; `forged` are rows that do not fit their hash, `mended`
    those in which one value had been changed and the hash proves the value before. `emptied` are
    rows of which a value makes no sense, with its column: it is empty, or taken from the key.
    """

    kept: dict[str, int] = field(default_factory=dict)
    partly: dict[str, str] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    lost_events: list[dict[str, str]] = field(default_factory=list)
    forged: list[dict[str, Any]] = field(default_factory=list)
    mended: list[dict[str, str]] = field(default_factory=list)
    from_pages: dict[str, int] = field(default_factory=dict)
    lost_protocols: list[str] = field(default_factory=list)
    lost_records: list[str] = field(default_factory=list)
    lost_runs: list[str] = field(default_factory=list)
    emptied: list[str] = field(default_factory=list)
    was_linked: bool = False

    @property
    def events(self) -> int:
        """How many events came back."""
        return sum(self.kept.get(kind.table, 0) for kind in ALL_KINDS)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is known to be lost."""
        losses = (self.partly, self.refused, self.lost_events, self.forged, self.lost_protocols)
        return not any((*losses, self.lost_records, self.lost_runs, self.emptied))


@dataclass(slots=True)
class _Found:
    """Events by name, each with its kind; in the order in which they were stored."""

    events: dict[str, tuple[EventKind, Event]] = field(default_factory=dict)
    chain: dict[str, tuple[int, str]] = field(default_factory=dict)
    adopted: int = 0


def rebuild(
    damaged: Sequence[DamagedDatabase], store: Store, protocols: Mapping[str, tuple[str, str]]
) -> Repair:
    """Fill an empty store from a damaged database, then from copies that may have more.

    `protocols` are texts that are at hand elsewhere: review and text by hash. Raises StoreError
    where the new database itself cannot be written.
    """
    repair, found = Repair(), _Found()
    _find_events(damaged[0], store, found, repair)
    for other in damaged[1:]:
        # What a further copy lacks is no loss.
        _find_events(other, store, found, Repair())
    facts = {table: _facts(damaged, store, table, repair) for table in _FACTS}
    repair.was_linked = any(damaged[0].read(table, ["1"]).rows for table in _LINKED)

    with store.transaction():
        allow_any_order(store)
        needs = Needs(
            store=store,
            protocols=protocols,
            contents=_earlier_contents(facts),
            copies=_records_of(damaged[1:]),
        )
        _store_facts(store, facts, needs, repair)
        for _, event in found.events.values():
            needs.of_event(event)
        _store_events(store, found, repair)
        _store_hashes(store, damaged[0])
        rebuild_aliases(store)
        rebuild_source_names(store)
    repair.lost_protocols = needs.lost_protocols
    repair.lost_records = needs.lost_records
    repair.lost_runs = needs.lost_runs
    return repair


def _earlier_contents(facts: Mapping[str, Mapping[int, Row]]) -> dict[str, str]:
    """Return the last content that is known of a record besides its own row."""
    contents = {row[1]: row[3] for _, row in sorted(facts["record_versions"].items())}
    contents |= {row[0]: row[1] for row in facts["source_contents"].values()}
    return {record: text for record, text in contents.items() if is_content(text)}


def _records_of(others: Sequence[DamagedDatabase]) -> dict[str, Row]:
    """Return the rows of records that other copies have, by key; the first copy's count."""
    read = [other.read("records", RECORD_HASHED).rows.values() for other in reversed(others)]
    return {str(row[0]): row for rows in read for row in rows}


def _find_events(database: DamagedDatabase, store: Store, found: _Found, repair: Repair) -> None:
    """Read the events of one database, those that fit their hash."""
    _read_chain(database, found, repair)
    forged: dict[str, dict[str, Any]] = {}
    for kind in ALL_KINDS:
        columns = columns_of(store, kind.table)
        read = database.read(kind.table, columns)
        if read.stopped_by:
            repair.partly[kind.table] = read.stopped_by
        forged |= _take_events(database, kind, columns, read.rows.values(), found)

    if repair.partly or set(found.chain) - set(found.events):
        _find_on_pages(database, store, found, repair)
    for name, row in forged.items():
        if name not in found.events and not _mend(name, row, found, repair):
            repair.forged.append({**row, "sha256": name})


def _read_chain(database: DamagedDatabase, found: _Found, repair: Repair) -> None:
    chain = database.read("event_chain", ["position", "kind", "event_sha256"])
    for position, kind, name in chain.rows.values():
        found.chain.setdefault(str(name), (position, str(kind)))
    if chain.stopped_by:
        repair.partly["event_chain"] = chain.stopped_by

    head = database.read("event_chain_head", ["adopted"]).rows
    found.adopted = found.adopted or max((row[0] for row in head.values()), default=0)


def _find_on_pages(database: DamagedDatabase, store: Store, found: _Found, repair: Repair) -> None:
    """Look for events on every page, whatever table it is of: each proves itself by its hash."""
    for kind in ALL_KINDS:
        columns, before = columns_of(store, kind.table), len(found.events)
        rows: list[Row] = [row.values for row in database.raw(len(columns))]
        _take_events(database, kind, columns, rows, found)
        _take_events(database, kind, columns, database.hashed(len(columns)), found)
        if len(found.events) > before:
            repair.from_pages[kind.table] = len(found.events) - before


def _take_events(
    database: DamagedDatabase,
    kind: EventKind,
    columns: Sequence[str],
    rows: Iterable[Row],
    found: _Found,
) -> dict[str, dict[str, Any]]:
    """Take the rows whose name is the hash of what they say; return the others by name."""
    lists = _lists(database, kind)
    others = {}
    for row in rows:
        values = dict(zip(columns, row, strict=True))
        name = str(values[kind.key])
        content = {"kind": kind.name} | {
            column: values[column] for column in ("protocol_sha256", "step", *kind.values)
        }
        if kind.list_table:
            content["listed"] = sorted(lists.get(name, []))
        if _fits(name, content):
            found.events.setdefault(name, (kind, content))
        else:
            others[name] = content
    return others


def _mend(name: str, row: Event, found: _Found, repair: Repair) -> bool:
    """Take an event of which one value was changed: the hash proves which it was before."""
    (kind,) = (each for each in ALL_KINDS if each.name == row["kind"])
    alike = [event for other, event in found.events.values() if other is kind][-_MOST_ALIKE:]

    for column in kind.values:
        values = {event[column] for event in alike} | {None, *_VERDICTS}
        for value in values:
            content = {**row, column: value}
            if _fits(name, content):
                found.events[name] = (kind, content)
                repair.mended.append({"kind": kind.name, "sha256": name, "value": column})
                return True
    return False


def _fits(name: str, content: Event) -> bool:
    try:
        return event_sha256(content) == name
    except TypeError:  # bytes, on a page of another table
        return False


def _lists(database: DamagedDatabase, kind: EventKind) -> dict[str, list[list[str]]]:
    """Return what each event of a kind lists, by the event's name."""
    if not kind.list_table:
        return {}
    columns = (kind.list_key, *kind.list_columns)
    read = database.read(kind.list_table, columns)
    rows = {tuple(row) for row in read.rows.values()}
    if read.stopped_by:
        rows |= {tuple(row.values) for row in database.raw(len(columns))}

    lists: dict[str, list[list[str]]] = {}
    for name, *row in rows:
        if all(isinstance(value, str) for value in row):
            lists.setdefault(str(name), []).append(list(row))
    return lists


def _facts(
    damaged: Sequence[DamagedDatabase], store: Store, table: str, repair: Repair
) -> dict[int, Row]:
    """Return the rows of a table by number; of the first database alone, but for protocols."""
    read = _read_fact(damaged[0], store, table, repair)
    if table == "protocols":
        columns = columns_of(store, table)
        rows = [row for each in damaged for row in each.read(table, columns).rows.values()]
        texts = {row[0]: row for row in (*rows, *read.rows.values()) if is_text_of(row[0], row[2])}
        return dict(enumerate(texts.values(), 1))
    return read.rows


def _read_fact(database: DamagedDatabase, store: Store, table: str, repair: Repair) -> Salvaged:
    columns = columns_of(store, table)
    keys = store.rows("SELECT 1 FROM pragma_table_info(?) WHERE pk > 0", [table])
    read = database.read(table, columns)
    if not read.stopped_by:
        return read

    repair.partly[table] = read.stopped_by
    width = len(keys)
    known = {row[:width] for row in read.rows.values()}
    for rowid, row in raw_table(database, table, len(columns)):
        # The column that is the row's own number is not stored with the others.
        values = (rowid, *row[1:]) if row[0] is None else row
        if rowid not in read.rows and values[:width] not in known:
            read.rows[rowid] = values
            repair.from_pages[table] = repair.from_pages.get(table, 0) + 1
    return read


def _store_facts(
    store: Store, facts: Mapping[str, Mapping[int, Row]], needs: Needs, repair: Repair
) -> None:
    """Store rows as they were, but for those that name what is not there or break a rule."""
    for table, rows in facts.items():
        columns = columns_of(store, table)
        insert = insert_into(table, ("rowid", *columns))
        parents = _parents(store, table, columns)
        for rowid, found in sorted(rows.items()):
            row, emptied = readable_row(table, columns, found)
            if row is None:
                repair.refused[table] = repair.refused.get(table, 0) + 1
                continue
            repair.emptied += [f"{table} {row[0]} ({column})" for column in emptied]
            if all(needs.of_value(*parent, row[place]) for place, parent in parents.items()):
                _try(store, insert, (rowid, *row), table, repair)
            else:
                repair.refused[table] = repair.refused.get(table, 0) + 1


def _parents(store: Store, table: str, columns: Sequence[str]) -> dict[int, tuple[str, str]]:
    """Return by a column's place the table and column that it names."""
    links = store.rows('SELECT "from", "table", "to" FROM pragma_foreign_key_list(?)', [table])
    return {
        columns.index(own): (parent, key or columns_of(store, parent)[0])
        for own, parent, key in links
    }


def _try(store: Store, insert: str, row: Row, table: str, repair: Repair) -> None:
    try:
        store.insert(insert, row)
    except RowRefused:
        repair.refused[table] = repair.refused.get(table, 0) + 1
    else:
        repair.kept[table] = repair.kept.get(table, 0) + 1


def _store_events(store: Store, found: _Found, repair: Repair) -> None:
    """Append the events in the order in which they were stored, and the chain with them."""
    last = (len(found.chain) + 1, "")

    def place(name: str) -> tuple[Any, ...]:
        kind, event = found.events[name]
        return (found.chain.get(name, last)[0], str(event[kind.at]), event["step"], name)

    for name in sorted(found.events, key=place):
        kind, event = found.events[name]
        add_event(store, kind, event)
        repair.kept[kind.table] = repair.kept.get(kind.table, 0) + 1
    repair.lost_events = [
        {"kind": kind, "sha256": name}
        for name, (_, kind) in sorted(found.chain.items(), key=lambda item: item[1])
        if name not in found.events
    ]

    adopted = found.adopted
    if repair.lost_events or set(found.events) - set(found.chain):
        adopted = len(found.events)
    store.write("UPDATE event_chain_head SET adopted = ?", [(adopted,)])


def _store_hashes(store: Store, damaged: DamagedDatabase) -> None:
    """Keep the hash that each record and run had: one that does not fit shows in `doctor`."""
    records = damaged.read_by_key("record_hashes", ("record", "sha256"))
    for row in store.rows(f"SELECT {', '.join(RECORD_HASHED)} FROM records"):
        hashed = [row[0], records.get(row[0]) or row_sha256(row)]
        store.insert(insert_into("record_hashes", ("record", "sha256")), hashed)

    runs = damaged.read_by_key("run_hashes", ("run", "sha256"))
    for (run,) in store.rows("SELECT run FROM runs"):
        hashed = [run, runs.get(run) or run_content_sha256(store.each, run)]
        store.insert(insert_into("run_hashes", ("run", "sha256")), hashed)
