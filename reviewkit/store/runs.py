"""Search runs and the lists they gave. Runs are append-only."""

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from reviewkit.model.errors import UsageError
from reviewkit.model.records import (
    CountUnit,
    PageRef,
    Record,
    Role,
    RunKind,
    RunStatus,
    SearchRun,
)
from reviewkit.store.database import Row, Store, insert_into, to_json
from reviewkit.store.hashes import run_content_sha256
from reviewkit.store.records import add_records, records_where
from reviewkit.store.searches import BY_HAND, whole_search

# Columns that hold a field of SearchRun as it is.
_PLAIN_COLUMNS = (
    "source",
    "strategy",
    "query",
    "endpoint",
    "searched_at",
    "count",
    "received",
    "translation",
    "build",
    "build_records",
    "build_updated",
    "error",
)
_READ_COLUMNS = ", ".join(
    ("run", *_PLAIN_COLUMNS, "role", "status", "kind", "family", "count_unit", "warnings")
)
# What a run's hash leaves out: earlier runs were hashed without these fields.
_NOT_HASHED = ("count_unit", "kind", "family")


def add_run(
    store: Store,
    run: SearchRun,
    records: Iterable[Record],
    *,
    protocol: str,
    counts_in_flow: bool,
    known: Mapping[str, str] = MappingProxyType({}),
) -> bool:
    """Store a run with its records.

    Return whether it was new: the same run, page by page, is stored once.

    `known` has by identifier the keys of records of its list that the store holds already, the same
    to the last word: `records` is without those.
    """
    sha256 = run_sha256(run)
    if _run_of_hash(store, sha256) is not None:
        return False

    # The run comes first: what a record was before is kept under the newest run.
    number = _insert_run(store, run, sha256, protocol=protocol, counts_in_flow=counts_in_flow)
    keys = {**known, **add_records(store, records)}
    _insert_list(store, number, run.identifiers, keys)
    return True


def add_listed_run(
    store: Store, run: SearchRun, numbers: Sequence[int], *, protocol: str, counts_in_flow: bool
) -> int:
    """Store a run whose records are in the store already, and return its number.

    `numbers` are those of the records' rows, in the order of the list; `run` has no identifiers.
    Raises UsageError where the same run is stored: it may have been taken out.
    """
    names = (_source_id(store, number) for number in numbers)
    sha256 = run_sha256(run, names)
    if stored := _run_of_hash(store, sha256):
        raise UsageError(
            f"this very import is stored already, as run {stored}",
            hint=f"if it was taken out of the flow: reviewkit undo back {stored}",
        )

    run_number = _insert_run(store, run, sha256, protocol=protocol, counts_in_flow=counts_in_flow)
    listed = ((run_number, position, number) for position, number in enumerate(numbers))
    store.write(_LIST_BY_NUMBER, listed)
    _hash_content(store, run_number)
    return run_number


_LIST_BY_NUMBER = (
    "INSERT INTO run_records (run, position, identifier, record) "
    "SELECT ?, ?, source_id, record FROM records WHERE rowid = ? "
    "ON CONFLICT DO NOTHING"
)


def _source_id(store: Store, number: int) -> str:
    return str(store.value("SELECT source_id FROM records WHERE rowid = ?", [number]))


def run_number_of(store: Store, run: SearchRun) -> int | None:
    """Return the number of a run in the store, `None` where it is not there."""
    return _run_of_hash(store, run_sha256(run))


def _run_of_hash(store: Store, sha256: str) -> int | None:
    number: int | None = store.value("SELECT run FROM runs WHERE run_sha256 = ?", [sha256])
    return number


def _insert_run(
    store: Store, run: SearchRun, sha256: str, *, protocol: str, counts_in_flow: bool
) -> int:
    row = {name: getattr(run, name) for name in _PLAIN_COLUMNS}
    row |= {
        "run_sha256": sha256,
        "protocol_sha256": protocol,
        "counts_in_flow": int(counts_in_flow),
        "role": run.role,
        "status": run.status,
        "kind": run.kind,
        "family": run.family or run.strategy,
        "count_unit": run.count_unit,
        "warnings": to_json(run.warnings),
    }
    number = store.insert(insert_into("runs", [*row]), [*row.values()])

    pages = [
        (number, position, page.request, page.sha256, page.retrieved_at)
        for position, page in enumerate(run.pages)
    ]
    columns = ("run", "position", "request", "sha256", "retrieved_at")
    store.write(insert_into("run_pages", columns), pages)
    return number


def _insert_list(
    store: Store, run: int, identifiers: Iterable[str], keys: Mapping[str, str]
) -> None:
    """Store the list of a run, and the hash of the run with it."""
    names = dict.fromkeys([*identifiers, *keys])
    listed = [(run, position, name, keys.get(name)) for position, name in enumerate(names)]
    store.write(insert_into("run_records", ("run", "position", "identifier", "record")), listed)
    _hash_content(store, run)


def _hash_content(store: Store, run: int) -> None:
    hashed = (run, run_content_sha256(store.each, run))
    store.insert(insert_into("run_hashes", ("run", "sha256")), hashed)


def run_sha256(run: SearchRun, identifiers: Iterable[str] | None = None) -> str:
    """Return the SHA-256 of a run's content. The same run has the same hash at any time.

    It is hashed as JSON. `identifiers` are given apart where memory should not hold them all.
    """
    content = dataclasses.asdict(dataclasses.replace(run, identifiers=()))
    for name in _NOT_HASHED:
        del content[name]

    # Inside of a JSON text the quotes would be escaped.
    mark = '"identifiers": ['
    before, _, after = json.dumps(content, sort_keys=True, default=str).partition(mark)
    digest = hashlib.sha256(f"{before}{mark}".encode())
    joint = ""
    for name in run.identifiers if identifiers is None else identifiers:
        digest.update(f"{joint}{json.dumps(name)}".encode())
        joint = ", "
    digest.update(after.encode())
    return digest.hexdigest()


def latest_run(
    store: Store, source: str, family: str | None, *, kind: RunKind = RunKind.OWN
) -> SearchRun | None:
    """Return the newest search of a strategy in a source, of this kind, with all its datasets.

    Without a strategy: the newest search that counts in the flow. What failed or was withdrawn is
    left out.
    """
    where, values = "source = ? AND family = ? AND kind = ?", [source, family, kind]
    if family is None:
        where, values = "source = ? AND counts_in_flow = 1", [source]

    numbers = _latest_datasets(store, where, values)
    rows = (
        store.first(f"SELECT {_READ_COLUMNS} FROM named_runs WHERE run = ?", [number])
        for number in numbers
    )
    datasets = [_run_of(store, row) for row in rows if row]
    return whole_search(datasets) if datasets else None


def _latest_datasets(store: Store, where: str, values: Sequence[str | None]) -> list[int]:
    """The runs of the newest search among the complete ones of `where`, the oldest first."""
    rows = store.rows(
        "SELECT coalesce(search, run), run, query FROM named_runs "
        "LEFT JOIN run_searches USING (run) "
        f"WHERE {where} AND status = 'complete' AND run NOT IN (SELECT run FROM withdrawn_runs) "
        "ORDER BY 1, 2",
        values,
    )
    searches = [(search, run) for search, run, query in rows if query != BY_HAND]
    if not searches:  # all that a person added by hand to the source
        return [run for _, run, _ in rows]
    return [run for search, run in searches if search == searches[-1][0]]


def runs_with_pages(
    store: Store, source: str, strategy: str, pages: Sequence[str]
) -> dict[int, SearchRun]:
    """Return by number the complete runs of a strategy that came from exactly these pages.

    `pages` are the SHA-256 of the pages. The newest run is first. Withdrawn runs are left out.
    """
    rows = store.rows(
        f"SELECT {_READ_COLUMNS} FROM named_runs WHERE source = ? AND strategy = ? "
        "AND status = 'complete' AND run NOT IN (SELECT run FROM withdrawn_runs) "
        "ORDER BY run DESC",
        [source, strategy],
    )
    wanted = tuple(pages)
    runs = {row[0]: _run_of(store, row) for row in rows}

    return {number: run for number, run in runs.items() if _page_hashes(run) == wanted}


def _page_hashes(run: SearchRun) -> tuple[str, ...]:
    return tuple(page.sha256 for page in run.pages)


def records_of_run(store: Store, run: int) -> list[Record]:
    """Return the records that a run brought, in its order."""
    rest = "run_records JOIN records USING (record) WHERE run = ? ORDER BY position"
    return records_where(store, rest, (run,))


def records_of_latest_run(store: Store, source: str, strategy: str) -> list[Record]:
    """Return the records that the newest search of a strategy brought, in the order of its lists.

    A search has one or more runs; those that failed or were withdrawn are left out.
    """
    found: dict[str, Record] = {}
    for run in _latest_datasets(store, "source = ? AND strategy = ?", [source, strategy]):
        found |= {record.key: record for record in records_of_run(store, run)}
    return list(found.values())


# Neither a stand-in list nor the published list is a search.
_LISTS = (Role.STAND_IN, Role.REPORTED)
_SEARCHES = (
    "SELECT DISTINCT record, source FROM run_records JOIN flow_runs USING (run) "
    "WHERE record IS NOT NULL AND role NOT IN (?, ?)"
)


class SearchesByRecord(Mapping[str, tuple[str, ...]]):
    """What `searches_by_record` returns, read for each record when it is asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getitem__(self, record: str) -> tuple[str, ...]:
        rows = self._store.rows(f"{_SEARCHES} AND record = ? ORDER BY run", [*_LISTS, record])
        if not rows:
            raise KeyError(record)
        return tuple(source for _, source in rows)

    def __iter__(self) -> Iterator[str]:
        return iter(searches_by_record(self._store))

    def __len__(self) -> int:
        return len(searches_by_record(self._store))


def searches_by_record(store: Store) -> dict[str, tuple[str, ...]]:
    """Return by record the sources whose searches brought it into the flow, by run."""
    rows = store.each(f"{_SEARCHES} ORDER BY run", _LISTS)
    sources: dict[str, tuple[str, ...]] = {}
    # Most records share one of a few values: each is kept once.
    kept: dict[tuple[str, ...], tuple[str, ...]] = {}

    for record, source in rows:
        both = (*sources.get(record, ()), source)
        sources[record] = kept.setdefault(both, both)
    return sources


def any_search_in_flow(store: Store) -> bool:
    """Whether any search brought records into the flow.

    A stand-in list and the published list are none.
    """
    row = store.first(
        "SELECT 1 FROM flow_runs WHERE role NOT IN (?, ?) LIMIT 1", [Role.STAND_IN, Role.REPORTED]
    )
    return row is not None


def any_search_taken_out(store: Store) -> bool:
    """Return whether any search was taken out of the flow, and not brought back."""
    return store.first("SELECT 1 FROM withdrawn_runs LIMIT 1") is not None


def newest_count(store: Store, role: Role) -> int | None:
    """Return how many records the newest run of this role in the flow counted; `None` where
    unknown.
    """
    count: int | None = store.value(
        "SELECT count FROM flow_runs WHERE role = ? ORDER BY run DESC LIMIT 1", [role]
    )
    return count


def own_search_time(store: Store) -> str | None:
    """Return when the review's own searches ended (ISO 8601). Updates do not count."""
    at: str | None = store.value(
        "SELECT max(searched_at) FROM flow_runs WHERE role <> ? "
        "AND run NOT IN (SELECT run FROM search_runs WHERE is_update = 1)",
        [Role.REPORTED],
    )
    return at


def _run_of(store: Store, row: Row) -> SearchRun:
    number, *plain, role, status, kind, family, count_unit, warnings = row
    values = dict(zip(_PLAIN_COLUMNS, plain, strict=True))
    listed = store.rows(
        "SELECT identifier, record FROM run_records WHERE run = ? ORDER BY position", [number]
    )

    return SearchRun(
        **values,
        role=Role(role),
        status=RunStatus(status),
        kind=RunKind(kind),
        family=None if family == values["strategy"] else family,
        count_unit=CountUnit(count_unit),
        identifiers=tuple(identifier for identifier, _ in listed),
        missing=_missing(listed, values["received"]),
        warnings=tuple(json.loads(warnings)),
        pages=_pages_of(store, number),
    )


def _missing(listed: Iterable[Row], received: int | None) -> tuple[str, ...]:
    """The identifiers without a record; none where no record was requested."""
    if received is None:
        return ()
    return tuple(identifier for identifier, record in listed if record is None)


def _pages_of(store: Store, run: int) -> tuple[PageRef, ...]:
    rows = store.rows(
        "SELECT request, sha256, retrieved_at FROM run_pages WHERE run = ? ORDER BY position", [run]
    )
    return tuple(
        PageRef(request=request, sha256=sha256, retrieved_at=retrieved_at)
        for request, sha256, retrieved_at in rows
    )
