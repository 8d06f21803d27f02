"""What the rules alone say of each pair that was compared, so that a later run compares only new pairs.

A verdict depends on its two records, the settings and the rules: whoever keeps it must drop it when one changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from reviewkit.model.records import RelationKind


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """One judged pair, small, for there may be millions: a code of `decide.OUTCOMES` and the place in `decide.RULES`.

    `likeness` follows SIMILARITIES. With `turned` it is the second record that relates to the first.
    """

    code: int
    score: float
    rule: int
    likeness: tuple[float | None, ...]
    relation: RelationKind | None = None
    turned: bool = False


# Two keys in order, and whether the pair was compared closely: whatever speaks for it, because a chain joins the two.
ComparedPair = tuple[str, str, bool]
# `None` where nothing spoke for the pair.
Compared = Mapping[ComparedPair, JudgedPair | None]
