"""A linear model of relevance: weighted ridge regression on +1 and -1. It knows vectors, no records and no decisions.

Ridge gives the order of a squared-hinge support vector machine here, from one linear system. It begins from nothing
every time: what is learned depends on the rows and costs alone, never on what was fitted before.
"""

from dataclasses import dataclass

import numpy as np

from reviewkit.ranking.vectors import Floats, Sparse

# Relative size of the residual at which to stop. The exact solution takes three times the steps and orders no better:
# mean WSS@95 on 26 reviews is within .001 of it.
PRECISION = 2e-2
_MOST_STEPS = 100


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """What was learned: one weight a column, and the steps it took."""

    weights: Floats
    steps: int


def fit(rows: Sparse, targets: Floats, costs: Floats, *, precision: float = PRECISION) -> Fit:
    """Weights w that minimise |w|^2 + sum(costs * (rows w - targets)^2), by conjugate gradients in the dual."""
    slack = np.reciprocal(costs)
    # Rows have length 1 and an offset of 1, so 2 stands on the diagonal before the slack.
    scale = np.reciprocal(np.add(slack, 2, dtype=np.float32))
    columns = rows.transposed()
    residual = targets.copy()
    step: Floats = scale * residual
    size = first = float(residual @ step)
    shares, steps = np.zeros_like(targets), 0
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
    return Fit(weights=columns.times(shares), steps=steps)
