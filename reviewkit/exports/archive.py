"""A zip archive whose bytes follow from its contents alone, written and read piece by piece.

Nothing in it is compressed: compressed bytes may differ between versions of zlib, and a rebuilt
archive is to be the same byte for byte.
"""

import hashlib
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import IO

from reviewkit.model.archives import BROKEN_ZIP
from reviewkit.model.errors import DamagedFile

METADATA = "ro-crate-metadata.json"
MANIFEST = "manifest-sha256.txt"
PIECE = 1 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MOST_BYTES = 4 << 30
_AGAIN = "copy the package again from where it came"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file of an archive: its size and SHA-256, and how its bytes are read piece by piece."""

    size: int
    sha256: str
    pieces: Callable[[], Iterable[bytes]]

    def content(self) -> bytes:
        """Return all of its bytes; for files that are known to be small."""
        return b"".join(self.pieces())


def entry_of(pieces: Callable[[], Iterable[bytes]]) -> Entry:
    """Return the entry of pieces that can be read again; they are read once here."""
    size, digest = 0, hashlib.sha256()
    for piece in pieces():
        size += len(piece)
        digest.update(piece)
    return Entry(size=size, sha256=digest.hexdigest(), pieces=pieces)


def held(content: bytes) -> Entry:
    """Return the entry of a file that is held in memory."""
    return entry_of(lambda: (content,))


def pieces_of(file: IO[bytes]) -> Iterator[bytes]:
    """Yield what is left of an open file, a piece at a time."""
    return iter(partial(file.read, PIECE), b"")


def write_archive(entries: Mapping[str, Entry], target: IO[bytes]) -> None:
    """Write the archive: the metadata first, then all files by name."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(entries, key=_metadata_first):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system, info.external_attr = 3, 0o100644 << 16
            info.file_size = entries[name].size
            with archive.open(info, "w") as stream:
                for piece in entries[name].pieces():
                    stream.write(piece)


def _metadata_first(name: str) -> tuple[bool, str]:
    return name != METADATA, name


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """The files of an open archive by name; `wrapped` where one folder holds them all."""

    entries: Mapping[str, Entry]
    wrapped: bool


def read_archive(file: IO[bytes]) -> Archive:
    """Return the files of an open archive, without one folder that wraps them all.

    The file stays open as long as they are read. Every byte is read once here.
    Raises DamagedFile for a file that is no archive, a broken one, or one with names that leave it.
    """
    try:
        archive = zipfile.ZipFile(file)
        infos = archive.infolist()
        _refuse_hostile(infos)
        entries = {info.filename: entry_of(partial(_read, archive, info)) for info in infos}
    except BROKEN_ZIP as error:
        raise DamagedFile(f"is no whole archive: {error}", hint=_AGAIN) from error

    return Archive(entries=_without_folder(entries), wrapped=METADATA not in entries)


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(info) as stream:
        yield from pieces_of(stream)


def _without_folder(entries: dict[str, Entry]) -> dict[str, Entry]:
    """Return the files; without the folder that all lie in, as some archivers add one."""
    files = {name: entry for name, entry in entries.items() if not name.endswith("/")}
    folder = next((name for name in files if name.endswith(f"/{METADATA}")), "")
    wrapping = folder.removesuffix(METADATA)
    if METADATA in files or wrapping.count("/") != 1:
        return entries
    if not all(name.startswith(wrapping) for name in entries):
        return entries
    return {name.removeprefix(wrapping): entry for name, entry in files.items()}


def _refuse_hostile(infos: list[zipfile.ZipInfo]) -> None:
    names = [info.filename for info in infos]
    outside = [n for n in names if n.startswith(("/", "\\")) or ".." in n.split("/") or ":" in n]
    if outside or len(set(names)) != len(names):
        raise DamagedFile(
            "has names that leave the archive, or the same name twice",
            hint="it was not made by reviewkit package",
        )
    if sum(info.file_size for info in infos) > _MOST_BYTES:
        raise DamagedFile("is larger than 4 GB", hint="it was not made by reviewkit package")


def manifest_of(entries: Mapping[str, Entry]) -> bytes:
    """Return the SHA-256 of every file, one a line, as `sha256sum -c` reads them."""
    lines = (f"{entries[name].sha256}  {name}\n" for name in sorted(entries))
    return "".join(lines).encode()


def same_bytes(one: IO[bytes], other: IO[bytes]) -> bool:
    """Return whether two open files hold the same bytes, from their beginnings."""
    one.seek(0)
    other.seek(0)
    while True:
        piece = one.read(PIECE)
        if piece != other.read(PIECE):
            return False
        if not piece:
            return True
