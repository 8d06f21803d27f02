"""Bytes to numbered text lines: one pass, constant memory, whatever the encoding and line ends.

Each line is decoded by itself where the file is not all valid, so that one byte costs one line at
most. No line of any length and no NUL gets through.
"""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from reviewkit.importers.encodings import WESTERN, TextEncoding, is_surely_utf8
from reviewkit.importers.parsed_file import Problem, ProblemKind
from reviewkit.model.errors import DamagedFile

CHUNK = 1 << 16
LONGEST_LINE = 4_000_000  # characters; the longest real one seen, an OpenAlex row, has 100,000
_BREAK = re.compile(r"\r\n|\r|\n")


Line = tuple[int, str]
"""A line's number, from 1, and its text. A plain tuple: 100,000 records have five million lines."""

Block = tuple[int, list[str]]
"""The number of a line, from 1, and its text with that of the lines after it."""


def _read_western(error: UnicodeError) -> tuple[str, int]:
    """Read a byte that is not valid as Windows-1252 or else Latin-1, with a mark before it."""
    if not isinstance(error, UnicodeDecodeError):
        raise error

    byte = error.object[error.start : error.start + 1]
    try:
        letter = byte.decode(WESTERN)
    except UnicodeDecodeError:
        letter = byte.decode("latin-1")

    return _MARK + letter, error.start + 1


_MARK = "\ufdd0"  # a noncharacter: no text holds it
_BOM = "\ufeff"
codecs.register_error("reviewkit-cp1252", _read_western)


def text_chunks(
    stream: BinaryIO, encoding: TextEncoding, problems: list[Problem] | None = None
) -> Iterator[str]:
    """Yield the stream's text piece by piece, for what has no lines.

    A byte that is not valid is read as Windows-1252; the first one is a problem.
    """
    decoder = codecs.getincrementaldecoder(encoding.name)("reviewkit-cp1252")
    is_named = False
    for data in _pieces(stream):
        text = decoder.decode(data, final=not data)
        if _MARK in text:
            text = text.replace(_MARK, "")
            if problems is not None and not is_named:
                what = f"not valid {encoding.name}; such bytes were read as Windows-1252"
                problems.append(Problem(kind=ProblemKind.DAMAGE, line=None, what=what))
            is_named = True
        yield text


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the stream's bytes, then an empty piece."""
    while chunk := stream.read(CHUNK):
        yield chunk
    yield b""


class TextLines:
    """The lines of a file, once: one by one, or many at a time.

    A line with bytes outside the encoding is a problem. Drawing them raises DamagedFile on a NUL or
    a line longer than LONGEST_LINE.
    """

    def __init__(
        self, stream: BinaryIO, encoding: TextEncoding, problems: list[Problem], *, where: str = ""
    ) -> None:
        self._stream = stream
        self._encoding = encoding
        # A byte order mark at the start goes as any other does.
        self._codec = encoding.name.removesuffix("-sig")
        self._problems = problems
        self._where = where
        self._number = 0

    def __iter__(self) -> Iterator[Line]:
        """Yield every line with its number from 1, without its end; LF, CRLF and CR each end it."""
        for first, lines in self.blocks():
            yield from enumerate(lines, first)

    def blocks(self) -> Iterator[Block]:
        """Yield many lines at once, with the number of the first: for fast readers."""
        if _is_like_ascii(self._encoding.name):
            blocks = self._from_bytes()
        else:
            blocks = self._from_text(text_chunks(self._stream, self._encoding, self._problems))
        for lines in blocks:
            first = self._number + 1
            self._number += len(lines)
            yield first, lines

    def _from_text(self, chunks: Iterator[str]) -> Iterator[list[str]]:
        """Yield the lines of a text that is decoded already."""
        rest = ""
        for chunk in chunks:
            text = rest + chunk
            end = len(text) - text.endswith("\r")
            lines = _BREAK.split(text[:end])
            rest = lines.pop() + text[end:]
            if lines:
                yield self._cleaned(lines)
            self._refuse_long(rest, 1)

        if rest:
            yield self._cleaned(_BREAK.split(rest))

    def _from_bytes(self) -> Iterator[list[str]]:
        """Yield the lines of bytes in which LF and CR are what they are in ASCII."""
        rest = b""
        for chunk in _pieces(self._stream):
            data = rest + chunk
            end = len(data)
            if chunk:  # the LF of a CRLF may come with the next chunk
                end = max(data.rfind(b"\n"), data.rfind(b"\r", 0, len(data) - 1)) + 1
            rest = data[end:]
            if end:
                yield self._block(data[:end])
            if len(rest) > LONGEST_LINE:
                self._refuse_long(rest.decode(self._codec, "replace"), 1)

    def _block(self, data: bytes) -> list[str]:
        """Return whole lines as text; at once where they are valid UTF-8 and have no odd sign."""
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        text = None
        if self._codec == "utf-8" or (data.isascii() and not self._encoding.is_stated):
            text = _valid(data, "utf-8")
        if text is None:
            return self._line_by_line(data)

        lines = text.removesuffix("\n").split("\n")
        if len(text) > LONGEST_LINE or b"\0" in data or _BOM in text:
            return self._cleaned(lines)
        return lines

    def _line_by_line(self, data: bytes) -> list[str]:
        lines = data.split(b"\n")
        if not lines[-1]:
            lines.pop()
        return self._cleaned([self._text_of(line, at) for at, line in enumerate(lines, 1)])

    def _text_of(self, line: bytes, ahead: int) -> str:
        """Return the text of a line to come; note a problem where it is not in the encoding."""
        encoding = self._encoding
        if not encoding.is_stated and self._codec != "utf-8" and is_surely_utf8(line):
            return line.decode()

        text = _valid(line, self._codec)
        if text is not None:
            return text

        read_as = encoding.fallback
        if read_as == self._codec or encoding.is_stated:
            read_as = WESTERN
        text = None
        if read_as != WESTERN:
            text = _valid(line, read_as)
        if text is None:
            read_as = "Windows-1252"
            text = line.decode(self._codec, "reviewkit-cp1252").replace(_MARK, "")

        byte = line[_first_invalid(line, self._codec)]
        what = f"the byte 0x{byte:02X} is not valid {encoding.name}; it was read as {read_as}"
        problem = Problem(kind=ProblemKind.DAMAGE, line=self._number + ahead, what=what)
        self._problems.append(problem)
        return text

    def _cleaned(self, lines: list[str]) -> list[str]:
        """Return the lines without the marks of joined files. Raises DamagedFile on a NUL."""
        for ahead, line in enumerate(lines, 1):
            self._refuse_long(line, ahead)
            if "\0" in line:
                raise DamagedFile(
                    f"line {self._number + ahead} holds a NUL byte, so this is not a text file",
                    where=self._where,
                    hint="export the records again, or repair the file and import it as text",
                )
            if "\ufffd" in line and self._encoding.name.startswith("utf-16"):
                what = f"not valid {self._encoding.name}"
                number = self._number + ahead
                self._problems.append(Problem(kind=ProblemKind.DAMAGE, line=number, what=what))
        return [line.lstrip(_BOM) for line in lines]

    def _refuse_long(self, text: str, ahead: int) -> None:
        if len(text) > LONGEST_LINE:
            number = self._number + ahead
            raise DamagedFile(
                f"line {number} is longer than {LONGEST_LINE:,} characters",
                where=self._where,
                hint="this is no export of a database or reference manager; "
                "look at it in an editor",
            )


def _is_like_ascii(encoding: str) -> bool:
    """Return whether a line's end and the letters of tags are the bytes that they are in ASCII."""
    return "TY - \r\n".encode(encoding) == b"TY - \r\n"


def _valid(data: bytes, encoding: str) -> str | None:
    """Return the text; None where the bytes are not valid in the encoding."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _first_invalid(line: bytes, encoding: str) -> int:
    try:
        line.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start
    return 0
