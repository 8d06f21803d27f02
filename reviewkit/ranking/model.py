"""Learn a linear model of relevance: weighted ridge regression on the targets +1 and -1.

Ridge orders records here as a squared-hinge support vector machine does, and needs one linear
system only. The model is learned from nothing every time: it depends on the rows and costs alone,
never on an earlier fit. It reads vectors, not records or decisions.
"""

from dataclasses import dataclass

import numpy as np

from reviewkit.ranking.sparse import Floats, Sparse

# Relative size of the residual at which to stop: first for all rows, then for the relevant rows
# alone, which are few and weigh most. The exact solution takes three times as long and orders no
# better (26 reviews, WSS@95 within .001).
PRECISION = 5e-2
_PRECISION_OF_RELEVANT = 3e-2
_MAX_STEPS = 100


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """The learned weights, one a column, and the number of steps it took."""

    weights: Floats
    steps: int


def fit(
    rows: Sparse,
    targets: Floats,
    costs: Floats,
    *,
    precision: float = PRECISION,
    precision_of_relevant: float = _PRECISION_OF_RELEVANT,
) -> Fit:
    """Return the weights w that minimise |w|^2 + sum(costs * (rows w - targets)^2).

    Solved by conjugate gradients in the dual, to within `precision`. A second solution explains
    what then remains of the rows with a target above 0, to within `precision_of_relevant`.
    """
    slack = np.reciprocal(costs)
    solution = _solve(rows, slack, targets, precision)

    relevant = np.flatnonzero(targets > 0)
    remaining = solution.residual[relevant]
    refined = _solve(rows.take(relevant), slack[relevant], remaining, precision_of_relevant)
    solution.shares[relevant] += refined.shares

    return Fit(weights=rows.transposed_times(solution.shares), steps=solution.steps)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Solution:
    """Each row's share in the weights, each row's unexplained residual, and the steps taken."""

    shares: Floats
    residual: Floats
    steps: int


def _solve(rows: Sparse, slack: Floats, target: Floats, precision: float) -> _Solution:
    """Return the shares whose products with the rows and with the slack add up to the target."""
    # Rows have length 1 and an offset of 1, so the diagonal is 2 before the slack is added.
    scale = np.reciprocal(np.add(slack, 2, dtype=np.float32))
    residual = target.copy()
    direction: Floats = scale * residual
    size = first_size = float(residual @ direction)
    shares, steps = np.zeros_like(target), 0

    while size > precision**2 * first_size and steps < _MAX_STEPS:
        product = rows.times(rows.transposed_times(direction)) + slack * direction
        length = np.float32(size / float(direction @ product))
        shares += length * direction
        residual -= length * product

        scaled = scale * residual
        size, previous_size = float(residual @ scaled), size
        direction *= np.float32(size / previous_size)
        direction += scaled
        steps += 1

    return _Solution(shares=shares, residual=residual, steps=steps)
