"""How often words and pairs of words stand in each record, counted by sorting whole numbers. It knows no weights.

The tokens of a large review are sorted slab by slab, so that its memory is that of the result and a little more.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Ids = NDArray[np.int32]

# Between the pieces of a record: no word pairs with its neighbour across it.
BREAK = -1
_SLAB = 400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """A feature is kept where `least` to `most` of the first `records` rows have it."""

    records: int
    least: int
    most: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Counts:
    """How often (`times`) the kept features stand in which rows, feature by feature, the rows ascending.

    `first` and `second` are a feature's words (`second` is BREAK for a single word), `records` how many of the
    records have it, `ends` where its rows end.
    """

    first: Ids
    second: Ids
    records: Ints
    rows: Ids
    times: Ids
    ends: Ints


def count(tokens: Ids, ends: Ints, bounds: Bounds) -> Counts:
    """The words of every row, then its pairs of neighbours. `ends` says where each row ends in the tokens."""
    rows = np.repeat(np.arange(len(ends), dtype=np.int32), np.diff(ends, prepend=0))
    # A pair can stand in no more records than each of its words, in total or in records.
    often = np.bincount(tokens[tokens >= 0], minlength=1) >= bounds.least
    ids = np.flatnonzero(often).astype(np.int32)
    short = np.full(len(often) + 1, BREAK, np.int32)
    short[ids] = np.arange(len(ids), dtype=np.int32)
    tokens = short[tokens]
    singles = [
        _tally(tokens[at], None, rows[at], len(ids), bounds)
        for at in _slabs(tokens >= 0, tokens, len(ids))
    ]
    paired = (tokens[:-1] >= 0) & (tokens[1:] >= 0)
    pairs = [
        _tally(tokens[at], tokens[at + 1], rows[at], len(ids), bounds)
        for at in _slabs(paired, tokens, len(ids))
    ]
    return _joined([*singles, *pairs], ids)


def _slabs(wanted: NDArray[np.bool_], tokens: Ids, kinds: int) -> Iterator[Ints]:
    """The wanted places in parts of about the same size, all places with one word in the same part."""
    places = np.flatnonzero(wanted)
    many = np.cumsum(np.bincount(tokens[places], minlength=kinds))
    part = (many - 1) // _SLAB
    if not len(part) or part[-1] <= 0:
        yield places
        return
    parts = part.astype(np.int16)[tokens[places]]
    for number in range(int(part[-1]) + 1):
        yield places[parts == number]


def _tally(first: Ids, second: Ids | None, rows: Ids, kinds: int, bounds: Bounds) -> Counts:
    """The features of one slab, counted."""
    features = first.astype(np.int64)
    if second is not None:
        features = features * kinds + second
    shift = int(rows.max(initial=0)).bit_length()
    cells = (features << shift) | rows
    cells.sort()
    starts = np.flatnonzero(np.diff(cells, prepend=-1))
    times = np.diff(starts, append=len(cells)).astype(np.int32)
    cells = cells[starts]
    features, cell_rows = cells >> shift, (cells & ((1 << shift) - 1)).astype(np.int32)
    begins = np.flatnonzero(np.diff(features, prepend=-1))
    records = (
        np.add.reduceat(cell_rows < bounds.records, begins, dtype=np.int64)
        if len(begins)
        else begins
    )
    kept = (records >= bounds.least) & (records <= bounds.most)
    lengths = np.diff(begins, append=len(cells))
    stays = np.repeat(kept, lengths)
    features = features[begins[kept]]
    first_of, second_of = (
        (features, np.full(len(features), BREAK)) if second is None else np.divmod(features, kinds)
    )
    return Counts(
        first=first_of.astype(np.int32),
        second=second_of.astype(np.int32),
        records=records[kept],
        rows=cell_rows[stays],
        times=times[stays],
        ends=np.cumsum(lengths[kept]),
    )


def _joined(parts: list[Counts], ids: Ids) -> Counts:
    """The parts as one, words by their own numbers again."""
    ids = np.append(ids, np.int32(BREAK))
    before = np.cumsum([0, *(len(part.rows) for part in parts)])
    return Counts(
        first=ids[np.concatenate([part.first for part in parts])],
        second=ids[np.concatenate([part.second for part in parts])],
        records=np.concatenate([part.records for part in parts]),
        rows=np.concatenate([part.rows for part in parts]),
        times=np.concatenate([part.times for part in parts]),
        ends=np.concatenate(
            [part.ends + start for part, start in zip(parts, before, strict=False)]
        ),
    )
