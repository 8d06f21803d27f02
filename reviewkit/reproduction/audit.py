"""Which readings of a search method fit what was reported, and which cannot be it. Pure.

A reading that lies within another returns no more than that one; so many need not be asked. No
answer says that a reading *is* what the authors did.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from reviewkit.model.messages import in_english, mark
from reviewkit.query.readings import Reading

MOST_REQUESTS = 60
TOLERANCE = 0.1
"""Within 10 % of the reported number, as Rethlefsen 2024 counts a search as rerun."""


class Standing(StrEnum):
    CONSISTENT = mark("consistent")
    RULED_OUT = mark("ruled out")
    OPEN = mark("open")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The answer for one reading: its count, its whole list of ids where that came, warnings."""

    count: int
    ids: frozenset[str] | None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The reported number; `is_shared` where other sources have a part in it."""

    count: int | None
    is_shared: bool = False

    def distance(self, count: int) -> float:
        """How far a count is from the reported one, as a share of it; 0 where it fits."""
        if self.count is None or (self.is_shared and count <= self.count):
            return 0.0
        return abs(count - self.count) / max(self.count, 1)

    def fits(self, count: int) -> bool:
        return self.distance(count) <= TOLERANCE

    def fits_between(self, least: int, most: int | None) -> bool:
        """Whether some count of this span fits."""
        if self.count is None:
            return True
        is_low_enough = least <= self.count * (1 + TOLERANCE)
        if self.is_shared or most is None:
            return is_low_enough
        return is_low_enough and most >= self.count * (1 - TOLERANCE)

    @property
    def alone(self) -> "Target":
        """The same number, taken as that of one source alone."""
        return Target(count=self.count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One reading with what is known of it.

    `least` and `most` bound its count where it was not asked. `works` are the included works that
    it returns, `missed` those it does not; others are not known. `alone` is the standing where the
    reported number is taken as this source's own; `None` where it is that anyway.
    """

    reading: Reading
    query: str
    asked: Asked | None
    least: int
    most: int | None
    works: frozenset[str]
    missed: frozenset[str]
    standing: Standing
    why: str
    score: float
    alone: Standing | None = None

    @property
    def count(self) -> int | None:
        """The count, asked or following from others; `None` where it is not known."""
        if self.asked:
            return self.asked.count
        if self.least == self.most:
            return self.least
        return None


AskReading = Callable[[Reading], Asked]


@dataclass(slots=True)
class _Bounds:
    """What follows for one reading from those that were asked."""

    least: int = 0
    most: int | None = None
    works: frozenset[str] = frozenset()
    missed: frozenset[str] = frozenset()

    def take_narrower(self, count: int, works: frozenset[str]) -> None:
        """A reading within this one returns so many records and these works."""
        self.least = max(self.least, count)
        self.works |= works

    def take_wider(self, count: int, missed: frozenset[str]) -> None:
        """A reading around this one returns so many records and misses these works."""
        self.most = count if self.most is None else min(self.most, count)
        self.missed |= missed


@dataclass(slots=True, kw_only=True)
class Audit:
    """The audit of all readings. `works` are PMIDs of included works, by the work's id."""

    readings: Sequence[Reading]
    queries: Mapping[Reading, str]
    target: Target
    works: Mapping[str, str]
    asked: dict[Reading, Asked] = field(default_factory=dict)
    _bounds: dict[Reading, _Bounds] = field(init=False)
    _findable: frozenset[str] = field(default=frozenset(), init=False)

    def __post_init__(self) -> None:
        self._bounds = {reading: _Bounds() for reading in self.readings}

    def run(self, ask: AskReading, *, most: int = MOST_REQUESTS) -> None:
        """Ask for what does not follow: the widest readings first, then from the middle of the
        open ones, so that each answer decides as many others as it can.
        """
        while len(self.asked) < most:
            reading = self._next()
            if reading is None:
                return
            self._take(reading, ask(reading))

    def _next(self) -> Reading | None:
        still_open = [one for one in self.readings if one not in self.asked and self._is_open(one)]
        widest = (one for one in still_open if not one.limits.names and one.as_of is None)
        return next(widest, None) or max(
            still_open, key=lambda one: _decides(one, still_open), default=None
        )

    def _take(self, reading: Reading, answer: Asked) -> None:
        """Note an answer, and what follows from it for the other readings."""
        self.asked[reading] = answer
        found = missed = frozenset[str]()
        if answer.ids is not None:
            ids = answer.ids
            found = frozenset(work for work, pmid in self.works.items() if pmid in ids)
            missed = frozenset(self.works) - found
            self._findable |= found

        for other, bounds in self._bounds.items():
            if reading.is_within(other):
                bounds.take_narrower(answer.count, found)
            if other.is_within(reading):
                bounds.take_wider(answer.count, missed)
        # Its own answer stands, also where the database contradicts itself.
        self._bounds[reading].least = self._bounds[reading].most = answer.count

    def _is_open(self, reading: Reading) -> bool:
        """Whether the answers so far leave open that it fits."""
        bounds = self._bounds[reading]
        if bounds.most is not None and bounds.least == bounds.most:
            return False
        is_possible = self.target.fits_between(bounds.least, bounds.most)
        return is_possible and not bounds.missed & self.findable

    @property
    def findable(self) -> frozenset[str]:
        """The works that some reading returns."""
        return self._findable

    def rows(self) -> tuple[Row, ...]:
        """Every reading, the best fit first; those that were not asked and are open come last."""
        rows = [self._row(reading) for reading in self.readings]
        return tuple(sorted(rows, key=self._place))

    def _place(self, row: Row) -> tuple[bool, float, float]:
        """Where a row stands: of equal ones first what fits as the number of one source alone."""
        return row.count is None, row.score, self.target.alone.distance(row.least)

    def _row(self, reading: Reading) -> Row:
        bounds, findable = self._bounds[reading], self.findable
        least, most, missed = bounds.least, bounds.most, bounds.missed
        standing, why = _standing(self.target, (least, most), missed & findable)
        alone = None
        if self.target.is_shared:
            alone, _ = _standing(self.target.alone, (least, most), missed & findable)
        share = len(missed & findable) / max(len(findable), 1)

        return Row(
            reading=reading,
            query=self.queries[reading],
            asked=self.asked.get(reading),
            least=least,
            most=most,
            works=bounds.works,
            missed=missed,
            standing=standing,
            why=why,
            score=self.target.distance(least) + share,
            alone=alone,
        )


def _decides(reading: Reading, others: Sequence[Reading]) -> int:
    """How many open readings of its kind its answer decides at least, whatever the answer is."""
    like = [
        one
        for one in others
        if (one.concepts, one.is_any, one.field)
        == (reading.concepts, reading.is_any, reading.field)
    ]
    narrower = sum(one.is_within(reading) for one in like)
    wider = sum(reading.is_within(one) for one in like)

    return min(narrower, wider)


def _standing(
    target: Target, bounds: tuple[int, int | None], missed: frozenset[str]
) -> tuple[Standing, str]:
    """Whether a count within these bounds fits, and why."""
    least, most = bounds
    if missed:
        return Standing.RULED_OUT, in_english(
            "does not return {works}", works=", ".join(sorted(missed))
        )
    if not target.fits_between(least, most):
        return Standing.RULED_OUT, _count_reason(target, least, most)
    if least != most:
        return Standing.OPEN, in_english("not asked")
    if target.count is None:
        return Standing.OPEN, in_english("no number was reported")
    if target.is_shared:
        why = in_english("other sources may hold the rest of the reported number")
        return Standing.CONSISTENT, why

    return Standing.CONSISTENT, in_english("within 10 % of the reported number")


def _count_reason(target: Target, least: int, most: int | None) -> str:
    if least == most:
        return in_english("returns {n}, not {reported}", n=least, reported=target.count)
    if most is not None and target.count is not None and most < target.count:
        return in_english("returns at most {n}, less than reported", n=most)
    return in_english("returns at least {n}, more than reported", n=least)


def ties(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows that fit as well as the best one."""
    best = [row for row in rows if row.count is not None]
    return tuple(row for row in best if row.score == best[0].score) if best else ()
