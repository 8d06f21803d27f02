"""Search runs and the lists they gave. Runs are append-only."""

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from reviewkit.model.records import (
    PageRef,
    Record,
    Role,
    RunStatus,
    SearchRun,
)
from reviewkit.store.database import Store, marks, to_json
from reviewkit.store.records import add_records, record_of_values

_RUN_COLUMNS = (
    "source",
    "role",
    "strategy",
    "query",
    "endpoint",
    "searched_at",
    "status",
    "count",
    "received",
    "translation",
    "build",
    "build_records",
    "build_updated",
    "error",
)


def add_run(
    store: Store,
    run: SearchRun,
    records: Iterable[Record],
    *,
    protocol: str,
    counts_in_flow: bool,
    known: Mapping[str, str] = MappingProxyType({}),
) -> bool:
    """Whether the run was new; the same run, page by page, is never taken in twice.

    `known` are records of its list that the store holds word for word already, by identifier: `records` lacks them.
    """
    if store.rows("SELECT 1 FROM runs WHERE run_sha256 = ?", [_run_digest(run)]):
        return False
    number = _insert_run(store, run, protocol=protocol, counts_in_flow=counts_in_flow)
    _list_run(store, number, run.identifiers, {**known, **add_records(store, records)})
    return True


def add_listed_run(
    store: Store, run: SearchRun, arrived: Mapping[str, str], *, protocol: str, counts_in_flow: bool
) -> None:
    """A run whose records `add_records` has put into the store already; `arrived` is its answer."""
    _list_run(
        store,
        _insert_run(store, run, protocol=protocol, counts_in_flow=counts_in_flow),
        (),
        arrived,
    )


def run_number_of(store: Store, run: SearchRun) -> int | None:
    """The number that a run has in the store, `None` where it is not there."""
    rows = store.rows("SELECT run FROM runs WHERE run_sha256 = ?", [_run_digest(run)])
    return rows[0]["run"] if rows else None


def _run_digest(run: SearchRun) -> str:
    """The run's hash. `count_unit` follows from the source: earlier runs were hashed without it."""
    content = dataclasses.asdict(run)
    del content["count_unit"]

    return digest(content)


def _insert_run(store: Store, run: SearchRun, *, protocol: str, counts_in_flow: bool) -> int | None:
    row = {
        "run_sha256": _run_digest(run),
        "protocol_sha256": protocol,
        "counts_in_flow": int(counts_in_flow),
        "warnings": to_json(run.warnings),
        **{name: getattr(run, name) for name in _RUN_COLUMNS},
    }
    insert = f"INSERT INTO runs ({', '.join(row)}) VALUES ({marks(len(row))})"
    number = store.insert(insert, [*row.values()])
    pages = [
        (number, i, page.request, page.sha256, page.retrieved_at)
        for i, page in enumerate(run.pages)
    ]
    store.write("INSERT INTO run_pages VALUES (?, ?, ?, ?, ?)", pages)
    return number


def _list_run(
    store: Store, number: int | None, identifiers: Iterable[str], arrived: Mapping[str, str]
) -> None:
    named = dict.fromkeys([*identifiers, *arrived])
    listed = [
        (number, i, identifier, arrived.get(identifier)) for i, identifier in enumerate(named)
    ]
    store.write("INSERT INTO run_records VALUES (?, ?, ?, ?)", listed)


def latest_run(store: Store, source: str, strategy: str | None) -> SearchRun | None:
    """The newest complete run of a strategy in a source, as it was stored; without one, the newest that counts."""
    rows = store.rows(
        "SELECT * FROM runs WHERE source = ? AND (strategy = ? OR (? IS NULL AND counts_in_flow = 1)) "
        "AND status = 'complete' ORDER BY run DESC LIMIT 1",
        [source, strategy, strategy],
    )
    return _run_of(store, rows[0]) if rows else None


def runs_with_pages(
    store: Store, source: str, strategy: str, pages: Sequence[str]
) -> list[SearchRun]:
    """The complete runs of a strategy in a source that came from exactly these pages, newest first."""
    rows = store.rows(
        "SELECT * FROM runs WHERE source = ? AND strategy = ? AND status = 'complete' ORDER BY run DESC",
        [source, strategy],
    )
    runs = (_run_of(store, row) for row in rows)
    return [run for run in runs if [page.sha256 for page in run.pages] == list(pages)]


def records_of_latest_run(store: Store, source: str, strategy: str) -> list[Record]:
    """The records that the newest complete run of a strategy in a source brought, in its order."""
    rows = store.rows(
        "SELECT records.* FROM run_records JOIN records USING (record) WHERE run = "
        "(SELECT max(run) FROM runs WHERE source = ? AND strategy = ? AND status = 'complete') ORDER BY position",
        [source, strategy],
    )
    return [record_of_values(row) for row in rows]


def searches_by_record(store: Store) -> dict[str, list[str]]:
    """By record, the sources whose searches brought it into the flow, by run; neither stand-in nor reported list."""
    rows = store.rows(
        "SELECT DISTINCT record, source FROM run_records JOIN flow_runs USING (run) "
        "WHERE record IS NOT NULL AND role NOT IN (?, ?) ORDER BY run",
        [Role.STAND_IN, Role.REPORTED],
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["record"], []).append(row["source"])
    return found


def any_search_in_flow(store: Store) -> bool:
    """Whether any search brought records into the flow; a stand-in and the published list are none."""
    return bool(
        store.rows(
            "SELECT 1 FROM flow_runs WHERE role NOT IN (?, ?)", [Role.STAND_IN, Role.REPORTED]
        )
    )


def newest_count(store: Store, role: Role) -> int | None:
    """How many records the newest run of this role in the flow counted; `None` where there is none, or no count."""
    rows = store.rows(
        "SELECT count FROM flow_runs WHERE role = ? ORDER BY run DESC LIMIT 1", [role]
    )
    count: int | None = rows[0]["count"] if rows else None
    return count


def own_search_time(store: Store) -> str | None:
    """When the review's own searches ended (ISO 8601); no update counts."""
    rows = store.rows(
        "SELECT max(searched_at) AS at FROM flow_runs WHERE role <> ? "
        "AND run NOT IN (SELECT run FROM search_runs WHERE is_update = 1)",
        [Role.REPORTED],
    )
    at: str | None = rows[0]["at"]
    return at


def _run_of(store: Store, row: Mapping[str, Any]) -> SearchRun:
    listed = store.rows(
        "SELECT identifier, record FROM run_records WHERE run = ? ORDER BY position", [row["run"]]
    )
    pages = store.rows(
        "SELECT request, sha256, retrieved_at FROM run_pages WHERE run = ? ORDER BY position",
        [row["run"]],
    )
    asked = row["received"] is not None
    values = {name: row[name] for name in _RUN_COLUMNS}
    return SearchRun(
        **{**values, "role": Role(row["role"]), "status": RunStatus(row["status"])},
        identifiers=tuple(item["identifier"] for item in listed),
        missing=tuple(item["identifier"] for item in listed if asked and item["record"] is None),
        warnings=tuple(json.loads(row["warnings"])),
        pages=tuple(PageRef(**page) for page in pages),
    )


def digest(value: object) -> str:
    """A SHA-256 of a noun's content, the same for the same content."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()
