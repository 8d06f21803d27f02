"""When a living review was last updated, when it is to be next, and whether that day has passed."""

import datetime
from dataclasses import dataclass
from typing import Any

from reviewkit.model.errors import UsageError
from reviewkit.protocol.model import Protocol
from reviewkit.report.sections_living import LivingState
from reviewkit.store import Store, releases, run_log, update_log
from reviewkit.store.decisions import count_pending
from reviewkit.updates.changes import EVERY, next_due
from reviewkit.workflow.project import ReviewProject


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateStatus:
    """`state` is not living, never updated, active, overdue, interrupted or retired; days are ISO 8601.

    `searched_through` is the day up to which every source was searched, `included_through` the day of the newest
    version with nothing left to decide; `pending` records wait for a decision. `failed` names what failed last time.
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

    def sentence(self) -> str:
        """The same in words."""
        if self.state == "retired":
            return f"Retired on {self.retired}: it is not updated any more. {self._through()}"
        told = f"Last updated {self.last_update}" if self.last_update else "Never updated"
        failed = f" ({', '.join(self.failed)} failed)" if self.failed else ""
        due = f"; next due {self.next_due}" if self.next_due else ""
        if self.every is None:
            due = "; when the next is due is not known: the protocol has no [living] table"
        late = ", overdue" if self.state == "overdue" else ""
        cut = (
            "; an update was interrupted: reviewkit update goes on with it"
            if self.state == "interrupted"
            else ""
        )
        return f"{told}{failed}{due}{late}{cut}. {self._through()}"

    def _through(self) -> str:
        return (
            f"Searched through {self.searched_through}."
            if self.searched_through
            else "Never searched."
        )


def read_update_status(
    store: Store, protocol: Protocol, *, pending: int, now: datetime.datetime
) -> UpdateStatus:
    """Where a review stands in its schedule. An update in which a source failed does not push the due day on."""
    table = protocol.living
    last = update_log.last_update(store)
    through = releases.searched_through(store)
    day = _last_day(store)
    due = next_due(day, table.every) if table and day else now.date() if table else None
    retired = table.retired if table and table.retired and table.retired <= now.date() else None
    return UpdateStatus(
        state=_state(store, protocol, due, retired is not None, last is not None, now),
        every=table.every if table else None,
        last_update=last["begun_at"][:10] if last else None,
        last_outcome=last["outcome"] if last else None,
        next_due=due.isoformat() if due and not retired else None,
        retired=retired.isoformat() if retired else None,
        searched_through=through,
        included_through=_included_through(store, through, pending),
        pending=pending,
        failed=last["summary"].get("failed", {}) if last else {},
    )


def _last_day(store: Store) -> datetime.date | None:
    """The day from which the next update is counted: of the last one without a failure, else of the search itself."""
    told = update_log.last_whole_update(store) or releases.searched_through(store)
    return datetime.date.fromisoformat(told[:10]) if told else None


def wait_until(
    project: ReviewProject, every: str, *, now: datetime.datetime
) -> datetime.date | None:
    """The day on which an update of a review that is updated so often is due, where that is yet to come.

    An update that was interrupted is due at once. Raises UsageError for another frequency, and what the store raises.
    """
    if every not in EVERY:
        raise UsageError(f"cannot wait for every {every!r}", where="--every", hint=", ".join(EVERY))
    if not project.database.exists():
        return None
    with Store(project.database, now=now) as store:
        last = None if update_log.unfinished_update(store) else _last_day(store)
    due = next_due(last, every) if last else now.date()
    return due if due > now.date() else None


def read_living(
    store: Store, protocol: Protocol, *, on: datetime.date | None
) -> LivingState | None:
    """The same for a report, as of `on`, else of the newest run; `None` for a review that nobody keeps up to date."""
    if protocol.living is None and update_log.last_update(store) is None:
        return None
    newest = run_log.newest_day(store)
    day = on or (datetime.date.fromisoformat(newest) if newest else None)
    now = datetime.datetime.combine(day or datetime.date.min, datetime.time(), datetime.UTC)
    pending = count_pending(store)
    due = read_update_status(store, protocol, pending=pending, now=now)
    names = {source.id: source.name for source in protocol.sources}
    searched = run_log.searched_sources(store)
    version = next(reversed(releases.releases(store)), None)
    table = protocol.living
    return LivingState(
        state="not scheduled" if due.state == "not living" else due.state,
        on=day.isoformat() if day else None,
        every=due.every,
        searched_through=due.searched_through,
        unsearched=tuple(name for key, name in names.items() if key not in searched),
        pending=pending if searched or pending else None,
        included_through=due.included_through,
        next_due=due.next_due if due.last_update or due.searched_through else None,
        retired=table.retired.isoformat() if table and table.retired else None,
        why_retired=table.why_retired if table else None,
        last_update=due.last_update,
        last_outcome=due.last_outcome,
        failed=tuple(names.get(key, key) for key in due.failed),
        version=version.name if version else None,
        version_released=version.released_at[:10] if version else None,
        version_searched_through=version.searched_through if version else None,
    )


def _state(
    store: Store,
    protocol: Protocol,
    due: datetime.date | None,
    retired: bool,
    updated: bool,
    now: datetime.datetime,
) -> str:
    if retired:
        return "retired"
    if update_log.unfinished_update(store):
        return "interrupted"
    if protocol.living is None:
        return "not living"
    if due and due < now.date():
        return "overdue"
    return "active" if updated else "never updated"


def _included_through(store: Store, through: str | None, pending: int) -> str | None:
    """Up to which day everything that was found is decided on: now, or in the newest version with nothing open."""
    return releases.settled_through(store) if pending else through
