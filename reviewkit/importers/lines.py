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

CHUNK = 1 << 18
LONGEST_LINE = 4_000_000  # characters; the longest real one seen, an OpenAlex row, has 100,000
_BREAK = re.compile(r"\r\n|\r|\n")
_BYTES_BREAK = re.compile(rb"\r\n|\r|\n")


Line = tuple[int, str]
"""A line's number, from 1, and its text. A plain tuple: 100,000 records have five million lines."""


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
_SIGNS = ("\0", _MARK, "\ufffd", _BOM)  # what a text must be looked at line by line for
codecs.register_error("reviewkit-cp1252", _read_western)


def text_chunks(
    stream: BinaryIO, encoding: TextEncoding, problems: list[Problem] | None = None
) -> Iterator[str]:
    """Yield the stream's text piece by piece, for what has no lines.

    A byte that is not valid is read as Windows-1252; the first one is a problem.
    """
    decoder = codecs.getincrementaldecoder(encoding.name)("reviewkit-cp1252")
    told = False
    for data in _pieces(stream):
        text = decoder.decode(data, final=not data)
        if _MARK in text:
            text = text.replace(_MARK, "")
            if problems is not None and not told:
                what = f"not valid {encoding.name}; such bytes were read as Windows-1252"
                problems.append(Problem(kind=ProblemKind.DAMAGE, line=None, what=what))
            told = True
        yield text


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the stream's bytes, then an empty piece."""
    while chunk := stream.read(CHUNK):
        yield chunk
    yield b""


def numbered_lines(
    stream: BinaryIO, encoding: TextEncoding, problems: list[Problem], *, where: str = ""
) -> Iterator[Line]:
    """Yield every line with its number from 1, without its end; LF, CRLF and CR each end a line.

    A line with bytes outside the encoding is a problem. Raises DamagedFile on a NUL or a line
    longer than LONGEST_LINE.
    """
    reader = _LineReader(encoding, problems, where)
    if not _is_like_ascii(encoding.name):
        return reader.from_text(text_chunks(stream, encoding, problems))
    return reader.from_bytes(stream)


class _LineReader:
    """The lines of one file: their numbers, and what is wrong with them."""

    def __init__(self, encoding: TextEncoding, problems: list[Problem], where: str) -> None:
        self._encoding = encoding
        # A byte order mark at the start goes as any other does.
        self._codec = encoding.name.removesuffix("-sig")
        self._problems = problems
        self._where = where
        self._number = 0

    def from_text(self, chunks: Iterator[str]) -> Iterator[Line]:
        """Yield the lines of a text that is decoded already."""
        rest = ""
        for chunk in chunks:
            text = rest + chunk
            end = len(text) - text.endswith("\r")
            lines = _BREAK.split(text[:end])
            rest = lines.pop() + text[end:]
            yield from self._checked(lines, clean=False)
            self._refuse_long(rest)

        if rest:
            yield from self._checked(_BREAK.split(rest), clean=False)

    def from_bytes(self, stream: BinaryIO) -> Iterator[Line]:
        """Yield the lines of bytes in which LF and CR are what they are in ASCII."""
        rest = b""
        for chunk in _pieces(stream):
            data = rest + chunk
            end = len(data)
            if chunk:  # the LF of a CRLF may come with the next chunk
                end = max(data.rfind(b"\n"), data.rfind(b"\r", 0, len(data) - 1)) + 1
            rest = data[end:]
            yield from self._block(data[:end])
            if len(rest) > LONGEST_LINE:
                self._refuse_long(rest.decode(self._codec, "replace"))

    def _block(self, data: bytes) -> Iterator[Line]:
        """Yield the lines of whole lines; all at once where they are valid UTF-8."""
        if not data:
            return

        text = None
        if self._codec == "utf-8" or (data.isascii() and not self._encoding.told):
            text = _valid(data, "utf-8")
        if text is None:
            lines = _BYTES_BREAK.split(data)
            if not lines[-1]:
                lines.pop()
            yield from self._decoded(lines)
            return

        lines_of_text = _split(text)
        clean = len(text) <= LONGEST_LINE and not any(sign in text for sign in _SIGNS)
        yield from self._checked(lines_of_text, clean=clean)

    def _decoded(self, lines: list[bytes]) -> Iterator[Line]:
        for line in lines:
            text = self._text_of(line)
            yield from self._checked([text], clean=False)

    def _text_of(self, line: bytes) -> str:
        """Return a line's text; note a problem where it is not in the file's encoding."""
        encoding = self._encoding
        if not encoding.told and self._codec != "utf-8" and is_surely_utf8(line):
            return line.decode()

        text = _valid(line, self._codec)
        if text is not None:
            return text

        read_as = encoding.fallback
        if read_as == self._codec or encoding.told:
            read_as = WESTERN
        text = None
        if read_as != WESTERN:
            text = _valid(line, read_as)
        if text is None:
            read_as = "Windows-1252"
            text = line.decode(self._codec, "reviewkit-cp1252").replace(_MARK, "")

        byte = line[_first_invalid(line, self._codec)]
        what = f"the byte 0x{byte:02X} is not valid {encoding.name}; it was read as {read_as}"
        problem = Problem(kind=ProblemKind.DAMAGE, line=self._number + 1, what=what)
        self._problems.append(problem)
        return text

    def _checked(self, lines: list[str], *, clean: bool) -> Iterator[Line]:
        number = self._number
        for line in lines:
            number += 1
            self._number = number
            yield number, line if clean else self._cleaned(line)

    def _cleaned(self, text: str) -> str:
        """Return the line without a mark of a joined file. Raises DamagedFile on a NUL."""
        self._refuse_long(text, ahead=0)
        if "\0" in text:
            raise DamagedFile(
                f"line {self._number} holds a NUL byte, so this is not a text file",
                where=self._where,
                hint="export the records again, or repair the file and import it as text",
            )

        if "\ufffd" in text and self._encoding.name.startswith("utf-16"):
            what = f"not valid {self._encoding.name}"
            self._problems.append(Problem(kind=ProblemKind.DAMAGE, line=self._number, what=what))
        return text.lstrip(_BOM)

    def _refuse_long(self, text: str, *, ahead: int = 1) -> None:
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


def _split(text: str) -> list[str]:
    """Return the lines of a text, which may end with a line end."""
    lines = text.split("\n") if "\r" not in text else _BREAK.split(text)
    if not lines[-1]:
        lines.pop()
    return lines


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
