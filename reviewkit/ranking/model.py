"""A linear model of relevance: weighted ridge regression on +1 and -1. It knows vectors, no records and no decisions.

Ridge gives the order of a squared-hinge support vector machine here, from one linear system. It begins from nothing
every time: what is learned depends on the rows and costs alone, never on what was fitted before.
"""

from dataclasses import dataclass

import numpy as np

from reviewkit.ranking.vectors import Floats, Sparse

# Relative size of the residual at which to stop: first of all rows, then of the relevant ones alone, which are few and
# weigh most. The exact solution takes three times as long and orders no better (26 reviews, WSS@95 within .001).
PRECISION = 5e-2
_OF_RELEVANT = 3e-2
_MOST_STEPS = 100


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """What was learned: one weight a column, and the steps it took."""

    weights: Floats
    steps: int


def fit(
    rows: Sparse,
    targets: Floats,
    costs: Floats,
    *,
    precision: float = PRECISION,
    of_relevant: float = _OF_RELEVANT,
) -> Fit:
    """Weights w that minimise |w|^2 + sum(costs * (rows w - targets)^2), by conjugate gradients in the dual.

    To within `precision`, and then, for the rows whose target is above 0 and what is left of them, `of_relevant`.
    """
    slack = np.reciprocal(costs)
    found = _solve(rows, slack, targets, precision)
    relevant = np.flatnonzero(targets > 0)
    better = _solve(rows.take(relevant), slack[relevant], found.residual[relevant], of_relevant)
    found.shares[relevant] += better.shares
    return Fit(weights=rows.transposed().times(found.shares), steps=found.steps)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Solution:
    """Each row's share in the weights, what is left to explain of each, and the steps it took."""

    shares: Floats
    residual: Floats
    steps: int


def _solve(rows: Sparse, slack: Floats, target: Floats, precision: float) -> _Solution:
    """The shares whose products with the rows, and with the slack, add up to the target."""
    # Rows have length 1 and an offset of 1, so 2 stands on the diagonal before the slack.
    scale = np.reciprocal(np.add(slack, 2, dtype=np.float32))
    columns = rows.transposed()
    residual = target.copy()
    step: Floats = scale * residual
    size = first = float(residual @ step)
    shares, steps = np.zeros_like(target), 0
    while size > precision**2 * first and steps < _MOST_STEPS:
        turned = rows.times(columns.times(step)) + slack * step
        length = np.float32(size / float(step @ turned))
        shares += length * step
        residual -= length * turned
        scaled = scale * residual
        size, before = float(residual @ scaled), size
        step *= np.float32(size / before)
        step += scaled
        steps += 1
    return _Solution(shares=shares, residual=residual, steps=steps)
