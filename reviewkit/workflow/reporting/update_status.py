"""When a living review was last updated, when the next update is due, and whether that day has
passed.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from reviewkit.model.choices import not_among
from reviewkit.protocol.model import Living, Protocol
from reviewkit.report.sections_living import LivingState
from reviewkit.sources.registry import created_bounds
from reviewkit.store import Store, releases, run_log, update_log
from reviewkit.store.decisions import count_pending
from reviewkit.updates.due_dates import EVERY, next_due
from reviewkit.workflow.open_database import read_database
from reviewkit.workflow.project import ReviewProject


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateStatus:
    """Whether a review is kept up to date; days are ISO 8601.

    `state`: not living, never updated, active, overdue, interrupted or retired.
    `searched_through`: the day up to which every source was searched that was searched at all;
    `unsearched` are the names of the others.
    `included_through`: the searched day of the newest version with nothing left to decide.
    `pending`: records that wait for a decision.
    `failed`: by source, what failed in the last update; `failed_names` are those sources' names.
    """

    state: str
    every: str | None
    last_update: str | None
    last_outcome: str | None
    next_due: str | None
    retired: str | None
    searched_through: str | None
    included_through: str | None
    pending: int
    failed: dict[str, Any]
    unsearched: tuple[str, ...] = ()
    failed_names: tuple[str, ...] = ()

    def sentence(self) -> str:
        """The same in words."""
        if self.state == "retired":
            return f"Retired on {self.retired}: it is not updated any more. {self._through()}"

        if self.every is None and self.last_update is None and self.state == "not living":
            return self._through()  # nobody said that this review is to be updated

        parts = [self._last(), self._due()]
        if self.state == "overdue":
            parts.append(", overdue")
        if self.state == "interrupted":
            parts.append("; an update was interrupted: reviewkit update resumes it")
        return f"{''.join(parts)}. {self._through()}"

    def _last(self) -> str:
        if self.last_update is None:
            return "Never updated"
        names = ", ".join(self.failed_names)
        if self.last_outcome == "failed":
            return f"The update of {self.last_update} failed" + (f" ({names})" if names else "")
        if self.last_outcome == "partial":
            return f"Last updated {self.last_update} ({names or 'a part'} failed)"
        return f"Last updated {self.last_update}"

    def _due(self) -> str:
        if self.every is None:
            return "; no next day is known: the protocol has no [living] table"
        return f"; next due {self.next_due}" if self.next_due else ""

    def _through(self) -> str:
        return searched_sentence(self.searched_through, self.unsearched)


def searched_sentence(through: str | None, unsearched: Sequence[str]) -> str:
    """Up to which day a review is searched, and the names of the sources that never were."""
    if through is None:
        return "Never searched."
    never = f"; never searched: {', '.join(unsearched)}" if unsearched else ""
    return f"Searched through {through}{never}."


def read_update_status(
    store: Store, protocol: Protocol, *, pending: int, now: datetime.datetime
) -> UpdateStatus:
    """Where a review is in its schedule.

    An update in which a source failed does not move the due day.
    """
    last = update_log.last_update(store)
    through = releases.searched_through(store, created_bounds)
    due = _due_day(store, protocol.living, now.date())
    retired = _retirement(protocol.living, now.date())

    status = UpdateStatus(
        state=_state(store, due=due, retired=retired, updated=last is not None, today=now.date()),
        every=protocol.living.every if protocol.living else None,
        last_update=None,
        last_outcome=None,
        next_due=None if retired else _iso(due),
        retired=_iso(retired),
        searched_through=through,
        included_through=releases.settled_through(store) if pending else through,
        pending=pending,
        failed={},
        unsearched=unsearched_names(store, protocol),
    )
    if last is None:
        return status
    failed = last.summary.get("failed", {})
    names = {source.id: source.name for source in protocol.sources}
    return replace(
        status,
        last_update=last.begun_at[:10],
        last_outcome=last.outcome,
        failed=failed,
        failed_names=tuple(names.get(source, source) for source in failed),
    )


def unsearched_names(store: Store, protocol: Protocol) -> tuple[str, ...]:
    """The names of the protocol's sources without a whole, complete search."""
    searched = run_log.searched_sources(store)
    return tuple(source.name for source in protocol.sources if source.id not in searched)


def _iso(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None


def _due_day(store: Store, living: Living | None, today: datetime.date) -> datetime.date | None:
    """The day of the next update: today where there was none.

    `None` for a review without a schedule.
    """
    if living is None:
        return None
    last = _last_day(store)
    if last is None:
        return today
    return next_due(last, living.every)


def _last_day(store: Store) -> datetime.date | None:
    """The day from which the next update is counted.

    It is that of the last update without a failure, else that of the search.
    """
    day = update_log.last_whole_update(store) or releases.searched_through(store, created_bounds)
    if day is None:
        return None
    return datetime.date.fromisoformat(day[:10])


def _retirement(living: Living | None, today: datetime.date) -> datetime.date | None:
    """The day on which the review was retired, unless that is yet to come."""
    if living is None or living.retired is None or living.retired > today:
        return None
    return living.retired


def _state(
    store: Store,
    *,
    due: datetime.date | None,
    retired: datetime.date | None,
    updated: bool,
    today: datetime.date,
) -> str:
    if retired:
        return "retired"
    if update_log.unfinished_update(store):
        return "interrupted"
    if due is None:
        return "not living"
    if due < today:
        return "overdue"
    return "active" if updated else "never updated"


def next_due_later(
    project: ReviewProject, every: str, *, now: datetime.datetime
) -> datetime.date | None:
    """The day on which the next update is due, if that is yet to come; `None` where it is due now.

    An update that was interrupted is due at once. Raises UsageError for an unknown interval, and
    what the store raises.
    """
    if every not in EVERY:
        raise not_among(f"cannot be {every!r}", every, EVERY, where="--every")
    if not project.database.exists():
        return None

    with read_database(project, now=now) as store:
        if update_log.unfinished_update(store):
            return None
        last = _last_day(store)
    if last is None:
        return None
    due = next_due(last, every)
    return due if due > now.date() else None


def read_living(
    store: Store, protocol: Protocol, *, on: datetime.date | None
) -> LivingState | None:
    """The status for a report, as of `on`, else of the newest run.

    `None` for a review that is not kept up to date.
    """
    if protocol.living is None and update_log.last_update(store) is None:
        return None

    day = _iso(on) or run_log.newest_day(store)
    pending = count_pending(store)
    status = read_update_status(store, protocol, pending=pending, now=_midnight(day))
    return _living_state(store, protocol, status, day)


_REPORTED_STATE = {"not living": "not scheduled"}


def _living_state(
    store: Store, protocol: Protocol, status: UpdateStatus, day: str | None
) -> LivingState:
    version, released, version_through = _newest_version(store)
    retired, why_retired = _retirement_in_protocol(protocol.living)
    was_searched = status.last_update or status.searched_through

    return LivingState(
        state=_REPORTED_STATE.get(status.state, status.state),
        on=day,
        every=status.every,
        searched_through=status.searched_through,
        unsearched=status.unsearched,
        pending=status.pending if status.searched_through or status.pending else None,
        included_through=status.included_through,
        next_due=status.next_due if was_searched else None,
        retired=retired,
        why_retired=why_retired,
        last_update=status.last_update,
        last_outcome=status.last_outcome,
        failed=status.failed_names,
        version=version,
        version_released=released,
        version_searched_through=version_through,
    )


def _newest_version(store: Store) -> tuple[str | None, str | None, str | None]:
    """The newest version's name, the day of its release and the day up to which it was searched."""
    versions = releases.releases(store)
    if not versions:
        return None, None, None
    return versions[-1].name, versions[-1].released_at[:10], versions[-1].searched_through


def _retirement_in_protocol(living: Living | None) -> tuple[str | None, str | None]:
    """The day on which the review is retired, past or yet to come, and why."""
    if living is None:
        return None, None
    return _iso(living.retired), living.why_retired


def _midnight(day: str | None) -> datetime.datetime:
    """The beginning of a day in UTC; the first day of all where it is not known."""
    date = datetime.date.fromisoformat(day) if day else datetime.date.min
    return datetime.datetime.combine(date, datetime.time(), datetime.UTC)
