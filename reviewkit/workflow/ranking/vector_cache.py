"""The words of a review's records, counted once and kept beside its database: a copy that can be thrown away.

It is written whole or not at all and checked before use; one that is damaged, or of other texts, is counted anew.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from reviewkit.cache.disk import write_whole
from reviewkit.model.records import Record
from reviewkit.ranking import VECTORISER, Vectors, from_arrays, to_arrays, vectorise

_MAGIC = b"reviewkit words 1\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Vectors, and the SHA-256 of the texts they were made from."""

    vectors: Vectors
    digest: str


def word_file(database: Path) -> Path:
    """Where the counted words of a database's records are kept."""
    return database.with_name(f"{database.name}.words")


def count_words(records: Iterable[Record], texts: Sequence[str]) -> Counted:
    """The vectors of the records and the protocol's own words, gone through once."""
    digest = hashlib.sha256()
    vectors = vectorise(_told(records, digest), texts=texts)
    return Counted(vectors=vectors, digest=digest.hexdigest())


def digest_of(records: Iterable[Record]) -> str:
    """The SHA-256 of what `count_words` would read."""
    digest = hashlib.sha256()
    for _ in _told(records, digest):
        pass
    return digest.hexdigest()


def _told(records: Iterable[Record], digest: Any) -> Iterator[Record]:
    for record in records:
        read = (
            record.key,
            record.title,
            record.original_title,
            record.abstract,
            record.keywords,
            record.headings,
        )
        digest.update(repr(read).encode("utf-8", "surrogatepass"))
        yield record


def keep_words(path: Path, counted: Counted, texts: Sequence[str]) -> None:
    """Write the file, or replace it, in one step. Raises OSError."""
    arrays = to_arrays(counted.vectors)
    head = {
        "digest": counted.digest,
        "arrays": [(name, a.dtype.str, len(a)) for name, a in arrays.items()],
    }
    head["of"] = _of(texts)
    told = json.dumps(head).encode()
    check = hashlib.sha256(told)
    for array in arrays.values():
        check.update(array.data)
    start = _MAGIC + len(told).to_bytes(8, "little") + told
    write_whole(path, start, *(array.data for array in arrays.values()), check.digest())


def kept_words(path: Path, texts: Sequence[str]) -> Counted | None:
    """The words as they were kept; `None` where there is no whole file, or one of other texts or another version."""
    try:
        raw = path.read_bytes()
    except OSError:
        return None
    begin = len(_MAGIC) + 8
    size = int.from_bytes(raw[len(_MAGIC) : begin], "little")
    body = memoryview(raw)[begin:-32]
    # Before anything else: a column that is out of bounds would not be noticed by the products.
    if not raw.startswith(_MAGIC) or hashlib.sha256(body).digest() != raw[-32:]:
        return None
    head = json.loads(bytes(body[:size]))
    if head["of"] != _of(texts):
        return None
    arrays, place = {}, begin + size
    for name, kind, length in head["arrays"]:
        arrays[name] = np.frombuffer(raw, np.dtype(kind), length, place)
        place += arrays[name].nbytes
    with suppress(ValueError):
        return Counted(vectors=from_arrays(arrays), digest=head["digest"])
    return None


def _of(texts: Sequence[str]) -> list[str]:
    return [
        VECTORISER,
        hashlib.sha256(repr(tuple(texts)).encode("utf-8", "surrogatepass")).hexdigest(),
    ]
