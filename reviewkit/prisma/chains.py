"""Which equations of a flow cannot hold together, and which few of them already break. Pure.

Each count stands in at most two equations, on opposite sides, and no circle of equations exists.
So the equations have a solution in whole numbers exactly when no connected set of them, added up,
is impossible by itself (Hoffman's theorem on flows in networks). Such a set is the broken chain.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence

from reviewkit.prisma.equation import Bounds, Equation, Term, Values, can_hold, join


def have_solution(equations: Sequence[Equation], values: Values) -> bool:
    """Return whether some values of the unknown counts fulfil all equations.

    Narrows the bounds of each count by its equations until nothing changes. Without a circle of
    equations that is exact.
    """
    narrowed = Values(values)
    changed = True
    rounds = 0
    while changed and rounds <= 2 * len(equations):
        changed = False
        rounds += 1
        for equation in equations:
            if not can_hold(equation, narrowed):
                return False
            changed = _narrow(equation, narrowed) or changed
    return True


def broken_chains(equations: Sequence[Equation], values: Values) -> tuple[Equation, ...]:
    """Return the smallest sets of equations that cannot hold, each as one joined equation.

    No set contains another. They come in the order of the diagram.
    """
    if have_solution(equations, values):
        return ()

    neighbours = _neighbours(equations, values)
    broken: list[frozenset[int]] = []
    seen = sets = {frozenset({number}) for number in range(len(equations))}
    while sets:
        intact = []
        for chain in _without_broken(sets, broken):
            if can_hold(_joined(equations, chain), values):
                intact.append(chain)
            else:
                broken.append(chain)
        sets = (
            set(itertools.chain.from_iterable(_grown(chain, neighbours) for chain in intact)) - seen
        )
        seen = seen | sets

    return tuple(_joined(equations, chain) for chain in sorted(broken, key=min))


def _joined(equations: Sequence[Equation], chain: frozenset[int]) -> Equation:
    return join(equations[number] for number in sorted(chain))


def _without_broken(
    sets: Iterable[frozenset[int]], broken: list[frozenset[int]]
) -> Iterator[frozenset[int]]:
    """Yield the sets that hold no broken one. Sets of one size come together: all are minimal."""
    for chain in sorted(sets, key=sorted):
        if not any(smaller <= chain for smaller in broken):
            yield chain


def _grown(chain: frozenset[int], neighbours: Sequence[frozenset[int]]) -> Iterable[frozenset[int]]:
    """Return the chain with one more equation, for each that shares an unknown count with it."""
    near = frozenset[int]().union(*(neighbours[number] for number in chain)) - chain
    return (chain | {number} for number in near)


def _neighbours(equations: Sequence[Equation], values: Values) -> list[frozenset[int]]:
    """Return for each equation those that share an unknown count: a known one joins nothing."""
    sharing: dict[str, set[int]] = {}
    unknown = [_unknown(equation, values) for equation in equations]
    for number, keys in enumerate(unknown):
        for key in keys:
            sharing.setdefault(key, set()).add(number)

    return [
        frozenset(itertools.chain.from_iterable(sharing[key] for key in keys)) - {number}
        for number, keys in enumerate(unknown)
    ]


def _unknown(equation: Equation, values: Values) -> set[str]:
    return {term.key for term in equation.terms if not values.is_known(term)}


def _narrow(equation: Equation, values: Values) -> bool:
    """Narrow the bounds of each count of the equation; return whether any has changed."""
    changed = False
    for side, opposite in (
        (equation.plus, equation.right),
        (equation.right, equation.plus),
    ):
        for term in side:
            rest = tuple(other for other in side if other is not term)
            bounds = _bounds_left(values, rest, opposite)
            changed = _tighten(values, term, bounds) or changed

    return changed


def _bounds_left(values: Values, rest: tuple[Term, ...], opposite: tuple[Term, ...]) -> Bounds:
    """Return what the one term can be: the opposite side less the rest of its own."""
    most_rest, most_opposite = values.greatest(rest), values.greatest(opposite)
    low = 0
    if most_rest is not None:
        low = max(0, values.least(opposite) - most_rest)
    if most_opposite is None:
        return low, None

    return low, most_opposite - values.least(rest)


def _tighten(values: Values, term: Term, bounds: Bounds) -> bool:
    low, high = values[term.key]
    new_low, new_high = max(low, bounds[0]), high
    if bounds[1] is not None:
        new_high = bounds[1] if high is None else min(high, bounds[1])
    if (new_low, new_high) == (low, high):
        return False

    values[term.key] = (new_low, new_high)
    return True
