"""A review over time: updates and their steps, what each run listed, what a record was before, what is gone.

Everything here is appended; what is gone or came later is asked of the rows and stands in none.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from reviewkit.model.records import Record, RunStatus
from reviewkit.store.database import Store, marks, store_errors, to_json
from reviewkit.store.runs import record_of_values


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateRow:
    """An update that was begun: when (ISO 8601, UTC), as what it was asked for, and what the store held before it."""

    number: int
    begun_at: str
    asked: str
    after_run: int
    after_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run as the log has it. `family` is the strategy it belongs to; `listed` how many identifiers it gave."""

    run: int
    source: str
    strategy: str
    family: str
    role: str
    searched_at: str
    status: RunStatus
    count: int | None
    received: int | None
    listed: int
    query: str
    translation: str | None
    error: str | None
    counts_in_flow: bool


@contextmanager
def update_lock(database: Path) -> Iterator[bool]:
    """Whether this process may update the review; it never waits. The system frees the lock of a process that dies."""
    with store_errors(database):
        database.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(database.with_name(f"{database.name}.update.lock"), timeout=0)
        try:
            lock.acquire()
        except Timeout:
            yield False
            return
    try:
        yield True
    finally:
        lock.release()


def begin_update(
    store: Store, *, at: str, protocol: str, asked: Mapping[str, Any], left: UpdateRow | None = None
) -> UpdateRow:
    """Append the beginning of an update, inside the transaction that is open.

    `left` is one that was cut off: what it brought is new to this one, as nobody was told of it.
    """
    row = store.rows(
        "SELECT (SELECT coalesce(max(run), 0) FROM runs) AS run, "
        "(SELECT coalesce(max(version), 0) FROM record_versions) AS version"
    )[0]
    after_run, after_version = (
        (left.after_run, left.after_version) if left else (row["run"], row["version"])
    )
    told = to_json(asked)
    number = store.insert(
        "INSERT INTO updates (begun_at, protocol_sha256, asked, after_run, after_version) VALUES (?, ?, ?, ?, ?)",
        [at, protocol, told, after_run, after_version],
    )
    return UpdateRow(
        number=number or 0,
        begun_at=at,
        asked=told,
        after_run=after_run,
        after_version=after_version,
    )


def unfinished_update(store: Store) -> UpdateRow | None:
    """The newest update, where it was interrupted."""
    rows = store.rows(
        "SELECT update_number AS number, begun_at, asked, after_run, after_version FROM updates "
        "WHERE update_number = (SELECT max(update_number) FROM updates) "
        "AND update_number NOT IN (SELECT update_number FROM update_ends)"
    )
    return UpdateRow(**rows[0]) if rows else None


def add_step(
    store: Store, update: int, step: str, *, run: int | None = None, failed: str | None = None
) -> None:
    store.write("INSERT INTO update_steps VALUES (?, ?, ?, ?)", [(update, step, run, failed)])


def steps_of(store: Store, update: int) -> dict[str, tuple[int | None, str | None]]:
    """By step, its run and why it failed."""
    rows = store.rows(
        "SELECT step, run, failed FROM update_steps WHERE update_number = ?", [update]
    )
    return {row["step"]: (row["run"], row["failed"]) for row in rows}


def end_update(
    store: Store, update: int, *, at: str, outcome: str, last_run: int, summary: Mapping[str, Any]
) -> None:
    """Append the end of an update; `last_run` is the last run that it knew."""
    store.write(
        "INSERT INTO update_ends VALUES (?, ?, ?, ?, ?)",
        [(update, at, outcome, last_run, to_json(summary))],
    )


def last_update(store: Store) -> dict[str, Any] | None:
    """The newest update that ended: when it began and ended, its outcome, the last run it knew, its protocol."""
    rows = store.rows(
        "SELECT update_number, begun_at, ended_at, outcome, last_run, summary, protocol_sha256 FROM update_ends "
        "JOIN updates USING (update_number) WHERE outcome <> 'cut off' ORDER BY update_number DESC LIMIT 1"
    )
    return {**rows[0], "summary": json.loads(rows[0]["summary"])} if rows else None


def last_whole_update(store: Store) -> str | None:
    """When the newest update began in which no source failed."""
    rows = store.rows(
        "SELECT max(begun_at) AS at FROM updates JOIN update_ends USING (update_number) WHERE outcome = 'complete'"
    )
    at: str | None = rows[0]["at"]
    return at


def newest_day(store: Store) -> str | None:
    """The day (ISO 8601) of the newest run or update; `None` where there is none."""
    rows = store.rows(
        "SELECT max(day) AS day FROM (SELECT max(substr(searched_at, 1, 10)) AS day FROM runs "
        "UNION ALL SELECT max(substr(begun_at, 1, 10)) FROM updates)"
    )
    day: str | None = rows[0]["day"]
    return day


def searched_sources(store: Store) -> frozenset[str]:
    """The sources with a whole, complete search."""
    rows = store.tuples(
        "SELECT DISTINCT source FROM search_runs WHERE status = 'complete' AND is_whole = 1"
    )
    return frozenset(source for (source,) in rows)


def run_number(store: Store) -> int:
    """The newest run's number; 0 where there is none."""
    number: int = store.rows("SELECT coalesce(max(run), 0) AS run FROM runs")[0]["run"]
    return number


def run_log(store: Store) -> list[RunRow]:
    """Every run, oldest first, failed ones too."""
    rows = store.rows(
        "SELECT runs.run, runs.source, runs.strategy, coalesce(family, runs.strategy) AS family, runs.role, "
        "runs.searched_at, runs.status, runs.count, runs.received, runs.query, runs.translation, runs.error, "
        "runs.counts_in_flow, (SELECT count(*) FROM run_records WHERE run_records.run = runs.run) AS listed "
        "FROM runs LEFT JOIN search_runs USING (run) ORDER BY runs.run"
    )
    return [
        RunRow(
            **{
                **row,
                "status": RunStatus(row["status"]),
                "counts_in_flow": bool(row["counts_in_flow"]),
            }
        )
        for row in rows
    ]


def family_runs(store: Store, source: str, family: str) -> list[RunRow]:
    """The whole, complete runs of a strategy in a source, updates among them, oldest first."""
    return [
        run
        for run in run_log(store)
        if (run.source, run.family) == (source, family)
        and run.status is RunStatus.COMPLETE
        and run.counts_in_flow
        and not run.strategy.endswith(".window")
    ]


def listed_by(store: Store, run: int) -> dict[str, str | None]:
    """By identifier of a run's list, the record that stands for it."""
    return dict(
        store.tuples(
            "SELECT identifier, record FROM run_records WHERE run = ? ORDER BY position", [run]
        )
    )


def ever_listed(
    store: Store, source: str, family: str, names: Iterable[str], *, before: int
) -> frozenset[str]:
    """Those of the identifiers that a run of the strategy in the source has listed before a run, windows too."""
    rows = store.tuples(
        "SELECT run FROM search_runs WHERE source = ? AND family = ? AND status = 'complete' AND run < ?",
        [source, family, before],
    )
    runs = ", ".join(str(run) for (run,) in rows)
    # Asked for one by one: all lists of all runs are millions of rows after some years.
    sql = f"SELECT 1 FROM run_records WHERE identifier = ? AND run IN ({runs}) LIMIT 1"
    return frozenset(name for name in names if store.tuples(sql, [name]))


def pages_held(store: Store, source: str, strategies: Sequence[str]) -> tuple[int, frozenset[str]]:
    """The newest run of these strategies and the pages that brought it, where no other run has brought records since.

    A page of the same bytes then holds the very records that the store has. (0, none) otherwise.
    """
    rows = store.rows(
        f"SELECT max(run) AS run FROM runs WHERE source = ? AND status = 'complete' "
        f"AND strategy IN ({marks(len(strategies))})",
        [source, *strategies],
    )
    run = rows[0]["run"]
    others = store.rows(
        "SELECT 1 FROM runs WHERE source = ? AND run > ? AND received IS NOT NULL AND strategy <> 'watch' LIMIT 1",
        [source, run or 0],
    )
    if run is None or others:
        return 0, frozenset()
    pages = store.tuples("SELECT sha256 FROM run_pages WHERE run = ?", [run])
    return run, frozenset(sha256 for (sha256,) in pages)


def records_new_to_updates(store: Store) -> frozenset[str]:
    """The records that an update was the first to bring."""
    return frozenset(record for (record,) in store.tuples("SELECT record FROM later_records"))


def created_after(store: Store, day: str) -> frozenset[str]:
    """The records that their source says it added after a day (ISO 8601)."""
    return frozenset(
        record
        for (record,) in store.tuples(
            "SELECT record FROM records WHERE substr(created, 1, 10) > ?", [day]
        )
    )


def first_runs(store: Store) -> dict[str, int]:
    """By record of the flow, the run that brought it first."""
    return dict(store.tuples("SELECT record, first_run FROM flow_records"))


def records_by_key(store: Store, keys: list[str]) -> dict[str, Record]:
    """The records of these keys as they are now."""
    found: dict[str, Record] = {}
    for key in keys:
        for row in store.rows("SELECT * FROM records WHERE record = ?", [key]):
            found[key] = record_of_values(row)
    return found


def changed_since(store: Store, *, version: int) -> dict[str, Record]:
    """What each record that has changed after a version was before it."""
    rows = store.rows(
        "SELECT record, content, min(version) AS version FROM record_versions WHERE version > ? GROUP BY record",
        [version],
    )
    return {row["record"]: record_of_values(json.loads(row["content"])) for row in rows}


def contents_at(store: Store, run: int) -> dict[str, Record]:
    """What each record that has changed after a run was when that run had been taken in."""
    rows = store.rows(
        "SELECT record, content, min(version) AS version FROM record_versions WHERE run > ? GROUP BY record",
        [run],
    )
    return {row["record"]: record_of_values(json.loads(row["content"])) for row in rows}


def monitored_records(store: Store, *, first_after: int = 0) -> list[Record]:
    """The records that watches have brought, as they are now; only those that no run up to `first_after` knew."""
    rows = store.rows(
        "SELECT * FROM records WHERE record IN (SELECT record FROM run_records JOIN runs USING (run) "
        "WHERE strategy = 'watch' AND status = 'complete' AND run > ?) "
        "AND NOT EXISTS (SELECT 1 FROM run_records AS older WHERE older.record = records.record AND older.run <= ?) "
        "ORDER BY record",
        [first_after, first_after],
    )
    return [record_of_values(row) for row in rows]


def missing_from_monitor(store: Store) -> frozenset[str]:
    """The identifiers that the last watch of each asked for by number in vain: merged or deleted."""
    return frozenset(name for name, record in _last_monitored(store) if record is None)


def present_in_monitor(store: Store) -> frozenset[str]:
    """The identifiers that the last watch of each asked for by number and got."""
    return frozenset(name for name, record in _last_monitored(store) if record is not None)


def _last_monitored(store: Store) -> list[tuple[str, str | None]]:
    """By identifier what the newest watch that asked for it got."""
    return store.tuples(
        "SELECT identifier, record FROM run_records JOIN (SELECT identifier, max(run) AS run FROM run_records "
        "JOIN runs USING (run) WHERE strategy = 'watch' AND status = 'complete' GROUP BY identifier) "
        "USING (run, identifier)"
    )


def came_after(store: Store, row: UpdateRow) -> bool:
    """Whether any record was changed or brought since an update began."""
    return bool(
        store.rows("SELECT 1 FROM record_versions WHERE version > ? LIMIT 1", [row.after_version])
        or store.rows("SELECT 1 FROM flow_records WHERE first_run > ? LIMIT 1", [row.after_run])
    )


def updates_by_run(store: Store) -> dict[int, int]:
    """The number of the update that made a run, by run."""
    return dict(store.tuples("SELECT run, update_number FROM update_steps WHERE run IS NOT NULL"))
