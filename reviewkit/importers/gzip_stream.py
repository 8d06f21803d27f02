"""From a path or stream to bytes that can be read safely, in constant memory.

Gzip is unpacked as it comes. Bombs and what is no file are refused. A file's name is never trusted.
"""

import difflib
import io
import zlib
from pathlib import Path
from typing import BinaryIO, Protocol

from reviewkit.model.errors import DamagedFile, UsageError

HEAD = 1 << 18
MOST_EXPANSION = 200  # PubMed XML packs 15 to 1, the most repetitive RIS some 40 to 1
FREE_EXPANSION = 1 << 24  # below 16 MB nobody is hurt, whatever the ratio


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
        if self._given > FREE_EXPANSION and self._given > MOST_EXPANSION * self._taken:
            what = f"unpacks to more than {MOST_EXPANSION} times its size: a gzip bomb"
            raise DamagedFile(what, where=self._where, hint="unpack it by hand if you trust it")

        return data


def head_and_stream(stream: ByteStream, where: str) -> tuple[bytes, BinaryIO]:
    """Return the first bytes of the content, unpacked if it is gzip, and all of it as a stream."""
    head = _first(stream)
    if head.startswith(b"\x1f\x8b"):
        unzipped = io.BufferedReader(Unzipped(Headed(head, stream), where), HEAD)
        head = _first(unzipped)
        return head, io.BufferedReader(Headed(head, unzipped), HEAD)
    return head, io.BufferedReader(Headed(head, stream), HEAD)


def _first(stream: ByteStream) -> bytes:
    parts: list[bytes] = []
    size = 0
    while size < HEAD and (part := stream.read(HEAD - size)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)
