"""Which record next: an order learned from the decisions so far. It excludes nothing and decides nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from reviewkit.model.errors import UsageError
from reviewkit.ranking.counts import Ints
from reviewkit.ranking.model import fit
from reviewkit.ranking.vectors import Floats, Sparse, Vectors

# Together the relevant weigh 20 times the rest: missing one costs more than reading twenty. Chosen with the other
# figures here on 25 reviews; each is on a plateau (half or double changes WSS@95 by less than .01).
_RATIO = 20
_COST = 0.22
# As many undecided records as excluded ones, up to this, stand in for the irrelevant ones nobody has seen yet.
_MOST_STAND_INS = 500
# Before the first relevant record: typical of the set, and half as much unlike the excluded.
_AWAY = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ranking:
    """An order of the undecided records and what it was learned from.

    `rows` are positions in `vectors.keys`, most promising first; `scores` has one number a record, comparable only
    within this ranking; `weights` one a word or pair.
    """

    vectors: Vectors
    rows: Ints
    scores: Floats
    weights: Floats
    steps: int

    def keys(self, limit: int | None = None) -> tuple[str, ...]:
        """Keys of the undecided records, most promising first; the first `limit` of them when a limit is given."""
        return tuple(self.vectors.keys[row] for row in self.rows[:limit])

    def score(self, key: str) -> float:
        """The record's score: higher is more promising."""
        return float(self.scores[_row(self.vectors, key)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word or pair of words of a record, and what it adds to the record's score (below zero: takes away)."""

    text: str
    weight: float


def rank(vectors: Vectors, decided: Mapping[str, bool], *, seed: int) -> Ranking:
    """The undecided records in order of promise, learned from `decided` (True is relevant), seeds and the texts.

    Deterministic: ties and the undecided records that stand in for irrelevant ones follow `seed`, and the order
    depends on what is decided alone, to the last bit: not on when, nor on what was decided and taken back. Before
    anything relevant is known, the records most typical of the set and least like the excluded come first. Raises
    UsageError for unknown keys.
    """
    n, marks = len(vectors.keys), _marks(vectors, decided)
    shuffled = _shuffled(n, seed)
    undecided = shuffled[marks[shuffled] == 0]
    relevant, excluded = np.flatnonzero(marks > 0), np.flatnonzero(marks < 0)
    steps = 0
    if len(relevant):
        chosen, targets, costs = _lesson(vectors, relevant, excluded, undecided)
        found = fit(vectors.matrix.take(chosen), targets, costs)
        weights, steps = found.weights, found.steps
    else:
        weights = _typical(vectors.matrix, n, excluded)
    scores = vectors.matrix.times(weights)[:n]
    rows = undecided[_descending(scores[undecided])]
    return Ranking(vectors=vectors, rows=rows, scores=scores, weights=weights, steps=steps)


def explain(ranking: Ranking, key: str, *, limit: int = 8) -> tuple[Word, ...]:
    """The words and pairs of a record that weigh most in its score, heaviest first, for or against it."""
    columns, values = ranking.vectors.matrix.row(_row(ranking.vectors, key))
    weights = ranking.weights[columns] * values
    heaviest = np.argsort(-np.abs(weights), kind="stable")[:limit]
    return tuple(
        Word(text=ranking.vectors.name(int(columns[i])), weight=float(weights[i]))
        for i in heaviest
        if weights[i]
    )


def _row(vectors: Vectors, key: str) -> int:
    row = vectors.row_of.get(key)
    if row is None:
        raise UsageError(
            f"no record {key!r} among the {len(vectors.keys)} ranked", hint="make the vectors again"
        )
    return row


@lru_cache(maxsize=4)
def _shuffled(n: int, seed: int) -> Ints:
    """The rows in the order of a seed: the same at every retraining."""
    rows = np.random.default_rng(seed).permutation(n)
    rows.flags.writeable = False
    return rows


def _marks(vectors: Vectors, decided: Mapping[str, bool]) -> NDArray[np.int8]:
    """1 for every row known to be relevant, -1 for the excluded, 0 for the undecided."""
    marks = np.zeros(len(vectors.matrix), np.int8)
    marks[len(vectors.keys) :] = 1
    rows = [vectors.row_of.get(key, -1) for key in decided]
    if -1 in rows:
        _row(vectors, list(decided)[rows.index(-1)])
    marks[rows] = np.where(np.fromiter(decided.values(), np.bool_, len(decided)), 1, -1)
    return marks


def _lesson(
    vectors: Vectors, relevant: Ints, excluded: Ints, undecided: Ints
) -> tuple[Ints, Floats, Floats]:
    """The rows to learn from, the relevant first, what each should score, and what missing that costs."""
    stand_ins = undecided[: min(len(excluded), _MOST_STAND_INS)]
    # All the review's own texts together are worth one relevant record.
    share = np.where(
        relevant >= len(vectors.matrix) - vectors.texts, 1 / max(vectors.texts, 1), 1.0
    )
    worth = share.sum()
    # The more of the decided are relevant, the less sure it is that an undecided record is not.
    doubt = (len(excluded) / (worth + len(excluded))) ** 2
    chosen = np.concatenate([relevant, excluded, stand_ins])
    total = worth + len(excluded) + len(stand_ins)
    high = _COST * total * _RATIO / (1 + _RATIO) / worth
    low = _COST * total / (1 + _RATIO) / max(len(excluded) + doubt * len(stand_ins), 1)
    costs = [share * high, np.full(len(excluded), low), np.full(len(stand_ins), low * doubt)]
    targets = np.where(np.arange(len(chosen)) < len(relevant), 1, -1)
    return chosen, targets.astype(np.float32), np.concatenate(costs).astype(np.float32)


def _descending(scores: Floats) -> Ints:
    """Places from the highest score to the lowest, equal ones as they come: a stable argsort in half its time.

    Whole numbers sort fastest. The bits of single floats are in the order of the numbers, but for the sign.
    """
    bits = (scores + np.float32(0)).view(np.int32)
    falling = np.where(bits < 0, bits & np.int32(0x7FFFFFFF), ~bits).astype(np.int64)
    places = (falling << 32) | np.arange(len(scores))
    places.sort()
    return places & 0xFFFFFFFF


def _typical(matrix: Sparse, n: int, excluded: Ints) -> Floats:
    """Weights of the mean record, less half the mean excluded one (Rocchio's rule without a relevant example)."""
    shares = np.zeros(len(matrix), np.float32)
    shares[:n] = 1 / max(n, 1)
    shares[excluded] -= _AWAY / max(len(excluded), 1)
    weights = matrix.transposed().times(shares)
    weights[-1] = 0
    return weights
