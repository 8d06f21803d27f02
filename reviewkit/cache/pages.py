"""Bodies on disk under the SHA-256 of their bytes. A page is written once and never changed."""

import hashlib
import os
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from reviewkit.cache.disk import PART, cache_errors, keep_name, write_whole
from reviewkit.model.errors import DamagedCache

_NAME = re.compile(r"[0-9a-f]{64}")
_CHUNK = 1 << 20
_WAY_OUT = (
    "restore it from a copy of the cache, or search again: reviewkit search, or reviewkit "
    "reproduce --refresh; reviewkit doctor lists every damaged page"
)


class Pages:
    """The pages below `root`, as `ab/abcdef…`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        """The file of the page, whether it is there or not."""
        return self.root / sha256[:2] / sha256

    def put(self, body: bytes) -> str:
        """The page's SHA-256; on the disk when this returns. Raises CacheError.

        A page that is there stays as it is, unless it is damaged: then these are the bytes that it
        should have.
        """
        sha256 = hashlib.sha256(body).hexdigest()
        path = self.path(sha256)
        with cache_errors(path):
            if not (path.exists() and path.read_bytes() == body):
                write_whole(path, body)
        return sha256

    def keep(self, stream: BinaryIO) -> str:
        """As `put`, of everything that the stream still holds, in constant memory.

        Raises CacheError.
        """
        digest = hashlib.sha256()
        part = self.root / "incoming" / f".{uuid.uuid4().hex}{PART}"

        with cache_errors(part):
            part.parent.mkdir(parents=True, exist_ok=True)
            try:
                with part.open("xb") as file:
                    while chunk := stream.read(_CHUNK):
                        digest.update(chunk)
                        file.write(chunk)
                    file.flush()
                    os.fsync(file.fileno())
                path = self.path(digest.hexdigest())
                path.parent.mkdir(parents=True, exist_ok=True)
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)
            keep_name(path.parent)

        return digest.hexdigest()

    def get(self, sha256: str) -> bytes:
        """The page's bytes.

        Raises DamagedCache when they are gone or are not what the name says.
        """
        path = self.path(sha256)
        body = _read(path)
        if body is None:
            raise DamagedCache(
                "a page of a stored search is missing", where=str(path), hint=_WAY_OUT
            )
        if hashlib.sha256(body).hexdigest() != sha256:
            raise _damaged(path)

        return body

    def check(self, sha256: str) -> None:
        """Read the page in constant memory. Raises as `get`, CacheError for one that is gone."""
        path = self.path(sha256)
        with cache_errors(path), path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()

        if found != sha256:
            raise _damaged(path)

    def names(self) -> Iterator[str]:
        """The SHA-256 of every page there is, sorted."""
        return (path.name for path in self.files() if _NAME.fullmatch(path.name))

    def files(self) -> Iterator[Path]:
        """Every file below the root, sorted, pages or not."""
        return iter(sorted(path for path in self.root.glob("*/*") if path.is_file()))


def _damaged(path: Path) -> DamagedCache:
    return DamagedCache(
        "is damaged: its content is not what its name says", where=str(path), hint=_WAY_OUT
    )


def _read(path: Path) -> bytes | None:
    """The file's bytes; `None` without a file, or where the name can be none."""
    try:
        with cache_errors(path):
            return path.read_bytes() if path.exists() else None
    except ValueError:
        return None
