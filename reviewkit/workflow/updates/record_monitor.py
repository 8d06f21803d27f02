"""The record monitor of an update: records that matter are asked for again, by number.

Records matter that are included or not decided on yet. No answer from the service is never taken as
an answer.
"""

from collections.abc import Sequence

from reviewkit.model.errors import NotCached, RemoteError
from reviewkit.prisma.partition import State
from reviewkit.sources.base import RECORD_MONITOR
from reviewkit.sources.registry import answers_pmids, pmid_source
from reviewkit.store import Store, run_log, update_log, write_lock
from reviewkit.store.decisions import states
from reviewkit.store.records import pmids_by_record
from reviewkit.updates.changes import ChangeKind
from reviewkit.workflow.searching.ingest import store_search
from reviewkit.workflow.updates.source_search import UpdateRun
from reviewkit.workflow.updates.update_models import SourceUpdate

MONITORED = frozenset({State.INCLUDED, State.AWAITING_SCREENING, State.AWAITING_ASSESSMENT})


def fetch_monitored(update: UpdateRun, sources: Sequence[SourceUpdate]) -> tuple[int, str | None]:
    """Ask PubMed by number for the records that matter and were not in today's searches, and for
    those now gone.

    Returns how many were asked for, and why they could not be. It is a step of the update, made
    once.
    """
    store, project, searcher = update.store, update.project, update.searcher
    in_searches = _pmids_in_searches(store, update.row)
    wanted = _pmids_to_fetch(store, in_searches, sources)
    if RECORD_MONITOR in update_log.steps_of(store, update.row.number):
        return len(wanted), None

    search = None
    if wanted:
        # One that surely exists: PubMed answers with nothing when it fails, and also when all
        # records are gone.
        pmids = wanted | set(sorted(in_searches, key=int)[:1])
        try:
            search = searcher.fetch_by_pmid(project, sorted(pmids, key=int))
        except (RemoteError, NotCached) as error:
            name = pmid_source()[0].label
            searcher.say(f"{name}: the monitored records could not be fetched ({error.what}).")
            return 0, error.what

    with write_lock(project.database), store.transaction():
        run = None
        if search and search.run:
            run = store_search(store, project, search, counts_in_flow=False)
        update_log.add_step(store, update.row.number, RECORD_MONITOR, run=run)
    return len(wanted), None


def _pmids_in_searches(store: Store, row: update_log.UpdateRow) -> set[str]:
    """The PMIDs of the records that this update's searches of PubMed listed."""
    steps = update_log.steps_of(store, row.number)
    pmids: set[str] = set()

    for step, (run, _) in steps.items():
        if not run or step == RECORD_MONITOR:
            continue
        pmids |= {pmid_of_key(key) for key in run_log.listed_by(store, run).values() if key}
    return {pmid for pmid in pmids if pmid.isdecimal()}


def pmid_of_key(key: str) -> str:
    """The PMID in a record's key, such as "pubmed:123"; empty for another source's."""
    source, _, number = key.partition(":")
    return number if answers_pmids(source) else ""


def _pmids_to_fetch(
    store: Store, in_searches: set[str], sources: Sequence[SourceUpdate]
) -> set[str]:
    """The PMIDs of records that matter and no search listed, and of those that a search lists no
    longer.
    """
    monitored = {state.record for state in states(store) if state.state in MONITORED}
    pmids = pmids_by_record(store)
    wanted = {pmids[record] for record in monitored & pmids.keys()} - in_searches

    for source in sources:
        if source.difference and answers_pmids(source.source):
            wanted |= {change.identifier for change in source.difference.of(ChangeKind.GONE)}
    return {pmid for pmid in wanted if pmid.isdecimal()}
