"""Make TF-IDF vectors of records over words and pairs of words, once a review.

Rows: the records in the order of the input, then seeds, then the review's own texts. The last
column, 1 everywhere, is the offset. Vectors know no decisions.
"""

import json
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reviewkit.model.errors import UsageError
from reviewkit.model.records import Record
from reviewkit.model.text import plural
from reviewkit.ranking.counts import BREAK, Bounds, Counts, Ids, Ints, count
from reviewkit.ranking.sparse import Sparse, sparse_matrix
from reviewkit.ranking.words import words

# A title says in ten words what the abstract says in two hundred.
_TITLE_TIMES = 3
# A word in nearly every record distinguishes none; a word in one or two says nothing about others.
_MAX_SHARE = 0.95
_MIN_RECORDS = 3
_SMALL_SET = 100
# Version of stored vectors. Change it whenever the same texts give other vectors.
VECTORISER = "words and pairs 1"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Vectors:
    """The vectors of a set of records.

    The last `texts` rows of the matrix are the review's own words.
    """

    keys: tuple[str, ...]
    row_of: Mapping[str, int]
    texts: int
    matrix: Sparse
    words: tuple[str, ...]
    # Per column, without the last: its word, or the two words of its pair (`second` is -1 for a
    # single word).
    first: Ids
    second: Ids

    def name(self, column: int) -> str:
        """Return the word or the pair of words of a column."""
        word, second = self.words[int(self.first[column])], int(self.second[column])
        if second == BREAK:
            return word
        return f"{word} {self.words[second]}"


def vectorise(
    records: Iterable[Record], *, texts: Sequence[str] = (), seeds: Sequence[Record] = ()
) -> Vectors:
    """Return the TF-IDF vectors of the records: words and pairs of neighbours.

    A value is (1 + ln times) * (ln rarity + 1), and each row has length 1 without the offset.
    Title (three times), abstract, keywords and headings are read. A word or pair in fewer than
    three records (of a hundred or more) is left out.

    `texts` are the protocol's own words (title, criteria, descriptors). `seeds` are works known to
    be relevant that are not among the records. The records are read once and not kept in memory.
    Raises UsageError when two records have the same key.
    """
    vocabulary: defaultdict[str, int] = defaultdict()
    vocabulary.default_factory = vocabulary.__len__
    tokens, ends, keys = array("i"), array("q"), []
    for record in records:
        keys.append(record.key)
        _read(_pieces(record), vocabulary, tokens, ends)

    row_of = {key: row for row, key in enumerate(keys)}
    repeated = len(keys) - len(row_of)
    if repeated:
        verb = plural(repeated, "record repeats", "records repeat")
        raise UsageError(f"{verb} another's key", hint="give every record once")

    for pieces in (*map(_pieces, seeds), *((text,) for text in texts)):
        _read(pieces, vocabulary, tokens, ends)

    counts = count(_array(tokens, np.int32), _array(ends, np.int64), _bounds(len(keys)))
    words, first, second = _used(tuple(vocabulary), counts)
    return Vectors(
        keys=tuple(keys),
        row_of=row_of,
        texts=len(texts),
        matrix=_weigh(counts, len(keys), height=len(ends)),
        words=words,
        first=first,
        second=second,
    )


def _bounds(records: int) -> Bounds:
    least = 1
    if records >= _SMALL_SET:
        least = _MIN_RECORDS
    return Bounds(records=records, least=least, most=max(_MAX_SHARE * records, least))


def to_arrays(vectors: Vectors) -> dict[str, NDArray[Any]]:
    """Return the vectors as flat arrays of numbers and bytes, to be stored. See `from_arrays`."""
    matrix = vectors.matrix
    return {
        "values": matrix.values,
        "columns": matrix.columns,
        "starts": matrix.starts,
        "first": vectors.first,
        "second": vectors.second,
        "texts": np.array([vectors.texts], np.int32),
        "keys": _bytes(vectors.keys),
        "words": _bytes(vectors.words),
    }


def from_arrays(arrays: Mapping[str, NDArray[Any]]) -> Vectors:
    """Return the vectors from the arrays of `to_arrays`."""
    keys = _strings(arrays["keys"])
    matrix = sparse_matrix(
        arrays["values"], arrays["columns"], arrays["starts"], width=len(arrays["first"]) + 1
    )
    return Vectors(
        keys=keys,
        row_of={key: row for row, key in enumerate(keys)},
        texts=int(arrays["texts"][0]),
        matrix=matrix,
        words=_strings(arrays["words"]),
        first=arrays["first"],
        second=arrays["second"],
    )


def _bytes(strings: Sequence[str]) -> NDArray[np.uint8]:
    return np.frombuffer(json.dumps(strings).encode(), np.uint8)


def _strings(encoded: NDArray[np.uint8]) -> tuple[str, ...]:
    return tuple(json.loads(encoded.tobytes()))


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
    if not numbers:
        return np.zeros(0, kind)
    return np.frombuffer(numbers, kind)


def _used(words: tuple[str, ...], counts: Counts) -> tuple[tuple[str, ...], Ids, Ids]:
    """Return the words of the kept features, and each feature by the new numbers of its words."""
    named = np.unique(np.concatenate([counts.first, counts.second[counts.second >= 0]]))
    number = np.full(len(words) + 1, BREAK, np.int32)
    number[named] = np.arange(len(named), dtype=np.int32)
    return tuple(words[word] for word in named), number[counts.first], number[counts.second]


def _weigh(counts: Counts, n: int, *, height: int) -> Sparse:
    """Return the TF-IDF matrix, `height` rows high: words, pairs and the offset.

    Each row has length 1 before the offset is added.
    """
    rarity = np.log((1 + n) / (1 + counts.records)) + 1
    lengths = np.diff(counts.ends, prepend=0)
    frequency = 1 + np.log(counts.times, dtype=np.float32)
    values = (frequency * np.repeat(rarity, lengths)).astype(np.float32)
    size = np.sqrt(np.bincount(counts.rows, values.astype(np.float64) ** 2, minlength=height))
    values /= np.maximum(size, 1e-12).astype(np.float32)[counts.rows]

    # The offset's entries come last, so that the stable sort puts each at the end of its row.
    rows = np.concatenate([counts.rows, np.arange(height, dtype=np.int32)])
    features = np.arange(len(lengths) + 1, dtype=np.int32)
    columns = np.repeat(features, np.append(lengths, height))
    order = _by_row(rows)
    return sparse_matrix(
        np.concatenate([values, np.ones(height, np.float32)])[order],
        columns[order],
        np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=height))]).astype(np.int32),
        width=len(features),
    )


def _by_row(rows: Ids) -> Ints:
    """Return the places of the entries row by row; within a row they keep their order.

    A stable sort by 16 bits at a time, which NumPy does by counting.
    """
    order = np.argsort((rows & 0xFFFF).astype(np.uint16), kind="stable")
    high = rows >> 16
    if high.any():
        order = order[np.argsort(high[order].astype(np.uint16), kind="stable")]
    return order
