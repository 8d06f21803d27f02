"""The judgement of the rules on each compared pair, so that a later run compares new pairs only.

A judgement depends on its two records, the settings and the rules. Whoever stores it must drop it
when one of them changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from reviewkit.model.records import RelationKind


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """One judged pair, small because there may be millions.

    `code` is one of `decide.OUTCOMES`, `rule` a place in `decide.RULES`. `likeness` follows
    SIMILARITIES. With `turned`, the second record relates to the first.
    """

    code: int
    score: float
    rule: int
    likeness: tuple[float | None, ...]
    relation: RelationKind | None = None
    turned: bool = False


# Two keys in order, and whether the pair was compared closely: to the end, even if nothing suggests
# a duplicate, because a chain joins the two.
ComparedPair = tuple[str, str, bool]
# None if nothing suggests that the pair is a duplicate.
Compared = Mapping[ComparedPair, JudgedPair | None]
