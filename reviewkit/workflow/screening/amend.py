"""`amend`: record a change of the protocol, and send the records that it concerns back."""

import datetime
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace

from reviewkit.model.errors import UsageError
from reviewkit.model.foreign import whole_number
from reviewkit.model.records import Stage
from reviewkit.model.text import plural
from reviewkit.protocol.changes import ProtocolChange
from reviewkit.report.sections_screening import Amended
from reviewkit.store import Store
from reviewkit.store.amendments import (
    Amendment,
    RecordAtStage,
    add_amendment,
    amended_version,
    current_amendments,
    excluded_records,
    included_records,
    names_of_decisions,
    reasons_given,
)
from reviewkit.store.record_search import list_hits
from reviewkit.workflow.clock import timestamp
from reviewkit.workflow.open_review import open_as, read_store
from reviewkit.workflow.project import ReviewProject
from reviewkit.workflow.reporting.protocol_changes import amended_changes
from reviewkit.workflow.reporting.screening_summary import recorded_amendments

GROUPS = "reason=WORDING, all-excluded or included"


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBack:
    """A record that goes back, and the stage at which it is decided on anew."""

    record: str
    title: str
    year: int | None
    stage: Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendResult:
    """An amendment: why, what changed in the protocol, and the records that it sends back.

    `decisions` counts the decisions and settlements on them, which are kept and count no longer.
    """

    why: str
    reviewer: str
    day: str
    requeue: str | None
    records: tuple[SentBack, ...]
    decisions: int
    changes: tuple[str, ...]


def amend(
    project: ReviewProject,
    why: str,
    *,
    reviewer: str,
    requeue: str | None,
    now: datetime.datetime,
    dry_run: bool = False,
) -> AmendResult:
    """Record an amendment; with `dry_run` only say what it would do.

    Raises UsageError for an empty reason, an unknown group of records, and a group without any.
    """
    if not why.strip():
        raise UsageError("an amendment needs a reason", hint='reviewkit amend "why it was changed"')

    name, store = open_as(project, reviewer, now=now, read_only=dry_run)
    with store, nullcontext() if dry_run else store.transaction():
        places = _group(store, project, requeue) if requeue else []
        decisions = names_of_decisions(store, places)
        amendment = Amendment(
            sha256="",
            why=" ".join(why.split()),
            requeue=requeue,
            before_sha256=amended_version(store, project.protocol_sha256),
            protocol_sha256=project.protocol_sha256,
            reviewer=name,
            amended_at=timestamp(now),
            records=len({record for record, _ in places}),
        )
        if not dry_run:
            add_amendment(store, _values(amendment), decisions, protocol=project.protocol_sha256)
        changes = amended_changes(store, amendment, present=project.protocol)
        return _result(store, amendment, places, len(decisions), changes)


def undo_amendment(project: ReviewProject, *, reviewer: str, now: datetime.datetime) -> Amendment:
    """Take the newest amendment back: what it sent back counts again.

    A record that was decided on anew keeps its new decision. Raises UsageError where there is none.
    """
    name, store = open_as(project, reviewer, now=now)
    with store, store.transaction():
        amendments = current_amendments(store)
        if not amendments:
            raise UsageError(
                "there is no amendment to take back", hint="reviewkit amend --list shows them"
            )

        last = amendments[-1]
        undone = replace(last, reviewer=name, amended_at=timestamp(now), requeue=None)
        values = {**_values(undone), "undoes": last.sha256, "before_sha256": None}
        add_amendment(store, values, (), protocol=project.protocol_sha256)
        return last


def list_amendments(project: ReviewProject, *, now: datetime.datetime) -> tuple[Amended, ...]:
    """Return the amendments, the oldest first. Raises UsageError without records."""
    with read_store(project, now=now) as store:
        return recorded_amendments(store)


def _values(amendment: Amendment) -> dict[str, str | None]:
    return {
        "why": amendment.why,
        "requeue": amendment.requeue,
        "before_sha256": amendment.before_sha256,
        "undoes": None,
        "reviewer": amendment.reviewer,
        "amended_at": amendment.amended_at,
    }


def _result(
    store: Store,
    amendment: Amendment,
    places: Sequence[RecordAtStage],
    decisions: int,
    changes: Sequence[ProtocolChange],
) -> AmendResult:
    keys = [record for record, _ in places]
    hits = {hit.record: hit for hit in list_hits(store, keys, {})}
    return AmendResult(
        why=amendment.why,
        reviewer=amendment.reviewer,
        day=amendment.amended_at[:10],
        requeue=amendment.requeue,
        records=tuple(
            SentBack(record=record, title=hits[record].title, year=hits[record].year, stage=stage)
            for record, stage in places
        ),
        decisions=decisions,
        changes=tuple(change.sentence for change in changes),
    )


def _group(store: Store, project: ReviewProject, requeue: str) -> list[RecordAtStage]:
    """Return the records of a group. Raises UsageError for an unknown one, and for one of none."""
    kind, separator, reason = requeue.partition("=")
    if requeue == "all-excluded":
        places = excluded_records(store)
    elif requeue == "included":
        places = included_records(store)
    elif kind.strip() == "reason" and separator:
        places = _excluded_for(store, project, reason.strip())
    else:
        raise UsageError(f"no such group: {requeue}", where="--requeue", hint=GROUPS)

    if not places:
        raise UsageError(
            f"there is no record to send back: {requeue}",
            where="--requeue",
            hint="leave --requeue out to record the amendment alone",
        )
    return places


def _excluded_for(store: Store, project: ReviewProject, reason: str) -> list[RecordAtStage]:
    """Return what was excluded for a reason: its wording, or a present one's number."""
    given = reasons_given(store)
    reasons = project.protocol.exclusion_reasons
    number = whole_number(reason) or 0
    if 1 <= number <= len(reasons):
        reason = reasons[number - 1]

    folded = {wording.casefold(): wording for wording in given}
    wording = folded.get(reason.casefold())
    if wording is None:
        counts = [f"{name} ({plural(len(places), 'record')})" for name, places in given.items()]
        known = "; ".join(counts) or "no record is excluded for a reason"
        raise UsageError(
            f"no record is excluded for {reason!r}", where="--requeue", hint=f"there are: {known}"
        )
    return given[wording]
