"""Chances of relevant records among records drawn from an urn without putting back. Pure.

The hypergeometric distribution, for many urns at once.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Whole = int | NDArray[np.int64]
# A term this small beside the sum changes nothing in it, nor do those behind it.
_NOTHING = 1e-18


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Urns:
    """Stretches that end now: one from the start, one after each relevant record.

    Other starts give no lower p. `size` records were unseen at the start of each; `drawn` of them
    were screened since, `hits` of those relevant.
    """

    size: NDArray[np.int64]
    drawn: NDArray[np.int64]
    hits: NDArray[np.int64]
    logs: NDArray[np.float64]

    @classmethod
    def of(cls, labels: Sequence[bool], total: int) -> "Urns":
        before = np.concatenate([[0], np.flatnonzero(np.asarray(labels, dtype=bool)) + 1]).astype(
            np.int64
        )
        hits = np.arange(len(before) - 1, -1, -1)
        return cls(
            size=total - before, drawn=len(labels) - before, hits=hits, logs=log_factorials(total)
        )

    def p_value(self, relevant: int) -> float:
        """Return the lowest chance over the stretches of so few, if `relevant` exist in all."""
        there = relevant - int(self.hits[0]) + self.hits
        left = self.size - self.drawn
        if relevant - int(self.hits[0]) > int(left[0]):
            return 0.0

        # Downwards from the number seen, or from the likeliest where that is smaller: the greatest
        # term comes first.
        likeliest = (self.drawn + 1) * (there + 1) // (self.size + 2)
        start = np.minimum(self.hits, likeliest)
        terms = np.exp(_log_chance(self.logs, start, self.size, there, self.drawn))
        draws = Draws(
            size=self.size,
            relevant=there,
            drawn=self.drawn,
            start=start,
            stop=self.hits,
            terms=terms,
        )
        quietest = np.argmin(np.where(start == self.hits, terms, np.inf))
        return min(1.0, draws.lowest(at_most=draws.only(quietest).lowest()))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Draws:
    """Many urns at once: `drawn` records from `size` with `relevant` relevant ones.

    `terms` has the chance of `start` relevant ones. Each term is made from its neighbour, so it
    costs one multiplication, and only the terms that count are made.
    """

    size: NDArray[np.int64]
    relevant: NDArray[np.int64]
    drawn: NDArray[np.int64]
    start: NDArray[np.int64]
    stop: NDArray[np.int64]
    terms: NDArray[np.float64]

    def only(self, which: Any) -> "Draws":
        """Return some of the urns."""
        which = np.atleast_1d(which)
        return Draws(**{field.name: getattr(self, field.name)[which] for field in fields(self)})

    def lowest(self, at_most: float = math.inf) -> float:
        """Return the lowest chance of at most `stop` relevant ones; never more than `at_most`."""
        down, there = self._summed(-1, at_most), np.arange(len(self.start))
        there = there[down < at_most]
        further = self.only(there[self.start[there] < self.stop[there]])
        ends = down[there[self.start[there] == self.stop[there]]]
        at_most = min(at_most, float(ends.min(initial=math.inf)))
        if len(further.start):
            up = further._summed(1, at_most) - further.terms
            at_most = min(
                at_most, float((down[there[self.start[there] < self.stop[there]]] + up).min())
            )
        return at_most

    def _summed(self, way: int, enough: float) -> NDArray[np.float64]:
        """Return the sum of each urn's terms from `start` on, down to none or up to `stop`.

        A sum that reaches `enough` is not finished.
        """
        sums, going = self.terms.copy(), np.arange(len(self.terms))
        urns, hits, terms = self, self.start, self.terms
        while len(going):
            terms = terms * urns._ratio(hits, way)
            hits = hits + way
            sums[going] += terms
            stays = (terms > _NOTHING * sums[going]) & (sums[going] < enough)
            going, hits, terms, urns = going[stays], hits[stays], terms[stays], urns.only(stays)
        return sums

    def _ratio(self, hits: NDArray[np.int64], way: int) -> NDArray[np.float64]:
        if way < 0:
            return self._fewer(hits)
        return self._more(hits)

    def _fewer(self, hits: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return how much likelier one relevant record fewer is than `hits`."""
        others = self.size - self.relevant - self.drawn
        return hits * (others + hits) / ((self.relevant - hits + 1) * (self.drawn - hits + 1))

    def _more(self, hits: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return how much likelier one relevant record more is than `hits`; 0 beyond `stop`."""
        others = self.size - self.relevant - self.drawn
        more = (self.relevant - hits) * (self.drawn - hits) / ((hits + 1) * (others + hits + 1))
        return np.where(hits < self.stop, more, 0.0)


def at_most(logs: NDArray[np.float64], k: int, size: int, relevant: int, drawn: int) -> float:
    """Return P(at most k relevant among `drawn` from `size` with `relevant` relevant ones).

    It is 0 when the rest cannot hold so many relevant ones.
    """
    if relevant - k > size - drawn:
        return 0.0
    hits = np.arange(max(0, drawn - (size - relevant)), min(k, relevant, drawn) + 1)
    return float(min(1.0, np.exp(_log_chance(logs, hits, size, relevant, drawn)).sum()))


def _log_chance(
    logs: NDArray[np.float64], hits: Whole, size: Whole, relevant: Whole, drawn: Whole
) -> Any:
    """Return log P(`hits` relevant among `drawn` from `size` with `relevant` relevant ones)."""
    missed = drawn - hits
    return (
        logs[relevant]
        - logs[hits]
        - logs[relevant - hits]
        + logs[size - relevant]
        - logs[missed]
        - logs[size - relevant - missed]
        - (logs[size] - logs[drawn] - logs[size - drawn])
    )


def log_factorials(n: int) -> NDArray[np.float64]:
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])
