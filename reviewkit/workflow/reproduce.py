"""`reproduce`: run the protocol's searches, replay the published selection, set the rerun beside the report."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from reviewkit.eligibility import automatic_criteria, check_record
from reviewkit.flow import Flow, Tally
from reviewkit.flow import check as check_flow
from reviewkit.partition import SourceName, count_flow
from reviewkit.protocol import Protocol
from reviewkit.query import can_return, compile_query, seen_in_headings, seen_in_text, seen_in_title
from reviewkit.records import Answer, Check, Record, Role
from reviewkit.reproduction import (
    Candidate,
    Reproduction,
    SourceOutcome,
    VariantOutcome,
    WorkOutcome,
    compare_flows,
    find_findings,
    judge_reporting,
    reported_flow,
)
from reviewkit.store import Store, write_lock
from reviewkit.store.decisions import states
from reviewkit.store.derived import set_checks, set_criteria
from reviewkit.store.runs import add_protocol, add_run, latest_run, records_in_flow
from reviewkit.workflow.link import link_duplicates
from reviewkit.workflow.place import Place
from reviewkit.workflow.replay import REPLAY_FOOTNOTE, decide_as_reported, match_reported
from reviewkit.workflow.search import Search, Searcher
from reviewkit.workflow.stand_in import read_stand_in

STAND_IN_FOOTNOTE = (
    "These works were compiled by hand because no search of this review could be run; "
    "they are not the result of a database search."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduced:
    """What `reproduce` found, both flows, and how many rows of the database it changed."""

    protocol: Protocol
    reproduction: Reproduction
    reported: Flow
    rerun: Flow
    changes: int


def reproduce(
    place: Place, searcher: Searcher, *, now: datetime.datetime, say: Callable[[str], None]
) -> Reproduced:
    """Rerun the review and compare. Searches fill the cache first; the database then changes in one transaction.

    Raises what the cache and the store raise; a search that cannot be run is an outcome, not an error.
    """
    with write_lock(place.database):
        searches = searcher.run_all(place, say)
        stand_in = read_stand_in(place)
        with Store(place.database, now=now) as store:
            before = store.changes
            with store.transaction():
                _take_in(store, place, searches)
                if stand_in and not _has_search(store, place.protocol):
                    run, records = stand_in
                    add_run(store, run, records, protocol=place.protocol_sha256, counts_in_flow=True)
                link_duplicates(store, place.protocol)
                at = store.rows("SELECT max(searched_at) AS at FROM flow_runs")[0]["at"] or ""
                matches = match_reported(store, place, at=at)
                set_criteria(store, place.protocol)
                records = {record.key: record for record in records_in_flow(store)}
                checks = {key: check_record(place.protocol, record) for key, record in records.items()}
                set_checks(store, (check for found in checks.values() for check in found))
                decide_as_reported(store, place, matches, at=at)
            return _compare(store, place, searches, records, checks, store.changes - before)
