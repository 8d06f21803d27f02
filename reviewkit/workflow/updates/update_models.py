"""What an update is asked for, and what it finds. As text: `update_text`."""

import dataclasses
import datetime
from dataclasses import dataclass
from typing import Any

from reviewkit.model.messages import mark
from reviewkit.prisma.partition import State
from reviewkit.updates.alerts import Alert
from reviewkit.updates.changes import Change, ChangeKind, Difference

SHORTEST_WINDOW = 30
"""Days by which a date window must overlap the run before it: indexing is late by weeks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateOptions:
    """Options of an update.

    `as_of`: take differences from the review's own search, bounded by that day.
    `window`: search only by create date, with so many days of overlap, instead of in full.
    """

    as_of: datetime.date | None = None
    window: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The options as the database and programs read them; days are ISO 8601."""
        return {"as_of": self.as_of.isoformat() if self.as_of else None, "window": self.window}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceUpdate:
    """One source: its difference; or why the service failed; or why reviewkit cannot search it.

    `left_out` are the records that it lists and did not send, asked for twice.
    """

    source: str
    name: str
    difference: Difference | None = None
    failed: str | None = None
    cannot: str | None = None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """An event on a record that matters: it is included, or not decided on yet."""

    record: str
    title: str
    state: State
    alert: Alert
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A new record that duplicates an earlier one. It is linked with it; no decision is copied."""

    record: str
    title: str
    lead: str
    lead_state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedWorkFound:
    """A work that citations of the included records led to."""

    record: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationNews:
    """The citation search of an update: from how many included records, which indexes were asked,

    what is new, and which index failed, and why.
    """

    seeds: int
    asked: tuple[str, ...] = ()
    new: tuple[CitedWorkFound, ...] = ()
    failures: tuple[str, ...] = ()


# What programs read keeps the names that it was first published with.
_JSON_KEYS = {
    "options": "asked",
    "monitored": "watched",
    "monitor_failed": "watch_failed",
    "resumed": "went_on",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateResult:
    """What an update found.

    `retracted`: included records that are retracted, whether this update brought that or not.
    `queued`: new records that await screening; `ineligible`: new ones that a machine's check
    removed. `questions`: open pairs with a new record; `waiting`: all records that await screening;
    `conflicts`: those of them on which reviewers have decided differently.
    `monitored`: records asked for by number; `monitor_failed`: why they could not be.
    `resumed`: the update was begun before and interrupted.
    """

    number: int | None
    begun_at: str
    options: UpdateOptions
    sources: tuple[SourceUpdate, ...]
    retracted: tuple[Notice, ...] = ()
    notices: tuple[Notice, ...] = ()
    copies: tuple[Copy, ...] = ()
    queued: int = 0
    ineligible: int = 0
    questions: int = 0
    waiting: int = 0
    conflicts: int = 0
    monitored: int = 0
    monitor_failed: str | None = None
    resumed: bool = False
    dry_run: bool = False
    citations: CitationNews | None = None

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes of all sources, in the order of the sources."""
        differences = [source.difference for source in self.sources if source.difference]
        return tuple(change for difference in differences for change in difference.changes)

    @property
    def is_news(self) -> bool:
        """Whether a person has anything to read: new or gone records, or a notice."""
        is_cited = self.citations is not None and bool(self.citations.new)
        is_listed = any(change.kind is not ChangeKind.CHANGED for change in self.changes)
        return is_listed or is_cited or bool(self.notices)

    @property
    def failures(self) -> tuple[SourceUpdate, ...]:
        """The sources whose service failed."""
        return tuple(source for source in self.sources if source.failed)

    @property
    def citations_failed(self) -> tuple[str, ...]:
        """The indexes of citations that failed, and why."""
        return self.citations.failures if self.citations else ()

    @property
    def is_nothing_searched(self) -> bool:
        """Whether no source can be searched, and no index of citations was asked."""
        asked = self.citations is not None and bool(self.citations.asked)
        return not asked and all(source.cannot for source in self.sources)

    @property
    def is_quiet(self) -> bool:
        """Whether there is no next step to show."""
        return not (self.is_news or self.is_nothing_searched)

    @property
    def is_incomplete(self) -> bool:
        """Whether something did not come: nothing can be searched, a service failed, or it left out
        records that it lists.
        """
        left_out = any(source.left_out for source in self.sources)
        failed = bool(self.failures or self.monitor_failed or self.citations_failed)
        return failed or left_out or self.is_nothing_searched

    @property
    def outcome(self) -> str:
        """How it ended: complete, partial (some source failed) or failed (every one did, or none
        can be searched).
        """
        failed = self.failures or self.monitor_failed or self.citations_failed
        if not failed and not self.is_nothing_searched:
            return mark("complete")
        if any(source.difference for source in self.sources):
            return mark("partial")
        return mark("failed")

    def as_json(self) -> dict[str, Any]:
        """The result as programs read it, with its outcome and the number of changes by kind."""
        values = dataclasses.asdict(self) | {"options": self.options.as_json()}
        named = {_JSON_KEYS.get(name) or name: value for name, value in values.items()}
        kinds = [change.kind for change in self.changes]

        return {
            "outcome": self.outcome,
            "news": self.is_news,
            **{kind.value: kinds.count(kind) for kind in ChangeKind},
            **named,
        }
