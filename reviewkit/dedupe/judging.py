"""Compare the candidate pairs and judge each: the steps that take the time of a run."""

from collections.abc import Iterator

import numpy as np

from reviewkit.dedupe.cluster import Edge, components
from reviewkit.dedupe.compare import Likeness, compare
from reviewkit.dedupe.decide import ASK, DIFFERENT, RULES, SAME, VETOED, Judgements, decide
from reviewkit.dedupe.merge_rules import NOT_ASKED, OPPOSED
from reviewkit.dedupe.pair_cache import Compared, ComparedPair, JudgedPair
from reviewkit.dedupe.pairs import SIMILARITIES
from reviewkit.dedupe.prepare import Ints, Prepared
from reviewkit.dedupe.relations import find_relations
from reviewkit.dedupe.settings import DedupeSettings
from reviewkit.model.progress import Progress, silent
from reviewkit.model.records import RelationKind

# Pairs are compared in slices of this size, so that memory does not grow with the set.
_SLICE = 200_000
# A chain of records up to this length is checked pair by pair for contradictions.
_MAX_CHECKED_CHAIN = 150
# A pair's relation by its place, and whether the second record relates to the first.
_PairRelations = dict[int, tuple[RelationKind, bool]]


class PairJudge:
    """Judges pairs of records by the rules alone, without people's answers.

    `judged` holds the pairs that are the same, asked, related, or vetoed although they are alike.
    `barred` holds the pairs that no chain may join, although no veto forbids it. `compared` and
    `newly_compared` are what `Duplicates` says of them.
    """

    def __init__(
        self,
        prepared: Prepared,
        settings: DedupeSettings,
        *,
        earlier: Compared | None = None,
    ) -> None:
        self.prepared = prepared
        self.settings = settings
        self.judged: dict[Edge, JudgedPair] = {}
        self.barred: set[Edge] = set()
        self.compared: dict[ComparedPair, JudgedPair | None] = {}
        self.newly_compared = 0
        self._earlier = earlier

    def judge(
        self, first: Ints, second: Ints, *, closely: bool = False, progress: Progress = silent
    ) -> None:
        """Compare and judge the pairs of positions, slice by slice.

        With `closely`, every pair is compared to the end and kept.
        """
        for start in range(0, len(first), _SLICE):
            part = slice(start, start + _SLICE)
            if self._earlier is None:
                self._judge_new(first[part], second[part], closely)
            else:
                self._judge_with_cache(first[part], second[part], closely, self._earlier)
            if len(first) > _SLICE:
                progress("pairs compared", min(start + _SLICE, len(first)), len(first))

    def check_chains(self) -> None:
        """Judge all pairs within each chain of sure pairs, and bar those that contradict it.

        If a doubt or too little likeness keeps two records apart, a third record may not join them.
        """
        edges = (edge for edge, pair in self.judged.items() if pair.code == SAME)
        inside = [
            edge
            for chain in components(edges)
            if 2 < len(chain) <= _MAX_CHECKED_CHAIN
            for edge in _pairs_within(chain)
        ]
        self._judge_missing(inside)

        self.barred.update(edge for edge in inside if _contradicts(self.judged[edge]))

    def _judge_missing(self, edges: list[Edge]) -> None:
        position = {key: place for place, key in enumerate(self.prepared.keys)}
        missing = [(position[a], position[b]) for a, b in edges if (a, b) not in self.judged]
        if missing:
            first, second = np.array(missing, np.int64).T
            self.judge(first, second, closely=True)

    def _judge_with_cache(
        self, first: Ints, second: Ints, closely: bool, earlier: Compared
    ) -> None:
        """Judge the pairs that `earlier` does not know, and note all of them for the next run."""
        keys = self.prepared.keys
        places = zip(first.tolist(), second.tolist(), strict=True)
        edges = [(keys[one], keys[two]) for one, two in places]
        new = [place for place, edge in enumerate(edges) if (*edge, closely) not in earlier]
        self._judge_new(first[new], second[new], closely)

        compared: dict[ComparedPair, JudgedPair | None] = {}
        for place in new:
            compared[*edges[place], closely] = self.judged.get(edges[place])

        for edge in edges:
            key = (*edge, closely)
            if key not in compared:
                compared[key] = pair = earlier[key]
                if pair:
                    self.judged[edge] = pair
        self.compared |= compared

    def _judge_new(self, first: Ints, second: Ints, closely: bool) -> None:
        self.newly_compared += len(first)
        pairs = compare(self.prepared, first, second, keep_all=closely)
        judgements = decide(self.prepared, pairs, self.settings)
        relations = self._relate(pairs, judgements)
        if closely:
            self._keep(pairs, judgements, list(range(len(pairs))), relations)
            return

        alike = judgements.scores >= self.settings.ask_at
        kept = (judgements.codes >= ASK) | ((judgements.codes == VETOED) & alike)
        kept[list(relations)] = True
        self._keep(pairs, judgements, np.flatnonzero(kept).tolist(), relations)

    def _relate(self, pairs: Likeness, judgements: Judgements) -> _PairRelations:
        relations: _PairRelations = {}
        apart = judgements.codes < SAME
        for place, record, _, kind in find_relations(self.prepared, pairs, apart):
            relations[place] = kind, record == pairs.second[place]
            if kind in self.settings.merge:
                judgements.codes[place] = SAME
        return relations

    def _keep(
        self,
        pairs: Likeness,
        judgements: Judgements,
        places: list[int],
        relations: _PairRelations,
    ) -> None:
        chosen = np.array(places, np.int64)
        table = np.round(np.column_stack([pairs.values[name][chosen] for name in SIMILARITIES]), 2)
        unknown = np.isnan(table).tolist()
        keys = self.prepared.keys

        for place, row, gaps in zip(places, table.tolist(), unknown, strict=True):
            edge = keys[pairs.first[place]], keys[pairs.second[place]]
            self.judged[edge] = JudgedPair(
                int(judgements.codes[place]),
                round(float(judgements.scores[place]), 4),
                int(judgements.rules[place]),
                _without_gaps(row, gaps),
                *relations.get(place, (None, False)),
            )


def _contradicts(pair: JudgedPair) -> bool:
    if pair.code == ASK:
        return RULES[pair.rule] in OPPOSED
    return pair.code == DIFFERENT and RULES[pair.rule] not in NOT_ASKED


def _without_gaps(row: list[float], gaps: list[bool]) -> tuple[float | None, ...]:
    """Return the row with None for every unknown value."""
    if True not in gaps:
        return tuple(row)
    values: list[float | None] = list(row)
    for place, gap in enumerate(gaps):
        if gap:
            values[place] = None
    return tuple(values)


def _pairs_within(chain: tuple[str, ...]) -> Iterator[Edge]:
    for place, one in enumerate(chain):
        for two in chain[place + 1 :]:
            yield one, two
