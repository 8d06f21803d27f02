"""The log of all runs: what each listed, which came first, what an update can build on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reviewkit.model.records import RunStatus
from reviewkit.store.database import Store, marks


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


def searched_sources(store: Store) -> frozenset[str]:
    """The sources with a whole, complete search."""
    rows = store.tuples(
        "SELECT DISTINCT source FROM search_runs WHERE status = 'complete' AND is_whole = 1"
    )
    return frozenset(source for (source,) in rows)


def newest_run_number(store: Store) -> int:
    """The newest run's number; 0 where there is none."""
    number: int = store.rows("SELECT coalesce(max(run), 0) AS run FROM runs")[0]["run"]
    return number


def newest_day(store: Store) -> str | None:
    """The day (ISO 8601) of the newest run or update; `None` where there is none."""
    rows = store.rows(
        "SELECT max(day) AS day FROM (SELECT max(substr(searched_at, 1, 10)) AS day FROM runs "
        "UNION ALL SELECT max(substr(begun_at, 1, 10)) FROM updates)"
    )
    day: str | None = rows[0]["day"]
    return day


def first_runs(store: Store) -> dict[str, int]:
    """By record of the flow, the run that brought it first."""
    return dict(store.tuples("SELECT record, first_run FROM flow_records"))


def records_new_to_updates(store: Store) -> frozenset[str]:
    """The records that an update was the first to bring."""
    return frozenset(record for (record,) in store.tuples("SELECT record FROM later_records"))
