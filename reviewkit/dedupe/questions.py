"""Questions worth a person's time: groups asked together, kinds, and how many are likely true.

Pure: it needs neither the records' likeness nor NumPy, as a session of answers does not.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reviewkit.dedupe.cluster import Edge, components
from reviewkit.model.identifiers import title_key
from reviewkit.model.messages import tr, tr_n
from reviewkit.model.records import Record

# Before anyone has answered, half of the questions are taken for true, as if two were answered.
_TRUE_BEFORE = 1.0
_FALSE_BEFORE = 1.0
# Of fewer pairs nothing is said before one is answered: half of two is no knowledge.
_FEW = 3
# 90 of 100 times the number lies within this many standard deviations.
_WIDTH = 1.645


@dataclass(frozen=True, slots=True, kw_only=True)
class StillToFind:
    """How many of the open pairs are probably one record, with a range for 90 of 100 cases."""

    open: int
    likely: int
    low: int
    high: int
    answered: int = 0

    def sentence(self) -> str:
        """Return it in words; "" where no pair is open, or few are and none is answered."""
        if not self.open or (not self.answered and self.open < _FEW):
            return ""
        between = tr("between {low} and {high}", low=self.low, high=self.high)
        if self.low == self.high:
            between = str(self.low)
        return tr_n(
            self.open,
            "Of {n} open pair, about {likely} are one record ({between}).",
            "Of {n} open pairs, about {likely} are one record ({between}).",
            likely=self.likely,
            between=between,
        )


def still_to_find(open_pairs: int, answered_same: int, answered: int) -> StillToFind:
    """Return how many open pairs are probably one record, from the share among those answered.

    Mean and spread of the beta-binomial distribution.
    """
    true = _TRUE_BEFORE + answered_same
    false = _FALSE_BEFORE + answered - answered_same
    both = true + false
    mean = open_pairs * true / both
    spread = math.sqrt(open_pairs * true * false * (both + open_pairs) / (both * both * (both + 1)))
    return StillToFind(
        open=open_pairs,
        answered=answered,
        likely=round(mean),
        low=max(0, math.floor(mean - _WIDTH * spread)),
        high=min(open_pairs, math.ceil(mean + _WIDTH * spread)),
    )


def group_of(pair: Edge, open_pairs: Sequence[Edge]) -> list[Edge]:
    """Return the open pairs that chains of open pairs connect with this one, itself included."""
    group = next(part for part in components([pair, *open_pairs]) if pair[0] in part)
    return [edge for edge in open_pairs if edge[0] in group]


def in_groups(scored: Iterable[tuple[Edge, float]]) -> list[Edge]:
    """Return the pairs group by group: first the group with the surest pair; in it, the surest."""
    scores = dict(scored)
    place: dict[str, int] = {}
    for number, part in enumerate(components(scores)):
        place |= dict.fromkeys(part, number)

    best: dict[int, float] = {}
    for edge, score in scores.items():
        group = place[edge[0]]
        best[group] = max(best.get(group, 0.0), score)

    def order(edge: Edge) -> tuple[float, int, float, Edge]:
        group = place[edge[0]]
        return -best[group], group, -scores[edge], edge

    return sorted(scores, key=order)


def kind_of_question(rule: str, one: Record, two: Record) -> tuple[str, ...]:
    """Return what questions of one kind share: the rule, both titles and both journals.

    An editor's column gives such questions: "Journal club", month after month.
    """
    titles = sorted({title_key(one.title), title_key(two.title)})
    journals = sorted({title_key(one.journal), title_key(two.journal)})
    return (rule, *titles, "", *journals)
