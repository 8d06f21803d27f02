"""Compare long texts pair by pair: how alike they are, and whether they begin the same."""

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from reviewkit.dedupe.prepare import Ints

# Characters of an abstract; two works rarely share so many.
BEGINNING = 60


def beginnings(heads: list[str], first: Ints, second: Ints) -> NDArray[np.float64]:
    """Return where the abstracts begin with the same words; NaN where one has no abstract."""
    same = [
        (heads[i][:BEGINNING] == heads[j][:BEGINNING]) if heads[i] and heads[j] else np.nan
        for i, j in zip(first.tolist(), second.tolist(), strict=True)
    ]
    return np.array(same, np.float64)


def abstract_ratios(heads: list[str], first: Ints, second: Ints) -> NDArray[np.float64]:
    """Return how alike the beginnings of the abstracts are; NaN where one has no abstract."""
    one = [heads[i] for i in first.tolist()]
    two = [heads[j] for j in second.tolist()]
    known = [bool(a and b) for a, b in zip(one, two, strict=True)]
    return np.where(np.array(known, np.bool_), ratios_of(one, two), np.nan)


def ratios_of(one: list[str], two: list[str]) -> NDArray[np.float64]:
    """Return how alike the texts are pair by pair, 0 to 1."""
    ratios = process.cpdist(one, two, scorer=fuzz.ratio, dtype=np.float32)
    return ratios.astype(np.float64) / 100
