"""Compare the candidate pairs and judge each: the steps that take the time of a run."""

from array import array
from collections.abc import Iterator

import numpy as np

from reviewkit.dedupe.cluster import Edge, components
from reviewkit.dedupe.compare import Likeness, compare
from reviewkit.dedupe.decide import ASK, DIFFERENT, RULES, SAME, VETOED, Judgements, decide
from reviewkit.dedupe.merge_rules import NOT_ASKED, OPPOSED
from reviewkit.dedupe.pair_cache import ComparedPairs, JudgedPair, pair_number
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
# Where one of these has nothing in common, a doubt is a contradiction.
_PLACE = ("journal", "first_page")
# A pair's relation by its place, and whether the second record relates to the first.
_PairRelations = dict[int, tuple[RelationKind, bool]]


class PairJudge:
    """Judges pairs of records by the rules alone, without people's answers.

    `judged` holds the pairs that are the same, asked, related, or vetoed although they are alike.
    `barred` holds the pairs that no chain may join, although no veto forbids it.
    `newly_compared` is what `Duplicates` says of it.
    """

    def __init__(
        self,
        prepared: Prepared,
        settings: DedupeSettings,
        *,
        earlier: ComparedPairs | None = None,
    ) -> None:
        self.prepared = prepared
        self.settings = settings
        self.judged: dict[Edge, JudgedPair] = {}
        self.barred: set[Edge] = set()
        self.newly_compared = 0
        self._earlier = None if earlier is None else _renumbered(earlier, prepared.keys)
        self._noted: list[Ints] = [np.empty(0, np.int64)]
        self._found: dict[int, JudgedPair] = {}

    @property
    def compared(self) -> ComparedPairs:
        """What `Duplicates` says of it."""
        return ComparedPairs(
            self.prepared.keys, _as_array(np.sort(np.concatenate(self._noted))), self._found
        )

    def judge(
        self, first: Ints, second: Ints, *, closely: bool = False, progress: Progress = silent
    ) -> None:
        """Compare and judge the pairs of positions, slice by slice.

        With `closely`, every pair is compared to the end and kept.
        """
        if self._earlier is not None:
            first, second = self._without_known(first, second, closely, self._earlier)
        for start in range(0, len(first), _SLICE):
            part = slice(start, start + _SLICE)
            self._judge_new(first[part], second[part], closely)
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

    def _without_known(
        self, first: Ints, second: Ints, closely: bool, earlier: ComparedPairs
    ) -> tuple[Ints, Ints]:
        """Return the pairs that `earlier` does not know; take over what was found on the others.

        All of them are noted for the next run.
        """
        numbers = pair_number(first, second, len(self.prepared)) + closely
        self._noted.append(numbers)
        is_known = np.isin(numbers, np.array(earlier.numbers, np.int64), assume_unique=True)

        keys, found = self.prepared.keys, np.fromiter(earlier.found, np.int64)
        for place in np.flatnonzero(is_known & np.isin(numbers, found)).tolist():
            number = int(numbers[place])
            self._found[number] = pair = earlier.found[number]
            self.judged[keys[first[place]], keys[second[place]]] = pair

        return first[~is_known], second[~is_known]

    def _judge_new(self, first: Ints, second: Ints, closely: bool) -> None:
        self.newly_compared += len(first)
        pairs = compare(self.prepared, first, second, keep_all=closely)
        judgements = decide(self.prepared, pairs, self.settings)
        relations = self._relate(pairs, judgements)
        if closely:
            chosen = np.arange(len(pairs))
        else:
            alike = judgements.scores >= self.settings.ask_at
            kept = (judgements.codes >= ASK) | ((judgements.codes == VETOED) & alike)
            kept[list(relations)] = True
            chosen = np.flatnonzero(kept)

        judged = self._keep(pairs, judgements, chosen, relations)

        if self._earlier is not None:
            one, two = pairs.first[chosen], pairs.second[chosen]
            numbers = pair_number(one, two, len(self.prepared)) + closely
            self._found.update(zip(numbers.tolist(), judged, strict=True))

    def _relate(self, pairs: Likeness, judgements: Judgements) -> _PairRelations:
        relations: _PairRelations = {}
        apart = judgements.codes < SAME
        for place, record, _, kind in find_relations(self.prepared, pairs, apart):
            relations[place] = kind, record == pairs.second[place]
            if kind in self.settings.merge:
                judgements.codes[place] = SAME
        return relations

    def _keep(
        self, pairs: Likeness, judgements: Judgements, chosen: Ints, relations: _PairRelations
    ) -> list[JudgedPair]:
        """Keep the chosen pairs among `judged`; return them in their order."""
        table = np.round(np.column_stack([pairs.values[name][chosen] for name in SIMILARITIES]), 2)
        unknown = np.isnan(table).tolist()
        keys = self.prepared.keys

        kept = []
        for place, row, gaps in zip(chosen.tolist(), table.tolist(), unknown, strict=True):
            edge = keys[pairs.first[place]], keys[pairs.second[place]]
            self.judged[edge] = JudgedPair(
                int(judgements.codes[place]),
                round(float(judgements.scores[place]), 4),
                int(judgements.rules[place]),
                _without_gaps(row, gaps),
                *relations.get(place, (None, False)),
            )
            kept.append(self.judged[edge])
        return kept


def _renumbered(earlier: ComparedPairs, keys: list[str]) -> ComparedPairs:
    """Return the earlier pairs by the places that their records have among these keys.

    Pairs of other records are left out.
    """
    if earlier.records == keys:
        return earlier

    places = {key: place for place, key in enumerate(keys)}
    place_of = np.array([places.get(key, -1) for key in earlier.records], np.int64)

    def renumber(numbers: Ints) -> Ints:
        one, two = (place_of[side] for side in np.divmod(numbers // 2, len(place_of)))
        renumbered = pair_number(one, two, len(keys)) + numbers % 2
        return np.where((one < 0) | (two < 0), -1, renumbered)

    numbers = renumber(np.array(earlier.numbers, np.int64))
    found = zip(
        renumber(np.fromiter(earlier.found, np.int64)).tolist(), earlier.found.values(), strict=True
    )
    return ComparedPairs(
        keys,
        _as_array(numbers[numbers >= 0]),
        {number: pair for number, pair in found if number >= 0},
    )


def _as_array(numbers: Ints) -> "array[int]":
    return array("q", numbers.tobytes())


def _contradicts(pair: JudgedPair) -> bool:
    """Return whether no third record may join the two, although no veto forbids it."""
    if pair.code not in (ASK, DIFFERENT):
        return False

    rule = RULES[pair.rule]
    if rule in OPPOSED or (pair.code == DIFFERENT and rule not in NOT_ASKED):
        return True
    likeness = dict(zip(SIMILARITIES, pair.likeness, strict=True))
    if rule == "again":
        return (likeness["year_gap"] or 0) > 1
    return pair.code == ASK and likeness["volume"] != 1 and any(likeness[x] == 0 for x in _PLACE)


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
