"""How a search's answer moves: counts as of several days, and a rerun beside a run. Pure."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

YEARS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """How many records the query returns now of those that were there on a day.

    `day` is `None` for all of them. `count` is `None` where it is not known.
    """

    day: datetime.date | None
    count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A rerun beside a recorded run; every list is of the source's own numbers.

    `added` came into the database after the recorded run. `reindexed` were there before and match
    only since. `unmatched` are still there and match no more. `vanished` were merged or deleted.
    """

    recorded_on: str
    recorded: int
    rerun: int
    kept: int
    added: tuple[str, ...]
    reindexed: tuple[str, ...]
    unmatched: tuple[str, ...]
    vanished: tuple[str, ...]

    @property
    def lists(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What became of the records, in words."""
        return (
            ("added to the database since", self.added),
            ("there before, matched only since (re-indexed or corrected)", self.reindexed),
            ("still there, no longer matched", self.unmatched),
            ("no longer in the database (merged or deleted)", self.vanished),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """The drift of a query. `why_not` says why something is not known."""

    source: str
    query: str
    points: tuple[Point, ...]
    moved: Moved | None
    why_not: tuple[str, ...]
    asked_on: tuple[str, ...]
    requests: int
    reported: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        points = [
            {"as_of": point.day.isoformat() if point.day else None, "count": point.count}
            for point in self.points
        ]
        return {
            "source": self.source,
            "query": self.query,
            "reported": self.reported,
            "asked_on": list(self.asked_on),
            "requests": self.requests,
            "why_not": list(self.why_not),
            "points": points,
            "rerun": _moved_json(self.moved) if self.moved else None,
        }


def _moved_json(moved: Moved) -> dict[str, Any]:
    return {
        "recorded_on": moved.recorded_on,
        "recorded": moved.recorded,
        "rerun": moved.rerun,
        "kept": moved.kept,
        "added": list(moved.added),
        "reindexed": list(moved.reindexed),
        "unmatched": list(moved.unmatched),
        "vanished": list(moved.vanished),
    }


def usual_days(today: datetime.date, *more: datetime.date | None) -> tuple[datetime.date, ...]:
    """Each 1 January and 1 July of the last five years, and the days given; the earliest first.

    Calendar days, so that a run of tomorrow asks for the same.
    """
    first = today.year - YEARS
    days = [
        datetime.date(year, month, 1) for year in range(first, today.year + 1) for month in (1, 7)
    ]
    chosen = {day for day in (*days, *more) if day is not None and day <= today}
    return tuple(sorted(chosen))


@dataclass(frozen=True, slots=True, kw_only=True)
class RerunLists:
    """What is compared: the recorded list, today's, and today's part that was there then.

    `present` are those of the lost records that the database still has.
    """

    recorded: Sequence[str]
    now: Sequence[str]
    there_then: Sequence[str]
    present: Sequence[str] = ()

    @property
    def lost(self) -> tuple[str, ...]:
        """The recorded numbers that the rerun does not return."""
        now = frozenset(self.now)
        return tuple(one for one in self.recorded if one not in now)


def compare_rerun(lists: RerunLists, *, recorded_on: str) -> Moved:
    """What became of each record between the recorded run and the rerun."""
    recorded = frozenset(lists.recorded)
    new = [one for one in lists.now if one not in recorded]
    reindexed, added = _split(new, lists.there_then)
    unmatched, vanished = _split(lists.lost, lists.present)

    return Moved(
        recorded_on=recorded_on,
        recorded=len(recorded),
        rerun=len(lists.now),
        kept=len(recorded) - len(lists.lost),
        added=added,
        reindexed=reindexed,
        unmatched=unmatched,
        vanished=vanished,
    )


def _split(numbers: Sequence[str], among: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The numbers that are among others, and the rest."""
    others = frozenset(among)
    inside = tuple(one for one in numbers if one in others)
    return inside, tuple(one for one in numbers if one not in others)
