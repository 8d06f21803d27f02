"""The log of all runs: what each listed, which came first, what an update can build on."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from reviewkit.model.records import CountUnit, RunKind, RunStatus
from reviewkit.store.database import Store
from reviewkit.store.searches import BY_HAND


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run in the log.

    `family` is the strategy that the run belongs to. `listed` is how many identifiers the run gave.
    `search` is the number of its search, `datasets` are the runs of that search that count.
    A row of `family_runs` is a whole search: its last run's number, and what its datasets gave
    together.
    """

    run: int
    source: str
    strategy: str
    family: str
    kind: RunKind
    role: str
    searched_at: str
    status: RunStatus
    count: int | None
    count_unit: CountUnit
    received: int | None
    listed: int
    query: str
    translation: str | None
    error: str | None
    counts_in_flow: bool
    search: int
    withdrawn: bool
    datasets: tuple[int, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether the run asked for everything, not only for what is new since a day."""
        return self.kind is not RunKind.WINDOW

    @property
    def lists_all(self) -> bool:
        """Whether the run listed as many records as were counted; else it cannot say what is gone.

        The view `latest_runs` has the same rule. Where a source counts entries, several for one
        record, its count says nothing of the list.
        """
        if self.count is None or self.count_unit is CountUnit.ENTRIES:
            return True
        return self.listed >= self.count


_COLUMNS = (
    "run",
    "source",
    "strategy",
    "family",
    "kind",
    "role",
    "searched_at",
    "status",
    "count",
    "count_unit",
    "received",
    "listed",
    "query",
    "translation",
    "error",
    "counts_in_flow",
    "search",
    "withdrawn",
)


def run_log(store: Store) -> list[RunRow]:
    """Return every run, oldest first, failed and withdrawn ones too."""
    added = (
        "(SELECT count(*) FROM run_records WHERE run_records.run = named_runs.run) AS listed, "
        "coalesce(run_searches.search, named_runs.run) AS search, "
        "named_runs.run IN (SELECT run FROM withdrawn_runs) AS withdrawn"
    )
    rows = store.rows(
        f"SELECT {', '.join(_COLUMNS)} FROM (SELECT named_runs.*, {added} "
        "FROM named_runs LEFT JOIN run_searches USING (run)) ORDER BY run"
    )

    log = []
    datasets: dict[int, tuple[int, ...]] = {}
    for row in rows:
        values = dict(zip(_COLUMNS, row, strict=True))
        values["kind"] = RunKind(values["kind"])
        values["status"] = RunStatus(values["status"])
        values["count_unit"] = CountUnit(values["count_unit"])
        values["counts_in_flow"] = bool(values["counts_in_flow"])
        values["withdrawn"] = bool(values["withdrawn"])
        run = RunRow(**values)
        log.append(run)
        if run.status is RunStatus.COMPLETE and not run.withdrawn:
            datasets[run.search] = (*datasets.get(run.search, ()), run.run)
    return [replace(run, datasets=datasets.get(run.search, ())) for run in log]


def family_runs(store: Store, source: str, family: str) -> list[RunRow]:
    """Return the whole, complete searches of a strategy, also of updates, oldest first.

    Each search is one row, of whatever datasets it has. Withdrawn ones are left out, and records
    that people added by hand.
    """
    searches: dict[int, list[RunRow]] = {}
    for run in run_log(store):
        if (
            (run.source, run.family) == (source, family)
            and run.status is RunStatus.COMPLETE
            and run.counts_in_flow
            and run.is_whole
            and not run.withdrawn
            and run.query != BY_HAND
        ):
            searches.setdefault(run.search, []).append(run)
    return [_whole_row(store, searches[search]) for search in sorted(searches)]


def _whole_row(store: Store, runs: list[RunRow]) -> RunRow:
    """A search of several datasets as one row: counted is what they list together."""
    last = runs[-1]
    if len(runs) == 1:
        return last

    listed = len(listed_by_search(store, last))
    query = next((run.query for run in runs if run.query), "")
    return replace(runs[0], run=last.run, count=listed, received=listed, listed=listed, query=query)


def listed_by_search(store: Store, search: RunRow) -> dict[str, str | None]:
    """Return what `listed_by` returns, for all datasets of a row's search together."""
    listed: dict[str, str | None] = {}
    for run in search.datasets:
        listed |= listed_by(store, run)
    return listed


def listed_by(store: Store, run: int) -> dict[str, str | None]:
    """Return by identifier of a run's list the record that it brought, in the list's order."""
    rows = store.rows(
        "SELECT identifier, record FROM run_records WHERE run = ? ORDER BY position", [run]
    )
    return dict(rows)


def ever_listed(
    store: Store, source: str, family: str, names: Iterable[str], *, before: int
) -> frozenset[str]:
    """Return those identifiers that any run of the strategy in the source has listed before a run.

    Windows count too.
    """
    rows = store.rows(
        "SELECT run FROM search_runs "
        "WHERE source = ? AND family = ? AND status = 'complete' AND run < ?",
        [source, family, before],
    )
    runs = ", ".join(str(run) for (run,) in rows)

    # One query for each name: all lists of all runs are millions of rows after some years.
    sql = f"SELECT 1 FROM run_records WHERE identifier = ? AND run IN ({runs}) LIMIT 1"
    return frozenset(name for name in names if store.first(sql, [name]))


def pages_held(store: Store, source: str, family: str) -> tuple[int, frozenset[str]]:
    """Return the newest whole run of a strategy and the SHA-256 of the pages that brought it.

    A page of the same bytes then holds the very records that the store has. Where another run has
    brought records since, that is not certain: (0, no pages).
    """
    run = store.value(
        "SELECT max(run) FROM named_runs WHERE source = ? AND status = 'complete' "
        "AND family = ? AND kind <> 'window' AND run NOT IN (SELECT run FROM withdrawn_runs)",
        [source, family],
    )
    other = store.first(
        "SELECT 1 FROM named_runs WHERE source = ? AND received IS NOT NULL "
        "AND kind <> 'monitor' AND (run > ? OR run IN (SELECT run FROM withdrawn_runs)) LIMIT 1",
        [source, run or 0],
    )
    if run is None or other:
        return 0, frozenset()

    pages = store.rows("SELECT sha256 FROM run_pages WHERE run = ?", [run])
    return run, frozenset(sha256 for (sha256,) in pages)


def newest_count_of(store: Store, source: str, query: str) -> int | None:
    """Return what the newest complete search with this query counted; `None` where unknown."""
    count: int | None = store.value(
        "SELECT count FROM named_runs WHERE source = ? AND query = ? AND status = 'complete' "
        "AND run NOT IN (SELECT run FROM withdrawn_runs) ORDER BY run DESC LIMIT 1",
        [source, query],
    )
    return count


def searched_sources(store: Store) -> frozenset[str]:
    """Return the sources with a whole, complete search."""
    rows = store.rows(
        "SELECT DISTINCT source FROM search_runs WHERE status = 'complete' AND is_whole = 1"
    )
    return frozenset(source for (source,) in rows)


def newest_run_number(store: Store) -> int:
    """Return the newest run's number; 0 where there is none."""
    return int(store.value("SELECT coalesce(max(run), 0) FROM runs"))


def newest_day(store: Store) -> str | None:
    """Return the day (ISO 8601) of the newest run or update; `None` where there is none."""
    day: str | None = store.value(
        "SELECT max(day) FROM (SELECT max(substr(searched_at, 1, 10)) AS day FROM runs "
        "WHERE run NOT IN (SELECT run FROM withdrawn_runs) "
        "UNION ALL SELECT max(substr(begun_at, 1, 10)) FROM updates)"
    )
    return day


def first_runs(store: Store) -> dict[str, int]:
    """Return by record of the flow the run that brought it first."""
    return dict(store.rows("SELECT record, first_run FROM flow_records"))


def records_new_to_updates(store: Store) -> frozenset[str]:
    """Return the records that an update was the first to bring."""
    return frozenset(record for (record,) in store.rows("SELECT record FROM later_records"))
