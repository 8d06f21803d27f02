"""What an update means for the review: notices on records that matter, copies of known records,
what waits.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reviewkit.model.records import RelationKind, Stage
from reviewkit.prisma.partition import RecordState, State
from reviewkit.store import Store, run_log, update_log
from reviewkit.store.decisions import states
from reviewkit.store.duplicates import related_records, stored_leads
from reviewkit.store.pairs import pairs_to_review
from reviewkit.store.record_monitor import monitored_records
from reviewkit.store.record_versions import changed_since
from reviewkit.store.records import pmids_by_record, records_by_key
from reviewkit.store.reviewer_queries import conflicts
from reviewkit.updates.alerts import Alert, alerts_in
from reviewkit.updates.changes import Change, ChangeKind, ChangeReason
from reviewkit.workflow.reporting.flow_footnotes import retracted
from reviewkit.workflow.updates.record_monitor import MONITORED, pmid_of_key
from reviewkit.workflow.updates.update_models import Copy, Notice, UpdateResult

_GRAVITY = {alert: place for place, alert in enumerate(Alert)}


def add_findings(store: Store, result: UpdateResult, row: update_log.UpdateRow) -> UpdateResult:
    """The result with its notices, the copies of known records, and the counts of what waits."""
    partition = {state.record: state for state in states(store)}
    state_by_record = {key: state.state for key, state in partition.items()}
    first_runs = run_log.first_runs(store)
    arrived = {record for record, run in first_runs.items() if run > row.after_run}
    new = [partition[record] for record in sorted(arrived) if record in partition]
    new_states = [state.state for state in new]

    return replace(
        result,
        retracted=_retracted(store, state_by_record),
        notices=_notices(store, _events(store, result, row, arrived), state_by_record, arrived),
        copies=_copies(store, new, state_by_record, arrived),
        queued=new_states.count(State.AWAITING_SCREENING),
        ineligible=new_states.count(State.INELIGIBLE_BY_MACHINE),
        questions=_open_pairs(store, arrived),
        waiting=list(state_by_record.values()).count(State.AWAITING_SCREENING),
        conflicts=_conflicts(store, state_by_record),
    )


def _conflicts(store: Store, now: Mapping[str, State]) -> int:
    """How many records await screening because reviewers have decided differently."""
    at_first = [record for record, stage in conflicts(store) if stage is Stage.TITLE_ABSTRACT]
    return sum(now.get(record) is State.AWAITING_SCREENING for record in at_first)


def _retracted(store: Store, now: Mapping[str, State]) -> tuple[Notice, ...]:
    """The included records that are retracted."""
    included = [key for key, state in now.items() if state is State.INCLUDED]
    return tuple(
        Notice(
            record=record.key,
            title=record.title or "no title",
            state=State.INCLUDED,
            alert=Alert.RETRACTED,
            evidence=evidence,
        )
        for record, evidence in retracted(store, included)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Event:
    """Something that happened to a record, whatever its state."""

    record: str
    alert: Alert
    evidence: str


def _events(
    store: Store, result: UpdateResult, row: update_log.UpdateRow, arrived: set[str]
) -> list[_Event]:
    return [
        *_from_contents(store, row),
        *_from_lists(result.changes),
        *_from_links(store, arrived),
    ]


def _notices(
    store: Store, events: Sequence[_Event], now: Mapping[str, State], arrived: set[str]
) -> tuple[Notice, ...]:
    """The events on monitored records that were there before.

    Included records first, then by gravity.
    """
    evidence_by_alert: dict[tuple[str, Alert], set[str]] = {}
    leads, records_by_pmid = stored_leads(store), _records_by_pmid(store)
    for event in events:
        # A record that was fetched by its number represents every record of that number.
        same = [event.record, *records_by_pmid.get(pmid_of_key(event.record), ())]
        for key in {leads.get(record, record) for record in same}:
            if now.get(key) in MONITORED and key not in arrived:
                evidence_by_alert.setdefault((key, event.alert), set()).add(event.evidence)

    ordered = sorted(
        evidence_by_alert,
        key=lambda found: (now[found[0]] is not State.INCLUDED, _GRAVITY[found[1]], found),
    )
    records = records_by_key(store, sorted({key for key, _ in ordered}))
    return tuple(
        Notice(
            record=key,
            title=records[key].title or "no title",
            state=now[key],
            alert=alert,
            evidence="; ".join(sorted(evidence_by_alert[key, alert])),
        )
        for key, alert in ordered
    )


def _records_by_pmid(store: Store) -> dict[str, list[str]]:
    records: dict[str, list[str]] = {}
    for record, pmid in pmids_by_record(store).items():
        records.setdefault(pmid, []).append(record)
    return records


def _from_contents(store: Store, row: update_log.UpdateRow) -> Iterator[_Event]:
    """What changed records say now of themselves; else that they were revised."""
    before = changed_since(store, version=row.after_version)
    after = records_by_key(store, sorted(before))
    for record in monitored_records(store, first_after=row.after_run):
        after.setdefault(record.key, record)

    for key, record in after.items():
        for alert, evidence in alerts_in(before.get(key), record):
            yield _Event(record=key, alert=alert, evidence=evidence)


def _from_lists(changes: Sequence[Change]) -> Iterator[_Event]:
    """What a search lists no longer: merged or deleted where the service says so, else unlisted."""
    for change in changes:
        if change.kind is not ChangeKind.GONE or not change.record:
            continue
        alert = Alert.DELETED if change.why is ChangeReason.MERGED_OR_DELETED else Alert.UNLISTED
        yield _Event(record=change.record, alert=alert, evidence=change.evidence)


_ALERT_ON_TARGET = {
    RelationKind.RETRACTION_OF: Alert.RETRACTED,
    RelationKind.CONCERN_ABOUT: Alert.CONCERN,
    RelationKind.ERRATUM_OF: Alert.ERRATUM,
    RelationKind.UPDATE_OF: Alert.UPDATED,
    RelationKind.PREPRINT_OF: Alert.PREPRINT,
}


def _from_links(store: Store, arrived: set[str]) -> Iterator[_Event]:
    """How new records relate to earlier ones: the retraction of one, the article of a preprint."""
    for record, kind, target in related_records(store):
        alert = _ALERT_ON_TARGET.get(kind)
        if alert is None:
            continue
        words = kind.replace("_", " ")
        if record in arrived and target not in arrived:
            yield _Event(record=target, alert=alert, evidence=f"{record} is {words} it")
        if target in arrived and record not in arrived:
            yield _Event(record=record, alert=alert, evidence=f"it is {words} {target}")


def _copies(
    store: Store, new: Sequence[RecordState], now: Mapping[str, State], arrived: set[str]
) -> tuple[Copy, ...]:
    """The new records that duplicate a record that was there before."""
    leads = {state.record: state.reason for state in new if state.state is State.DUPLICATE}
    older = {record: lead for record, lead in leads.items() if lead and lead not in arrived}

    records = records_by_key(store, sorted(older))
    return tuple(
        Copy(record=key, title=records[key].title or "no title", lead=lead, lead_state=now[lead])
        for key, lead in older.items()
    )


def _open_pairs(store: Store, arrived: set[str]) -> int:
    """How many open pairs hold a new record."""
    return sum(not arrived.isdisjoint(pair[:2]) for pair in pairs_to_review(store))
