"""Order the undecided records by promise, learned from the decisions so far.

The order excludes no record and decides nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from reviewkit.model.errors import UsageError
from reviewkit.ranking.counts import Ints
from reviewkit.ranking.model import Fit, fit
from reviewkit.ranking.sparse import Floats, Sparse
from reviewkit.ranking.vectors import Vectors

# All relevant records together weigh 20 times the rest: missing one costs more than reading twenty.
# This figure and the others here were chosen on 25 reviews; each is on a plateau (half or double
# changes WSS@95 by less than .01).
_RATIO = 20
_COST = 0.22
# As many undecided records as excluded ones, but no more than this, represent the irrelevant ones
# that nobody has seen yet.
_MAX_PRESUMED = 500
# Before the first relevant record: like the average record, and half as much unlike the excluded.
_AWAY_FROM_EXCLUDED = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ranking:
    """An order of the undecided records, and what it was learned from.

    `rows` are positions in `vectors.keys`, most promising first. `scores` has one number a record,
    comparable only within this ranking. `weights` has one number a word or pair of words.
    """

    vectors: Vectors
    rows: Ints
    scores: Floats
    weights: Floats
    steps: int

    def keys(self, limit: int | None = None) -> tuple[str, ...]:
        """Return the keys of the undecided records, most promising first; at most `limit`."""
        return tuple(self.vectors.keys[row] for row in self.rows[:limit])

    def score(self, key: str) -> float:
        """Return the record's score: higher is more promising. Raises UsageError."""
        return float(self.scores[_row(self.vectors, key)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word or pair of words of a record, and what it adds to the score (negative: takes away)."""

    text: str
    weight: float


def rank(vectors: Vectors, decided: Mapping[str, bool], *, seed: int) -> Ranking:
    """Return the undecided records in order of promise.

    Learned from `decided` (True is relevant), the seeds and the texts. Deterministic: `seed`
    decides ties, and which undecided records are presumed irrelevant. The order depends only on
    what is decided, to the last bit: not on when, nor on what was decided and taken back.
    Before anything relevant is known, the records most typical of the set and least like the
    excluded ones come first. Raises UsageError for unknown keys.
    """
    n, marks = len(vectors.keys), _marks(vectors, decided)
    shuffled = _shuffled(n, seed)
    undecided = shuffled[marks[shuffled] == 0]
    relevant, excluded = np.flatnonzero(marks > 0), np.flatnonzero(marks < 0)

    if len(relevant):
        rows_used, targets, costs = _training_set(vectors, relevant, excluded, undecided)
        learned = fit(vectors.matrix.take(rows_used), targets, costs)
    else:
        learned = Fit(weights=_typical(vectors.matrix, n, excluded), steps=0)

    weights, steps = learned.weights, learned.steps
    scores = vectors.matrix.times(weights)[:n]
    rows = undecided[_descending(scores[undecided])]
    return Ranking(vectors=vectors, rows=rows, scores=scores, weights=weights, steps=steps)


def explain(ranking: Ranking, key: str, *, limit: int = 8) -> tuple[Word, ...]:
    """Return the words and pairs that weigh most in a record's score, for or against it.

    Heaviest first, at most `limit`. Raises UsageError for an unknown key.
    """
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
    """Return the rows in the random order of a seed: the same at every retraining."""
    rows = np.random.default_rng(seed).permutation(n)
    rows.flags.writeable = False
    return rows


def _marks(vectors: Vectors, decided: Mapping[str, bool]) -> NDArray[np.int8]:
    """Return 1 for every row known to be relevant, -1 for the excluded, 0 for the undecided."""
    marks = np.zeros(len(vectors.matrix), np.int8)
    marks[len(vectors.keys) :] = 1

    rows = [vectors.row_of.get(key, -1) for key in decided]
    if -1 in rows:
        _row(vectors, list(decided)[rows.index(-1)])

    marks[rows] = np.where(np.fromiter(decided.values(), np.bool_, len(decided)), 1, -1)
    return marks


def _training_set(
    vectors: Vectors, relevant: Ints, excluded: Ints, undecided: Ints
) -> tuple[Ints, Floats, Floats]:
    """Return the rows to learn from, what each should score, and what an error costs.

    The relevant rows come first.
    """
    presumed = undecided[: min(len(excluded), _MAX_PRESUMED)]

    # All the review's own texts together are worth one relevant record.
    share = np.where(
        relevant >= len(vectors.matrix) - vectors.texts, 1 / max(vectors.texts, 1), 1.0
    )
    worth = share.sum()
    # The more of the decided are relevant, the less sure it is that an undecided record is not.
    doubt = (len(excluded) / (worth + len(excluded))) ** 2
    total = worth + len(excluded) + len(presumed)
    high = _COST * total * _RATIO / (1 + _RATIO) / worth
    low = _COST * total / (1 + _RATIO) / max(len(excluded) + doubt * len(presumed), 1)
    costs = [share * high, np.full(len(excluded), low), np.full(len(presumed), low * doubt)]

    rows = np.concatenate([relevant, excluded, presumed])
    targets = np.where(np.arange(len(rows)) < len(relevant), 1, -1)
    return rows, targets.astype(np.float32), np.concatenate(costs).astype(np.float32)


def _descending(scores: Floats) -> Ints:
    """Return the places from the highest score to the lowest; equal scores keep their order.

    A stable argsort in half its time. Whole numbers sort fastest, and the bits of single floats are
    in the order of the numbers, except for the sign.
    """
    bits = (scores + np.float32(0)).view(np.int32)
    falling = np.where(bits < 0, bits & np.int32(0x7FFFFFFF), ~bits).astype(np.int64)
    places = (falling << 32) | np.arange(len(scores))
    places.sort()
    return places & 0xFFFFFFFF


def _typical(matrix: Sparse, n: int, excluded: Ints) -> Floats:
    """Return the weights of the mean record, less half the mean excluded one.

    This is Rocchio's rule without a relevant example.
    """
    shares = np.zeros(len(matrix), np.float32)
    shares[:n] = 1 / max(n, 1)
    shares[excluded] -= _AWAY_FROM_EXCLUDED / max(len(excluded), 1)

    weights = matrix.transposed_times(shares)
    weights[-1] = 0
    return weights
