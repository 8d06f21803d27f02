"""Which readings of a search method fit what was reported, and which cannot be it. Pure.

A reading that lies within another returns no more than that one; so many need not be asked. No
answer says that a reading *is* what the authors did.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from reviewkit.query.readings import Reading

MOST_REQUESTS = 60
TOLERANCE = 0.1
"""Within 10 % of the reported number, as Rethlefsen 2024 counts a search as rerun."""


class Standing(StrEnum):
    CONSISTENT = "consistent"
    RULED_OUT = "ruled out"
    OPEN = "open"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One reading with what is known of it.

    `least` and `most` bound its count where it was not asked. `works` are the included works that
    it returns, `missed` those it does not; others are not known.
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

    @property
    def count(self) -> int | None:
        """The count, asked or following from others; `None` where it is not known."""
        if self.asked:
            return self.asked.count
        if self.least == self.most:
            return self.least
        return None


AskReading = Callable[[Reading], Asked]


@dataclass(slots=True, kw_only=True)
class Audit:
    """The audit of all readings. `works` are PMIDs of included works, by the work's id."""

    readings: Sequence[Reading]
    queries: Mapping[Reading, str]
    target: Target
    works: Mapping[str, str]
    asked: dict[Reading, Asked] = field(default_factory=dict)

    def run(self, ask: AskReading, *, most: int = MOST_REQUESTS) -> None:
        """Ask for what does not follow: the widest readings first, then the narrowest, then all."""
        for reading in self._order():
            if len(self.asked) >= most:
                return
            if reading not in self.asked and self._is_open(reading):
                self.asked[reading] = ask(reading)

    def _order(self) -> Iterator[Reading]:
        yield from (one for one in self.readings if self._is_widest(one))
        yield from (one for one in self.readings if self._is_narrowest(one))
        yield from self.readings

    def _is_widest(self, reading: Reading) -> bool:
        return not reading.limits.names and reading.as_of is None

    def _is_narrowest(self, reading: Reading) -> bool:
        most = max(len(one.limits.names) for one in self.readings)
        dated = any(one.as_of for one in self.readings)
        return len(reading.limits.names) == most and bool(reading.as_of) == dated

    def _is_open(self, reading: Reading) -> bool:
        """Whether the answers so far leave open that it fits."""
        least, most = self.bounds(reading)
        if most is not None and least == most:
            return False
        return self.target.fits_between(least, most) and not self._lost(reading)

    def bounds(self, reading: Reading) -> tuple[int, int | None]:
        """The least and most that it can count, from the readings that were asked."""
        if reading in self.asked:
            return self.asked[reading].count, self.asked[reading].count
        within = [a.count for other, a in self.asked.items() if other.is_within(reading)]
        around = [a.count for other, a in self.asked.items() if reading.is_within(other)]
        return max(within, default=0), min(around, default=None)

    def _lost(self, reading: Reading) -> frozenset[str]:
        """The works that it misses for sure, though some reading returns them."""
        return self.missed(reading) & self.findable

    @property
    def findable(self) -> frozenset[str]:
        """The works that some reading returns."""
        ids = [asked.ids for asked in self.asked.values() if asked.ids is not None]
        found = frozenset[str]().union(*ids)
        return frozenset(work for work, pmid in self.works.items() if pmid in found)

    def returned(self, reading: Reading) -> frozenset[str]:
        """The works that it returns for sure: what a reading within it returns."""
        found: set[str] = set()
        for other, asked in self.asked.items():
            if asked.ids is not None and other.is_within(reading):
                found |= asked.ids
        return frozenset(work for work, pmid in self.works.items() if pmid in found)

    def missed(self, reading: Reading) -> frozenset[str]:
        """The works that it misses for sure: what a reading around it misses."""
        missed: set[str] = set()
        for other, asked in self.asked.items():
            if asked.ids is not None and reading.is_within(other):
                missed |= {work for work, pmid in self.works.items() if pmid not in asked.ids}
        return frozenset(missed)

    def rows(self) -> tuple[Row, ...]:
        """Every reading, the best fit first; those that were not asked and are open come last."""
        rows = [self._row(reading) for reading in self.readings]
        return tuple(sorted(rows, key=lambda row: (row.count is None, row.score)))

    def _row(self, reading: Reading) -> Row:
        least, most = self.bounds(reading)
        missed, findable = self.missed(reading), self.findable
        standing, why = self._standing(least, most, missed & findable)
        share = len(missed & findable) / max(len(findable), 1)
        return Row(
            reading=reading,
            query=self.queries[reading],
            asked=self.asked.get(reading),
            least=least,
            most=most,
            works=self.returned(reading),
            missed=missed,
            standing=standing,
            why=why,
            score=self.target.distance(least) + share,
        )

    def _standing(
        self, least: int, most: int | None, missed: frozenset[str]
    ) -> tuple[Standing, str]:
        if missed:
            return Standing.RULED_OUT, f"does not return {', '.join(sorted(missed))}"
        if not self.target.fits_between(least, most):
            return Standing.RULED_OUT, self._count_reason(least, most)
        if least != most or self.target.count is None:
            return Standing.OPEN, "not asked" if least != most else "no number was reported"
        if self.target.is_shared:
            return Standing.CONSISTENT, "other sources may hold the rest of the reported number"
        return Standing.CONSISTENT, "within 10 % of the reported number"

    def _count_reason(self, least: int, most: int | None) -> str:
        if least == most:
            return f"returns {least:,}, not {self.target.count:,}"
        if most is not None and self.target.count is not None and most < self.target.count:
            return f"returns at most {most:,}, less than reported"
        return f"returns at least {least:,}, more than reported"


def ties(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows that fit as well as the best one."""
    best = [row for row in rows if row.count is not None]
    return tuple(row for row in best if row.score == best[0].score) if best else ()
