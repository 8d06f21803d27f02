"""The model solves its equation."""

import numpy as np
import pytest

from reviewkit.ranking import Vectors
from reviewkit.ranking.model import fit


def test_the_fit_solves_its_equation(mixed: Vectors) -> None:
    """At the minimum, weights = sum over rows of cost * (target - score) * row."""
    rows = mixed.matrix
    targets = np.where(np.arange(len(rows)) % 2, 1, -1).astype(np.float32)
    costs = np.linspace(0.1, 3, len(rows)).astype(np.float32)
    found = fit(rows, targets, costs, precision=1e-5)
    expected = rows.transposed_times(costs * (targets - rows.times(found.weights)))
    assert found.weights == pytest.approx(expected, abs=1e-4)
    assert np.abs(found.weights).max() > 0.1
    assert fit(rows, targets, costs).steps < found.steps
    assert fit(rows, targets, costs).weights == pytest.approx(found.weights, abs=0.05)
