"""`reproduce`: run the protocol's searches, replay the published selection, set the rerun beside the report."""

from dataclasses import dataclass

from reviewkit.eligibility import check_record
from reviewkit.report.nouns import Report
from reviewkit.store import Store, write_lock
from reviewkit.store.derived import set_checks, set_criteria
from reviewkit.store.runs import add_run, own_search_time, records_in_flow, search_counts
from reviewkit.workflow.duplicates.link import link_duplicates
from reviewkit.workflow.place import Place
from reviewkit.workflow.reporting.compare import Comparison, compare
from reviewkit.workflow.reporting.report import report_of
from reviewkit.workflow.reproducing.replay import decide_as_reported, match_reported
from reviewkit.workflow.searching.search import Searcher
from reviewkit.workflow.searching.stand_in import read_stand_in
from reviewkit.workflow.searching.take_in import take_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduced:
    """What `reproduce` found, its report, and how many rows of the database it changed."""

    comparison: Comparison
    report: Report
    changes: int


def reproduce(place: Place, searcher: Searcher) -> Reproduced:
    """Rerun the review and compare. Searches fill the cache first; the database then changes in one transaction.

    Raises what the cache and the store raise; a search that cannot be run is an outcome, not an error.
    """
    with write_lock(place.database):
        searches = searcher.search_all(place)
        stand_in = read_stand_in(place)
        with Store(place.database, now=searcher.started_at) as store:
            before = store.changes
            with store.transaction():
                take_in(store, place, searches)
                if stand_in and not search_counts(store):
                    add_run(store, *stand_in, protocol=place.protocol_sha256, counts_in_flow=True)
                judge(store, place)
            changes = store.changes - before
            made = compare(store, place.protocol, searches)
            return Reproduced(comparison=made, report=report_of(store, place, made), changes=changes)


def judge(store: Store, place: Place) -> None:
    """Duplicates, reported works, machine checks and the review's own decisions, each from the rows before it.

    What the review decided is dated by its own searches: an update after it changes none of it.
    """
    link_duplicates(store, place.protocol)
    at = own_search_time(store) or ""
    match_reported(store, place, at=at)
    set_criteria(store, place.protocol)
    set_checks(store, (check for record in records_in_flow(store) for check in check_record(place.protocol, record)))
    decide_as_reported(store, place, at=at)
