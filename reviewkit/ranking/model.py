"""A linear model of relevance: weighted ridge regression on +1 and -1. It knows vectors, no records and no decisions.

Ridge gives the order of a squared-hinge support vector machine here, from one linear system.
"""

from dataclasses import dataclass

import numpy as np

from reviewkit.ranking.vectors import Floats, Sparse

# Relative size of the residual at which the order no longer changes.
_PRECISION = 1e-4
_MOST_STEPS = 100


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """What was learned: one weight a column, the share of each training row in it, the steps it took."""

    weights: Floats
    shares: Floats
    steps: int


def fit(rows: Sparse, targets: Floats, costs: Floats, shares: Floats) -> Fit:
    """Weights w that minimise |w|^2 + sum(costs * (rows w - targets)^2), by conjugate gradients in the dual.

    `shares` are those of an earlier fit, or zeros: a good start saves steps and does not change the end.
    """
    slack = np.reciprocal(costs)
    # Rows have length 1 and an offset of 1, so 2 stands on the diagonal before the slack.
    scale = np.reciprocal(np.add(slack, 2, dtype=np.float32))
    shares = shares.copy()
    weights = rows.transposed_times(shares)
    residual = targets - rows.times(weights) - slack * shares
    step: Floats = np.multiply(scale, residual, dtype=np.float32)
    size = float(residual @ step)
    enough = _PRECISION**2 * float(targets @ (scale * targets))
    steps = 0
    while size > enough and steps < _MOST_STEPS:
        spread = rows.transposed_times(step)
        turned = rows.times(spread) + slack * step
        length = size / float(step @ turned)
        shares += length * step
        spread *= length
        weights += spread
        residual -= length * turned
        scaled = scale * residual
        size, before = float(residual @ scaled), size
        step *= size / before
        step += scaled
        steps += 1
    return Fit(weights=weights, shares=shares, steps=steps)
