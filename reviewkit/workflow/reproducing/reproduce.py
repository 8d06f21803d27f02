"""`reproduce`: run the protocol's searches, replay the published selection, set the rerun beside the report."""

from dataclasses import dataclass

from reviewkit.protocol.eligibility import check_record
from reviewkit.report.model import Report
from reviewkit.store import Store, write_lock
from reviewkit.store.checks import set_checks, set_criteria
from reviewkit.store.records import records_in_flow
from reviewkit.store.runs import add_run, any_search_in_flow, own_search_time
from reviewkit.workflow.duplicates.link import link_duplicates
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reporting.compare import Comparison, compare
from reviewkit.workflow.reporting.report import report_of
from reviewkit.workflow.reproducing.replay import decide_as_reported, match_reported
from reviewkit.workflow.searching.fallback_list import read_fallback_list
from reviewkit.workflow.searching.ingest import take_in
from reviewkit.workflow.searching.search import Searcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduced:
    """What `reproduce` found, its report, and how many rows of the database it changed."""

    comparison: Comparison
    report: Report
    changes: int


def reproduce(project: ReviewProject, searcher: Searcher) -> Reproduced:
    """Rerun the review and compare. Searches fill the cache first; the database then changes in one transaction.

    Raises what the cache and the store raise; a search that cannot be run is an outcome, not an error.
    """
    with write_lock(project.database):
        searches = searcher.search_all(project)
        stand_in = read_fallback_list(project)
        with Store(project.database, now=searcher.started_at) as store:
            before = store.changes
            with store.transaction():
                take_in(store, project, searches)
                if stand_in and not any_search_in_flow(store):
                    add_run(store, *stand_in, protocol=project.protocol_sha256, counts_in_flow=True)
                judge(store, project)
            changes = store.changes - before
            made = compare(store, project.protocol, searches)
            return Reproduced(
                comparison=made, report=report_of(store, project, made), changes=changes
            )


def judge(store: Store, project: ReviewProject) -> None:
    """Duplicates, reported works, machine checks and the review's own decisions, each from the rows before it.

    What the review decided is dated by its own searches: an update after it changes none of it.
    """
    link_duplicates(store, project.protocol)
    at = own_search_time(store) or ""
    match_reported(store, project, at=at)
    set_criteria(store, project.protocol)
    set_checks(
        store,
        (
            check
            for record in records_in_flow(store)
            for check in check_record(project.protocol, record)
        ),
    )
    decide_as_reported(store, project, at=at)
