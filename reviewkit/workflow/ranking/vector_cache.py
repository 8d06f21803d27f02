"""Cache the vectors of a review's records in a file beside its database.

The file can be deleted: it is only a copy. It is written whole or not at all, and checked before
use. If it is damaged, or made from other texts, the vectors are made again.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from reviewkit.cache.disk import write_whole
from reviewkit.model.records import Record
from reviewkit.ranking import VECTORISER, Vectors, from_arrays, to_arrays, vectorise

_MAGIC = b"reviewkit words 1\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedVectors:
    """Vectors, and the SHA-256 of the texts they were made from."""

    vectors: Vectors
    digest: str


def vector_file(database: Path) -> Path:
    """Return the path of the vectors of a database's records."""
    return database.with_name(f"{database.name}.words")


def make_vectors(records: Iterable[Record], texts: Sequence[str]) -> CachedVectors:
    """Return the vectors of the records and of the protocol's own words; reads records once."""
    digest = hashlib.sha256()
    vectors = vectorise(_hashed(records, digest), texts=texts)
    return CachedVectors(vectors=vectors, digest=digest.hexdigest())


def digest_of(records: Iterable[Record]) -> str:
    """Return the SHA-256 of what `make_vectors` would read."""
    digest = hashlib.sha256()
    for _ in _hashed(records, digest):
        pass
    return digest.hexdigest()


def _hashed(records: Iterable[Record], digest: Any) -> Iterator[Record]:
    for record in records:
        fields = (
            record.key,
            record.title,
            record.original_title,
            record.abstract,
            record.keywords,
            record.headings,
        )
        digest.update(repr(fields).encode("utf-8", "surrogatepass"))
        yield record


def write_vectors(path: Path, cached: CachedVectors, texts: Sequence[str]) -> None:
    """Write the file, or replace it, in one step. Raises OSError."""
    arrays = to_arrays(cached.vectors)
    head = {
        "digest": cached.digest,
        "arrays": [(name, a.dtype.str, len(a)) for name, a in arrays.items()],
        "of": _made_from(texts),
    }
    encoded = json.dumps(head).encode()
    check = hashlib.sha256(encoded)
    for array in arrays.values():
        check.update(array.data)

    start = _MAGIC + len(encoded).to_bytes(8, "little") + encoded
    write_whole(path, start, *(array.data for array in arrays.values()), check.digest())


def read_vectors(path: Path, texts: Sequence[str]) -> CachedVectors | None:
    """Return the vectors of the file; None without a whole file of these texts and this version."""
    try:
        raw = path.read_bytes()
    except OSError:
        return None

    begin = len(_MAGIC) + 8
    size = int.from_bytes(raw[len(_MAGIC) : begin], "little")
    body = memoryview(raw)[begin:-32]
    # Checked first: the products would not notice a column out of bounds.
    if not raw.startswith(_MAGIC) or hashlib.sha256(body).digest() != raw[-32:]:
        return None

    head = json.loads(bytes(body[:size]))
    if head["of"] != _made_from(texts):
        return None

    arrays, place = {}, begin + size
    for name, kind, length in head["arrays"]:
        arrays[name] = np.frombuffer(raw, np.dtype(kind), length, place)
        place += arrays[name].nbytes
    return CachedVectors(vectors=from_arrays(arrays), digest=head["digest"])


def _made_from(texts: Sequence[str]) -> list[str]:
    """Return the version of the vectors and the hash of the protocol's own words."""
    return [
        VECTORISER,
        hashlib.sha256(repr(tuple(texts)).encode("utf-8", "surrogatepass")).hexdigest(),
    ]
