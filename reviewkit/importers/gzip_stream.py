"""From a path or stream to bytes that can be read safely, in constant memory.

Gzip is unpacked as it comes. Bombs and what is no file are refused. A file's name is never trusted.
"""

import difflib
import io
import zlib
from pathlib import Path
from typing import BinaryIO, Protocol

from reviewkit.importers.unpacking import refuse_bomb, refuse_other_packing
from reviewkit.model.errors import DamagedFile, UsageError

HEAD = 1 << 18


class ByteStream(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


def open_bytes(path: str | Path) -> BinaryIO:
    """Return the file, opened for reading.

    Raises UsageError where it is missing, is a folder, or may not be read.
    """
    try:
        return Path(path).open("rb")
    except IsADirectoryError as error:
        raise UsageError(
            "is a folder, not a file", where=str(path), hint="name the files in it"
        ) from error
    except FileNotFoundError as error:
        raise UsageError("no such file", where=str(path), hint=_near(Path(path))) from error
    except OSError as error:
        reason = error.strerror or "cannot be opened"
        raise UsageError(
            reason, where=str(path), hint="check the path and the permissions"
        ) from error


def _near(path: Path) -> str:
    """Return what to do about a file that is not there: the name most like it, where one is."""
    try:
        names = {other.name.casefold(): other.name for other in path.parent.iterdir()}
    except OSError:
        return "check the name of its folder"
    found = difflib.get_close_matches(path.name.casefold(), names, n=1)
    if not found:
        return "check its name and its folder"
    return f"did you mean {path.with_name(names[found[0]])}?"


class Headed(io.RawIOBase):
    """A stream whose first bytes were already read, from its start again."""

    def __init__(self, head: bytes, rest: ByteStream) -> None:
        super().__init__()
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # stub names no type
        data = self._head[: len(buffer)]
        self._head = self._head[len(data) :]
        if not data:
            data = self._rest.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class Unzipped(io.RawIOBase):
    """A gzip stream unpacked as it is read. Raises DamagedFile on a bomb or a broken archive."""

    def __init__(self, packed: ByteStream, where: str) -> None:
        super().__init__()
        self._packed = packed
        self._where = where
        self._engine = zlib.decompressobj(wbits=31)
        self._rest = b""
        self._taken = 0
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # as above
        while True:
            if not self._rest:
                self._rest = self._packed.read(1 << 16)
                self._taken += len(self._rest)
            if not self._rest and not self._engine.eof:
                raise DamagedFile(
                    "the gzip archive is cut off", where=self._where, hint="download it again"
                )
            if not self._rest:
                return 0

            data = self._unpack(len(buffer))
            if data:
                buffer[: len(data)] = data
                return len(data)

    def _unpack(self, size: int) -> bytes:
        if self._engine.eof:  # a further member: gzip files may be joined end to end
            if not self._rest.strip(b"\0"):
                self._rest = b""
                return b""
            self._engine = zlib.decompressobj(wbits=31)
        try:
            data = self._engine.decompress(self._rest, size)
        except zlib.error as error:
            raise DamagedFile(
                "the gzip archive is damaged", where=self._where, hint="download it again"
            ) from error

        self._rest = self._engine.unconsumed_tail
        if self._engine.eof:
            self._rest = self._engine.unused_data
        self._given += len(data)
        refuse_bomb(self._taken, self._given, where=self._where, kind="gzip", held=False)
        return data


def head_and_stream(stream: ByteStream, where: str) -> tuple[bytes, BinaryIO]:
    """Return the first bytes of the content, unpacked if it is gzip, and all of it as a stream.

    Raises DamagedFile for a file that is packed in another way.
    """
    head = read_up_to(stream, HEAD)
    refuse_other_packing(head, where=where)

    if head.startswith(b"\x1f\x8b"):
        unzipped = io.BufferedReader(Unzipped(Headed(head, stream), where), HEAD)
        head = read_up_to(unzipped, HEAD)
        return head, io.BufferedReader(Headed(head, unzipped), HEAD)
    return head, io.BufferedReader(Headed(head, stream), HEAD)


def read_unpacked(path: Path) -> bytes:
    """Return the content of a file whole, unpacked if it is gzip.

    Raises UsageError where it cannot be opened, DamagedFile for a bomb or a broken archive.
    """
    where = str(path)
    with open_bytes(path) as file:
        _, stream = head_and_stream(file, where)
        size, content = path.stat().st_size, bytearray()
        while piece := stream.read(HEAD):
            content += piece
            refuse_bomb(size, len(content), where=where, kind="gzip", held=True)
        return bytes(content)


def read_up_to(stream: ByteStream, most: int) -> bytes:
    """Return so many bytes of a stream, or all where it has fewer; room is made as they come."""
    content = bytearray()
    while len(content) < most and (part := stream.read(min(HEAD, most - len(content)))):
        content += part
    return bytes(content)
