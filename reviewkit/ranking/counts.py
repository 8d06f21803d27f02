"""Count how often words and pairs of words occur in each record, by sorting whole numbers.

The tokens of a large review are sorted part by part, so that memory is little more than that of the
result. Counting knows no weights.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Ids = NDArray[np.int32]

# Separates the pieces of a record: no word pairs with a neighbour across it.
BREAK = -1
_PART = 400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """A feature is kept if `least` to `most` of the first `records` rows have it."""

    records: int
    least: int
    most: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Counts:
    """How often (`times`) each kept feature occurs in which rows.

    Sorted by feature, then by row. Per feature: `first` and `second` are its words (`second` is
    BREAK for a single word), `records` is how many of the records have it, `ends` where its rows
    end.
    """

    first: Ids
    second: Ids
    records: Ints
    rows: Ids
    times: Ids
    ends: Ints


def count(tokens: Ids, ends: Ints, bounds: Bounds) -> Counts:
    """Return the counts of all words, then of all pairs of neighbours.

    `ends` is where each row ends in `tokens`.
    """
    rows = np.repeat(np.arange(len(ends), dtype=np.int32), np.diff(ends, prepend=0))

    # A pair occurs in no more records than each of its words, and a word in no more than its total.
    frequent = np.bincount(tokens[tokens >= 0], minlength=1) >= bounds.least
    ids = np.flatnonzero(frequent).astype(np.int32)
    short = np.full(len(frequent) + 1, BREAK, np.int32)
    short[ids] = np.arange(len(ids), dtype=np.int32)
    tokens = short[tokens]

    singles = [
        _tally(tokens[at], None, rows[at], len(ids), bounds)
        for at in _parts(tokens >= 0, tokens, len(ids))
    ]
    paired = (tokens[:-1] >= 0) & (tokens[1:] >= 0)
    pairs = [
        _tally(tokens[at], tokens[at + 1], rows[at], len(ids), bounds)
        for at in _parts(paired, tokens, len(ids))
    ]
    return _joined([*singles, *pairs], ids)


def _parts(wanted: NDArray[np.bool_], tokens: Ids, words: int) -> Iterator[Ints]:
    """Yield the wanted places in parts of similar size; a word is in one part only."""
    places = np.flatnonzero(wanted)
    total = np.cumsum(np.bincount(tokens[places], minlength=words))
    part_of_word = (total - 1) // _PART
    if not len(part_of_word) or part_of_word[-1] <= 0:
        yield places
        return

    part_of_place = part_of_word.astype(np.int16)[tokens[places]]
    for number in range(int(part_of_word[-1]) + 1):
        yield places[part_of_place == number]


def _tally(first: Ids, second: Ids | None, rows: Ids, words: int, bounds: Bounds) -> Counts:
    """Count the features of one part."""
    features = first.astype(np.int64)
    if second is not None:
        features = features * words + second

    # One number for feature and row, so that one sort brings equal cells together.
    shift = int(rows.max(initial=0)).bit_length()
    cells = (features << shift) | rows
    cells.sort()
    starts = np.flatnonzero(np.diff(cells, prepend=-1))
    times = np.diff(starts, append=len(cells)).astype(np.int32)
    cells = cells[starts]
    features, cell_rows = cells >> shift, (cells & ((1 << shift) - 1)).astype(np.int32)

    begins = np.flatnonzero(np.diff(features, prepend=-1))
    records = _sums(cell_rows < bounds.records, begins)
    kept = (records >= bounds.least) & (records <= bounds.most)
    lengths = np.diff(begins, append=len(cells))
    cell_kept = np.repeat(kept, lengths)
    features = features[begins[kept]]

    first_of, second_of = features, np.full(len(features), BREAK)
    if second is not None:
        first_of, second_of = np.divmod(features, words)
    return Counts(
        first=first_of.astype(np.int32),
        second=second_of.astype(np.int32),
        records=records[kept],
        rows=cell_rows[cell_kept],
        times=times[cell_kept],
        ends=np.cumsum(lengths[kept]),
    )


def _sums(flags: NDArray[np.bool_], begins: Ints) -> Ints:
    """Return how many flags are set from each of `begins` to the next."""
    if not len(begins):
        return begins
    return np.add.reduceat(flags, begins, dtype=np.int64)


def _joined(parts: list[Counts], ids: Ids) -> Counts:
    """Return the parts as one, with the words' original numbers."""
    ids = np.append(ids, np.int32(BREAK))
    before = np.cumsum([0, *(len(part.rows) for part in parts)])
    ends = [part.ends + start for part, start in zip(parts, before, strict=False)]
    return Counts(
        first=ids[np.concatenate([part.first for part in parts])],
        second=ids[np.concatenate([part.second for part in parts])],
        records=np.concatenate([part.records for part in parts]),
        rows=np.concatenate([part.rows for part in parts]),
        times=np.concatenate([part.times for part in parts]),
        ends=np.concatenate(ends),
    )
