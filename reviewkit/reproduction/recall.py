"""Relative recall: how many of the works that are known to matter a search returns. Pure."""

import math
from dataclasses import dataclass

_Z95 = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """Of `known` works the search returns `found`; those that nobody can tell are in neither."""

    found: int
    known: int

    @property
    def share(self) -> float | None:
        """The relative recall; `None` where nothing is known."""
        if not self.known:
            return None
        return self.found / self.known

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval by Wilson (J Am Stat Assoc 1927;22:209), as if the works were drawn
        by chance.
        """
        if not self.known:
            return None
        n, p = self.known, self.found / self.known
        squared = _Z95**2
        middle = (p + squared / (2 * n)) / (1 + squared / n)
        half = _Z95 * math.sqrt(p * (1 - p) / n + squared / (4 * n * n)) / (1 + squared / n)

        return max(0.0, middle - half), min(1.0, middle + half)
