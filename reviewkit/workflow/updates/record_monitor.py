"""The watch of an update: records that matter, asked for again, and what has happened to them since the last time.

What matters is what is included or not decided on yet. A silence of the service is never taken for an answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reviewkit.model.errors import NotCached, RemoteError
from reviewkit.model.records import Record, RelationKind
from reviewkit.prisma.partition import State
from reviewkit.sources.pubmed import RECORD_MONITOR
from reviewkit.store import Store, run_log, update_log, write_lock
from reviewkit.store.decisions import states
from reviewkit.store.duplicates import related_records, stored_leads
from reviewkit.store.pairs import pairs_to_review
from reviewkit.store.record_monitor import monitored_records
from reviewkit.store.record_versions import changed_since
from reviewkit.store.records import pmids_by_record, records_by_key
from reviewkit.updates.changes import Alert, Change, Kind, alerts_in
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reporting.review_flow import retracted
from reviewkit.workflow.searching.ingest import take_in_search
from reviewkit.workflow.searching.search import Searcher
from reviewkit.workflow.updates.update_models import Copy, Notice, SourceUpdate, UpdateResult

WATCHED = frozenset({State.INCLUDED, State.AWAITING_SCREENING, State.AWAITING_ASSESSMENT})


def fetch_watched(
    store: Store,
    project: ReviewProject,
    searcher: Searcher,
    row: update_log.UpdateRow,
    sources: Sequence[SourceUpdate],
) -> tuple[int, str | None]:
    """Ask PubMed by number for what matters and this update's searches did not bring, and for what they lost.

    How many were asked for, and why they could not be. A step of the update, made once.
    """
    brought = _brought(store, row)
    wanted = _wanted(store, brought, sources)
    if RECORD_MONITOR in update_log.steps_of(store, row.number):
        return len(wanted), None
    search = None
    if wanted:
        # One that is surely there: PubMed answers for none but lost ones with nothing, as it does when it fails.
        asked = wanted | set(sorted(brought, key=int)[:1])
        try:
            search = searcher.fetch_again(project, sorted(asked, key=int))
        except (RemoteError, NotCached) as error:
            searcher.say(f"PubMed: the watched records could not be fetched ({error.what}).")
            return 0, error.what
    with write_lock(project.database), store.transaction():
        if search and search.run:
            number = take_in_search(store, project, search, counts_in_flow=False)
            update_log.add_step(store, row.number, RECORD_MONITOR, run=number)
        else:
            update_log.add_step(store, row.number, RECORD_MONITOR)
    return len(wanted), None


def _brought(store: Store, row: update_log.UpdateRow) -> set[str]:
    """The PMIDs of the records that this update's searches of PubMed brought."""
    runs = [
        run
        for step, (run, _) in update_log.steps_of(store, row.number).items()
        if run and step != RECORD_MONITOR
    ]
    keys = {key for run in runs for key in run_log.listed_by(store, run).values() if key}
    return {
        pmid for key in keys if (pmid := key.removeprefix("pubmed:")) != key and pmid.isdecimal()
    }


def _wanted(store: Store, brought: set[str], sources: Sequence[SourceUpdate]) -> set[str]:
    """The PMIDs to ask for by number."""
    watched = {state.record for state in states(store) if state.state in WATCHED}
    pmids = pmids_by_record(store)
    wanted = {pmids[record] for record in watched & pmids.keys()} - brought
    lost = [
        c
        for s in sources
        if s.difference and s.source == "pubmed"
        for c in s.difference.of(Kind.GONE)
    ]
    return {pmid for pmid in wanted | {change.identifier for change in lost} if pmid.isdecimal()}


def look_after(store: Store, found: UpdateResult, row: update_log.UpdateRow) -> UpdateResult:
    """The update with what it means: alerts, copies of known records, what waits for whom."""
    partition = {state.record: state for state in states(store)}
    arrived = {record for record, run in run_log.first_runs(store).items() if run > row.after_run}
    included = [key for key, state in partition.items() if state.state is State.INCLUDED]
    new = [partition[record] for record in sorted(arrived) if record in partition]
    return replace(
        found,
        retracted=tuple(
            Notice(
                record=record.key,
                title=record.title or "no title",
                state=State.INCLUDED,
                alert=Alert.RETRACTED,
                evidence=evidence,
            )
            for record, evidence in retracted(store, included)
        ),
        notices=_notices(
            store, found, row, {key: state.state for key, state in partition.items()}, arrived
        ),
        copies=_copies(
            store,
            {s.record: s.reason for s in new if s.state is State.DUPLICATE and s.reason},
            arrived,
        ),
        queued=sum(state.state is State.AWAITING_SCREENING for state in new),
        ineligible=sum(state.state is State.INELIGIBLE_BY_MACHINE for state in new),
        questions=_questions(store, arrived),
        waiting=sum(state.state is State.AWAITING_SCREENING for state in partition.values()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Event:
    """Something seen of a record of any state."""

    record: str
    alert: Alert
    evidence: str


def _notices(
    store: Store,
    found: UpdateResult,
    row: update_log.UpdateRow,
    now: Mapping[str, State],
    arrived: set[str],
) -> tuple[Notice, ...]:
    """What happened to the records that matter since the last update, the gravest first."""
    leads = stored_leads(store)
    events = [
        *_from_contents(store, row),
        *_from_lists(found.changes),
        *_from_links(store, arrived),
    ]
    pmids: dict[str, list[str]] = {}
    for record, pmid in pmids_by_record(store).items():
        pmids.setdefault(pmid, []).append(record)
    order = tuple(Alert)
    told: dict[tuple[str, Alert], list[str]] = {}
    for event in events:
        # A record fetched by its number stands for every record of that number.
        same = (
            pmids.get(event.record.removeprefix("pubmed:"), [])
            if event.record.startswith("pubmed:")
            else []
        )
        for key in {leads.get(record, record) for record in (event.record, *same)}:
            if now.get(key) in WATCHED and key not in arrived:
                told.setdefault((key, event.alert), []).append(event.evidence)
    ordered = sorted(
        told, key=lambda one: (now[one[0]] is not State.INCLUDED, order.index(one[1]), one)
    )
    records = records_by_key(store, sorted({key for key, _ in ordered}))
    return tuple(
        Notice(
            record=key,
            title=records[key].title or "no title",
            state=now[key],
            alert=alert,
            evidence="; ".join(sorted(set(told[key, alert]))),
        )
        for key, alert in ordered
    )


def _from_contents(store: Store, row: update_log.UpdateRow) -> list[_Event]:
    """What changed in records: what they say now of themselves; else that they were revised."""
    before = changed_since(store, version=row.after_version)
    after = records_by_key(store, sorted(before))
    for record in monitored_records(store, first_after=row.after_run):
        after.setdefault(record.key, record)
    events = []
    for key, record in after.items():
        earlier: Record | None = before.get(key)
        said = alerts_in(earlier, record)
        events += [_Event(record=key, alert=alert, evidence=evidence) for alert, evidence in said]
    return events


def _from_lists(changes: Sequence[Change]) -> list[_Event]:
    """What a search lost: merged or deleted where the service says so, else no longer listed."""
    events = []
    for change in changes:
        if change.kind is Kind.GONE and change.record:
            alert = Alert.DELETED if change.why.name == "MERGED_OR_DELETED" else Alert.UNLISTED
            events.append(_Event(record=change.record, alert=alert, evidence=change.evidence))
    return events


_TOLD_OF_TARGET = {
    RelationKind.RETRACTION_OF: Alert.RETRACTED,
    RelationKind.CONCERN_ABOUT: Alert.CONCERN,
    RelationKind.ERRATUM_OF: Alert.ERRATUM,
    RelationKind.UPDATE_OF: Alert.UPDATED,
    RelationKind.PREPRINT_OF: Alert.PREPRINT,
}


def _from_links(store: Store, arrived: set[str]) -> list[_Event]:
    """What new records are to those that were there: the retraction of one, the article of a preprint."""
    events = []
    for record, kind, target in related_records(store):
        alert = _TOLD_OF_TARGET.get(kind)
        if alert is None:
            continue
        words = kind.replace("_", " ")
        if record in arrived and target not in arrived:
            events.append(_Event(record=target, alert=alert, evidence=f"{record} is {words} it"))
        if target in arrived and record not in arrived:
            events.append(_Event(record=record, alert=alert, evidence=f"it is {words} {target}"))
    return events


def _copies(store: Store, leads: Mapping[str, str], arrived: set[str]) -> tuple[Copy, ...]:
    """The new records that are copies of records that were there."""
    older = {record: lead for record, lead in leads.items() if lead not in arrived}
    records = records_by_key(store, sorted(older))
    now = {state.record: state.state for state in states(store)} if older else {}
    return tuple(
        Copy(record=key, title=records[key].title or "no title", lead=lead, lead_state=now[lead])
        for key, lead in older.items()
    )


def _questions(store: Store, arrived: set[str]) -> int:
    return sum(one in arrived or two in arrived for one, two, _ in pairs_to_review(store))
