"""One sum that the counts of a flow must fulfil, and the values that its counts can have. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from reviewkit.model.flow import Count, Severity

# The least and the greatest value that a count can have; `None`: there is no greatest.
Bounds = tuple[int, Count]
Hint = tuple[Count, str]

UNKNOWN: Bounds = (0, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A count in an equation: its key, and its name for the sentences.

    A `slack` is what no box counts, such as the reports that only other methods found:
    it makes the equation an inequality.
    """

    key: str
    label: str
    slack: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Equation:
    """`target` should be the sum of `plus` less the sum of `minus`.

    A hint names a usual slip and the amount by which it makes `target` too small (negative: too
    large). `identities` are the names of the sums that were joined to this one.
    """

    identities: tuple[str, ...]
    target: Term
    plus: tuple[Term, ...]
    minus: tuple[Term, ...] = ()
    severity: Severity = Severity.ERROR
    hints: tuple[Hint, ...] = ()
    # Where no usual slip fits: what to look for when `target` is too small, and when it is too
    # large.
    otherwise: tuple[str, str] = ("", "")
    # What it means when the right side is larger than all that `plus` can be.
    excess: str = ""

    @property
    def name(self) -> str:
        return "+".join(self.identities)

    @property
    def right(self) -> tuple[Term, ...]:
        """Return what has to be as large as `plus` together."""
        return (*self.minus, self.target)

    @property
    def terms(self) -> tuple[Term, ...]:
        return (*self.plus, *self.right)


class Values(dict[str, Bounds]):
    """The bounds of every count by its key; a count that is not there is unknown."""

    def __missing__(self, key: str) -> Bounds:
        return UNKNOWN

    def is_known(self, term: Term) -> bool:
        low, high = self[term.key]
        return low == high

    def least(self, terms: Iterable[Term]) -> int:
        return sum(self[term.key][0] for term in terms)

    def greatest(self, terms: Iterable[Term]) -> Count:
        highs = [self[term.key][1] for term in terms]
        if any(high is None for high in highs):
            return None
        return sum(high for high in highs if high is not None)

    def exceed(self, larger: Iterable[Term], smaller: Iterable[Term]) -> bool:
        """Return whether the one side is larger than the other can ever be."""
        greatest = self.greatest(smaller)
        return greatest is not None and self.least(larger) > greatest

    def shown(self, term: Term) -> int:
        """Return the count of a known term; of an unknown one the least that it can be."""
        return self[term.key][0]


def can_hold(equation: Equation, values: Values) -> bool:
    """Return whether some values of its counts fulfil the equation."""
    left, right = equation.plus, equation.right
    return not (values.exceed(left, right) or values.exceed(right, left))


def join(equations: Iterable[Equation]) -> Equation:
    """Return the sum of the equations: counts that stand on both sides cancel.

    The target is that of the last equation whose target does not cancel.
    """
    parts = tuple(equations)
    if len(parts) == 1:
        return parts[0]

    plus, rest = _cancelled(
        list(chain.from_iterable(part.plus for part in parts)),
        list(chain.from_iterable(part.right for part in parts)),
    )
    target = next((part.target for part in reversed(parts) if part.target in rest), rest[-1])
    rest.remove(target)

    return Equation(
        identities=tuple(chain.from_iterable(part.identities for part in parts)),
        target=target,
        plus=tuple(plus),
        minus=tuple(rest),
        severity=_weakest(parts),
        hints=tuple(chain.from_iterable(part.hints for part in parts)),
        excess=next((part.excess for part in parts if part.excess), ""),
    )


def _cancelled(left: list[Term], right: list[Term]) -> tuple[list[Term], list[Term]]:
    """Return both sides without the terms that the other side has too, each as often."""
    there = Counter(term.key for term in left) & Counter(term.key for term in right)
    return _without(left, there), _without(right, there)


def _without(terms: list[Term], gone: Counter[str]) -> list[Term]:
    to_remove = Counter(gone)
    kept = []
    for term in terms:
        if to_remove[term.key]:
            to_remove[term.key] -= 1
        else:
            kept.append(term)

    return kept


def _weakest(parts: Iterable[Equation]) -> Severity:
    if any(part.severity is Severity.WARNING for part in parts):
        return Severity.WARNING
    return Severity.ERROR


def mended(equation: Equation, key: str, values: Values) -> Count:
    """Return the value of a count with which the equation holds.

    `None` where another count is missing or the value would be below 0.
    """
    others = Values(values)
    others[key] = (0, 0)
    if not all(others.is_known(term) for term in equation.terms):
        return None

    value = others.least(equation.plus) - others.least(equation.right)
    if any(term.key == key for term in equation.plus):
        value = -value
    if value < 0:
        return None
    return value


def known(counts: Mapping[str, Count]) -> Values:
    """Return the bounds of counts: a reported one is itself, another one 0 or more.

    One below 0 is taken as unknown: that is an error of its own.
    """
    values = Values()
    for key, n in counts.items():
        if n is not None and n >= 0:
            values[key] = (n, n)
    return values
