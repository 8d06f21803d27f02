"""The files of a package on disk, until its archive is written: none is held in memory."""

import hashlib
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from reviewkit.exports.archive import Entry, held, pieces_of

Content = bytes | Iterable[bytes]


class Spool:
    """The entries of a package by name; what comes in pieces lies in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.entries: dict[str, Entry] = {}

    def add(self, name: str, content: Content) -> None:
        """Keep a file of the package. Raises OSError where the disk is full."""
        if isinstance(content, bytes):
            self.entries[name] = held(content)
            return

        path = self._folder / str(len(self.entries))
        size, digest = 0, hashlib.sha256()
        with path.open("wb") as file:
            for piece in content:
                size += file.write(piece)
                digest.update(piece)
        self.entries[name] = Entry(
            size=size, sha256=digest.hexdigest(), pieces=partial(pieces_of_file, path)
        )


def pieces_of_file(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes, a piece at a time."""
    with path.open("rb") as file:
        yield from pieces_of(file)
