"""The learned weights, read once from `weights.toml`, which says how they were learned."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np

from reviewkit.dedupe.compare.fields import Floats
from reviewkit.dedupe.evidence import SIGNS


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """One weight for each evidence in the order of SIGNS, and the bias; the score is logistic."""

    values: tuple[float, ...]
    bias: float

    def score(self, columns: Floats) -> Floats:
        """Return the score of each row, 0 to 1."""
        total = columns @ np.array(self.values) + self.bias
        return np.asarray(1.0 / (1.0 + np.exp(-total)), dtype=np.float64)


@lru_cache(maxsize=1)
def learned_weights() -> Weights:
    """Return the weights that come with reviewkit."""
    text = files("reviewkit.dedupe").joinpath("weights.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)["weights"]
    return Weights(values=tuple(float(table[name]) for name in SIGNS), bias=float(table["bias"]))
