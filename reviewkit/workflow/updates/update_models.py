"""What an update was asked for, and what it found; told as JSON here, as text in `exports.changes`."""

import dataclasses
import datetime
from dataclasses import dataclass
from typing import Any

from reviewkit.prisma.partition import State
from reviewkit.updates.changes import Alert, Change, Difference, Kind

SHORTEST_WINDOW = (
    30  # days by which a date window overlaps the run before it: indexing is late by weeks
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateOptions:
    """`as_of`: differences are taken from the review's own search, bounded by that day. `window`: days of overlap of a
    search by create date instead of a full one.
    """

    as_of: datetime.date | None = None
    window: int | None = None

    def as_json(self) -> dict[str, Any]:
        return {"as_of": self.as_of.isoformat() if self.as_of else None, "window": self.window}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceUpdate:
    """One source: its difference; or why the service failed; or why reviewkit cannot search it."""

    source: str
    name: str
    difference: Difference | None = None
    failed: str | None = None
    cannot: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that happened to a record that matters: included, or not decided on yet."""

    record: str
    title: str
    state: State
    alert: Alert
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A new record that is a copy of one that was there: linked with it, and nothing of its verdicts taken over."""

    record: str
    title: str
    lead: str
    lead_state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateResult:
    """What an update found. `retracted` are the included records that are retracted, new to this update or not.

    `queued` new records await screening, `ineligible` were removed by a machine's check, `questions` are open pairs
    with a new record; `waiting` records await screening in all.
    """

    number: int | None
    begun_at: str
    asked: UpdateOptions
    sources: tuple[SourceUpdate, ...]
    retracted: tuple[Notice, ...] = ()
    notices: tuple[Notice, ...] = ()
    copies: tuple[Copy, ...] = ()
    queued: int = 0
    ineligible: int = 0
    questions: int = 0
    waiting: int = 0
    watched: int = 0
    watch_failed: str | None = None
    went_on: bool = False
    dry_run: bool = False

    @property
    def changes(self) -> tuple[Change, ...]:
        return tuple(
            c for source in self.sources if source.difference for c in source.difference.changes
        )

    @property
    def is_news(self) -> bool:
        """Whether a person has anything to look at: new or gone records, or an alert."""
        return any(change.kind is not Kind.CHANGED for change in self.changes) or bool(self.notices)

    @property
    def failures(self) -> tuple[SourceUpdate, ...]:
        return tuple(source for source in self.sources if source.failed)

    @property
    def outcome(self) -> str:
        """How it ended: complete, partial (some source failed) or failed (every one did)."""
        if not self.failures and not self.watch_failed:
            return "complete"
        return "partial" if any(source.difference for source in self.sources) else "failed"

    def as_json(self) -> dict[str, Any]:
        told = dataclasses.asdict(self)
        told["asked"] = self.asked.as_json()
        counts = {kind.value: sum(change.kind is kind for change in self.changes) for kind in Kind}
        return {"outcome": self.outcome, "news": self.is_news, **counts, **told}
