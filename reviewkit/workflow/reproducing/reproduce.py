"""`reproduce`: rerun the searches, replay the published selection, compare with the report."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reviewkit.model.errors import UsageError
from reviewkit.model.records import Record, SearchRun
from reviewkit.report.model import Report
from reviewkit.store import Store, write_lock
from reviewkit.store.runs import add_run, any_search_in_flow, own_search_time
from reviewkit.store.works import set_searches_not_run
from reviewkit.workflow.criteria import store_checks
from reviewkit.workflow.duplicates.link import link_duplicates
from reviewkit.workflow.open_database import open_database
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reporting.compare import Comparison, compare
from reviewkit.workflow.reporting.report import report_of
from reviewkit.workflow.reproducing.look_up import look_up_works
from reviewkit.workflow.reproducing.replay import decide_as_reported, match_reported
from reviewkit.workflow.searching.fallback_list import read_fallback_list
from reviewkit.workflow.searching.ingest import store_search, store_searches
from reviewkit.workflow.searching.search import Search, Searcher


@dataclass(frozen=True, slots=True, kw_only=True)
class ReproduceResult:
    """The comparison of rerun and report, the report on it, and how many database rows changed.

    `failed` are the sources whose service answered and failed.
    """

    comparison: Comparison
    report: Report
    changes: int
    failed: tuple[str, ...] = ()


def reproduce(project: ReviewProject, searcher: Searcher) -> ReproduceResult:
    """Rerun the review and compare it with its report.

    Searches fill the cache first; the database then changes in one transaction. A search that
    cannot be run is an outcome, not an error. Raises UsageError for a review of one's own, and
    what the cache and the store raise.
    """
    if not project.protocol.is_published:
        raise UsageError(
            "is a review of one's own: there is nothing published to rerun",
            where=str(project.protocol_path),
            hint="reviewkit search runs its searches; reviewkit report writes its report",
        )
    fallback_list = read_fallback_list(project)
    with write_lock(project.database), open_database(project, now=searcher.started_at) as store:
        if project.protocol.primary:
            searcher = searcher.beside(store, project.protocol.primary)
        searches = searcher.search_all(project)
        looked_up = look_up_works(project, searcher, searches)

        before = store.changes
        with store.transaction():
            store_searches(store, project, searches)
            if fallback_list:
                _add_list(store, project, fallback_list)
            if looked_up:
                store_search(store, project, looked_up, counts_in_flow=False)
            set_searches_not_run(store, _not_run(searches))
            judge(store, project)
        changes = store.changes - before

        comparison = compare(store, project.protocol, searches)
        report = report_of(store, project, comparison)
        asked = [*searches, looked_up] if looked_up else searches
        failed = dict.fromkeys(search.source for search in asked if search.failed)
        return ReproduceResult(
            comparison=comparison, report=report, changes=changes, failed=tuple(failed)
        )


def _add_list(
    store: Store, project: ReviewProject, fallback_list: tuple[SearchRun, tuple[Record, ...]]
) -> None:
    """Store the list compiled by hand. Beside a search it is evidence, and no part of the flow."""
    run, records = fallback_list
    if any_search_in_flow(store):
        add_run(store, run, records, protocol=project.protocol_sha256, counts_in_flow=False)
    else:
        add_run(store, run, records, protocol=project.protocol_sha256, counts_in_flow=True)


def _not_run(searches: Iterable[Search]) -> Iterator[tuple[str, str, str]]:
    for search in searches:
        if search.why_not:
            yield search.source, search.strategy, search.why_not


def judge(store: Store, project: ReviewProject) -> None:
    """Derive duplicates, reported works, checks and the review's decisions, each from those before.

    The review's decisions are dated by its own searches: a later update does not change them.
    """
    protocol = project.protocol
    link_duplicates(store, protocol)

    at = own_search_time(store) or ""
    match_reported(store, project, at=at)
    store_checks(store, protocol)
    decide_as_reported(store, project, at=at)
