"""Records as TF-IDF vectors over words and word pairs, made once a review. It knows no decisions.

Rows: the records in the order given, then seeds, then the review's own texts. The last column, 1 everywhere, is the
offset.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array  # type: ignore[import-untyped]  # scipy ships no types

from reviewkit.errors import UsageError
from reviewkit.ranking.words import words
from reviewkit.records import Record

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

# A title says in ten words what the abstract says in two hundred.
_TITLE_TIMES = 3
# A word in nearly every record tells none apart; one in one or two cannot speak for many others.
_MOST = 0.95
_LEAST = 3
_SMALL = 100
_BREAK = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sparse:
    """A sparse matrix of single floats, with the products that ranking needs; every row ends with the offset."""

    table: csr_array

    def __len__(self) -> int:
        return int(self.table.shape[0])

    def times(self, vector: Floats) -> Floats:
        """One product a row: the matrix times a vector as long as its columns."""
        products: Floats = self.table @ vector
        return products

    def transposed_times(self, vector: Floats) -> Floats:
        """One sum a column: the transposed matrix times a vector as long as its rows."""
        sums: Floats = self.table.T @ vector
        return sums

    def take(self, rows: Ints) -> "Sparse":
        """The named rows, in the order named, as a matrix of their own."""
        return Sparse(table=self.table[rows])

    def row(self, row: int) -> tuple[Ints, Floats]:
        """Columns and values of one row, without the offset."""
        place = slice(self.table.indptr[row], self.table.indptr[row + 1] - 1)
        return self.table.indices[place], self.table.data[place]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Vectors:
    """What ranking needs of a set of records. The last `texts` rows of the matrix are the review's own words."""

    keys: tuple[str, ...]
    row_of: Mapping[str, int]
    texts: int
    matrix: Sparse
    words: tuple[str, ...]
    # Of each column but the last: its word, or the two words of its pair (the second is -1 for a single word).
    first: NDArray[np.int32]
    second: NDArray[np.int32]

    def name(self, column: int) -> str:
        """The word or the pair of words a column stands for."""
        second = self.second[column]
        word = self.words[self.first[column]]
        return word if second == _BREAK else f"{word} {self.words[second]}"


def vectorise(records: Sequence[Record], *, texts: Sequence[str] = (), seeds: Sequence[Record] = ()) -> Vectors:
    """TF-IDF vectors of the records: words and pairs of neighbours, 1 + ln(times) by ln rarity, each of length 1.

    Title (three times), abstract, keywords and headings are read; a word or pair found in fewer than three records
    (of a hundred or more) is left out. `texts` are the protocol's own words (title, criteria, descriptors); `seeds`
    are works known to be relevant that are not among the records. Raises UsageError when two records have one key.
    """
    keys = tuple(record.key for record in records)
    row_of = {key: row for row, key in enumerate(keys)}
    if len(row_of) < len(keys):
        raise UsageError(f"{len(keys) - len(row_of)} records repeat another's key", hint="give every record once")
    vocabulary: defaultdict[str, int] = defaultdict()
    vocabulary.default_factory = vocabulary.__len__
    tokens, ends = array("i"), array("q")
    for pieces in _all_pieces((*records, *seeds), texts):
        for piece in pieces:
            tokens.extend(map(vocabulary.__getitem__, words(piece)))
            tokens.append(_BREAK)
        ends.append(len(tokens))
    ids = np.frombuffer(tokens, np.int32) if tokens else np.zeros(0, np.int32)
    ended = np.frombuffer(ends, np.int64) if ends else np.zeros(0, np.int64)
    rows = np.repeat(np.arange(len(ended)), ended - np.concatenate([[0], ended[:-1]]))
    n, size = len(records), max(len(vocabulary), 1)
    single = _count(rows, ids, n=n, height=len(ends))
    neighbours = np.where((ids[:-1] >= 0) & (ids[1:] >= 0), ids[:-1].astype(np.int64) * size + ids[1:], _BREAK)
    double = _count(rows[:-1], neighbours, n=n, height=len(ends))
    return Vectors(
        keys=keys,
        row_of=row_of,
        texts=len(texts),
        matrix=_weigh(single, double, n),
        words=tuple(vocabulary),
        first=np.concatenate([single.features, double.features // size]).astype(np.int32),
        second=np.concatenate([np.full(len(single.features), _BREAK), double.features % size]).astype(np.int32),
    )


def _all_pieces(records: Sequence[Record], texts: Sequence[str]) -> Iterator[Sequence[str]]:
    for record in records:
        title = record.title or record.original_title or ""
        yield (*(title,) * _TITLE_TIMES, record.abstract or "", *record.keywords, *record.headings)
    for text in texts:
        yield (text,)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Counts:
    """How often (`times`) the kept features stand in each row, row by row; `records` have each feature."""

    features: Ints
    records: Ints
    columns: Ints
    times: Ints
    starts: Ints


def _count(rows: Ints, ids: NDArray[np.integer], *, n: int, height: int) -> _Counts:
    """Count features row by row; keep those that stand in enough, but not in nearly all, of the first `n` rows."""
    least = _LEAST if n >= _SMALL else 1
    kinds, total = np.unique(ids, return_counts=True)
    kinds = kinds[(total >= least) & (kinds >= 0)]
    if not len(kinds):
        none = np.zeros(0, np.int64)
        return _Counts(features=none, records=none, columns=none, times=none, starts=np.zeros(height + 1, np.int64))
    places = np.minimum(np.searchsorted(kinds, ids), len(kinds) - 1)
    seen = kinds[places] == ids
    cells, times = np.unique(rows[seen] * len(kinds) + places[seen], return_counts=True)
    cell_rows, columns = np.divmod(cells, len(kinds))
    records = np.bincount(columns[cell_rows < n], minlength=len(kinds))
    kept = (records >= least) & (records <= max(_MOST * n, least))
    keep = kept[columns]
    return _Counts(
        features=kinds[kept].astype(np.int64),
        records=records[kept],
        columns=(np.cumsum(kept) - 1)[columns[keep]],
        times=times[keep],
        starts=_starts(np.bincount(cell_rows[keep], minlength=height)),
    )


def _starts(lengths: Ints) -> Ints:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def _weigh(single: _Counts, double: _Counts, n: int) -> Sparse:
    """The TF-IDF matrix of words, pairs and the offset: each row of length 1 before the offset is added."""
    height = len(single.starts) - 1
    starts = single.starts + double.starts + np.arange(height + 1)
    columns, values = np.empty(starts[-1], np.int32), np.empty(starts[-1], np.float32)
    before = 0
    for counts, shift in ((single, 0), (double, np.diff(single.starts))):
        places = np.arange(len(counts.columns)) + np.repeat(
            starts[:-1] - counts.starts[:-1] + shift, np.diff(counts.starts)
        )
        rarity = np.log((1 + n) / (1 + counts.records)) + 1
        columns[places] = counts.columns + before
        values[places] = (1 + np.log(counts.times)) * rarity[counts.columns]
        before += len(counts.features)
    last = starts[1:] - 1
    columns[last], values[last] = before, 0
    if height:
        values /= np.repeat(np.maximum(np.sqrt(np.add.reduceat(values**2, starts[:-1])), 1e-12), np.diff(starts))
    values[last] = 1
    return Sparse(table=csr_array((values, columns, starts.astype(np.int32)), shape=(height, before + 1)))
