"""Records as TF-IDF vectors over words and word pairs, made once a review. It knows no decisions.

Rows: the records in the order given, then seeds, then the review's own texts. The last column, 1 everywhere, is the
offset.
"""

import json
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array  # type: ignore[import-untyped]  # scipy ships no types

from reviewkit.model.errors import UsageError
from reviewkit.model.records import Record
from reviewkit.ranking.counts import BREAK, Bounds, Counts, Ids, Ints, count
from reviewkit.ranking.words import words

Floats = NDArray[np.float32]

# A title says in ten words what the abstract says in two hundred.
_TITLE_TIMES = 3
# A word in nearly every record tells none apart; one in one or two cannot speak for many others.
_MOST = 0.95
_LEAST = 3
_SMALL = 100
# Of vectors that are kept: another name wherever other vectors come from the same texts.
VECTORISER = "words and pairs 1"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sparse:
    """A sparse matrix of single floats, with the products that ranking needs; every row ends with the offset."""

    table: csr_array | csc_array

    def __len__(self) -> int:
        return int(self.table.shape[0])

    def times(self, vector: Floats) -> Floats:
        """One product a row: the matrix times a vector as long as its columns."""
        products: Floats = self.table @ vector
        return products

    def transposed(self) -> "Sparse":
        """Columns as rows; nothing is copied."""
        return Sparse(table=self.table.T)

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
    first: Ids
    second: Ids

    def name(self, column: int) -> str:
        """The word or the pair of words a column stands for."""
        second = self.second[column]
        word = self.words[self.first[column]]
        return word if second == BREAK else f"{word} {self.words[second]}"


def vectorise(
    records: Iterable[Record], *, texts: Sequence[str] = (), seeds: Sequence[Record] = ()
) -> Vectors:
    """TF-IDF vectors of the records: words and pairs of neighbours, 1 + ln(times) by ln rarity, each of length 1.

    Title (three times), abstract, keywords and headings are read; a word or pair found in fewer than three records
    (of a hundred or more) is left out. `texts` are the protocol's own words (title, criteria, descriptors); `seeds`
    are works known to be relevant that are not among the records. The records are gone through once and not kept.
    Raises UsageError when two records have one key.
    """
    vocabulary: defaultdict[str, int] = defaultdict()
    vocabulary.default_factory = vocabulary.__len__
    tokens, ends, keys = array("i"), array("q"), []
    for record in records:
        keys.append(record.key)
        _read(_pieces(record), vocabulary, tokens, ends)
    row_of = {key: row for row, key in enumerate(keys)}
    if len(row_of) < len(keys):
        raise UsageError(
            f"{len(keys) - len(row_of)} records repeat another's key", hint="give every record once"
        )
    for pieces in (*map(_pieces, seeds), *((text,) for text in texts)):
        _read(pieces, vocabulary, tokens, ends)
    n = len(keys)
    least = _LEAST if n >= _SMALL else 1
    bounds = Bounds(records=n, least=least, most=max(_MOST * n, least))
    counts = count(_array(tokens, np.int32), _array(ends, np.int64), bounds)
    words, first, second = _used(tuple(vocabulary), counts)
    return Vectors(
        keys=tuple(keys),
        row_of=row_of,
        texts=len(texts),
        matrix=_weigh(counts, n, height=len(ends)),
        words=words,
        first=first,
        second=second,
    )


def to_arrays(vectors: Vectors) -> dict[str, NDArray[Any]]:
    """All of the vectors as flat arrays of numbers and bytes, to be kept. `from_arrays` takes them back."""
    table = vectors.matrix.table
    return {
        "values": table.data,
        "columns": table.indices,
        "starts": table.indptr,
        "first": vectors.first,
        "second": vectors.second,
        "texts": np.array([vectors.texts], np.int32),
        "keys": _bytes(vectors.keys),
        "words": _bytes(vectors.words),
    }


def from_arrays(arrays: Mapping[str, NDArray[Any]]) -> Vectors:
    """The vectors that `to_arrays` took apart."""
    keys, starts = _strings(arrays["keys"]), arrays["starts"]
    shape = (len(starts) - 1, len(arrays["first"]) + 1)
    return Vectors(
        keys=keys,
        row_of={key: row for row, key in enumerate(keys)},
        texts=int(arrays["texts"][0]),
        matrix=Sparse(table=csr_array((arrays["values"], arrays["columns"], starts), shape=shape)),
        words=_strings(arrays["words"]),
        first=arrays["first"],
        second=arrays["second"],
    )


def _bytes(strings: Sequence[str]) -> NDArray[np.uint8]:
    return np.frombuffer(json.dumps(strings).encode(), np.uint8)


def _strings(found: NDArray[np.uint8]) -> tuple[str, ...]:
    return tuple(json.loads(found.tobytes()))


def _pieces(record: Record) -> tuple[str, ...]:
    title = record.title or record.original_title or ""
    return (*(title,) * _TITLE_TIMES, record.abstract or "", *record.keywords, *record.headings)


def _read(
    pieces: Sequence[str], vocabulary: Mapping[str, int], tokens: "array[int]", ends: "array[int]"
) -> None:
    for piece in pieces:
        tokens.extend(map(vocabulary.__getitem__, words(piece)))
        tokens.append(BREAK)
    ends.append(len(tokens))


def _array(numbers: "array[int]", kind: type[np.signedinteger]) -> NDArray[Any]:
    return np.frombuffer(numbers, kind) if numbers else np.zeros(0, kind)


def _used(words: tuple[str, ...], counts: Counts) -> tuple[tuple[str, ...], Ids, Ids]:
    """The words that the kept features name, and the features by these words' numbers."""
    named = np.unique(np.concatenate([counts.first, counts.second[counts.second >= 0]]))
    number = np.full(len(words) + 1, BREAK, np.int32)
    number[named] = np.arange(len(named), dtype=np.int32)
    return tuple(words[word] for word in named), number[counts.first], number[counts.second]


def _weigh(counts: Counts, n: int, *, height: int) -> Sparse:
    """The TF-IDF matrix of words, pairs and the offset: each row of length 1 before the offset is added."""
    rarity = np.log((1 + n) / (1 + counts.records)) + 1
    lengths = np.diff(counts.ends, prepend=0)
    values = ((1 + np.log(counts.times, dtype=np.float32)) * np.repeat(rarity, lengths)).astype(
        np.float32
    )
    size = np.sqrt(np.bincount(counts.rows, values.astype(np.float64) ** 2, minlength=height))
    values /= np.maximum(size, 1e-12).astype(np.float32)[counts.rows]
    ends = np.concatenate([[0], counts.ends, [len(values) + height]])
    rows = np.concatenate([counts.rows, np.arange(height, dtype=np.int32)])
    values = np.concatenate([values, np.ones(height, np.float32)])
    return Sparse(
        table=csc_array(
            (values, rows, ends.astype(np.int32)), shape=(height, len(ends) - 1)
        ).tocsr()
    )
